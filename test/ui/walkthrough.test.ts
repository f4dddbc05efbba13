/** The walkthrough: found by a newcomer, with its pictures, each step done by doing. */
import assert from 'node:assert/strict';
import type { Workbench } from '../rig/workbench.ts';
import { openSpace } from './spaceSteps.ts';
import { courseInEditor, openFile, pickTheme, pressIcon, row, typeAndSave } from './steps.ts';

const steps = [
  'Take a snapshot',
  'See what has changed since',
  'Look inside a snapshot',
  'Restore, and undo it',
  'Follow the history of a file',
  'Find what is gone',
];

describe('walkthrough', () => {
  const opened = courseInEditor({ viewport: { width: 1600, height: 1000 } });
  let editor: Workbench;
  const page = () => editor.page.locator('.gettingStartedContainer');
  const step = (title: string) => page().locator('.getting-started-step', { hasText: title }).first();
  const done = (title: string) => step(title).locator('.codicon.complete').first();

  before(() => {
    editor = opened.editor;
  });

  it('opens from the welcome view', async () => {
    await pressIcon(editor);
    await editor.page.locator('.welcome-view-content a', { hasText: 'See what Snapstage does' }).click();
    await page().getByText('Get Started with Snapstage').first().waitFor();
    assert.equal(await page().locator('.getting-started-step').count(), steps.length);
    for (const title of steps) assert.equal(await done(title).count(), 0, `${title} is not done yet`);
    await editor.screenshot('walkthrough');
  });

  async function lookAt(titles: readonly string[], name: string): Promise<void> {
    for (const [index, title] of titles.entries()) {
      await step(title).click();
      const picture = editor.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame').locator('svg');
      await picture.first().waitFor();
      await editor.page.waitForTimeout(500);
      await editor.screenshot(`walkthrough-${name}-${index + 1}`);
    }
  }

  it('has a picture for every step', async () => {
    await lookAt(steps, 'start');
  });

  it('its first step is done by its button', async () => {
    await step('Take a snapshot').click();
    await step('Take a snapshot').locator('.monaco-button', { hasText: 'Take Snapshot' }).click();
    await row(editor, 'Today').waitFor();
    await done('Take a snapshot').waitFor();
  });

  it('the others are done by doing what they say', async () => {
    await editor.runCommand('Snapstage: Focus on Snapshots View');
    await openFile(editor, 'syllabus.md');
    await typeAndSave(editor, 'A line of mine');
    await row(editor, 'syllabus.md').click();
    await editor.tab('↔ Current State)').waitFor();
    await editor.runCommand('Snapstage: Show History');
    await editor
      .row(/first version/, 'History')
      .first()
      .waitFor();
    await editor.runCommand('Snapstage: Close History');
    await editor.runCommand('Snapstage: Find in Snapshots');
    await editor.page.keyboard.press('Escape');
    await row(editor, /quick · /).click();
    await row(editor, 'README.md').click();
    await editor.tab('README.md').first().waitFor();
    await editor.runCommand('Snapstage: Restore…');
    await editor.page.keyboard.press('Escape');
    await editor.runCommand('Snapstage: Get Started');
    await page().waitFor();
    for (const title of steps) await done(title).waitFor();
    await editor.screenshot('walkthrough-done');
  });

  it('leads on to a second one, with pictures too', async () => {
    await step('Find what is gone').click();
    await step('Find what is gone').locator('.monaco-button', { hasText: 'More with Snapstage' }).click();
    await lookAt(['Look into databases', 'Check the environment', 'Keep room on the disk', 'Keep a copy elsewhere'], 'more');
    await step('Keep room on the disk').click();
    await step('Keep room on the disk').locator('.monaco-button', { hasText: 'Show Storage' }).click();
    await editor.tab('Storage').waitFor();
  });

  it('is led to a third one from the Space view, about sharing', async () => {
    await openSpace(editor);
    await editor.pane('Space').locator('.welcome-view-content a', { hasText: 'See how it works' }).click();
    const all = [
      'Meet in a Space',
      'Collect on the Stage',
      'Preview, then distribute',
      'Receive, and decide conflicts',
      'Give assignments, hand in, grade',
    ];
    await lookAt(all, 'share');
  });

  it('its pictures can be seen in dark and high contrast', async () => {
    for (const [name, theme, base] of [
      ['dark', 'Dark Modern', 'vs-dark'],
      ['high-contrast', 'Dark High Contrast', 'hc-black'],
    ] as const) {
      await pickTheme(editor, theme, base);
      // An escape on the way leads back from the walkthrough to the list of all.
      await editor.runCommand('Snapstage: Get Started');
      await step('Restore, and undo it').click();
      await editor.page.waitForTimeout(500);
      await editor.screenshot(`walkthrough-${name}`);
    }
  });
});
