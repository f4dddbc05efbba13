/** What the snapshots take: shown, explained, given back and warned of, with the real engine. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { SnapstageError } from '../../src/base/errors.ts';
import { formatSize } from '../../src/base/format.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import type { Instance } from '../../src/editor/instance.ts';
import { OpenStorage, type StorageActions } from '../../src/editor/storage/openStorage.ts';
import { Reporter } from '../../src/editor/reporter.ts';
import { Unfinished } from '../../src/editor/restore/unfinished.ts';
import { SpaceFreer } from '../../src/editor/storage/freeUp.ts';
import { RoomWatch } from '../../src/editor/storage/roomWatch.ts';
import type { Part, SectionId } from '../../src/editor/storage/storagePage.ts';
import { Work } from '../../src/editor/work.ts';
import type { WorkspaceEvent } from '../../src/editor/workspace.ts';
import { pressInWarnings, withAnswers } from './answers.ts';
import { forgetSnapshots, inFolder, internals, removeFiles, rowsUnder, rowWith, theInstance, until } from './extension.ts';
import { fakeInstance, fakeStatus } from './fakeEngine.ts';
import { FakeMemento } from './fakeMemento.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);

const write = (file: string, bytes: number): Promise<void> => writeFile(inFolder(file), randomBytes(bytes));

/** What is said in information toasts while it runs; the button is pressed in each that has it. */
async function saidDuring(task: () => PromiseLike<unknown>, button?: string): Promise<readonly string[]> {
  const window = vscode.window as unknown as { showInformationMessage: (...args: unknown[]) => unknown };
  const real = window.showInformationMessage;
  const said: string[] = [];
  window.showInformationMessage = async (...args: unknown[]) => {
    said.push(String(args[0]));
    return args.includes(button) ? button : undefined;
  };
  try {
    await task();
  } finally {
    window.showInformationMessage = real;
  }
  return said;
}

describe('storage', () => {
  let instance: Instance;

  before(async () => {
    instance = await theInstance();
  });

  beforeEach(async () => {
    await write('heavy.bin', 300_000);
    await withAnswers(['the heavy one', ''], () => run('snapstage.takeDescribed'));
    await rm(inFolder('heavy.bin'));
    await write('light.bin', 50_000);
    await withAnswers(['the light one', ''], () => run('snapstage.takeDescribed'));
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    await removeFiles('heavy.bin', 'light.bin');
    await forgetSnapshots();
    await instance.engine.compact();
  });

  async function openPage(): Promise<OpenStorage> {
    await run('snapstage.showStorage');
    const page = (await internals()).storagePanels.pageOf(instance) ?? assert.fail('no page');
    await until('both sections', () => page.view.sections.every(({ content }) => content.state === 'ready'));
    return page;
  }

  function parts(page: OpenStorage, id: SectionId): readonly Part[] {
    const content = page.view.sections.find((section) => section.id === id)?.content;
    return content?.state === 'ready' ? content.parts : assert.fail(`${id} is not there`);
  }

  const partNamed = (page: OpenStorage, id: SectionId, label: string): Part =>
    parts(page, id).find((part) => part.label === label) ?? assert.fail(`no part ${label}`);

  describe('page', () => {
    it('shows totals, what each snapshot holds, and what lies in the folder', async () => {
      const page = await openPage();
      const { facts, title, warnings } = page.view;
      assert.match(title, /^Storage of /);
      assert.deepEqual(warnings, []);
      assert.deepEqual(
        facts.map(({ name }) => name),
        ['Snapshots take', 'Snapshots', 'In the folder at the latest', 'As plain copies they would take', 'Free on the disk'],
      );
      const heavy = partNamed(page, 'snapshots', 'the heavy one');
      assert.ok(heavy.bytes > 300_000);
      assert.deepEqual(
        [heavy.main, ...heavy.actions].map((action) => action?.spoken),
        ['the heavy one: show details', 'Delete the heavy one…'],
      );
      const file = partNamed(page, 'folder', 'heavy.bin');
      assert.equal(file.cells[2], file.cells[0], 'all of it is in earlier snapshots only');
      assert.ok(partNamed(page, 'folder', 'data/').main?.id === 'open');
    });

    it('shows the folder that is asked for, and is one for each workspace folder', async () => {
      const page = await openPage();
      await page.answer({ type: 'part', section: 'folder', key: 'data', action: 'open' });
      assert.ok(partNamed(page, 'folder', 'course.sqlite').bytes > 0);
      assert.deepEqual(page.view.sections[1]?.crumbs, [{ label: instance.name, path: '' }, { label: 'data' }]);
      assert.deepEqual(page.view.state, { folder: instance.folder.uri.toString(), path: 'data' });
      assert.equal(await openPage(), page);
      await page.answer({ type: 'go', path: '' });
      partNamed(page, 'folder', 'data/');
    });

    it('says why a folder can not be shown, and is where it was before', async () => {
      const page = await openPage();
      await page.answer({ type: 'go', path: '../outside' });
      const failed = page.view.sections[1]?.content;
      assert.ok(failed?.state === 'failed');
      assert.match(failed.text, /is not a path inside the folder/);
      await page.answer({ type: 'go', path: '' });
      await page.answer({ type: 'again', section: 'folder' });
      partNamed(page, 'folder', 'data/');
    });

    it('follows what is taken and deleted', async () => {
      const page = await openPage();
      await withAnswers(['a third one', ''], () => run('snapstage.takeDescribed'));
      await until('the new snapshot', () => parts(page, 'snapshots').some(({ label }) => label === 'a third one'));
      const { key } = partNamed(page, 'snapshots', 'the heavy one');
      const asked = await withAnswers(['Delete…', 'I Understand: Delete'], () =>
        page.answer({ type: 'part', section: 'snapshots', key, action: 'delete' }),
      );
      assert.match(asked[0]?.text ?? '', /\(3\d\d,\d{3} bytes\) come back when the store is compacted after that\./);
      await until('what nobody needs', () => parts(page, 'snapshots').some(({ kind }) => kind === 'unneeded'));
      const said: string[] = [];
      await until('nothing of it', async () => {
        said.push(...(await saidDuring(() => page.answer({ type: 'part', section: 'snapshots', key: 'unneeded', action: 'compact' }))));
        return !parts(page, 'snapshots').some(({ kind }) => kind === 'unneeded');
      });
      assert.match(said.join(), /given back/);
    });

    it('follows a compaction by command', async () => {
      const page = await openPage();
      await instance.engine.delete([partNamed(page, 'snapshots', 'the heavy one').key]);
      await until('what nobody needs', () => parts(page, 'snapshots').some(({ kind }) => kind === 'unneeded'));
      // A look at the folder that is under way keeps it back.
      await until('nothing of it', async () => {
        await saidDuring(() => run('snapstage.compact'));
        return !parts(page, 'snapshots').some(({ kind }) => kind === 'unneeded');
      });
    });

    it('does nothing for parts that it does not have', async () => {
      const page = await openPage();
      await page.answer({ type: 'part', section: 'folder', key: 'nowhere', action: 'why' });
      await page.answer({ type: 'part', section: 'folder', key: 'data', action: 'delete' });
      await page.answer({ type: 'part', section: 'snapshots', key: 'shared', action: 'delete' });
      assert.equal((await instance.engine.list()).length, 2);
    });

    it('that was open over a reload is filled again, and closed where its folder is not open', async () => {
      const { storagePanels } = await internals();
      const make = (): vscode.WebviewPanel => vscode.window.createWebviewPanel('snapstage.storage', '', vscode.ViewColumn.One);
      const kept = make();
      await storagePanels.deserializeWebviewPanel(kept, { folder: instance.folder.uri.toString(), path: 'data' });
      const page = storagePanels.pageOf(instance) ?? assert.fail('no page');
      assert.equal(page.panel, kept);
      assert.match(kept.webview.html, /default-src 'none'/);
      await until('the folder', () => page.view.sections[1]?.content.state === 'ready');
      partNamed(page, 'folder', 'course.sqlite');
      for (const state of [undefined, { folder: 'file:///elsewhere', path: '' }, page.view.state]) {
        const other = make();
        let isClosed = false;
        other.onDidDispose(() => (isClosed = true));
        await storagePanels.deserializeWebviewPanel(other, state);
        assert.ok(isClosed);
      }
    });

    it('says how far the reading is, can cancel it, and tries again', async () => {
      let calls = 0;
      const storage: EngineApi['storage'] = (options) =>
        new Promise((resolve, reject) => {
          calls += 1;
          options?.signal?.addEventListener('abort', () => reject(new SnapstageError('cancelled', 'Cancelled.')));
          if (calls > 1) resolve({ bytes: 7, shared: 7, unneeded: 0, kept: 0, disk: null, snapshots: [] });
        });
      const storedFolder: EngineApi['storedFolder'] = async () => ({ path: '', stored: 0, entries: [], more: { count: 3, stored: 5 } });
      const fake = await fakeInstance({ storage, storedFolder });
      const log = vscode.window.createOutputChannel('storage test', { log: true });
      const panel = vscode.window.createWebviewPanel('snapstage.storage', '', vscode.ViewColumn.One);
      const none = async (): Promise<void> => undefined;
      const actions: StorageActions = { freeUp: none, compact: none, why: none, history: none, details: none, delete: none };
      const page = new OpenStorage(panel, fake.instance, '', actions, new Reporter(log));
      try {
        await page.answer({ type: 'ready' });
        await until('the folder', () => page.view.sections[1]?.content.state === 'ready');
        assert.equal(partNamed(page, 'folder', '3 more').bytes, 5);
        assert.equal(page.view.sections[0]?.content.state, 'reading');
        await page.answer({ type: 'cancel', section: 'snapshots' });
        await until('the end', () => page.view.sections[0]?.content.state === 'failed');
        await page.answer({ type: 'again', section: 'snapshots' });
        assert.equal(partNamed(page, 'snapshots', 'Several snapshots').bytes, 7);
      } finally {
        page.dispose();
        panel.dispose();
        log.dispose();
        await fake.forget();
      }
    });
  });

  describe('free up space', () => {
    it('deletes what was shown after two steps, and says what came back beside what was promised', async () => {
      const [, , plan, sure] = await withAnswers(['Another Amount…', '250 kB', 'Delete…', undefined], () => run('snapstage.freeUp'));
      assert.match(
        plan?.text ?? '',
        /^Delete 1 snapshot and compact the store\?\n.*\(3\d\d,\d{3} bytes\) come back\.\n\n• “the heavy one” of /,
      );
      assert.deepEqual(plan?.choices, ['Keep', 'Delete…']);
      assert.match(sure?.text ?? '', /^This can't be undone\./);
      assert.equal((await instance.engine.list()).length, 2);
      const said = await saidDuring(() =>
        withAnswers(['Another Amount…', '250 kB', 'Delete…', 'I Understand: Delete'], () => run('snapstage.freeUp')),
      );
      assert.match(said.join(), /^1 snapshot deleted\. .*\(3\d\d,\d{3} bytes\) came back; .*\(3\d\d,\d{3} bytes\) were promised\.$/);
      assert.deepEqual(
        (await instance.engine.list()).map(({ name }) => name),
        ['the light one'],
      );
    });

    it('offers round sizes and only compacts where that is enough', async () => {
      await instance.engine.delete([(await instance.engine.list())[1]?.id ?? '']);
      await instance.refresh();
      const said = await saidDuring(async () => {
        const [much, question] = await withAnswers(['100 kB', 'Compact'], () => run('snapstage.freeUp'));
        assert.ok(much?.choices.includes('50 kB') && much.choices.at(-1) === 'Another Amount…', much?.choices.join());
        assert.match(question?.text ?? '', /^Compact the store of .*\?\n.* come back\.\nNo snapshot is deleted\.$/);
      });
      assert.match(said.join(), /^Compacted\. .* came back/);
      assert.equal((await instance.engine.list()).length, 1);
    });

    it('says what can be freed where so much can not, and goes on with that', async () => {
      const { storeBytes } = await instance.engine.status({ changes: false });
      // Of the extension's own bundle, so its class is another one.
      const refused = (await instance.engine.planReclaim({ free: storeBytes * 10 }).catch((error: unknown) => error)) as SnapstageError;
      const most = Number(refused.details['most']);
      const asked: string[] = [];
      const said = await pressInWarnings(`Free Up ${formatSize(most, 'en')}…`, () =>
        withAnswers(['Another Amount…', '1 TB', 'Keep'], async (all) => {
          await run('snapstage.freeUp');
          await until('the plan', () => all.length === 3);
          asked.push(...all.map(({ text }) => text));
        }),
      );
      assert.match(said.join(), /1 TB can’t be freed: .* at most, with all 1 snapshots deleted that may be\. Nothing was changed\. Pinned/);
      assert.match(asked[2] ?? '', /^Delete 1 snapshot/);
    });

    it('compacts once more where something was at work meanwhile, and says what is left for later', async () => {
      const plan = { free: 1, bytes: 5000, compacting: 5000, snapshots: [], losesUndo: false, waitingFor: [], from: 'now' };
      let left: readonly string[] = [];
      const report = { removedObjects: 1, rewrittenBytes: 0, packsBefore: 1, packsAfter: 1 };
      const fake = await fakeInstance({
        planReclaim: async () => plan,
        reclaim: async () => ({ snapshots: [], planned: 5000, bytes: -20, waitingFor: ['a look'] }),
        compact: async () => ({ ...report, freedBytes: 5020, waitingFor: left }),
      });
      const log = vscode.window.createOutputChannel('free up test', { log: true });
      const work = new Work(log);
      const freer = new SpaceFreer({ work, reporter: new Reporter(log), unfinished: new Unfinished(undefined) });
      const free = (): Promise<readonly string[]> =>
        saidDuring(() => withAnswers(['Another Amount…', '1 kB', 'Compact'], () => freer.freeUp(fake.instance)));
      try {
        assert.deepEqual(await free(), ['Compacted. 5 kB (5,000 bytes) came back; 5 kB (5,000 bytes) were promised.']);
        left = ['somebody else'];
        assert.match((await free()).join(), /come back when other windows and programs have ended/);
      } finally {
        work.dispose();
        log.dispose();
        await fake.forget();
      }
    });

    it('shows the new plan where the snapshots have changed meanwhile', async () => {
      const window = vscode.window as unknown as { showWarningMessage: (...args: unknown[]) => unknown };
      let isFirst = true;
      const asked = await withAnswers(['Another Amount…', '250 kB', 'Delete…', 'I Understand: Delete', 'Keep'], () => {
        const { showWarningMessage } = window;
        window.showWarningMessage = async (...args: unknown[]) => {
          if (isFirst) await instance.engine.take({ force: true });
          isFirst = false;
          return showWarningMessage(...args);
        };
        return run('snapstage.freeUp');
      });
      assert.match(asked[4]?.text ?? '', /^The snapshots have changed meanwhile; this is the new plan\. Delete 1 snapshot/);
    });
  });

  describe('why is this still stored', () => {
    it('tells versions and holders, and deletes them by the usual steps', async () => {
      const snapshot = await rowsUnder('Today', 'the heavy one');
      const file = await rowWith(snapshot, 'heavy.bin');
      const escaped = await withAnswers([undefined], () => run('snapstage.whyStored', file));
      assert.equal(escaped[0]?.text, 'Why Is heavy.bin Still Stored?');
      const version = escaped[0]?.choices[0] ?? assert.fail('no version');
      assert.match(version, /^Version of /);
      const asked = await withAnswers([version, 'the heavy one', 'Delete…', 'I Understand: Delete'], () =>
        run('snapstage.whyStored', file),
      );
      assert.equal(asked[1]?.text, 'Delete Snapshots That Hold This Version of heavy.bin');
      assert.match(asked[2]?.text ?? '', /^Delete “the heavy one” of .*\?\n.*\(3\d\d,\d{3} bytes\) come back when/s);
      assert.equal((await instance.engine.list()).length, 1);
    });

    it('is asked of a file of the explorer too', async () => {
      const asked = await withAnswers([undefined], () => run('snapstage.whyStored', vscode.Uri.file(inFolder('light.bin'))));
      assert.equal(asked[0]?.choices.length, 1);
    });
  });

  describe('budget', () => {
    const budget = (text: string | undefined): Thenable<void> =>
      vscode.workspace
        .getConfiguration('snapstage', instance.folder.uri)
        .update('storage.budget', text, vscode.ConfigurationTarget.Workspace);

    afterEach(async () => {
      await budget(undefined);
      await removeFiles('.vscode/settings.json');
      await until('no warning', () => instance.state.kind === 'ready' && instance.state.status.room?.budget === null);
    });

    const warned = (): boolean => instance.state.kind === 'ready' && (instance.state.status.room?.warnings.length ?? 0) > 0;

    it('that is passed is told once, and again when it was kept meanwhile', async () => {
      const said = await saidDuring(async () => {
        await budget('100 kB');
        await until('the warning', warned);
        await run('snapstage.take');
      });
      assert.equal(said.length, 1, said.join());
      assert.match(said[0] ?? '', /: The snapshots take \d+.*kB, and their budget is 100 kB\.$/);
      const row = (await internals()).tree.getTreeItem((await rowsUnder())[0] ?? assert.fail('no row'));
      assert.ok(typeof row.tooltip === 'string');
      assert.match(row.tooltip, /their budget is 100 kB/);
      assert.deepEqual(await saidDuring(() => instance.refresh()), []);
      await budget('1 GB');
      await until('no warning', () => !warned());
      const again = await saidDuring(async () => {
        await budget('100 kB');
        await until('the warning', warned);
      }, 'Show Storage');
      assert.equal(again.length, 1);
      const page = (await internals()).storagePanels;
      await until('the page', () => page.pageOf(instance) !== undefined);
      assert.match(page.pageOf(instance)?.view.warnings.join() ?? '', /their budget is 100 kB/);
    });

    it('that is no size is none', async () => {
      const said = await saidDuring(async () => {
        await budget('plenty');
        await instance.refresh();
      });
      assert.deepEqual(said, []);
      assert.equal(warned(), false);
    });

    it('chosen for the instance holds where the setting is empty', async () => {
      await instance.engine.config({ budget: 1000 });
      try {
        const said = await saidDuring(() => instance.refresh());
        assert.match(said.join(), /their budget is 1 kB/);
      } finally {
        await instance.engine.config({ budget: null });
        await instance.refresh();
      }
    });
  });

  it('of a disk that gets full is warned of once, with what helps', async () => {
    const room = {
      disk: { free: 1e9, total: 100e9 },
      wanted: 5e9,
      budget: null,
      warnings: [{ kind: 'disk', free: 1e9, wanted: 5e9 }],
    } as const;
    const fake = await fakeInstance({ status: async () => fakeStatus({ room }) });
    const changed = new vscode.EventEmitter<WorkspaceEvent>();
    const shown: Instance[] = [];
    const log = vscode.window.createOutputChannel('room test', { log: true });
    const watch = new RoomWatch({
      workspace: { onDidChange: changed.event },
      memory: new FakeMemento(),
      reporter: new Reporter(log),
      freeUp: async () => undefined,
      showStorage: async (one) => void shown.push(one),
    });
    try {
      const said = await pressInWarnings('Show Storage', async () => {
        changed.fire({ instance: fake.instance, what: 'all' });
        changed.fire({ instance: fake.instance, what: 'all' });
        await until('the page', () => shown.length > 0);
      });
      assert.deepEqual(said, ['folder: Only 1 GB are free on the disk; the next snapshots may need 5 GB.']);
      assert.deepEqual(shown, [fake.instance]);
    } finally {
      watch.dispose();
      changed.dispose();
      log.dispose();
      await fake.forget();
    }
  });
});
