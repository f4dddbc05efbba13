/** An assignment that is handed in, collected and given back, and what must be true of each whatever happened meanwhile. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import type { FeedbackInfo, HandInInfo } from '../../src/engine/assignmentApi.ts';
import { readFiles, seededBytes, writeFiles } from '../support/folders.ts';
import { Course, receive } from './course.ts';
import { bury, garbageOf } from './scene.ts';

const handedOut = { 'hw1/task.md': 'task', 'hw1/data.bin': seededBytes(1, 100_000) };
const answer = { 'hw1/answer.md': 'my answer', 'hw1/more/file': 'more' };

type Visibility = FeedbackInfo['visibility'];

/** Ada's, which she has written and not handed in yet. */
export class Homework {
  readonly course: Course;
  id = '';
  /** A file that goes back. */
  private readonly remarks: string;
  private whole: Record<string, string> = {};

  private constructor(name: string) {
    this.course = new Course(name);
    this.remarks = join(this.course.folderOf('master'), '..', 'remarks.md');
  }

  static async given(name: string): Promise<Homework> {
    const one = new Homework(name);
    const { course } = one;
    writeFiles(course.folderOf('master'), handedOut);
    await course.begin(async (master, ada) => {
      const parts = [{ path: 'hw1', patterns: [] }];
      ({ id: one.id } = await master.createAssignment({ title: 'HW 1', deadline: '2100-01-01T00:00:00Z', parts }));
      await receive(ada);
      writeFiles(course.folderOf('ada'), answer);
    });
    one.whole = readFiles(course.folderOf('ada'));
    return one;
  }

  /** Where review copies go. */
  get copies(): string {
    return join(this.course.folderOf('master'), '..', 'Assignments');
  }

  /** Where files that came back go. */
  get back(): string {
    return join(this.course.folderOf('ada'), '..', 'back');
  }

  reset(): void {
    this.course.reset();
    fs.writeFileSync(this.remarks, 'remarks');
  }

  readonly handIn = (engine: EngineApi): Promise<unknown> => engine.handIn({ assignment: this.id });

  readonly collect = (engine: EngineApi): Promise<unknown> => engine.collect({ assignment: this.id });

  async giveBack(engine: EngineApi, visibility: Visibility = 'returned'): Promise<unknown> {
    await engine.space({ sync: true });
    const [first] = (await engine.assignment({ assignment: this.id })).standings[0]!.handIns;
    return engine.giveFeedback({ handIn: first!.id, grade: '5', comment: 'well done', files: [this.remarks], visibility });
  }

  /** Ada gets the files that came back, into a new folder. */
  readonly fetch = async (engine: EngineApi): Promise<unknown> => {
    await engine.space({ sync: true });
    const [first] = (await engine.assignment({ assignment: this.id })).mine!.handIns;
    return engine.fetchFeedback({ handIn: first!.id, to: this.back });
  };

  /** Ada has handed in. */
  async handedIn(): Promise<void> {
    this.reset();
    await this.done('ada', this.handIn);
  }

  /** And there is feedback. */
  async graded(visibility: Visibility): Promise<void> {
    await this.handedIn();
    await this.done('master', (engine) => this.giveBack(engine, visibility));
  }

  async done(who: 'master' | 'ada', act: (engine: EngineApi) => Promise<unknown>): Promise<void> {
    const error = await this.course.attempt(who, act);
    assert.equal(error, undefined, error instanceof Error ? error : undefined);
  }

  /** What somebody sees of the hand-ins to it, having heard all. */
  async seenBy(who: 'master' | 'ada'): Promise<readonly HandInInfo[]> {
    let seen: readonly HandInInfo[] = [];
    await this.done(who, async (engine) => {
      await engine.space({ sync: true });
      seen = (await engine.assignment({ assignment: this.id })).standings.flatMap(({ handIns }) => handIns);
    });
    return seen;
  }

  async isSound(who: 'master' | 'ada'): Promise<void> {
    await this.done(who, async (engine) => {
      assert.deepEqual((await engine.verify({ readData: true })).damage, []);
      await engine.compact();
      assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    });
    assert.deepEqual(garbageOf(this.course.folderOf(who)), []);
  }

  /** There is one, or none and it can be handed in: then the Master gets all of it, and one snapshot was taken for it. */
  async isHandedIn(what: string): Promise<'done' | 'not done'> {
    return told(what, async () => {
      bury(this.course.folderOf('ada'));
      const before = await this.seenBy('ada');
      assert.ok(before.length <= 1, `${before.length} hand-ins`);
      if (before.length === 0) await this.done('ada', this.handIn);
      const [mine, ...others] = await this.seenBy('ada');
      assert.deepEqual([others.length, mine!.isQueued, mine!.isHere], [0, false, true]);
      assert.ok(fs.existsSync(mine!.receipt!));
      await this.done('ada', async (engine) => {
        const taken = (await engine.list()).filter(({ kind }) => kind === 'hand-in');
        assert.deepEqual(
          taken.map(({ id }) => id),
          [mine!.snapshot],
        );
      });
      await this.done('master', async (engine) => {
        const { items } = await engine.collect({ assignment: this.id });
        assert.deepEqual(
          items.map(({ outcome, problem }) => [outcome, problem]),
          [['collected', null]],
        );
        assert.deepEqual(readFiles(items[0]!.folder!), this.whole);
      });
      await this.isSound('ada');
      assert.equal((await this.seenBy('ada'))[0]!.isHere, true);
      return before.length === 0 ? 'not done' : 'done';
    });
  }

  /** Where review copies go there is one of Ada's, whole, and nothing beside it. */
  async isCollected(what: string): Promise<void> {
    await told(what, async () => {
      bury(this.course.folderOf('master'));
      await this.done('master', async (engine) => {
        const [item, ...others] = (await engine.collect({ assignment: this.id })).items;
        assert.deepEqual([others.length, item!.problem], [0, null]);
        assert.deepEqual(readFiles(item!.folder!), this.whole);
        const [root, assignment, member] = [this.copies, join(this.copies, 'HW 1'), join(this.copies, 'HW 1', 'Ada')].map((folder) =>
          fs.readdirSync(folder),
        );
        assert.deepEqual([root, assignment, member!.length], [['HW 1'], ['Ada'], 1]);
        assert.deepEqual(
          (await engine.collect({ assignment: this.id })).items.map(({ outcome }) => outcome),
          ['there'],
        );
      });
      await this.isSound('master');
    });
  }

  /**
   * Of what a draft was, and then was to be returned or hidden: Masters have all of it, the author sees all of it or nothing, and once it is
   * done it is as it is to be.
   */
  async isGivenBack(what: string, visibility: 'returned' | 'hidden'): Promise<'done' | 'not done'> {
    return told(what, async () => {
      bury(this.course.folderOf('master'));
      const wanted = visibility === 'returned' ? ['5', 'remarks'] : [null, null];
      const [known] = await this.seenBy('master');
      assert.deepEqual([known!.feedback?.grade, known!.feedback?.comment], ['5', 'well done']);
      const [seen] = await this.seenBy('ada');
      if (seen!.feedback !== null) assert.deepEqual([seen!.feedback.visibility, await this.readBack(seen!)], [visibility, wanted]);
      await this.done('master', (engine) => this.giveBack(engine, visibility));
      const [back] = await this.seenBy('ada');
      assert.deepEqual([back!.feedback!.visibility, await this.readBack(back!)], [visibility, wanted]);
      await this.isSound('master');
      return seen!.feedback === null ? 'not done' : 'done';
    });
  }

  /** The files that came back are all in their folder, and nothing is beside it; or the folder is not there, and they can be had. */
  async isFetched(what: string): Promise<void> {
    await told(what, async () => {
      bury(this.course.folderOf('ada'));
      if (!fs.existsSync(this.back)) await this.done('ada', this.fetch);
      assert.deepEqual(readFiles(this.back), { 'remarks.md': 'remarks' });
      await this.isSound('ada');
      assert.deepEqual(
        fs.readdirSync(join(this.back, '..')).filter((name) => name.includes('back')),
        ['back'],
      );
    });
  }

  dispose(): void {
    this.course.dispose();
  }

  /** The grade that Ada sees, and the remarks. */
  private async readBack({ id: of, feedback }: HandInInfo): Promise<readonly (string | null)[]> {
    fs.rmSync(this.back, { recursive: true, force: true });
    await this.done('ada', (engine) => engine.fetchFeedback({ handIn: of, to: this.back }));
    return [feedback!.grade, fs.existsSync(this.back) ? (readFiles(this.back)['remarks.md'] ?? null) : null];
  }
}

async function told<T>(what: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    throw new Error(`${what}: ${String(error)}`, { cause: error });
  }
}
