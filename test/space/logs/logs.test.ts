import assert from 'node:assert/strict';
import { SnapstageError } from '../../../src/base/errors.ts';
import { CancelFlag, Work } from '../../../src/base/work.ts';
import { hubUnreachable } from '../../../src/space/hub/hub.ts';
import { grownSince, listen, ring } from '../../../src/space/logs/bell.ts';
import { logFolder, recordName } from '../../../src/space/logs/hubRecords.ts';
import { LogReader, together, type LogFinding, type SeenHeads } from '../../../src/space/logs/logReader.ts';
import { LogWriter } from '../../../src/space/logs/logWriter.ts';
import { OwnLog } from '../../../src/space/logs/ownLog.ts';
import { MAX_RECORD, type SignedRecord } from '../../../src/space/records/envelope.ts';
import type { Head } from '../../../src/space/records/shapes.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { FaultyFiles, Killed, killer, MemoryFiles } from '../../support/faultyFiles.ts';
import { Workbench } from '../../support/folders.ts';
import { CountedHub } from '../../support/checkpoints.ts';
import { FaultyHub, MemoryHub } from '../../support/hubs.ts';
import { newKeys, seededRandom } from '../../support/spaces.ts';

const bench = new Workbench();
after(() => bench.clear());

const host = seededRandom('logs');
const space = host.randomHex(16);

/** Heads in memory; they outlive whatever is lost of a store. */
class Heads extends Map<string, Head> implements SeenHeads {
  override set(log: string, head: Head): this {
    assert.ok(head.sequence > (this.get(log)?.sequence ?? 0), 'heads only move forward');
    return super.set(log, head);
  }
}

/** A log on one machine, with its files. */
class Machine {
  readonly keys;
  readonly files: MemoryFiles;
  own: OwnLog;

  constructor(keys = newKeys(host), files = new MemoryFiles()) {
    this.keys = keys;
    this.files = files;
    this.own = this.reopened();
  }

  reopened(): OwnLog {
    const { log } = new LogWriter(space, this.keys, undefined, [], host);
    return new OwnLog(this.files, 'space', { space, log });
  }

  get log(): string {
    return this.own.place.log;
  }

  write(count: number): readonly SignedRecord[] {
    const writer = new LogWriter(space, this.keys, this.own.records().at(-1), [], host);
    for (let i = 0; i < count; i++) writer.write({ kind: 'withdraw', invite: host.randomHex(16) }, { audience: 'clear' });
    this.own.save(writer.written);
    return writer.written;
  }

  /** As a backup, or a copy of the folder, has it. */
  copy(): Machine {
    const files = new MemoryFiles();
    for (const [name, bytes] of this.files.contents) files.contents.set(name, bytes);
    return new Machine(this.keys, files);
  }
}

function readerOf(hub: MemoryHub | FaultyHub, files = new MemoryFiles(), heads = new Heads()): LogReader {
  return new LogReader(space, hub, files, 'space', heads);
}

function nameInHub(record: SignedRecord): string {
  return `${logFolder(record.header.log)}/${recordName(record)}`;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function kinds(findings: readonly LogFinding[]): string[] {
  return findings.map(({ kind }) => kind).toSorted();
}

describe('one’s own log', () => {
  it('is kept before it is sent, and sent as it was kept', async () => {
    const [machine, hub] = [new Machine(), new MemoryHub()];
    const written = machine.write(3);
    assert.equal(hub.contents.size, 0);
    machine.own = machine.reopened();
    assert.deepEqual(
      machine.own.records().map(({ hash }) => hash),
      written.map(({ hash }) => hash),
    );
    assert.deepEqual(await machine.own.send(hub), { sent: 3, elsewhere: [] });
    assert.deepEqual(
      [...hub.contents.values()],
      written.map(({ bytes }) => bytes),
    );
    assert.deepEqual(await machine.own.send(hub), { sent: 0, elsewhere: [] });
  });

  it('is sent again with the same bytes after the hub failed, at every step', async () => {
    for (let failAt = 1; failAt < 12; failAt++) {
      const [machine, inner] = [new Machine(), new MemoryHub()];
      const written = machine.write(3);
      let step = 0;
      const fail = (): void => {
        step += 1;
        if (step === failAt) throw hubUnreachable('memory', 'it is gone');
      };
      for (const faults of [{ before: fail }, { after: fail }]) {
        step = 0;
        await machine.own.send(new FaultyHub(inner, faults)).catch(() => undefined);
        machine.own = machine.reopened();
        await machine.own.send(inner);
        assert.deepEqual([...inner.contents.keys()].toSorted(), written.map(nameInHub).toSorted());
      }
    }
  });

  it('puts back what the hub lost, and takes its names from squatters', async () => {
    const [machine, hub] = [new Machine(), new MemoryHub()];
    const written = machine.write(3);
    await machine.own.send(hub);
    hub.contents.delete(nameInHub(written[0]!));
    hub.contents.delete(nameInHub(written[1]!));
    hub.contents.set(nameInHub(written[1]!), Buffer.from('squatted'));
    assert.equal((await machine.own.send(hub)).sent, 2);
    for (const record of written) assert.deepEqual(hub.contents.get(nameInHub(record)), record.bytes);
    const { findings } = await readerOf(hub).update([machine.log], new Work());
    assert.deepEqual(findings, []);
  });

  it('puts right what was changed without changing its size: the newest at once, older ones when it is their turn', async () => {
    const [machine, hub] = [new Machine(), new MemoryHub()];
    const written = machine.write(10);
    const opened = (): OwnLog => new OwnLog(machine.files, 'space', machine.own.place);
    await machine.own.send(hub);
    const flip = (record: SignedRecord): void => {
      const bytes = Buffer.from(record.bytes);
      bytes[bytes.length >> 1]! ^= 1;
      hub.contents.set(nameInHub(record), bytes);
    };
    const wrong = (): number[] =>
      written.flatMap((record) => (record.bytes.equals(hub.contents.get(nameInHub(record))!) ? [] : [record.header.sequence]));
    for (const record of written) flip(record);
    await opened().send(hub, { packable: 0, turn: 1 });
    assert.deepEqual(wrong(), [1, 3, 4]);
    await opened().send(hub, { packable: 0, turn: 12 });
    assert.deepEqual(wrong(), [1, 4]);
    flip(written[9]!);
    // A Master has signed for all: others have them.
    await opened().send(hub, { packable: 10, turn: 0 });
    assert.deepEqual(wrong(), [4, 10]);
  });

  it('reads back what it has not sent or read itself, and once', async () => {
    const [machine, hub] = [new Machine(), new CountedHub()];
    machine.write(3);
    await machine.own.send(hub);
    machine.write(1);
    await machine.own.send(hub);
    const reads = (): number => hub.asked.filter((asked) => asked.startsWith('read')).length;
    assert.equal(reads(), 0);
    const again = new OwnLog(machine.files, 'space', machine.own.place);
    for (let times = 0; times < 2; times++) {
      await again.send(hub);
      assert.equal(reads(), 4);
    }
  });

  it('goes on after a crash in whatever moment', () => {
    for (const torn of [false, true]) {
      for (let at = 1, isOver = false; !isOver; at++) {
        const machine = new Machine();
        machine.write(1);
        const killed = killer(at, torn);
        const dying = new OwnLog(new FaultyFiles(machine.files, killed.before), 'space', machine.own.place);
        const writer = new LogWriter(space, machine.keys, machine.own.records().at(-1), [], host);
        for (let i = 0; i < 3; i++) writer.write({ kind: 'withdraw', invite: host.randomHex(16) }, { audience: 'clear' });
        try {
          dying.save(writer.written);
          isOver = true;
        } catch (error) {
          assert.ok(error instanceof Killed);
        }
        machine.own = machine.reopened();
        const kept = machine.own.records().slice(1);
        assert.deepEqual(
          kept.map(({ hash }) => hash),
          writer.written.slice(0, kept.length).map(({ hash }) => hash),
        );
        machine.write(1);
        assert.equal(machine.reopened().records().length, kept.length + 2);
      }
    }
  });

  it('lies on a disk as it does in memory', async () => {
    const files = new DiskFiles(bench.folder());
    const { own, keys } = new Machine();
    const writer = new LogWriter(space, keys, undefined, [], host);
    for (let i = 0; i < 3; i++) writer.write({ kind: 'withdraw', invite: host.randomHex(16) }, { audience: 'clear' });
    new OwnLog(files, 'space', own.place).save(writer.written);
    const again = new OwnLog(files, 'space', own.place);
    const hub = new MemoryHub();
    assert.equal((await again.send(hub)).sent, 3);
    const heads = new Heads();
    const reader = new LogReader(space, hub, files, 'space', heads);
    await reader.update([own.place.log], new Work());
    assert.deepEqual(new LogReader(space, hub, files, 'space', heads).known(), [own.place.log]);
    assert.equal(new LogReader(space, hub, files, 'space', heads).held(own.place.log).length, 3);
    assert.deepEqual(new OwnLog(files, 'space', { ...own.place, log: '0'.repeat(32) }).records(), [], 'another log has other files');
  });

  it('of an old copy that was restored sends nothing, and tells what the hub has', async () => {
    const [machine, hub] = [new Machine(), new MemoryHub()];
    machine.write(2);
    const backup = machine.copy();
    const later = machine.write(2);
    await machine.own.send(hub);
    backup.write(1);
    const { sent, elsewhere } = await backup.own.send(hub);
    assert.equal(sent, 0);
    assert.deepEqual(
      elsewhere.map(({ hash }) => hash),
      later.map(({ hash }) => hash),
    );
    assert.equal(hub.contents.size, 4);
  });

  it('of a copied folder is found by whoever sends second, or both', async () => {
    const [machine, hub] = [new Machine(), new MemoryHub()];
    machine.write(1);
    await machine.own.send(hub);
    const copy = machine.copy();
    machine.write(1);
    copy.write(1);
    // Both have looked before either has sent.
    let waiting = 2;
    const { promise, resolve } = Promise.withResolvers<void>();
    const gated = new FaultyHub(hub, {
      before: async ({ kind }) => {
        if (kind !== 'create') return;
        waiting -= 1;
        if (waiting <= 0) resolve();
        await promise;
      },
    });
    const both = await Promise.all([machine.own.send(gated), copy.own.send(gated)]);
    assert.ok(both.some(({ elsewhere }) => elsewhere.length === 1));
    assert.equal((await copy.own.send(hub)).elsewhere.length, 1);
    assert.equal((await machine.own.send(hub)).elsewhere.length, 1);
  });

  it('does not let two processes write the same place', () => {
    const machine = new Machine();
    machine.write(1);
    const [one, two] = [machine.reopened(), machine.reopened()];
    const next = (own: OwnLog): readonly SignedRecord[] => {
      const writer = new LogWriter(space, machine.keys, own.records().at(-1), [], host);
      writer.write({ kind: 'withdraw', invite: host.randomHex(16) }, { audience: 'clear' });
      return writer.written;
    };
    const [first, second] = [next(one), next(two)];
    one.save(first);
    assert.throws(() => two.save(second), /Another window or command/);
    assert.equal(machine.reopened().records().length, 2);
  });

  it('that is damaged is not gone on with', () => {
    for (const harm of [
      (files: MemoryFiles, name: string) => files.contents.delete(name),
      (files: MemoryFiles, name: string) => files.contents.get(name)!.writeUInt8(7, 100),
      (files: MemoryFiles, name: string) => files.contents.set(name, Buffer.alloc(0)),
    ]) {
      for (const at of [0, 1]) {
        const machine = new Machine();
        machine.write(3);
        harm(machine.files, [...machine.files.contents.keys()].toSorted()[at]!);
        assert.throws(() => machine.reopened().records(), { code: 'damaged' });
      }
    }
  });
});

describe('reading logs', () => {
  it('fetches what is new, and remembers it', async () => {
    const [machine, inner] = [new Machine(), new MemoryHub()];
    let reads = 0;
    const hub = new FaultyHub(inner, { before: ({ kind }) => void (reads += kind === 'read' ? 1 : 0) });
    machine.write(3);
    await machine.own.send(inner);
    const [files, heads] = [new MemoryFiles(), new Heads()];
    const reader = readerOf(hub, files, heads);
    assert.deepEqual(await reader.update([machine.log], new Work()), { findings: [], lost: [], known: 3 });
    assert.equal(reads, 3);
    machine.write(1);
    await machine.own.send(inner);
    const again = readerOf(hub, files, heads);
    await again.update([machine.log], new Work());
    assert.equal(reads, 4);
    assert.equal(again.held(machine.log).length, 4);
    assert.equal(heads.get(machine.log)?.sequence, 4);
  });

  it('goes on knowing what was read when the hub is rolled back, and gives it back', async () => {
    const [machine, hub, heads, files] = [new Machine(), new MemoryHub(), new Heads(), new MemoryFiles()];
    const written = machine.write(4);
    await machine.own.send(hub);
    const lastWeek = new Map([...hub.contents].filter(([name]) => !written.slice(2).map(nameInHub).includes(name)));
    await readerOf(hub, files, heads).update([machine.log], new Work());
    const rolledBack = new MemoryHub(lastWeek);
    const reader = readerOf(rolledBack, files, heads);
    const { findings, lost } = await reader.update([machine.log], new Work());
    assert.deepEqual(findings, [{ kind: 'lost', log: machine.log, count: 2 }]);
    assert.equal(reader.held(machine.log).length, 4);
    assert.equal(await reader.putBack(lost), 2);
    assert.deepEqual(new Map([...rolledBack.contents].toSorted(byName)), new Map([...hub.contents].toSorted(byName)));
  });

  it('tells of a hub rolled back also when its own memory is lost, but for the heads', async () => {
    const [machine, hub, heads] = [new Machine(), new MemoryHub(), new Heads()];
    const written = machine.write(4);
    await machine.own.send(hub);
    await readerOf(hub, new MemoryFiles(), heads).update([machine.log], new Work());
    hub.contents.delete(nameInHub(written[3]!));
    const reader = readerOf(hub, new MemoryFiles(), heads);
    const { findings } = await reader.update([machine.log], new Work());
    assert.deepEqual(kinds(findings), ['rolled-back']);
    assert.equal(heads.get(machine.log)?.sequence, 4);
    assert.equal(reader.held(machine.log).length, 3);
  });

  it('takes a share that appears empty for a moment as just that', async () => {
    const [one, two, hub, files, heads] = [new Machine(), new Machine(), new MemoryHub(), new MemoryFiles(), new Heads()];
    for (const machine of [one, two]) {
      machine.write(2);
      await machine.own.send(hub);
    }
    await readerOf(hub, files, heads).update([one.log, two.log], new Work());
    const reader = readerOf(new MemoryHub(), files, heads);
    const { findings, lost } = together([await reader.update([one.log], new Work()), await reader.update([two.log], new Work())]);
    assert.deepEqual(findings, [{ kind: 'emptied' }]);
    assert.deepEqual(lost, [], 'nothing is given back to a place that may be another');
    assert.equal(reader.held(one.log).length, 2);
  });

  it('throws when the hub is not there, and knows what it knew', async () => {
    const [machine, hub, files] = [new Machine(), new MemoryHub(), new MemoryFiles()];
    machine.write(2);
    await machine.own.send(hub);
    await readerOf(hub, files).update([machine.log], new Work());
    const gone = readerOf(
      new FaultyHub(hub, {
        before: () => {
          throw hubUnreachable('memory', 'it is gone');
        },
      }),
      files,
    );
    await assert.rejects(gone.update([machine.log], new Work()), { code: 'io' });
    assert.equal(gone.held(machine.log).length, 2);
  });

  it('ignores what is no record, tells it, and reads the others', async () => {
    const [machine, other, hub] = [new Machine(), new Machine(), new MemoryHub()];
    const written = machine.write(3);
    await machine.own.send(hub);
    const foreign = other.write(1)[0]!;
    const folder = logFolder(machine.log);
    const put = (name: string, bytes: Buffer): unknown => hub.contents.set(`${folder}/${name}`, bytes);
    const [first, second, third] = written as [SignedRecord, SignedRecord, SignedRecord];
    put(recordName(second), Buffer.concat([second.bytes.subarray(0, -1), Buffer.of(second.bytes.at(-1)! ^ 1)])); // one byte changed
    put('0000000002-00000000000000000000000000000000', second.bytes); // under another name
    put(recordName(foreign), foreign.bytes); // another's
    put('0000000009-11111111111111111111111111111111', Buffer.alloc(MAX_RECORD + 1)); // too large
    put('0000000004-22222222222222222222222222222222', Buffer.alloc(0));
    put('0000000004-33333333333333333333333333333333', first.bytes.subarray(0, 300)); // torn
    put('0000000002-conflicted-copy', second.bytes);
    put('x/y', Buffer.from('a folder'));
    const reader = readerOf(hub);
    const { findings } = await reader.update([machine.log], new Work());
    assert.deepEqual(
      reader
        .held(machine.log)
        .map(({ hash }) => hash)
        .toSorted(),
      [first.hash, third.hash].toSorted(),
    );
    const told = findings.map((one) => (one.kind === 'refused' ? one.flaw : one.kind)).toSorted();
    assert.deepEqual(told, ['bad-signature', 'changed', 'malformed', 'malformed', 'other-place', 'strangers', 'too-large']);
    await hub.remove(`${folder}/${recordName(second)}`);
    await machine.own.send(hub);
    await reader.update([machine.log], new Work());
    assert.equal(reader.held(machine.log).length, 3);
  });

  it('is cancelled between two files, and keeps what it has', async () => {
    const [machine, inner] = [new Machine(), new MemoryHub()];
    machine.write(60);
    await machine.own.send(inner);
    const flag = new CancelFlag();
    let reads = 0;
    const hub = new FaultyHub(inner, {
      before: ({ kind }) => {
        reads += kind === 'read' ? 1 : 0;
        if (reads === 30) flag.cancel();
      },
    });
    const reader = readerOf(hub);
    await assert.rejects(reader.update([machine.log], new Work({ cancelFlag: flag.buffer })), { code: 'cancelled' });
    assert.ok(reads < 60);
    await reader.update([machine.log], new Work());
    assert.equal(reader.held(machine.log).length, 60);
    assert.equal(reads, 60, 'nothing is read twice');
  });

  it('leaves a log alone that somebody floods, and reads the others', async () => {
    const [machine, other, hub] = [new Machine(), new Machine(), new MemoryHub()];
    machine.write(2);
    other.write(2);
    for (const one of [machine, other]) await one.own.send(hub);
    for (let i = 0; i < 2000; i++)
      hub.contents.set(`${logFolder(machine.log)}/${String(5 + i).padStart(10, '0')}-${host.randomHex(16)}`, Buffer.alloc(3));
    const reader = readerOf(hub);
    const { findings } = await reader.update([machine.log, other.log], new Work());
    assert.ok(findings.some(({ kind }) => kind === 'flooded'));
    assert.ok(findings.length < 600);
    assert.equal(reader.held(machine.log).length, 2);
    assert.equal(reader.held(other.log).length, 2);
  });

  it('leaves a log alone whose folder its owner lets nobody read, and reads the others', async () => {
    const [machine, other, inner] = [new Machine(), new Machine(), new MemoryHub()];
    for (const one of [machine, other]) {
      one.write(2);
      await one.own.send(inner);
    }
    const files = new MemoryFiles();
    await readerOf(inner, files).update([machine.log], new Work());
    const hub = new FaultyHub(inner, {
      before: ({ kind, name }) => {
        if (kind === 'list' && name === logFolder(machine.log)) throw new SnapstageError('io', 'No right.', { reason: 'EACCES' });
      },
    });
    const reader = readerOf(hub, files);
    const { findings, lost } = await reader.update([machine.log, other.log], new Work());
    assert.deepEqual([findings, lost], [[{ kind: 'refused', log: machine.log, name: machine.log, flaw: 'unreadable' }], []]);
    assert.equal(reader.held(machine.log).length, 2);
    assert.equal(reader.held(other.log).length, 2);
  });

  it('keeps both sides of a fork', async () => {
    const [machine, hub] = [new Machine(), new MemoryHub()];
    machine.write(1);
    const copy = machine.copy();
    const forked = [...machine.write(2), ...copy.write(1)];
    await machine.own.send(hub);
    for (const record of forked) hub.contents.set(nameInHub(record), record.bytes);
    const [files, heads] = [new MemoryFiles(), new Heads()];
    const reader = readerOf(hub, files, heads);
    await reader.update([machine.log], new Work());
    assert.equal(reader.held(machine.log).length, 4);
    assert.equal(heads.get(machine.log)?.sequence, 1, 'what stands is what came before');
    assert.equal(readerOf(hub, files, heads).held(machine.log).length, 4);
  });

  it('reads no more of a stranger’s log than its first record', async () => {
    const [machine, hub] = [new Machine(), new MemoryHub()];
    machine.write(5);
    await machine.own.send(hub);
    const reader = readerOf(hub);
    await reader.update([machine.log], new Work(), 1);
    assert.equal(reader.held(machine.log).length, 1);
  });

  it('does not believe what lies in its memory, but for the heads', async () => {
    const [machine, forger, hub] = [new Machine(), new Machine(), new MemoryHub()];
    machine.write(3);
    await machine.own.send(hub);
    const [files, heads] = [new MemoryFiles(), new Heads()];
    await readerOf(hub, files, heads).update([machine.log], new Work());
    const name = [...files.contents.keys()][0]!;
    const good = files.contents.get(name)!;
    for (let at = 0; at < good.length; at += 7) {
      const bad = Buffer.from(good);
      bad[at]! ^= 0x20;
      files.contents.set(name, bad);
      const held = readerOf(hub, files, heads).held(machine.log);
      assert.ok(held.every(({ bytes }) => machine.own.records().some((record) => record.bytes.equals(bytes))));
    }
    forger.write(2);
    files.contents.set(name, Buffer.alloc(5));
    const reader = readerOf(hub, files, heads);
    await reader.update([machine.log], new Work());
    assert.equal(reader.held(machine.log).length, 3, 'it is read again');
  });
});

describe('the bell', () => {
  const [master, other, ...rest] = Array.from({ length: 102 }, () => host.randomHex(16)) as [string, string, ...string[]];
  const leads = (log: string): boolean => log === master;

  it('tells which logs grew', async () => {
    const hub = new MemoryHub();
    const [a, b] = [rest[0]!, rest[1]!];
    let before = await listen(hub);
    const heard = async (): Promise<readonly string[] | 'all'> => {
      const now = await listen(hub);
      const { grown, isAll } = grownSince(before, now, leads);
      before = now;
      return isAll ? 'all' : grown;
    };
    assert.deepEqual(await heard(), []);
    await ring(hub, a, 1, leads);
    assert.deepEqual(await heard(), 'all');
    await ring(hub, b, 1, leads);
    assert.deepEqual(await heard(), [b]);
    await ring(hub, a, 2, leads);
    await ring(hub, master, 7, leads);
    assert.deepEqual(await heard(), [master, a]);
    await ring(hub, a, 2, leads);
    assert.deepEqual(await heard(), []);
  });

  it('says what Masters wrote however many others ring, and that more may have grown', async () => {
    const hub = new MemoryHub();
    await ring(hub, master, 3, leads);
    await ring(hub, other, 1, leads);
    const before = await listen(hub);
    for (const log of rest) await ring(hub, log, 1, leads);
    const quiet = grownSince(before, await listen(hub), leads);
    assert.ok(quiet.isAll && !quiet.grown.includes(master));
    await ring(hub, master, 4, leads);
    assert.ok(grownSince(before, await listen(hub), leads).grown.includes(master));
    assert.ok(hub.contents.get('bell')!.length < 64 * 44);
  });

  it('that is gone, garbage, huge or of very many makes one look at all', async () => {
    for (const bytes of [undefined, Buffer.from('\0garbage'), Buffer.alloc(1 << 20)]) {
      const hub = new MemoryHub();
      await ring(hub, master, 1, leads);
      await ring(hub, other, 1, leads);
      const before = await listen(hub);
      if (bytes === undefined) hub.contents.delete('bell');
      else hub.contents.set('bell', bytes);
      const now = await listen(hub);
      assert.deepEqual(grownSince(before, now, leads), { grown: [master], isAll: true });
      assert.deepEqual(grownSince(now, await listen(hub), leads), { grown: [], isAll: false });
      await ring(hub, other, 1, leads);
      assert.deepEqual(grownSince(now, await listen(hub), leads), { grown: [other], isAll: true });
    }
  });

  it('that can’t be read says nothing, and keeps nobody from anything', async () => {
    const failing = (error: Error): FaultyHub =>
      new FaultyHub(new MemoryHub(), {
        before: ({ kind }) => {
          if (kind === 'read') throw error;
        },
      });
    assert.equal((await listen(failing(new SnapstageError('io', 'No right.', { reason: 'EACCES' })))).size, 0);
    await assert.rejects(listen(failing(hubUnreachable('memory', 'it is gone'))), { code: 'io' });
  });

  it('can’t be rung where nothing can be written, which is nobody’s loss', async () => {
    const hub = new FaultyHub(new MemoryHub(), {
      before: ({ kind }) => {
        if (kind === 'hint') throw hubUnreachable('memory', 'it is gone');
      },
    });
    await ring(hub, other, 1, leads);
  });
});
