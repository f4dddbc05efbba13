/** Room: what takes it, why, and what comes back, foretold and then measured on random histories. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { Work } from '../../src/base/work.ts';
import type { EngineApi, SnapshotInfo } from '../../src/engine/api.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { compact } from '../../src/store/compact.ts';
import { ChunkList } from '../../src/store/chunkList.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { forecast } from '../../src/store/forecast.ts';
import { Holders } from '../../src/store/holders.ts';
import { isNoId } from '../../src/store/ids.ts';
import { keepFile, removeKeep, writeKeep } from '../../src/store/keeps.ts';
import { Reach } from '../../src/store/reach.ts';
import { storedBytes, Weights } from '../../src/store/sizes.ts';
import { Store } from '../../src/store/store.ts';
import { Flag, Kind, Tree } from '../../src/store/tree.ts';
import { rejected, seededBytes, Workbench, writeFiles } from '../support/folders.ts';

const BLOCK = 4096;
/** What is foretold is exact to some bytes for each new pack. */
const SOME = 64;
const bench = new Workbench();

/** One edit of the folder before a snapshot. */
const edit = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), at: fc.nat(7), seed: fc.nat(4), size: fc.nat(60_000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('append' as const), at: fc.nat(7), seed: fc.nat(99), size: fc.nat(2000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('large' as const),
      at: fc.nat(1),
      seed: fc.nat(3),
      size: fc.integer({ min: 600_000, max: 1_500_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('many' as const), at: fc.nat(2), seed: fc.nat(5), size: fc.integer({ min: 1, max: 200 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat(7), seed: fc.constant(0), size: fc.constant(0) }) },
);
type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;
const someEdits = fc.array(edit, { minLength: 1, maxLength: 4 });
const history = fc.array(someEdits, { minLength: 2, maxLength: 9 });
const shortHistory = fc.array(someEdits, { minLength: 2, maxLength: 6 });

function words(seed: number, size: number): Buffer {
  return Buffer.from(
    seededBytes(seed, Math.ceil(size / 2))
      .toString('hex')
      .slice(0, size),
  );
}

function apply(folder: string, { do: what, at, seed, size }: Edit): void {
  const file = path.join(folder, `f${at}`);
  if (what === 'write') writeFiles(folder, { [`f${at}`]: words(seed, size) });
  else if (what === 'append') fs.appendFileSync(file, words(seed, size));
  else if (what === 'large') writeFiles(folder, { [`large${at}`]: seededBytes(seed, size) });
  else if (what === 'remove') fs.rmSync(file, { force: true });
  else
    writeFiles(folder, Object.fromEntries(Array.from({ length: size }, (_, i) => [`d${at}/${i % 3}/${i}`, words(seed * 1000 + i, i * 7)])));
}

async function make(edits: readonly (readonly Edit[])[]): Promise<{ folder: string; engine: EngineApi; taken: SnapshotInfo[] }> {
  const { folder, engine } = await bench.instance();
  const taken: SnapshotInfo[] = [];
  for (const some of edits) {
    for (const one of some) apply(folder, one);
    taken.push(await engine.take({}));
  }
  return { folder, engine, taken };
}

function open(folder: string): Store {
  return new Store(new DiskFiles(path.join(folder, '.snapstage')), nodeHost());
}

/** Sets of up to all but the newest of them. */
function* choices(ids: readonly string[]): Generator<string[]> {
  for (let mask = 0; mask < 2 ** (ids.length - 1); mask++) yield ids.slice(0, -1).filter((_, at) => mask & (1 << at));
}

/** What is marked from one root, and not from the others. */
function reachedAlone(store: Store, id: string): number {
  const { snapshots } = store.survey();
  const own = new Reach(store.index, store.reader);
  const others = new Reach(store.index, store.reader);
  for (const { id: other, record } of snapshots) (other === id ? own : others).mark(Buffer.from(record.root, 'hex'));
  let objects = 0;
  for (const segment of store.index.all)
    for (let row = 0; row < segment.objects; row++)
      if (own.kindOf({ segment, row }) !== undefined && others.kindOf({ segment, row }) === undefined) objects += 1;
  return objects;
}

/** Per name in a folder the ids of all that it leads to. */
function ledFrom(store: Store, folder: Buffer): Map<string, Set<string>> {
  const entries = new Tree(Buffer.from(store.reader.get(folder))).entries();
  return new Map(
    entries.map(({ name, kind, flags, id }) => {
      if (isNoId(id)) return [name, new Set<string>()];
      const inner = kind === Kind.folder ? [...ledFrom(store, id).values()].flatMap((ids) => [...ids]) : [];
      const list = (flags & Flag.chunked) === 0 ? undefined : new ChunkList(Buffer.from(store.reader.get(id)));
      const chunks = Array.from({ length: list?.count ?? 0 }, (_, at) => list!.id(at).toString('hex'));
      return [name, new Set([id.toString('hex'), ...inner, ...chunks])];
    }),
  );
}

describe('instance: room', () => {
  afterEach(() => bench.clear());

  it('that comes back is foretold for any choice of snapshots, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), fc.option(fc.nat()), async (edits, picks, keep) => {
        const { folder, taken } = await make(edits);
        const left = taken.map(({ id }) => id);
        const store = open(folder);
        if (keep !== null) writeKeep(store.files, { name: 'some', root: store.snapshots.get(left[keep % left.length]!)!.record.root });
        using session = store.begin('write');
        for (const pick of [undefined, ...picks]) {
          const gone = pick === undefined || left.length < 2 ? [] : left.splice(pick % left.length, 1 + (pick % 2));
          const before = storedBytes(store.files);
          const foretold = forecast(store, session, new Holders(store, new Work()), new Set(gone), new Work());
          for (const id of gone) store.snapshots.remove(id);
          compact(store, session, new Work());
          const freed = before - storedBytes(store.files);
          assert.ok(Math.abs(freed - foretold) < BLOCK, `${freed} given back, ${foretold} foretold`);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('stays taken by what is kept without a snapshot, until that is let go', async () => {
    const { folder, engine } = await bench.instance({ kept: seededBytes(1, 200_000), 'sub/shared': seededBytes(2, 100_000) });
    const { id } = await engine.take({ name: 'one' });
    const store = open(folder);
    const { root } = store.snapshots.get(id)!.record;
    writeKeep(store.files, { name: 'some', root });
    fs.rmSync(path.join(folder, 'kept'));
    await engine.take({ name: 'two' });
    await engine.delete([id]);
    assert.equal((await engine.storage()).unneeded, 0);
    assert.ok((await engine.compact()).freedBytes < BLOCK);
    assert.equal((await engine.storage()).kept > 200_000, true);
    assert.ok((await engine.verify({ readData: true })).damage.length === 0);
    const reach = new Reach(store.index, store.reader);
    assert.deepEqual(reach.mark(Buffer.from(root, 'hex')), []);

    const record = path.join(folder, '.snapstage', keepFile('some'));
    const bytes = fs.readFileSync(record);
    fs.writeFileSync(record, bytes.subarray(1));
    await rejected(engine.compact(), 'damaged');
    await rejected(engine.storage(), 'damaged');
    assert.deepEqual(
      (await engine.verify({})).damage.map(({ part }) => part),
      ['keeps/some'],
    );
    fs.writeFileSync(record, bytes);
    removeKeep(store.files, 'some');
    store.close();
    assert.ok((await engine.storage()).unneeded > 200_000);
    assert.ok((await engine.compact()).freedBytes > 200_000);
  });

  it('that is freed is as much as was said, by the fewest snapshots', async () => {
    await fc.assert(
      fc.asyncProperty(shortHistory, fc.double({ min: 0.05, max: 1, noNaN: true }), fc.nat(), async (edits, share, pin) => {
        const { folder, engine, taken } = await make(edits);
        const pinned = taken[pin % taken.length]!;
        await engine.edit({ state: pinned.id, pinned: true });
        const store = open(folder);
        const foretold = new Map<string, number>();
        {
          using session = store.begin('read');
          const holders = new Holders(store, new Work());
          for (const ids of choices(taken.map(({ id }) => id)))
            if (!ids.includes(pinned.id)) foretold.set(ids.join(' '), forecast(store, session, holders, new Set(ids), new Work()));
        }
        store.close();
        // With all that may go: fewer can give back some bytes more, because what stays is compressed anew.
        const most = [...foretold].reduce((all, one) => (one[0].length > all[0].length ? one : all))[1];
        const free = Math.floor((most - SOME) * share);
        if (free < 1) return;
        const plan = await engine.planReclaim({ free });
        const ids = plan.snapshots.map(({ id }) => id);
        assert.ok(plan.bytes >= free);
        assert.ok(!ids.includes(pinned.id) && !ids.includes(taken.at(-1)!.id));
        for (const [others, bytes] of foretold) {
          const count = others === '' ? 0 : others.split(' ').length;
          assert.ok(count >= ids.length || bytes < free + SOME, `${count} give back ${bytes}, ${free} were wanted of ${ids.length}`);
        }
        const outcome = await engine.reclaim(plan);
        assert.ok(Math.abs(outcome.bytes - plan.bytes) < BLOCK, `${outcome.bytes} came back, ${plan.bytes} were foretold`);
        assert.deepEqual(
          (await engine.list()).map(({ id }) => id),
          taken
            .map(({ id }) => id)
            .filter((id) => !ids.includes(id))
            .toReversed(),
        );
        assert.deepEqual((await engine.verify({ readData: true })).damage, []);
      }),
      { numRuns: 8 },
    );
  });

  it('that a snapshot alone holds is what no other one leads to', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (edits) => {
        const { folder, engine, taken } = await make(edits);
        const { snapshots } = await engine.storage();
        const store = open(folder);
        for (const { id } of taken) {
          const alone = await engine.alone(id);
          assert.equal(alone.objects, reachedAlone(store, id));
          assert.equal(snapshots.find(({ snapshot }) => snapshot.id === id)!.alone, alone.bytes);
        }
        store.close();
      }),
      { numRuns: 10 },
    );
  });

  it('is told of by snapshot, and adds up', async () => {
    const { folder, engine } = await bench.instance({ 'heavy/x': seededBytes(1, 200_000), 'light/y': seededBytes(2, 50_000), z: 'z' });
    await engine.take({});
    fs.rmSync(path.join(folder, 'light/y'));
    writeFiles(folder, { 'heavy/new': seededBytes(3, 100_000) });
    const second = await engine.take({});
    const report = await engine.storage();
    const alone = report.snapshots.map((one) => one.alone);
    assert.equal(report.snapshots[0]!.snapshot.id, second.id);
    assert.ok(alone[0]! > 100_000 && alone[0]! < 102_000, `${alone[0]}`);
    assert.ok(alone[1]! > 50_000 && alone[1]! < 52_000, `${alone[1]}`);
    assert.ok(Math.abs(report.shared + alone[0]! + alone[1]! - report.bytes) < 5);
    assert.ok(report.disk !== null && report.disk.free > 0 && report.disk.total > report.disk.free);
    const { bytes } = await engine.forecastDelete([second.id]);
    assert.ok(bytes > 100_000 && bytes < 103_000, `${bytes}`);
    await rejected(engine.forecastDelete(['nonsense']), 'not-found');
  });

  it('is told of by what lies in a folder, in all snapshots together', async () => {
    const { folder, engine } = await bench.instance({ 'heavy/x': seededBytes(1, 200_000), 'light/y': seededBytes(2, 50_000), z: 'z' });
    assert.deepEqual(await engine.storedFolder({}), { path: '', stored: 0, entries: [], more: { count: 0, stored: 0 } });
    await engine.take({});
    fs.rmSync(path.join(folder, 'light'), { recursive: true });
    writeFiles(folder, { 'heavy/x': seededBytes(3, 100_000), 'heavy/copy': seededBytes(1, 200_000) });
    await engine.take({});
    const all = await engine.storedFolder({});
    assert.deepEqual(
      all.entries.map((one) => [one.path, one.kind, one.versions]),
      [
        ['heavy', 'folder', 2],
        ['light', 'folder', 1],
        ['z', 'file', 1],
      ],
    );
    const [heavy, light] = all.entries;
    assert.ok(heavy!.stored > 300_000 && heavy!.stored < 302_000, `${heavy!.stored}`);
    assert.ok(heavy!.earlier < 1000, 'what moved within the folder is still there');
    assert.ok(light!.earlier === light!.stored && light!.stored > 50_000);
    assert.ok(all.stored > 350_000 && all.stored < 353_000);
    const below = await engine.storedFolder({ path: 'heavy', limit: 1 });
    assert.deepEqual(
      below.entries.map((one) => [one.path, one.versions]),
      [['heavy/x', 2]],
    );
    assert.ok(below.entries[0]!.stored > 300_000 && below.entries[0]!.earlier > 200_000);
    assert.ok(below.more.count === 1 && below.more.stored > 200_000, 'each is weighed by itself');
    assert.ok(below.stored < 302_000, 'and what they have in common once in all');
    for (const at of ['light/none', 'z']) await rejected(engine.storedFolder({ path: at }), 'not-found');
    await rejected(engine.storedFolder({ path: '../x' }), 'usage');
    assert.equal((await engine.storedFolder({ path: 'light' })).entries.length, 1);
    const abort = new AbortController();
    abort.abort();
    await rejected(engine.storedFolder({}, { signal: abort.signal }), 'cancelled');
  });

  it('of an entry is what all its versions lead to', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (edits) => {
        const { folder, engine } = await make(edits);
        const store = open(folder);
        const roots = store.survey().snapshots.map(({ record }) => ledFrom(store, Buffer.from(record.root, 'hex')));
        const weights = new Weights(store.files);
        const weigh = (ids: Iterable<string>): number => {
          let bytes = 0;
          for (const id of ids) bytes += weights.of(store.index.find(Buffer.from(id, 'hex'))!);
          return Math.round(bytes);
        };
        const { entries, stored } = await engine.storedFolder({ limit: 1000 });
        assert.deepEqual(
          entries.map(({ path: name }) => name).toSorted(),
          [...new Set(roots.flatMap((led) => [...led.keys()]))].toSorted(),
        );
        for (const entry of entries) {
          const now = roots[0]!.get(entry.path) ?? new Set();
          const ever = new Set(roots.flatMap((led) => [...(led.get(entry.path) ?? [])]));
          assert.equal(entry.stored, weigh(ever));
          assert.equal(entry.earlier, weigh([...ever].filter((id) => !now.has(id))));
        }
        assert.equal(stored, weigh(new Set(roots.flatMap((led) => [...led.values()].flatMap((ids) => [...ids])))));
        store.close();
      }),
      { numRuns: 10 },
    );
  });

  it('of a path is told version by version, with all who hold it', async () => {
    const one = words(1, 40_000);
    const { folder, engine } = await bench.instance({ x: one });
    const first = await engine.take({});
    fs.rmSync(path.join(folder, 'x'));
    writeFiles(folder, { 'copy/of-it': one });
    const second = await engine.take({});
    writeFiles(folder, { x: Buffer.concat([one, Buffer.from('more')]) });
    fs.rmSync(path.join(folder, 'copy/of-it'));
    const third = await engine.take({ pin: true });
    writeFiles(folder, { x: one });
    const fourth = await engine.take({});
    const { versions, blocked } = await engine.why('x');
    assert.deepEqual(
      versions.map(({ snapshots, elsewhere }) => [snapshots, elsewhere]),
      [
        [[fourth.id, first.id], [second.id]],
        [[third.id], []],
      ],
    );
    assert.ok(versions[0]!.stored > 15_000 && versions[0]!.stored < 30_000);
    assert.deepEqual(blocked, [{ id: third.id, reason: 'it is pinned' }]);
    assert.deepEqual((await engine.why('copy')).versions[0]!.elsewhere, [], 'the folder itself is nowhere else');
    await rejected(engine.why('nothing'), 'not-found');
    await rejected(engine.why(''), 'usage');
    await rejected(engine.why('../x'), 'usage');
  });

  it('of a version that another one is a difference from is held by that one too', async () => {
    const one = words(1, 40_000);
    const { folder, engine } = await bench.instance({ x: one });
    const first = await engine.take({});
    writeFiles(folder, { x: Buffer.concat([one, Buffer.from('more')]) });
    const second = await engine.take({});
    const { versions } = await engine.why('x');
    assert.deepEqual(
      versions.map(({ snapshots, asBase }) => [snapshots, asBase]),
      [
        [[second.id], []],
        [[first.id], [second.id]],
      ],
    );
    assert.ok(versions[0]!.stored < 1000);
  });

  it('can not be freed without end, nor by what has to stay', async () => {
    const { folder, engine } = await bench.instance({ x: seededBytes(1, 100_000) });
    const pinned = await engine.take({ pin: true });
    writeFiles(folder, { x: seededBytes(2, 100_000) });
    await engine.take({});
    writeFiles(folder, { x: seededBytes(3, 100_000) });
    await engine.take({});
    const error = await rejected(engine.planReclaim({ free: 150_000 }), 'refused');
    const most = error.details['most'] as number;
    assert.ok(most > 100_000 && most < 110_000, `${most}`);
    assert.equal((await engine.planReclaim({ free: most })).bytes, most);
    await rejected(engine.planReclaim({ free: most + 1 }), 'refused');
    for (const free of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) await rejected(engine.planReclaim({ free }), 'usage');
    await engine.edit({ state: pinned.id, pinned: false });
    assert.equal((await engine.planReclaim({ free: 150_000 })).snapshots.length, 2);
  });

  it('is freed only as planned: not when the store is another by then, nor when a snapshot was pinned', async () => {
    const { folder, engine } = await bench.instance({ x: seededBytes(1, 100_000) });
    const first = await engine.take({});
    writeFiles(folder, { x: seededBytes(2, 100_000) });
    await engine.take({});
    const plan = await engine.planReclaim({ free: 50_000 });
    await engine.edit({ state: first.id, pinned: true });
    await rejected(engine.reclaim(plan), 'refused');
    await engine.edit({ state: first.id, pinned: false });
    writeFiles(folder, { x: seededBytes(1, 100_000) });
    await engine.take({});
    await rejected(engine.reclaim(plan), 'stale-plan');
    assert.equal((await engine.list()).length, 3);
  });

  it('that compacting alone gives back costs no snapshot', async () => {
    const { folder, engine } = await bench.instance({ x: seededBytes(1, 100_000) });
    const first = await engine.take({});
    writeFiles(folder, { x: seededBytes(2, 100_000) });
    await engine.take({});
    await engine.delete([first.id]);
    assert.ok((await engine.storage()).unneeded > 100_000);
    const plan = await engine.planReclaim({ free: 100_000 });
    assert.deepEqual(plan.snapshots, []);
    const outcome = await engine.reclaim(plan);
    assert.equal(outcome.bytes, plan.bytes);
    assert.equal((await engine.storage()).unneeded, 0);
  });

  it('waits for those at work on the store, and comes back as foretold when they have ended', async () => {
    const { folder, engine } = await bench.instance({ x: seededBytes(1, 100_000) });
    await engine.take({});
    writeFiles(folder, { x: seededBytes(2, 100_000) });
    await engine.take({});
    const store = open(folder);
    const before = storedBytes(store.files);
    const session = store.begin('read');
    const plan = await engine.planReclaim({ free: 50_000 });
    assert.deepEqual(plan.waitingFor, [session.name]);
    const outcome = await engine.reclaim(plan);
    assert.deepEqual(outcome.waitingFor, [session.name]);
    assert.ok(outcome.bytes < 50_000, `${outcome.bytes}`);
    session[Symbol.dispose]();
    await engine.compact();
    assert.ok(Math.abs(before - storedBytes(store.files) - plan.bytes) < BLOCK);
    store.close();
  });

  it('is not told of a store that can not be followed', async () => {
    const { folder, engine } = await bench.instance({ x: seededBytes(1, 100_000) });
    const { id } = await engine.take({});
    await engine.take({});
    fs.writeFileSync(path.join(folder, '.snapstage/snapshots', id), 'no record');
    for (const asked of [engine.storage(), engine.why('x'), engine.planReclaim({ free: 1 })]) await rejected(asked, 'damaged');
  });
});
