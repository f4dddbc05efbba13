/** A course in three windows at once, from its beginning to graded homework: its Master, Ada, who works on what comes, and Bob, who lets it come. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { openEditor, pictureOfFailure, type EditorOptions, type Workbench } from '../rig/workbench.ts';
import { makeSample } from '../sample.ts';
import { People } from '../support/people.ts';
import { fold, openSpace, space, spoken, tick } from './spaceSteps.ts';
import { pickHubFolder, pickTheme, pressIcon, pressTitleButton, readClipboard, waitForCommands } from './steps.ts';

const viewport = { width: 1280, height: 1000 };
const who = ['master', 'ada', 'bob'] as const;
type Who = (typeof who)[number];

describe('a course in three windows', () => {
  const people = new People();
  const windows = new Map<Who, Workbench>();
  const codes = new Map<Who, string>();
  mkdirSync(people.hub);

  const of = (name: Who): Workbench => windows.get(name) ?? assert.fail('it is not open');
  const file = (name: Who, path: string): string => join(people.folder(name), path);
  const text = (name: Who, path: string): string => readFileSync(file(name, path), 'utf8');
  const change = (name: Who, path: string, from: string, to: string): void =>
    writeFileSync(file(name, path), text(name, path).replace(from, to));

  before(async () => {
    makeSample(people.folder('master'));
    for (const name of who) {
      mkdirSync(people.folder(name), { recursive: true });
      const settings: EditorOptions['settings'] = name === 'bob' ? { 'snapstage.space.receive': 'automatically' } : {};
      windows.set(name, await openEditor({ folder: people.folder(name), viewport, settings, env: { SNAPSTAGE_HOME: people.home(name) } }));
      const editor = of(name);
      await waitForCommands(editor);
      await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await pickTheme(editor, 'Dark Modern', 'vs-dark');
      await pressIcon(editor);
      await fold(editor, 'Snapshots');
    }
  });
  afterEach(async function () {
    for (const [name, editor] of windows) await pictureOfFailure(this, editor, name);
  });
  after(async () => {
    for (const editor of windows.values()) await editor.close();
    people.gone();
  });

  /** Asks the hub, as somebody does who does not want to wait. */
  async function sync(name: Who): Promise<void> {
    await pressTitleButton(of(name), 'Sync Space', space);
  }

  async function distribute(message: string, strategy: string): Promise<void> {
    const master = of('master');
    await pressTitleButton(master, 'Distribute…', 'Stage');
    await tick(master, 'All Members');
    await master.choice(strategy).click();
    await master.answer(message);
    await master.answerDialog('Distribute');
    await master.waitForToast(/Distributed \d objects? to all members\./);
    await master.clearToasts();
  }

  it('begins: the Master makes the Space and invites two, who join with their codes', async () => {
    const master = of('master');
    await openSpace(master);
    await master.pane(space).locator('.monaco-button', { hasText: 'Create Space…' }).click();
    await master.answer('Econometrics 2026');
    const course = { parent: people.base };
    await pickHubFolder({ course, editor: master }, 'Hub: Where the', people.hub);
    await master.answerDialog('I Have Written It Down');
    for (const name of ['Ada', 'Bob']) {
      await pressTitleButton(master, 'Invite…', space);
      await master.answer(name);
      await master.choice('Editor').click();
      await master.answer('');
      await master.dialog.locator('.monaco-button', { hasText: 'Copy Code' }).click();
      await master.dialog.locator('.dialog-message-container', { hasText: 'Copied.' }).waitFor();
      codes.set(name.toLowerCase() as Who, await readClipboard(master));
      await master.answerDialog('Done');
    }
    await spoken(master, 'Invites, 2 open').waitFor();
    for (const name of ['ada', 'bob'] as const) {
      const editor = of(name);
      await openSpace(editor);
      await editor.pane(space).locator('.monaco-button', { hasText: 'Join Space…' }).click();
      await editor.answer(codes.get(name)!);
      await editor.dialog.waitFor();
      await editor.screenshot(`classroom-join-${name}`);
      await editor.answerDialog('Join');
      await spoken(editor, 'Inbox, nothing yet').waitFor();
      await editor.screenshot(`classroom-joined-${name}`);
    }
    await sync('master');
    await spoken(master, 'Members, 3').waitFor();
    await master.screenshot('classroom-members');
  });

  it('hands out the first week: Ada receives it, Bob has it by himself', async () => {
    const master = of('master');
    await master.activity('Explorer').first().click();
    const row = (name: string): Locator => master.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
    for (const name of ['analysis', 'syllabus.md', 'data']) {
      await master.pickFromMenu(row(name), 'Snapstage', 'Add to Stage');
      await master.statusItem(`On the Stage: ${name} from current state`).waitFor();
    }
    await pressIcon(master);
    await master.screenshot('classroom-stage');
    await distribute('Week 1', 'Ask');
    const ada = of('ada');
    await sync('ada');
    await ada.waitForToast(/“Week 1” has come from Master/);
    await ada.screenshot('classroom-arrived');
    await ada.pickInToast(/“Week 1” has come from Master/, 'Receive');
    await ada.waitForToast(/Received “Week 1”/);
    await ada.screenshot('classroom-received');
    assert.equal(text('ada', 'syllabus.md'), text('master', 'syllabus.md'));
    await ada.clearToasts();
    await sync('bob');
    await of('bob').waitForToast(/Received “Week 1”/);
    assert.equal(text('bob', 'syllabus.md'), text('master', 'syllabus.md'));
    await of('bob').screenshot('classroom-received-by-itself');
    await of('bob').clearToasts();
  });

  it('hands out a correction: what Ada edited is merged by her, Bob edited nothing and has it', async () => {
    const master = of('master');
    change('ada', 'analysis/trend.py', 'import', '# Ada was here.\nimport');
    writeFileSync(file('ada', 'analysis/answer.md'), 'My answer.\n');
    writeFileSync(file('ada', 'syllabus.md'), `${text('ada', 'syllabus.md')}\nAda's note.\n`);
    writeFileSync(file('master', 'syllabus.md'), `# Corrected\n\n${text('master', 'syllabus.md')}`);
    await distribute('Week 1, corrected', 'Ask');
    const ada = of('ada');
    await sync('ada');
    await ada.pickInToast(/“Week 1, corrected” has come/, 'Receive');
    await ada.waitForToast(/Received “Week 1, corrected”|conflict/);
    await ada.screenshot('classroom-conflict-toast');
    await ada.pickInToast(/conflict/, 'Decide…');
    const conflict = ada.webview.locator('[role=row]', { hasText: 'syllabus.md' });
    await conflict.waitFor();
    await ada.screenshot('classroom-conflicts');
    await conflict.locator('label', { hasText: 'Merge' }).click();
    await ada.webview.locator('.sentence', { hasText: 'merge' }).waitFor();
    await ada.screenshot('classroom-decided');
    await ada.webview.locator('button', { hasText: 'Apply' }).click();
    await ada.waitForToast(/1 merged/);
    assert.match(text('ada', 'syllabus.md'), /^# Corrected\n[^]*Ada's note\.\n$/);
    assert.match(text('ada', 'analysis/trend.py'), /Ada was here/);
    await ada.clearToasts();
    await sync('bob');
    await of('bob').waitForToast(/Received “Week 1, corrected”/);
    assert.match(text('bob', 'syllabus.md'), /^# Corrected/);
    await fold(master, 'Stage');
    await sync('master');
    await spoken(master, 'Distributions, 2').click();
    await spoken(master, '“Week 1, corrected”, 2 of 2 received').waitFor();
    await master.screenshot('classroom-outcomes');
    assert.ok(existsSync(file('ada', 'analysis/answer.md')));
  });

  it('takes something back: what Bob never edited goes, what Ada edited stays, and the Master sees it', async () => {
    const [master, ada, bob] = [of('master'), of('ada'), of('bob')];
    await master.pickFromMenu(spoken(master, '“Week 1, corrected”'), 'Recall…');
    await master.page.locator('.quick-input-widget', { hasText: '3 Selected' }).waitFor();
    await master.page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    await tick(master, 'All Who Got It');
    await master.choice('Take Back What Was Not Edited').click();
    await master.answer('It comes again next week.');
    await master.dialog.waitFor();
    await master.screenshot('classroom-recall');
    await master.answerDialog('Recall');
    await master.waitForToast(/Recalled/);
    await sync('ada');
    await spoken(ada, 'Inbox, 1 new').waitFor();
    await ada.screenshot('classroom-recall-arrived');
    await ada.runCommand('Snapstage: Receive');
    await ada.answerDialog('Receive');
    await spoken(ada, 'Inbox, all received').waitFor();
    await bob.clearToasts();
    await sync('bob');
    await bob.waitForToast(/Received/);
    await bob.screenshot('classroom-recalled');
    assert.deepEqual([existsSync(file('bob', 'syllabus.md')), existsSync(file('ada', 'syllabus.md'))], [false, true]);
    assert.match(text('ada', 'analysis/trend.py'), /Ada was here/);
    await sync('master');
    await spoken(master, 'Recall of “Week 1, corrected”, 2 of 2 done').waitFor();
    await master.screenshot('classroom-recall-done');
  });

  const assignments = 'Assignments';
  const given = (name: Who, label: string): Locator =>
    of(name).pane(assignments).locator(`.monaco-list-row[aria-label^="${label}"]`).first();

  it('gives an assignment, which both see with the time that is left', async () => {
    const master = of('master');
    for (const name of who) {
      const editor = of(name);
      await editor.clearToasts();
      await fold(editor, 'Space');
      const header = editor.pane(assignments).locator('.pane-header');
      if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
    }
    await pressTitleButton(master, 'New Assignment…', assignments);
    await master.answer('HW 1');
    await tick(master, 'analysis');
    await master.answer('');
    await master.choice('Other Time…').click();
    await master.answer('2040-01-31 23:59');
    await master.choice('Create Assignment…').click();
    assert.match(await master.answerDialog('Create'), /^Create the assignment “HW 1” for all members\?/);
    await master.waitForToast(/The assignment “HW 1” is made\./);
    for (const name of ['ada', 'bob'] as const) {
      await pressTitleButton(of(name), 'Sync Space', assignments);
      await of(name).waitForToast(/New assignment “HW 1”, deadline /);
      await of(name).screenshot(`classroom-assignment-${name}`);
      await of(name).clearToasts();
      await given(name, 'HW 1').waitFor();
    }
  });

  it('collects what both hand in, and returns it with grades', async () => {
    const master = of('master');
    mkdirSync(file('bob', 'analysis'), { recursive: true });
    writeFileSync(file('bob', 'analysis/answer.md'), 'I don’t know.\n');
    for (const name of ['ada', 'bob'] as const) {
      const editor = of(name);
      await editor.pressInRow(given(name, 'HW 1'), 'Hand In…');
      await editor.choice('Hand In').first().waitFor();
      await editor.screenshot(`classroom-hand-in-${name}`);
      await editor.page.keyboard.press('Enter');
      await editor.waitForToast(/Handed in to “HW 1”: .* Code of the receipt: /);
      await editor.clearToasts();
    }
    await pressTitleButton(master, 'Sync Space', assignments);
    await given('master', 'HW 1').click();
    const page = master.webview;
    await page.locator('.counts', { hasText: '2 handed in' }).waitFor();
    await page.locator('[data-key="assignment:collect"]').click();
    await master.waitForToast(/Collected 2 hand-ins/);
    const copy = join(people.base, 'Assignments', 'HW 1', 'Bob');
    assert.equal(existsSync(copy), true);
    await master.clearToasts();
    const member = (name: string): Locator => page.locator('.row', { hasText: name });
    await member('Ada').locator('.name').click();
    await page.getByRole('textbox', { name: 'Grade' }).fill('1.3');
    await page.getByLabel('Comment').fill('Well done.');
    await page.locator('[data-key="feedback:next"]').click();
    await page.locator('.details h2', { hasText: 'Bob' }).waitFor();
    await page.getByLabel('Comment').fill('Read chapter 2.');
    await page.locator('[data-key="feedback:save"]').click();
    await member('Bob').getByText('draft').waitFor();
    await master.screenshot('classroom-dashboard');
    await page.getByLabel('Select all shown').check();
    await page.locator('[data-key="bulk:return"]').click();
    await master.answerDialog('Return');
    await member('Ada').locator('.standing', { hasText: 'returned' }).waitFor();
    for (const name of ['ada', 'bob'] as const) {
      await pressTitleButton(of(name), 'Sync Space', assignments);
      await of(name).pickInToast(/There is feedback to the assignment “HW 1”/, 'Show');
      await of(name).webview.locator('.feedback').waitFor();
      await of(name).screenshot(`classroom-feedback-${name}`);
    }
    await of('ada').webview.getByText('Well done.').waitFor();
    await of('bob').webview.getByText('Read chapter 2.').waitFor();
  });
});
