/** A Space as its Master and a member see it: made, joined, delivered to, with a conflict that is decided. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import type { Workbench } from '../rig/workbench.ts';
import { People } from '../support/people.ts';
import { fold, openSpace, space, spoken, viewport } from './spaceSteps.ts';
import { courseInEditor, pickHubFolder, pickTheme, pressIcon, pressTitleButton, readClipboard } from './steps.ts';

/** Presses a button of the question, as soon as the clipboard has what it is about. */
async function copied(editor: Workbench, button: string): Promise<string> {
  const before = await readClipboard(editor);
  await editor.dialog.locator('.monaco-button', { hasText: button }).first().click();
  for (;;) {
    const text = await readClipboard(editor);
    if (text !== before) return text;
    await editor.page.waitForTimeout(50);
  }
}

describe('a Master', () => {
  const people = new People();
  mkdirSync(people.hub);
  const opened = courseInEditor({ viewport, env: { SNAPSTAGE_HOME: people.home('master') } }, (course) => {
    course.snapstage('init');
  });
  after(() => people.gone());
  let editor: Workbench;
  let code = '';

  before(async () => {
    editor = opened.editor;
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await pressIcon(editor);
    await openSpace(editor);
  });

  it('makes a Space, and gets its recovery code', async () => {
    const create = editor.pane(space).locator('.monaco-button', { hasText: 'Create Space…' });
    await create.waitFor();
    await editor.screenshot('space-welcome');
    await create.click();
    await editor.answer('Econometrics 2026');
    await pickHubFolder(opened, 'Hub: Where the Instances of the Space Meet', people.hub);
    await editor.dialog.waitFor();
    assert.match(await copied(editor, 'Copy'), /^R1\w{3}(-\w{5}){11}$/);
    await editor.dialog.locator('.dialog-message-container', { hasText: 'Copied.' }).waitFor();
    await editor.screenshot('space-recovery-code');
    await editor.answerDialog('I Have Written It Down');
    await spoken(editor, 'Members, 1').waitFor();
    await spoken(editor, 'Master, this instance').waitFor();
    await editor.screenshot('space-created');
  });

  it('invites somebody by a code', async () => {
    await pressTitleButton(editor, 'Invite…', space);
    await editor.answer('Ada');
    await editor.choice('Editor').waitFor();
    await editor.screenshot('space-invite-role');
    await editor.choice('Editor').click();
    await editor.answer('tutors');
    await editor.dialog.waitFor();
    code = await copied(editor, 'Copy Code');
    assert.match(code, /^snapstage1_[\w-]+$/);
    await editor.screenshot('space-invite');
    await editor.answerDialog('Done');
    await spoken(editor, 'Invites, 1 open').waitFor();
  });

  it('sees who has joined, after a sync', async () => {
    people.run('ada', ['init']);
    people.run('ada', ['space', 'join', code, '--yes']);
    await pressTitleButton(editor, 'Sync Space', space);
    await spoken(editor, 'Ada, editor, tutors').waitFor();
    await editor.screenshot('space-members');
  });

  it('sees how it stands with the hub, and asks it from its row', async () => {
    renameSync(people.hub, `${people.hub}-away`);
    await editor.pressInRow(editor.row('Hub', space), 'Sync Space');
    await spoken(editor, "Hub, can't be reached").waitFor();
    await editor.hoverOver(editor.row('Hub', space), 'Last asked what is new');
    await editor.screenshot('space-hub');
    await editor.pointAway();
    renameSync(`${people.hub}-away`, people.hub);
    await editor.clearToasts();
    await editor.pressInRow(editor.row('Hub', space), 'Sync Space');
    await spoken(editor, 'Hub, reached').waitFor();
  });

  it('distributes what is on the Stage, after it was said what will happen', async () => {
    opened.course.write('syllabus.md', 'new\n');
    people.run('master', ['stage', 'add', 'syllabus.md', 'analysis'], opened.course.folder);
    await editor.pane('Stage').locator('.monaco-list-row[aria-label^="syllabus.md"]').first().waitFor();
    await pressTitleButton(editor, 'Distribute…', 'Stage');
    await editor.choice('All Members').waitFor();
    await editor.screenshot('space-distribute-to');
    await editor.choice('All Members').click();
    await editor.page.locator('.quick-input-widget', { hasText: '1 Selected' }).waitFor();
    await editor.page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    await editor.choice('Overwrite').click();
    await editor.answer('Week 1');
    await editor.dialog.waitFor();
    await editor.screenshot('space-distribute-question');
    await editor.answerDialog('Distribute');
    await editor.waitForToast(/Distributed 2 objects to all members\./);
    await fold(editor, 'Stage');
    await spoken(editor, 'Distributions, 1').click();
    await spoken(editor, '“Week 1”, 0 of 1 received').click();
    await spoken(editor, 'Ada, not received yet').waitFor();
    await editor.screenshot('space-distributed');
    people.run('ada', ['receive']);
    await pressTitleButton(editor, 'Sync Space', space);
    await spoken(editor, 'Ada, received').waitFor();
  });

  it('gives back room in the hub, once something was taken back', async () => {
    people.run('master', ['recall', 'analysis', 'syllabus.md', '--yes'], opened.course.folder);
    await editor.clearToasts();
    await editor.pressInRow(editor.row('Hub', space), 'Sync Space');
    await editor.openMenu(editor.row('Hub', space), 'Compact Hub…');
    await editor.screenshot('space-hub-menu');
    await editor.page.keyboard.press('Escape');
    await editor.pickFromMenu(editor.row('Hub', space), 'Compact Hub…');
    await editor.dialog.waitFor();
    await editor.screenshot('space-hub-compact-question');
    assert.match(await editor.answerDialog('Compact'), /Nobody needs .* any more: that goes in 30 days\./);
    await editor.waitForToast(/The hub gives up .*\. Waiting to go: /);
    await editor.screenshot('space-hub-compacted');
  });
});

describe('a member', () => {
  const people = new People();
  mkdirSync(people.hub);
  const opened = courseInEditor({ viewport, env: { SNAPSTAGE_HOME: people.home('ada') } }, (course) => {
    people.run('master', ['init']);
    people.run('master', ['space', 'create', 'Econometrics 2026', '--hub', people.hub]);
    const { code } = people.run('master', ['space', 'invite', 'Ada']) as { code: string };
    people.run('ada', ['init'], course.folder);
    people.run('ada', ['space', 'join', code, '--yes'], course.folder);
    people.run('master', ['space', 'status']);
  });
  after(() => people.gone());
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await pressIcon(editor);
    await openSpace(editor);
  });

  it('is told of what has come', async () => {
    await spoken(editor, 'Inbox, nothing yet').waitFor();
    await editor.screenshot('space-inbox-empty');
    people.write('master', 'syllabus.md', 'As of week 2.\n');
    people.write('master', 'week2/task.md', 'The task of week 2.\n');
    people.run('master', ['stage', 'add', 'syllabus.md', 'week2']);
    people.run('master', ['distribute', '--strategy', 'ask', '--message', 'Week 2 data']);
    await pressTitleButton(editor, 'Sync Space', space);
    await spoken(editor, 'Inbox, 1 new').waitFor();
    await editor.screenshot('space-told');
    await editor.waitForToast(/“Week 2 data” has come from Master: syllabus\.md and week2\/\./);
    await spoken(editor, '“Week 2 data”, new, from Master').click();
    await editor.screenshot('space-delivery');
    await spoken(editor, '1 conflict').waitFor();
    await spoken(editor, 'task.md, file, in week2, will be created').waitFor();
    await editor.screenshot('space-delivery-plan');
  });

  it('sees both sides of what is in conflict', async () => {
    await spoken(editor, 'syllabus.md, file, edited here').click();
    await editor.tab('syllabus.md (mine ↔ from Master)').waitFor();
    await editor.screenshot('space-conflict-difference');
  });

  it('receives it but for the conflict, and decides that', async () => {
    await editor.pressInRow(spoken(editor, '“Week 2 data”'), 'Receive');
    const said = await editor.waitForToast(/Received “Week 2 data”/);
    assert.equal(said, 'Received “Week 2 data”: 1 created. 1 conflict waits for a decision.');
    assert.equal(opened.course.read('week2/task.md'), 'The task of week 2.\n');
    await editor.screenshot('space-received');
    await editor.pickInToast(/Received “Week 2 data”/, 'Decide…');
    const conflict = editor.webview.locator('[role=row]', { hasText: 'syllabus.md' });
    await conflict.locator('label', { hasText: 'Both' }).click();
    await editor.webview.locator('.sentence', { hasText: 'syllabus (from Master).md' }).waitFor();
    await editor.screenshot('space-conflict-view');
    // What came is still told of, above the button.
    await editor.clearToasts();
    await editor.webview.locator('button', { hasText: 'Apply' }).click();
    await editor.waitForToast(/1 saved beside/);
    await spoken(editor, 'Inbox, all received').waitFor();
    await editor.screenshot('space-decided');
    assert.ok(readdirSync(opened.course.folder).includes('syllabus (from Master).md'));
  });

  it('undoes it with one click', async () => {
    await editor.pickInToast(/1 saved beside/, 'Undo');
    await editor.waitForToast(/Undone/);
    assert.equal(readdirSync(opened.course.folder).includes('syllabus (from Master).md'), false);
  });
});
