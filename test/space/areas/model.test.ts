import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { SnapstageError } from '../../../src/base/errors.ts';
import { Work } from '../../../src/base/work.ts';
import type { EngineApi } from '../../../src/engine/api.ts';
import type { Area, AreaPack } from '../../../src/space/areas/area.ts';
import { AreaIndex } from '../../../src/space/areas/areaIndex.ts';
import { sendMissing } from '../../../src/space/areas/areaSending.ts';
import { areaOf, contentsOf, idsOf, partsOf, receive, rootOf, sealTree, storeFilesOf } from '../../support/areas.ts';
import { MemoryFiles } from '../../support/faultyFiles.ts';
import { seededBytes, seededRandom, Workbench, writeFiles } from '../../support/folders.ts';
import { FaultyHub, MemoryHub, unsteady } from '../../support/hubs.ts';

interface Instance {
  readonly folder: string;
  readonly engine: EngineApi;
  readonly area: Area;
}

/** A root tree in the area, and where it came from. */
interface Published {
  readonly root: Buffer;
  readonly from: string;
  /** What its writer knew that the area has. */
  readonly packs: readonly AreaPack[];
}

const names = ['a.csv', 'b.bin', 'deep/c.csv', 'deep/er/d.txt', 'e.txt'];

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('edit' as const), who: fc.nat(1), name: fc.constantFrom(...names), seed: fc.nat(9) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), who: fc.nat(1), name: fc.constantFrom(...names) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('publish' as const), who: fc.nat(1), knows: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('receive' as const), who: fc.nat(2), which: fc.nat(100) }) },
);

describe('areas with several writers and readers, over a hub that is late, forgetful and out of order', () => {
  const bench = new Workbench();
  afterEach(() => bench.clear());

  it('bring every tree to everybody as it was, and write each object once for all who knew of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), fc.nat(), async (steps, seed) => {
        const random = seededRandom(seed);
        const hub = new MemoryHub();
        const instances: Instance[] = [];
        for (let i = 0; i < 3; i++)
          instances.push({ ...(await bench.instance()), area: areaOf(new FaultyHub(hub, unsteady(random)), new MemoryFiles()) });
        const published: Published[] = [];
        for (const one of steps) {
          const instance = instances[one.who]!;
          if (one.kind === 'edit') edit(instance.folder, one.name, one.seed);
          else if (one.kind === 'delete') fs.rmSync(path.join(instance.folder, one.name), { force: true });
          else if (one.kind === 'publish') await publish(instance, published, one.knows);
          else if (published.length > 0) await bring(instance, published, one.which % published.length);
        }
        const { folder } = await bench.instance();
        const fresh = { ...instances[2]!, folder, area: { ...instances[2]!.area, local: new MemoryFiles() } };
        for (const [which] of published.entries()) await bring(fresh, published, which);
        const all = new Set(published.flatMap(({ root, from }) => [...partsOf(storeFilesOf(from), root)]));
        assert.deepEqual(idsOf(storeFilesOf(folder)), all);
        await bench.clear();
      }),
      { numRuns: 12 },
    );
  });

  /** Publishes the folder by a writer who has seen so many of the others' records. */
  async function publish({ folder, engine, area }: Instance, published: Published[], knows: number): Promise<void> {
    const root = await rootOf(folder, engine);
    const known = published.slice(0, knows % (published.length + 1)).flatMap(({ packs }) => packs);
    const packs = await stubbornly(() => sealTree(area, storeFilesOf(folder), root, known));
    await stubbornly(() => sendMissing(area, packs, new Work()));
    const index = await stubbornly(() => AreaIndex.load(area, packs, new Work()));
    const before = await stubbornly(() => AreaIndex.load(area, known, new Work()));
    for (const { segment } of index.packs.values())
      for (let row = 0; row < segment.objects; row++) assert.equal(before.has(segment.id(row)), false);
    published.push({ root, from: folder, packs });
  }

  async function bring({ folder, area }: Instance, published: readonly Published[], which: number): Promise<void> {
    const { root, from } = published[which]!;
    const packs = published.flatMap((one) => one.packs);
    await stubbornly(() => receive(area, storeFilesOf(folder), packs, root));
    assert.deepEqual(contentsOf(storeFilesOf(folder), root), contentsOf(storeFilesOf(from), root));
  }
});

function edit(folder: string, name: string, seed: number): void {
  const csv = Array.from({ length: 4000 }, (_, i) => `${i},${(i * 7919) % 1013}\n`).join('');
  if (name.endsWith('.csv')) writeFiles(folder, { [name]: `${csv}${seed}\n` });
  else if (name.endsWith('.bin')) writeFiles(folder, { [name]: Buffer.concat([seededBytes(1, 600_000), seededBytes(seed, 100_000)]) });
  else writeFiles(folder, { [name]: `text ${seed}` });
}

/** Again, while the hub does not answer. */
async function stubbornly<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.code !== 'io' || tries === 100) throw error;
    }
  }
}
