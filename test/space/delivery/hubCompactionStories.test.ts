/** Random stories of a Space: whoever comes after a compaction of the hub gets what came before it, and no hand-in has lost anything. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { Classroom, type Person } from '../../support/classroom.ts';
import { readFiles, seededBytes, Workbench } from '../../support/folders.ts';
import { waitDays } from '../../support/hubAge.ts';

const runs = Number(process.env['SNAPSTAGE_RUNS'] ?? 6);
const FOLDERS = ['a', 'b', 'c'];
const bench = new Workbench();

const files = fc.dictionary(fc.constantFrom('x', 'y', 'z/v', 'z/w'), fc.tuple(fc.nat(5), fc.constantFrom(10, 3000, 40_000)), {
  minKeys: 1,
  noNullPrototype: true,
});
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('hand-out' as const),
      folders: fc.uniqueArray(fc.constantFrom(...FOLDERS), { minLength: 1 }),
      files,
      to: fc.constantFrom('all', 'Ada'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('recall' as const), which: fc.nat(), previous: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('receive' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hand-in' as const), file: fc.option(files) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('compact' as const), days: fc.constantFrom(0, 30) }) },
);

function contents(some: Readonly<Record<string, readonly [number, number]>>, folder: string): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(some).map(([name, [seed, size]]) => [`${folder}/${name}`, seededBytes(seed, size)]));
}

/** What is in the folders that hand-ins are made of. */
function work({ folder }: Person): Record<string, Record<string, string>> {
  return Object.fromEntries(FOLDERS.map((one) => [one, fs.existsSync(path.join(folder, one)) ? readFiles(path.join(folder, one)) : {}]));
}

async function tell(room: Classroom, steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]): Promise<void> {
  const { master } = room;
  const ada = await room.join('Ada');
  const deadline = new Date(Date.now() + 86_400_000).toISOString();
  const parts = FOLDERS.map((at) => ({ path: at, patterns: [] }));
  const { id: assignment } = await master.engine.createAssignment({
    title: 'HW',
    deadline,
    parts,
    distribution: (await master.handOut(['a'])).id,
  });
  const handedIn = new Map<string, unknown>();
  for (const one of steps) {
    switch (one.do) {
      case 'hand-out':
        for (const folder of one.folders) {
          fs.rmSync(path.join(master.folder, folder), { recursive: true, force: true });
          master.write(contents(one.files, folder));
        }
        await master.handOut(one.folders, { to: one.to === 'all' ? 'all' : [one.to] });
        break;
      case 'recall': {
        const standing = (await master.engine.distributions()).filter(({ isVoid }) => !isVoid);
        const chosen = standing[one.which % Math.max(1, standing.length)];
        if (chosen !== undefined) await master.engine.recall({ distributions: [chosen.id], previous: one.previous });
        break;
      }
      case 'receive':
        await ada.receiveAll();
        break;
      case 'hand-in': {
        if (one.file !== null) ada.write(contents(one.file, 'a'));
        await ada.engine.space({ sync: true });
        const plan = await ada.engine.planHandIn({ assignment });
        if (plan.obstacles.length > 0) break;
        handedIn.set((await ada.engine.handIn({ assignment })).handIn.id, work(ada));
        break;
      }
      case 'compact':
        await master.engine.compactHub({});
        waitDays(master.folder, one.days);
        break;
    }
  }
  const before = await room.join('Before');
  await before.receiveAll();
  await before.engine.distributed({ sync: true });
  await master.engine.compactHub({});
  waitDays(master.folder, 30);
  await master.engine.compactHub({});
  const after = await room.join('After');
  await after.receiveAll();
  assert.deepEqual(after.files, before.files);
  await after.engine.distributed({ sync: true });
  const all = ({ engine }: Person): Promise<unknown> => engine.ls({ state: 'distributed', path: '', recursive: true });
  assert.deepEqual(await all(after), await all(before));
  await ada.receiveAll();
  const { items } = await master.engine.collect({ assignment, which: 'all', to: bench.place() });
  assert.equal(items.length, handedIn.size);
  for (const { handIn, folder, problem } of items) {
    assert.equal(problem, null);
    assert.deepEqual(work({ folder: folder! } as Person), handedIn.get(handIn));
  }
  for (const { engine } of [master, ada, after]) assert.deepEqual((await engine.verify({ readData: true })).damage, []);
}

describe('space: compaction of the hub, in random stories', function () {
  this.timeout(60_000 + runs * 30_000);

  it('takes nothing from anybody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
        const room = await Classroom.open(bench, { 'a/x': 'task' });
        try {
          await tell(room, steps);
        } finally {
          await room.close();
          await bench.clear();
        }
      }),
      { numRuns: runs },
    );
  });
});
