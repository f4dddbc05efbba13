/** Steps that several stories share, on top of the rig's page object. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { openEditor, pictureOfFailure, type EditorOptions, type Workbench } from '../rig/workbench.ts';
import { Course } from './course.ts';

/** The one view, by the title of its pane. */
export const view = 'Snapshots';

/** A row of the Snapshots view. */
export function row(editor: Workbench, label: string | RegExp): Locator {
  return editor.row(label, view).first();
}

/** Presses the icon in the activity bar. Not at its middle: a badge may lie there. */
export async function pressIcon(editor: Workbench): Promise<void> {
  await editor
    .activity('Snapstage')
    .first()
    .click({ position: { x: 8, y: 8 } });
}

/** Presses a button in a view's title, with the pointer over the view, and takes the pointer away: pictures are without the button's hover. */
export async function pressTitleButton(editor: Workbench, label: string, title = view): Promise<void> {
  await editor.pane(title).locator('.pane-body').hover();
  await editor.viewAction(title, label).click();
  await editor.pointAway();
}

/**
 * Goes down the rows until the one is reached that says this to a screen reader. An editor that is still opening may
 * take the focus away meanwhile: then the view is focused once more, as a person would.
 */
export async function focusRow(editor: Workbench, label: RegExp, title = view): Promise<void> {
  const rows = editor.pane(title).locator('.monaco-list');
  const focused = editor.pane(title).locator('.monaco-list:focus-within .monaco-list-row.focused');
  for (let attempt = 0; attempt < 8; attempt++) {
    await editor.runCommand(`Focus on ${title} View`);
    const isIn = await rows
      .and(editor.page.locator(':focus-within'))
      .waitFor({ timeout: 3000 })
      .then(
        () => true,
        () => false,
      );
    if (!isIn) continue;
    await editor.page.keyboard.press('Home');
    for (let step = 0; step < 100 && (await focused.count()) === 1; step++) {
      if (label.test((await focused.getAttribute('aria-label')) ?? '')) return;
      await editor.page.keyboard.press('ArrowDown');
    }
  }
  assert.fail(`no row says ${label}`);
}

/** Opens a file by name, without the pointer, and waits for the caret to be in it. */
export async function openFile(editor: Workbench, name: string): Promise<void> {
  await editor.openAndType(['Control+P'], name, editor.choice(name));
  await editor.page.keyboard.press('Enter');
  await editor.tab(name).first().waitFor();
  await editor.page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor();
}

/** Types at the beginning of the open file and saves it. */
export async function typeAndSave(editor: Workbench, line: string): Promise<void> {
  await editor.page.keyboard.press('Control+Home');
  await editor.page.keyboard.type(`${line}\n`);
  await editor.page.keyboard.press('Control+S');
}

/** A course in an editor for all stories of a `describe`: opened before, once the palette has the command, closed after, with a picture of each failure. */
export function courseInEditor(
  { place, ...options }: Partial<EditorOptions> & { readonly place?: string } = {},
  prepare: (course: Course) => void | Promise<void> = () => undefined,
  command?: string,
): Opened {
  const course = new Course(undefined, place);
  let editor: Workbench | undefined;
  before(async () => {
    await prepare(course);
    editor = await openEditor({ folder: course.folder, ...options });
    await waitForCommands(editor, command);
  });
  afterEach(async function () {
    await pictureOfFailure(this, editor);
  });
  after(async () => {
    await editor?.close();
    course.remove();
  });
  return {
    course,
    get editor() {
      if (!editor) throw new Error('the editor is not open yet');
      return editor;
    },
  };
}

export interface Opened {
  readonly course: Course;
  readonly editor: Workbench;
}

function dialogTitle({ page }: Workbench, title: string): Locator {
  return page.locator('.quick-input-title', { hasText: title });
}

/** An editor on a folder of a place. */
interface Placed {
  readonly course: Pick<Course, 'parent'>;
  readonly editor: Workbench;
}

/** Waits for the file dialog with this title to be at its place; returns what it proposes. */
export async function fileDialog({ course, editor }: Placed, title: string): Promise<string> {
  await dialogTitle(editor, title).waitFor();
  for (;;) {
    const proposed = await editor.quickInput.inputValue();
    if (proposed.startsWith(`${course.parent}/`)) return proposed;
    await editor.page.waitForTimeout(50);
  }
}

/**
 * Types the path into the file dialog that is open, and confirms it: a folder, which Enter would only open, with its button. What the dialog
 * has just proposed may come in between; then it is typed once more.
 */
export async function inFileDialog(opened: Placed, title: string, path: string, button?: string): Promise<void> {
  const { editor } = opened;
  await fileDialog(opened, title);
  const wanted = button === undefined ? path : `${path}/`;
  const press = editor.page.locator('.quick-input-widget .monaco-button', { hasText: button ?? '' }).first();
  const shown = button === undefined ? dialogTitle(editor, title) : press;
  const soon = { timeout: 2000 };
  for (; await shown.isVisible(); await editor.page.waitForTimeout(300)) {
    const isTyped = (await editor.quickInput.inputValue(soon).catch(() => '')) === wanted;
    const next = !isTyped
      ? editor.quickInput.fill(wanted, soon)
      : button === undefined
        ? editor.quickInput.press('Enter', soon)
        : press.click(soon);
    await next.catch(() => undefined);
  }
}

/** Answers where a hub is with a folder. */
export async function pickHubFolder(opened: Placed, title: string, path: string): Promise<void> {
  await opened.editor.choice('A Folder…').click();
  await inFileDialog(opened, title, path, 'Use as Hub');
}

/** Picks a colour theme by its label, and waits for the workbench to be of that base: vs, vs-dark, hc-black, hc-light. */
export async function pickTheme(editor: Workbench, label: string, base: string): Promise<void> {
  // A tree with the focus is drawn anew with each colour theme that is shown, and takes the focus back from the picker.
  await editor.page.keyboard.press('Control+1');
  await editor.page.waitForTimeout(1000); // a view that was just opened may still be about to take it
  await editor.openAndType(['Control+K', 'Control+T'], label, editor.choice(label));
  await editor.choice('Solarized Light').waitFor({ state: 'hidden' });
  await editor.quickInput.press('Enter');
  await editor.page.locator(`.monaco-workbench.${base}`).waitFor();
}

/** Waits until the palette knows the extension's commands: at first it lacks those that want a trusted folder. */
export async function waitForCommands(editor: Workbench, title = 'Snapstage: Take Snapshot'): Promise<void> {
  const command = editor.choice(title).first();
  for (let tries = 0; !(await command.isVisible()); tries++) {
    if (tries === 60) throw new Error('the palette does not show the commands');
    await editor.page.keyboard.press('Escape');
    await editor.openAndType(['F1'], `>${title}`);
    await editor.page.waitForTimeout(250);
  }
  await editor.page.keyboard.press('Escape');
}

/** Shows the view, in dark, of a course with a snapshot of that name. */
export async function showHandedOut(editor: Workbench): Promise<void> {
  await pickTheme(editor, 'Dark Modern', 'vs-dark');
  await pressIcon(editor);
  await row(editor, 'as handed out').waitFor();
}

export function readClipboard({ page }: Workbench): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()');
}
