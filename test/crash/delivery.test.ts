/** Whoever dies while something is handed out or applied: no edit is lost, and it is finished or undone. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { toSnapstageError } from '../../src/base/errors.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { STORE_FOLDER } from '../../src/store/store.ts';
import { FaultyFiles, fullAfter, isRead, killer, systemError, type Operation, wasKilled } from '../support/faultyFiles.ts';
import { readFiles, seededBytes, writeFiles } from '../support/folders.ts';
import { bury, tempFolder } from './scene.ts';

const handedOut = { 'hw1/task.md': 'task', 'hw1/data.bin': seededBytes(1, 200_000), 'hw1/gone': 'gone' };
const edited = { 'hw1/task.md': 'my answer', 'hw1/own': 'own', 'other/own': 'own too' };
const corrected = { 'hw1/task.md': 'task, corrected', 'hw1/data.bin': seededBytes(2, 200_000), 'hw1/new/file': 'new' };

describe('a delivery', function () {
  this.timeout(170_000);
  let base: string;
  let scene: string;
  let kept: string;
  /** What is in the member's folder before and after. */
  let mine: Record<string, string>;
  let delivered: Record<string, string>;

  const folderOf = (who: string): string => join(scene, who);
  const engineOf = (who: string, faults?: (operation: Operation) => void): EngineApi => {
    const home = join(scene, `home-${who}`);
    const store = new DiskFiles(join(folderOf(who), STORE_FOLDER));
    return openEngine({ folder: folderOf(who), home, ...(faults && { files: new FaultyFiles(store, faults) }) });
  };

  before(async () => {
    base = tempFolder('delivery');
    [scene, kept] = [join(base, 'scene'), join(base, 'kept')];
    for (const who of ['master', 'ada']) fs.mkdirSync(folderOf(who), { recursive: true });
    writeFiles(folderOf('master'), handedOut);
    const [master, ada] = [engineOf('master'), engineOf('ada')];
    for (const engine of [master, ada]) await engine.init();
    await master.createSpace({ name: 'Course', hub: join(scene, 'hub') });
    const { code } = await master.invite({ name: 'Ada' });
    await ada.joinSpace({ code });
    await master.space({ sync: true });
    await master.addToStage({ objects: [{ type: 'path', state: 'current', path: 'hw1' }] });
    await master.distribute({});
    await ada.space({ sync: true });
    await ada.receive({ delivery: (await ada.inbox())[0]!.id });
    writeFiles(folderOf('ada'), edited);
    writeFiles(folderOf('master'), corrected);
    fs.rmSync(join(folderOf('master'), 'hw1/gone'));
    await Promise.all([master.dispose(), ada.dispose()]);
    fs.renameSync(scene, kept);
    copyTemplate();
    mine = readFiles(folderOf('ada'));
    delivered = {
      ...mine,
      'hw1/task.md': 'task, corrected',
      'hw1/data.bin': corrected['hw1/data.bin'].toString(),
      'hw1/new/': '',
      'hw1/new/file': 'new',
    };
  });
  after(() => fs.rmSync(base, { recursive: true, force: true }));

  function copyTemplate(): void {
    fs.rmSync(scene, { recursive: true, force: true });
    fs.cpSync(kept, scene, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }

  async function handOut(faults?: (operation: Operation) => void): Promise<unknown> {
    const engine = engineOf('master', faults);
    try {
      await engine.distribute({ message: 'corrected' });
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await engine.dispose();
    }
  }

  async function receive(faults?: (operation: Operation) => void): Promise<unknown> {
    const engine = engineOf('ada', faults);
    try {
      await engine.space({ sync: true });
      const [newest] = await engine.inbox();
      if (newest?.state === 'new') await engine.receive({ delivery: newest.id });
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await engine.dispose();
    }
  }

  /** Ends what was interrupted, and receives: the folder is as delivered, and the edit is in a snapshot. */
  async function endsWell(what: string, how: 'finish' | 'undo'): Promise<void> {
    try {
      bury(folderOf('ada'));
      const engine = engineOf('ada');
      await keepsTheEdit(engine);
      const { interrupted } = await engine.status({ changes: false });
      if (interrupted !== null) {
        await engine.recover(how);
        assert.deepEqual(readFiles(folderOf('ada')), how === 'finish' ? delivered : mine);
      }
      await engine.dispose();
      const error = await receive();
      assert.equal(error, undefined, error instanceof Error ? error : undefined);
      assert.deepEqual(readFiles(folderOf('ada')), delivered);
      const again = engineOf('ada');
      await keepsTheEdit(again);
      assert.deepEqual((await again.verify({ readData: true })).damage, []);
      await again.compact();
      assert.deepEqual((await again.verify({ readData: true })).damage, []);
      assert.equal((await again.inbox())[0]!.state, 'applied');
      await again.dispose();
    } catch (error) {
      throw new Error(`${what}: ${String(error)}`, { cause: error });
    }
  }

  async function keepsTheEdit(engine: EngineApi): Promise<void> {
    if (readFiles(folderOf('ada'))['hw1/task.md'] === 'my answer') return;
    const textIn = async ({ id }: { readonly id: string }): Promise<string> => {
      const entries = await engine.ls({ state: id, path: 'hw1' }).catch(() => []);
      return entries.some(({ path }) => path === 'hw1/task.md')
        ? Buffer.from(await engine.read({ state: id, path: 'hw1/task.md' })).toString()
        : '';
    };
    const texts = await Promise.all((await engine.list()).map(textIn));
    assert.ok(texts.includes('my answer'), 'the edit is in no snapshot');
  }

  for (const torn of [false, true]) {
    it(`applied, and killed ${torn ? 'in the middle of' : 'before'} operations that change the store: finished or undone`, async () => {
      let steps = 0;
      for (let at = 1, ended = false; !ended; at += 5, steps++) {
        copyTemplate();
        assert.equal(await handOut(), undefined);
        const kill = killer(at, torn);
        const error = await receive((operation) => void (!isRead(operation) && kill.before(operation)));
        assert.ok(error === undefined || wasKilled(error), error instanceof Error ? error : undefined);
        ended = error === undefined;
        await endsWell(`killed at ${at}`, steps % 2 === 0 ? 'finish' : 'undo');
      }
      assert.ok(steps > 5, `only ${steps} steps`);
    });
  }

  it('undone, and killed at operations that change the store: the inbox says what is so', async () => {
    let steps = 0;
    const ends = new Set<string>();
    for (let at = 1, ended = false; !ended; at += 3, steps++) {
      copyTemplate();
      assert.equal(await handOut(), undefined);
      assert.equal(await receive(), undefined);
      const kill = killer(at, false);
      const undoing = engineOf('ada', (operation) => void (!isRead(operation) && kill.before(operation)));
      const error = await undoing.undo().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      await undoing.dispose();
      assert.ok(error === undefined || wasKilled(error), error instanceof Error ? error : undefined);
      ended = error === undefined;
      bury(folderOf('ada'));
      const engine = engineOf('ada');
      if ((await engine.status({ changes: false })).interrupted !== null) await engine.recover(steps % 2 === 0 ? 'finish' : 'undo');
      const { state } = (await engine.inbox())[0]!;
      assert.deepEqual(readFiles(folderOf('ada')), state === 'undone' ? mine : delivered, `killed at ${at}`);
      ends.add(state);
      assert.deepEqual((await engine.verify({ readData: true })).damage, []);
      await engine.dispose();
    }
    assert.deepEqual([...ends].sort(), ['applied', 'undone']);
    assert.ok(steps > 5, `only ${steps} steps`);
  });

  it('handed out, and killed at operations of the store, is there whole or not at all, and can be handed out again', async () => {
    let steps = 0;
    for (let at = 1, ended = false; !ended; at += 7, steps++) {
      copyTemplate();
      const kill = killer(at, false);
      const error = await handOut((operation) => void (!isRead(operation) && kill.before(operation)));
      assert.ok(error === undefined || wasKilled(error), error instanceof Error ? error : undefined);
      ended = error === undefined;
      bury(folderOf('master'));
      if (!ended) assert.equal(await handOut(), undefined, `after ${at}`);
      await endsWell(`killed at ${at}`, 'finish');
    }
    assert.ok(steps > 5, `only ${steps} steps`);
  });

  it('applied on a disk that is full, or fails once, changes nothing or can be ended, with a clear code', async () => {
    let refused = 0;
    for (let room = 0; ; room = Math.floor(room * 2.5) + 1000) {
      copyTemplate();
      assert.equal(await handOut(), undefined);
      const error = await receive(fullAfter(room));
      if (error === undefined) break;
      refused += 1;
      assert.equal(toSnapstageError(error).code, 'no-space');
      await endsWell(`with ${room} bytes of room`, 'undo');
    }
    assert.ok(refused > 3, `refused only ${refused} times`);
    for (let at = 1, ended = false; !ended; at += 11) {
      copyTemplate();
      assert.equal(await handOut(), undefined);
      let count = 0;
      const error = await receive(({ name }) => {
        count += 1;
        if (count === at) throw systemError('EIO', name);
      });
      ended = count < at;
      await endsWell(`failed at ${at}: ${String(error)}`, 'finish');
    }
  });
});
