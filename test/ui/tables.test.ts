/** Tables of databases: looked at, compared and restored, by mouse and by keyboard. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, focusRow, row, showHandedOut, view } from './steps.ts';

describe('tables', () => {
  const opened = courseInEditor({}, (course) => {
    course.snapstage('init');
    course.snapstage('take', '--name', 'as handed out');
  });
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await showHandedOut(editor);
  });

  /** As from another program. */
  function inDatabase<T>(use: (db: DatabaseSync) => T): T {
    const db = new DatabaseSync(course.path('data/course.sqlite'));
    try {
      return use(db);
    } finally {
      db.close();
    }
  }

  const names = (): unknown[] => inDatabase((db) => db.prepare('SELECT name FROM students ORDER BY id').all()).map((one) => one['name']);

  /** A row by what it says to a screen reader. */
  const spoken = (label: string): Locator => editor.pane(view).locator(`.monaco-list-row[aria-label^="${label}"]`).first();

  /** A line of the editor on the right, or the only one. */
  const line = (text: string | RegExp): Locator => editor.page.locator('.editor-group-container .view-line', { hasText: text }).first();

  const inOriginal = (text: string): Locator => editor.page.locator('.monaco-diff-editor .original .view-line', { hasText: text }).first();

  /** Goes to the end of the document until this is there: what comes is added to it. */
  async function seeAtEnd(text: string): Promise<void> {
    for (let tries = 0; !(await line(text).isVisible()); tries++) {
      assert.ok(tries < 100, `not at the end: ${text}`);
      await editor.page.keyboard.press('Control+End');
      await editor.page.waitForTimeout(100);
    }
  }

  it('are found below a snapshot, and shown when a row is clicked', async () => {
    await row(editor, 'as handed out').click();
    await spoken('Tables, in as handed out').click();
    await spoken('course.sqlite, database, data, ').click();
    await spoken('students, table, 5 rows, ').click();
    await editor.tab('students (as handed out)').waitFor();
    await line(/id.*name.*email.*cohort/).waitFor();
    await line(/Ada.Keller.*ada@example\.org/).waitFor();
    await line('Columns:').waitFor();
    await editor.screenshot('tables-preview');
  });

  it('are shown page by page', async () => {
    await spoken('measurements, table, 480 rows, ').click();
    await editor.tab('measurements (as handed out)').waitFor();
    await line('480 rows').waitFor();
    await editor.runCommand('Snapstage: Show More Rows');
    await editor.page.locator('.editor-group-container.active .monaco-editor').first().click();
    await seeAtEnd('400 rows are shown');
    await editor.screenshot('tables-more');
    await editor.page.locator('.codelens-decoration a', { hasText: 'Show More Rows' }).click();
    await seeAtEnd('2026-04-30');
    assert.equal(await line('rows are shown').count(), 0);
  });

  it('are compared with what another program has changed since', async () => {
    inDatabase((db) => {
      db.exec("UPDATE students SET cohort = 'autumn 2026' WHERE id = 2; DELETE FROM students WHERE id = 4");
      db.exec("INSERT INTO students (name, email, cohort) VALUES ('Zoe Graf', 'zoe@example.org', 'autumn 2026')");
    });
    await editor.pickFromMenu(spoken('students, table, 5 rows, '), 'Compare Table with Current State');
    await editor.tab('students (as handed out ↔ Current State)').waitFor();
    await line('1 row changed, 1 row new, 1 row removed').waitFor();
    await inOriginal('Dmitri').waitFor();
    await line('Zoe').waitFor();
    await editor.screenshot('tables-compare');
  });

  it('are restored after the plan, and back again with Undo', async () => {
    const before = names();
    await editor.pickFromMenu(spoken('students, table, 5 rows, '), 'Restore Table…');
    await editor.dialog.waitFor();
    await editor.screenshot('tables-restore');
    const said = await editor.answerDialog('Restore');
    assert.match(said, /Put 1 row back, bring back 1, remove 1\. The state now is kept as a snapshot first\./);
    await editor.waitForToast(/students restored from “as handed out” of .*: 1 row put back, 1 brought back, 1 removed\./);
    assert.deepEqual(names().slice(1), ['Bruno Fässler', 'Chiara Rossi', 'Dmitri Wyss', 'Eylül Demir']);
    await editor.screenshot('tables-restored');
    await editor.pickInToast('students restored', 'Undo');
    await editor.waitForToast('Undone');
    assert.deepEqual(names(), before);
    await editor.clearToasts();
  });

  it('are looked at and restored by keyboard alone', async () => {
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await editor.page.keyboard.press(key);
    };
    await focusRow(editor, /^Tables, in Current State/);
    await press('ArrowRight');
    await focusRow(editor, /^course\.sqlite, database, .*Current State/);
    await press('ArrowRight');
    await focusRow(editor, /^students, table, 5 rows, .*Current State/);
    await press('Enter');
    await editor.tab('students (Current State)').waitFor();
    await line('Zoe').waitFor();
    await focusRow(editor, /^students, table, 5 rows, .*as handed out/);
    await press('Shift+F10');
    await editor.chooseInMenu('Restore Table…');
    await editor.dialog.waitFor();
    // Where rows are removed, the first button compares.
    await press('Tab', 'Enter');
    await editor.waitForToast('students restored');
    await editor.tab('students (Current State)').click();
    await line('Zoe').waitFor({ state: 'hidden' });
    assert.equal(names().length, 5);
    await editor.screenshot('tables-keyboard');
  });
});
