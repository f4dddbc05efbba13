/** Older records of a log as packs: made by their writer, read by everybody, and worth nothing to whoever changes them in the hub. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Work } from '../../../src/base/work.ts';
import { changedInHub } from '../../../src/space/audit/hubCheck.ts';
import { logFolder, recordName } from '../../../src/space/logs/hubRecords.ts';
import { LogReader, together, type Reading } from '../../../src/space/logs/logReader.ts';
import { LogWriter } from '../../../src/space/logs/logWriter.ts';
import { OwnLog } from '../../../src/space/logs/ownLog.ts';
import { blocksOf, packName } from '../../../src/space/logs/pack.ts';
import { encodeRecords } from '../../../src/space/logs/recordFile.ts';
import type { SignedRecord } from '../../../src/space/records/envelope.ts';
import { FaultyFiles, isRead, Killed, killer, MemoryFiles } from '../../support/faultyFiles.ts';
import { FaultyHub, MemoryHub } from '../../support/hubs.ts';
import { newKeys, seededRandom } from '../../support/spaces.ts';

const host = seededRandom('packs');
const space = host.randomHex(16);
const PACKABLE = { packable: 150, turn: 0 };

class Log {
  readonly keys = newKeys(host);
  readonly files = new MemoryFiles();
  own: OwnLog;

  constructor(count: number, keys = newKeys(host)) {
    this.keys = keys;
    this.own = new OwnLog(this.files, 'space', { space, log: new LogWriter(space, keys, undefined, [], host).log });
    this.write(count);
  }

  get log(): string {
    return this.own.place.log;
  }

  get records(): readonly SignedRecord[] {
    return this.own.records();
  }

  write(count: number): void {
    const writer = new LogWriter(space, this.keys, this.own.records().at(-1), [], host);
    for (let i = 0; i < count; i++) writer.write({ kind: 'withdraw', invite: host.randomHex(16) }, { audience: 'clear' });
    this.own.save(writer.written);
  }

  /** Sends and packs until nothing changes any more. */
  async settle(hub: MemoryHub): Promise<void> {
    for (let i = 0; i < 3; i++) await this.own.send(hub, PACKABLE);
  }

  reader(hub: MemoryHub | FaultyHub, files = new MemoryFiles()): LogReader {
    return new LogReader(space, hub, files, 'space', new Map());
  }

  name(name: string): string {
    return `${logFolder(this.log)}/${name}`;
  }

  /** Names in the hub of the first block's pack and of the second's. */
  get packs(): [string, string] {
    return [this.records.slice(0, 64), this.records.slice(64, 128)].map((block) => this.name(packName(block))) as [string, string];
  }
}

let mine: Log;
let settled: MemoryHub;
let hub: MemoryHub;
before(async () => {
  mine = new Log(150);
  settled = new MemoryHub();
  await mine.settle(settled);
});
beforeEach(() => {
  hub = new MemoryHub(settled.contents);
});

function look(reader: LogReader, log = mine): Promise<Reading> {
  return reader.update([log.log], new Work());
}

const hashes = (records: readonly SignedRecord[]): string[] => records.map(({ hash }) => hash).toSorted();
const isWhole = (reader: LogReader): void => assert.deepEqual(hashes(reader.held(mine.log)), hashes(mine.records));

describe('packs of records', () => {
  it('take the place of whole blocks alone, a sync after they were made', async () => {
    const fresh = new MemoryHub();
    await mine.own.send(fresh, PACKABLE);
    assert.equal(fresh.contents.size, 150 + 2, 'what a pack replaces stays until it is found there');
    await mine.own.send(fresh, PACKABLE);
    assert.deepEqual(
      [...fresh.contents.keys()].toSorted(),
      [...mine.packs, ...mine.records.slice(128).map((record) => mine.name(recordName(record)))].toSorted(),
    );
    assert.deepEqual(fresh.contents.get(mine.packs[0]), encodeRecords(mine.records.slice(0, 64)));
    assert.deepEqual((await mine.own.send(fresh, PACKABLE)).sent, 0);
    const few = new Log(63);
    await few.settle(fresh);
    assert.equal([...fresh.contents.keys()].filter((name) => name.includes(few.log)).length, 63);
  });

  it('are read whole, once, and not at all by who has what is in them', async () => {
    const read: string[] = [];
    const seen = new FaultyHub(hub, { before: ({ kind, name }) => void (kind === 'read' && read.push(name)) });
    const files = new MemoryFiles();
    assert.deepEqual(await look(mine.reader(seen, files)), { findings: [], lost: [], known: 150 });
    assert.equal(read.length, 2 + 22);
    read.length = 0;
    const again = mine.reader(seen, files);
    assert.deepEqual(await look(again), { findings: [], lost: [], known: 150 });
    isWhole(again);
    assert.deepEqual(read, []);
  });

  it('are how others’ logs are kept too: what was kept before is not written again', async () => {
    const files = new MemoryFiles();
    await look(mine.reader(hub, files));
    const blocks = (): string[] => [...files.contents.keys()].filter((name) => name.length > 60);
    assert.equal(blocks().length, 2);
    const written: string[] = [];
    const watched = new FaultyFiles(files, ({ kind, name }) => void (kind === 'write' && written.push(name)));
    const longer = new Log(0, mine.keys);
    longer.own.save(mine.records);
    longer.write(1);
    await longer.own.send(hub);
    const reader = new LogReader(space, hub, watched, 'space', new Map());
    await look(reader);
    assert.deepEqual(written, [`space/log-${mine.log}`]);
    assert.deepEqual(hashes(mine.reader(hub, files).held(mine.log)), hashes(longer.records));
    for (const [at, name] of blocks().entries()) {
      const bytes = files.contents.get(name)!;
      const flipped = Buffer.from(bytes);
      flipped[500]! ^= 1;
      for (const bad of [undefined, flipped, bytes.subarray(0, 700)]) {
        const harmed = new MemoryFiles(files.contents);
        if (bad === undefined) harmed.contents.delete(name);
        else harmed.contents.set(name, bad);
        const again = mine.reader(hub, harmed);
        const genuine = new Set(longer.records.map(({ hash }) => hash));
        assert.ok(
          again.held(mine.log).every(({ hash }) => genuine.has(hash)),
          `block ${at}`,
        );
        await look(again);
        assert.deepEqual(hashes(again.held(mine.log)), hashes(longer.records), 'what is lost here is read again');
        assert.deepEqual(hashes(mine.reader(hub, harmed).held(mine.log)), hashes(longer.records), 'and kept');
      }
    }
  });

  it('of many records take the place of smaller ones, where that fits into a file', () => {
    const record = mine.records[0]!;
    const many = (count: number, bytes: number): SignedRecord[] =>
      Array.from({ length: count }, () => ({ ...record, bytes: Buffer.alloc(bytes) }));
    const spans = (records: readonly SignedRecord[], upTo = records.length): number[] =>
      blocksOf(records, upTo).map(({ length }) => length);
    assert.deepEqual(spans(many(4096 + 130, 700)), [4096, 64, 64]);
    assert.deepEqual(
      spans(many(4096 + 130, 700), 4095),
      Array.from({ length: 63 }, () => 64),
    );
    assert.deepEqual(
      spans(many(4096, 3000)),
      Array.from({ length: 64 }, () => 64),
    );
    assert.deepEqual(spans(many(64, 65_536)), [64], 'the largest records fit');
  });

  it('and files of one record may both be there, as after a crash or a late removal', async () => {
    for (const record of mine.records.slice(0, 10)) hub.contents.set(mine.name(recordName(record)), record.bytes);
    const reader = mine.reader(hub);
    assert.deepEqual((await look(reader)).findings, []);
    isWhole(reader);
    await mine.own.send(hub, PACKABLE);
    assert.equal(hub.contents.size, 2 + 22);
  });

  it('are found by who has listed the log just before what they replace was removed', async () => {
    const fresh = new MemoryHub();
    await mine.own.send(fresh, PACKABLE);
    for (const knows of [0, 100, 150]) {
      const files = new MemoryFiles();
      const partial = new MemoryHub(mine.records.slice(0, knows).map((record) => [mine.name(recordName(record)), record.bytes]));
      await look(mine.reader(partial, files));
      let isOld = true;
      const late = new FaultyHub(hub, {
        listing: (_, now) => {
          if (!isOld) return now;
          isOld = false;
          return { ...now, files: mine.records.map((record) => ({ name: recordName(record), size: record.bytes.length })) };
        },
      });
      const reader = mine.reader(late, files);
      const { findings, lost } = await look(reader);
      assert.deepEqual([findings, lost], [[], []]);
      isWhole(reader);
    }
  });

  it('that are gone, cut off, squatted or swapped lose nothing: others put back records, their owner the pack', async () => {
    const [first, second] = mine.packs;
    const good = hub.contents.get(first)!;
    const other = hub.contents.get(second)!;
    const flipped = Buffer.from(good);
    flipped[good.length - 5]! ^= 1;
    for (const bad of [undefined, good.subarray(0, -200), Buffer.from('squatted'), other, Buffer.concat([good, good]), flipped]) {
      const files = new MemoryFiles();
      await look(mine.reader(hub, files));
      if (bad === undefined) hub.contents.delete(first);
      else hub.contents.set(first, bad);
      const reader = mine.reader(hub, files);
      const { lost } = await look(reader);
      isWhole(reader);
      const isSeen = bad !== flipped && bad?.length !== good.length; // otherwise the listing is as it was
      assert.equal(lost.length, isSeen ? 64 : 0);
      if (isSeen) {
        assert.equal(await reader.putBack(lost), 64);
        const newcomer = mine.reader(hub);
        const { findings } = await look(newcomer);
        isWhole(newcomer);
        assert.deepEqual(
          findings.map(({ kind }) => kind),
          bad === undefined ? [] : ['refused'],
          'what is bad is named',
        );
      }
      await mine.settle(hub);
      assert.deepEqual(hub.contents.get(first), good);
      assert.equal(hub.contents.size, 2 + 22);
    }
  });

  it('that are flawed give the good records in them, which are not lost, and are named by who reads them', async () => {
    const [first] = mine.packs;
    const flipped = Buffer.from(hub.contents.get(first)!);
    flipped[flipped.length - 5]! ^= 1;
    hub.contents.set(first, flipped);
    const reader = mine.reader(hub);
    const { findings, lost } = await look(reader);
    assert.deepEqual(findings, [{ kind: 'refused', log: mine.log, name: first.slice(-54), flaw: 'bad-signature' }]);
    assert.deepEqual(lost, []);
    assert.equal(reader.held(mine.log).length, 149);
    const found = await changedInHub(hub, mine.records, new Work());
    assert.deepEqual(found, findings, 'an audit that has the records reads all of it');
    assert.deepEqual(together([{ findings, lost, known: 149 }]).findings, findings);
  });

  it('of somebody else, forged, or under names that no pack has are nothing', async () => {
    const forger = new Log(64);
    const put = (name: string, bytes: Buffer): unknown => hub.contents.set(mine.name(name), bytes);
    put(packName(forger.records), encodeRecords(forger.records));
    put(`0000000001-0000000064-${'a'.repeat(32)}`, hub.contents.get(mine.packs[0])!);
    put(`0000000129-0000000192-${'b'.repeat(32)}`, Buffer.alloc(300, 0));
    put(`0000000065-0000000128-${'c'.repeat(32)}`, Buffer.alloc(9 << 20));
    put(`0000000002-0000000065-${'d'.repeat(32)}`, Buffer.alloc(9));
    put(`0000000001-0000000099-${'e'.repeat(32)}`, Buffer.alloc(9));
    const reader = mine.reader(hub);
    const { findings } = await look(reader);
    isWhole(reader);
    const told = findings.map((one) => (one.kind === 'refused' ? one.flaw : one.kind)).toSorted();
    assert.deepEqual(told, ['changed', 'malformed', 'other-place', 'strangers', 'too-large']);
    assert.ok(findings.some((one) => one.kind === 'strangers' && one.count === 2));
    assert.deepEqual((await mine.own.send(hub, PACKABLE)).elsewhere, []);
  });

  it('keep the other side of a fork as evidence, and tell an old copy that its log went on', async () => {
    const old = new Log(0, mine.keys);
    old.own.save(mine.records.slice(0, 50));
    const { sent, elsewhere } = await old.own.send(hub);
    assert.deepEqual([sent, elsewhere.length], [0, 100], 'an old copy that was restored');
    old.write(3);
    for (const record of old.records.slice(50)) hub.contents.set(mine.name(recordName(record)), record.bytes);
    const reader = mine.reader(hub);
    await look(reader);
    assert.equal(reader.held(mine.log).length, 153);
    assert.equal((await mine.own.send(hub, PACKABLE)).elsewhere.length, 3);
    assert.equal(hub.contents.size, 2 + 22 + 3);
  });

  it('are as good as before wherever their writer dies', async () => {
    const single = mine.records.map((record) => [mine.name(recordName(record)), record.bytes] as const);
    for (let at = 1, isOver = false; !isOver; at += at < 6 ? 1 : 9) {
      const dying = new MemoryHub(single);
      let step = 0;
      const die = ({ kind }: { kind: string }): void => {
        if (kind === 'create' || kind === 'remove') step += 1;
        if (step === at) throw new Error('killed');
      };
      const sending = new FaultyHub(dying, at % 2 === 0 ? { after: die } : { before: die });
      try {
        for (let i = 0; i < 2; i++) await mine.own.send(sending, PACKABLE);
        isOver = true;
      } catch (error) {
        assert.equal((error as Error).message, 'killed');
      }
      const reader = mine.reader(dying);
      assert.deepEqual((await look(reader)).findings, []);
      isWhole(reader);
      await mine.settle(dying);
      assert.equal(dying.contents.size, 2 + 22);
    }
  });

  it('are what an own log is kept in too, whenever the process dies that packs it', async () => {
    const machine = new Log(150);
    for (let at = 1, isOver = false; !isOver; at += at < 6 ? 1 : 9) {
      const files = new MemoryFiles(machine.files.contents);
      const killed = killer(at, false);
      try {
        await new OwnLog(
          new FaultyFiles(files, (operation) => !isRead(operation) && killed.before(operation)),
          'space',
          machine.own.place,
        ).send(new MemoryHub(), PACKABLE);
        isOver = true;
      } catch (error) {
        assert.ok(error instanceof Killed);
      }
      const again = new OwnLog(files, 'space', machine.own.place);
      assert.deepEqual(
        again.records().map(({ hash }) => hash),
        machine.records.map(({ hash }) => hash),
      );
      await again.send(new MemoryHub(), PACKABLE);
      assert.equal(files.contents.size, 2 + 22);
      const writer = new LogWriter(space, machine.keys, again.records().at(-1), [], host);
      writer.write({ kind: 'leave' }, { audience: 'clear' });
      again.save(writer.written);
      assert.equal(new OwnLog(files, 'space', machine.own.place).records().length, 151);
    }
  });

  it('of an own log that are damaged are not gone on with', async () => {
    const [name] = [...mine.files.contents.keys()].toSorted().filter((one) => one.endsWith(packName(mine.records.slice(64, 128))));
    const good = mine.files.contents.get(name!)!;
    const flipped = Buffer.from(good);
    flipped[300]! ^= 1;
    for (const bad of [undefined, good.subarray(0, -900), Buffer.alloc(0), flipped]) {
      const files = new MemoryFiles(mine.files.contents);
      if (bad === undefined) files.contents.delete(name!);
      else files.contents.set(name!, bad);
      assert.throws(() => new OwnLog(files, 'space', mine.own.place).records(), { code: 'damaged' });
    }
  });

  it('half written by a hub that keeps what it got are made again, and nothing was removed for them', async () => {
    const torn = new MemoryHub();
    let isTorn = false;
    const tearing = new FaultyHub(torn, {
      before: async ({ kind, name, tear }) => {
        if (kind !== 'create' || !mine.packs.includes(name) || isTorn) return;
        isTorn = true;
        await tear();
        throw new Error('killed');
      },
    });
    await assert.rejects(mine.own.send(tearing, PACKABLE), /killed/);
    const reader = mine.reader(torn);
    await look(reader);
    isWhole(reader);
    await mine.settle(torn);
    assert.equal(torn.contents.size, 2 + 22);
    assert.deepEqual(torn.contents.get(mine.packs[0]), encodeRecords(mine.records.slice(0, 64)));
  });

  it('that somebody changed without changing their size are put right when it is their turn', async () => {
    for (const turn of [0, 1]) {
      const flipped = Buffer.from(hub.contents.get(mine.packs[turn]!)!);
      flipped[9]! ^= 1;
      hub.contents.set(mine.packs[turn]!, flipped);
      await mine.own.send(hub, { packable: 150, turn: turn + 1 });
      assert.deepEqual(hub.contents.get(mine.packs[turn]!), flipped);
      await mine.own.send(hub, { packable: 150, turn });
      assert.deepEqual((await look(mine.reader(hub))).findings, []);
    }
  });

  it('can be harmed by whoever writes the hub for as long as that goes on, and nobody forgets or believes anything for it', async () => {
    const harm = fc.record({ kind: fc.nat(6), at: fc.nat(1000), other: fc.nat(1000), next: fc.constantFrom('nothing', 'send', 'look') });
    const genuine = new Set(mine.records.map(({ hash }) => hash));
    await fc.assert(
      fc.asyncProperty(fc.array(harm, { minLength: 1, maxLength: 12 }), fc.nat(150), async (steps, begin) => {
        const attacked = new MemoryHub();
        for (const record of mine.records.slice(0, begin)) attacked.contents.set(mine.name(recordName(record)), record.bytes);
        const files = new MemoryFiles(mine.files.contents);
        const opened = (): OwnLog => new OwnLog(files, 'space', mine.own.place);
        await opened().send(attacked, PACKABLE);
        const reader = mine.reader(attacked);
        const past = new Map(attacked.contents);
        await look(reader);
        for (const step of steps) {
          attack(attacked, step, past);
          if (step.next === 'send') assert.deepEqual((await opened().send(attacked, { packable: 150, turn: step.at })).elsewhere, []);
          if (step.next === 'look') {
            const { lost } = together([await look(reader)]);
            await reader.putBack(lost);
          }
          isWhole(reader);
        }
        const newcomer = mine.reader(attacked);
        await look(newcomer);
        assert.ok(newcomer.held(mine.log).every(({ hash }) => genuine.has(hash)));
        for (let turn = 0; turn < 30; turn++) await opened().send(attacked, { packable: 150, turn });
        const later = mine.reader(attacked);
        await look(later);
        isWhole(later);
      }),
      { numRuns: Number(process.env['SNAPSTAGE_RUNS'] ?? 25) },
    );
  });
});

/** What somebody does to a log who may write all of the hub and has no keys. */
function attack(
  { contents }: MemoryHub,
  { kind, at, other }: { readonly kind: number; readonly at: number; readonly other: number },
  past: ReadonlyMap<string, Buffer>,
): void {
  const names = [...contents.keys()].toSorted();
  const name = names[at % names.length];
  if (name === undefined) return;
  const bytes = contents.get(name)!;
  const flipped = Buffer.from(bytes);
  flipped[other % bytes.length]! ^= 1;
  const harms = [
    () => contents.delete(name),
    () => contents.set(name, flipped),
    () => contents.set(name, bytes.subarray(0, other % bytes.length)),
    () => contents.set(name, contents.get(names[other % names.length]!)!),
    () => contents.set(`${name.slice(0, -4)}0000`, bytes),
    () => past.forEach((old, place) => contents.set(place, old)),
    () => names.forEach((one) => one.length > 90 && contents.delete(one)), // all packs
  ];
  harms[kind]!();
}
