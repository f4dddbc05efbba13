/** Automatic snapshots in the real editor: after a pause, before a task that depends on one, kept by rules and thinned out. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, openFile, row, showHandedOut, typeAndSave } from './steps.ts';

describe('automatic snapshots', () => {
  const settings = { 'snapstage.automatic.idle': 0.02, 'snapstage.automatic.schedule': 'daily' };
  const opened = courseInEditor({ settings }, (course) => {
    const write = `require('fs').writeFileSync('built.txt', 'built')`;
    const build = { label: 'build', type: 'process', command: process.execPath, args: ['-e', write], dependsOn: 'snapstage: snapshot' };
    mkdirSync(course.path('.vscode'));
    course.write('.vscode/tasks.json', JSON.stringify({ version: '2.0.0', tasks: [{ ...build, problemMatcher: [] }] }));
    course.snapstage('init');
    course.snapstage('take', '--name', 'as handed out');
  });
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await showHandedOut(editor);
  });

  /** As another program sees it. */
  const list = (): readonly { id: string; kind: string }[] => JSON.parse(course.snapstage('list', '--json')) as [];

  it('are taken quietly after a pause, and the view and the status bar say so', async () => {
    await openFile(editor, 'syllabus.md');
    await typeAndSave(editor, 'first edit');
    await row(editor, /automatic, after a pause/).waitFor();
    await row(editor, /^Current state.*no changes since/).waitFor();
    assert.equal(await editor.toast(/./).count(), 0);
    await editor.screenshot('automatic-idle');
    await editor.hoverOver(row(editor, /automatic, after a pause/), 'automatic, after a pause');
    assert.equal(list().length, 2);
  });

  it('are taken before a task that depends on one: what the task makes is not in it', async () => {
    course.write('.vscode/settings.json', '{ "snapstage.automatic.idle": 0 }');
    await editor.page.keyboard.press('Control+1');
    await editor.openAndType(['Control+P'], 'task build', editor.choice(/^build/));
    await editor.screenshot('automatic-run');
    await editor.page.keyboard.press('Enter');
    await row(editor, /automatic, before a task/).waitFor();
    await row(editor, 'built.txt').waitFor();
    await editor.screenshot('automatic-task');
    const [before] = list();
    assert.equal(before?.kind, 'automatic');
    assert.match(course.snapstage('ls', before.id), /syllabus\.md/);
    assert.doesNotMatch(course.snapstage('ls', before.id), /built\.txt/);
  });

  it('are kept by rules that one chooses', async () => {
    await editor.runCommand('Snapstage: Automatic Snapshots: What Is Kept');
    await editor.page.locator('.quick-input-title', { hasText: 'Automatic Snapshots of econometrics: What Is Kept' }).waitFor();
    await editor.choice('Recommended').waitFor();
    await editor.screenshot('automatic-kept');
    await editor.quickInput.fill('Last');
    await editor.page.keyboard.press('Enter');
    await editor.page.locator('.quick-input-message', { hasText: 'So many of the newest' }).waitFor();
    await editor.answer('1');
    await editor.choice('Recommended').waitFor();
    await editor.page.locator('.quick-input-widget input[placeholder*="These rules keep 1 of"]').waitFor();
    await editor.screenshot('automatic-rule');
    await editor.page.keyboard.press('Escape');
  });

  it('are thinned out after the plan was seen', async () => {
    await editor.runCommand('Snapstage: Thin Automatic Snapshots');
    await editor.dialog.waitFor();
    await editor.screenshot('automatic-thin');
    assert.match(await editor.answerDialog('Show Details'), /Delete \d automatic snapshots? of econometrics for good\?/);
    await editor.page.locator('.view-line', { hasText: 'Kept:' }).first().waitFor();
    await editor.screenshot('automatic-plan');
    const there = list().length;
    await editor.runCommand('Snapstage: Thin Automatic Snapshots');
    await editor.answerDialog('Delete');
    await editor.statusItem('Deleted. Compact the store').waitFor();
    assert.ok(list().length < there && list().some(({ kind }) => kind === 'described'));
  });

  it('are settings of their own', async () => {
    await editor.runCommand('Preferences: Open Settings (UI)');
    await editor.page.locator('.settings-editor .suggest-input-container').first().click();
    await editor.page.keyboard.type('@ext:snapstage.snapstage automatic');
    await editor.page.locator('.settings-editor', { hasText: 'How often a snapshot is taken by itself' }).waitFor();
    await editor.page.locator('.setting-item-category', { hasText: 'Automatic' }).first().waitFor();
    await editor.screenshot('automatic-settings');
  });
});
