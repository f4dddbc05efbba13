import assert from 'node:assert/strict';
import {
  decodeChecked,
  encodeChecked,
  listDamaged,
  listTrash,
  readReservations,
  removeDamaged,
  removeTrash,
  writeDamaged,
  writeTrash,
} from '../../src/store/reservations.ts';
import { NO_LABELS, SnapshotFiles, type SnapshotRecord } from '../../src/store/snapshots.ts';
import { encodeFormat, FORMAT, healFormat } from '../../src/store/format.ts';
import { Store } from '../../src/store/store.ts';
import { FaultyFiles, MemoryFiles, systemError } from '../support/faultyFiles.ts';
import { FakeMachine, memoryStore } from './hosts.ts';

function record(sequence: number, created = '2026-01-01T00:00:00.000Z'): SnapshotRecord {
  return {
    version: 1,
    nonce: '',
    root: '00'.repeat(32),
    rootMode: 0o755,
    rootMtime: '1',
    created,
    sequence,
    kind: 'manual',
    reason: null,
    consistency: 'consistent',
    files: 0,
    folders: 0,
    links: 0,
    bytes: 0,
    addedBytes: 0,
    linked: false,
    excluded: [],
    unreadable: [],
    evidence: [],
  };
}

describe('snapshot files', () => {
  it('are named by their content, so that no byte can change unseen', () => {
    const files = new MemoryFiles();
    const snapshots = new SnapshotFiles(files);
    const id = snapshots.add(record(1), NO_LABELS);
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.deepEqual(snapshots.get(id), { id, record: record(1), labels: NO_LABELS });
    assert.equal(snapshots.add(record(1), NO_LABELS), id);
    assert.notEqual(snapshots.add(record(2), NO_LABELS), id);
    const good = files.contents.get(`snapshots/${id}`)!;
    for (let at = 0; at < good.length; at++) {
      const bytes = Buffer.from(good);
      bytes[at]! ^= 1 << (at % 8);
      files.contents.set(`snapshots/${id}`, bytes);
      assert.throws(() => snapshots.get(id), { code: 'damaged' });
      files.contents.set(`snapshots/${id}`, good.subarray(0, at));
      assert.throws(() => snapshots.get(id), { code: 'damaged' });
    }
    assert.deepEqual(snapshots.list().damaged, [id]);
    assert.equal(snapshots.list().snapshots.length, 1);
  });

  it('are listed newest first by number, also when the clock was set back; other files are none', () => {
    const files = new MemoryFiles();
    const snapshots = new SnapshotFiles(files);
    const ids = [record(1, '2026-05-05T00:00:00.000Z'), record(3, '2026-01-01T00:00:00.000Z'), record(2, '2026-09-09T00:00:00.000Z')].map(
      (one) => snapshots.add(one, NO_LABELS),
    );
    files.write('snapshots/desktop.ini', Buffer.from('x'));
    files.write(`snapshots/${ids[0]}.1-1.tmp`, Buffer.from('x'));
    assert.deepEqual(
      snapshots.list().snapshots.map(({ id }) => id),
      [ids[1], ids[2], ids[0]],
    );
    const same = [
      snapshots.add(record(4, '2026-01-01T00:00:00.000Z'), NO_LABELS),
      snapshots.add(record(4, '2026-01-02T00:00:00.000Z'), NO_LABELS),
    ];
    assert.deepEqual(
      snapshots
        .list()
        .snapshots.slice(0, 2)
        .map(({ id }) => id),
      [same[1], same[0]],
    );
  });

  it('keep their content, and count as pinned, when the labels are damaged or changed', () => {
    const files = new MemoryFiles();
    const snapshots = new SnapshotFiles(files);
    const labels = { name: 'näme', description: 'two\nlines', pinned: true };
    const id = snapshots.add(record(1), labels);
    assert.deepEqual(snapshots.get(id)?.labels, labels);
    const good = files.contents.get(`snapshots/${id}.labels`)!;
    for (let at = 0; at < good.length; at++) {
      const bytes = Buffer.from(good);
      bytes[at]! ^= 1 << (at % 8);
      for (const broken of [bytes, good.subarray(0, at)]) {
        files.contents.set(`snapshots/${id}.labels`, broken);
        assert.equal(snapshots.labels(id), 'damaged');
        assert.deepEqual(snapshots.get(id), { id, record: record(1), labels: { ...NO_LABELS, pinned: true } });
      }
    }
    snapshots.setLabels(id, { ...labels, name: null });
    assert.equal(snapshots.get(id)?.labels.name, null);
    snapshots.remove(id);
    assert.equal(snapshots.get(id), undefined);
    assert.deepEqual(files.list('snapshots'), []);
  });
});

describe('a snapshot whose files can not all be made durable', () => {
  const labels = { name: 'n', description: null, pinned: false };

  /** A disk on which the flush of a folder fails, after so many that did not. */
  class Unflushed extends MemoryFiles {
    good: number;
    constructor(good: number) {
      super();
      this.good = good;
    }
    override write(name: string, bytes: Uint8Array, durable = false): void {
      super.write(name, bytes);
      if (durable) this.flushFolder();
    }
    override flushFolder(): void {
      this.good -= 1;
      if (this.good < 0) throw systemError('EIO', 'snapshots');
    }
  }

  for (const good of [0, 1]) {
    it(`is not taken, and not there (the ${good === 0 ? 'labels' : 'record'})`, () => {
      const files = new Unflushed(good);
      const snapshots = new SnapshotFiles(files);
      assert.throws(() => snapshots.add(record(1), labels), { code: 'EIO' });
      assert.deepEqual(files.list('snapshots'), []);
      files.good = 9;
      assert.deepEqual(snapshots.get(snapshots.add(record(1), labels))?.labels, labels);
    });
  }

  it('fails for the first reason also where it can not be taken back', () => {
    const inner = new Unflushed(1);
    const files = new FaultyFiles(inner, ({ kind, name }) => {
      if (kind === 'remove') throw systemError('EROFS', name);
    });
    const snapshots = new SnapshotFiles(files);
    assert.throws(() => snapshots.add(record(1), labels), { code: 'EIO' });
    assert.deepEqual(
      snapshots.list().snapshots.map((one) => one.labels),
      [labels],
    );
  });
});

describe('reservations', () => {
  it('come back as they were, and not at all when a byte is changed or missing', () => {
    const value = { packs: ['ä', 'b'], at: 5 };
    const bytes = encodeChecked(value);
    assert.deepEqual(decodeChecked(bytes), value);
    assert.equal(decodeChecked(undefined), undefined);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      assert.equal(decodeChecked(changed), undefined);
      assert.equal(decodeChecked(bytes.subarray(0, at)), undefined);
    }
  });

  it('are kept per trash record and per damaged pack', () => {
    const files = new MemoryFiles();
    writeTrash(files, 'one', { packs: ['a', 'b'], sessions: ['s'], at: 1 });
    writeTrash(files, 'two', { packs: ['c'], sessions: [], at: 2 });
    writeDamaged(files, 'p', [16, 99]);
    assert.deepEqual([...readReservations(files).trashed].toSorted(), ['a', 'b', 'c']);
    assert.deepEqual([...readReservations(files).damaged], [['p', new Set([16, 99])]]);
    removeTrash(files, 'one');
    removeDamaged(files, 'p');
    assert.deepEqual(
      listTrash(files).map(({ name }) => name),
      ['two'],
    );
    assert.equal(listDamaged(files).size, 0);
  });
});

describe('store', () => {
  it('is one only with its format file, and says which is too new', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    assert.equal(Store.exists(files), false);
    assert.throws(() => new Store(files, machine.host(1)).begin('write'), { code: 'not-found' });
    const store = memoryStore(machine, files);
    store.begin('write')[Symbol.dispose]();
    assert.equal(files.read('.gitignore')?.toString(), '*\n');
    assert.match(files.read('CACHEDIR.TAG')!.toString(), /^Signature: 8a477f597d28d172789f06886806bc55\n/);
    files.write('format', encodeFormat({ ...FORMAT, format: 2, minReader: 2, minWriter: 2 }));
    for (const access of ['read', 'write', 'heal'] as const) assert.throws(() => store.begin(access), { code: 'newer-format' });
  });

  for (const [what, newer] of Object.entries({
    'wants newer writers': { format: 2, minWriter: 2 },
    'has features that are not known': { features: ['sealed'] },
  })) {
    it(`that ${what} can be read, but not written`, () => {
      const files = new MemoryFiles();
      const store = memoryStore(new FakeMachine(), files);
      const bytes = encodeFormat({ ...FORMAT, ...newer });
      files.write('format', bytes);
      store.begin('read')[Symbol.dispose]();
      for (const access of ['write', 'heal'] as const) assert.throws(() => store.begin(access), { code: 'newer-format' });
      assert.equal(healFormat(files), false);
      assert.ok(files.read('format')!.equals(bytes));
    });
  }

  it('of a newer format that this one may still write is left as it is', () => {
    const files = new MemoryFiles();
    const store = memoryStore(new FakeMachine(), files);
    const newer = { ...FORMAT, format: 2, extra: { of: 'a newer one' } };
    const bytes = encodeFormat(newer);
    files.write('format', bytes);
    store.begin('write')[Symbol.dispose]();
    assert.equal(healFormat(files), false);
    assert.ok(files.read('format')!.equals(bytes));
  });

  it('with a format file that is damaged in any byte says so, and is healed', () => {
    const files = new MemoryFiles();
    const store = memoryStore(new FakeMachine(), files);
    const good = files.read('format')!;
    const old = Buffer.from(JSON.stringify({ format: 1, minReader: 1, minWriter: 1, features: [] }));
    const broken = [...good.keys()].flatMap((at) => {
      const changed = Buffer.from(good);
      changed[at]! ^= 1 << (at % 8);
      return [changed, good.subarray(0, at)];
    });
    for (const bytes of [...broken, old, Buffer.concat([good, Buffer.from(' ')])]) {
      files.write('format', bytes);
      for (const access of ['read', 'write'] as const) assert.throws(() => store.begin(access), { code: 'damaged' });
      store.begin('heal')[Symbol.dispose]();
      assert.equal(healFormat(files), true);
      assert.ok(files.read('format')!.equals(good));
      assert.equal(healFormat(files), false);
    }
  });

  it('takes no snapshot from a session that others took for ended', () => {
    const files = new MemoryFiles();
    const store = memoryStore(new FakeMachine(), files);
    const session = store.begin('write');
    const id = store.publish(record(1), NO_LABELS);
    files.remove(`sessions/${session.name}`);
    assert.throws(() => store.publish(record(2), NO_LABELS), { code: 'busy' });
    assert.deepEqual(store.snapshots.ids(), [id]);
    const losing = new FaultyFiles(files, ({ kind, name }) => {
      if (kind === 'write' && name.startsWith('snapshots/')) for (const one of files.list('sessions')) files.remove(`sessions/${one}`);
    });
    const late = memoryStore(new FakeMachine(), losing);
    late.begin('write');
    assert.throws(() => late.publish(record(3), { ...NO_LABELS, name: 'late' }), { code: 'busy' });
    assert.deepEqual(files.list('snapshots'), [id]);
  });
});
