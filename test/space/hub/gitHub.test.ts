import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Work } from '../../../src/base/work.ts';
import { AreaRepositories } from '../../../src/space/hub/git/areaRepositories.ts';
import type { RemoteOptions } from '../../../src/space/hub/git/gitRemote.ts';
import { RepositoryHub } from '../../../src/space/hub/git/repositoryHub.ts';
import { createAll } from '../../../src/space/hub/hub.ts';
import { rejected, seededBytes, Workbench } from '../../support/folders.ts';
import { fileAddress, git, GIT_ENV, newPathHub, optionsFor, program } from '../../support/gitHubs.ts';
import { GitServer } from '../../support/gitServer.ts';
import { hubContract } from '../../support/hubContract.ts';
import { skip } from '../../rig/skip.ts';

/** Each operation starts several processes. */
const RUNS = 6;

const ALICE = { name: 'alice', password: 'open sesame' };

describe('hubs in git repositories', () => {
  const bench = new Workbench();
  const servers: GitServer[] = [];
  const optionsOf = new WeakMap<RepositoryHub, RemoteOptions>();
  const areasOptions = new WeakMap<AreaRepositories, RemoteOptions>();

  const again = (hub: RepositoryHub): RepositoryHub => new RepositoryHub({ ...optionsOf.get(hub)!, cache: bench.place() });

  async function serving(
    more: Partial<Parameters<typeof GitServer.over>[0]> = {},
  ): Promise<{ server: GitServer; address: string; repository: string }> {
    const { repository } = await newPathHub(bench);
    const server = await GitServer.over({ root: path.dirname(repository), ...more });
    servers.push(server);
    return { server, address: `http://127.0.0.1:${server.port}/hub.git`, repository };
  }

  /** A git that signs in by a credential helper, as a user's settings name one. */
  function signingIn(password = ALICE.password): RemoteOptions['program'] {
    const settings = path.join(bench.folder(), 'gitconfig');
    const helper = `!f() { test "$1" = get && echo username=${ALICE.name} && echo 'password=${password}'; }; f`;
    fs.writeFileSync(settings, `[credential]\n\thelper = "${helper.replaceAll('"', '\\"')}"\n`);
    return { file: program.file, env: { ...GIT_ENV, GIT_CONFIG_GLOBAL: settings } };
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
    await bench.clear();
  });

  hubContract(
    'RepositoryHub by a path',
    async () => {
      const { hub, options } = await newPathHub(bench);
      optionsOf.set(hub, options);
      return hub;
    },
    again,
    undefined,
    RUNS,
  );
  hubContract(
    'RepositoryHub by http, with a password and without partial clones',
    async () => {
      const { address } = await serving({ user: ALICE });
      const options = optionsFor(bench, address, { program: signingIn() });
      const hub = new RepositoryHub(options);
      optionsOf.set(hub, options);
      return hub;
    },
    again,
    undefined,
    RUNS,
  );

  hubContract(
    'AreaRepositories by a path',
    async () => {
      const options = optionsFor(bench, `${fileAddress(bench.folder())}/{area}.git`);
      const hub = new AreaRepositories(options);
      await hub.make();
      areasOptions.set(hub, options);
      return hub;
    },
    (hub) => new AreaRepositories({ ...areasOptions.get(hub)!, cache: bench.place() }),
    undefined,
    RUNS,
  );

  it('in a repository for each area keep areas apart, and seem empty only where the hub is there', async () => {
    const folder = bench.folder();
    const options = optionsFor(bench, `${fileAddress(folder)}/{area}.git`);
    const hub = new AreaRepositories(options);
    await rejected(hub.list('areas/a1'), 'io');
    await hub.make();
    assert.deepEqual(await hub.list('areas/a1'), { files: [], folders: [], strangers: 0 });
    assert.equal(await hub.create('areas/a1/1', Buffer.from('x')), true);
    await hub.create('previews/b1/1', Buffer.from('y'));
    await hub.create('logs/b1/1', Buffer.from('z'));
    await hub.hint('bell', Buffer.from('ding'));
    assert.deepEqual(fs.readdirSync(folder).sort(), ['areas-a1.git', 'hub.git', 'previews-b1.git']);
    assert.match(git(path.join(folder, 'areas-a1.git'), 'for-each-ref'), /refs\/snapstage\/areas\/a1$/m);
    const other = new AreaRepositories({ ...options, cache: bench.place() });
    assert.equal((await other.read('areas/a1/1', 1))?.toString(), 'x');
    assert.deepEqual((await other.list('logs')).folders, ['b1']);
    for (const name of fs.readdirSync(folder)) fs.renameSync(path.join(folder, name), path.join(folder, `${name}-away`));
    for (const ask of [() => hub.list('areas/a1'), () => other.read('previews/b1/2', 9), () => hub.create('areas/a2/1', Buffer.from('x'))])
      assert.equal((await rejected(ask(), 'io')).details['reason'], 'hub-unreachable');
    assert.ok(fs.readdirSync(folder).every((name) => name.endsWith('-away')));
  });

  it('take several files of a folder in one push, and let all who list at once look once', async () => {
    const { server, address } = await serving();
    const hub = new RepositoryHub(optionsFor(bench, address));
    const files = Array.from({ length: 5 }, (_, i) => ({ name: `logs/a1/${i}`, content: Buffer.from(`${i}`) }));
    for (const log of ['a1', 'b2', 'c3']) await hub.create(`logs/${log}/first`, Buffer.from('x'));
    const asked = async (act: () => Promise<unknown>): Promise<string[]> => {
      server.requests.length = 0;
      await act();
      return server.requests.filter((request) => request.startsWith('GET')).map((request) => request.split('service=')[1]!);
    };
    assert.deepEqual(await asked(async () => assert.deepEqual(await createAll(hub, files), Array(5).fill(true))), ['git-receive-pack']);
    const other = new RepositoryHub(optionsFor(bench, address));
    const sizes = async (log: string): Promise<number> => (await other.list(`logs/${log}`)).files.length;
    const logs = ['a1', 'b2', 'c3', 'none'];
    assert.deepEqual(await asked(async () => assert.deepEqual(await Promise.all(logs.map(sizes)), [6, 1, 1, 0])), ['git-upload-pack']);
    // What was looked at for somebody else is not what a later call gets.
    await hub.create('logs/b2/second', Buffer.from('x'));
    assert.deepEqual(await asked(async () => assert.equal(await sizes('b2'), 2)), ['git-upload-pack']);
  });

  it('lie in refs of their own, one for each log and area, with nothing but what is there now', async () => {
    const { hub, repository } = await newPathHub(bench);
    for (const name of ['logs/a1/1', 'logs/a1/2', 'logs/b2/1', 'areas/all/x/y', 'keys/ff', 'bell'])
      await hub.create(name, Buffer.from(name));
    await hub.remove('logs/a1/1');
    const tree = (ref: string): string => git(repository, 'ls-tree', '--name-only', ref).replaceAll('\n', ' ');
    assert.deepEqual(git(repository, 'for-each-ref', '--format=%(refname)').split('\n'), [
      'refs/snapstage/_/bell',
      'refs/snapstage/_version/1',
      'refs/snapstage/areas/all',
      'refs/snapstage/keys/_',
      'refs/snapstage/logs/a1',
      'refs/snapstage/logs/b2',
    ]);
    assert.equal(tree('refs/snapstage/logs/a1'), '2.9');
    assert.equal(tree('refs/snapstage/areas/all'), 'x+y.13');
    assert.equal(git(repository, 'rev-list', '--all', '--count'), '6');
    git(repository, 'fsck', '--strict');
    assert.deepEqual(await hub.list('areas/all'), { files: [], folders: ['x'], strangers: 0 });
    assert.deepEqual((await hub.list('areas/all/x')).files, [{ name: 'y', size: 13 }]);
    assert.deepEqual(await hub.list('logs'), { files: [], folders: ['a1', 'b2'], strangers: 0 });
  });

  it('are made once, also where there is no repository yet, and where somebody has one for something else', async () => {
    const { hub, options, repository } = await newPathHub(bench);
    await hub.create('a', Buffer.from('x'));
    await new RepositoryHub({ ...options, cache: bench.place() }).make();
    assert.equal((await hub.list('')).files.length, 1);
    assert.match(git(repository, 'show', 'refs/snapstage/_version/1:SNAPSTAGE-HUB.txt'), /^Snapstage hub, version 1\n/);
    const other = path.join(bench.folder(), 'code.git');
    git(other, 'init', '--quiet', '--bare');
    const there = new RepositoryHub(optionsFor(bench, fileAddress(other)));
    assert.equal((await rejected(there.list(''), 'io')).details['reason'], 'hub-unreachable');
    await rejected(there.create('a', Buffer.from('x')), 'io');
    await rejected(there.hint('bell', Buffer.from('x')), 'io');
    assert.equal(git(other, 'for-each-ref'), '');
    await there.make();
    assert.equal(await there.create('a', Buffer.from('x')), true);
  });

  it('that are away are an error in every way they are asked', async () => {
    const { hub, repository } = await newPathHub(bench);
    await hub.create('a/1', Buffer.from('x'));
    fs.renameSync(repository, `${repository}-away`);
    for (const ask of [
      () => hub.list(''),
      () => hub.list('a'),
      () => hub.read('a/2', 1),
      () => hub.fetch('b/1', { append: () => undefined }, 1, new Work()),
      () => hub.create('a/2', Buffer.from('y')),
      () => hub.create('b/c/d', Buffer.from('y')),
      () => hub.remove('a/1'),
      () => hub.hint('bell', Buffer.from('y')),
    ])
      assert.equal((await rejected(ask(), 'io')).details['reason'], 'hub-unreachable');
    fs.renameSync(`${repository}-away`, repository);
    assert.equal(await hub.create('a/2', Buffer.from('y')), true);
    const nowhere = new RepositoryHub(optionsFor(bench, 'http://127.0.0.1:9/hub.git'));
    assert.equal((await rejected(nowhere.list(''), 'io')).details['reason'], 'hub-unreachable');
  });

  it('of a newer Snapstage are left alone', async () => {
    const { hub, repository } = await newPathHub(bench);
    git(repository, 'update-ref', 'refs/snapstage/_version/2', 'refs/snapstage/_version/1');
    await rejected(hub.list(''), 'newer-format');
    await rejected(hub.make(), 'newer-format');
    await rejected(hub.create('a/1', Buffer.from('x')), 'newer-format');
  });

  it('are asked once when nothing is new, and give what is new with the second request', async () => {
    const { server, address } = await serving({ settings: ['uploadpack.allowFilter=true'] });
    const [one, other] = [1, 2].map(() => new RepositoryHub(optionsFor(bench, address))) as [RepositoryHub, RepositoryHub];
    await one.hint('bell', Buffer.from('ding'));
    await other.read('bell', 100);
    const count = async (act: () => Promise<unknown>): Promise<string[]> => {
      server.requests.length = 0;
      await act();
      return server.requests.map((request) => request.replace(/\?.*/, ''));
    };
    const look = ['GET /hub.git/info/refs', 'POST /hub.git/git-upload-pack'];
    assert.deepEqual(await count(() => other.read('bell', 100)), look);
    for (let i = 0; i < 20; i++) await one.create(`logs/a1/${i}`, seededBytes(i, 700));
    await other.list('logs/a1');
    assert.deepEqual(await count(() => one.create('logs/a1/20', seededBytes(20, 700))), [
      'GET /hub.git/info/refs',
      'POST /hub.git/git-receive-pack',
    ]);
    const asked = await count(async () => {
      await other.list('logs/a1');
      for (let i = 0; i < 21; i++) assert.ok((await other.read(`logs/a1/${i}`, 700))!.equals(seededBytes(i, 700)));
    });
    assert.deepEqual(asked.slice(0, 2), look);
    assert.ok(asked.length <= 4, asked.join());
  });

  it('send and bring what is large in parts, and of what is too large nothing', async () => {
    const { server, address, repository } = await serving({ settings: ['uploadpack.allowFilter=true'] });
    const [one, other] = [1, 2].map(() => new RepositoryHub(optionsFor(bench, address))) as [RepositoryHub, RepositoryHub];
    const large = seededBytes(5, (16 << 20) * 2 + 99);
    await one.create('areas/a1/1', large);
    assert.deepEqual(git(repository, 'ls-tree', '-r', '--format=%(objectsize)', 'refs/snapstage/areas/a1').split('\n'), [
      String(16 << 20),
      String(16 << 20),
      '99',
    ]);
    assert.deepEqual((await other.list('areas/a1')).files, [{ name: '1', size: large.length }]);
    server.requests.length = 0;
    await rejected(other.fetch('areas/a1/1', { append: () => assert.fail() }, large.length - 1, new Work()), 'damaged');
    assert.deepEqual(server.requests, []);
    const parts: Buffer[] = [];
    await other.fetch('areas/a1/1', { append: (part) => parts.push(Buffer.from(part)) }, large.length, new Work());
    assert.ok(Buffer.concat(parts).equals(large));
  });

  it('are read from old servers too, with or without partial clones', async () => {
    for (const allowFilter of [true, false]) {
      const { address } = await serving({ isOld: true, settings: [`uploadpack.allowFilter=${allowFilter}`] });
      const [one, other] = [1, 2].map(() => new RepositoryHub(optionsFor(bench, address))) as [RepositoryHub, RepositoryHub];
      const contents = new Map([10, 100_000, 200_000].map((size) => [`areas/a1/${size}`, seededBytes(size, size)]));
      for (const [name, content] of contents) {
        assert.equal(await one.create(name, content), true);
        for (const hub of [other, one]) {
          await hub.list('areas/a1');
          assert.ok((await hub.read(name, content.length))!.equals(content));
        }
      }
      assert.equal((await one.list('areas/a1')).files.length, 3);
    }
  });

  it('that say that a file is small and have a large one are not listened to for long', async () => {
    const { hub, options, repository } = await newPathHub(bench);
    await hub.create('areas/a1/1', Buffer.from('x'));
    const huge = path.join(bench.folder(), 'huge');
    fs.writeFileSync(huge, seededBytes(1, 12 << 20));
    const blob = git(repository, 'hash-object', '-w', '--', huge);
    for (const size of [10, 100_000]) {
      const listed = `100644 blob ${blob}\t1.${size}\n`;
      fs.writeFileSync(huge, listed);
      const tree = git(repository, 'mktree', { input: listed });
      const commit = git(repository, '-c', 'user.name=x', '-c', 'user.email=x', 'commit-tree', '-m', 'x', tree);
      git(repository, 'update-ref', 'refs/snapstage/areas/a1', commit);
      let got = 0;
      const into = { append: (part: Uint8Array) => void (got += part.length) };
      const other = new RepositoryHub({ ...options, cache: bench.place() });
      await rejected(other.fetch('areas/a1/1', into, size, new Work()), 'damaged');
      assert.ok(got <= size);
    }
    const liar = git(repository, 'mktree', {
      input: `100644 blob ${blob}\t1.10\n100644 blob ${git(repository, 'hash-object', '-w', '--stdin', { input: 'honest' })}\t2.6\n`,
    });
    git(
      repository,
      'update-ref',
      'refs/snapstage/keys/_',
      git(repository, '-c', 'user.name=x', '-c', 'user.email=x', 'commit-tree', '-m', 'x', liar),
    );
    const other = new RepositoryHub({ ...options, cache: bench.place() });
    await other.list('keys');
    assert.equal((await other.read('keys/2', 6))?.toString(), 'honest');
    await rejected(other.read('keys/1', 10), 'damaged');
  });

  it('count what no hub made, keep it, and take it for nothing', async () => {
    const { hub, options, repository } = await newPathHub(bench);
    await hub.create('logs/a1/1', Buffer.from('x'));
    const blob = git(repository, 'rev-parse', 'refs/snapstage/logs/a1:1.1');
    const strange = ['README.md', '2', '2.x', 'X.1', '-2.1', '3.1.0', '4.99999999.7', 'a b.1'];
    const lines = [...strange, '1.1'].map((name) => `100644 blob ${blob}\t${name}\n`);
    lines.push(`120000 blob ${blob}\t5.1\n`, `100755 blob ${blob}\t6.1\n`);
    const empty = git(repository, 'mktree', { input: '' });
    const tree = git(repository, 'mktree', { input: `${lines.join('')}040000 tree ${empty}\tfolder\n` });
    const commit = git(repository, '-c', 'user.name=x', '-c', 'user.email=x', 'commit-tree', '-m', 'x', tree);
    git(repository, 'update-ref', 'refs/snapstage/logs/a1', commit);
    for (const odd of ['refs/snapstage/logs/Odd', 'refs/snapstage/logs/b/c', 'refs/snapstage/x'])
      git(repository, 'update-ref', odd, commit);
    git(repository, 'update-ref', 'refs/snapstage/logs/blob', blob);
    git(repository, 'update-ref', 'refs/heads/main', commit);
    for (const one of [hub, new RepositoryHub({ ...options, cache: bench.place() })]) {
      assert.deepEqual(await one.list('logs/a1'), { files: [{ name: '1', size: 1 }], folders: [], strangers: strange.length + 3 });
      assert.deepEqual(await one.list('logs'), { files: [], folders: ['a1'], strangers: 2 });
      assert.deepEqual(await one.list(''), { files: [], folders: ['logs'], strangers: 3 });
    }
    assert.equal(await hub.create('logs/a1/2', Buffer.from('y')), true);
    assert.deepEqual(await hub.list('logs/a1'), {
      files: [
        { name: '1', size: 1 },
        { name: '2', size: 1 },
      ],
      folders: [],
      strangers: strange.length + 3,
    });
    assert.equal(await hub.create('logs/blob/1', Buffer.from('y')), true);
    assert.ok(git(repository, 'rev-parse', 'refs/heads/main') === commit);
  });

  it('may be rolled back: what is missing then can be put there again', async () => {
    const { hub, options, repository } = await newPathHub(bench);
    await hub.create('logs/a1/1', Buffer.from('1'));
    fs.cpSync(repository, `${repository}-old`, { recursive: true });
    const other = new RepositoryHub({ ...options, cache: bench.place() });
    for (const name of ['logs/a1/2', 'logs/b1/1']) await hub.create(name, Buffer.from(name));
    await other.list('logs');
    fs.rmSync(repository, { recursive: true });
    fs.renameSync(`${repository}-old`, repository);
    for (const one of [hub, other]) {
      assert.deepEqual((await one.list('logs')).folders, ['a1']);
      assert.deepEqual((await one.list('logs/a1')).files, [{ name: '1', size: 1 }]);
      assert.equal(await one.read('logs/b1/1', 10), undefined);
    }
    assert.equal(await hub.create('logs/a1/2', Buffer.from('again')), true);
    assert.equal(await other.create('logs/b1/1', Buffer.from('again')), true);
    assert.equal((await other.read('logs/a1/2', 10))?.toString(), 'again');
    git(repository, 'fsck', '--strict');
  });

  it('do without their cache, whatever becomes of it', async () => {
    const { hub, options } = await newPathHub(bench);
    const { cache } = options;
    await hub.create('logs/a1/0', seededBytes(0, 100_000));
    const objects = path.join(cache, 'objects');
    const harms: (() => void)[] = [
      () => fs.rmSync(cache, { recursive: true }),
      () => fs.rmSync(objects, { recursive: true }),
      () => fs.rmSync(path.join(objects, 'pack'), { recursive: true }),
      () => {
        for (const name of fs.readdirSync(cache)) if (name.startsWith('work-')) fs.rmSync(path.join(cache, name), { recursive: true });
      },
      () => {
        for (const name of fs.readdirSync(objects, { recursive: true }) as string[]) {
          const at = path.join(objects, name);
          if (fs.statSync(at).isFile()) {
            fs.chmodSync(at, 0o600);
            fs.writeFileSync(at, '');
          }
        }
      },
    ];
    for (const [i, harm] of harms.entries()) {
      harm();
      assert.equal(await hub.create(`logs/a1/${i + 1}`, Buffer.from(`${i}`)), true);
      harm();
      assert.equal((await hub.list('logs/a1')).files.length, i + 2);
      harm();
      assert.ok((await hub.read('logs/a1/0', 100_000))!.equals(seededBytes(0, 100_000)), String(harm));
      harm();
      assert.ok((await new RepositoryHub(options).read('logs/a1/0', 100_000))!.equals(seededBytes(0, 100_000)));
    }
  });

  it('have a cache that does not grow for ever', async () => {
    const { hub, options } = await newPathHub(bench);
    const [objects, packs] = ['objects', 'objects/pack'].map((name) => path.join(options.cache, name)) as [string, string];
    const bytes = (): number =>
      (fs.readdirSync(objects, { recursive: true }) as string[])
        .map((name) => fs.statSync(path.join(objects, name)))
        .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
    await hub.create('areas/a1/1', seededBytes(1, 5 << 20));
    assert.ok(bytes() < 100_000, 'what was sent stays');
    const [dead, alive] = ['1', '2'].map((digit) => path.join(options.cache, `work-${digit.repeat(16)}`)) as [string, string];
    for (const folder of [dead, alive]) fs.mkdirSync(folder);
    fs.utimesSync(dead, new Date(0), new Date(0));
    await new RepositoryHub(options).list('areas/a1');
    assert.deepEqual([fs.existsSync(dead), fs.existsSync(alive)], [false, true]);
    for (let i = 0; i < 251; i++) fs.writeFileSync(path.join(packs, `pack-${i}.pack`), '');
    assert.equal((await new RepositoryHub(options).list('areas/a1')).files.length, 1);
    assert.ok(fs.readdirSync(packs).length < 20);
    for (let i = 0; i < 110; i++) await hub.hint('bell', Buffer.from(`${i}`)).then(() => hub.read('bell', 10));
    assert.equal(await hub.create('areas/a1/2', Buffer.from('x')), true);
    assert.equal((await hub.list('areas/a1')).files.length, 2);
    assert.ok(fs.readdirSync(options.cache).filter((name) => name.startsWith('work-')).length <= 5);
  });

  it('that may not be written are read all the same, and who is not let in is told so', async () => {
    const { repository, address } = await serving({ readOnly: true });
    await new RepositoryHub(optionsFor(bench, fileAddress(repository))).create('logs/a1/1', Buffer.from('x'));
    const reader = new RepositoryHub(optionsFor(bench, address));
    assert.equal((await reader.read('logs/a1/1', 1))?.toString(), 'x');
    for (const act of [
      () => reader.create('logs/a1/2', Buffer.from('y')),
      () => reader.remove('logs/a1/1'),
      () => reader.hint('bell', Buffer.from('y')),
    ])
      assert.equal((await rejected(act(), 'io')).details['reason'], 'hub-read-only');
    const shut = await serving({ user: ALICE });
    for (const options of [{}, { program: signingIn('wrong') }]) {
      const error = await rejected(new RepositoryHub(optionsFor(bench, shut.address, options)).list(''), 'io');
      assert.deepEqual([error.details['reason'], error.details['trouble']], ['hub-unreachable', 'refused']);
      assert.match(error.message, /Sign in with git in a terminal/);
      assert.ok(!error.message.includes('wrong') && !JSON.stringify(error).includes('sesame'));
    }
  });

  it('run nothing that a user’s settings or a repository’s name', async function () {
    if (process.platform === 'win32') skip(this, 'the traps are scripts for sh');
    const trap = bench.folder();
    const [hooks, ran] = [path.join(trap, 'hooks'), path.join(trap, 'ran')];
    fs.mkdirSync(path.join(trap, 'template', 'hooks'), { recursive: true });
    fs.mkdirSync(hooks);
    const script = `#!/bin/sh\necho "$0" >> '${ran}'\ncat > /dev/null\nexit 0\n`;
    const names = [
      'pre-push',
      'reference-transaction',
      'post-checkout',
      'pre-receive',
      'update',
      'post-receive',
      'post-update',
      'pre-auto-gc',
      'push-to-checkout',
      'proc-receive',
      'fsmonitor',
      'command',
      'sendemail-validate',
    ];
    const lay = (folder: string): void => {
      for (const name of names) fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
    };
    lay(hooks);
    lay(path.join(trap, 'template', 'hooks'));
    const command = path.join(hooks, 'command');
    const settings = `[core]
	hooksPath = ${hooks}
	fsmonitor = ${path.join(hooks, 'fsmonitor')}
	alternateRefsCommand = ${command}
	attributesFile = ${path.join(trap, 'attributes')}
	pager = ${command}
	editor = ${command}
	askPass = ${command}
	gitProxy = ${command}
[init]
	templateDir = ${path.join(trap, 'template')}
[alias]
	fetch = !${command}
	push = !${command}
	cat-file = !${command}
[filter "x"]
	clean = ${command}
	smudge = ${command}
[push]
	gpgSign = if-asked
	followTags = true
	recurseSubmodules = on-demand
[gpg]
	program = ${command}
[gc]
	auto = 1
	recentObjectsHook = ${command}
[maintenance]
	auto = true
[submodule]
	recurse = true
[protocol "ext"]
	allow = always
`;
    const own = path.join(trap, 'gitconfig');
    fs.writeFileSync(own, settings);
    fs.writeFileSync(path.join(trap, 'attributes'), '* filter=x\n');
    const repository = path.join(bench.folder(), 'hub.git');
    const evil = {
      file: program.file,
      env: {
        ...GIT_ENV,
        GIT_CONFIG_GLOBAL: own,
        GIT_DIR: trap,
        GIT_ASKPASS: command,
        SSH_ASKPASS: command,
        GIT_EXTERNAL_DIFF: command,
        GIT_TEMPLATE_DIR: path.join(trap, 'template'),
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'core.hooksPath',
        GIT_CONFIG_VALUE_0: hooks,
      },
    };
    const hub = new RepositoryHub(optionsFor(bench, fileAddress(repository), { program: evil }));
    await hub.make();
    assert.ok(!fs.existsSync(path.join(repository, 'hooks')), 'the template was used');
    fs.mkdirSync(path.join(repository, 'hooks'));
    lay(path.join(repository, 'hooks'));
    const other = path.join(bench.folder(), 'other.git');
    git(other, 'init', '--quiet', '--bare');
    fs.writeFileSync(path.join(repository, 'objects', 'info', 'alternates'), `${path.join(other, 'objects')}\n`);
    fs.appendFileSync(path.join(repository, 'config'), settings);
    fs.appendFileSync(
      path.join(repository, 'config'),
      `[remote "origin"]\n\turl = ext::${command}\n\tpromisor = true\n[extensions]\n\tpartialClone = origin\n`,
    );
    for (let i = 0; i < 3; i++) await hub.create(`logs/a1/${i}`, Buffer.from('x'));
    await hub.hint('bell', Buffer.from('x'));
    await hub.remove('logs/a1/0');
    await hub.list('');
    await hub.list('logs');
    await hub.read('logs/a1/1', 1);
    const { address } = await serving({ user: ALICE });
    await rejected(new RepositoryHub(optionsFor(bench, address, { program: evil })).list(''), 'io');
    assert.equal(fs.existsSync(ran) ? fs.readFileSync(ran, 'utf8') : '', '');
    // The traps work where nothing keeps them from it.
    git(other, 'update-ref', 'refs/tags/x', git(other, 'hash-object', '-w', '--', own), { env: { ...GIT_ENV, GIT_CONFIG_GLOBAL: own } });
    assert.match(fs.readFileSync(ran, 'utf8'), /reference-transaction/);
  });

  it('that send elsewhere are not followed', async () => {
    const { address } = await serving();
    const { server: moved } = await serving();
    const { createServer } = await import('node:http');
    const sending = createServer((request, response) =>
      response.writeHead(301, { Location: `${address}${request.url!.replace('/hub.git', '')}` }).end(),
    );
    await new Promise<void>((resolve) => sending.listen(0, '127.0.0.1', resolve));
    const { port } = sending.address() as { port: number };
    const error = await rejected(new RepositoryHub(optionsFor(bench, `http://127.0.0.1:${port}/hub.git`)).list(''), 'io');
    assert.equal(error.details['trouble'], 'moved');
    sending.close();
    assert.ok(moved.requests.length === 0);
  });
});
