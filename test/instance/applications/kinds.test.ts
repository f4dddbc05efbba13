/** Each kind of application from the smallest files that show its formats; the sources name the documentation of each. */
import assert from 'node:assert/strict';
import type { Application } from '../../../src/instance/applications/application.ts';
import { EXTENSIONS_UNKNOWN } from '../../../src/instance/applications/kinds/editor.ts';
import { applicationOf, applicationsOf, remarksOf, told } from './reading.ts';

const json = (value: unknown): string => JSON.stringify(value);

describe('applications: Python', () => {
  it('with pip: requirements files and what they include, pins as resolved versions', async () => {
    const found = await applicationOf('python', {
      'requirements.txt':
        '# all\nnumpy==1.26.4\nPandas[excel] == 2.2.0 ; python_version > "3.8"  # why\n-r more/base.txt\n--index-url https://example.org\n-e .\n',
      'more/base.txt': 'zope.interface==6.0 \\\n  --hash=sha256:00\n-r ../requirements.txt\n',
      '.python-version': '3.11.4\n',
    });
    assert.deepEqual(found.dependencies.map(told), ['numpy 1.26.4 locked', 'pandas 2.2.0 locked?', 'zope-interface 6.0 locked']);
    assert.deepEqual(found.runtime, { name: 'Python', asked: '3.11.4', found: null });
    assert.deepEqual(
      found.files.map(({ path }) => path),
      ['requirements.txt', 'more/base.txt', '.python-version'],
    );
    assert.deepEqual(found.recreate, [
      ['python3', '-m', 'venv', '--clear', '.venv'],
      ['.venv/bin/python', '-m', 'pip', 'install', '--requirement', 'requirements.txt'],
    ]);
  });

  it('with ranges alone: declared, and nothing resolved', async () => {
    const found = await applicationOf('python', { 'requirements-dev.txt': 'pytest>=7,<9\nblack\npkg @ https://example.org/p.whl\n' });
    assert.deepEqual(found.dependencies.map(told), [
      'black * declared',
      'pkg @ https://example.org/p.whl declared',
      'pytest >=7,<9 declared',
    ]);
  });

  it('with what PowerShell writes', async () => {
    const text = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('numpy==1.26.4\r\nsix==1.16.0\r\n', 'utf16le')]);
    const found = await applicationOf('python', { 'requirements.txt': text });
    assert.deepEqual(found.dependencies.map(told), ['numpy 1.26.4 locked', 'six 1.16.0 locked']);
  });

  it('with a virtual environment: what is really installed counts most, and what contradicts is told', async () => {
    const packages = '.venv/lib/python3.12/site-packages';
    const found = await applicationOf('python', {
      'requirements.txt': 'numpy==1.26.4\nsix==1.16.0\n',
      'pyproject.toml': '[project]\nrequires-python = ">=3.13"\n',
      '.venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.12.1\n',
      [`${packages}/numpy-1.26.3.dist-info/METADATA`]: 'Metadata-Version: 2.1\nName: NumPy\nVersion: 1.26.3\n\nVersion: 9\n',
      [`${packages}/six-1.16.0.dist-info/RECORD`]: '',
      [`${packages}/pyproject.toml`]: '[project]',
    });
    assert.deepEqual(found.dependencies.map(told), ['numpy 1.26.3 installed', 'six 1.16.0 installed']);
    assert.deepEqual(found.runtime, { name: 'Python', asked: '>=3.13', found: '3.12.1' });
    assert.ok(remarksOf(found).includes(': Python 3.12.1 is there, and >=3.13 is asked for'));
    assert.deepEqual(found.environment, { path: '.venv', found: true });
    assert.ok(remarksOf(found).includes(': installed is numpy 1.26.3, locked is 1.26.4'), remarksOf(found).join('\n'));
    assert.ok(remarksOf(found).some((remark) => remark.includes('six-1.16.0.dist-info: holds no METADATA')));
  });

  it('on Windows, and made by virtualenv, the environment is laid out another way', async () => {
    const found = await applicationOf('python', {
      'env/pyvenv.cfg': 'version_info = 3.10.9.final.0\n',
      'env/Lib/site-packages/six-1.16.0.dist-info/METADATA': 'Name: six\r\nVersion: 1.16.0\r\n',
    });
    assert.deepEqual(found.dependencies.map(told), ['six 1.16.0 installed']);
    assert.equal(found.runtime?.found, '3.10.9');
    assert.deepEqual(found.recreate, []);
  });

  it('with uv: packages, the project itself left out, what is for some platforms optional', async () => {
    const found = await applicationOf('python', {
      'pyproject.toml':
        '[project]\nname = "course"\nrequires-python = ">=3.11"\ndependencies = ["click>=8", "gone"]\n[dependency-groups]\ndev = ["pytest"]\n',
      'uv.lock': [
        'version = 1\n[[package]]\nname = "course"\nversion = "0.1.0"\nsource = { virtual = "." }\ndependencies = [{ name = "click" }]',
        '[[package]]\nname = "click"\nversion = "7.1"\nsource = { registry = "r" }\ndependencies = [{ name = "colorama", marker = "sys_platform == \'win32\'" }]',
        '[[package]]\nname = "colorama"\nversion = "0.4.6"\nsource = { registry = "r" }',
      ].join('\n'),
    });
    assert.deepEqual(found.dependencies.map(told), ['click 7.1 locked', 'colorama 0.4.6 locked?', 'gone * declared', 'pytest * declared?']);
    assert.deepEqual(found.environment, { path: '.venv', found: false });
    assert.deepEqual(found.recreate, [['uv', 'sync', '--frozen']]);
    assert.deepEqual(remarksOf(found), [': locked is click 7.1, declared is >=8', ': gone is declared, and not in the lock file']);
  });

  it('with poetry and with pipenv', async () => {
    const poetry = await applicationOf('python', {
      'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.10"\nRequests = "^2.31"\nextra = { version = "1.0", optional = true }\n',
      'poetry.lock':
        '[[package]]\nname = "requests"\nversion = "2.31.0"\noptional = false\n[[package]]\nname = "extra"\nversion = "1.0"\noptional = true\n',
    });
    assert.deepEqual(poetry.dependencies.map(told), ['extra 1.0 locked?', 'requests 2.31.0 locked']);
    assert.equal(poetry.runtime?.asked, '^3.10');
    assert.deepEqual(remarksOf(poetry), []);
    const pipenv = await applicationOf('python', {
      Pipfile: '[packages]\nflask = "*"\n[requires]\npython_version = "3.11"\n',
      'Pipfile.lock': json({ default: { flask: { version: '==3.0.0' }, colorama: { version: '==0.4.6', markers: 'x' } }, develop: {} }),
    });
    assert.deepEqual(pipenv.dependencies.map(told), ['colorama 0.4.6 locked?', 'flask 3.0.0 locked']);
    assert.equal(pipenv.runtime?.asked, '3.11');
    assert.deepEqual(pipenv.recreate, [['pipenv', 'sync']]);
  });

  it('with conda: an environment file, and an environment in the folder', async () => {
    const found = await applicationOf('conda', {
      'environment.yml': 'name: x\ndependencies:\n  - python=3.11\n  - conda-forge::numpy==1.26.4\n  - pip:\n      - rich>=13\n',
      'env/conda-meta/python-3.11.5-h1_0.json': '{}',
      'env/conda-meta/numpy-1.26.4-py311h64a7726_0.json': '{}',
      'env/conda-meta/history': '',
    });
    assert.deepEqual(found.dependencies.map(told), ['numpy 1.26.4 installed', 'python 3.11.5 installed', 'rich >=13 declared']);
    assert.deepEqual(found.runtime, { name: 'Python', asked: '=3.11', found: '3.11.5' });
    assert.deepEqual(found.recreate, [['conda', 'env', 'create', '--file', 'environment.yml']]);
  });
});

describe('applications: Node.js', () => {
  const packageJson = json({ dependencies: { a: '^1.0.0' }, optionalDependencies: { f: '2' }, engines: { node: '>=20' } });

  it('with npm: lock files of versions 1 and 3', async () => {
    const third = {
      lockfileVersion: 3,
      packages: {
        '': { name: 'x' },
        'lib/own': { version: '0.0.1' },
        'node_modules/own': { resolved: 'lib/own', link: true },
        'node_modules/a': { version: '1.2.3' },
        'node_modules/@s/b/node_modules/a': { version: '0.9.0', os: ['darwin'] },
      },
    };
    const found = await applicationOf('node', { 'package.json': packageJson, 'package-lock.json': json(third) });
    assert.deepEqual(found.dependencies.map(told), ['a 0.9.0 locked?', 'a 1.2.3 locked', 'f 2 declared?']);
    assert.deepEqual(found.runtime, { name: 'Node.js', asked: '>=20', found: null });
    assert.deepEqual(found.environment, { path: 'node_modules', found: false });
    assert.deepEqual(found.recreate, [['npm', 'ci']]);
    const first = {
      lockfileVersion: 1,
      dependencies: { a: { version: '1.2.3', dependencies: { b: { version: '2.0.0', optional: true } } } },
    };
    const old = await applicationOf('node', { 'package.json': packageJson, 'package-lock.json': json(first) });
    assert.deepEqual(old.dependencies.map(told), ['a 1.2.3 locked', 'b 2.0.0 locked?', 'f 2 declared?']);
  });

  it('with pnpm: keys of lock files of versions 5, 6 and 9', async () => {
    const locks = [
      'lockfileVersion: 5.4\npackages:\n  /a/1.2.3_react@18.0.0:\n    resolution: {integrity: x}\n  /@s/b/2.0.0:\n    optional: true\n',
      "lockfileVersion: '6.0'\npackages:\n  /a@1.2.3(react@18.0.0):\n    resolution: {integrity: x}\n  /@s/b@2.0.0:\n    optional: true\n",
      "lockfileVersion: '9.0'\npackages:\n  a@1.2.3:\n    resolution: {integrity: x}\n  '@s/b@2.0.0':\n    os: [linux]\nsnapshots:\n  a@1.2.3(react@18.0.0): {}\n",
    ];
    for (const lock of locks) {
      const found = await applicationOf('node', { 'package.json': '{}', 'pnpm-lock.yaml': lock });
      assert.deepEqual(found.dependencies.map(told), ['@s/b 2.0.0 locked?', 'a 1.2.3 locked'], lock);
      assert.deepEqual(found.recreate, [['pnpm', 'install', '--frozen-lockfile']]);
    }
  });

  it('with yarn, classic and berry', async () => {
    const classic =
      '# yarn lockfile v1\n\n"@s/b@^2.0.0", "@s/b@~2.0":\n  version "2.0.0"\n  resolved "x"\n  dependencies:\n    version "^1"\n\na@^1:\n  version "1.2.3"\n';
    const berry =
      '__metadata:\n  version: 8\n\n"@s/b@npm:^2.0.0":\n  version: 2.0.0\n  resolution: "@s/b@npm:2.0.0"\n\n"a@npm:^1":\n  version: 1.2.3\n  resolution: "a@npm:1.2.3"\n\n' +
      '"own@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "own@workspace:."\n';
    for (const [lock, option] of [
      [classic, '--frozen-lockfile'],
      [berry, '--immutable'],
    ] as const) {
      const found = await applicationOf('node', { 'package.json': '{}', 'yarn.lock': lock });
      assert.deepEqual(found.dependencies.map(told), ['@s/b 2.0.0 locked', 'a 1.2.3 locked']);
      assert.deepEqual(found.recreate, [['yarn', 'install', option]]);
    }
  });

  it('installed by npm, pnpm, or yarn', async () => {
    const hidden = json({ packages: { 'node_modules/a': { version: '1.2.4' } } });
    const installs = [
      { 'node_modules/.package-lock.json': hidden },
      { 'node_modules/.pnpm/lock.yaml': 'packages:\n  a@1.2.4: {}\n' },
      {
        'node_modules/a/package.json': json({ version: '1.2.4' }),
        'node_modules/.bin/x': '',
        'node_modules/a/node_modules/z/package.json': '{}',
      },
    ];
    for (const install of installs) {
      const found = await applicationOf('node', { 'package.json': json({ dependencies: { a: '^1' } }), ...install });
      assert.deepEqual(found.dependencies.map(told), ['a 1.2.4 installed']);
      assert.deepEqual(found.environment, { path: 'node_modules', found: true });
    }
  });
});

describe('applications: other languages', () => {
  it('R with renv: links into its cache tell versions', async () => {
    const library = 'renv/library/linux-debian/R-4.3/x86_64-pc-linux-gnu';
    const found = await applicationOf('r', {
      'renv.lock': json({ R: { Version: '4.3.1' }, Packages: { dplyr: { Version: '1.1.4' }, rlang: { Version: '1.1.2' } } }),
      [`${library}/dplyr`]: { link: `/home/x/.cache/R/renv/cache/v5/R-4.3/x86_64-pc-linux-gnu/dplyr/1.1.3/${'0a'.repeat(16)}/dplyr` },
      [`${library}/rlang/DESCRIPTION`]: 'Package: rlang\nVersion: 1.1.2\n',
    });
    assert.deepEqual(found.dependencies.map(told), ['dplyr 1.1.3 installed', 'rlang 1.1.2 installed']);
    assert.deepEqual(found.runtime, { name: 'R', asked: '4.3.1', found: '4.3' });
    assert.deepEqual(remarksOf(found), [': installed is dplyr 1.1.3, locked is 1.1.4']);
    const plain = await applicationOf('r', { DESCRIPTION: 'Package: x\nImports: dplyr (>= 1.0),\n    rlang\nDepends: R (>= 4)\n' });
    assert.deepEqual(plain.dependencies.map(told), ['dplyr * declared?', 'rlang * declared?']);
  });

  it('Julia: manifests of versions 1 and 2', async () => {
    const project = '[deps]\nJSON = "682c06a0"\nDates = "ade2ca70"\n[compat]\nJSON = "0.21"\njulia = "1.9"\n';
    const second = 'julia_version = "1.9.2"\nmanifest_format = "2.0"\n[[deps.JSON]]\nversion = "0.21.4"\n[[deps.Dates]]\nuuid = "x"\n';
    const first = '[[JSON]]\nversion = "0.21.4"\n';
    for (const manifest of [first, second]) {
      const found = await applicationOf('julia', { 'Project.toml': project, 'Manifest.toml': manifest });
      assert.deepEqual(found.dependencies.map(told), ['Dates * declared?', 'JSON 0.21.4 locked']);
      assert.deepEqual(remarksOf(found), []);
    }
  });

  it('Rust: a lock file, a toolchain, what is declared for some targets', async () => {
    const found = await applicationOf('rust', {
      'Cargo.toml':
        '[package]\nname = "x"\nrust-version = "1.70"\n[dependencies]\nserde = "1"\nold = "2"\n[target."cfg(windows)".dependencies]\nwin = "1"\n',
      'Cargo.lock':
        '[[package]]\nname = "x"\nversion = "0.1.0"\n[[package]]\nname = "serde"\nversion = "1.0.190"\nsource = "r"\n[[package]]\nname = "old"\nversion = "1.0.0"\nsource = "r"\n',
      'rust-toolchain.toml': '[toolchain]\nchannel = "1.74.0"\n',
      'target/debug/Cargo.toml': '',
    });
    assert.deepEqual(found.dependencies.map(told), ['old 1.0.0 locked', 'serde 1.0.190 locked', 'win 1 declared?']);
    assert.equal(found.runtime?.asked, '1.74.0');
    assert.deepEqual(remarksOf(found), [': locked is old 1.0.0, declared is 2']);
    assert.deepEqual(found.recreate, [['cargo', 'fetch', '--locked']]);
  });

  it('Go: requirements in blocks and lines, the toolchain', async () => {
    const found = await applicationOf('go', {
      'go.mod':
        'module x\n\ngo 1.21\n\ntoolchain go1.22.1\n\nrequire example.org/a v1.2.3\nrequire (\n\texample.org/b v0.1.0 // indirect\n)\n',
      'go.sum': 'example.org/a v1.2.3 h1:x=\n',
    });
    assert.deepEqual(found.dependencies.map(told), ['example.org/a v1.2.3 locked', 'example.org/b v0.1.0 locked']);
    assert.equal(found.runtime?.asked, '1.22.1');
  });

  it('Java: Maven with properties, Gradle with a lock file', async () => {
    const pom =
      '<?xml version="1.0"?><project><properties><v>2.0</v><maven.compiler.release>17</maven.compiler.release></properties><dependencies>' +
      '<dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency></dependencies></project>';
    const maven = await applicationOf('java', { 'pom.xml': pom });
    assert.deepEqual(maven.dependencies.map(told), ['g:a 2.0 locked']);
    assert.equal(maven.runtime?.asked, '>=17');
    const gradle = await applicationOf('java', {
      'build.gradle.kts':
        'java { toolchain { languageVersion.set(JavaLanguageVersion.of(21)) } }\ndependencies { implementation("g:a:2.+") }\n',
      'gradle.lockfile': '# comment\ng:a:2.3=compileClasspath\nempty=x\n',
    });
    assert.deepEqual(gradle.dependencies.map(told), ['g:a 2.3 locked']);
    assert.equal(gradle.runtime?.asked, '21');
  });
});

describe('applications: the editor and containers', () => {
  it('the editor: its files with comments, recommended extensions, and those of the profile where somebody knows them', async () => {
    const files = {
      '.vscode/settings.json': '{ // two\n "editor.tabSize": 2, }',
      '.vscode/extensions.json': '{"recommendations": ["MS-Python.python", "rust-lang.rust-analyzer", "--install; rm -rf"]}',
      'x.code-workspace': '{"extensions": {"recommendations": ["a.b"]}}',
    };
    const found = await applicationOf('editor', files);
    assert.deepEqual(found.dependencies.map(told), ['a.b * declared', 'ms-python.python * declared', 'rust-lang.rust-analyzer * declared']);
    assert.deepEqual(found.recreate[0]?.slice(0, 3), ['code', '--install-extension', 'ms-python.python']);
    const [known] = await applicationsOf(files, [{ id: 'ms-python.python', version: '2026.1.0' }]);
    assert.deepEqual(known?.dependencies.map(told), [
      'a.b * declared?',
      'ms-python.python 2026.1.0 installed',
      'rust-lang.rust-analyzer * declared?',
    ]);
    assert.deepEqual(known.recreate, [
      ['code', ...['ms-python.python@2026.1.0', 'rust-lang.rust-analyzer', 'a.b'].flatMap((name) => ['--install-extension', name])],
    ]);
    assert.deepEqual([remarksOf(found), remarksOf(known)], [[`: ${EXTENSIONS_UNKNOWN}`], []]);
  });

  it('the editor of a folder without a file of it, where somebody knows what it has installed; projects in it have what they recommend', async () => {
    const nested = '{"recommendations": ["a.b"]}';
    const files = { 'sub/.vscode/extensions.json': nested, 'web/.vscode/extensions.json': nested.replace('a.b', 'x.y') };
    const known = await applicationsOf(files, [
      { id: 'a.b', version: '1.0.0' },
      { id: 'c.d', version: '2.0.0' },
    ]);
    assert.deepEqual(
      known.map(({ name, dependencies }) => [name, ...dependencies.map(told)]),
      [
        ['editor:.', 'a.b 1.0.0 installed', 'c.d 2.0.0 installed'],
        ['editor:sub', 'a.b 1.0.0 installed'],
        ['editor:web', 'x.y * declared'],
      ],
    );
    assert.deepEqual(await applicationsOf({}), []);
    const [unknown] = await applicationsOf({}, 'unknown');
    assert.deepEqual([unknown?.kind, unknown?.dependencies, remarksOf(unknown!)], ['editor', [], [`: ${EXTENSIONS_UNKNOWN}`]]);
  });

  it('many extensions are installed by several commands, each short enough for any system', async () => {
    const many = Array.from({ length: 120 }, (_, n) => ({ id: `publisher.extension-${n}`, version: '1.0.0' }));
    const [{ recreate }] = (await applicationsOf({}, many)) as [Application];
    assert.deepEqual(
      recreate.map(({ length }) => length),
      [101, 101, 41],
    );
    for (const command of recreate) assert.ok(command.join(' ').length < 8000);
  });

  it('dev containers, Dockerfiles, Compose files', async () => {
    const container = await applicationOf('dev-container', {
      '.devcontainer/devcontainer.json':
        '{"image": "mcr.example.org:5000/python:3.12", "features": {"ghcr.io/x/node:1": {"version": "20"}}}',
    });
    assert.deepEqual(container.dependencies.map(told), ['ghcr.io/x/node:1 20 declared', 'mcr.example.org:5000/python 3.12 declared']);
    const docker = await applicationOf('docker', {
      Dockerfile: 'FROM --platform=linux/amd64 python:3.12 AS base\nFROM base\nFROM python:3.11@sha256:00\nFROM debian\n',
      'compose.yaml': 'services:\n  db:\n    image: postgres:16\n  app:\n    build: .\n',
    });
    assert.deepEqual(docker.dependencies.map(told), [
      'debian latest declared',
      'postgres 16 declared',
      'python 3.11@sha256:00, 3.12 declared',
    ]);
    assert.deepEqual(docker.recreate, [['docker', 'compose', '--file', 'compose.yaml', 'build']]);
  });
});
