/** Assignments as a Master gives and grades them, in the real editor: from the view to the dashboard, and what comes back. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Frame } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { People } from '../support/people.ts';
import { faultsIn } from './accessibility.ts';
import { fold, openSpace, spoken as spokenInSpace, tick, viewport } from './spaceSteps.ts';
import { courseInEditor, pickTheme, pressIcon, pressTitleButton } from './steps.ts';

const assignments = 'Assignments';

/** Long enough to be no chance. */
const essay = `
Where the price of bread goes up by one percent, people buy less of it, but not by much,
because there is little that they could eat instead of it. Those who have the least to spend
turn to potatoes and rice, while everybody else hardly looks at the price when they stand in the shop.
`;

describe('the Master of assignments', () => {
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
  });
  after(() => people.gone());
  let editor: Workbench;

  const row = (label: string) => editor.pane(assignments).locator(`.monaco-list-row[aria-label^="${label}"]`).first();

  /** The page of the dashboard, once it shows this. */
  const dashboard = (text: string | RegExp): Promise<Frame> => pageWith('.counts', text);

  /** The page on how alike hand-ins are, once it has its rows. The dashboard names the members too, until it is out of sight. */
  const similarity = (): Promise<Frame> => pageWith('.row', 'analysis/answer.md');

  /** The page that has this somewhere, once it has. */
  async function pageWith(place: string, text: string | RegExp): Promise<Frame> {
    for (;;) {
      for (const frame of editor.page.frames()) {
        const shown = await frame
          .locator(place, { hasText: text })
          .count()
          .catch(() => 0);
        if (shown > 0) return frame;
      }
      await editor.page.waitForTimeout(100);
    }
  }

  before(async () => {
    editor = opened.editor;
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await pressIcon(editor);
    await openSpace(editor);
    await spokenInSpace(editor, 'Members, 4').waitFor();
    await fold(editor, 'Stage', 'Space');
    const header = editor.pane(assignments).locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  });

  it('gives one: what it says so far stands in a list, and what will happen is said first', async () => {
    const create = editor.pane(assignments).locator('.monaco-button', { hasText: 'New Assignment…' });
    await create.waitFor();
    await editor.screenshot('assignments-welcome');
    await create.click();
    await editor.answer('HW 1: Demand');
    await tick(editor, 'analysis');
    await editor.answer('');
    await editor.choice('Other Time…').waitFor();
    await editor.screenshot('assignment-deadline');
    await editor.choice('Other Time…').click();
    await editor.answer('2040-01-31 23:59');
    await editor.choice('Create Assignment…').waitFor();
    await editor.screenshot('assignment-form');
    await editor.choice('Limit').click();
    await editor.answer('20 MB');
    await editor.choice('Create Assignment…').click();
    await editor.dialog.waitFor();
    await editor.screenshot('assignment-question');
    assert.match(await editor.answerDialog('Create'), /^Create the assignment “HW 1: Demand” for all members\?/);
    await editor.waitForToast(/The assignment “HW 1: Demand” is made\./);
    await row('HW 1: Demand').waitFor();
  });

  it('sees on the dashboard who has handed in, and collects that', async () => {
    for (const [name, answer] of [
      ['Ada', 'The elasticity is 0.4.\n'],
      ['Bob', 'I don’t know.\n'],
    ] as const) {
      people.run(name, ['receive']);
      people.write(name, 'analysis/answer.md', `${answer}${essay}`);
      people.run(name, ['hand-in', 'HW 1: Demand', '--note', `from ${name}`]);
    }
    await pressTitleButton(editor, 'Sync Space', assignments);
    await row('HW 1: Demand').click();
    const page = await dashboard('2 handed in, 1 missing');
    await page.locator('.row', { hasText: 'Ada' }).waitFor();
    await editor.screenshot('dashboard-opened');
    await page.locator('[data-key="assignment:collect"]').click();
    await editor.waitForToast(/Collected 2 hand-ins \(.*\) into .*Assignments/);
    await page.locator('.row', { hasText: 'Ada' }).getByText('1 file changed').waitFor();
    await page.locator('.row', { hasText: 'Ada' }).getByText('1 file changed').click();
    await editor.page.locator('.monaco-diff-editor .view-line', { hasText: 'The elasticity is 0.4.' }).waitFor();
    await editor.screenshot('dashboard-compare');
    await editor.page.keyboard.press('Control+F4');
  });

  it('gives feedback, and returns it to those who are selected', async () => {
    await row('HW 1: Demand').click();
    const page = await dashboard('2 handed in, 1 missing');
    await page.locator('.row', { hasText: 'Ada' }).locator('.name').click();
    await page.getByRole('textbox', { name: 'Grade' }).fill('1.3');
    await page.getByLabel('Comment').fill('Well done.');
    await page.locator('[data-key="feedback:next"]').click();
    await page.locator('.details h2', { hasText: 'Bob' }).waitFor();
    await page.locator('.row', { hasText: 'Ada' }).getByText('draft').waitFor();
    await page.getByLabel('Comment').fill('Read chapter 2.');
    await page.locator('[data-key="feedback:save"]').click();
    await page.locator('.row', { hasText: 'Bob' }).getByText('draft').waitFor();
    await page.getByLabel('Select all shown').check();
    await editor.screenshot('dashboard-feedback');
    await page.locator('[data-key="bulk:return"]').click();
    await editor.dialog.waitFor();
    await editor.screenshot('dashboard-return');
    assert.match(await editor.answerDialog('Return'), /^Return the feedback of 2 members\?/);
    await page.locator('.row', { hasText: 'Ada' }).locator('.standing', { hasText: 'returned' }).waitFor();
    await editor.screenshot('dashboard-returned');
    people.run('Ada', ['space', 'status']);
    const shown = JSON.stringify(people.run('Ada', ['assignment', 'show', 'HW 1: Demand']));
    assert.match(shown, /"grade":"1\.3"/);
  });

  async function openPair(page: Frame): Promise<void> {
    await page.locator('.grid').focus();
    await editor.page.keyboard.press('Enter');
    await page.locator('.details').getByText('analysis/answer.md').waitFor();
  }

  /** The page in the reloaded window, with the pair open as before. VS Code writes down what a page keeps every few seconds, if it is idle then. */
  async function reloadedWithPair(): Promise<Frame> {
    for (let pause = 6000; ; pause *= 2) {
      await editor.page.waitForTimeout(pause);
      await editor.page.reload({ waitUntil: 'domcontentloaded' });
      const page = await similarity();
      const isOpen = await page
        .locator('.place', { hasText: 'analysis/answer.md' })
        .waitFor({ timeout: 5000 })
        .then(
          () => true,
          () => false,
        );
      if (isOpen) return page;
      assert.ok(pause < 40_000, 'the pair is not open any more');
      await openPair(await similarity());
    }
  }

  it('sees how alike the hand-ins are, and the passages side by side, also after the window was reloaded', async () => {
    const page = await dashboard('2 handed in, 1 missing');
    await page.locator('[data-key="assignment:similarity"]').click();
    const first = await similarity();
    assert.deepEqual((await first.locator('.row .name').allInnerTexts()).toSorted(), ['Ada', 'Bob']);
    assert.deepEqual(await faultsIn(first), []);
    await openPair(first);
    await editor.screenshot('similarity-editor');
    const again = await reloadedWithPair();
    await editor.page.locator('.tab', { hasText: 'Similarity: HW 1: Demand' }).waitFor();
    await again.locator('.place li button').first().click();
    const lines = editor.page.locator('.editor-group-container .view-line', { hasText: 'Where the price of' });
    await lines.nth(1).waitFor();
    assert.equal(await lines.count(), 2);
    await editor.screenshot('similarity-side-by-side');
  });
});
