import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskCommand } from '../../../src/editor/applications/taskCommand.ts';
import { skip } from '../../rig/skip.ts';

describe('commands of tasks', () => {
  let folder = '';

  function program(...path: string[]): string {
    const file = join(folder, ...path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    chmodSync(file, 0o755);
    return file;
  }

  before(function () {
    if (process.platform === 'win32') skip(this, 'these programs are made executable as on Unix');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'snapstage-task-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const around = (platform: NodeJS.Platform, path = 'bin'): Parameters<typeof taskCommand>[2] => ({
    instance: join(folder, 'study'),
    env: { PATH: join(folder, path), SystemRoot: 'C:\\Windows' },
    platform,
  });

  it('are a program outside of the workspace, and its words as they are', () => {
    const tool = program('bin', 'tool');
    assert.deepEqual(taskCommand(['tool', 'a b', '$(x)', '; y'], '/study', around('linux')), {
      file: tool,
      args: ['a b', '$(x)', '; y'],
      cwd: '/study',
    });
    assert.equal(taskCommand(['.venv/bin/python'], '/study', around('linux')).file, '/study/.venv/bin/python');
    program('study', 'bin', 'own');
    assert.throws(() => taskCommand(['own'], '/study', around('linux', 'study/bin')), { code: 'not-found' });
  });

  it('have no word in which VS Code would put something', () => {
    program('bin', 'tool');
    for (const odd of ['${command:workbench.action.quit}', 'a${env:SECRET}', '--file=${input:x}'])
      assert.throws(() => taskCommand(['tool', odd], '/study', around('linux')), { code: 'refused' }, odd);
    assert.throws(() => taskCommand(['tool'], '/study/${workspaceFolder}', around('linux')), { code: 'refused' });
    assert.throws(() => taskCommand(['${x}/tool'], '/study', around('linux')), { code: 'refused' });
  });

  it('on Windows: scripts go to its interpreter as separate words, and only where it takes them as they are', () => {
    const script = program('bin', 'npm.cmd');
    const { file, args } = taskCommand(['npm', 'ci', '--no-audit'], '/study', around('win32'));
    assert.deepEqual([file, args], ['C:\\Windows\\System32\\cmd.exe', ['/d', '/c', script, 'ci', '--no-audit']]);
    assert.throws(() => taskCommand(['npm', 'a&b'], '/study', around('win32')), { code: 'refused' });
    program('odd (x86)', 'npm.cmd');
    assert.throws(() => taskCommand(['npm', 'ci'], '/study', around('win32', 'odd (x86)')), { code: 'refused' });
  });
});
