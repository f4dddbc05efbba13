/** The real program on real folders: arguments in, streams, files and exit codes out. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { skip } from '../rig/skip.ts';
import { command } from '../support/command.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly bytes: Buffer;
  json(): unknown;
}

function snapstage(cwd: string, ...argv: string[]): Ended {
  const ended = spawnSync(process.execPath, [command, ...argv], { cwd, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
  if (ended.error) throw ended.error;
  const out = ended.stdout.toString();
  return { code: ended.status, out, err: ended.stderr.toString(), bytes: ended.stdout, json: () => JSON.parse(out) as unknown };
}

/** Runs a command that must end with 0 and gives its document. */
function document(cwd: string, ...argv: string[]): unknown {
  const ended = snapstage(cwd, ...argv, '--json');
  assert.equal(ended.code, 0, `${argv.join(' ')}: ${ended.out}${ended.err}`);
  return ended.json();
}

interface Snapshot {
  id: string;
  name: string | null;
  kind: string;
  pinned: boolean;
  files: number;
  bytes: number;
}

describe('cli: the program', () => {
  let folder = '';

  /** A fresh instance with a few files and one snapshot. */
  function makeInstance(): Snapshot {
    writeFileSync(path.join(folder, 'a.txt'), 'one\n');
    mkdirSync(path.join(folder, 'sub/empty'), { recursive: true });
    writeFileSync(path.join(folder, 'sub/b.txt'), 'two\n');
    assert.equal(snapstage(folder, 'init').code, 0);
    return document(folder, 'take', '--name', 'start') as Snapshot;
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'snapstage-cli-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows help and its version', () => {
    assert.match(snapstage(folder, 'help').out, /^Usage: snapstage/);
    const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
    assert.equal(snapstage(folder, '--version').out, `${version}\n`);
    assert.equal(snapstage(folder).code, 2);
  });

  it('says where there is no instance, and makes nothing', () => {
    const missing = snapstage(folder, 'take');
    assert.equal(missing.code, 1);
    assert.match(missing.err, /snapstage init/);
    assert.equal((snapstage(folder, 'status', '--json').json() as { error: { code: string } }).error.code, 'not-found');
    assert.equal(snapstage(folder, 'init', '--dry-run').code, 0);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('makes an instance once', () => {
    assert.equal(snapstage(folder, 'init').code, 0);
    const again = snapstage(folder, 'init', '--json');
    assert.equal(again.code, 3);
    assert.equal((again.json() as { error: { code: string } }).error.code, 'exists');
  });

  it('takes, lists and shows snapshots by every name of a state', () => {
    const first = makeInstance();
    assert.match(first.id, /^[0-9a-f]{32}$/);
    assert.deepEqual([first.name, first.kind, first.files, first.bytes], ['start', 'described', 2, 8]);
    writeFileSync(path.join(folder, 'a.txt'), 'changed\n');
    const second = document(folder, 'take', '--pin') as Snapshot;
    assert.deepEqual([second.kind, second.pinned], ['quick', true]);
    assert.deepEqual(
      (document(folder, 'list') as Snapshot[]).map((each) => each.id),
      [second.id, first.id],
    );
    for (const state of [first.id, first.id.slice(0, 8), 'start', 'latest~1'])
      assert.equal((document(folder, 'show', state) as Snapshot).id, first.id);
    assert.equal((document(folder, 'show', 'latest') as Snapshot).id, second.id);
    assert.equal(snapstage(folder, 'show', 'nonsense').code, 1);
    assert.equal((document(folder, 'edit', 'start', '--name', 'renamed') as Snapshot).name, 'renamed');
    assert.equal((document(folder, 'edit', 'renamed', '--name', '') as Snapshot).name, null);
  });

  it('tells what takes the room, frees what it said, and says how much at most', () => {
    const first = makeInstance();
    writeFileSync(path.join(folder, 'large'), randomBytes(300_000));
    const second = document(folder, 'take') as Snapshot;
    rmSync(path.join(folder, 'large'));
    document(folder, 'take');
    const { snapshots } = document(folder, 'reclaim') as { snapshots: { snapshot: Snapshot; alone: number }[] };
    assert.ok(snapshots[1]!.snapshot.id === second.id && snapshots[1]!.alone > 300_000 && snapshots[2]!.alone < 10_000);
    const below = document(path.join(folder, 'sub'), 'reclaim', '--below', '..') as { entries: { path: string; earlier: number }[] };
    assert.ok(below.entries[0]!.path === 'large' && below.entries[0]!.earlier > 300_000);
    assert.equal(snapstage(folder, 'reclaim', '--below', 'large').code, 1);
    assert.equal(snapstage(folder, 'config', 'budget', 'plenty').code, 2);
    document(folder, 'config', 'budget', '300kB');
    assert.match(snapstage(folder, 'status').out, /its budget is 300 kB/);
    const held = document(path.join(folder, 'sub'), 'why', '../large') as { versions: { snapshots: string[] }[] };
    assert.deepEqual(held.versions[0]!.snapshots, [second.id]);
    assert.equal(snapstage(folder, 'why', 'nowhere').code, 1);
    assert.equal(snapstage(folder, 'why', '../outside').code, 2);
    const refused = snapstage(folder, 'reclaim', '--free', '1GB', '--yes', '--json');
    assert.equal(refused.code, 3);
    assert.ok((refused.json() as { error: { details: { most: number } } }).error.details.most > 300_000);
    assert.equal(snapstage(folder, 'reclaim', '--free', '300kB').code, 3);
    assert.equal(snapstage(folder, 'reclaim', '--free', '300kB', '--dry-run').code, 0);
    assert.equal((document(folder, 'list') as Snapshot[]).length, 3);
    const done = document(folder, 'reclaim', '--free', '300kB', '--yes') as { plan: { bytes: number }; outcome: { bytes: number } };
    assert.ok(done.outcome.bytes >= 300_000 && Math.abs(done.outcome.bytes - done.plan.bytes) < 4096);
    assert.ok((document(folder, 'list') as Snapshot[]).some((each) => each.id === first.id));
    assert.equal(snapstage(folder, 'verify', '--read-data').code, 0);
  });

  it('browses from inside the instance', () => {
    makeInstance();
    const sub = path.join(folder, 'sub');
    assert.equal(snapstage(sub, 'cat', 'start', 'b.txt').out, 'two\n');
    assert.equal(snapstage(sub, 'cat', 'start', '../a.txt').out, 'one\n');
    assert.equal(snapstage(sub, 'cat', 'start', '../../a.txt').code, 2);
    assert.equal(snapstage(tmpdir(), '-C', folder, 'cat', 'start', 'sub/b.txt').out, 'two\n');
    assert.equal(snapstage(sub, 'cat', 'start', 'none.txt').code, 1);
    assert.deepEqual(
      (document(folder, 'ls', 'start') as { path: string }[]).map((each) => each.path),
      ['a.txt', 'sub'],
    );
    assert.deepEqual(
      (document(folder, 'ls', 'start', 'sub', '-R') as { path: string }[]).map((each) => each.path),
      ['sub/b.txt', 'sub/empty'],
    );
    assert.equal((document(folder, 'find', '*.txt') as object[]).length, 2);
  });

  it('compares, restores and undoes', () => {
    makeInstance();
    writeFileSync(path.join(folder, 'a.txt'), 'edited\n');
    writeFileSync(path.join(folder, 'new.txt'), 'new\n');
    rmSync(path.join(folder, 'sub/b.txt'));
    const diff = document(folder, 'diff', 'start') as Record<string, { path: string }[]>;
    const paths = Object.fromEntries(Object.entries(diff).map(([kind, entries]) => [kind, entries.map((each) => each.path)]));
    assert.deepEqual(paths, { added: ['new.txt'], changed: ['a.txt'], removed: ['sub/b.txt'], moved: [] });

    const refused = snapstage(folder, 'restore', 'start');
    assert.equal(refused.code, 3);
    assert.match(refused.out, /Replace 1 \w+, bring back 1, delete 1 that came later/);
    assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'edited\n');

    assert.equal(snapstage(folder, 'restore', 'start', '--yes').code, 0);
    assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'one\n');
    assert.equal(existsSync(path.join(folder, 'new.txt')), false);
    assert.equal(snapstage(folder, 'undo').code, 0);
    assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'edited\n');
    assert.equal(readFileSync(path.join(folder, 'new.txt'), 'utf8'), 'new\n');

    assert.equal(snapstage(folder, 'restore', 'start', 'sub/b.txt').code, 0);
    assert.equal(readFileSync(path.join(folder, 'sub/b.txt'), 'utf8'), 'two\n');
    assert.equal(snapstage(folder, 'restore', 'start', 'a.txt').code, 3);
    assert.equal(snapstage(folder, 'restore', 'start', 'a.txt', '--keep-both').code, 0);
    assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'edited\n');
    const beside = readdirSync(folder).filter((name) => /^a.+\.txt$/.test(name));
    assert.deepEqual(
      beside.map((name) => readFileSync(path.join(folder, name), 'utf8')),
      ['one\n'],
    );
  });

  it('says what a store without snapshots still takes', () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'snapstage-empty-'));
    try {
      assert.equal(snapstage(empty, 'init').code, 0);
      assert.doesNotMatch(snapstage(empty, 'status').out, /The store takes/);
      writeFileSync(path.join(empty, 'a'), 'a'.repeat(5000));
      assert.equal(snapstage(empty, 'take').code, 0);
      assert.equal(snapstage(empty, 'delete', 'latest', '--yes').code, 0);
      assert.match(snapstage(empty, 'status').out, /No snapshot yet.*\nThe store takes .*: `snapstage compact` gives them back\./);
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  });

  it('restores and clones into other folders', () => {
    makeInstance();
    assert.equal(snapstage(folder, 'restore', 'start', '--to', 'out').code, 0);
    assert.equal(readFileSync(path.join(folder, 'out/sub/b.txt'), 'utf8'), 'two\n');
    assert.ok(statSync(path.join(folder, 'out/sub/empty')).isDirectory());
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'snapstage-clone-'));
    try {
      assert.equal(snapstage(folder, 'clone', 'start', elsewhere).code, 0);
      assert.equal(snapstage(elsewhere, 'cat', 'latest', 'a.txt').out, 'one\n');
      assert.equal(readFileSync(path.join(elsewhere, 'a.txt'), 'utf8'), 'one\n');
      assert.equal(snapstage(folder, 'clone', 'start', elsewhere).code, 3);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('deletes in two steps, keeps what is pinned, and gives space back', () => {
    writeFileSync(path.join(folder, 'big.bin'), randomBytes(3_000_000));
    makeInstance();
    assert.equal(snapstage(folder, 'pin', 'start').code, 0);
    rmSync(path.join(folder, 'big.bin'));
    document(folder, 'take', '--name', 'small');
    assert.equal(snapstage(folder, 'delete', 'start', '--yes').code, 3);
    assert.equal(snapstage(folder, 'unpin', 'start').code, 0);
    assert.equal(snapstage(folder, 'delete', 'start').code, 3);
    assert.equal((document(folder, 'list') as Snapshot[]).length, 2);
    assert.equal(snapstage(folder, 'delete', 'start', '--yes').code, 0);
    assert.ok((document(folder, 'compact') as { freedBytes: number }).freedBytes > 2_900_000);
    assert.equal(snapstage(folder, 'verify', '--read-data').code, 0);
    assert.equal(snapstage(folder, 'cat', 'small', 'a.txt').out, 'one\n');
  });

  it('streams a large file, and ends quietly when nobody reads on', async () => {
    const bytes = randomBytes(20 * 1024 * 1024 + 7);
    writeFileSync(path.join(folder, 'large.bin'), bytes);
    makeInstance();
    assert.ok(snapstage(folder, 'cat', 'latest', 'large.bin').bytes.equals(bytes));
    const child = spawn(process.execPath, [command, 'cat', 'latest', 'large.bin'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const complaints: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0);
    assert.equal(Buffer.concat(complaints).toString(), '');
  });

  it('finds damage, and says so with 5', () => {
    writeFileSync(path.join(folder, 'data.bin'), randomBytes(100_000));
    makeInstance();
    const packs = path.join(folder, '.snapstage/packs');
    const pack = readdirSync(packs, { recursive: true, withFileTypes: true }).find(
      (each) => each.isFile() && statSync(path.join(each.parentPath, each.name)).size > 90_000,
    );
    assert.ok(pack);
    const file = path.join(pack.parentPath, pack.name);
    const bytes = readFileSync(file);
    bytes[50_000]! ^= 0xff;
    rmSync(file);
    writeFileSync(file, bytes);
    const lost = readFileSync(path.join(folder, 'data.bin'));
    rmSync(path.join(folder, 'data.bin'));
    const found = snapstage(folder, 'verify', '--read-data', '--json');
    assert.equal(found.code, 5, found.out + found.err);
    const read = snapstage(folder, 'cat', 'start', 'data.bin');
    assert.equal(read.code, 5);
    assert.match(read.err, /snapstage verify --read-data/);

    writeFileSync(path.join(folder, 'data.bin'), lost);
    assert.equal(snapstage(folder, 'verify', '--read-data').code, 5);
    assert.equal(snapstage(folder, 'cat', 'start', 'data.bin').code, 0, 'what the folder still has is healed');
  });

  it('shows a name that is not UTF-8 as bytes, and takes it back that way', function () {
    if (process.platform !== 'linux') {
      skip(this, 'only Linux has such names');
    }
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.txt')]), 'latin\n');
    writeFileSync(path.join(folder, 'red\u001b[31m'), 'x');
    makeInstance();
    const listed = snapstage(folder, 'ls', 'latest').out;
    assert.ok(listed.includes('\tcaf\\xe9.txt\n'), listed);
    assert.ok(listed.includes('\tred\\x1b[31m\n'), listed);
    assert.equal(snapstage(folder, 'cat', 'latest', 'caf\\xe9.txt').out, 'latin\n');
    assert.ok((document(folder, 'ls', 'latest') as { path: string }[]).some((each) => each.path === 'caf\udce9.txt'));
  });

  it('interrupted while it takes a snapshot leaves none behind, or a whole one', async () => {
    makeInstance();
    writeFileSync(path.join(folder, 'large.bin'), randomBytes(150_000_000));
    const child = spawn(process.execPath, [command, 'take'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const complaints: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    const sessions = path.join(folder, '.snapstage/sessions');
    const ended = once(child, 'close') as Promise<[number | null]>;
    // The first moment at which the work is seen to have begun; an early end counts too.
    while (child.exitCode === null && !(existsSync(sessions) && readdirSync(sessions).length > 0))
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    const [code] = await ended;
    const snapshots = (document(folder, 'list') as Snapshot[]).length;
    assert.deepEqual({ code, snapshots }, code === 0 ? { code: 0, snapshots: 2 } : { code: 130, snapshots: 1 });
    if (code === 130) assert.match(Buffer.concat(complaints).toString(), /^snapstage: Cancelled\. No snapshot was taken;.*\n$/);
    assert.equal(snapstage(folder, 'verify', '--read-data').code, 0);
  });

  it('asks on a terminal, in colour unless NO_COLOR says otherwise', function () {
    if (spawnSync('script', ['--version']).status !== 0) {
      skip(this, 'there is no `script` of util-linux to make a terminal with');
    }
    makeInstance();
    const onTerminal = (typed: string, env: NodeJS.ProcessEnv, ...argv: string[]): string => {
      const line = [process.execPath, command, ...argv].map((word) => `'${word}'`).join(' ');
      const ended = spawnSync('script', ['-qec', line, '/dev/null'], {
        cwd: folder,
        input: typed,
        // In a build server's environment Node gives no colours, whatever the terminal.
        env: { ...process.env, CI: undefined, NO_COLOR: undefined, TERM: 'xterm-256color', ...env },
      });
      return `${ended.stdout.toString()}exit ${ended.status}`;
    };
    writeFileSync(path.join(folder, 'a.txt'), 'edited\n');
    const refused = onTerminal('n\n', {}, 'restore', 'start');
    assert.match(refused, /Replace 1 file[^\n]*\. The state now is kept as a snapshot first\./);
    assert.match(refused, /Restore\? \[y\/N\]/);
    assert.match(refused, /exit 130$/);
    assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'edited\n');
    assert.match(onTerminal('y\n', {}, 'restore', 'start'), /exit 0$/);
    assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'one\n');
    assert.ok(onTerminal('', {}, 'list').includes('\u001b[1mID'));
    assert.ok(!onTerminal('', { NO_COLOR: '1' }, 'list').includes('\u001b[1m'));
  });
});
