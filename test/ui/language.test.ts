/** The editor's face in other languages: in no language, to see that every text is translated, and in German. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { launchBrowser, newWorkbenchPage, openWorkbench } from '../rig/browser.ts';
import { startServer } from '../rig/server.ts';
import { pictureOfFailure, Workbench } from '../rig/workbench.ts';
import { project, pseudo, readTexts, type Texts } from '../support/texts.ts';
import { Course } from './course.ts';
import { pressIcon, waitForCommands } from './steps.ts';

/** VS Code's own name for a language that is none. */
const noLanguage = 'qps-ploc';

/** Starts the editor in a language with the extension from a folder. */
async function openIn(language: string, extension: string, folder: string): Promise<Workbench> {
  const server = await startServer();
  const browser = await launchBrowser();
  const workbench = new Workbench(server, browser, await newWorkbenchPage(browser));
  // What the localised bundle of the workbench would set; its own texts stay English.
  await workbench.page.addInitScript({ content: `globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)};` });
  await openWorkbench(workbench.page, server, { folder, extensionDevelopmentPath: [extension] });
  await workbench.activity('Snapstage').first().waitFor();
  await pressIcon(workbench);
  return workbench;
}

/** The extension with every text of its bundle and its manifest in no language. */
function pseudoExtension(): string {
  const folder = mkdtempSync(join(tmpdir(), 'snapstage-pseudo-'));
  const inPseudo = (texts: Texts): string =>
    JSON.stringify(Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, pseudo(text)])));
  cpSync(join(project, 'package.json'), join(folder, 'package.json'));
  writeFileSync(join(folder, 'package.nls.json'), inPseudo(readTexts('package.nls.json')));
  // Not by a link: VS Code knows an extension's code by where it really is.
  for (const name of ['dist', 'media'])
    cpSync(join(project, name), join(folder, name), { recursive: true, filter: (path) => !path.endsWith('.map') });
  writeFileSync(join(folder, 'media', 'l10n', `bundle.l10n.${noLanguage}.json`), inPseudo(readTexts('media/l10n/bundle.l10n.json')));
  return folder;
}

/** What is no text of ours: names of the story's files and snapshots, what Intl writes, and VS Code’s own. */
const data =
  /^(?:file|folder|check) {1,2}|Collapse All|Views and More Actions\.\.\.|\((?:\w+\+)+\w+\)|econometrics|syllabus\.md|README\.md|\.gitignore|latest\.csv|data|temperatures\.csv|analysis|cache|figures|submissions|tools|for the language|\d[\d.,]* ?(?:bytes?|kB|MB)|\d+:\d\d(?::\d\d)?\s?[AP]M|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \w+ \d+, \d+ at|\band\b|\b[0-9a-f]{32}\b|\/[\w/.-]+/g;

/** Words that didn't pass through the bundle: there all vowels have accents. */
function leaks(text: string): readonly string[] {
  return (
    text
      .replaceAll('\u00a0', ' ')
      .replaceAll(data, '')
      .match(/[a-zA-Z]*[aeiouncsAEIOU][a-zA-Z]*/g) ?? []
  );
}

describe('language', () => {
  describe('none', () => {
    const course = new Course();
    let extension: string;
    let editor: Workbench;
    const rows = () => editor.page.locator('.pane-body .monaco-list-row');
    const row = (text: string | RegExp) => rows().filter({ hasText: text }).first();
    const command = (title: string) => `${pseudo('Snapstage')}: ${pseudo(title)}`;

    /** Fails with what is shown there in plain English, also to a screen reader. */
    async function mustBeTranslated(where: string, elements: Locator, least = 1): Promise<void> {
      const texts = await elements.evaluateAll((found) =>
        found.flatMap((element) => [element.getAttribute('aria-label') ?? '', (element as unknown as { innerText: string }).innerText]),
      );
      assert.ok(texts.length >= 2 * least, `${where}: nothing to look at`);
      const found = texts.flatMap((text) => leaks(text).map((word) => `${where}: “${word}” in “${text}”`));
      assert.deepEqual(found, []);
    }

    before(async () => {
      extension = pseudoExtension();
      editor = await openIn(noLanguage, extension, course.folder);
    });

    afterEach(async function () {
      await pictureOfFailure(this, editor);
    });

    after(async () => {
      await editor?.close();
      course.remove();
      rmSync(extension, { recursive: true });
    });

    it('the welcome says nothing in English', async () => {
      const welcome = editor.page.locator('.welcome-view-content');
      await welcome.first().waitFor();
      await mustBeTranslated('welcome', welcome.locator('p, .monaco-button'));
      await editor.screenshot('language-none-welcome');
      await editor.page.locator('.monaco-button', { hasText: pseudo('Take First Snapshot').slice(1, -1) }).click();
      await row(pseudo('Today')).waitFor();
    });

    it('nor do the rows of the view, their hovers and menus', async () => {
      course.write('syllabus.md', 'changed\n');
      course.snapstage('take', '--name', 'for the language');
      course.write('syllabus.md', 'changed again\n');
      rmSync(course.path('README.md'));
      await row('for the language').waitFor();
      await waitForCommands(editor, command('Take Snapshot'));
      await editor.runCommand(command('Refresh'));
      await row('syllabus.md').waitFor();
      await row('for the language').click();
      await row('latest.csv').waitFor();
      await mustBeTranslated('view', rows(), 8);
      await mustBeTranslated('titles', editor.page.locator('.sidebar .pane-header .title, .sidebar .composite.title .action-label'));
      await mustBeTranslated('status bar', editor.page.locator('.statusbar-item[id="snapstage.snapstage.snapstage.status"] a'), 0);
      await editor.screenshot('language-none');
      for (const [name, target] of [
        ['snapshot', row('for the language')],
        ['change', row('syllabus.md')],
        ['file', row('latest.csv')],
      ] as const) {
        await editor.pointAway();
        const hover = await editor.hoverOver(target, /./);
        await mustBeTranslated(`hover of ${name}`, hover);
        await editor.page.keyboard.press('Escape');
        await target.click({ button: 'right' });
        const items = editor.page.locator('.monaco-menu .action-item .action-label:not(.separator)');
        await items.first().waitFor();
        await mustBeTranslated(`menu of ${name}`, items, 2);
        await editor.page.keyboard.press('Escape');
        await editor.page.locator('.monaco-menu').waitFor({ state: 'hidden' });
      }
    });

    it('nor do the palette, questions and answers', async () => {
      await editor.page.keyboard.press('F1');
      await editor.quickInput.fill(`>${pseudo('Snapstage')}`);
      await editor.choice(command('Refresh')).first().waitFor();
      await mustBeTranslated('palette', editor.page.locator('.quick-input-list .monaco-list-row .label-name').filter({ hasText: '⟦' }), 10);
      await editor.page.keyboard.press('Escape');

      await editor.runCommand(command('Restore…'));
      await editor.choice('for the language').waitFor();
      await mustBeTranslated('snapshots to pick', editor.page.locator('.quick-input-title, .quick-input-list .monaco-list-row'));
      await editor.choice('for the language').click();
      await editor.dialog.waitFor();
      await mustBeTranslated('question', editor.dialog.locator('.dialog-message-text, .dialog-message-detail'));
      await mustBeTranslated('buttons', editor.dialog.locator('.monaco-button').filter({ hasNotText: /^Cancel$/ }), 2);
      await editor.dialog.locator('.monaco-button', { hasText: pseudo('Show Details') }).click();
      await editor.choice('syllabus.md').waitFor();
      await mustBeTranslated('plan', editor.page.locator('.quick-input-title, .quick-input-list .monaco-list-row'), 3);
      await editor.choice(pseudo('Restore')).first().click();
      const toast = editor.page.locator('.notification-toast').first();
      await toast.waitFor();
      await mustBeTranslated(
        'toast',
        toast.locator('.notification-list-item-message, .notification-list-item-buttons-container .monaco-button'),
      );
    });

    it('nor do finding and history', async () => {
      await editor.runCommand(command('Find in Snapshots…'));
      await editor.quickInput.fill('syllabus');
      await editor.choice('syllabus.md').waitFor();
      await mustBeTranslated('found', editor.page.locator('.quick-input-title, .quick-input-list .monaco-list-row'));
      await editor.page.keyboard.press('Enter');
      await row(pseudo('first version')).waitFor();
      await mustBeTranslated(
        'history',
        editor.page.locator('.pane', { hasText: pseudo('first version') }).locator('.monaco-list-row, .pane-header .title'),
        2,
      );
      await editor.screenshot('language-none-history');
    });

    it('nor does the Storage page', async () => {
      await editor.runCommand(command('Show Storage'));
      const { webview } = editor;
      await webview.locator('#folder tbody tr').first().waitFor();
      await webview.locator('#snapshots tbody tr').first().waitFor();
      await editor.screenshot('language-none-storage');
      await mustBeTranslated('storage page', webview.locator('h1, h2, p, dt, thead th, .buttons button, .actions button'), 20);
      await mustBeTranslated('storage rows', webview.locator('#snapshots tbody tr, button[aria-label]'), 10);
    });

    it('nor does the walkthrough', async () => {
      await editor.runCommand(command('Get Started'));
      const page = editor.page.locator('.gettingStartedContainer');
      await page.getByText(pseudo('Get Started with Snapstage')).first().waitFor();
      await mustBeTranslated(
        'walkthrough',
        page.locator('.getting-started-step .step-title, .getting-started-step .step-description-container'),
        6,
      );
    });
  });

  describe('German', () => {
    const course = new Course('ökonometrie');
    let editor: Workbench;
    const row = (text: string | RegExp) => editor.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();

    before(async () => {
      course.snapstage('init');
      course.snapstage('take', '--name', 'vor der Prüfung', '--pin');
      course.write('syllabus.md', 'anders\n');
      editor = await openIn('de', project, course.folder);
    });

    afterEach(async function () {
      await pictureOfFailure(this, editor);
    });

    after(async () => {
      await editor?.close();
      course.remove();
    });

    it('is what the view speaks', async () => {
      await row(/^Aktueller Stand.*1 geändert/).waitFor();
      await row('Heute').waitFor();
      await row(/vor der Prüfung.*beschrieben · (konsistent|absturzkonsistent) · angeheftet/).waitFor();
      await editor.screenshot('language-german');
    });

    it('is what the Storage page speaks', async () => {
      await editor.runCommand('Snapstage: Speicherplatz anzeigen');
      await editor.webview.locator('#folder tbody tr', { hasText: 'data/' }).waitFor();
      await editor.webview.locator('#snapshots tbody tr', { hasText: 'vor der Prüfung' }).waitFor();
      await editor.webview.locator('h1', { hasText: 'Speicherplatz von ökonometrie' }).waitFor();
      await editor.screenshot('language-german-storage');
      await editor.runCommand('View: Close Editor');
    });

    it('is what questions are asked in', async () => {
      await editor.pickFromMenu(row('vor der Prüfung'), 'Wiederherstellen…');
      const said = await editor.answerDialog('Wiederherstellen');
      assert.match(said, /1 Datei ersetzen\. Der jetzige Stand wird zuerst als Snapshot aufbewahrt\./);
      await editor.waitForToast('Wiederhergestellt aus');
      await editor.screenshot('language-german-restored');
    });
  });
});
