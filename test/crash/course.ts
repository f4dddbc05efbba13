/** A Master and a member, Ada, whose folders are put back before each crash, and what must be true of Ada's whatever happened. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { STORE_FOLDER } from '../../src/store/store.ts';
import { FaultyFiles, isRead, killer, type Operation, wasKilled } from '../support/faultyFiles.ts';
import { readFiles } from '../support/folders.ts';
import { bury, tempFolder } from './scene.ts';
import { command } from '../support/command.ts';

type Who = 'master' | 'ada';
type Faults = (operation: Operation) => void;

/** What is in Ada's folder before something is applied, and after. Of her edit of `hw1/task.md` there is a snapshot, or it is still there. */
export interface Ends {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  readonly edit: string;
}

export class Course {
  private readonly base: string;
  private readonly scene: string;
  private readonly kept: string;

  constructor(name: string) {
    this.base = tempFolder(name);
    [this.scene, this.kept] = [join(this.base, 'scene'), join(this.base, 'kept')];
    for (const who of ['master', 'ada'] as const) fs.mkdirSync(this.folderOf(who), { recursive: true });
  }

  folderOf(who: Who): string {
    return join(this.scene, who);
  }

  engineOf(who: Who, faults?: Faults): EngineApi {
    const folder = this.folderOf(who);
    const files = faults && new FaultyFiles(new DiskFiles(join(folder, STORE_FOLDER)), faults);
    return openEngine({ folder, home: join(this.scene, `home-${who}`), ...(files && { files }) });
  }

  /** Makes the Space, with Ada in it, and does what comes before the crashes; all of it is kept. */
  async begin(story: (master: EngineApi, ada: EngineApi) => Promise<void>): Promise<void> {
    const [master, ada] = [this.engineOf('master'), this.engineOf('ada')];
    for (const engine of [master, ada]) await engine.init();
    await master.createSpace({ name: 'Course', hub: join(this.scene, 'hub') });
    const { code } = await master.invite({ name: 'Ada' });
    await ada.joinSpace({ code });
    await master.space({ sync: true });
    await story(master, ada);
    await Promise.all([master.dispose(), ada.dispose()]);
    fs.renameSync(this.scene, this.kept);
    this.reset();
  }

  /** All is again as it was kept. */
  reset(): void {
    fs.rmSync(this.scene, { recursive: true, force: true });
    fs.cpSync(this.kept, this.scene, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }

  /** Resolves to what it failed with. */
  async attempt(who: Who, act: (engine: EngineApi) => Promise<unknown>, faults?: Faults): Promise<unknown> {
    const engine = this.engineOf(who, faults);
    try {
      await act(engine);
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await engine.dispose();
    }
  }

  /** As `attempt`, killed before or in the middle of an operation that changes the store; true when it came to its end. */
  async isDone(who: Who, act: (engine: EngineApi) => Promise<unknown>, at: number, isTorn: boolean): Promise<boolean> {
    const kill = killer(at, isTorn);
    const error = await this.attempt(who, act, (operation) => void (!isRead(operation) && kill.before(operation)));
    assert.ok(error === undefined || wasKilled(error), error instanceof Error ? error : undefined);
    return error === undefined;
  }

  /** Runs a command as a process of its own, which is killed after so many milliseconds; true when it had come to its end before. */
  async run(who: Who, args: readonly string[], killAfter: number): Promise<boolean> {
    const env = { ...process.env, SNAPSTAGE_HOME: join(this.scene, `home-${who}`) };
    const child = spawn(process.execPath, [command, '-C', this.folderOf(who), ...args], { env, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    assert.ok(code === 0 || signal === 'SIGKILL', `snapstage ${args.join(' ')} ended with ${code ?? signal}`);
    return code === 0;
  }

  /** Ends what was interrupted at Ada's, and receives: the folder is as it is to be, and the edit is in a snapshot. */
  async endsWell(what: string, how: 'finish' | 'undo', { before, after, edit }: Ends): Promise<void> {
    const folder = this.folderOf('ada');
    try {
      bury(folder);
      const engine = this.engineOf('ada');
      await this.checkEdit(engine, edit);
      const { interrupted } = await engine.status({ changes: false });
      if (interrupted !== null) {
        await engine.recover(how);
        assert.deepEqual(readFiles(folder), how === 'finish' ? after : before);
      }
      await engine.dispose();
      const error = await this.attempt('ada', receive);
      assert.equal(error, undefined, error instanceof Error ? error : undefined);
      assert.deepEqual(readFiles(folder), after);
      const again = this.engineOf('ada');
      await this.checkEdit(again, edit);
      assert.deepEqual((await again.verify({ readData: true })).damage, []);
      await again.compact();
      assert.deepEqual((await again.verify({ readData: true })).damage, []);
      assert.equal((await again.inbox())[0]!.state, 'applied');
      await again.dispose();
    } catch (error) {
      throw new Error(`${what}: ${String(error)}`, { cause: error });
    }
  }

  dispose(): void {
    fs.rmSync(this.base, { recursive: true, force: true });
  }

  private async checkEdit(engine: EngineApi, edit: string): Promise<void> {
    if (readFiles(this.folderOf('ada'))['hw1/task.md'] === edit) return;
    const textIn = async ({ id }: { readonly id: string }): Promise<string> => {
      const entries = await engine.ls({ state: id, path: 'hw1' }).catch(() => []);
      return entries.some(({ path }) => path === 'hw1/task.md')
        ? Buffer.from(await engine.read({ state: id, path: 'hw1/task.md' })).toString()
        : '';
    };
    const texts = await Promise.all((await engine.list()).map(textIn));
    assert.ok(texts.includes(edit), 'the edit is in no snapshot');
  }
}

/** Applies the newest delivery if it was not. */
export async function receive(engine: EngineApi): Promise<void> {
  await engine.space({ sync: true });
  const [newest] = await engine.inbox();
  if (newest?.state === 'new') await engine.receive({ delivery: newest.id });
}
