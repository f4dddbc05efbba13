/** Room: what takes it, why, and what comes back, foretold and then measured on random histories. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { Work } from '../../src/base/work.ts';
import type { EngineApi, SnapshotInfo } from '../../src/engine/api.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { compact } from '../../src/store/compact.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { forecast } from '../../src/store/forecast.ts';
import { Holders } from '../../src/store/holders.ts';
import { storedBytes } from '../../src/store/sizes.ts';
import { Store } from '../../src/store/store.ts';
import { seededBytes, Workbench, writeFiles } from '../support/folders.ts';

const BLOCK = 4096;
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
const history = fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 9 });

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

describe('instance: room', function () {
  this.timeout(240_000);
  afterEach(() => bench.clear());

  it('that comes back is foretold for any choice of snapshots, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), async (edits, picks) => {
        const { folder, taken } = await make(edits);
        const left = taken.map(({ id }) => id);
        const store = open(folder);
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
});
