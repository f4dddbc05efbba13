/** Whoever dies while something is handed out or applied: no edit is lost, and it is finished or undone. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { toSnapstageError } from '../../src/base/errors.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import { fullAfter, systemError } from '../support/faultyFiles.ts';
import { readFiles, seededBytes, writeFiles } from '../support/folders.ts';
import { Course, receive, type Ends } from './course.ts';
import { bury, random } from './scene.ts';

const handedOut = { 'hw1/task.md': 'task', 'hw1/data.bin': seededBytes(1, 200_000), 'hw1/gone': 'gone' };
const edited = { 'hw1/task.md': 'my answer', 'hw1/own': 'own', 'other/own': 'own too' };
const corrected = { 'hw1/task.md': 'task, corrected', 'hw1/data.bin': seededBytes(2, 200_000), 'hw1/new/file': 'new' };

/** Random moments to be killed at. */
const KILLS = Number(process.env['SNAPSTAGE_KILLS'] ?? 6);

const handOut = (engine: EngineApi): Promise<unknown> => engine.distribute({ message: 'corrected' });

describe('a delivery', () => {
  let course: Course;
  let ends: Ends;

  before(async () => {
    course = new Course('delivery');
    const [masters, adas] = [course.folderOf('master'), course.folderOf('ada')];
    writeFiles(masters, handedOut);
    await course.begin(async (master, ada) => {
      await master.addToStage({ objects: [{ type: 'path', state: 'current', path: 'hw1' }] });
      await master.distribute({});
      await receive(ada);
      writeFiles(adas, edited);
      writeFiles(masters, corrected);
      fs.rmSync(join(masters, 'hw1/gone'));
    });
    const mine = readFiles(adas);
    const after = {
      ...mine,
      'hw1/task.md': 'task, corrected',
      'hw1/data.bin': corrected['hw1/data.bin'].toString(),
      'hw1/new/': '',
      'hw1/new/file': 'new',
    };
    ends = { before: mine, after, edit: 'my answer' };
  });
  after(() => course.dispose());

  /** As it was kept, and handed out. */
  async function resetHandedOut(): Promise<void> {
    course.reset();
    assert.equal(await course.attempt('master', handOut), undefined);
  }

  for (const torn of [false, true]) {
    it(`applied, and killed ${torn ? 'in the middle of' : 'before'} operations that change the store: finished or undone`, async () => {
      let steps = 0;
      for (let at = 1, ended = false; !ended; at += 5, steps++) {
        await resetHandedOut();
        ended = await course.isDone('ada', receive, at, torn);
        await course.endsWell(`killed at ${at}`, steps % 2 === 0 ? 'finish' : 'undo', ends);
      }
      assert.ok(steps > 5, `only ${steps} steps`);
    });
  }

  it('undone, and killed at operations that change the store: the inbox says what is so', async () => {
    const states = new Set<string>();
    let steps = 0;
    for (let at = 1, ended = false; !ended; at += 3, steps++) {
      await resetHandedOut();
      assert.equal(await course.attempt('ada', receive), undefined);
      ended = await course.isDone('ada', (ada) => ada.undo(), at, false);
      bury(course.folderOf('ada'));
      const ada = course.engineOf('ada');
      if ((await ada.status({ changes: false })).interrupted !== null) await ada.recover(steps % 2 === 0 ? 'finish' : 'undo');
      const { state } = (await ada.inbox())[0]!;
      states.add(state);
      assert.deepEqual(readFiles(course.folderOf('ada')), state === 'undone' ? ends.before : ends.after, `killed at ${at}`);
      assert.deepEqual((await ada.verify({ readData: true })).damage, []);
      await ada.dispose();
    }
    assert.deepEqual([...states].toSorted(), ['applied', 'undone']);
    assert.ok(steps > 5, `only ${steps} steps`);
  });

  it('handed out, and killed at operations of the store, is there whole or not at all, and can be handed out again', async () => {
    let steps = 0;
    for (let at = 1, ended = false; !ended; at += 7, steps++) {
      course.reset();
      ended = await course.isDone('master', handOut, at, false);
      bury(course.folderOf('master'));
      if (!ended) assert.equal(await course.attempt('master', handOut), undefined, `after ${at}`);
      await course.endsWell(`killed at ${at}`, 'finish', ends);
    }
    assert.ok(steps > 5, `only ${steps} steps`);
  });

  it('handed out and applied by processes that are killed at any moment: all of it, or nothing yet', async function () {
    this.timeout(60_000 + KILLS * 20_000);
    const next = random(7);
    const commands = [
      ['master', ['distribute', '--message', 'corrected']],
      ['ada', ['receive']],
    ] as const;
    for (const [who, args] of commands) {
      let lasts = 5000;
      for (let killed = 0; killed < KILLS;) {
        if (who === 'ada') await resetHandedOut();
        else course.reset();
        const started = Date.now();
        const isDone = await course.run(who, args, Math.round(lasts * (0.2 + 0.8 * next())));
        const took = Date.now() - started;
        if (isDone) lasts = took;
        else {
          killed += 1;
          if (who === 'master') assert.equal(await course.attempt('master', handOut), undefined, `killed after ${took} ms`);
        }
        await course.endsWell(`${who} after ${took} ms`, killed % 2 === 0 ? 'finish' : 'undo', ends);
      }
    }
  });

  it('applied on a disk that is full, or fails once, changes nothing or can be ended, with a clear code', async () => {
    let refused = 0;
    for (let room = 0; ; room = Math.floor(room * 2.5) + 1000) {
      await resetHandedOut();
      const error = await course.attempt('ada', receive, fullAfter(room));
      if (error === undefined) break;
      refused += 1;
      assert.equal(toSnapstageError(error).code, 'no-space');
      await course.endsWell(`with ${room} bytes of room`, 'undo', ends);
    }
    assert.ok(refused > 3, `refused only ${refused} times`);
    for (let at = 1, ended = false; !ended; at += 11) {
      await resetHandedOut();
      let count = 0;
      const error = await course.attempt('ada', receive, ({ name }) => {
        count += 1;
        if (count === at) throw systemError('EIO', name);
      });
      ended = count < at;
      await course.endsWell(`failed at ${at}: ${String(error)}`, 'finish', ends);
    }
  });
});
