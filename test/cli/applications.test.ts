/** apps, check, recreate: against an engine of plain values, and as a process. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Application, CheckedApplication, RecreatePlan } from '../../src/engine/applicationsApi.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { skip } from '../rig/skip.ts';
import { course, fakeEngine, runFake } from './fakes.ts';
import { command as program } from '../support/command.ts';

const application: Application = {
  kind: 'node',
  name: 'node',
  path: 'web\u001b[2J',
  runtime: { name: 'Node.js', asked: '>=20\u0007', found: null },
  environment: { path: 'node_modules', found: true },
  files: [],
  dependencies: [
    { name: 'a', version: '1.0.0', source: 'installed', asked: '^1', optional: false },
    { name: 'b', version: null, source: 'declared', asked: '*', optional: true },
  ],
  recreate: [['npm', 'ci']],
  replaces: 'node_modules',
  remarks: [{ path: 'web\u001b[2J/x', reason: "can't be\nread" }],
};

const plan: RecreatePlan = {
  kind: 'node',
  name: 'node',
  folder: 'web\u001b[2J',
  commands: [
    ['npm', 'ci'],
    ['pip', 'install', '--requirement', "it's; $(x)\u001b[2J.txt"],
  ],
  replaces: null,
  blocked: [],
};

const seen = /^[^\u0000-\u0008\u000b-\u001f\u007f]*$/;

describe('cli: apps', () => {
  it('lists them, with what is remarked on standard error, and nothing that a terminal would obey', async () => {
    const engine = fakeEngine({ applications: async () => ({ applications: [application], more: 3 }) });
    const listed = await runFake(['apps'], { engine });
    assert.equal(listed.code, 0);
    assert.equal(listed.out, 'node\tweb\\x1b[2J\tNode.js >=20\\x07\t1 installed, 1 declared\tnpm ci\n');
    assert.match(listed.err, /node: web\\x1b\[2J\/x: can't be\\nread\n.*3 more applications/);
    assert.match(listed.out + listed.err, seen);
    assert.deepEqual(engine.calls[0], { name: 'applications', request: { state: 'current' } });
    assert.deepEqual((await runFake(['apps', 'latest', '--json'], { engine })).json(), [application]);
    assert.match((await runFake(['apps'], { terminal: true })).out, /No application was found/);
  });
});

describe('cli: check', () => {
  const checked: CheckedApplication = {
    kind: 'node',
    name: 'node:web',
    path: 'web',
    differences: [
      { difference: 'missing', of: 'dependency', name: 'a\u001b', expected: '1', here: null },
      { difference: 'other', of: 'runtime', name: 'Node.js', expected: '>=20', here: '18.0.0' },
      { difference: 'extra', of: 'dependency', name: 'b', expected: null, here: '2' },
      { difference: 'other', of: 'file', name: 'web/package.json', expected: 'ab', here: 'cd' },
      { difference: 'missing', of: 'environment', name: 'node_modules', expected: 'node_modules', here: null },
    ],
    remarks: ['web/x could not be compared'],
  };

  it('tells each difference, and ends with 1', async () => {
    const answer = { same: false, applications: [checked, { ...checked, name: 'go', differences: [], remarks: [] }], more: 0, machine: {} };
    const told = await runFake(['check', 'latest'], { engine: fakeEngine({ checkApplications: async () => answer }) });
    assert.equal(told.code, 1);
    assert.deepEqual(told.out.split('\n'), [
      'node:web',
      '  missing  a\\x1b 1',
      '  other    runtime Node.js >=20, here 18.0.0',
      '  extra    b 2',
      '  other    web/package.json',
      '  missing  environment node_modules',
      '  web/x could not be compared',
      '',
    ]);
    const document = await runFake(['check', 'latest', '--json'], { engine: fakeEngine({ checkApplications: async () => answer }) });
    assert.equal(document.code, 1);
    assert.deepEqual(document.json(), answer);
  });

  it('ends with 0 where nothing differs, and shows a person the first of many', async () => {
    assert.equal((await runFake(['check', 'latest'])).code, 0);
    assert.match((await runFake(['check', 'latest'], { terminal: true })).out, /All as in the state/);
    const many = Array.from({ length: 50 }, () => checked.differences[0]!);
    const answer = { same: false, applications: [{ ...checked, differences: many }], more: 0, machine: {} };
    const engine = fakeEngine({ checkApplications: async () => answer });
    assert.match((await runFake(['check', 'latest'], { engine, terminal: true })).out, /… and 30 more/);
    assert.equal((await runFake(['check', 'latest'], { engine })).out.split('\n').length, 53);
  });
});

describe('cli: recreate', () => {
  const against = (argv: string[], setting: Parameters<typeof runFake>[1] = {}, change: Partial<RecreatePlan> = {}) =>
    runFake(['recreate', 'latest', 'node', ...argv], {
      engine: fakeEngine({ planRecreate: async () => ({ ...plan, ...change }) }),
      ...setting,
    });

  it('shows the commands, quoted for eyes, and runs nothing without a yes', async () => {
    const dry = await against(['--dry-run']);
    assert.equal(dry.code, 0);
    assert.equal(dry.out, "In web\\x1b[2J:\n  npm ci\n  pip install --requirement 'it'\\''s; $(x)\\x1b[2J.txt'\n");
    assert.deepEqual(dry.started, []);
    assert.deepEqual((await against(['--dry-run', '--json'])).json(), { plan });
    const alone = await against([]);
    assert.equal(alone.code, 3);
    assert.deepEqual(alone.started, []);
    const no = await against([], { terminal: true, answers: ['n'] });
    assert.equal(no.code, 130);
    assert.deepEqual(no.started, []);
  });

  it('runs them one after the other, as lists of words, in the folder', async () => {
    for (const done of [await against(['--yes']), await against([], { terminal: true, answers: ['y'] })]) {
      assert.equal(done.code, 0, done.err);
      assert.deepEqual(
        done.started.map(({ command, folder, instance, output }) => ({ command, folder, instance, output })),
        plan.commands.map((command) => ({ command, folder: path.join(course, plan.folder), instance: course, output: 'out' })),
      );
      assert.match(done.err, seen);
    }
  });

  it('tells the exit code of what failed, and runs no more', async () => {
    const failed = await against(['--yes'], { exitCodes: [7] });
    assert.equal(failed.code, 1);
    assert.equal(failed.started.length, 1);
    assert.match(failed.err, /npm ci ended with exit code 7/);
    const document = await against(['--yes', '--json'], { exitCodes: [0, 2] });
    assert.equal(document.code, 1);
    assert.deepEqual(
      document.started.map(({ output }) => output),
      ['err', 'err'],
    );
    assert.deepEqual((document.json() as { outcome: unknown }).outcome, {
      items: [
        { command: plan.commands[0], exitCode: 0 },
        { command: plan.commands[1], exitCode: 2 },
      ],
    });
  });

  it('is refused where something stands in its way, also with --yes', async () => {
    const blocked = await against(
      ['--yes'],
      {},
      { blocked: [{ path: 'web/a\u001b', reason: 'is not here', restorable: true }], replaces: 'web/lib\u001b' },
    );
    assert.equal(blocked.code, 3);
    assert.deepEqual(blocked.started, []);
    assert.match(blocked.err, /Nothing was run: web\/a\\x1b is not here/);
    assert.match(blocked.out, /web\/lib\\x1b is filled anew\.\nnot now: web\/a\\x1b is not here/);
  });
});

describe('cli: applications, as a process', () => {
  let top = '';
  let folder = '';

  function snapstage(...argv: string[]): { code: number | null; out: string; err: string } {
    const env = { ...process.env, PATH: [path.join(folder, 'bin'), path.join(top, 'bin'), process.env['PATH']].join(path.delimiter) };
    const ended = spawnSync(process.execPath, [program, ...argv], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (ended.error) throw ended.error;
    return { code: ended.status, out: ended.stdout, err: ended.stderr };
  }

  function script(file: string, ...lines: string[]): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  }

  before(function () {
    if (process.platform === 'win32') skip(this, 'the programs of this test are scripts of a Unix shell');
  });

  beforeEach(() => {
    top = realpathSync(mkdtempSync(path.join(tmpdir(), 'snapstage-apps-')));
    folder = path.join(top, 'course');
    mkdirSync(folder);
    // Programs of the workspace stand first on PATH, and must never run.
    for (const name of ['pipenv', 'python3', 'python']) script(path.join(folder, 'bin', name), `touch ${top}/trap; echo Python 6.6.6`);
    script(path.join(top, 'bin/pipenv'), 'echo "ran $# $1 in $(pwd)"', 'echo noise >&2', 'exit ${FAIL:-0}');
    script(path.join(top, 'bin/python3'), 'echo Python 3.11.2');
    writeFileSync(path.join(folder, 'Pipfile'), '[requires]\npython_version = "3.11"\n');
    writeFileSync(path.join(folder, 'Pipfile.lock'), '{"default": {"flask": {"version": "==3.0.0"}}}');
    assert.equal(snapstage('init').code, 0);
    assert.equal(snapstage('take', '--name', 'start').code, 0);
  });

  afterEach(() => rmSync(top, { recursive: true, force: true }));

  it('a round: listed, the same, changed, recreated', () => {
    const [listed] = JSON.parse(snapstage('apps', '--json').out) as [Application];
    assert.deepEqual([listed.name, listed.dependencies[0]?.version], ['python', '3.0.0']);
    const same = snapstage('check', 'start', '--json');
    assert.equal(same.code, 0, same.out);
    assert.deepEqual((JSON.parse(same.out) as { machine: unknown }).machine, { Python: '3.11.2' });

    const done = snapstage('recreate', 'start', 'py', '--yes');
    assert.equal(done.code, 0, done.err);
    assert.equal(done.out.split('\n')[0], `ran 1 sync in ${folder}`);
    const document = snapstage('recreate', 'start', 'python', '--yes', '--json');
    assert.deepEqual((JSON.parse(document.out) as { outcome: unknown }).outcome, { items: [{ command: ['pipenv', 'sync'], exitCode: 0 }] });
    assert.match(document.err, /ran 1 sync/);

    writeFileSync(path.join(folder, 'Pipfile.lock'), '{"default": {"flask": {"version": "==3.0.1"}}}');
    const differs = snapstage('check', 'start');
    assert.equal(differs.code, 1);
    assert.match(differs.out, /other {4}flask 3\.0\.0, here 3\.0\.1/);
    const refused = snapstage('recreate', 'start', 'python', '--yes');
    assert.equal(refused.code, 3);
    assert.match(refused.err, /Pipfile\.lock is another one here than in the state/);
    assert.equal(existsSync(path.join(top, 'trap')), false);
  });

  it('the editor: what it had installed, and that it is not known here', async () => {
    const engine = openEngine({ folder });
    try {
      await engine.take({ name: 'editor', extensions: [{ id: 'ms-python.python', version: '2026.1.0' }] });
    } finally {
      await engine.dispose();
    }
    const listed = snapstage('apps', 'editor');
    assert.equal(listed.out.split('\n')[0], 'editor\t.\t\t1 installed\tcode --install-extension ms-python.python@2026.1.0');
    const same = snapstage('check', 'editor');
    assert.deepEqual([same.code, same.out.split('\n')[0]], [0, 'editor']);
    assert.match(same.out, /the installed extensions are not known here/);
    assert.equal(snapstage('apps', 'start', '--json').out.includes('editor'), false);
    mkdirSync(path.join(folder, '.vscode'));
    assert.match(snapstage('apps').err, /editor: the installed extensions are not known here/);
    script(path.join(top, 'bin/code'), 'echo "ran $*"');
    assert.equal(
      snapstage('recreate', 'editor', 'editor', '--yes').out.split('\n')[0],
      'ran --install-extension ms-python.python@2026.1.0',
    );
  });

  it('a command that fails, one that is not there, no yes, no such application', () => {
    script(path.join(top, 'bin/pipenv'), 'exit 9');
    const failed = snapstage('recreate', 'current', 'python', '--yes');
    assert.equal(failed.code, 1);
    assert.match(failed.err, /pipenv sync ended with exit code 9/);
    rmSync(path.join(top, 'bin/pipenv'));
    const missing = snapstage('recreate', 'current', 'python', '--yes');
    assert.equal(missing.code, 1);
    assert.match(missing.err, /There is no program “pipenv” on this machine/);
    assert.equal(snapstage('recreate', 'current', 'python').code, 3);
    assert.equal(snapstage('recreate', 'current', 'rust', '--yes').code, 1);
    assert.equal(existsSync(path.join(top, 'trap')), false);
    assert.match(readFileSync(path.join(folder, 'Pipfile'), 'utf8'), /3\.11/);
  });
});
