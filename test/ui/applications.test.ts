/** Applications: looked at, compared with the machine and recreated, by mouse and by keyboard. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import type { Locator } from 'playwright-core';
import { openEngine } from '../../src/engine/engine.ts';
import type { Workbench } from '../rig/workbench.ts';
import { pipenvProject, pipenvScript, programFolder, virtualEnvironment, writeProject } from '../support/projects.ts';
import { courseInEditor, focusRow, pressIcon, row, showHandedOut, view } from './steps.ts';

describe('applications', () => {
  const programs = programFolder(mkdtempSync(join(tmpdir(), 'snapstage-programs-')), { pipenv: pipenvScript });
  const env = { PATH: [programs, process.env['PATH']].join(delimiter) };
  const opened = courseInEditor({ env }, async (course) => {
    writeProject(course.path('api'), { ...pipenvProject(), ...virtualEnvironment({ flask: '3.0.0', click: '8.1.7' }) });
    writeProject(course.folder, {
      '.vscode/settings.json': '{ "editor.tabSize": 2 }\n',
      '.vscode/extensions.json': '{ "recommendations": ["ms-python.python"] }\n',
    });
    course.snapstage('init');
    course.snapstage('take', '--name', 'as handed out');
    const engine = openEngine({ folder: course.folder });
    try {
      const extensions = [
        { id: 'snapstage.snapstage', version: '0.0.1' },
        { id: 'ms-python.python', version: '2026.1.0' },
        { id: 'julialang.language-julia', version: '1.200.0' },
      ];
      await engine.take({ name: 'of another editor', extensions });
    } finally {
      await engine.dispose();
    }
  });
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await showHandedOut(editor);
  });
  after(() => rmSync(programs, { recursive: true }));

  /** A row by what it says to a screen reader. */
  const spoken = (label: string): Locator => editor.pane(view).locator(`.monaco-list-row[aria-label^="${label}"]`).first();

  const line = (text: string | RegExp): Locator => editor.page.locator('.editor-group-container .view-line', { hasText: text }).first();

  const lens = (text: string): Locator => editor.page.locator('.codelens-decoration a', { hasText: text }).first();

  it('are found below a snapshot; what one depends on is shown when its row is clicked', async () => {
    await row(editor, 'as handed out').click();
    await spoken('Applications, in as handed out').click();
    await spoken('Python, application, 3.12.3 (asks for 3), api, in as handed out').click();
    await spoken('Pipfile.lock, configuration file, of Python in api').waitFor();
    await spoken('Dependencies, 2 installed, of Python in api').click();
    await editor.tab('Dependencies (Python in api, as handed out)').waitFor();
    await line(/flask.*3\.0\.0.*installed/).waitFor();
    await editor.screenshot('applications-tree');
    await spoken('Pipfile, configuration file, of Python in api').click();
    await editor.tab('Pipfile').waitFor();
    await line('python_version').waitFor();
  });

  it('are compared with this machine', async () => {
    rmSync(course.path('api/.venv'), { recursive: true });
    writeProject(course.path('api'), pipenvProject('3.1.0'));
    await editor.pickFromMenu(spoken('Applications, in as handed out'), 'Check against This Machine');
    await editor.tab('Check (as handed out)').waitFor();
    await line('the environment .venv').waitFor();
    await lens('Recreate…').waitFor();
    await editor.waitForToast(/Not all is as in “as handed out” of .*: 2 missing, 3 different\./);
    await editor.screenshot('applications-check');
    await editor.clearToasts();
  });

  it('are recreated in a terminal, their files first', async () => {
    await editor.page.locator('.codelens-decoration a', { hasText: 'Recreate…' }).last().click();
    await editor.dialog.waitFor();
    await editor.screenshot('applications-files');
    assert.match(await editor.answerDialog('Restore Files…'), /The configuration files of Python in api are not those of “as handed out”/);
    assert.match(await editor.answerDialog('Restore'), /Replace 1 file\./);
    await editor.dialog.locator('.dialog-message-container', { hasText: 'Run this command' }).waitFor();
    await editor.screenshot('applications-run');
    assert.match(
      await editor.answerDialog('Run'),
      /Run this command in the folder api, in a terminal\? The folder api\/\.venv is filled anew\.\s+pipenv sync/,
    );
    await editor.waitForToast('The commands for Python in api have ended well.');
    await editor.screenshot('applications-ran');
    assert.ok(existsSync(course.path('api/.venv/pyvenv.cfg')));
    await editor.pickInToast('have ended well', 'Check');
    await editor.waitForToast(/Python in api is as in “as handed out” of /);
    await editor.clearToasts();
  });

  it('the editor itself: its extensions are compared, and installed after their list was shown', async () => {
    await row(editor, 'of another editor').click();
    await spoken('Applications, in of another editor').click();
    await editor.pressInRow(spoken('Editor, application, in of another editor'), 'Check against This Machine');
    await editor.tab('Check (Editor, of another editor)').waitFor();
    await line(/missing.*julialang\.language-julia.*1\.200\.0/).waitFor();
    await line(/other.version.*snapstage\.snapstage.*0\.0\.1/).waitFor();
    await editor.screenshot('applications-editor');
    await editor.pickInToast('Editor is not as in “of another editor”', 'Recreate…');
    await editor.dialog.waitFor();
    await editor.screenshot('applications-extensions');
    assert.match(
      await editor.answerDialog('Cancel'),
      /Install 2 extensions in this editor\?\s+julialang\.language-julia 1\.200\.0\s+ms-python\.python 2026\.1\.0/,
    );
    await editor.clearToasts();
  });

  it('are looked at and recreated by keyboard alone', async () => {
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await editor.page.keyboard.press(key);
    };
    await focusRow(editor, /^Applications, in Current State/);
    await press('ArrowRight');
    await focusRow(editor, /^Python, application, .*api, in Current State/);
    await press('ArrowRight');
    await focusRow(editor, /^Dependencies, .*of Python in api in Current State/);
    await press('Enter');
    await editor.tab('Dependencies (Python in api, Current State)').waitFor();
    await focusRow(editor, /^Python, application, .*api, in Current State/);
    await press('Shift+F10');
    await editor.chooseInMenu('Recreate Application…');
    await editor.dialog.waitFor();
    await press('Enter');
    await editor.waitForToast('The commands for Python in api have ended well.');
    await editor.screenshot('applications-keyboard');
    await editor.clearToasts();
  });
});

describe('applications in Restricted Mode', () => {
  const opened = courseInEditor(
    { workspaceTrust: true },
    (course) => {
      writeProject(course.path('api'), pipenvProject());
      course.snapstage('init');
      course.snapstage('take', '--name', 'as handed out');
    },
    'Snapstage: Check against This Machine',
  );

  it('are looked at and compared; nothing is recreated, and the reason is told', async () => {
    const { editor, course } = opened;
    writeProject(course.path('api'), pipenvProject('3.1.0'));
    await pressIcon(editor);
    await row(editor, 'as handed out').click();
    const spoken = (label: string): Locator => editor.pane(view).locator(`.monaco-list-row[aria-label^="${label}"]`);
    await spoken('Applications, in as handed out').click();
    const python = spoken('Python, application, asks for 3, api, in as handed out');
    await python.waitFor();
    await editor.pressInRow(python, 'Check against This Machine');
    await editor.tab('Check (Python in api, as handed out)').waitFor();
    const lens = editor.page.locator('.codelens-decoration a', { hasText: 'Recreate…' });
    await lens.waitFor();
    await python.click({ button: 'right' });
    const recreate = editor.page.locator('.monaco-menu .action-item', { hasText: 'Recreate Application…' });
    await recreate.waitFor();
    assert.match((await recreate.getAttribute('class')) ?? '', /disabled/);
    await editor.screenshot('applications-restricted');
    await editor.page.keyboard.press('Escape');
    await lens.click();
    await editor.waitForToast('In Restricted Mode, snapshots can be viewed and compared');
    assert.equal(await editor.dialog.count(), 0);
  });
});
