/** Several folders, none, and one that is not trusted. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEditor, pictureOfFailure, type EditorOptions, type Workbench } from '../rig/workbench.ts';
import { Course } from './course.ts';
import { row, view } from './steps.ts';

describe('folders', () => {
  let editor: Workbench | undefined;
  const courses: Course[] = [];

  function newCourse(name: string): Course {
    const course = new Course(name);
    courses.push(course);
    return course;
  }

  async function open(options: EditorOptions): Promise<Workbench> {
    editor = await openEditor(options);
    await editor.activity('Snapstage').first().click();
    return editor;
  }

  afterEach(async function () {
    await pictureOfFailure(this, editor);
    await editor?.close();
    editor = undefined;
    for (const course of courses.splice(0)) course.remove();
  });

  it('without one, the view says what to do', async () => {
    const { page } = await open({});
    await page.locator('.pane-body .monaco-button', { hasText: 'Open Folder' }).waitFor();
    await editor?.screenshot('no-folder');
  });

  it('several have a row each, and the palette asks which', async () => {
    const [one, two] = [newCourse('one'), newCourse('two')];
    one.snapstage('init');
    one.snapstage('take', '--name', 'first of one');
    const workspace = join(one.parent, 'both.code-workspace');
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: one.folder }, { path: two.folder }] }));
    const workbench = await open({ workspace });
    await row(workbench, 'first of one').waitFor();
    await row(workbench, /^two.*no snapshots yet/).waitFor();
    await workbench.row(/^one.*nothing staged/, 'Stage').waitFor();
    one.snapstage('stage', 'add', 'README.md');
    await workbench.row(/^one.*1 object/, 'Stage').waitFor();
    await workbench.row(/^README\.md.*from current state/, 'Stage').waitFor();
    await workbench.row(/^two.*nothing staged/, 'Stage').waitFor();
    await workbench.runCommand('Snapstage: Take Snapshot');
    await workbench.choice('two').first().click();
    await row(workbench, /^two.*1 snapshot/).waitFor();
    assert.ok(existsSync(two.path('.snapstage/format')));
    two.write('syllabus.md', 'changed\n');
    await row(workbench, 'syllabus.md').click();
    await workbench.tab('↔ Current State)').waitFor();
    await workbench.screenshot('several-folders');

    const format = one.path('.snapstage/format');
    const aside = join(one.parent, 'format');
    renameSync(format, aside);
    mkdirSync(format);
    const failed = row(workbench, /^one.*can't be read/);
    await failed.waitFor();
    await row(workbench, /Reading or writing failed \(EISDIR: .*The system refused it: the log says more\./).waitFor();
    await row(workbench, /^two.*1 snapshot/).waitFor();
    await workbench.pressInRow(failed, 'Refresh');
    await workbench.waitForToast('EISDIR');
    await workbench.screenshot('several-folders-failed');
    rmdirSync(format);
    renameSync(aside, format);
    await row(workbench, 'first of one').waitFor();
  });

  it('in Restricted Mode snapshots are viewed and compared, and nothing is changed', async () => {
    const course = newCourse('strange');
    course.snapstage('init');
    course.snapstage('take', '--name', 'as received');
    course.snapstage('stage', 'add', 'README.md');
    course.write('syllabus.md', 'changed\n');
    const workbench = await open({ folder: course.folder, workspaceTrust: true });
    await workbench.pane(view).getByText('Restricted Mode: snapshots can be viewed and compared only.').waitFor();
    await workbench.pane('Stage').getByText('Restricted Mode: the Stage can be viewed only.').waitFor();
    await workbench.pane('Stage').locator('.monaco-list-row[aria-label^="README.md, file, from current state"]').waitFor();
    await row(workbench, 'syllabus.md').click();
    await workbench.tab('syllabus.md (as received ↔ Current State)').waitFor();
    await workbench.page.locator('.monaco-diff-editor .monaco-editor.focused').waitFor();
    await row(workbench, 'as received').click({ button: 'right' });
    const restore = workbench.page.locator('.monaco-menu .action-item', { hasText: 'Restore' }).first();
    await restore.waitFor();
    assert.match((await restore.getAttribute('class')) ?? '', /disabled/);
    await workbench.screenshot('restricted');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('F1');
    await workbench.quickInput.fill('>Snapstage: ');
    await workbench.choice('Snapstage: Refresh').waitFor();
    assert.equal(await workbench.choice('Snapstage: Take Snapshot').count(), 0);
  });

  it('in Restricted Mode without snapshots, the view offers to manage trust', async () => {
    const course = newCourse('stranger');
    const workbench = await open({ folder: course.folder, workspaceTrust: true });
    await workbench.page.locator('.pane-body .monaco-button', { hasText: 'Manage Workspace Trust' }).waitFor();
    assert.ok(!existsSync(course.path('.snapstage')));
    await workbench.screenshot('restricted-welcome');
  });
});
