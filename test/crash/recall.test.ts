/** Whoever dies while something is taken back: no edit is lost, and it is finished or undone. */
import assert from 'node:assert/strict';
import type { EngineApi } from '../../src/engine/api.ts';
import { readFiles, writeFiles } from '../support/folders.ts';
import { Course, receive, type Ends } from './course.ts';

const first = { 'hw1/task.md': 'task', 'hw1/gone': 'gone', 'hw1/same': 'same' };
const second = { 'hw1/task.md': 'task 2', 'hw1/new/file': 'new' };
const edited = { 'hw1/task.md': 'my answer', 'hw1/own': 'own' };

/** What is said to take back the second distribution, and what is in the folder then. */
const takings = {
  recall: {
    say: (engine: EngineApi, id: string) => engine.recall({ distributions: [id], evenEdited: true, previous: true }),
    left: { 'hw1/': '', 'hw1/own': 'own', 'hw1/same': 'same', 'hw1/gone': 'gone', 'hw1/task.md': 'task' },
  },
  undo: {
    say: (engine: EngineApi, id: string) => engine.undoDistribution({ distribution: id }),
    left: { 'hw1/': '', 'hw1/own': 'own', 'hw1/same': 'same', 'hw1/gone': 'gone', 'hw1/task.md': 'my answer' },
  },
};

for (const [name, { say, left }] of Object.entries(takings)) {
  describe(`taken back: ${name}`, () => {
    let course: Course;
    let ends: Ends;

    before(async () => {
      course = new Course('recall');
      writeFiles(course.folderOf('master'), first);
      await course.begin(async (master, ada) => {
        const handOut = async (): Promise<string> => {
          await master.addToStage({ objects: [{ type: 'path', state: 'current', path: 'hw1' }] });
          const { id } = await master.distribute({});
          await receive(ada);
          return id;
        };
        await handOut();
        writeFiles(course.folderOf('master'), second);
        const id = await handOut();
        writeFiles(course.folderOf('ada'), edited);
        await say(master, id);
        await ada.space({ sync: true });
      });
      ends = { before: readFiles(course.folderOf('ada')), after: left, edit: 'my answer' };
    });
    after(() => course.dispose());

    it('and killed at operations that change the store', async () => {
      let steps = 0;
      for (let at = 1, ended = false; !ended; at += 6, steps++) {
        course.reset();
        ended = await course.isDone('ada', receive, at, steps % 3 === 0);
        await course.endsWell(`killed at ${at}`, steps % 2 === 0 ? 'finish' : 'undo', ends);
      }
      assert.ok(steps > 5, `only ${steps} steps`);
    });
  });
}
