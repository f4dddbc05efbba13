/** What a Master looks at before something is distributed and after it: the preview matrix and the audit trail. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { People } from '../support/people.ts';
import { faults } from './accessibility.ts';
import { courseInEditor, fileDialog, inFileDialog, pickTheme, pressIcon, pressTitleButton } from './steps.ts';

const themes = [
  ['Dark Modern', 'vs-dark'],
  ['Light Modern', 'vs'],
  ['Dark High Contrast', 'hc-black'],
  ['Light High Contrast', 'hc-light'],
] as const;

describe('looking ahead and back', () => {
  const people = new People();
  mkdirSync(people.hub);
  const opened = courseInEditor({ viewport: { width: 1440, height: 1000 }, env: { SNAPSTAGE_HOME: people.home('master') } }, (course) => {
    const master = (...args: readonly string[]): unknown => people.run('master', args, course.folder);
    master('init');
    master('space', 'create', 'Econometrics 2026', '--hub', people.hub);
    for (const name of ['Ada', 'Bob', 'Carla']) {
      const { code } = master('space', 'invite', name) as { code: string };
      people.run(name.toLowerCase(), ['init']);
      people.run(name.toLowerCase(), ['space', 'join', code, '--yes']);
    }
    course.write('syllabus.md', 'Week 1\n');
    master('stage', 'add', 'syllabus.md', 'analysis');
    master('distribute', '--message', 'Week 1');
    people.run('ada', ['receive']);
    people.run('bob', ['receive']);
    people.write('ada', 'syllabus.md', 'What I think of it\n');
    for (const name of ['ada', 'carla']) people.run(name, ['space', 'status']);
    course.write('syllabus.md', 'Week 2\n');
    master('space', 'status');
  });
  after(() => people.gone());
  let editor: Workbench;
  const page = (): FrameLocator => editor.webview;
  const cell = (member: string, path: string): Locator => page().locator(`[role=gridcell][aria-label^="${member}, ${path}: "]`);

  before(async () => {
    editor = opened.editor;
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await pressIcon(editor);
    await editor.pane('Stage').locator('.monaco-list-row[aria-label^="syllabus.md"]').first().waitFor();
  });

  it('shows from the Stage what everybody would meet', async () => {
    await pressTitleButton(editor, 'Preview Distribution', 'Stage');
    await cell('Ada', 'syllabus.md').waitFor();
    assert.match((await cell('Ada', 'syllabus.md').getAttribute('aria-label')) ?? '', /: edited there$/);
    assert.match((await cell('Bob', 'syllabus.md').getAttribute('aria-label')) ?? '', /: safe update$/);
    assert.match((await cell('Carla', 'syllabus.md').getAttribute('aria-label')) ?? '', /: new$/);
    await editor.screenshot('preview-editor');
  });

  it('tells more of a cell, and shows what was received beside what is staged', async () => {
    await cell('Ada', 'syllabus.md').click();
    await page().locator('.details h2', { hasText: 'syllabus.md at Ada' }).waitFor();
    await editor.screenshot('preview-cell');
    await page().getByRole('button', { name: 'Compare Last Received with Staged' }).click();
    await editor.tab('syllabus.md (received by Ada ↔ staged)').waitFor();
    await editor.page.locator('.modified .view-line', { hasText: 'Week 2' }).waitFor();
    await cell('Ada', 'syllabus.md').and(page().locator('.active')).waitFor();
    await editor.screenshot('preview-difference');
  });

  for (const [label, base] of themes) {
    it(`has no fault that axe finds in ${label}`, async () => {
      await pickTheme(editor, label, base);
      await page().locator('.details').waitFor();
      await editor.page.mouse.move(5, 600);
      await editor.screenshot(`preview-editor-${base}`);
      assert.deepEqual(await faults(page()), []);
    });
  }

  it('is there again after the window was reloaded, and follows the Stage', async () => {
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await editor.page.reload({ waitUntil: 'domcontentloaded' });
    await page().locator('.details h2', { hasText: 'syllabus.md at Ada' }).waitFor();
    people.run('master', ['stage', 'remove', 'analysis'], opened.course.folder);
    await page().locator('.counted', { hasText: '3 members × 1 object' }).waitFor();
  });

  it('gives a cell a strategy of its own, which the member’s instance follows', async () => {
    await page().getByLabel('Strategy of syllabus.md at Ada').selectOption('skip');
    await page().locator('[aria-label="Ada, syllabus.md: edited there, here: skip"]').waitFor();
    await page()
      .locator('.sentence', { hasText: /1 kept.* 1 cell has a strategy of its own\./ })
      .waitFor();
    await editor.screenshot('preview-exception');
    await page().getByRole('button', { name: 'Distribute to 3…' }).click();
    await editor.answer('Week 2');
    await editor.dialog.waitFor();
    await editor.screenshot('preview-distribute-exception');
    await editor.answerDialog('Distribute');
    await editor.waitForToast(/Distributed 1 object to all members\./);
    for (const name of ['ada', 'bob']) people.run(name, ['receive']);
    assert.deepEqual([people.read('ada', 'syllabus.md'), people.read('bob', 'syllabus.md')], ['What I think of it\n', 'Week 2\n']);
    await editor.clearToasts();
  });

  it('distributes from there, as it was shown', async () => {
    people.write('ada', 'syllabus.md', 'What I think of it by now\n');
    people.run('ada', ['space', 'status']);
    opened.course.write('syllabus.md', 'Week 3\n');
    await page().getByRole('button', { name: 'Refresh' }).click();
    await cell('Ada', 'syllabus.md').click();
    await editor.page.keyboard.press('Delete');
    await page().getByLabel('Strategy for all').selectOption('rename');
    await page().locator('.sentence', { hasText: '1 saved beside' }).waitFor();
    await page().getByRole('button', { name: 'Distribute to 3…' }).click();
    await editor.answer('Week 3');
    await editor.dialog.waitFor();
    await editor.screenshot('preview-distribute');
    await editor.answerDialog('Distribute');
    await editor.waitForToast(/Distributed 1 object to all members\./);
    people.run('ada', ['receive']);
    assert.ok(readdirSync(people.folder('ada')).includes('syllabus (from Master).md'));
  });

  it('has all of it in the audit trail', async () => {
    await editor.clearToasts();
    await editor.runCommand('Snapstage: Show Audit Trail');
    const record = page().locator('.record', {
      has: page().locator('.what', { hasText: 'distributed syllabus.md to editors (rename): “Week 3”' }),
    });
    await record.waitFor();
    await record.click();
    await editor.page.keyboard.press('Enter');
    await record.locator('dl').waitFor();
    await editor.screenshot('audit-editor');
  });

  for (const [label, base] of themes) {
    it(`of the trail has no fault that axe finds in ${label}`, async () => {
      await pickTheme(editor, label, base);
      await page().locator('.record dl').waitFor();
      await editor.page.mouse.move(5, 600);
      await editor.screenshot(`audit-editor-${base}`);
      assert.deepEqual(await faults(page()), []);
    });
  }

  it('verifies the trail, against the hub too, and exports it', async () => {
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await page().getByRole('button', { name: 'Verify' }).click();
    await page().locator('.report h2', { hasText: ': all well.' }).waitFor();
    const logs = join(people.hub, 'logs');
    const [log] = readdirSync(logs).filter((name) => readdirSync(join(logs, name)).length > 3);
    rmSync(join(logs, log ?? '', readdirSync(join(logs, log ?? '')).toSorted()[1] ?? ''));
    await page().getByRole('button', { name: 'Verify' }).click();
    await page().locator('.report.damaged h2', { hasText: '1 part damaged.' }).waitFor();
    await editor.screenshot('audit-damaged');
    await page().getByRole('button', { name: 'Export…' }).click();
    await fileDialog(opened, 'Export Audit Trail');
    const file = join(people.base, 'trail.jsonl');
    await inFileDialog(opened, 'Export Audit Trail', file);
    await editor.waitForToast(/Exported \d+ records to .*checks it anywhere\./);
    await editor.screenshot('audit-exported');
    assert.ok(existsSync(file));
  });
});
