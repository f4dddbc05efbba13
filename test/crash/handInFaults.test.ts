/** Disks and hubs that are full, fail or refuse while something is handed in, collected or given back: a clear code, and later it is done once. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { toSnapstageError } from '../../src/base/errors.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import type { CollectReport } from '../../src/engine/assignmentApi.ts';
import { fullAfter, systemError, type Operation } from '../support/faultyFiles.ts';
import { withFolderFaults } from '../support/folderFaults.ts';
import { withFaults } from '../support/promisedFaults.ts';
import { Homework } from './homework.ts';
import { random } from './scene.ts';

/** So many failures of each kind in each story: all of them take minutes. */
const TRIES = Number(process.env['SNAPSTAGE_FAULTS'] ?? 4);

/** What happens at operations that are seen, counted from 1. */
type Faults = (count: number, name: string) => void;

interface Story {
  readonly who: 'master' | 'ada';
  readonly prepare: () => Promise<void>;
  readonly act: (engine: EngineApi) => Promise<unknown>;
  readonly check: (what: string) => Promise<unknown>;
}

describe('a hand-in, and what fails', () => {
  let homework: Homework;
  const next = random(5);

  before(async () => (homework = await Homework.given('hand-in-faults')));
  after(() => homework.dispose());

  const stories: Readonly<Record<string, Story>> = {
    'handed in': {
      who: 'ada',
      prepare: async () => homework.reset(),
      act: (engine) => homework.handIn(engine),
      check: (what) => homework.isHandedIn(what),
    },
    collected: {
      who: 'master',
      prepare: () => homework.handedIn(),
      act: (engine) => homework.collect(engine),
      check: (what) => homework.isCollected(what),
    },
    returned: {
      who: 'master',
      prepare: () => homework.graded('draft'),
      act: (engine) => homework.giveBack(engine),
      check: (what) => homework.isGivenBack(what, 'returned'),
    },
    'fetched with its feedback': {
      who: 'ada',
      prepare: () => homework.graded('returned'),
      act: (engine) => homework.fetch(engine),
      check: (what) => homework.isFetched(what),
    },
  };

  /** What it was refused with; of what was collected, why that could not be had. */
  async function failed({ who, prepare, act }: Story, faults?: (operation: Operation) => void): Promise<string | undefined> {
    await prepare();
    let problem: string | undefined;
    const error = await homework.course.attempt(
      who,
      async (engine) => {
        const done = (await act(engine)) as Partial<CollectReport>;
        problem = done.items?.find((one) => one.problem !== null)?.problem ?? undefined;
      },
      faults,
    );
    if (error === undefined) return problem;
    const { code, message, cause } = toSnapstageError(error);
    assert.ok(code === 'io' || code === 'no-space', `${code}: ${message} (${String((cause as Error | undefined)?.stack)})`);
    assert.notEqual(message, '');
    return code;
  }

  /** What was not refused is done. */
  async function check(story: Story, what: string, code: string | undefined): Promise<void> {
    const end = await story.check(what);
    if (code === undefined) assert.notEqual(end, 'not done', `${what}, and it was not refused`);
  }

  /** As many numbers from 1 to `most`, spread over them. */
  function spread(most: number): readonly number[] {
    return Array.from(
      { length: Math.min(TRIES, most) },
      (_, at, all = Math.min(TRIES, most)) => 1 + Math.floor(((at + next()) * most) / all),
    );
  }

  for (const [name, story] of Object.entries(stories)) {
    it(`${name} on a disk that is full says so, leaves nothing half, and is done when there is room`, async () => {
      let most = 0;
      await failed(story, ({ bytes }) => void (most += bytes));
      let refused = 0;
      for (const room of spread(most)) {
        const code = await failed(story, fullAfter(room));
        if (code !== undefined) refused += 1;
        assert.ok(code === undefined || code === 'no-space' || /space/i.test(code), `${code} with ${room} bytes of room`);
        await check(story, `with ${room} bytes of room`, code);
      }
      assert.ok(refused > 1, `refused only ${refused} times`);
    });

    it(`${name} where the store fails once: a clear code or a good end, and then it is done once`, async () => {
      let count = 0;
      await failed(story, () => void (count += 1));
      for (const [turn, at] of spread(count).entries()) {
        const error = ['EIO', 'EACCES'][turn % 2]!;
        let seen = 0;
        const code = await failed(story, (operation) => {
          seen += 1;
          if (seen === at) throw systemError(error, operation.name);
        });
        await check(story, `${error} at ${at}`, code);
      }
    });

    it(`${name} where the hub is full, fails or refuses: a clear code or it waits, and then it is done once`, async () => {
      const hub = join(homework.course.folderOf('master'), '..', 'hub');
      const seeing = async (faults: Faults): Promise<string | undefined> => {
        let count = 0;
        let isInHub = false;
        return withFaults(
          ({ kind, path }) => {
            // What is read from and written to an open file follows its opening.
            if (path !== '') isInHub = path.startsWith(hub);
            if (isInHub) faults(++count, `${kind} ${path}`);
          },
          () => failed({ ...story, prepare: async () => undefined }),
        );
      };
      let count = 0;
      await story.prepare();
      await seeing((at) => void (count = at));
      assert.ok(count > 10, `only ${count} calls`);
      for (const [turn, at] of spread(count).entries()) {
        const error = ['ENOSPC', 'EIO', 'EACCES'][turn % 3]!;
        await story.prepare();
        // From there on, as a full or broken disk is.
        const code = await seeing((seen, what) => {
          if (seen >= at) throw systemError(error, what);
        });
        await check(story, `${error} from call ${at} on`, code);
      }
    });
  }

  for (const [name, place] of [
    ['collected', (): string => homework.copies],
    ['fetched with its feedback', (): string => homework.back],
  ] as const) {
    it(`${name} into a folder that is full, fails or refuses: nothing half is there, and then it is there once`, async () => {
      const story = stories[name]!;
      const into = async (faults: Faults): Promise<string | undefined> => {
        let count = 0;
        await story.prepare();
        return withFolderFaults(
          place(),
          ({ kind, path }) => faults(++count, `${kind} ${path}`),
          () => failed({ ...story, prepare: async () => undefined }),
        );
      };
      let count = 0;
      assert.equal(await into((at) => void (count = at)), undefined);
      assert.ok(count > 4, `only ${count} calls`);
      let refused = 0;
      for (const [turn, at] of spread(count).entries()) {
        const error = ['ENOSPC', 'EIO', 'EACCES'][turn % 3]!;
        const code = await into((seen, what) => {
          if (seen === at) throw systemError(error, what);
        });
        if (code !== undefined) refused += 1;
        await story.check(`${error} at ${at}: ${code}`);
      }
      assert.ok(refused > 1, `refused only ${refused} times`);
    });
  }
});
