import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { openEngine } from '../../src/engine/engine.ts';
import { FaultyFiles, type Loss, type MemoryFiles, VolatileFiles } from '../support/faultyFiles.ts';
import { makeState, snapshotState, sorted, states, tempFolder, type State } from './scene.ts';

/** What a cut at some moment leaves, and the snapshots that must have survived it. */
interface Cut {
  readonly when: string;
  readonly files: MemoryFiles;
  readonly safe: ReadonlyMap<string, State>;
}

/** The same pseudo-random choices in every run. */
function choices(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % count;
  };
}

describe('power cut', () => {
  let folder: string;
  let empty: string;

  beforeEach(() => ([folder, empty] = [tempFolder('power'), tempFolder('power-empty')]));
  afterEach(() => [folder, empty].forEach((one) => fs.rmSync(one, { recursive: true })));

  /** Lives through takes, deletes and a compaction, with a cut before each operation on the disk. */
  async function cuts(losses: readonly Loss[]): Promise<Cut[]> {
    const found: Cut[] = [];
    const safe = new Map<string, State>();
    const disk = new VolatileFiles();
    let count = 0;
    const files = new FaultyFiles(disk, ({ kind, name }) => {
      count += 1;
      if (!['flush', 'flushFolder', 'write', 'remove', 'create'].includes(kind)) return;
      for (const loss of losses)
        found.push({ when: `before operation ${count}, ${kind} ${name}`, files: disk.afterCut(loss), safe: new Map(safe) });
    });
    const engine = openEngine({ folder, files });
    await engine.init();
    for (let i = 0; i < 6; i++) {
      const state = { ...states[i % states.length]!, [`own ${i}`]: `only in ${i}\n`.repeat(100) };
      makeState(folder, state);
      const { id } = await engine.take(i % 2 === 0 ? { name: `number ${i}` } : {});
      safe.set(id, state);
      if (i % 2 === 0) continue;
      const [oldest] = safe.keys();
      safe.delete(oldest!);
      await engine.delete([oldest!]);
      await engine.compact();
    }
    await engine.dispose();
    return found;
  }

  async function survives({ when, files, safe }: Cut): Promise<void> {
    if (files.size('format') === undefined) return assert.equal(safe.size, 0, when);
    for (const name of files.contents.keys()) if (/^(sessions|locks|restoring)\//.test(name)) files.contents.delete(name);
    const engine = openEngine({ folder: empty, files });
    try {
      const { damage } = await engine.verify({ readData: true });
      assert.deepEqual(
        damage.filter((one) => !one.healed),
        [],
        when,
      );
      for (const [id, state] of safe) assert.deepEqual(await snapshotState(engine, id), sorted(state), when);
      await engine.compact();
      for (const [id, state] of safe) assert.deepEqual(await snapshotState(engine, id), sorted(state), `${when}, after compaction`);
    } finally {
      await engine.dispose();
    }
  }

  for (const loss of ['everything', 'names only', 'contents only'] as const) {
    it(`at any moment: a snapshot that was taken survives (what was not flushed: ${loss === 'everything' ? 'all lost' : `${loss} kept`})`, async () => {
      const found = await cuts([loss]);
      assert.ok(found.length > 100);
      for (const cut of found) await survives(cut);
    });
  }

  it('at any moment, whatever part was written: a snapshot that was taken survives', async () => {
    const found = await cuts([choices(1), choices(2)]);
    for (const cut of found) await survives(cut);
  });
});
