/** Whoever dies while something is taken back: no edit is lost, and it is finished or undone. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { STORE_FOLDER } from '../../src/store/store.ts';
import { FaultyFiles, isRead, killer, type Operation, wasKilled } from '../support/faultyFiles.ts';
import { readFiles, writeFiles } from '../support/folders.ts';
import { bury, tempFolder } from './scene.ts';

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
  describe(`taken back: ${name}`, function () {
    this.timeout(170_000);
    let base: string;
    let scene: string;
    let kept: string;
    let mine: Record<string, string>;

    const folderOf = (who: string): string => join(scene, who);
    const engineOf = (who: string, faults?: (operation: Operation) => void): EngineApi => {
      const store = new DiskFiles(join(folderOf(who), STORE_FOLDER));
      return openEngine({
        folder: folderOf(who),
        home: join(scene, `home-${who}`),
        ...(faults && { files: new FaultyFiles(store, faults) }),
      });
    };

    before(async () => {
      base = tempFolder('recall');
      [scene, kept] = [join(base, 'scene'), join(base, 'kept')];
      for (const who of ['master', 'ada']) fs.mkdirSync(folderOf(who), { recursive: true });
      writeFiles(folderOf('master'), first);
      const [master, ada] = [engineOf('master'), engineOf('ada')];
      for (const engine of [master, ada]) await engine.init();
      await master.createSpace({ name: 'Course', hub: join(scene, 'hub') });
      const { code } = await master.invite({ name: 'Ada' });
      await ada.joinSpace({ code });
      await master.space({ sync: true });
      const handOut = async (): Promise<string> => {
        await master.addToStage({ objects: [{ type: 'path', state: 'current', path: 'hw1' }] });
        const { id } = await master.distribute({});
        await ada.space({ sync: true });
        await ada.receive({ delivery: id });
        return id;
      };
      await handOut();
      writeFiles(folderOf('master'), second);
      const id = await handOut();
      writeFiles(folderOf('ada'), edited);
      await say(master, id);
      await ada.space({ sync: true });
      await Promise.all([master.dispose(), ada.dispose()]);
      fs.renameSync(scene, kept);
      copyTemplate();
      mine = readFiles(folderOf('ada'));
    });
    after(() => fs.rmSync(base, { recursive: true, force: true }));

    function copyTemplate(): void {
      fs.rmSync(scene, { recursive: true, force: true });
      fs.cpSync(kept, scene, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    }

    async function receive(faults?: (operation: Operation) => void): Promise<unknown> {
      const engine = engineOf('ada', faults);
      try {
        const [newest] = await engine.inbox();
        if (newest?.state === 'new') await engine.receive({ delivery: newest.id });
        return undefined;
      } catch (error) {
        return error;
      } finally {
        await engine.dispose();
      }
    }

    async function keepsTheEdit(engine: EngineApi): Promise<void> {
      if (readFiles(folderOf('ada'))['hw1/task.md'] === 'my answer') return;
      const snapshots = await engine.list();
      const holding = await Promise.all(
        snapshots.map(async ({ id }) => engine.read({ state: id, path: 'hw1/task.md' }).catch(() => new Uint8Array())),
      );
      const texts = holding.map((bytes) => Buffer.from(bytes).toString());
      assert.ok(texts.includes('my answer'), 'the edit is in no snapshot');
    }

    async function endsWell(how: 'finish' | 'undo'): Promise<void> {
      bury(folderOf('ada'));
      const engine = engineOf('ada');
      await keepsTheEdit(engine);
      const { interrupted } = await engine.status({ changes: false });
      if (interrupted !== null) {
        await engine.recover(how);
        assert.deepEqual(readFiles(folderOf('ada')), how === 'finish' ? left : mine);
      }
      await engine.dispose();
      const error = await receive();
      assert.equal(error, undefined, error instanceof Error ? error : undefined);
      assert.deepEqual(readFiles(folderOf('ada')), left);
      const again = engineOf('ada');
      await keepsTheEdit(again);
      await again.compact();
      assert.deepEqual((await again.verify({ readData: true })).damage, []);
      assert.equal((await again.inbox())[0]!.state, 'applied');
      await again.dispose();
    }

    it('and killed at operations that change the store', async () => {
      let steps = 0;
      for (let at = 1, ended = false; !ended; at += 6, steps++) {
        copyTemplate();
        const kill = killer(at, steps % 3 === 0);
        const error = await receive((operation) => void (!isRead(operation) && kill.before(operation)));
        assert.ok(error === undefined || wasKilled(error), error instanceof Error ? error : undefined);
        ended = error === undefined;
        try {
          await endsWell(steps % 2 === 0 ? 'finish' : 'undo');
        } catch (failure) {
          throw new Error(`killed at ${at}: ${String(failure)}`, { cause: failure });
        }
      }
      assert.ok(steps > 5, `only ${steps} steps`);
    });
  });
}
