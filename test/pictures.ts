/** `npm run pictures`: takes the pictures of the README anew, from the real editor with the package installed as users install it. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator } from 'playwright-core';
import { packExtension } from './rig/package.ts';
import { setUpRig } from './rig/setup.ts';
import { openEditor, type Workbench } from './rig/workbench.ts';
import { People } from './support/people.ts';
import { Course } from './ui/course.ts';
import { fold, openSpace, spoken as spokenInSpace } from './ui/spaceSteps.ts';
import { openFile, pressIcon, pressTitleButton, row, typeAndSave, view, waitForCommands } from './ui/steps.ts';

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
  await fold(editor, 'Stage');
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
  // What is looked at has to be in sight.
  await row(editor, /^Current state/).click();
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

/** A course that was handed out to three people: Ada has edited it, Bob has not, and Carla has not received it yet. */
function handOut(people: People, course: Course): void {
  const master = (...args: readonly string[]): unknown => people.run('master', args, course.folder);
  mkdirSync(people.hub);
  master('init');
  master('space', 'create', 'Econometrics 2026', '--hub', people.hub);
  for (const name of ['Ada', 'Bob', 'Carla']) {
    const { code } = master('space', 'invite', name) as { code: string };
    people.run(name, ['init']);
    people.run(name, ['space', 'join', code, '--yes']);
  }
  master('stage', 'add', 'syllabus.md', 'analysis');
  master('distribute', '--message', 'Week 1');
  for (const name of ['Ada', 'Bob']) people.run(name, ['receive']);
  people.write('Ada', 'syllabus.md', `${people.read('Ada', 'syllabus.md')}\nMy notes: the Ticino is the coldest.\n`);
  people.write('Ada', 'analysis/trend.py', people.read('Ada', 'analysis/trend.py').replace('import csv', 'import csv\nimport statistics'));
  for (const name of ['Ada', 'Carla']) people.run(name, ['space', 'status']);
  course.write('syllabus.md', `# Econometrics, summer term\n\n${course.read('syllabus.md')}`);
  course.write('analysis/trend.py', course.read('analysis/trend.py').replace('import csv', '# Corrected in week two.\nimport csv'));
  master('space', 'status');
}

async function takeSpace(editor: Workbench): Promise<void> {
  await pressTitleButton(editor, 'Preview Distribution', 'Stage');
  await editor.webview.locator('[role=gridcell][aria-label$=": edited there"]').first().waitFor();
  await take(editor, 'preview');
  await editor.runCommand('View: Close All Editors');
  await fold(editor, 'Stage');
  await spokenInSpace(editor, 'Distributed, ').click();
  await spokenInSpace(editor, 'Distributions, 1').click();
  await spokenInSpace(editor, '“Week 1”, 2 of 3 received').click();
  await spokenInSpace(editor, 'syllabus.md, file').click();
  await editor.tab('syllabus.md').waitFor();
  await take(editor, 'space');
}

async function takeConflicts(editor: Workbench): Promise<void> {
  await spokenInSpace(editor, '“Week 2”').waitFor();
  await editor.runCommand('Snapstage: Decide Conflicts…');
  const conflict = editor.webview.locator('[role=row]', { hasText: 'syllabus.md' });
  await conflict.locator('label', { hasText: 'Merge' }).click();
  await editor.webview.locator('.sentence', { hasText: 'merged' }).waitFor();
  await take(editor, 'conflicts');
}

/** Homework that Ada and Bob have handed in. */
function giveHomework(people: People, course: Course): void {
  const deadline = new Date(Date.now() + 75 * 3_600_000).toISOString();
  const terms = ['--deadline', deadline, '--zone', 'Europe/Zurich', '--path', 'analysis', '--limit', '20MB'];
  people.run('master', ['assignment', 'create', 'HW 1: Trends', ...terms, '--description', 'Which river is the coldest?'], course.folder);
  people.write('Bob', 'analysis/answer.md', 'The Aare, I think.\n');
  people.write('Ada', 'analysis/answer.md', 'The Ticino, by three degrees.\n');
  for (const name of ['Ada', 'Bob']) people.run(name, ['hand-in', 'HW 1: Trends']);
  people.run('master', ['collect', 'HW 1: Trends'], course.folder);
}

async function openAssignments(editor: Workbench): Promise<Locator> {
  await fold(editor, 'Snapshots', 'Stage', 'Space');
  const header = editor.pane('Assignments').locator('.pane-header');
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  return editor.pane('Assignments').locator('.monaco-list-row[aria-label^="HW 1: Trends"]').first();
}

async function takeDashboard(editor: Workbench): Promise<void> {
  await (await openAssignments(editor)).click();
  const member = editor.webview.locator('.row', { hasText: 'Ada' });
  await member.getByText('changed').waitFor();
  await member.locator('.name').click();
  await editor.webview.getByRole('textbox', { name: 'Grade' }).fill('1.3');
  await take(editor, 'dashboard');
}

async function takeHandIn(editor: Workbench): Promise<void> {
  await editor.pressInRow(await openAssignments(editor), 'Hand In…');
  await editor.choice('Hand In').first().waitFor();
  await take(editor, 'hand-in');
  await editor.page.keyboard.press('Escape');
}

/** The Space as its Master and as Ada see it. */
async function takeShared(vsix: string): Promise<void> {
  const people = new People();
  const shared = new Course();
  handOut(people, shared);
  const shownTo = async (name: string, folder: string, takes: (window: Workbench) => Promise<void>): Promise<void> => {
    const window = await openEditor({ folder, vsix, viewport: shown, env: { SNAPSTAGE_HOME: people.home(name) } });
    try {
      await waitForCommands(window);
      await pressIcon(window);
      await openSpace(window);
      await fold(window, 'Snapshots');
      await takes(window);
    } catch (error) {
      await window.screenshot('pictures-failed');
      throw error;
    } finally {
      await window.close();
    }
  };
  try {
    await shownTo('master', shared.folder, takeSpace);
    people.run('master', ['distribute', '--strategy', 'ask', '--message', 'Week 2'], shared.folder);
    people.ran('Ada', ['receive']);
    await shownTo('Ada', people.folder('Ada'), takeConflicts);
    giveHomework(people, shared);
    people.write('Ada', 'analysis/answer.md', 'The Ticino, by three degrees and a half.\n');
    await shownTo('master', shared.folder, takeDashboard);
    await shownTo('Ada', people.folder('Ada'), takeHandIn);
  } finally {
    shared.remove();
    people.gone();
  }
}

setUpRig();
const place = mkdtempSync(join(tmpdir(), 'snapstage-pictures-'));
const course = new Course();
prepare(course);
const vsix = packExtension(place);
const editor = await openEditor({ folder: course.folder, vsix, viewport: shown });
try {
  await takeAll(editor, course);
  await takeMore(editor, course);
} catch (error) {
  await editor.screenshot('pictures-failed');
  throw error;
} finally {
  await editor.close();
  course.remove();
}
try {
  await takeShared(vsix);
} finally {
  rmSync(place, { recursive: true });
}
