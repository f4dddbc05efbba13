/** Whoever dies while something is handed in, collected or given back: it is done or not done, once, and whole. */
import assert from 'node:assert/strict';
import { Homework } from './homework.ts';
import { random } from './scene.ts';

/** Random moments to be killed at. */
const KILLS = Number(process.env['SNAPSTAGE_KILLS'] ?? 3);

describe('a hand-in', () => {
  let homework: Homework;

  before(async () => (homework = await Homework.given('hand-in')));
  after(() => homework.dispose());

  for (const torn of [false, true]) {
    it(`handed in, and killed ${torn ? 'in the middle of' : 'before'} operations that change the store, is there once or not at all`, async () => {
      const ends = new Set<string>();
      for (let at = torn ? 3 : 1, ended = false; !ended; at += torn ? 5 : 2) {
        homework.reset();
        ended = await homework.course.isDone('ada', homework.handIn, at, torn);
        ends.add(await homework.isHandedIn(`killed at ${at}`));
      }
      assert.deepEqual([...ends].toSorted(), ['done', 'not done']);
    });
  }

  it('collected, and killed at operations that change the store, is copied whole, once, and leaves nothing else', async () => {
    let steps = 0;
    for (let at = 1, ended = false; !ended; at += 2, steps++) {
      await homework.handedIn();
      ended = await homework.course.isDone('master', homework.collect, at, steps % 2 === 1);
      await homework.isCollected(`killed at ${at}`);
    }
    assert.ok(steps > 5, `only ${steps} steps`);
  });

  for (const visibility of ['returned', 'hidden'] as const) {
    it(`given back (${visibility}), and killed at operations that change the store: the author sees all of it or nothing, Masters lose nothing`, async () => {
      const ends = new Set<string>();
      for (let at = 1, ended = false; !ended; at += 3) {
        await homework.graded('draft');
        ended = await homework.course.isDone('master', (engine) => homework.giveBack(engine, visibility), at, at % 2 === 0);
        ends.add(await homework.isGivenBack(`killed at ${at}`, visibility));
      }
      assert.deepEqual([...ends].toSorted(), ['done', 'not done']);
    });
  }

  it('handed in, collected and given back by processes that are killed at any moment', async function () {
    this.timeout(90_000 + KILLS * 45_000);
    const next = random(11);
    const { course, id } = homework;
    const stories = [
      {
        who: 'ada',
        prepare: async () => homework.reset(),
        args: async () => ['hand-in', id, '--yes'],
        check: (what: string) => homework.isHandedIn(what),
      },
      {
        who: 'master',
        prepare: () => homework.handedIn(),
        args: async () => ['collect', id],
        check: (what: string) => homework.isCollected(what),
      },
      {
        who: 'master',
        prepare: () => homework.graded('draft'),
        args: async () => ['feedback', (await homework.seenBy('master'))[0]!.id, '--return'],
        check: (what: string) => homework.isGivenBack(what, 'returned'),
      },
    ] as const;
    for (const { who, prepare, args, check } of stories) {
      let lasts = 3000;
      for (let killed = 0; killed < KILLS;) {
        await prepare();
        const command = await args();
        const started = Date.now();
        const isDone = await course.run(who, command, lasts * (0.2 + 0.8 * next()));
        const took = Date.now() - started;
        if (isDone) lasts = took;
        else killed += 1;
        await check(`${command[0]}, killed after ${took} ms`);
      }
    }
  });
});
