/** Where applications are looked for, what they are called, and what files made to do harm come to. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SnapstageError } from '../../../src/base/errors.ts';
import { Work } from '../../../src/base/work.ts';
import { readApplications } from '../../../src/instance/applications/applications.ts';
import { findApplication } from '../../../src/instance/applications/names.ts';
import type { StateFiles } from '../../../src/instance/applications/stateFiles.ts';
import { memoryFiles, type MemoryFiles } from '../../support/stateFiles.ts';
import { applicationOf, applicationsOf, remarksOf, told } from './reading.ts';

async function namesIn(files: MemoryFiles): Promise<string[]> {
  return (await applicationsOf(files)).map(({ name }) => name);
}

describe('applications: where they are', () => {
  it('are found in nested folders, and not in what belongs to others', async () => {
    const found = await namesIn({
      'package.json': '{}',
      'node_modules/a/package.json': '{}',
      'web/ui/package.json': '{}',
      '.git/package.json': '{}',
      'crate/Cargo.toml': '',
      'crate/target/x/Cargo.toml': '',
      'target/study/requirements.txt': '',
      'venv/pyvenv.cfg': '',
      'venv/lib/python3.12/site-packages/x/pyproject.toml': '',
      'cache/CACHEDIR.TAG': '',
      'cache/pyproject.toml': '',
      link: { link: 'web' },
    });
    assert.deepEqual(found, ['node:.', 'python:.', 'rust', 'python:target/study', 'node:web/ui']);
  });

  it('are not looked for in what snapshots leave out; an environment there tells all the same what is installed', async () => {
    const files = { 'requirements.txt': '', 'old/requirements.txt': '', '.venv/pyvenv.cfg': 'version = 3.12.0\n', 'data/x.csv': '' };
    const { applications } = await readApplications(memoryFiles(files, ['old', '.venv', 'data']), { windows: false }, new Work());
    assert.deepEqual(
      applications.map(({ name, runtime }) => [name, runtime?.found]),
      [['python', '3.12.0']],
    );
  });

  it('are read up to a number, the rest is counted', async () => {
    const files = Object.fromEntries(Array.from({ length: 1005 }, (_, at) => [`p${at}/package.json`, '{}']));
    const found = await readApplications(memoryFiles(files), { windows: false }, new Work());
    assert.equal(found.applications.length, 1000);
    assert.equal(found.more, 5);
  });

  it('are no more looked for after a cancellation', async () => {
    const work = new Work();
    work.cancel.cancel();
    await assert.rejects(readApplications(memoryFiles({}), { windows: false }, work), { code: 'cancelled' });
  });

  it('are listed once for each folder, however many there are', async () => {
    const files = memoryFiles(Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`d${at % 50}/f${at}.txt`, ''])));
    const listed: string[] = [];
    const counted: StateFiles = {
      ...files,
      list(folder) {
        listed.push(folder);
        return files.list(folder);
      },
      stat: (path) => assert.fail(`looked at ${path}`),
      read: (path) => assert.fail(`read ${path}`),
    };
    await readApplications(counted, { windows: false }, new Work());
    assert.equal(listed.length, 51);
    assert.equal(new Set(listed).size, 51);
  });

  it('tell of a lock file that is older than what is declared', async () => {
    const files = { 'package.json': '{}', 'package-lock.json': '{}' };
    const aged = memoryFiles(files, [], { 'package.json': 200_000, 'package-lock.json': 100_000 });
    const { applications } = await readApplications(aged, { windows: false }, new Work());
    assert.deepEqual(remarksOf(applications[0]!), ['package-lock.json: is older than package.json']);
  });
});

describe('applications: names', () => {
  const list = [
    { kind: 'python', path: '' },
    { kind: 'node', path: 'web/ui' },
    { kind: 'node', path: 'web/uikit' },
    { kind: 'node', path: 'api' },
  ] as const;

  it('are the kind where there is one of it, the beginning of kind:path where it fits no other', () => {
    assert.equal(findApplication(list, 'python'), list[0]);
    assert.equal(findApplication(list, 'py'), list[0]);
    assert.equal(findApplication(list, 'python:.'), list[0]);
    assert.equal(findApplication(list, 'node:web/ui'), list[1]);
    assert.equal(findApplication(list, 'node:web/uik'), list[2]);
    assert.equal(findApplication(list, 'node:a'), list[3]);
  });

  it('that fit several or none are refused', () => {
    const refusal = (name: string): SnapstageError => {
      try {
        findApplication(list, name);
      } catch (error) {
        assert.ok(error instanceof SnapstageError);
        return error;
      }
      return assert.fail(`found ${name}`);
    };
    assert.deepEqual(refusal('node').details['candidates'], ['node:web/ui', 'node:web/uikit', 'node:api']);
    assert.equal(refusal('node:web').code, 'ambiguous');
    assert.equal(refusal('rust').code, 'not-found');
    assert.equal(refusal('').code, 'not-found');
  });
});

/** Every file that some kind reads. */
const READ = [
  'requirements.txt',
  'pyproject.toml',
  'uv.lock',
  'poetry.lock',
  'Pipfile',
  'Pipfile.lock',
  '.python-version',
  '.venv/pyvenv.cfg',
  '.venv/lib/python3.12/site-packages/x-1.dist-info/METADATA',
  'environment.yml',
  'package.json',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  '.nvmrc',
  'node_modules/.package-lock.json',
  'node_modules/a/package.json',
  'renv.lock',
  'DESCRIPTION',
  'Project.toml',
  'Manifest.toml',
  'Cargo.toml',
  'Cargo.lock',
  'rust-toolchain',
  'rust-toolchain.toml',
  'go.mod',
  'go.sum',
  'pom.xml',
  'build.gradle',
  'gradle.lockfile',
  '.vscode/settings.json',
  '.vscode/extensions.json',
  'x.code-workspace',
  '.devcontainer/devcontainer.json',
  'Dockerfile',
  'compose.yaml',
] as const;

/** Values of the shapes that these files have, with something else where one expects a text or a list. */
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          'packages',
          'dependencies',
          'version',
          'name',
          'package',
          'project',
          'deps',
          'default',
          '__proto__',
          'recommendations',
        ),
      ),
      tie('value'),
    ),
  ),
})).value;

describe('applications: files made to do harm', () => {
  it('with whatever is in any of them, they are read without a failure', async () => {
    const junk = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      value.map((each) => JSON.stringify(each) ?? ''),
    );
    const contents = fc.dictionary(fc.constantFrom(...READ), junk, { maxKeys: READ.length });
    await fc.assert(
      fc.asyncProperty(contents, async (files) => {
        for (const { dependencies, recreate, name } of await applicationsOf(files)) {
          assert.ok(name.length > 0);
          for (const each of dependencies) assert.equal(typeof each.name, 'string');
          for (const command of recreate) assert.ok(command.every((word) => typeof word === 'string'));
        }
      }),
      { numRuns: 300 },
    );
    assert.equal(Object.hasOwn(Object.prototype, 'version'), false);
  });

  it('nested without end, they are a remark', async () => {
    const deep = (open: string): string => open.repeat(200_000);
    for (const [name, content] of [
      ['package.json', deep('[')],
      ['package-lock.json', deep('{"dependencies":{"a":')],
      ['.vscode/settings.json', deep('[')],
      ['pnpm-lock.yaml', deep('[')],
      ['pnpm-lock.yaml', Array.from({ length: 2000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
      ['Cargo.toml', `a = ${deep('[')}`],
      ['environment.yml', deep('- ')],
    ] as const) {
      const found = await applicationsOf({ [name]: content });
      assert.ok(
        found.some(({ remarks }) => remarks.some(({ path, reason }) => path === name && reason.startsWith("can't be parsed"))),
        `${name}: ${JSON.stringify(found.map(({ remarks }) => remarks))}`,
      );
    }
    await applicationsOf({ 'pom.xml': '<project>'.repeat(200_000) });
    const closed = 100_000;
    assert.deepEqual(
      remarksOf(await applicationOf('node', { 'package-lock.json': `${'{"dependencies":{"a":'.repeat(closed)}1${'}}'.repeat(closed)}` })),
      [],
    );
  });

  it('with aliases that would become a billion values, they stay small; with many, or entities of their own, they are a remark', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, at) => `l${at + 1}: &l${at + 1} [${Array.from({ length: 9 }, () => `*l${at}`).join(', ')}]`,
    );
    const found = await applicationOf('conda', { 'environment.yml': ['l0: &l0 [x]', ...levels, 'dependencies: *l9'].join('\n') });
    assert.deepEqual(found.dependencies, []);
    const many = await applicationOf('conda', { 'environment.yml': `a: &a x\nb: [${'*a, '.repeat(2000)}]` });
    assert.match(remarksOf(many).join(), /environment\.yml: can't be parsed: aliases exceeded maxAliases/);
    const pom = '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><project><modelVersion>&b;</modelVersion></project>';
    assert.match(remarksOf(await applicationOf('java', { 'pom.xml': pom })).join(), /pom\.xml: can't be parsed: Invalid character entity/);
  });

  it('larger than their limit, they are not parsed, and that is said', async () => {
    const large = Buffer.alloc(5_000_000, ' ');
    const huge = Buffer.alloc(17_000_000, ' ');
    const found = await applicationOf('rust', { 'Cargo.toml': large, 'Cargo.lock': huge });
    assert.deepEqual(remarksOf(found), [
      'Cargo.toml: is too large to be parsed (over 4 MB)',
      'Cargo.lock: is too large to be read (over 16 MB)',
    ]);
    assert.equal(found.files[1]?.sha256, null);
  });

  it('made of one endless line, they take no endless time', async () => {
    const files: [string, string][] = [
      ['requirements.txt', `a${' '.repeat(3_000_000)};\u2028`],
      ['requirements.txt', `${' #'.repeat(1_000_000)}\u2028`],
      ['Dockerfile', `FROM ${'--a '.repeat(1_000_000)}`],
      ['DESCRIPTION', `Imports: a${'\n b,'.repeat(1_000_000)}`],
      ['go.mod', `require${' ('.repeat(1_000_000)}`],
      ['yarn.lock', `a@${': '.repeat(1_000_000)}x`],
      ['build.gradle', `"${'a:'.repeat(400_000)}`],
      ['gradle.lockfile', 'a:'.repeat(1_000_000)],
      ['pnpm-lock.yaml', `packages:\n  ${'a@1_'.repeat(200_000)}: {}`],
      ['package.json', JSON.stringify({ dependencies: { ['n'.repeat(1_000_000)]: '1' } })],
    ];
    for (const [name, content] of files) {
      const found = await applicationsOf({ [name]: content });
      assert.deepEqual(
        found.flatMap(({ dependencies }) => dependencies.filter((each) => each.name.length > 1000)),
        [],
        name,
      );
    }
  });

  it('with names that every object has, they are names like any other', async () => {
    const found = await applicationOf('node', {
      'package.json': '{"dependencies": {"__proto__": "1", "constructor": "2", "toString": "3"}}',
      'package-lock.json': '{"__proto__": {"packages": {"node_modules/evil": {"version": "6.6.6"}}}}',
    });
    assert.deepEqual(found.dependencies.map(told), ['__proto__ 1 declared', 'constructor 2 declared', 'toString 3 declared']);
    assert.equal(({} as Record<string, unknown>)['packages'], undefined);
    const xml = await applicationOf('java', { 'pom.xml': '<project><__proto__><x>1</x></__proto__></project>' });
    assert.deepEqual(remarksOf(xml), []);
  });

  it('that lead out of the state, or through links, are not followed', async () => {
    const found = await applicationOf('python', {
      'requirements.txt': '-r ../secret.txt\n-r /etc/passwd\n-r sub/../../x.txt\n-r file:///etc/passwd\n-r C:\\x.txt\n',
      'pyproject.toml': { link: '/etc/passwd' },
    });
    assert.deepEqual(found.dependencies, []);
    assert.deepEqual(
      remarksOf(found).map((remark) => remark.slice(0, 45)),
      [
        'pyproject.toml: is a link, and was not followed'.slice(0, 45),
        ...['../secret.txt', '/etc/passwd', 'sub/../../x.txt', 'file:///etc/passwd', 'C:\\x.txt'].map((path) =>
          `requirements.txt: includes “${path}”, which lies outside of the project`.slice(0, 45),
        ),
      ],
    );
  });

  it('with a name like an option, they are not taken for one', async () => {
    const found = await applicationOf('python', { 'requirements.txt': 'a', '--evil/pyvenv.cfg': '' });
    assert.deepEqual(found.recreate, [
      ['python3', '-m', 'venv', '--clear', './--evil'],
      ['./--evil/bin/python', '-m', 'pip', 'install', '--requirement', 'requirements.txt'],
    ]);
  });

  it('that can’t be read are a remark; what is no fault of theirs is thrown', async () => {
    const files = memoryFiles({ 'package.json': '{}' });
    const failing = (error: Error): StateFiles => ({
      ...files,
      read() {
        throw error;
      },
    });
    const read = (error: Error) => readApplications(failing(error), { windows: false }, new Work());
    const denied = await read(Object.assign(new Error('no'), { code: 'EACCES' }));
    assert.deepEqual(remarksOf(denied.applications[0]!), ["package.json: can't be read (EACCES)"]);
    const damaged = await read(new SnapstageError('damaged', 'x'));
    assert.match(remarksOf(damaged.applications[0]!).join(), /is damaged in the store/);
    await assert.rejects(read(new TypeError('ours')), TypeError);
  });
});
