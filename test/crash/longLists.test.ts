/** Whoever dies while a list goes out that a record has no room for: the record is there with its list, or neither is. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { STORE_FOLDER } from '../../src/store/store.ts';
import { FaultyFiles, isRead, Killed, type Operation, wasKilled } from '../support/faultyFiles.ts';
import { readFiles, writeFiles } from '../support/folders.ts';
import { bury, tempFolder } from './scene.ts';

const COUNT = 300;

function files(text: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: COUNT }, (_, number) => [`hw/${number}.md`, `${text} ${number}`]));
}

/** Dies at the change number `at` of what is known of the Space; the dead do nothing. */
function dying(at: number): (operation: Operation) => void {
  let count = 0;
  return (operation) => {
    if (!isRead(operation) && operation.name.startsWith('space/')) count += 1;
    if (count >= at) throw new Killed(at);
  };
}

describe('a list of its own', () => {
  let base: string;
  let scene: string;
  let kept: string;

  const folderOf = (who: string): string => join(scene, who);
  const withEngine = async <T>(
    who: string,
    run: (engine: EngineApi) => Promise<T>,
    faults?: (operation: Operation) => void,
  ): Promise<T> => {
    const store = new DiskFiles(join(folderOf(who), STORE_FOLDER));
    const folders = { folder: folderOf(who), home: join(scene, `home-${who}`) };
    const engine = openEngine({ ...folders, ...(faults && { files: new FaultyFiles(store, faults) }) });
    try {
      return await run(engine);
    } finally {
      await engine.dispose();
    }
  };
  const handOut = (engine: EngineApi): Promise<unknown> => engine.distribute({ strategy: 'ask' });
  const receive = async (engine: EngineApi): Promise<number> => {
    await engine.space({ sync: true });
    const [newest] = await engine.inbox();
    assert.equal(newest!.items.length, COUNT);
    return (await engine.receive({ delivery: newest!.id })).counts.waiting;
  };

  before(async () => {
    base = tempFolder('lists');
    [scene, kept] = [join(base, 'scene'), join(base, 'kept')];
    for (const [who, text] of [
      ['master', 'task'],
      ['ada', 'answer'],
    ] as const) {
      fs.mkdirSync(folderOf(who), { recursive: true });
      writeFiles(folderOf(who), files(text));
      await withEngine(who, (engine) => engine.init());
    }
    await withEngine('master', async (engine) => {
      await engine.createSpace({ name: 'Course', hub: join(scene, 'hub') });
      const { code } = await engine.invite({ name: 'Ada' });
      await withEngine('ada', (ada) => ada.joinSpace({ code }));
      await engine.space({ sync: true });
      await engine.addToStage({ objects: Object.keys(files('')).map((path) => ({ type: 'path', state: 'current', path })) });
    });
    await withEngine('ada', (engine) => engine.space({ sync: true }));
    fs.renameSync(scene, kept);
  });
  after(() => fs.rmSync(base, { recursive: true, force: true }));

  beforeEach(copyTemplate);
  function copyTemplate(): void {
    fs.rmSync(scene, { recursive: true, force: true });
    fs.cpSync(kept, scene, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }

  /** Runs until nobody dies of it any more. Returns how often somebody did. */
  async function dyingAtEach(
    who: string,
    run: (engine: EngineApi) => Promise<unknown>,
    then: (at: number) => Promise<void>,
  ): Promise<number> {
    for (let at = 1; ; at++) {
      const error = await withEngine(who, run, dying(at)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error === undefined || wasKilled(error), error instanceof Error ? error : undefined);
      bury(folderOf(who));
      await then(at);
      if (error === undefined) return at - 1;
      copyTemplate();
    }
  }

  it('of what is handed out goes before what names it, or with the next sync', async () => {
    const deaths = await dyingAtEach('master', handOut, async (at) => {
      await withEngine('master', async (engine) => {
        await engine.space({ sync: true });
        if ((await engine.distributions()).length === 0) await handOut(engine);
        for (const { items } of await engine.distributions()) assert.equal(items.length, COUNT, `after ${at}`);
      });
      assert.equal(await withEngine('ada', receive), COUNT, `after ${at}`);
      assert.deepEqual(readFiles(folderOf('ada')), { 'hw/': '', ...files('answer') });
    });
    assert.ok(deaths > 5, `died only ${deaths} times`);
  });

  it('of what waits at a member goes with its answer, or that is given again', async () => {
    await withEngine('master', handOut);
    fs.rmSync(kept, { recursive: true });
    fs.cpSync(scene, kept, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    const deaths = await dyingAtEach('ada', receive, async (at) => {
      assert.equal(await withEngine('ada', receive), COUNT, `after ${at}`);
      await withEngine('master', async (engine) => {
        await engine.space({ sync: true });
        assert.equal((await engine.distributions())[0]!.targets[0]!.state, 'waiting', `after ${at}`);
        const { targets } = await engine.preview({});
        assert.equal(targets[0]!.counts.edited, COUNT, `after ${at}`);
      });
      assert.deepEqual(readFiles(folderOf('ada')), { 'hw/': '', ...files('answer') });
    });
    assert.ok(deaths > 5, `died only ${deaths} times`);
  });
});
