/** A Master that dies while it compacts the hub: whoever comes then gets all that stands, and the next compaction ends it. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { readFiles, seededBytes, writeFiles } from '../support/folders.ts';
import { waitDays } from '../support/hubAge.ts';
import { Course } from './course.ts';
import { bury } from './scene.ts';

const large = { 'whole/large': seededBytes(1, 300_000), 'part/large': seededBytes(2, 300_000), 'part/small': seededBytes(3, 4000) };
const standing = { 'part/': '', 'part/small': seededBytes(3, 4000).toString() };

describe('compaction of the hub', () => {
  let course: Course;
  const hubFiles = (): readonly string[] =>
    readdirSync(join(course.folderOf('master'), '../hub/areas'), { recursive: true, encoding: 'utf8' });

  const makeOld = (): void => waitDays(course.folderOf('master'), 30);

  before(async () => {
    course = new Course('hub-compaction');
    writeFiles(course.folderOf('master'), large);
    await course.begin(async (master) => {
      const handOut = async (...paths: string[]): Promise<string> => {
        await master.addToStage({ objects: paths.map((path) => ({ type: 'path' as const, state: 'current', path })) });
        const { id } = await master.distribute({});
        const { objects } = await master.stage();
        await master.removeFromStage(objects.map((one) => one.id));
        return id;
      };
      const gone = [await handOut('whole'), await handOut('part')];
      await handOut('part/small');
      await master.recall({ distributions: gone });
    });
  });
  after(() => course.dispose());

  /** What stands is received, and when all is over the hub has no more than it takes. */
  async function endsWell(what: string, least: number): Promise<void> {
    try {
      bury(course.folderOf('master'));
      const ends = async (who: 'master' | 'ada', act: (engine: EngineApi) => Promise<unknown>): Promise<void> => {
        const error = await course.attempt(who, act);
        assert.equal(error, undefined, error instanceof Error ? error : undefined);
      };
      await ends('ada', async (engine) => {
        await engine.space({ sync: true });
        for (const { id, state } of (await engine.inbox()).toReversed()) if (state === 'new') await engine.receive({ delivery: id });
      });
      assert.deepEqual(readFiles(course.folderOf('ada')), standing);
      await ends('master', (engine) => engine.compactHub({}));
      makeOld();
      await ends('master', (engine) => engine.compactHub({}));
      assert.equal(hubFiles().length, least);
      await ends('master', async (engine) => assert.deepEqual((await engine.verify({ readData: true })).damage, []));
    } catch (error) {
      throw new Error(`${what}: ${String(error)}`, { cause: error });
    }
  }

  it('killed at operations that change the store, before the time of grace and after it', async () => {
    await course.attempt('master', (engine) => engine.compactHub({}));
    makeOld();
    await course.attempt('master', (engine) => engine.compactHub({}));
    // Ada’s hand-ins and tables lie elsewhere: what is left in areas is what stands.
    const least = hubFiles().length;
    let steps = 0;
    for (const isLate of [false, true]) {
      for (let at = 1, ended = false; !ended; at += 3, steps++) {
        course.reset();
        if (isLate) {
          await course.attempt('master', (engine) => engine.compactHub({}));
          makeOld();
        }
        ended = await course.isDone('master', (engine) => engine.compactHub({}), at, steps % 3 === 0);
        await endsWell(`killed at ${at}${isLate ? ', late' : ''}`, least);
      }
    }
    assert.ok(steps > 8, `only ${steps} steps`);
  });
});
