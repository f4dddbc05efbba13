/** Applications of real instances, made by the real tools where this machine has them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { NO_LABELS, SnapshotFiles, type SnapshotRecord } from '../../../src/store/snapshots.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { skip } from '../../rig/skip.ts';
import { record } from '../../support/forge.ts';
import { rejected, Workbench, writeFiles } from '../../support/folders.ts';
import { told } from './reading.ts';

const bench = new Workbench();

/** Runs a tool that must succeed; skips the test where there is none. */
function tool(context: Mocha.Context, cwd: string, program: string, ...args: string[]): string {
  const ended = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 100_000, shell: process.platform === 'win32' });
  if (ended.error !== undefined) skip(context, `there is no ${program} on this machine`);
  assert.equal(ended.status, 0, `${program} ${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

describe('applications: the engine', () => {
  afterEach(() => bench.clear());

  it('reads the current state and snapshots alike, and compares them', async () => {
    const packageJson = JSON.stringify({ dependencies: { a: '1' } });
    const { folder, engine } = await bench.instance({
      'web/package.json': packageJson,
      'web/node_modules/.package-lock.json': JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
      'go.mod': 'module x\n',
      '.snapstageignore': 'ignored\n',
      'ignored/package.json': '{}',
    });
    const current = await engine.applications({ state: 'current' });
    assert.deepEqual(
      current.applications.map(({ name, path: at }) => [name, at]),
      [
        ['go', ''],
        ['node', 'web'],
      ],
    );
    const { id } = await engine.take({});
    assert.deepEqual(await engine.applications({ state: id }), current);

    writeFiles(folder, { 'web/node_modules/.package-lock.json': JSON.stringify({ packages: { 'node_modules/a': { version: '1.1.0' } } }) });
    const check = await engine.checkApplications({ state: id });
    const node = check.applications.find(({ kind }) => kind === 'node');
    assert.deepEqual(node?.differences, [{ difference: 'other', of: 'dependency', name: 'a', expected: '1.0.0', here: '1.1.0' }]);
    assert.equal(check.same, false);
    assert.match(check.machine['Node.js'] ?? '', /^\d+\./);
    assert.equal((await engine.planRecreate({ state: id, application: 'no' })).name, 'node');
    await rejected(engine.planRecreate({ state: id, application: 'python' }), 'not-found');
    await rejected(engine.applications({ state: 'nowhere' }), 'not-found');
  });

  it('keeps with a snapshot what the editor has installed, and compares it with what it has now', async () => {
    const { engine } = await bench.instance({ 'a.txt': 'a' });
    const extensions = [
      { id: 'B.Later', version: '1.0.0' },
      { id: 'a.first', version: '2.0.0' },
      { id: 'b.later', version: '1.0.0' },
      { id: 'no extension', version: '1.0.0' },
    ];
    const { id } = await engine.take({ extensions });
    const [editor, ...others] = (await engine.applications({ state: id })).applications;
    assert.deepEqual(
      [editor?.name, editor?.dependencies.map(told), others],
      ['editor', ['a.first 2.0.0 installed', 'b.later 1.0.0 installed'], []],
    );
    const now = [{ id: 'A.First', version: '2.1.0' }];
    const check = await engine.checkApplications({ state: id, extensions: now });
    assert.deepEqual(
      check.applications.flatMap(({ differences }) => differences.map(({ difference, name }) => `${difference} ${name}`)),
      ['other a.first', 'missing b.later'],
    );
    const unknown = await engine.checkApplications({ state: id });
    assert.deepEqual([unknown.same, unknown.applications.map(({ remarks }) => remarks.length)], [true, [1]]);
    const plan = await engine.planRecreate({ state: id, application: 'editor' });
    assert.deepEqual(plan.commands, [['code', '--install-extension', 'a.first@2.0.0', '--install-extension', 'b.later@1.0.0']]);
    assert.deepEqual(plan.blocked, []);
    // A snapshot that no editor took has no such list, nor has one of before there were any.
    const plain = await engine.take({});
    assert.deepEqual((await engine.applications({ state: plain.id })).applications, []);
    const place = bench.place();
    const clone = await engine.clone({ state: id, to: place });
    assert.deepEqual((await bench.engine(place).applications({ state: clone.snapshot.id })).applications, [editor]);
  });

  it('believes no list of extensions in a record that somebody put into the store', async () => {
    const { folder, engine } = await bench.instance();
    await engine.take({});
    const { root } = new SnapshotFiles(new DiskFiles(path.join(folder, '.snapstage'))).list().snapshots[0]!.record;
    const forged: readonly (readonly [extensions: unknown, told: number])[] = [
      ['many', 0],
      [7, 0],
      [{ length: 1e9 }, 0],
      [[null, 1, 'a.b', [], {}, { id: 'a.b' }, { id: '--install', version: '1.0.0' }, { id: 'a.b', version: '../1' }], 0],
      [
        [
          { id: 'a.b', version: '1.0.0', more: 'x'.repeat(1000) },
          { id: 'A.B', version: '2.0.0' },
        ],
        1,
      ],
      [Array.from({ length: 50_000 }, (_, n) => ({ id: `a.b${n}`, version: '1.0.0' })), 2000],
    ];
    for (const [extensions, count] of forged) {
      const files = new SnapshotFiles(new DiskFiles(path.join(folder, '.snapstage')));
      const id = files.add({ ...record, root, extensions } as SnapshotRecord, NO_LABELS);
      const { applications } = await engine.applications({ state: id });
      assert.deepEqual(
        applications.map(({ name, dependencies }) => [name, dependencies.length]),
        [['editor', count]],
      );
      assert.equal((await engine.checkApplications({ state: id, extensions: [] })).applications.length, 1);
      assert.equal((await engine.show(id)).id, id);
    }
  });

  it('follows no link in the folder, and waits for no pipe', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no named pipes in folders, and links need a privilege');
    const outside = bench.folder();
    writeFiles(outside, { 'package.json': '{"dependencies": {"secret": "1"}}', 'lib/python3.12/site-packages/s-1.dist-info/METADATA': '' });
    const { folder, engine } = await bench.instance({ 'sub/pyvenv.cfg': '', 'package.json': '{}' });
    fs.symlinkSync(outside, path.join(folder, 'node_modules'));
    fs.symlinkSync(outside, path.join(folder, 'linked'));
    fs.symlinkSync(path.join(outside, 'lib'), path.join(folder, 'sub/lib'));
    fs.symlinkSync(path.join(outside, 'package.json'), path.join(folder, 'package-lock.json'));
    assert.equal(spawnSync('mkfifo', [path.join(folder, 'Cargo.lock')]).status, 0);
    for (const state of ['current', (await engine.take({})).id]) {
      const { applications } = await engine.applications({ state });
      assert.deepEqual(
        applications.map(({ name, dependencies }) => [name, dependencies.length]),
        [
          ['node', 0],
          ['python', 0],
        ],
      );
    }
  });

  it('finds projects in folders whose names are not valid UTF-8', async function () {
    if (process.platform !== 'linux') skip(this, 'only Linux has such names');
    const { folder, engine } = await bench.instance();
    const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0x66, 0xff)]);
    fs.mkdirSync(odd);
    fs.writeFileSync(Buffer.concat([odd, Buffer.from('/package.json')]), '{"dependencies": {"a": "1"}}');
    for (const state of ['current', (await engine.take({})).id]) {
      const { applications } = await engine.applications({ state });
      assert.deepEqual(
        applications.map((each) => [each.path, ...each.dependencies.map(told)]),
        [['f\udcff', 'a 1 declared']],
      );
    }
  });

  it('npm: what it locks and installs is what is told, and its own command recreates it', async function () {
    const { folder, engine } = await bench.instance({
      'packages/inner/package.json': JSON.stringify({ name: 'inner', version: '2.0.1' }),
      'packages/outer/package.json': JSON.stringify({ name: '@scope/outer', version: '1.0.0', dependencies: { inner: '^2.0.0' } }),
      'app/package.json': JSON.stringify({ name: 'app', version: '1.0.0' }),
    });
    for (const name of ['inner', 'outer'])
      tool(this, path.join(folder, 'packages', name), 'npm', 'pack', '--silent', '--pack-destination', '../../app');
    const app = path.join(folder, 'app');
    tool(this, app, 'npm', 'install', '--offline', '--no-audit', './inner-2.0.1.tgz', './scope-outer-1.0.0.tgz');
    const dependencies = async (): Promise<string[]> => {
      const { applications } = await engine.applications({ state: 'current' });
      return applications.find((each) => each.path === 'app')!.dependencies.map(told);
    };
    assert.deepEqual(await dependencies(), ['@scope/outer 1.0.0 installed', 'inner 2.0.1 installed']);
    const { id } = await engine.take({});
    fs.rmSync(path.join(app, 'node_modules'), { recursive: true });
    assert.deepEqual(await dependencies(), ['@scope/outer 1.0.0 locked', 'inner 2.0.1 locked']);
    const missing = await engine.checkApplications({ state: id });
    assert.deepEqual(
      missing.applications.flatMap(({ differences }) => differences.map(({ of, difference }) => `${difference} ${of}`)),
      ['missing environment'],
    );
    const plan = await engine.planRecreate({ state: id, application: 'node:app' });
    assert.deepEqual([plan.folder, plan.commands, plan.blocked], ['app', [['npm', 'ci']], []]);
    const [[program = '', ...args] = []] = plan.commands;
    tool(this, app, program, ...args, '--offline', '--no-audit');
    assert.equal((await engine.checkApplications({ state: id })).same, true);
  });

  it('Python: a virtual environment of its own, with a package that pip installed', async function () {
    const { folder, engine } = await bench.instance({ 'requirements.txt': 'tiny_thing==1.0\n' });
    const python = process.platform === 'win32' ? 'python' : 'python3';
    tool(this, folder, python, '-m', 'venv', '.venv');
    const wheel = [
      'import zipfile',
      "with zipfile.ZipFile('tiny_thing-1.0-py3-none-any.whl', 'w') as wheel:",
      "    info = 'tiny_thing-1.0.dist-info/'",
      "    wheel.writestr('tiny_thing.py', '')",
      "    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny_thing\\nVersion: 1.0\\n')",
      "    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')",
      "    wheel.writestr(info + 'RECORD', '')",
    ];
    tool(this, folder, python, '-c', wheel.join('\n'));
    const interpreter = path.join(folder, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    tool(this, folder, interpreter, '-m', 'pip', 'install', '--no-index', '--quiet', './tiny_thing-1.0-py3-none-any.whl');
    const version = tool(this, folder, interpreter, '-c', 'import platform; print(platform.python_version())').trim();
    const { id } = await engine.take({});
    for (const state of ['current', id]) {
      const [application] = (await engine.applications({ state })).applications;
      assert.equal(application?.runtime?.found, version);
      assert.ok(application?.dependencies.map(told).includes('tiny-thing 1.0 installed'));
      assert.deepEqual(application?.environment, { path: '.venv', found: true });
    }
    assert.equal((await engine.checkApplications({ state: id })).same, true);
    tool(this, folder, interpreter, '-m', 'pip', 'uninstall', '--yes', '--quiet', 'tiny_thing');
    const [python_] = (await engine.checkApplications({ state: id })).applications;
    assert.deepEqual(python_?.differences, [{ difference: 'missing', of: 'dependency', name: 'tiny-thing', expected: '1.0', here: null }]);
  });

  it('Rust: the lock file that cargo writes', async function () {
    const library = bench.folder();
    writeFiles(library, { 'Cargo.toml': '[package]\nname = "library"\nversion = "0.3.1"\nedition = "2021"\n', 'src/lib.rs': '' });
    for (const args of [
      ['init', '--quiet'],
      ['add', '.'],
      ['-c', 'user.name=x', '-c', 'user.email=x@example.org', 'commit', '--quiet', '-m', 'x'],
    ]) {
      tool(this, library, 'git', ...args);
    }
    const { folder, engine } = await bench.instance({
      'Cargo.toml': `[package]\nname = "study"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nlibrary = { git = "file://${library.replaceAll('\\', '/')}" }\n`,
      'src/main.rs': 'fn main() {}',
    });
    tool(this, folder, 'cargo', 'generate-lockfile');
    const [application] = (await engine.applications({ state: 'current' })).applications;
    assert.deepEqual(application?.dependencies.map(told), ['library 0.3.1 locked']);
    assert.deepEqual(application?.remarks, []);
  });
});
