import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { invocationOf } from '../../../src/cli/programs.ts';
import { findProgram, programEnvironment, thisMachine } from '../../../src/engine/programs.ts';
import { skip } from '../../rig/skip.ts';

describe('programs of this machine', function () {
  let folder = '';

  function program(at: string, script = 'echo out; echo err >&2'): string {
    const file = path.join(folder, at);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }

  function around(...folders: string[]): { instance: string; env: NodeJS.ProcessEnv; platform: 'linux' } {
    const PATH = folders.map((each) => (path.isAbsolute(each) || each === '' || each === '.' ? each : path.join(folder, each))).join(':');
    return { instance: path.join(folder, 'instance'), env: { PATH, OTHER: 'x' }, platform: 'linux' };
  }

  before(function () {
    if (process.platform === 'win32') skip(this, 'these programs are scripts of a Unix shell');
  });

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'snapstage-programs-')));
    fs.mkdirSync(path.join(folder, 'instance'));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('are those of absolute folders of PATH, in their order', () => {
    program('a/other');
    const tool = program('b/tool');
    program('c/tool');
    fs.writeFileSync(path.join(folder, 'a/tool'), 'not executable', { mode: 0o644 });
    fs.mkdirSync(path.join(folder, 'a/folder'));
    assert.equal(findProgram('tool', around('a', 'b', 'c')), tool);
    assert.equal(findProgram('folder', around('a')), undefined);
    assert.equal(findProgram('../b/tool', around('a')), undefined);
    assert.equal(findProgram('', around('a')), undefined);
  });

  it('are never those of the workspace, whatever PATH and links say', () => {
    const own = program('instance/.venv/bin/tool');
    fs.mkdirSync(path.join(folder, 'a'));
    fs.symlinkSync(own, path.join(folder, 'a/tool'));
    fs.symlinkSync(path.dirname(own), path.join(folder, 'linked'));
    const places = around('instance/.venv/bin', 'linked', 'a', '', '.');
    assert.equal(findProgram('tool', places), undefined);
    assert.deepEqual(programEnvironment(places), { PATH: path.join(folder, 'a'), OTHER: 'x' });
  });

  it('tell their versions on either stream, away from the workspace, or nothing', async () => {
    program('a/both', 'pwd; echo err >&2');
    program('a/fails', 'echo 1.0; exit 3');
    program('a/floods', 'yes');
    const machine = thisMachine({ ...around('a'), env: { PATH: `${folder}/a:${process.env['PATH']}` } });
    assert.equal(await machine.output('both', []), '/\n\nerr\n');
    assert.equal(await machine.output('fails', []), undefined);
    assert.equal(await machine.output('floods', []), undefined);
    assert.equal(await machine.output('not-there', []), undefined);
  });

  it('are started with a list of arguments; a path stands for what is in the folder', () => {
    const tool = program('a/tool');
    assert.deepEqual(invocationOf(['tool', 'a b', '$(x)'], '/study', around('a')), { file: tool, args: ['a b', '$(x)'], options: {} });
    assert.equal(invocationOf(['.venv/bin/python'], '/study', around('a')).file, '/study/.venv/bin/python');
    assert.throws(() => invocationOf(['gone'], '/study', around('a')), { code: 'not-found' });
  });

  it('on Windows: what it can start by itself first; scripts through its interpreter, with nothing that it would read anew', () => {
    const windows = {
      instance: path.join(folder, 'instance'),
      env: { PATH: path.join(folder, 'a'), SystemRoot: 'C:\\Windows' },
      platform: 'win32',
    } as const;
    program('a/npm.cmd');
    program('a/python.exe');
    program('a/python.bat');
    assert.equal(findProgram('python', windows), path.join(folder, 'a/python.exe'));
    assert.equal(findProgram('npm', windows), undefined);
    const { file, args, options } = invocationOf(['npm', 'ci', '--no-audit'], '/study', windows);
    assert.equal(file, 'C:\\Windows\\System32\\cmd.exe');
    assert.deepEqual(args, ['/d', '/s', '/c', `""${path.join(folder, 'a/npm.cmd')}" ci --no-audit"`]);
    assert.deepEqual(options, { windowsVerbatimArguments: true });
    for (const odd of ['a&b', '%PATH%', 'a b', '"', '^', '!x!', 'a|b', '>x', 'ä\n']) {
      assert.throws(() => invocationOf(['npm', odd], '/study', windows), { code: 'refused' }, odd);
    }
  });
});
