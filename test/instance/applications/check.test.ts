/** What differs between two states' applications, and from a machine; and when one may be recreated. */
import assert from 'node:assert/strict';
import type { Application } from '../../../src/instance/applications/application.ts';
import { checkApplications, type CheckedApplication } from '../../../src/instance/applications/check.ts';
import { EXTENSIONS_UNKNOWN, type KnownExtensions } from '../../../src/instance/applications/kinds/editor.ts';
import { planRecreate } from '../../../src/instance/applications/recreate.ts';
import { machineVersions } from '../../../src/instance/applications/runtimes.ts';
import { memoryFiles, type MemoryFiles } from '../../support/stateFiles.ts';
import { applicationsOf } from './reading.ts';

const json = (value: unknown): string => JSON.stringify(value);
const machine = new Map([
  ['Python', '3.12.3'],
  ['Node.js', '22.1.0'],
]);

async function checked(state: MemoryFiles, here: MemoryFiles): Promise<CheckedApplication[]> {
  return checkApplications(await applicationsOf(state), await applicationsOf(here), machine);
}

/** `difference of name expected -> here` of all. */
async function differences(state: MemoryFiles, here: MemoryFiles): Promise<string[]> {
  return (await checked(state, here)).flatMap((each) =>
    each.differences
      .filter(({ of }) => of !== 'file')
      .map(({ difference, of, name, expected, here: is }) => `${difference} ${of} ${name} ${expected} -> ${is}`),
  );
}

function installed(packages: Readonly<Record<string, string>>, version = '3.12.3'): MemoryFiles {
  const metadata = Object.entries(packages).map(([name, each]) => [
    `.venv/lib/python3.12/site-packages/${name}-${each}.dist-info/METADATA`,
    `Name: ${name}\nVersion: ${each}\n`,
  ]);
  return { '.venv/pyvenv.cfg': `version = ${version}\n`, ...(Object.fromEntries(metadata) as Record<string, string>) };
}

describe('applications: check', () => {
  it('of a state with itself finds nothing', async () => {
    const files = {
      'requirements.txt': 'a==1\nb',
      ...installed({ a: '1', b: '2' }),
      'web/package.json': json({ dependencies: { x: '1' } }),
    };
    const found = await checked(files, files);
    assert.deepEqual(
      found.map(({ name, differences: some }) => [name, some.length]),
      [
        ['python', 0],
        ['node', 0],
      ],
    );
  });

  it('tells what is missing, of another version, extra', async () => {
    const state = { 'requirements.txt': 'a==1\nb==2\n', ...installed({ a: '1', b: '2', gone: '3' }) };
    const here = { 'requirements.txt': 'a==1\nb==2\n', ...installed({ a: '1', b: '2.1', more: '4' }) };
    assert.deepEqual(await differences(state, here), [
      'other dependency b 2 -> 2.1',
      'missing dependency gone 3 -> null',
      'extra dependency more null -> 4',
    ]);
  });

  it('tells of applications and configuration files that came, went and changed', async () => {
    const found = await checked(
      { 'a/package.json': '{}', '.vscode/settings.json': '{}', '.vscode/tasks.json': '{}', Dockerfile: 'FROM x' },
      { 'b/package.json': '{}', '.vscode/settings.json': '{"a": 1}', '.vscode/launch.json': '{}', Dockerfile: 'FROM x' },
    );
    assert.deepEqual(
      found.map(({ name, differences: some }) => [name, ...some.map(({ difference, of, name: what }) => `${difference} ${of} ${what}`)]),
      [
        ['docker'],
        ['editor', 'extra file .vscode/launch.json', 'other file .vscode/settings.json', 'missing file .vscode/tasks.json'],
        ['node:a', 'missing application node'],
        ['node:b', 'extra application node'],
      ],
    );
  });

  it('compares runtimes: an exact one of an environment, a range of a project', async () => {
    const state = installed({}, '3.11.4');
    assert.deepEqual(await differences(state, installed({}, '3.12.0')), ['other runtime Python 3.11.4 -> 3.12.0']);
    assert.deepEqual(await differences({ 'package.json': json({ engines: { node: '>=24' } }) }, { 'package.json': '{}' }), [
      'other runtime Node.js >=24 -> 22.1.0',
    ]);
    assert.deepEqual(await differences({ 'package.json': json({ engines: { node: '>=20' } }) }, { 'package.json': '{}' }), []);
    assert.deepEqual(await differences({ 'go.mod': 'go 1.21\n' }, { 'go.mod': 'go 1.21\n' }), ['missing runtime Go >=1.21 -> null']);
  });

  it('of a lock file with what is installed here: other versions and what lacks, but not what an installer brings along', async () => {
    const lock = { 'requirements.txt': 'a==1\nb==2\nc==3 ; os_name == "nt"\n' };
    assert.deepEqual(await differences(lock, { ...lock, ...installed({ a: '1.1', pip: '24' }) }), [
      'other dependency a 1 -> 1.1',
      'missing dependency b 2 -> null',
    ]);
  });

  it('of an environment that is not here at all is one line, and what the lock files differ in', async () => {
    const lock = json({ packages: { 'node_modules/a': { version: '1.0.0' } } });
    const state = { 'package.json': '{}', 'package-lock.json': lock };
    assert.deepEqual(await differences({ ...state, 'node_modules/.package-lock.json': lock }, state), [
      'missing environment node_modules node_modules -> null',
    ]);
    assert.deepEqual(await differences(state, state), ['missing environment node_modules node_modules -> null']);
    const other = { ...state, 'package-lock.json': lock.replace('1.0.0', '1.1.0') };
    assert.deepEqual(await differences(state, other), [
      'missing environment node_modules node_modules -> null',
      'other dependency a 1.0.0 -> 1.1.0',
    ]);
  });

  it('of what is only declared compares what is asked for', async () => {
    const state = { Dockerfile: 'FROM python:3.11\n' };
    assert.deepEqual(await differences(state, { Dockerfile: 'FROM python:3.12\n' }), ['other dependency python 3.11 -> 3.12']);
    assert.deepEqual(await differences({ 'requirements.txt': 'a\nb' }, { 'requirements.txt': 'a\nb', ...installed({ a: '1' }) }), [
      'missing dependency b * -> null',
    ]);
  });

  it('asks each runtime of the machine once, by the first program that answers', async () => {
    const asked: string[] = [];
    const answers: Readonly<Record<string, string>> = {
      python: 'Python 3.9.1\n',
      java: 'openjdk version "17.0.9" 2023-10-17\n',
      rustc: 'rustc 1.74.0 (79e9716c9)',
    };
    const output = async (program: string): Promise<string | undefined> => {
      asked.push(program);
      return answers[program];
    };
    const runtimes = ['Python', 'Java', 'Python', 'Rust', 'Go'].map((name) => ({ name, asked: null, found: null }));
    assert.deepEqual(Object.fromEntries(await machineVersions({ output }, [null, ...runtimes])), {
      Python: '3.9.1',
      Java: '17.0.9',
      Rust: '1.74.0',
      Go: null,
    });
    assert.deepEqual(asked, ['python3', 'python', 'java', 'rustc', 'go']);
  });
});

describe('applications: check of the editor', () => {
  const before = [
    { id: 'a.kept', version: '1.0.0' },
    { id: 'b.older', version: '1.0.0' },
    { id: 'c.gone', version: '3.0.0' },
  ];
  const now = [
    { id: 'a.kept', version: '1.0.0' },
    { id: 'b.older', version: '2.0.0' },
    { id: 'd.new', version: '1.0.0' },
  ];
  const recommends = { '.vscode/extensions.json': '{"recommendations": ["a.kept", "never.installed"]}' };

  async function compared(state: [MemoryFiles, KnownExtensions?], here: [MemoryFiles, KnownExtensions?]): Promise<string[]> {
    const found = checkApplications(await applicationsOf(...state), await applicationsOf(...here), machine);
    return found.flatMap(({ differences: some, remarks }) => [
      ...some.map(({ difference, of, name, expected, here: is }) => `${difference} ${of} ${name} ${expected} -> ${is}`),
      ...remarks,
    ]);
  }

  it('tells which extensions are missing, of another version, extra', async () => {
    const differing = [
      'other dependency b.older 1.0.0 -> 2.0.0',
      'missing dependency c.gone 3.0.0 -> null',
      'extra dependency d.new null -> 1.0.0',
    ];
    assert.deepEqual(await compared([{}, before], [{}, now]), differing);
    assert.deepEqual(await compared([recommends, before], [recommends, now]), differing);
    assert.deepEqual(await compared([recommends, before], [recommends, before]), []);
    const current = await applicationsOf(recommends, before);
    assert.deepEqual(
      checkApplications(current, current, machine).flatMap(({ differences: some }) => some.map(({ name }) => name)),
      ['never.installed'],
      'what is here lacks what it recommends',
    );
  });

  it('guesses nothing where one of both is not known', async () => {
    assert.deepEqual(await compared([{}, before], [{}, 'unknown']), [EXTENSIONS_UNKNOWN]);
    assert.deepEqual(await compared([recommends, before], [recommends]), [EXTENSIONS_UNKNOWN]);
    assert.deepEqual(await compared([recommends], [recommends]), [EXTENSIONS_UNKNOWN]);
    assert.deepEqual(await compared([{}, 'unknown'], [{}, now]), [
      'which extensions were installed is not known: no editor took the snapshot',
    ]);
    assert.deepEqual(await compared([recommends], [recommends, now]), [
      'missing dependency never.installed * -> null',
      'which extensions were installed is not known: no editor took the snapshot',
    ]);
  });
});

describe('applications: recreate', () => {
  const state: MemoryFiles = { 'sub/requirements.txt': 'a==1\n' };

  async function blocked(here: MemoryFiles): Promise<string[]> {
    const [application] = (await applicationsOf(state)) as [Application];
    const plan = planRecreate(application, await applicationsOf(here), memoryFiles(here));
    assert.equal(plan.folder, 'sub');
    return plan.blocked.map(({ path, reason }) => `${path} ${reason}`);
  }

  it('may be done where the files are those of the state', async () => {
    assert.deepEqual(await blocked(state), []);
    assert.deepEqual(await blocked({ ...state, 'sub/.venv/pyvenv.cfg': '' }), []);
  });

  it('may not be done with other files', async () => {
    assert.deepEqual(await blocked({ 'sub/requirements.txt': 'a==2\n' }), ['sub/requirements.txt is another one here than in the state']);
    assert.deepEqual(await blocked({}), ['sub/requirements.txt is not here']);
  });

  it('may not empty what a link leads to, or what is no environment', async () => {
    assert.deepEqual(await blocked({ ...state, 'sub/.venv': { link: '..' } }), ['sub/.venv is a link or a file, and no folder']);
    assert.deepEqual(await blocked({ ...state, 'sub/.venv/thesis.txt': '' }), [
      'sub/.venv would be emptied, and is no environment that could be made again',
    ]);
  });

  it('needs a file that says how', async () => {
    const [application] = await applicationsOf({ DESCRIPTION: 'Package: x\n' });
    assert.throws(() => planRecreate(application!, [], memoryFiles({})), { code: 'refused' });
  });
});
