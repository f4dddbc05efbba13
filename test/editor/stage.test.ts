/** The Stage through its view's rows, commands and drops, with the real engine. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import * as vscode from 'vscode';
import { Reporter } from '../../src/editor/reporter.ts';
import { decodeObjects, encodeObjects, objectsType } from '../../src/editor/stage/objects.ts';
import { SnapstageError } from '../../src/base/errors.ts';
import { pageSize } from '../../src/editor/paging.ts';
import { ObjectDrag } from '../../src/editor/stage/objectDrag.ts';
import { StageTree } from '../../src/editor/stage/stageTree.ts';
import { FileDrop } from '../../src/editor/transfer/fileDrop.ts';
import { fakeInstance } from './fakeEngine.ts';
import { StageDrop } from '../../src/editor/stage/stageDrop.ts';
import { StageEditor } from '../../src/editor/stage/stageEditor.ts';
import type { SnapshotsNode } from '../../src/editor/snapshots/nodes.ts';
import type { StageNode } from '../../src/editor/stage/stageNodes.ts';
import { Work } from '../../src/editor/work.ts';
import type { ObjectRequest, Stage, StagedObject } from '../../src/engine/stageApi.ts';
import { withAnswers } from './answers.ts';
import { folder, forgetSnapshots, inFolder, internals, removeFiles, rowAt, theInstance, until } from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const uri = (path: string): vscode.Uri => vscode.Uri.file(inFolder(path));
const now = (path: string): ObjectRequest => ({ type: 'path', state: 'current', path });

/** While it runs, what toasts of these kinds say comes here; they are not shown. */
async function toldIn(
  kind: 'showInformationMessage' | 'showErrorMessage' | 'showWarningMessage',
  work: () => PromiseLike<unknown>,
): Promise<string> {
  const window = vscode.window as unknown as Record<typeof kind, (...args: unknown[]) => unknown>;
  const real = window[kind];
  const said: string[] = [];
  window[kind] = async (...args: unknown[]) => void said.push(String(args[0]));
  try {
    await work();
  } finally {
    window[kind] = real;
  }
  return said.join('\n');
}

describe('the Stage', () => {
  beforeEach(async () => {
    mkdirSync(inFolder('hw1'), { recursive: true });
    writeFileSync(inFolder('hw1/task.md'), 'task\n');
    writeFileSync(inFolder('hw1/answer.md'), 'answer\n');
    const db = new DatabaseSync(inFolder('shop.db'));
    db.exec('CREATE TABLE people (id INTEGER PRIMARY KEY); CREATE VIEW old AS SELECT 1;');
    db.close();
    await withAnswers(['Week 1 ready', ''], () => run('snapstage.takeDescribed'));
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    const { engine } = await theInstance();
    const { objects, unreadable } = await engine.stage();
    await engine.removeFromStage([...objects, ...unreadable].map(({ id }) => id));
    const bundles = await engine.bundles();
    await engine.deleteBundles([...bundles.bundles.map(({ name }) => name), ...bundles.unreadable.map(({ id }) => id)]);
    await removeFiles('hw1', 'shop.db', '.snapstageignore');
    await forgetSnapshots();
  });

  const rows = async (): Promise<StageNode[]> => (await internals()).stageTree.getChildren();
  const staged = async (): Promise<StageNode[]> => (await rows()).filter(({ type }) => type === 'staged' || type === 'unreadable');

  /** Label and description of the rows. */
  async function texts(): Promise<readonly string[]> {
    const { stageTree } = await internals();
    return (await rows()).map((node) => {
      const { label, description } = stageTree.getTreeItem(node);
      return [label, description].filter((text) => typeof text === 'string').join(' | ');
    });
  }

  async function stagedRow(label: string): Promise<StageNode> {
    const { stageTree } = await internals();
    return (await rows()).find((node) => stageTree.getTreeItem(node).label === label) ?? assert.fail(`no row ${label}`);
  }

  it('says what to do while it is empty, and has no badge', async () => {
    assert.deepEqual(await texts(), ['Drop files, tables, snapshots here', 'or choose “Add to Stage” in a menu']);
    const { stageTree, stageView } = await internals();
    const [hint] = (await rows()).map((node) => stageTree.getTreeItem(node));
    assert.match(hint?.tooltip as string, /What is on the Stage is what will be distributed\./);
    assert.equal(hint?.collapsibleState, vscode.TreeItemCollapsibleState.None);
    assert.equal(stageView.badge, undefined);
  });

  it('takes files of the explorer, several at once', async () => {
    const files = [uri('hw1/task.md'), uri('hw1')];
    await run('snapstage.stage', files[0], files);
    assert.deepEqual(await texts(), ['hw1 | from current state', 'task.md | hw1 · from current state']);
    const { stageTree, stageView } = await internals();
    assert.deepEqual(stageView.badge, { value: 2, tooltip: '2 objects on the Stage' });
    const { accessibilityInformation, contextValue, command, tooltip } = stageTree.getTreeItem(await stagedRow('task.md'));
    assert.match(
      accessibilityInformation?.label ?? '',
      /^task\.md, file, in hw1, from current state, hw1 from current state is on the Stage too and holds it; /,
    );
    assert.deepEqual([contextValue, command?.command], ['staged file', 'snapstage.openStaged']);
    assert.match(
      tooltip as string,
      /^hw1\/task\.md · file · 5 bytes\n\nFrom the current state\.\n\nStrategy: as chosen for the distribution\./,
    );
  });

  it('takes rows of every kind, and tells what is replaced', async () => {
    const inSnapshot = (...labels: string[]): Promise<SnapshotsNode> => rowAt('Today', 'Week 1 ready', ...labels);
    await run('snapstage.stage', await inSnapshot('hw1'));
    const several = [await inSnapshot('hw1', 'task.md'), await inSnapshot('Tables', 'shop.db', 'people')];
    await run('snapstage.stage', several[0], several);
    await run('snapstage.stage', await rowAt('Today', 'Week 1 ready'));
    await run('snapstage.stage', await rowAt('Current state', 'Applications', 'Editor'));
    assert.deepEqual((await texts()).toSorted(), [
      'Editor | from current state',
      'Everything | from “Week 1 ready”',
      'hw1 | from “Week 1 ready”',
      'people | shop.db · from “Week 1 ready”',
      'task.md | hw1 · from “Week 1 ready”',
    ]);
    const said = await toldIn('showInformationMessage', () => run('snapstage.stage', uri('hw1/task.md')));
    assert.match(said, /^hw1\/task\.md is on the Stage from the current state now, no more from “Week 1 ready” of .*\.$/);
    assert.equal(await toldIn('showInformationMessage', () => run('snapstage.stage', uri('hw1/task.md'))), '');
  });

  it('takes the active editor’s file, and says so where there is nothing to take', async () => {
    await vscode.window.showTextDocument(uri('hw1/answer.md'));
    await run('snapstage.stage');
    assert.deepEqual(await texts(), ['answer.md | hw1 · from current state']);
    await run('workbench.action.closeAllEditors');
    assert.match(await toldIn('showErrorMessage', () => run('snapstage.stage')), /Choose something in the Snapshots view/);
    assert.match(await toldIn('showErrorMessage', () => run('snapstage.unstage')), /Select something in the Stage view first/);
    assert.match(await toldIn('showErrorMessage', () => run('snapstage.setStrategy')), /Select something in the Stage view first/);
  });

  it('refuses what no snapshot has, and stages nothing of it then', async () => {
    writeFileSync(inFolder('.snapstageignore'), 'answer.md\n');
    const files = [uri('hw1/task.md'), uri('hw1/answer.md'), uri('hw1/none.md')];
    const said = await toldIn('showErrorMessage', () => run('snapstage.stage', files[0], files));
    assert.match(
      said,
      /“hw1\/answer\.md” can’t be staged: snapshots leave it out: named by \.snapstageignore\. And 1 more can’t be staged\. Nothing was\./,
    );
    assert.equal((await staged()).length, 0);
    const view = await rowAt('Current state', 'Tables', 'shop.db', 'old');
    assert.match(await toldIn('showErrorMessage', () => run('snapstage.stage', view)), /“old” can’t be staged alone: /);
  });

  it('gives several one strategy, lets go of several, and asks before it is cleared', async () => {
    await run('snapstage.stage', uri('hw1'), [uri('hw1'), uri('hw1/task.md'), uri('shop.db')]);
    const [first, second, third] = await rows();
    const asked = await withAnswers(['Mirror'], () => run('snapstage.setStrategy', first, [first, second]));
    assert.deepEqual(asked[0], {
      text: 'Strategy of 2 objects',
      choices: ['As the Distribution', 'Overwrite', 'Skip', 'Rename', 'Mirror', 'Ask'],
    });
    assert.deepEqual(await texts(), [
      'hw1 | from current state · strategy mirror',
      'task.md | hw1 · from current state · strategy mirror',
      'shop.db | from current state',
    ]);
    await withAnswers(['As the Distribution'], () => run('snapstage.setStrategy', first));
    await run('snapstage.unstage', second, [second, third]);
    assert.deepEqual(await texts(), ['hw1 | from current state']);
    await withAnswers(['Keep'], () => run('snapstage.clearStage'));
    assert.equal((await staged()).length, 1);
    const question = await withAnswers(['Clear the Stage'], () => run('snapstage.clearStage'));
    assert.match(question[0]?.text ?? '', /^Take 1 object off the Stage of .*\?\nNothing happens to the files themselves\./);
    assert.equal((await staged()).length, 0);
    assert.ok(existsSync(inFolder('hw1/task.md')));
    assert.match(await toldIn('showErrorMessage', () => run('snapstage.clearStage')), /The Stage of .* is empty\./);
  });

  it('is kept as bundles, which are used, replaced and deleted', async () => {
    assert.match(await toldIn('showErrorMessage', () => run('snapstage.saveBundle')), /is empty/);
    assert.match(await toldIn('showErrorMessage', () => run('snapstage.useBundle')), /There is no bundle yet/);
    await run('snapstage.stage', uri('hw1/task.md'), [uri('hw1/task.md'), uri('hw1/answer.md')]);
    await withAnswers([' Week $(x) '], () => run('snapstage.saveBundle'));
    await withAnswers([undefined], () => run('snapstage.saveBundle'));
    await withAnswers(['Week $(x)', 'Keep'], () => run('snapstage.saveBundle'));
    const asked = await withAnswers(['Week $(x)', 'Replace'], () => run('snapstage.saveBundle'));
    assert.match(asked[1]?.text ?? '', /^Replace the bundle “Week \$\(x\)”\?\nIt holds 2 objects, saved /);
    await withAnswers(['Clear the Stage'], () => run('snapstage.clearStage'));
    rmSync(inFolder('hw1/answer.md'));
    const label = String.raw`Week \$(x)`;
    const missing = await toldIn('showWarningMessage', async () => {
      const { engine } = await theInstance();
      assert.equal((await engine.bundles()).bundles[0]?.name, 'Week $(x)');
      await withAnswers([label], () => run('snapstage.useBundle'));
    });
    assert.match(missing, /Of the bundle “Week \$\(x\)” this is not there any more: hw1\/answer\.md\./);
    assert.deepEqual(await texts(), ['task.md | hw1 · from current state']);
    const deleted = await withAnswers([label, 'Delete'], () => run('snapstage.deleteBundles'));
    assert.match(deleted[1]?.text ?? '', /^Delete the bundle /);
    assert.deepEqual((await (await theInstance()).engine.bundles()).bundles, []);
  });

  it('shows what has gone, what is damaged, and what other programs do', async () => {
    await run('snapstage.stage', uri('hw1/task.md'), [uri('hw1/task.md'), uri('hw1/answer.md')]);
    rmSync(inFolder('hw1/answer.md'));
    const [name] = readdirSync(inFolder('.snapstage/stage')).filter((one) => /^[0-9a-f]{32}$/.test(one));
    const { stages, stageTree } = await internals();
    await stages.refresh(await theInstance());
    assert.ok((await texts()).includes('answer.md | hw1 · it is not there any more · from current state'));
    assert.match(
      await toldIn('showErrorMessage', async () => run('snapstage.openStaged', await stagedRow('answer.md'))),
      /hw1\/answer\.md can't be shown: it is not there any more\./,
    );
    writeFileSync(inFolder(`.snapstage/stage/${name}`), 'forged');
    await until('the damage is seen', async () => (await texts()).includes('Unreadable object | its record is damaged'));
    const damaged = await stagedRow('Unreadable object');
    assert.equal(stageTree.getTreeItem(damaged).contextValue, 'staged unreadable');
    await run('snapstage.unstage', damaged);
    assert.equal((await staged()).length, 1);
    const other = (await theInstance()).engine;
    await other.addToStage({ objects: [now('shop.db')] });
    await until('it is there', async () => (await texts()).includes('shop.db | from current state'));
  });

  it('shows what is staged in the state that it is from', async () => {
    const open = async (label: string): Promise<void> => void (await run('snapstage.openStaged', await stagedRow(label)));
    const shown = (): string => vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '';
    await run('snapstage.stage', await rowAt('Today', 'Week 1 ready', 'hw1', 'task.md'));
    await run('snapstage.stage', await rowAt('Today', 'Week 1 ready', 'Tables', 'shop.db', 'people'));
    await run('snapstage.stage', uri('hw1/answer.md'));
    await open('task.md');
    await until('the snapshot’s file', () => vscode.window.activeTextEditor?.document.uri.scheme === 'snapstage');
    await open('people');
    await until('the table', () => shown().startsWith('people'));
    await open('answer.md');
    await until('the file now', () => vscode.window.activeTextEditor?.document.uri.toString() === uri('hw1/answer.md').toString());
  });

  it('keeps a snapshot from being deleted, and says why', async () => {
    const row = await rowAt('Today', 'Week 1 ready');
    await run('snapstage.stage', row);
    const said = await toldIn('showErrorMessage', () => run('snapstage.delete', row));
    assert.match(said, /something of it is on the Stage/);
  });

  it('shows thousands page by page, one Stage below each folder, and one that can’t be read with the reason', async () => {
    const fakes = await Promise.all([fakeInstance({}), fakeInstance({})]);
    const [one, other] = fakes.map(({ instance }) => instance);
    assert.ok(one && other);
    const objects = Array.from({ length: 600 }, (_, i): StagedObject => ({
      id: `${i}`.padStart(32, '0'),
      type: 'file',
      state: 'current',
      snapshot: null,
      path: `file\u202e ${i}`,
      table: null,
      application: null,
      strategy: null,
      added: '2026-11-21T10:00:00.000Z',
      size: 1,
      within: null,
      problem: null,
    }));
    const broken = new SnapstageError('io', "EACCES: permission denied, scandir '/x/stage'");
    const told = new Map<unknown, Stage | SnapstageError>([
      [one, { objects, unreadable: [] }],
      [other, broken],
    ]);
    const changed = new vscode.EventEmitter<void>();
    const tree = new StageTree({ instances: [one, other] }, { of: (instance) => told.get(instance), onDidChange: changed.event });
    try {
      assert.equal(tree.count, 600);
      const folders = tree.getChildren();
      assert.deepEqual(
        folders.map((node) => tree.getTreeItem(node).description),
        ['600 objects', 'nothing staged'],
      );
      const page = tree.getChildren(folders[0]);
      assert.equal(page.length, pageSize + 1);
      assert.equal(tree.getTreeItem(page[0]!).label, 'file\ufffd 0');
      const rest = tree.getChildren(page.at(-1));
      assert.equal(tree.getTreeItem(page.at(-1)!).label, '350 more');
      assert.equal(rest.length, pageSize + 1);
      const [failed] = tree.getChildren(folders[1]);
      assert.match(tree.getTreeItem(failed!).label as string, /\/x\/stage can’t be used/);
      assert.equal(tree.getTreeItem(failed!).command?.command, 'snapstage.showLog');
    } finally {
      tree.dispose();
      changed.dispose();
      await Promise.all(fakes.map(({ forget }) => forget()));
    }
  });

  it('lets rows be dragged, and does nothing with them where they come from', async () => {
    const transfer = new vscode.DataTransfer();
    new ObjectDrag<SnapshotsNode>().handleDrag([await rowAt('Today', 'Week 1 ready', 'hw1')], transfer);
    assert.match((await transfer.get(objectsType)?.asString()) ?? '', /"path":"hw1"/);
    transfer.set('text/uri-list', new vscode.DataTransferItem('snapstage-row:/x/hw1'));
    const log = vscode.window.createOutputChannel('Snapstage drags', { log: true });
    const said = await toldIn('showErrorMessage', () => new FileDrop(new Reporter(log)).handleDrop(undefined, transfer));
    log.dispose();
    assert.equal(said, '');
  });

  describe('takes drops', () => {
    async function drop(...items: readonly (readonly [type: string, text: string])[]): Promise<string> {
      const { workspace, stages } = await internals();
      const log = vscode.window.createOutputChannel('Snapstage drops', { log: true });
      const reporter = new Reporter(log);
      const work = new Work(log);
      const target = new StageDrop(workspace, new StageEditor(stages, work, reporter), reporter);
      const transfer = new vscode.DataTransfer();
      for (const [type, text] of items) transfer.set(type, new vscode.DataTransferItem(text));
      const said = await toldIn('showErrorMessage', () => target.handleDrop(undefined, transfer));
      log.dispose();
      work.dispose();
      return said;
    }

    it('of files, and refuses those of elsewhere with a sentence', async () => {
      const outside = vscode.Uri.file('/elsewhere/secret.txt');
      const said = await drop(['text/uri-list', [uri('hw1/task.md'), outside, uri('hw1')].map(String).join('\r\n')]);
      assert.match(said, /Only what lies in a folder of this window can be staged, unlike .*secret\.txt\./);
      assert.deepEqual(await texts(), ['hw1 | from current state', 'task.md | hw1 · from current state']);
      const own = ['application/vnd.code.tree.snapstage.stage', '{}'] as const;
      assert.equal(await drop(['text/uri-list', 'snapstage-row:/x/hw1'], own), '', 'nothing happens to its own rows');
      assert.match(await drop(['text/plain', 'words']), /This can't be staged: drop files and folders of this window/);
    });

    it('of a snapshot’s file by its URI', async () => {
      const [snapshot] = await (await theInstance()).engine.list();
      await drop(['text/uri-list', uri('hw1/task.md').with({ scheme: 'snapstage', authority: snapshot!.id }).toString()]);
      assert.deepEqual(await texts(), ['task.md | hw1 · from “Week 1 ready”']);
    });

    it('of rows of our views', async () => {
      const [entry, table] = [
        await rowAt('Today', 'Week 1 ready', 'hw1'),
        await rowAt('Today', 'Week 1 ready', 'Tables', 'shop.db', 'people'),
      ];
      const tables = await rowAt('Today', 'Week 1 ready', 'Tables');
      assert.equal(await drop([objectsType, encodeObjects([entry, table, tables])]), '');
      assert.deepEqual(await texts(), ['hw1 | from “Week 1 ready”', 'people | shop.db · from “Week 1 ready”']);
      assert.match(await drop([objectsType, encodeObjects([tables])]), /This can't be staged/);
    });

    it('but of nothing that makes no sense', async () => {
      const { workspace } = await internals();
      const here = folder().uri.toString();
      const good = [here, now('a')];
      const forged = [
        [here, { type: 'path', state: 'current' }],
        [here, { type: 'everything', state: 'current' }],
        [here, { type: 'toString', state: 'current' }],
        ['file:///elsewhere', now('a')],
        [here, null],
        here,
        good,
      ];
      assert.deepEqual(
        decodeObjects(JSON.stringify(forged), workspace.instances).map(({ request }) => request),
        [now('a')],
      );
      assert.deepEqual(decodeObjects('{', workspace.instances), []);
      assert.deepEqual(decodeObjects('{"a":1}', workspace.instances), []);
    });
  });
});
