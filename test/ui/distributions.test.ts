/** What was distributed as its Master and a member see it: taken back and undone, looked into, compared and pulled; and a lost Master's Space. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import type { Workbench } from '../rig/workbench.ts';
import { People } from '../support/people.ts';
import { showSpace, space, spoken, tick, viewport } from './spaceSteps.ts';
import { courseInEditor, pickHubFolder, pressTitleButton } from './steps.ts';

describe('the Master of distributions', () => {
  const people = new People();
  mkdirSync(people.hub);
  const opened = courseInEditor({ viewport, env: { SNAPSTAGE_HOME: people.home('master') } }, (course) => {
    const master = (...args: readonly string[]): unknown => people.run('master', args, course.folder);
    master('init');
    master('space', 'create', 'Econometrics 2026', '--hub', people.hub);
    for (const name of ['Ada', 'Bob', 'Eve']) {
      const { code } = master('space', 'invite', name) as { code: string };
      people.run(name, ['init']);
      people.run(name, ['space', 'join', code, '--yes']);
    }
    master('space', 'status');
    course.write('syllabus.md', 'As of week 1.\n');
    master('stage', 'add', 'syllabus.md', 'analysis');
    master('distribute', '--message', 'Week 1');
    for (const name of ['Ada', 'Bob']) people.run(name, ['receive']);
    people.write('Ada', 'syllabus.md', 'Notes of Ada.\n');
    master('space', 'status');
  });
  after(() => people.gone());
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await showSpace(editor);
  });

  it('sees who has what, and who has not answered', async () => {
    await spoken(editor, 'Distributed, 2 items').waitFor();
    await spoken(editor, 'Members, 4, 2 up to date, 1 behind').waitFor();
    await spoken(editor, 'Distributions, 1').click();
    await spoken(editor, '“Week 1”, 2 of 3 received').click();
    await spoken(editor, 'Eve, not received yet').waitFor();
    await spoken(editor, '2 objects').click();
    await spoken(editor, 'syllabus.md, strategy: overwrite').waitFor();
    await editor.screenshot('distributions-history');
    await editor.hoverOver(spoken(editor, 'Ada, editor'), 'Last heard from');
    await editor.screenshot('members-last-seen');
    await editor.pointAway();
  });

  it('recalls an object, after it was said what will happen', async () => {
    await editor.pickFromMenu(spoken(editor, 'syllabus.md, strategy: overwrite'), 'Recall…');
    await editor.choice('All Who Got It').waitFor();
    await editor.screenshot('recall-from');
    await tick(editor, 'All Who Got It');
    await editor.choice('Take Back What Was Not Edited').waitFor();
    await editor.screenshot('recall-how');
    await editor.choice('Take Back What Was Not Edited').click();
    await editor.answer('It has a mistake');
    await editor.dialog.waitFor();
    await editor.screenshot('recall-question');
    assert.match(await editor.answerDialog('Recall'), /^Recall syllabus\.md of “Week 1” from all who got it\?/);
    await editor.waitForToast(/Recalled syllabus\.md\./);
    await spoken(editor, 'Recall of syllabus.md, 0 of 3 done').click();
    for (const name of ['Ada', 'Bob']) people.run(name, ['receive']);
    await pressTitleButton(editor, 'Sync Space', space);
    await spoken(editor, 'Ada, keeps syllabus.md').waitFor();
    await spoken(editor, 'Bob, taken back').waitFor();
    await editor.screenshot('recall-history');
    assert.deepEqual([people.isThere('Ada', 'syllabus.md'), people.isThere('Bob', 'syllabus.md')], [true, false]);
  });

  it('undoes a distribution', async () => {
    await editor.pickFromMenu(spoken(editor, '“Week 1”, 2 of 3 received'), 'Undo Distribution…');
    await editor.dialog.waitFor();
    await editor.screenshot('distribution-undo-question');
    await editor.answerDialog('Undo Distribution');
    await spoken(editor, 'Undo of “Week 1”, 0 of 2 done').waitFor();
    await spoken(editor, '“Week 1”, taken back').waitFor();
    await spoken(editor, 'Distributed, nothing yet').waitFor();
    await editor.screenshot('distribution-undone');
  });
});

describe('a member, of what was distributed', () => {
  const people = new People();
  mkdirSync(people.hub);
  const opened = courseInEditor({ viewport, env: { SNAPSTAGE_HOME: people.home('ada') } }, (course) => {
    people.run('master', ['init']);
    people.run('master', ['space', 'create', 'Econometrics 2026', '--hub', people.hub]);
    const { code } = people.run('master', ['space', 'invite', 'Ada']) as { code: string };
    people.run('ada', ['init'], course.folder);
    people.run('ada', ['space', 'join', code, '--yes'], course.folder);
    people.run('master', ['space', 'status']);
    people.write('master', 'week2/task.md', 'The task of week 2.\n');
    people.run('master', ['stage', 'add', 'week2']);
    people.run('master', ['distribute', '--message', 'Week 2']);
    people.run('ada', ['receive'], course.folder);
    people.write('master', 'syllabus.md', '# Syllabus\n\nAs the instructor has it.\n');
    people.run('master', ['stage', 'clear', '--yes']);
    people.run('master', ['stage', 'add', 'syllabus.md']);
    people.run('master', ['distribute', '--message', 'Week 3']);
    people.run('ada', ['space', 'status'], course.folder);
  });
  after(() => people.gone());
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await showSpace(editor);
  });

  it('looks into it', async () => {
    await spoken(editor, 'Distributed, 2 items, 1 newer than mine').click();
    await spoken(editor, 'week2, folder, in Distributed').click();
    await spoken(editor, 'task.md, file').waitFor();
    await spoken(editor, 'syllabus.md, file, ').click();
    await editor.page.locator('.view-line', { hasText: 'As the instructor has it.' }).waitFor();
    await editor.screenshot('distributed-browse');
  });

  it('sees what differs', async () => {
    await editor.pressInRow(spoken(editor, 'Distributed, 2 items'), 'Compare with Mine');
    const changed = editor.pane('Comparison').locator('.monaco-list-row', { hasText: 'syllabus.md' });
    await changed.click();
    await editor.tab('syllabus.md (Distributed ↔ Current State)').waitFor();
    await editor.page.locator('.monaco-diff-editor .editor.original .view-line', { hasText: 'As the instructor has it.' }).waitFor();
    await editor.screenshot('distributed-compare');
  });

  it('pulls a file, and undoes that with one click', async () => {
    const before = opened.course.read('syllabus.md');
    await editor.pressInRow(
      editor.pane('Comparison').locator('.monaco-list-row', { hasText: 'syllabus.md' }).first(),
      'Pull into Workspace…',
    );
    await editor.dialog.waitFor();
    await editor.screenshot('pull-question');
    const said = await editor.answerDialog('Pull');
    assert.match(said, /^Pull syllabus\.md into econometrics, as it was distributed\? 1 replaced\./);
    await editor.waitForToast(/Pulled syllabus\.md: 1 replaced\./);
    assert.match(opened.course.read('syllabus.md'), /As the instructor has it/);
    await editor.screenshot('pull-done');
    await editor.pickInToast(/Pulled syllabus\.md/, 'Undo');
    await editor.waitForToast(/Undone/);
    assert.equal(opened.course.read('syllabus.md'), before);
  });

  it('pulls by the keyboard what it picks', async () => {
    await editor.runCommand('Snapstage: Pull into Workspace…');
    await editor.choice('Everything').waitFor();
    await editor.screenshot('pull-pick');
    await editor.page.keyboard.press('ArrowDown');
    await editor.page.keyboard.press('Space');
    await editor.page.locator('.quick-input-widget', { hasText: '1 Selected' }).waitFor();
    await editor.page.keyboard.press('Enter');
    await editor.dialog.waitFor();
    await editor.page.keyboard.press('Escape');
    await editor.dialog.waitFor({ state: 'hidden' });
  });
});

describe('a Space whose Master is lost', () => {
  const people = new People();
  mkdirSync(people.hub);
  let code = '';
  const opened = courseInEditor({ viewport, env: { SNAPSTAGE_HOME: people.home('second') } }, (course) => {
    people.run('master', ['init']);
    const made = people.run('master', ['space', 'create', 'Econometrics 2026', '--hub', people.hub]) as { recoveryCode: string };
    code = made.recoveryCode;
    course.snapstage('init');
  });
  after(() => people.gone());

  it('gets another one by its recovery code', async () => {
    const { editor } = opened;
    await showSpace(editor);
    const recover = editor.pane(space).locator('.monaco-button', { hasText: 'Recover Space…' });
    await recover.waitFor();
    await editor.screenshot('recover-welcome');
    await recover.click();
    await editor.answer(code);
    await pickHubFolder(opened, 'Where Is the Hub on This Machine?', people.hub);
    await editor.dialog.waitFor();
    await editor.screenshot('recover-question');
    await editor.answerDialog('Recover');
    await editor.waitForToast(/This instance is a Master of the Space “Econometrics 2026” now\./);
    await spoken(editor, 'Members, 2').waitFor();
    await editor.screenshot('recovered');
    assert.ok(existsSync(opened.course.path('.snapstage/space/belonging')));
  });
});
