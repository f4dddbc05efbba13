import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { AreaRepositories } from '../../../src/space/hub/git/areaRepositories.ts';
import type { RemoteOptions } from '../../../src/space/hub/git/gitRemote.ts';
import { RepositoryHub } from '../../../src/space/hub/git/repositoryHub.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import { GIT_ENV, optionsFor } from '../../support/gitHubs.ts';
import { skip } from '../../rig/skip.ts';

const SHELL = ['/usr/share/gitolite3/gitolite-shell', '/usr/local/bin/gitolite-shell'].find((at) => fs.existsSync(at));

/** Who may do what: a log is its writer's to write, and a vault is nobody's else to read. */
const RIGHTS = `
repo course/hub
    RW+ = master
    RW+ refs/snapstage/logs/aaaa$ = alice
    RW+ refs/snapstage/logs/bbbb$ = bob
    RW+ refs/snapstage/_/bell$ = alice bob
    R = alice bob
repo course/areas-aaaa
    RW+ = master alice
`;

describe('rights at a git server', () => {
  const bench = new Workbench();
  let home: string;

  /** Whom gitolite takes for this person, as sshd would tell it by the key. */
  function options(person: string, repository: string): RemoteOptions {
    const env = { ...GIT_ENV, GIT_SSH_COMMAND: path.join(home, 'ssh'), GIT_SSH_VARIANT: 'simple' };
    return optionsFor(bench, `ssh://${person}@gitolite.example/course/${repository}`, { program: { file: 'git', env } });
  }

  const as = (person: string): RepositoryHub => new RepositoryHub(options(person, 'hub'));
  const apart = (person: string): AreaRepositories => new AreaRepositories(options(person, '{area}'));

  before(function () {
    if (SHELL === undefined) skip(this, 'gitolite 3 is not installed');
  });

  beforeEach(() => {
    home = bench.folder();
    const env = { ...GIT_ENV, HOME: home, USER: 'git' };
    const gitolite = (...args: string[]): void => {
      const { status, stderr } = spawnSync('gitolite', args, { env, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    gitolite('setup', '-a', 'admin');
    fs.writeFileSync(path.join(home, '.gitolite', 'conf', 'gitolite.conf'), RIGHTS);
    gitolite('compile');
    gitolite('trigger', 'POST_COMPILE');
    const script = `#!/bin/sh
export HOME='${home}' USER=git SSH_ORIGINAL_COMMAND="$2" SSH_CONNECTION='127.0.0.1 1 127.0.0.1 22'
exec ${SHELL} "\${1%@*}"
`;
    fs.writeFileSync(path.join(home, 'ssh'), script, { mode: 0o755 });
  });

  afterEach(() => bench.clear());

  it('a member writes its own log, and nobody else’s, by gitolite', async () => {
    await as('master').make();
    const [alice, bob] = [as('alice'), as('bob')];
    assert.equal(await alice.create('logs/aaaa/1', Buffer.from('of alice')), true);
    assert.equal(await bob.create('logs/bbbb/1', Buffer.from('of bob')), true);
    for (const act of [
      () => bob.create('logs/aaaa/2', Buffer.from('forged')),
      () => bob.remove('logs/aaaa/1'),
      () => bob.hint('logs/aaaa/1', Buffer.from('forged')),
      () => bob.create('areas/all/1', Buffer.from('forged')),
      () => bob.make().then(() => bob.create('keys/1', Buffer.from('forged'))),
    ])
      assert.equal((await rejected(act(), 'io')).details['reason'], 'hub-read-only');
    await bob.hint('bell', Buffer.from('ding'));
    assert.equal((await bob.read('logs/aaaa/1', 10))?.toString(), 'of alice');
    assert.equal((await alice.read('bell', 10))?.toString(), 'ding');
    assert.deepEqual((await as('master').list('logs/aaaa')).files, [{ name: '1', size: 8 }]);
    assert.equal(await as('master').create('keys/1', Buffer.from('x')), true);
  });

  it('a member reads its own vault, and nobody else’s, where that is a repository of its own, by gitolite', async () => {
    await apart('master').make();
    assert.equal(await apart('alice').create('areas/aaaa/1', Buffer.from('secret')), true);
    assert.equal((await apart('master').read('areas/aaaa/1', 10))?.toString(), 'secret');
    for (const person of ['bob', 'nobody']) {
      const hub = apart(person);
      for (const act of [
        () => hub.list('areas/aaaa'),
        () => hub.read('areas/aaaa/1', 10),
        () => hub.create('areas/aaaa/2', Buffer.from('x')),
        () => hub.remove('areas/aaaa/1'),
      ]) {
        const error = await rejected(act(), 'io');
        assert.deepEqual([error.details['reason'], error.details['trouble']], ['hub-unreachable', 'refused']);
      }
    }
    assert.equal(await apart('bob').create('logs/bbbb/1', Buffer.from('of bob')), true);
    assert.deepEqual((await apart('alice').list('areas/aaaa')).files, [{ name: '1', size: 6 }]);
  });
});
