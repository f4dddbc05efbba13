/** Restores through commands, on real files with the real engine. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { pressInWarnings, withAnswers } from './answers.ts';
import {
  editorOn,
  forgetSnapshots,
  inFolder,
  insert,
  internals,
  labelOf,
  removeFiles,
  rowAt,
  rowsUnder,
  rowWith,
  theInstance,
  until,
} from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const content = async (path: string): Promise<string> => (await readFile(inFolder(path))).toString();

describe('restore', () => {
  beforeEach(async () => {
    await mkdir(inFolder('sub'));
    await writeFile(inFolder('notes.txt'), 'one\n');
    await writeFile(inFolder('sub/inner.txt'), 'inner\n');
    await run('snapstage.take');
    await writeFile(inFolder('notes.txt'), 'two\n');
    await writeFile(inFolder('later.txt'), 'later\n');
    await rm(inFolder('sub'), { recursive: true });
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    await removeFiles('notes.txt', 'later.txt', 'sub');
    await forgetSnapshots();
  });

  const theSnapshot = async () => (await rowsUnder('Today')).at(-1) ?? assert.fail('no snapshot');

  it('of the whole folder says what it will do, does it, and can be undone', async () => {
    const asked = await withAnswers(['Restore'], async () => run('snapstage.restore', await theSnapshot()));
    assert.match(
      asked[0]?.text ?? '',
      /^Replace 1 file, bring back 1, delete 1 that came later\. The state now is kept as a snapshot first\.\nRestores the folder sample-course to the snapshot of /,
    );
    assert.deepEqual(asked[0]?.choices, ['Show Details', 'Restore'], 'where it deletes, the harmless button comes first');
    assert.equal(await content('notes.txt'), 'one\n');
    assert.equal(await content('sub/inner.txt'), 'inner\n');
    assert.ok(!existsSync(inFolder('later.txt')));
    assert.equal((await rowsUnder('Today')).length, 2, 'the state before is kept');

    const undo = await withAnswers(['Undo Restore'], () => run('snapstage.undoRestore'));
    assert.match(undo[0]?.text ?? '', /Undoes the last restore in sample-course/);
    assert.equal(await content('notes.txt'), 'two\n');
    assert.equal(await content('later.txt'), 'later\n');
    assert.ok(!existsSync(inFolder('sub')));
  });

  it('changes nothing when it is not wanted', async () => {
    await withAnswers([undefined], async () => run('snapstage.restore', await theSnapshot()));
    assert.equal(await content('notes.txt'), 'two\n');
    assert.equal((await rowsUnder('Today')).length, 1);
  });

  it('of a file or a folder touches nothing else', async () => {
    await (await theInstance()).refreshChanges();
    await withAnswers(['Restore'], async () => run('snapstage.restoreEntry', await rowAt('Current state', 'notes.txt')));
    assert.equal(await content('notes.txt'), 'one\n');
    assert.equal(await content('later.txt'), 'later\n');
    assert.ok(!existsSync(inFolder('sub')));

    const { tree } = await internals();
    const inside = await tree.getChildren(await theSnapshot());
    const folder = await rowWith(inside, 'sub');
    await withAnswers(['Restore'], () => run('snapstage.restoreEntry', folder));
    assert.equal(await content('sub/inner.txt'), 'inner\n');
    assert.equal(await content('later.txt'), 'later\n');
  });

  it('says when there is nothing to do', async () => {
    await removeFiles('later.txt');
    await writeFile(inFolder('notes.txt'), 'one\n');
    await mkdir(inFolder('sub'));
    await writeFile(inFolder('sub/inner.txt'), 'inner\n');
    await run('snapstage.take');
    await withAnswers([], async () => run('snapstage.restore', (await rowsUnder('Today'))[0]));
    assert.equal((await rowsUnder('Today')).length, 2, 'no further snapshot');
  });

  it('names unsaved editors and saves them into the snapshot of the state before', async () => {
    const editor = await editorOn('notes.txt');
    const { document } = editor;
    await insert(editor, 'unsaved ');
    const asked = await withAnswers(['Restore'], async () => run('snapstage.restore', await theSnapshot()));
    assert.match(asked[0]?.text ?? '', /Unsaved changes are saved first: notes\.txt\./);
    assert.equal(document.isDirty, false);
    assert.equal(await content('notes.txt'), 'one\n');
    const [before] = await rowsUnder('Today');
    assert.ok(before?.type === 'snapshot');
    const kept = await before.instance.engine.read({ state: before.snapshot.id, path: 'notes.txt' });
    assert.equal(Buffer.from(kept).toString(), 'unsaved two\n');
  });

  it('leaves unsaved editors alone when it is cancelled, and closes the tabs of what it deletes', async () => {
    const editor = await editorOn('later.txt');
    const { document } = editor;
    await insert(editor, 'unsaved ');
    await withAnswers([undefined], async () => run('snapstage.restore', await theSnapshot()));
    assert.equal(document.isDirty, true);
    assert.equal(await content('later.txt'), 'later\n');
    await document.save();
    await withAnswers(['Restore'], async () => run('snapstage.restore', await theSnapshot()));
    const open = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
    assert.ok(!open.includes('later.txt'), open.join());
  });

  it('shows in open editors what is on disk, in hidden ones too, also after the undo', async () => {
    const { document } = await editorOn('notes.txt');
    await vscode.window.showTextDocument(vscode.Uri.file(inFolder('README.md')), { preview: false });
    await withAnswers(['Restore'], async () => run('snapstage.restore', await theSnapshot()));
    await until('the restored text', () => document.getText() === 'one\n');
    await withAnswers(['Undo Restore'], () => run('snapstage.undoRestore'));
    assert.equal(await content('notes.txt'), 'two\n');
    await until('the text before', () => document.getText() === 'two\n');
    assert.equal(document.isDirty, false);
    const editor = await vscode.window.showTextDocument(document);
    await insert(editor, 'three\n', 1);
    await document.save();
    assert.equal(await content('notes.txt'), 'two\nthree\n', 'in the encoding it had');
  });

  for (const encoding of ['utf8', 'utf8bom', 'utf16le', 'windows1252']) {
    it(`an editor keeps its encoding: ${encoding}`, async () => {
      // A name of its own: what still reads the editor of another one again would do so in that one's encoding.
      const name = `sub/${encoding}.txt`;
      await mkdir(inFolder('sub'));
      const encoded = (text: string): Thenable<Uint8Array> => vscode.workspace.encode(text, { encoding });
      await writeFile(inFolder(name), await encoded('ä one\n'));
      await run('snapstage.take');
      await writeFile(inFolder(name), await encoded('ä two\n'));
      const uri = vscode.Uri.file(inFolder(name));
      const document = await vscode.workspace.openTextDocument(uri, { encoding });
      await vscode.window.showTextDocument(document, { preview: false });
      await withAnswers(['Restore'], async () => run('snapstage.restore', (await rowsUnder('Today'))[0]));
      await until('the restored text', () => document.getText() === 'ä one\n');
      await withAnswers(['Undo Restore'], () => run('snapstage.undoRestore'));
      await until('the text before', () => document.getText() === 'ä two\n' && document.encoding === encoding);
      const editor = await vscode.window.showTextDocument(document);
      await insert(editor, 'three\n', 1);
      await document.save();
      assert.deepEqual(new Uint8Array(await readFile(inFolder(name))), new Uint8Array(await encoded('ä two\nthree\n')));
    });
  }

  it('shows in open notebooks what is on disk, also after the undo', async () => {
    const notebook = (source: string): string =>
      JSON.stringify({
        cells: [{ cell_type: 'markdown', id: 'c1', metadata: {}, source: [source] }],
        metadata: { language_info: { name: 'python' } },
        nbformat: 4,
        nbformat_minor: 5,
      });
    await writeFile(inFolder('sub.ipynb'), notebook('one'));
    await run('snapstage.take');
    await writeFile(inFolder('sub.ipynb'), notebook('two'));
    // Opened as from the explorer: a notebook that an extension opened stays in memory when its tab is closed.
    await run('vscode.open', vscode.Uri.file(inFolder('sub.ipynb')), { preview: false });
    const shown = (): string | undefined => {
      const open = vscode.workspace.notebookDocuments.find(({ uri, isClosed }) => !isClosed && uri.path.endsWith('sub.ipynb'));
      return open?.cellAt(0).document.getText();
    };
    await until('the notebook', () => shown() === 'two');
    await withAnswers(['Restore'], async () => run('snapstage.restore', (await rowsUnder('Today'))[0]));
    await until('the restored cell', () => shown() === 'one');
    await vscode.window.showTextDocument(vscode.Uri.file(inFolder('README.md')), { preview: false });
    const said = await pressInWarnings('Reopen', async () => {
      await withAnswers(['Undo Restore'], () => run('snapstage.undoRestore'));
      await until('the cell before', () => shown() === 'two');
    });
    // Now and then VS Code does read it again by itself.
    for (const sentence of said) assert.match(sentence, /sub\.ipynb/);
    assert.equal(await content('sub.ipynb'), notebook('two'));
    await run('workbench.action.closeAllEditors');
    await removeFiles('sub.ipynb');
  });

  it('from the palette asks which snapshot', async () => {
    const label = await labelOf(await theSnapshot());
    await withAnswers([label, 'Restore'], () => run('snapstage.restore'));
    assert.equal(await content('notes.txt'), 'one\n');
    await vscode.window.showTextDocument(vscode.Uri.file(inFolder('notes.txt')));
    await writeFile(inFolder('notes.txt'), 'three\n');
    const rows = await rowsUnder('Today');
    assert.ok(rows.length > 1);
    await withAnswers([label, undefined], () => run('snapstage.restoreEntry'));
    assert.equal(await content('notes.txt'), 'three\n');
  });
});
