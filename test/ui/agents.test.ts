/** Another extension at work with Snapstage's API and tools, and the person who is asked about it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workbench } from '../rig/workbench.ts';
import { project } from '../support/texts.ts';
import { courseInEditor, pressIcon, row } from './steps.ts';

const manifest = {
  name: 'agent',
  publisher: 'test',
  version: '1.0.0',
  engines: { vscode: '^1.107.0' },
  main: './agent.js',
  activationEvents: [],
  contributes: {
    commands: [
      { command: 'agent.take', title: 'Take by API', category: 'Agent' },
      { command: 'agent.restore', title: 'Restore by Tool', category: 'Agent' },
    ],
  },
};

const source = `
const vscode = require('vscode');
const tell = (text) => vscode.window.showInformationMessage('Agent: ' + text);
exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('agent.take', async () => {
      const api = (await vscode.extensions.getExtension('snapstage.snapstage').activate()).getAPI(1);
      const { name } = await api.folders[0].take({ name: 'before the agent' });
      tell('took ' + name);
    }),
    vscode.commands.registerCommand('agent.restore', async () => {
      try {
        const input = { state: 'before the agent' };
        const result = await vscode.lm.invokeTool('snapstage_restore_snapshot', { input, toolInvocationToken: undefined });
        tell('restored ' + result.content[0].value);
      } catch (error) {
        tell('failed with ' + error.name + ' ' + error.message);
      }
    }),
  );
};
`;

describe('another extension', () => {
  const agent = mkdtempSync(join(tmpdir(), 'snapstage-agent-'));
  const opened = courseInEditor({ extensions: [project, agent] }, () => {
    writeFileSync(join(agent, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(agent, 'agent.js'), source);
  });
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
  });

  after(() => rmSync(agent, { recursive: true }));

  it('takes a snapshot by the API, and the view shows it', async () => {
    await editor.runCommand('Agent: Take by API');
    await editor.waitForToast('Agent: took before the agent');
    await row(editor, 'before the agent').waitFor();
    await editor.clearToasts();
  });

  it('may not restore when the person says no, and learns that', async () => {
    course.write('syllabus.md', 'what the agent did\n');
    course.write('rubbish.txt', 'more of it\n');
    await editor.runCommand('Agent: Restore by Tool');
    await editor.dialog.waitFor();
    await editor.screenshot('agent-question');
    const said = await editor.answerDialog('Cancel');
    assert.match(said, /Restore econometrics from “before the agent” of .+\?/);
    assert.match(said, /Replace 1 file, delete 1 that came later\./);
    assert.match(said, /rubbish\.txt and syllabus\.md/);
    assert.match(await editor.waitForToast('Agent: failed'), /Canceled/);
    assert.equal(course.read('syllabus.md'), 'what the agent did\n');
    await editor.clearToasts();
  });

  it('restores when the person says yes, and that can be undone', async () => {
    await editor.runCommand('Agent: Restore by Tool');
    await editor.answerDialog('Yes');
    await editor.waitForToast('Agent: restored');
    assert.notEqual(course.read('syllabus.md'), 'what the agent did\n');
    await editor.clearToasts();
    await editor.runCommand('Snapstage: Undo Last Restore');
    await editor.answerDialog('Undo Restore');
    await editor.waitForToast('Undone');
    assert.equal(course.read('syllabus.md'), 'what the agent did\n');
  });
});
