/** What can be done with snapshots beside the main job: comparing, copying out, filtering, looking closer, checking. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { withAnswers } from './answers.ts';
import { withCommand } from './commands.ts';
import {
  editorOn,
  forgetSnapshots,
  inFolder,
  insert,
  internals,
  removeFiles,
  rowAt,
  rowsUnder,
  rowWith,
  texts,
  theInstance,
  until,
} from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const activeText = (): string => vscode.window.activeTextEditor?.document.getText() ?? assert.fail('no text is open');

describe('with snapshots one can also', () => {
  let outside: string;

  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'snapstage-outside-'));
    await mkdir(inFolder('work/deep'), { recursive: true });
    await writeFile(inFolder('work/deep/notes.txt'), 'one\n');
    await writeFile(inFolder('work/blob.bin'), Buffer.from([0, 1, 2, 3]));
    await withAnswers(['week one', 'as handed out'], () => run('snapstage.takeDescribed'));
    await writeFile(inFolder('work/deep/notes.txt'), 'two\n');
    await writeFile(inFolder('work/blob.bin'), Buffer.from([0, 1, 2, 4]));
    await writeFile(inFolder('work/later.txt'), 'later\n');
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    await run('snapstage.closeComparison');
    await run('snapstage.clearFilter');
    await removeFiles('work');
    await rm(outside, { recursive: true });
    await forgetSnapshots();
  });

  const weekOne = () => rowAt('Today', 'week one');

  async function comparisonRows(): Promise<readonly string[]> {
    const { comparison } = await internals();
    const rows: string[] = [];
    const visit = async (node?: Parameters<typeof comparison.getChildren>[0]): Promise<void> => {
      for (const child of await comparison.getChildren(node)) {
        const { label, description } = comparison.getTreeItem(child);
        assert.ok(typeof label === 'string');
        rows.push(typeof description === 'string' && description !== '' ? `${label} | ${description}` : label);
        await visit(child);
      }
    };
    await visit();
    return rows;
  }

  it('compare two states, as a tree by folder', async () => {
    await withAnswers(['Current State'], async () => run('snapstage.compareStates', await weekOne()));
    assert.deepEqual(await comparisonRows(), ['work | 3', 'deep | 1', 'notes.txt', 'blob.bin', 'later.txt']);

    await run('snapstage.take');
    const rows = await rowsUnder('Today');
    assert.equal(rows.length, 2);
    await rm(inFolder('work/later.txt'));
    await run('snapstage.compareStates', rows[0], rows);
    assert.deepEqual(await comparisonRows(), ['work | 3', 'deep | 1', 'notes.txt', 'blob.bin', 'later.txt'], 'from the older to the newer');
    const { comparison } = await internals();
    assert.deepEqual(comparison.changes.map(({ change }) => change).sort(), ['added', 'changed', 'changed']);
    await run('snapstage.swapComparison');
    assert.deepEqual(comparison.changes.map(({ change }) => change).sort(), ['changed', 'changed', 'removed']);
    const [work] = await comparison.getChildren();
    const [deep] = await comparison.getChildren(work);
    const [change] = await comparison.getChildren(deep);
    await run('snapstage.compare', change);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.deepEqual([input.original.scheme, input.modified.scheme], ['snapstage', 'snapstage']);
    await run('snapstage.closeComparison');
    assert.deepEqual(await comparisonRows(), []);
  });

  it('follow the changes since the last snapshot, and open all texts at once', async () => {
    await run('snapstage.showChanges');
    assert.deepEqual(await comparisonRows(), ['work | 3', 'deep | 1', 'notes.txt', 'blob.bin', 'later.txt']);
    await withCommand(
      'vscode.changes',
      (title, sides) => {
        assert.equal(title, 'week one ↔ Current State');
        const names = (sides as readonly (readonly vscode.Uri[])[]).map(([real]) => real?.path.split('/').at(-1));
        assert.deepEqual(names, ['notes.txt', 'later.txt'], 'texts only');
        const sidesOf = (sides as readonly (readonly (vscode.Uri | undefined)[])[]).map(([, left, right]) => [left?.scheme, right?.scheme]);
        assert.deepEqual(sidesOf, [
          ['snapstage', 'file'],
          [undefined, 'file'],
        ]);
      },
      () => run('snapstage.openAllChanges'),
    );
    await rm(inFolder('work/later.txt'));
    await (await theInstance()).refreshChanges();
    await until('the view follows', async () => !(await comparisonRows()).includes('later.txt'));
  });

  it('see a comparison of many files with its folders closed', async () => {
    for (let at = 0; at <= 250; at++) await writeFile(inFolder(`work/deep/${at}.txt`), '');
    await run('snapstage.showChanges');
    const { comparison } = await internals();
    const [work] = await comparison.getChildren();
    assert.equal(comparison.getTreeItem(work!).collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
    const [deep] = await comparison.getChildren(work);
    assert.equal((await comparison.getChildren(deep)).at(-1)?.type, 'more');
  });

  it('see the facts of what no editor shows', async () => {
    await (await theInstance()).refreshChanges();
    await run('snapstage.compare', await rowAt('Current state', 'blob.bin'));
    assert.match(
      activeText(),
      /^work\/blob\.bin\n[^]*week one\n {4}file, 4 bytes\n[^]*content [0-9a-f]{64}[^]*Current State\n {4}file, 4 bytes/,
    );
  });

  it('restore beside, and elsewhere', async () => {
    const { tree } = await internals();
    const work = await rowWith(await tree.getChildren(await weekOne()), 'work');
    const notes = await rowWith(await tree.getChildren(await rowWith(await tree.getChildren(work), 'deep')), 'notes.txt');
    const asked = await withAnswers(['Restore'], () => run('snapstage.restoreBeside', notes));
    assert.match(asked[0]?.text ?? '', /Restores work\/deep\/notes\.txt from “week one” of .*, beside what is there now\./);
    assert.equal((await readFile(inFolder('work/deep/notes.txt'))).toString(), 'two\n');
    const beside = (await vscode.workspace.fs.readDirectory(vscode.Uri.file(inFolder('work/deep')))).map(([name]) => name);
    assert.equal(beside.length, 2, beside.join());

    await withAnswers([outside], () => run('snapstage.restoreTo', notes));
    assert.equal((await readFile(join(outside, 'work', 'deep', 'notes.txt'))).toString(), 'one\n');
    await withAnswers([outside, 'all of it'], async () => run('snapstage.restoreTo', await weekOne()));
    assert.equal((await readFile(join(outside, 'all of it', 'work', 'deep', 'notes.txt'))).toString(), 'one\n');
    assert.ok(!existsSync(join(outside, 'all of it', '.snapstage')));
    await withAnswers([undefined], async () => run('snapstage.restoreTo', await weekOne()));

    const copy = join(outside, 'copy.txt');
    await withAnswers([copy], () => run('snapstage.saveAs', notes));
    assert.equal((await readFile(copy)).toString(), 'one\n');
    assert.equal((await vscode.workspace.fs.readDirectory(vscode.Uri.file(outside))).length, 3, 'nothing is left over');
  });

  it('make a new instance', async () => {
    await withAnswers(['Independent', outside, 'theirs'], async () => run('snapstage.clone', await weekOne()));
    assert.ok(existsSync(join(outside, 'theirs', '.snapstage', 'format')));
    assert.equal((await readFile(join(outside, 'theirs', 'work', 'deep', 'notes.txt'))).toString(), 'one\n');
    await withAnswers([undefined], async () => run('snapstage.clone', await weekOne()));
  });

  it('make a linked instance, which the snapshot is kept for until it is forgotten', async () => {
    const linked = join(outside, 'linked');
    await withAnswers(['Linked', outside, 'linked'], async () => run('snapstage.clone', await weekOne()));
    assert.equal((await readFile(join(linked, 'work', 'deep', 'notes.txt'))).toString(), 'one\n');
    assert.equal((await readdir(join(linked, '.snapstage', 'packs'))).length, 0);
    const [refused] = await withAnswers([undefined], async () => run('snapstage.delete', await weekOne())).catch(() => []);
    assert.equal(refused, undefined, 'nobody is asked');
    assert.equal((await rowsUnder('Today')).length, 1);
    const [links] = await withAnswers([undefined], () => run('snapstage.links'));
    assert.deepEqual(links?.choices, ['$(link) linked']);
    await rm(linked, { recursive: true });
    const [, forgetting] = await withAnswers(['$(link) linked', 'Forget'], () => run('snapstage.links'));
    assert.match(forgetting?.text ?? '', /^Forget the linked instance that was in .*linked\?\nNothing is kept for it any more/);
    await withAnswers([], () => run('snapstage.links'));
    await withAnswers([], () => run('snapstage.detach'));
  });

  it('filter by kind and by text', async () => {
    await run('snapstage.take');
    const { tree } = await internals();
    assert.equal((await rowsUnder('Today')).length, 2);
    tree.filter = { text: 'HANDED', kinds: [], marks: [] };
    assert.match((await texts(await rowsUnder('Today'))).join(), /^week one \| [^,]*as handed out$/);
    tree.filter = { text: '', kinds: ['quick'], marks: [] };
    assert.match((await texts(await rowsUnder('Today'))).join(), /quick/);
    tree.filter = { text: 'nothing has this', kinds: [], marks: [] };
    assert.equal((await rowsUnder()).length, 1, 'the current state is always there');
    await run('snapstage.clearFilter');
    assert.equal((await rowsUnder('Today')).length, 2);
    const filter = run('snapstage.filter');
    await run('workbench.action.closeQuickOpen');
    await filter;
    assert.equal((await rowsUnder('Today')).length, 2, 'escape changes nothing');
  });

  it('see all that is known of one', async () => {
    await run('snapstage.showDetails', await weekOne());
    await until('the weight is known', () => /Holds alone: +\d/.test(activeText()));
    assert.match(activeText(), /^week one\nas handed out\n\nTaken: /);
    assert.match(activeText(), /\nLeft out\n {4}nothing but the store itself\n/);
    assert.match(activeText(), /\nIn it \(\d+\)\n[^]* {4}work\/\n/);
    await withAnswers(['week 1'], async () => run('snapstage.rename', await weekOne()));
    await until('the new name', () => activeText().startsWith('week 1\n'));
  });

  it('pin and delete several at once', async () => {
    await run('snapstage.take');
    const rows = await rowsUnder('Today');
    await run('snapstage.pin', rows[0], rows);
    assert.equal((await texts(await rowsUnder('Today'))).filter((text) => text.includes('pinned')).length, 2);
    await run('snapstage.unpin', rows[0], rows);
    assert.ok((await texts(await rowsUnder('Today'))).every((text) => !text.includes('pinned')));
  });

  it('verify and compact', async () => {
    await withAnswers(['Structure and Content'], () => run('snapstage.verify'));
    await withAnswers([undefined], () => run('snapstage.verify'));
    await run('snapstage.compact');
    assert.equal((await rowsUnder('Today')).length, 1);
  });

  it('are told what the current state is compared with after a restore', async () => {
    const current = async (): Promise<string> => {
      await (await theInstance()).refreshChanges();
      return (await texts(await rowsUnder()))[0] ?? '';
    };
    assert.match(await current(), /^Current state \| 2 changed, 1 new since \d/);
    await withAnswers(['Restore'], async () => run('snapstage.restore', await weekOne()));
    assert.match(await current(), /^Current state \| no changes since “week one” of .* was restored$/);
    await withAnswers(['Undo Restore'], () => run('snapstage.undoRestore'));
    assert.match(await current(), /^Current state \| 2 changed, 1 new since \d/);
  });

  it('decide what happens to unsaved editors when one is taken', async () => {
    const stored = async (): Promise<string> => {
      const instance = await theInstance();
      const [latest] = instance.state.kind === 'ready' ? instance.state.snapshots : [];
      return Buffer.from(await instance.engine.read({ state: latest?.id ?? '', path: 'work/deep/notes.txt' })).toString();
    };
    const editor = await editorOn('work/deep/notes.txt');
    const { document } = editor;
    await insert(editor, 'unsaved ');
    await withAnswers([undefined], () => run('snapstage.take'));
    assert.equal((await rowsUnder('Today')).length, 1, 'none is taken');
    await withAnswers(['Take as on Disk'], () => run('snapstage.take'));
    assert.equal(await stored(), 'two\n');
    assert.equal(document.isDirty, true);
    await withAnswers(['Save All'], () => run('snapstage.take'));
    assert.equal(await stored(), 'unsaved two\n');
    await insert(editor, 'now ');
    await withAnswers(
      ['Save All'],
      () => run('snapstage.take'),
      // As auto save does.
      () => document.save(),
    );
    assert.equal(await stored(), 'now unsaved two\n');
    const configuration = vscode.workspace.getConfiguration('snapstage');
    await insert(editor, 'still ');
    await configuration.update('unsavedEditors', 'save', vscode.ConfigurationTarget.Global);
    try {
      await withAnswers([], () => run('snapstage.take'));
      assert.equal(await stored(), 'still now unsaved two\n');
    } finally {
      await configuration.update('unsavedEditors', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('work on files of the explorer, several at once', async () => {
    const uris = ['work/deep/notes.txt', 'work/blob.bin'].map((path) => vscode.Uri.file(inFolder(path)));
    await withAnswers(['week one', 'Restore'], () => run('snapstage.restoreEntry', uris[0], uris));
    assert.equal((await readFile(inFolder('work/deep/notes.txt'))).toString(), 'one\n');
    assert.deepEqual([...(await readFile(inFolder('work/blob.bin')))], [0, 1, 2, 3]);
    assert.equal((await readFile(inFolder('work/later.txt'))).toString(), 'later\n');
    await writeFile(inFolder('work/deep/notes.txt'), 'three\n');
    await withAnswers(['week one'], () => run('snapstage.compareWithSnapshot', uris[0], [uris[0]]));
    assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
  });

  it('see what another program changes in the folder', async () => {
    await (await theInstance()).refreshChanges();
    await writeFile(inFolder('work/more.txt'), 'more\n');
    await until('the row is there', async () =>
      (await texts(await rowsUnder('Current state'))).some((text) => text.startsWith('more.txt')),
    );
  });
});
