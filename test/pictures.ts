/** `npm run pictures`: takes the pictures of the README anew, from the real editor with the package installed as users install it. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator } from 'playwright-core';
import { packExtension } from './rig/package.ts';
import { setUpRig } from './rig/setup.ts';
import { openEditor, type Workbench } from './rig/workbench.ts';
import { Course } from './ui/course.ts';
import { openFile, pressIcon, row, typeAndSave, view, waitForCommands } from './ui/steps.ts';

const project = dirname(import.meta.dirname);
const shown = { width: 1280, height: 720 };

/** A course with a history worth looking at. */
function prepare(course: Course): void {
  course.snapstage('init');
  course.snapstage('take', '--name', 'as handed out', '--description', 'Week one, before anybody has touched it');
  course.write('analysis/trend.py', course.read('analysis/trend.py').replace('import csv', 'import csv\nimport statistics'));
  course.write('notes.md', '# Notes\n\nThe Ticino is the coldest.\n');
  course.snapstage('take');
  course.write('notes.md', '# Notes\n\nThe Ticino is the coldest, by three degrees.\n');
  course.snapstage('take', '--name', 'before the exam', '--pin');
}

/** Gives the sidebar room, so that nothing in it is cut off. */
async function widenSidebar({ page }: Workbench): Promise<void> {
  const sidebar = await page.locator('.part.sidebar').boundingBox();
  if (!sidebar) throw new Error('there is no sidebar');
  const edge = sidebar.x + sidebar.width;
  await page.mouse.move(edge, 400);
  await page.mouse.down();
  await page.mouse.move(edge + 130, 400, { steps: 5 });
  await page.mouse.up();
}

async function take(editor: Workbench, name: string): Promise<void> {
  await editor.page.mouse.move(shown.width - 5, shown.height - 60);
  await editor.page.waitForTimeout(1000);
  copyFileSync(await editor.screenshot(`readme-${name}`), join(project, 'media', 'pictures', `${name}.png`));
  process.stdout.write(`media/pictures/${name}.png\n`);
}

async function takeAll(editor: Workbench, course: Course): Promise<void> {
  await waitForCommands(editor);
  await pressIcon(editor);
  await row(editor, 'as handed out').waitFor();
  await widenSidebar(editor);
  await row(editor, 'as handed out').click();
  await row(editor, /^data/).click();
  await row(editor, /^temperatures/).click();
  await editor.page.locator('.view-lines', { hasText: 'Ticino' }).first().waitFor();
  await take(editor, 'browse');

  await row(editor, 'as handed out').click();
  await editor.runCommand('View: Close All Editors');
  await openFile(editor, 'syllabus.md');
  await typeAndSave(editor, '# Econometrics, summer term');
  course.write(
    'data/temperatures.csv',
    course.read('data/temperatures.csv').replace('01-04,0.11', '01-04,0.91').replace('01-07,0.31', '01-07,0.13'),
  );
  await row(editor, /^Current state.*2 changed since/).waitFor();
  await row(editor, /^temperatures/).click();
  await editor.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
  await take(editor, 'compare');

  await editor.pickFromMenu(row(editor, 'as handed out'), 'Restore…');
  await editor.dialog.waitFor();
  await take(editor, 'restore');
  await editor.answerDialog('Cancel');

  await editor.runCommand('View: Close All Editors');
  await openFile(editor, 'notes.md');
  await editor.runCommand('Snapstage: Show History');
  await editor
    .row(/^before the exam/, 'History')
    .first()
    .click();
  await editor.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
  await take(editor, 'history');
  await editor.runCommand('Snapstage: Close History');
  await editor.runCommand('View: Close All Editors');
}

async function takeMore(editor: Workbench, course: Course): Promise<void> {
  const database = new DatabaseSync(course.path('data/course.sqlite'));
  database.exec("UPDATE students SET cohort = '2026' WHERE id % 2 = 0; DELETE FROM students WHERE id = 3");
  database.close();
  await row(editor, 'as handed out').click();
  const spoken = (label: string): Locator => editor.pane(view).locator(`.monaco-list-row[aria-label^="${label}"]`).first();
  await spoken('Applications, in as handed out').click();
  await spoken('Tables, in as handed out').click();
  await spoken('course.sqlite, database, data, ').click();
  await editor.pickFromMenu(spoken('students, table, '), 'Compare Table with Current State');
  await editor.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
  await take(editor, 'tables');

  await editor.runCommand('View: Close All Editors');
  await editor.runCommand('Snapstage: Show Storage');
  await editor.webview.locator('svg, table').first().waitFor();
  await take(editor, 'storage');
}

setUpRig();
const place = mkdtempSync(join(tmpdir(), 'snapstage-pictures-'));
const course = new Course();
prepare(course);
const editor = await openEditor({ folder: course.folder, vsix: packExtension(place), viewport: shown });
try {
  await takeAll(editor, course);
  await takeMore(editor, course);
} catch (error) {
  await editor.screenshot('pictures-failed');
  throw error;
} finally {
  await editor.close();
  course.remove();
  rmSync(place, { recursive: true });
}
