import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Work } from '../../src/base/work.ts';
import { Claims } from '../../src/store/claims.ts';
import { Codec, compress, compressDelta } from '../../src/store/codec.ts';
import { compact, type Compaction } from '../../src/store/compact.ts';
import { idOf } from '../../src/store/ids.ts';
import { ObjectWriter } from '../../src/store/objectWriter.ts';
import { packFile, PackWriter } from '../../src/store/pack.ts';
import { listTrash, writeDamaged } from '../../src/store/reservations.ts';
import { NO_LABELS } from '../../src/store/snapshots.ts';
import type { Store } from '../../src/store/store.ts';
import { encodeTree, Kind, type TreeEntry } from '../../src/store/tree.ts';
import { FaultyFiles, isRead, killer, Killed, MemoryFiles, type Operation } from '../support/faultyFiles.ts';
import { FakeMachine, memoryStore } from './hosts.ts';

type Contents = Readonly<Record<string, Buffer>>;

function noise(length: number, seed: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

/** Stores a flat folder, each file as a difference from `before`'s of the same name, as a snapshot. */
function take(store: Store, contents: Contents, before: Contents = {}): string {
  const { files, host, index, reader } = store;
  const writer = new ObjectWriter({ files, index, reader, claims: Claims.forObjects(100), newName: () => host.randomHex(16), level: 3 });
  const entries = Object.keys(contents)
    .toSorted()
    .map((name): TreeEntry => {
      const content = contents[name]!;
      const old = before[name];
      const id = writer.put(content, 'data', old && idOf(old));
      return { name, kind: Kind.file, mode: 0o644, flags: 0, mtime: 1n, size: content.length, group: 0n, id };
    });
  const root = writer.put(encodeTree(entries), 'meta');
  writer.finish();
  store.reload();
  return addSnapshot(store, root);
}

function addSnapshot(store: Store, root: Buffer): string {
  const sequence = (store.snapshots.list().snapshots[0]?.record.sequence ?? 0) + 1;
  const counts = { files: 0, folders: 0, links: 0, bytes: 0, addedBytes: 0, linked: false, excluded: [], unreadable: [], evidence: [] };
  const rest = { rootMode: 0o755, rootMtime: '1', created: '', kind: 'manual', reason: null, consistency: 'consistent' } as const;
  return store.snapshots.add({ version: 1, nonce: '', root: root.toString('hex'), sequence, ...rest, ...counts }, NO_LABELS);
}

function run(store: Store): Compaction {
  using session = store.begin('write');
  return compact(store, session, new Work());
}

function reads(store: Store, contents: Contents): void {
  store.reload();
  for (const [name, content] of Object.entries(contents)) assert.ok(store.reader.get(idOf(content)).equals(content), name);
}

function storedBytes(files: MemoryFiles): number {
  return files.list('packs').reduce((sum, pack) => sum + files.size(packFile(pack))!, 0);
}

describe('compaction', () => {
  const a = { one: noise(40_000, 'one'), two: noise(40_000, 'two') };
  const b = { ...a, two: noise(40_000, 'two edited'), three: noise(40_000, 'three') };
  const c = { four: noise(40_000, 'four') };

  it('gives back what no snapshot needs and keeps the rest', () => {
    const store = memoryStore();
    const files = store.files as MemoryFiles;
    const ids = [a, b, c].map((contents) => take(store, contents));
    const before = storedBytes(files);
    store.snapshots.remove(ids[1]!);
    const report = run(store);
    assert.ok(report.freedBytes > 79_000, `${report.freedBytes} freed`);
    assert.ok(storedBytes(files) <= before - 79_000);
    assert.deepEqual(report.waitingFor, []);
    for (const kept of [a, c]) reads(store, kept);
    assert.throws(() => store.reader.get(idOf(b.three)), { code: 'damaged' });
    assert.deepEqual(files.list('trash'), []);
    store.snapshots.remove(ids[0]!);
    store.snapshots.remove(ids[2]!);
    run(store);
    assert.deepEqual(files.list('packs'), []);
  });

  it('changes nothing when there is nothing to gain', () => {
    const store = memoryStore();
    take(store, a);
    run(store);
    const names = (store.files as MemoryFiles).list('packs');
    assert.equal(run(store).rewrittenBytes, 0);
    assert.deepEqual((store.files as MemoryFiles).list('packs'), names);
  });

  it('puts small packs together', () => {
    const store = memoryStore();
    const all = Array.from({ length: 12 }, (_, i) => ({ [`f${i}`]: noise(3000, `small ${i}`) }));
    for (const contents of all) take(store, contents);
    const report = run(store);
    assert.equal(report.packsBefore, 12);
    assert.ok(report.packsAfter <= 2);
    for (const contents of all) reads(store, contents);
  });

  it('keeps differences small: it never makes a store of many versions larger', () => {
    const store = memoryStore();
    let before: Contents = {};
    const versions = Array.from({ length: 12 }, (_, i) => ({ data: Buffer.concat([noise(100_000, 'big'), Buffer.from(`version ${i}`)]) }));
    for (const contents of versions) {
      take(store, contents, before);
      before = contents;
    }
    const size = storedBytes(store.files as MemoryFiles);
    assert.ok(size < 130_000);
    run(store);
    for (const contents of versions) reads(store, contents);
    assert.ok(storedBytes(store.files as MemoryFiles) <= size, `${size} became ${storedBytes(store.files as MemoryFiles)}`);
  });

  it('keeps the version that a difference starts from, although no snapshot has it any more', () => {
    const store = memoryStore();
    const old = { data: noise(50_000, 'base') };
    const edited = { data: Buffer.concat([old.data, Buffer.from('more')]) };
    const first = take(store, old);
    take(store, edited, old);
    store.snapshots.remove(first);
    run(store);
    reads(store, edited);
    run(store);
    reads(store, edited);
  });

  it('keeps what a difference starts from, when that became a difference itself', () => {
    const machine = new FakeMachine();
    const store = memoryStore(machine);
    const w = noise(20_000, 'w');
    const x = Buffer.concat([w, Buffer.from('x')]);
    const y = Buffer.concat([x, Buffer.from('y')]);
    const entry = { name: 'y', kind: Kind.file, mode: 0o644, flags: 0, mtime: 1n, size: y.length, group: 0n, id: idOf(y) };
    const root = encodeTree([entry]);
    // Two takes at once stored x, one of them as a difference; compaction kept that one.
    const parts = [
      { content: w, base: undefined },
      { content: x, base: w },
      { content: y, base: x },
      { content: root, base: undefined },
    ];
    for (const { content, base } of parts) {
      const writer = new PackWriter(store.files, () => store.host.randomHex(16));
      const { codec, bytes } = base === undefined ? compress(content, 3) : { codec: Codec.delta, bytes: compressDelta(content, base, 3)! };
      writer.append(codec, bytes, content.length, [{ id: idOf(content), offset: 0, length: content.length }], base && idOf(base));
      writer.finish();
    }
    addSnapshot(store, idOf(root));
    for (let i = 0; i < 2; i++) {
      run(store);
      reads(store, { y });
    }
  });

  it('waits for those at work, and looks a second time at what they needed', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    const store = memoryStore(machine, files, 1);
    const other = memoryStore(machine, files, 2);
    const ids = [a, b].map((contents) => take(store, contents));
    const session = other.begin('write');
    assert.ok(other.index.has(idOf(b.three)));
    store.snapshots.remove(ids[1]!);
    const report = run(store);
    assert.deepEqual(report.waitingFor, [session.name]);
    // The other one relies on what it saw: the store still reads it.
    const rescued = take(other, { three: b.three });
    session[Symbol.dispose]();
    const later = run(store);
    assert.deepEqual(later.waitingFor, []);
    reads(store, { ...a, three: b.three });
    assert.deepEqual(listTrash(files), []);
    store.snapshots.remove(rescued);
    run(store);
    assert.throws(() => reads(store, { three: b.three }), { code: 'damaged' });
    reads(store, a);
  });

  it('lets those who come later rely on nothing that is on its way out', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    const store = memoryStore(machine, files, 1);
    const id = take(store, b);
    take(store, a);
    memoryStore(machine, files, 2).begin('write');
    store.snapshots.remove(id);
    run(store);
    const late = memoryStore(machine, files, 3);
    assert.equal(late.index.has(idOf(b.three)), false);
    take(late, b);
    machine.end(2);
    run(store);
    for (const contents of [a, b]) reads(store, contents);
    run(store);
    for (const contents of [a, b]) reads(store, contents);
  });

  it('killed anywhere loses nothing that somebody at work relied on meanwhile', () => {
    for (const torn of [false, true]) {
      for (let at = 1, ended = false; !ended; at++) {
        const machine = new FakeMachine();
        const files = new MemoryFiles();
        const setup = memoryStore(machine, files, 1);
        const ids = [a, b].map((contents) => take(setup, contents));
        const other = memoryStore(machine, files, 2);
        const session = other.begin('write');
        assert.ok(other.index.has(idOf(b.three)));
        setup.snapshots.remove(ids[1]!);
        const kill = killer(at, torn);
        ended = !dies(() => run(memoryStore(machine, new FaultyFiles(files, onWrites(kill.before)), 3)));
        machine.end(3);
        // A lock that was cut off may belong to anybody at work, so it may be refused while the other one is.
        orBusy(() => run(memoryStore(machine, files, 4)));
        const three = { three: b.three };
        const entry = {
          name: 'three',
          kind: Kind.file,
          mode: 0o644,
          flags: 0,
          mtime: 1n,
          size: b.three.length,
          group: 0n,
          id: idOf(b.three),
        };
        const writer = new PackWriter(files, () => other.host.randomHex(16));
        const root = encodeTree([entry]);
        writer.append(Codec.raw, root, root.length, [{ id: idOf(root), offset: 0, length: root.length }]);
        writer.finish();
        addSnapshot(other, idOf(root));
        session[Symbol.dispose]();
        run(memoryStore(machine, files, 5));
        reads(setup, { ...a, ...three });
        run(memoryStore(machine, files, 5));
        reads(setup, { ...a, ...three });
        assert.deepEqual(files.list('trash'), [], `killed at ${at}`);
        assert.deepEqual(files.list('sessions'), [], `killed at ${at}`);
      }
    }
  });

  it('takes nothing away from a store that it cannot follow', () => {
    const store = memoryStore();
    const files = store.files as MemoryFiles;
    const ids = [a, b].map((contents) => take(store, contents));
    store.snapshots.remove(ids[1]!);
    const before = new Map(files.contents);
    const record = files.contents.get(`snapshots/${ids[0]}`)!;
    files.contents.set(`snapshots/${ids[0]}`, record.subarray(1));
    assert.throws(() => run(store), { code: 'damaged' });
    files.contents.set(`snapshots/${ids[0]}`, record);
    for (const name of before.keys()) if (name.startsWith('packs/')) assert.ok(files.contents.has(name));
    run(store);
    reads(store, a);
  });

  it('in many rounds keeps what it keeps in one, and gives room back after each', () => {
    const store = memoryStore();
    const files = store.files as MemoryFiles;
    const all = Array.from({ length: 7 }, (_, i) => ({ kept: noise(40_000, 'base'), [`f${i}`]: noise(30_000, `f${i}`) }));
    const ids = all.map((contents, i) => take(store, { ...contents, [`gone${i}`]: noise(20_000, `gone ${i}`) }));
    for (const contents of all) take(store, contents);
    for (const id of ids) store.snapshots.remove(id);
    const before = storedBytes(files);
    let most = 0;
    const watched = new FaultyFiles(files, () => (most = Math.max(most, storedBytes(files))));
    const watching = memoryStore(new FakeMachine(), watched);
    using session = watching.begin('write');
    const report = compact(watching, session, new Work(), 40_000);
    assert.ok(report.freedBytes > 7 * 20_000);
    assert.ok(most < before + 80_000, `${most} at most, ${before} before`);
    for (const contents of all) reads(store, contents);
  });

  it('gets rid of damaged blocks once what was in them is stored anew', () => {
    const store = memoryStore();
    const files = store.files as MemoryFiles;
    const contents = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`f${i}`, noise(300_000, `many ${i}`)]));
    take(store, contents);
    const { segment, row } = store.index.find(idOf(contents['f0']!))!;
    const pack = segment.packs[0]!;
    const offset = segment.blockOffset[segment.objectBlock[row]!]!;
    files.contents.get(packFile(pack))![offset + 100]! ^= 1;
    writeDamaged(files, pack, [offset]);
    store.reload();
    take(store, contents);
    reads(store, contents);
    run(store);
    reads(store, contents);
    assert.deepEqual(files.list('damaged'), []);
  });
});

function onWrites(before: (operation: Operation) => void): (operation: Operation) => void {
  return (operation) => {
    if (!isRead(operation)) before(operation);
  };
}

function orBusy(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    assert.equal((error as { code: string }).code, 'busy');
  }
}

function dies(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (error) {
    if (error instanceof Killed || (error instanceof SuppressedError && error.error instanceof Killed)) return true;
    throw error;
  }
}
