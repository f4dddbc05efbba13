/** The Stage: filled by drags and menus, from the explorer and from any state, by mouse and by keyboard. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, pressTitleButton, row, showHandedOut, view } from './steps.ts';

const stage = 'Stage';

describe('the Stage', () => {
  const opened = courseInEditor({ viewport: { width: 1280, height: 1300 } }, (course) => {
    course.snapstage('init');
    course.snapstage('take', '--name', 'as handed out');
    course.write('syllabus.md', 'changed\n');
  });
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await showHandedOut(editor);
  });

  // A drag that failed is of no other story.
  afterEach(() => editor.page.mouse.up());

  /** A row by what it says to a screen reader. */
  const spoken = (label: string, pane = view): Locator => editor.pane(pane).locator(`.monaco-list-row[aria-label^="${label}"]`).first();
  const staged = (label: string): Locator => spoken(label, stage);
  const stageBody = (): Locator => editor.pane(stage).locator('.pane-body');

  async function moveOver(target: Locator): Promise<void> {
    const box = (await target.boundingBox()) ?? assert.fail('it is not there');
    for (const x of [8, 10, 12, 10]) await editor.page.mouse.move(box.x + x, box.y + Math.min(box.height / 2, 20), { steps: 4 });
  }

  /** Drags what is pointed at onto the Stage, as a hand that is never quite still, until the row is there. */
  async function dragToStage(source: Locator, expected: Locator, target = stageBody()): Promise<void> {
    await editor.persist(async () => {
      await source.hover();
      await editor.page.mouse.down();
      await moveOver(source);
      await moveOver(target);
      await moveOver(target);
      await editor.page.mouse.up();
      await expected.waitFor({ timeout: 15_000 });
    });
  }

  it('says what to do while it is empty', async () => {
    await staged('Drop files, tables, snapshots here').waitFor();
    await staged('or choose “Add to Stage” in a menu').waitFor();
    await editor.screenshot('stage-empty');
  });

  it('takes a file, a folder, a table, an application and a whole snapshot that are dropped on it', async () => {
    await row(editor, 'as handed out').click();
    await dragToStage(spoken('syllabus.md, file'), staged('syllabus.md, file, from “as handed out”'));
    await dragToStage(spoken('analysis, folder'), staged('analysis, folder, from “as handed out”'), staged('syllabus.md'));
    await editor.screenshot('stage-file-and-folder');
    await spoken('Tables, in as handed out').click();
    await spoken('course.sqlite, database, data, ').click();
    await dragToStage(spoken('students, table, 5 rows'), staged('students, table, in data/course.sqlite, from “as handed out”'));
    await spoken('Tables, in as handed out').click();
    await spoken('Applications, in as handed out').click();
    await dragToStage(spoken('Python, application'), staged('Python, application, in analysis, from “as handed out”'));
    await spoken('Applications, in as handed out').click();
    await dragToStage(row(editor, 'as handed out'), staged('Everything, whole snapshot, from “as handed out”'));
    await editor.screenshot('stage-all-types');
    assert.equal(course.snapstage('stage', 'list').split('\n').length, 6);
  });

  it('says what is staged, and why', async () => {
    await staged('students').hover();
    await editor.page.locator('.workbench-hover', { hasText: 'Strategy: as chosen for the distribution.' }).waitFor();
    await editor.screenshot('stage-tooltip');
    await editor.pointAway();
  });

  it('takes files and folders of the explorer, over the icon of the view', async () => {
    await editor.activity('Explorer').first().click();
    const inExplorer = (name: string): Locator => editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
    await editor.persist(async () => {
      await inExplorer('tools').click();
      await inExplorer('syllabus.md').click({ modifiers: ['Control'] });
      for (const name of ['tools', 'syllabus.md'])
        await editor.page.locator('.explorer-folders-view .monaco-list-row.selected', { hasText: name }).waitFor({ timeout: 5000 });
    });
    await inExplorer('syllabus.md').hover();
    await editor.page.mouse.down();
    while (!(await staged('students').isVisible())) await moveOver(editor.activity('Snapstage').first());
    for (let tries = 0; tries < 3; tries++) await moveOver(staged('students'));
    await editor.screenshot('stage-dropping');
    await editor.page.mouse.up();
    await staged('tools, folder, from current state').waitFor();
    await staged('syllabus.md, file, from current state').waitFor();
    const said = await editor.waitForToast(/syllabus\.md is on the Stage from the current state now/);
    assert.match(said, /no more from “as handed out” of .*\.$/);
    await editor.screenshot('stage-replaced');
    await editor.clearToasts();
  });

  it('stays as it is when its own rows are dragged about', async () => {
    await dragToStage(staged('tools'), staged('tools'), staged('analysis'));
    await staged('tools').hover();
    assert.equal(await editor.page.locator('.notification-toast').count(), 0);
    assert.equal(course.snapstage('stage', 'list').split('\n').length, 7);
  });

  it('takes what is chosen in the menu of a row', async () => {
    await editor.pickFromMenu(spoken('README.md, file'), 'Add to Stage');
    await staged('README.md, file, from “as handed out”').waitFor();
    await editor.pickFromMenu(spoken('syllabus.md, changed, file'), 'Add to Stage');
    await editor.statusItem('On the Stage: syllabus.md from current state').waitFor();
  });

  it('gets a strategy for several at once, and lets go of several with the Delete key', async () => {
    await staged('README.md').click();
    await staged('tools').click({ modifiers: ['Control'] });
    await editor.pickFromMenu(staged('tools'), 'Strategy…');
    await editor.choice('Mirror').waitFor();
    await editor.screenshot('stage-strategy');
    await editor.choice('Mirror').click();
    await staged('tools, folder, from current state, strategy mirror').waitFor();
    await staged('README.md, file, from “as handed out”, strategy mirror').waitFor();
    await editor.screenshot('stage-strategies');
    await staged('tools').click({ modifiers: ['Control'] });
    await staged('analysis').click({ modifiers: ['Control'] });
    const selected = editor.pane(stage).locator('.monaco-list:focus-within .monaco-list-row.selected');
    await selected.filter({ hasText: 'tools' }).waitFor({ state: 'hidden' });
    await selected.filter({ hasText: 'README.md' }).waitFor();
    await selected.filter({ hasText: 'analysis' }).waitFor();
    await editor.page.keyboard.press('Delete');
    await staged('README.md').waitFor({ state: 'hidden' });
    await staged('analysis').waitFor({ state: 'hidden' });
    assert.equal(course.snapstage('stage', 'list').split('\n').length, 6);
  });

  it('shows what another program does, and what has gone', async () => {
    course.write('handout.txt', 'soon gone');
    course.snapstage('stage', 'add', 'handout.txt', '--strategy', 'ask');
    await staged('handout.txt, file, from current state, strategy ask').waitFor();
    rmSync(course.path('handout.txt'));
    await staged('handout.txt, file, it is not there any more').waitFor();
    await editor.screenshot('stage-gone');
    course.snapstage('stage', 'remove', 'handout.txt');
    await staged('handout.txt').waitFor({ state: 'hidden' });
  });

  it('is kept as a bundle, cleared after a question, and filled again', async () => {
    await pressTitleButton(editor, 'Save as Bundle…', stage);
    await editor.answer('Week 1');
    await editor.statusItem('Saved as the bundle “Week 1”').waitFor();
    await editor.runCommand('Snapstage: Clear the Stage…');
    await editor.dialog.waitFor();
    await editor.screenshot('stage-clear');
    assert.match(await editor.answerDialog('Clear the Stage'), /Take \d objects off the Stage of econometrics\?/);
    await staged('Drop files, tables, snapshots here').waitFor();
    await pressTitleButton(editor, 'Use Bundle…', stage);
    await editor.choice('Week 1').waitFor();
    await editor.screenshot('stage-bundles');
    await editor.choice('Week 1').click();
    await staged('students, table').waitFor();
  });

  it('is there again after a reload', async () => {
    await editor.runCommand('Developer: Reload Window');
    await staged('students, table').waitFor();
    await staged('Everything, whole snapshot').waitFor();
    await editor.screenshot('stage-reloaded');
  });

  it('keeps a snapshot from being deleted, and says why', async () => {
    await editor.pickFromMenu(row(editor, 'as handed out'), 'Delete');
    const said = await editor.waitForToast(/something of it is on the Stage/);
    assert.match(said, /as handed out/);
    await editor.screenshot('stage-holds');
    await editor.clearToasts();
  });

  it('opens what is staged', async () => {
    await staged('students, table').click();
    await editor.tab('students (as handed out)').waitFor();
    await staged('syllabus.md').click();
    await editor.tab('syllabus.md').waitFor();
  });

  it('takes from the menus of the explorer and of a tab, and refuses what it can’t', async () => {
    await editor.activity('Explorer').first().click();
    const inExplorer = (name: string): Locator => editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
    await editor.pickFromMenu(inExplorer('figures'), 'Snapstage', 'Add to Stage');
    await editor.statusItem('On the Stage: figures from current state').waitFor();
    course.write('.snapstageignore', 'cache/\n');
    await editor.pickFromMenu(inExplorer('cache'), 'Snapstage', 'Add to Stage');
    await editor.waitForToast(/“cache” can’t be staged: snapshots leave it out: named by \.snapstageignore\./);
    await editor.screenshot('stage-refused');
    await editor.clearToasts();
    await editor.pickFromMenu(editor.tab('syllabus.md'), 'Add to Stage');
    await editor.statusItem('On the Stage: syllabus.md from current state').waitFor();
  });
});
