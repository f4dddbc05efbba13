/** What the snapshots take: looked at, explained, and given back, by mouse and by keyboard. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { faults } from './accessibility.ts';
import { courseInEditor, pickTheme, pressIcon, row, view, waitForCommands } from './steps.ts';

const themes = [
  ['Dark Modern', 'vs-dark'],
  ['Light Modern', 'vs'],
  ['Dark High Contrast', 'hc-black'],
  ['Light High Contrast', 'hc-light'],
] as const;

/** How a webview's body tells the theme. */
const bodyClasses = {
  'vs-dark': 'vscode-dark',
  vs: 'vscode-light',
  'hc-black': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
} as const;

describe('storage', () => {
  const opened = courseInEditor({ viewport: { width: 1440, height: 1000 } }, (course) => {
    course.snapstage('init');
    mkdirSync(course.path('runs'));
    course.write('runs/first.bin', randomBytes(400_000).toString('latin1'));
    course.snapstage('take', '--name', 'as handed out');
    course.write('runs/second.bin', randomBytes(900_000).toString('latin1'));
    course.snapstage('take', '--name', 'with a large run');
    rmSync(course.path('runs/second.bin'));
    course.write('runs/third.bin', randomBytes(150_000).toString('latin1'));
    course.snapstage('take', '--name', 'the good run', '--pin');
    course.write('notes.md', 'later\n');
    course.snapstage('take');
  });
  let editor: Workbench;

  const page = (): FrameLocator => editor.webview;
  const section = (id: 'snapshots' | 'folder'): Locator => page().locator(`#${id}`);
  const tableRow = (id: 'snapshots' | 'folder', text: string): Locator => section(id).locator('tbody tr', { hasText: text }).first();

  before(async () => {
    editor = opened.editor;
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await pressIcon(editor);
    await row(editor, 'as handed out').waitFor();
  });

  it('is shown by snapshot and by folder', async () => {
    await editor.runCommand('Snapstage: Show Storage');
    await tableRow('snapshots', 'with a large run').waitFor();
    await tableRow('folder', 'runs/').waitFor();
    await editor.screenshot('storage-dark');
    const cells = await tableRow('folder', 'runs/').locator('td').allInnerTexts();
    assert.match(cells.join(' | '), /^1\.\d MB \| \d\d% \| 1\.\d MB \| 3 \|/);
    assert.match(await page().locator('dl').innerText(), /Snapshots take\s+1\.\d MB[^]*Free on the disk/);
    assert.equal(await tableRow('snapshots', 'the good run').locator('.action').count(), 0, 'what is pinned has no button to delete it');
  });

  it('is looked into by clicks in the picture and in the table, and left again', async () => {
    await section('folder').locator('svg .part', { hasText: 'runs/' }).click();
    await tableRow('folder', 'second.bin').waitFor();
    await section('folder').locator('svg .part text', { hasText: 'second.bin' }).waitFor();
    await editor.screenshot('storage-folder');
    await section('folder').locator('nav button', { hasText: 'econometrics' }).click();
    await tableRow('folder', 'data/').locator('button', { hasText: 'data/' }).click();
    await tableRow('folder', 'course.sqlite').waitFor();
  });

  it('is looked into by keyboard alone', async () => {
    const focused = page().locator('button:focus');
    const press = (key: string): Promise<void> => editor.page.keyboard.press(key);
    await section('folder').locator('nav button').focus();
    await press('Enter');
    await tableRow('folder', 'runs/').waitFor();
    // The way back has gone: its title has the focus, and the table is the next stop.
    await press('Tab');
    await page().locator('button[aria-label="runs/: show what is in it"]:focus').waitFor();
    await section('folder').locator('svg .part.focused', { hasText: 'runs/' }).waitFor();
    await press('ArrowRight');
    assert.equal(await focused.getAttribute('aria-label'), 'Why is runs/ still stored?');
    await press('ArrowDown');
    assert.match((await focused.getAttribute('aria-label')) ?? '', /^Why is \w+\/ still stored\?$/);
    await press('Home');
    await press('ArrowLeft');
    await press('Enter');
    await tableRow('folder', 'first.bin').waitFor();
    await press('Tab');
    await press('Tab');
    assert.equal(await focused.getAttribute('aria-label'), 'Why is second.bin still stored?');
    await press('Enter');
    await editor.choice('Version of').first().waitFor();
    await editor.screenshot('storage-why');
    await press('Enter');
    await editor.choice('with a large run').waitFor();
    await editor.screenshot('storage-why-holders');
    await press('Escape');
  });

  for (const [label, base] of themes) {
    it(`has no fault that axe finds in ${label}`, async () => {
      await pickTheme(editor, label, base);
      await page().locator(`body.${bodyClasses[base]}`).waitFor();
      await editor.page.mouse.move(5, 500);
      await editor.screenshot(`storage-${base}`);
      assert.deepEqual(await faults(page()), []);
    });
  }

  it('has room in a narrow window, with nothing cut off', async () => {
    await editor.page.setViewportSize({ width: 900, height: 1000 });
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await editor.screenshot('storage-narrow');
    const cut = await page()
      .locator('.rows, main')
      .evaluateAll((found) => found.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    assert.equal(cut, 0);
    await editor.page.setViewportSize({ width: 1440, height: 1000 });
  });

  it('is there again after the window was reloaded, in the same folder', async () => {
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await editor.page.reload({ waitUntil: 'domcontentloaded' });
    await editor.tab('Storage of econometrics').waitFor();
    await tableRow('folder', 'second.bin').waitFor();
    await tableRow('snapshots', 'with a large run').waitFor();
    await waitForCommands(editor);
  });

  it('is warned of where the budget is passed: once, with what helps', async () => {
    mkdirSync(opened.course.path('.vscode'), { recursive: true });
    opened.course.write('.vscode/settings.json', '{ "snapstage.storage.budget": "1.5 MB" }');
    await editor.waitForToast(/econometrics: The snapshots take 1\.\d MB, and their budget is 1\.5 MB\./);
    await editor.pane(view).getByText('and their budget is 1.5 MB').waitFor();
    await page().locator('.warning').waitFor();
    await editor.screenshot('storage-budget');
    await editor.pickInToast('their budget is', 'Free Up Space…');
    await editor.choice('back within the budget').waitFor();
    await editor.screenshot('storage-how-much');
    await editor.page.keyboard.press('Escape');
    await editor.runCommand('Snapstage: Take Snapshot');
    await tableRow('snapshots', 'Several snapshots').waitFor();
    assert.equal(await editor.toast('their budget is').count(), 0);
  });

  it('comes back as promised, after two steps', async () => {
    await page().locator('button', { hasText: 'Free Up Space…' }).click();
    await editor.choice('Another Amount…').click();
    await editor.answer('1 MB');
    const plan = await editor.answerDialog('Delete…');
    assert.match(plan, /Delete 1 snapshot and compact the store\?/);
    assert.match(plan, /1\.\d MB \([\d,]+ bytes\) come back\.[^]*“with a large run” of /);
    await editor.dialog.waitFor();
    await editor.screenshot('storage-understand');
    await editor.answerDialog('I Understand: Delete');
    const said = await editor.waitForToast('were promised');
    const [, came, promised] = /\(([\d,]+) bytes\) came back; .* \(([\d,]+) bytes\) were promised/.exec(said) ?? assert.fail(said);
    const bytes = [came, promised].map((one) => Number(one?.replaceAll(',', '')));
    assert.ok(Math.abs(bytes[0]! - bytes[1]!) < 4096, said);
    await tableRow('snapshots', 'with a large run').waitFor({ state: 'detached' });
    await page().locator('.warning').waitFor({ state: 'detached' });
    await editor.screenshot('storage-freed');
    await editor.clearToasts();
  });

  it('that can not be freed is said with what can', async () => {
    await editor.runCommand('Snapstage: Free Up Space');
    await editor.choice('Another Amount…').click();
    await editor.answer('1 TB');
    const said = await editor.waitForToast('can’t be freed');
    assert.match(said, /1 TB can’t be freed: .* at most/);
    await editor.screenshot('storage-refused');
    await editor.clearToasts();
  });

  it('of a file in the view and in the explorer is explained, and its snapshots can be deleted from there', async () => {
    await row(editor, 'as handed out').click();
    await editor.pickFromMenu(row(editor, 'README.md'), 'Why Is This Still Stored?');
    await editor.choice('Version of').first().waitFor();
    await editor.page.keyboard.press('Enter');
    await editor.choice("can't be deleted: it is pinned").waitFor();
    await editor.screenshot('storage-why-pinned');
    await editor.page.keyboard.press('Enter');
    const asked = await editor.answerDialog('Keep');
    assert.match(asked, /Delete \d snapshots[^]*come back when the store is compacted after that\./);
    await editor.page.keyboard.press('Control+Shift+E');
    await editor.pickFromMenu(
      editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'README.md' }),
      'Snapstage',
      'Why Is This Still Stored?',
    );
    await editor.choice('Version of').first().waitFor();
    await editor.page.keyboard.press('Escape');
  });
});
