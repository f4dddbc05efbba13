/** A folder with everything in it that a folder can hold. Made with Node's file system, git, touch and mkfifo; POSIX only. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { seededBytes } from './folders.ts';

export interface FullTree {
  /** Neither file nor folder nor link: can't be in a snapshot. */
  readonly specials: readonly string[];
  /** Folders with a `.git` of their own. */
  readonly repositories: readonly string[];
}

const TEXT = 'The quick brown fox jumps over the lazy dog, again and again, row after row, in a file that compresses well.\n';

/** Fills an empty folder; `outside` is an existing folder that links lead to. Times are set last, to the nanosecond. */
export function makeFullTree(root: string, outside: string, largeBytes = 80_000_000): FullTree {
  const at = (...names: string[]): string => path.join(root, ...names);
  makePlainFiles(root, largeBytes);
  makeNames(at('names'));
  makeLinks(root, outside);
  makeModes(at('modes'));
  makeDatabases(at('databases'));
  makeRepositories(at('repos'));
  fs.mkdirSync(at('specials'));
  execFileSync('mkfifo', [at('specials', 'pipe')]);
  makeSocket(at('specials'));
  makeTimes(root);
  return {
    specials: ['specials/pipe', 'specials/socket'],
    repositories: ['repos/lib', 'repos/app', 'repos/app-side', 'repos/app/libs/lib'],
  };
}

function makePlainFiles(root: string, largeBytes: number): void {
  const at = (...names: string[]): string => path.join(root, ...names);
  fs.mkdirSync(at('sizes'));
  const half = 512 << 10;
  for (const size of [0, 1, half - 1, half, half + 1, 5_000_000])
    fs.writeFileSync(at('sizes', `random-${size}`), seededBytes(size + 1, size));
  const large = fs.openSync(at('sizes', 'large.csv'), 'w');
  const rows = Buffer.from(TEXT.repeat(10_000));
  for (let done = 0; done < largeBytes; done += rows.length) fs.writeSync(large, rows, 0, Math.min(rows.length, largeBytes - done));
  fs.writeSync(large, Buffer.from('the end'), 0, 7, Math.floor(largeBytes / 2));
  fs.closeSync(large);
  sparse(at('sizes', 'sparse-large'), 12 << 20, 5 << 20);
  sparse(at('sizes', 'sparse-small'), 200 << 10, 100 << 10);
  sparse(at('sizes', 'sparse-all-hole'), 3 << 20, undefined);
  fs.writeFileSync(at('.hidden'), 'hidden\n');
  fs.mkdirSync(at('.config', 'deep', '.er'), { recursive: true });
  fs.writeFileSync(at('.config', 'deep', '.er', 'settings.json'), '{}');
  fs.writeFileSync(at('.gitignore'), 'build/\n*.log\n');
  fs.mkdirSync(at('build'));
  fs.writeFileSync(at('build', 'out.log'), TEXT);
  fs.mkdirSync(at('empty', 'emptier', 'emptiest'), { recursive: true });
}

function sparse(file: string, size: number, dataAt: number | undefined): void {
  const fd = fs.openSync(file, 'w');
  fs.ftruncateSync(fd, size);
  if (dataAt !== undefined) fs.writeSync(fd, seededBytes(size, 5000), 0, 5000, dataAt);
  fs.closeSync(fd);
}

/** Names that something between here and the disk may take for something else. */
const HARD_NAMES: readonly (string | Buffer)[] = [
  ' leading and trailing ',
  'two\nlines',
  '-rf',
  '--help',
  '🐢 emoji 👩‍🔬',
  'caf\u00e9',
  'cafe\u0301',
  'Case',
  'case',
  'x'.repeat(255),
  'back\\slash',
  '__proto__',
  'constructor',
  'toString',
  'tab\tand\rreturn',
  '\ufeffbom',
  'replacement \ufffd character',
  '...',
  '~',
  'a*?[b]"<>|:',
  'nul',
  'CON.txt',
  '\ud7ff\ue000\uffff',
  '\u{10ffff}',
  Buffer.from([0xff, 0xfe, 0x2e, 0x62]),
  Buffer.from([0x61, 0xed, 0xa0, 0x80, 0x62]),
  Buffer.from([0xed, 0xb2, 0x80]),
  Buffer.from([0xf0, 0x9f, 0x90]),
];

function makeNames(folder: string): void {
  fs.mkdirSync(folder);
  for (const [i, name] of HARD_NAMES.entries()) {
    const file = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
    fs.writeFileSync(file, `content of name ${i}`);
  }
  for (const name of ['__proto__', 'two\nlines', Buffer.from([0x66, 0x80, 0xff])]) {
    const below = Buffer.concat([Buffer.from(`${folder}-folders/`), Buffer.from(name)]);
    fs.mkdirSync(below, { recursive: true });
    fs.writeFileSync(Buffer.concat([below, Buffer.from('/'), Buffer.from([0xc3, 0x28])]), 'below');
    fs.writeFileSync(Buffer.concat([below, Buffer.from('/plain')]), 'plain below');
  }
}

function makeLinks(root: string, outside: string): void {
  const folder = path.join(root, 'links');
  fs.mkdirSync(path.join(folder, 'real'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'real', 'file'), 'real\n');
  const link = (name: string, target: string | Buffer): void => fs.symlinkSync(target, path.join(folder, name));
  link('relative', 'real/file');
  link('to folder', 'real');
  link('dangling', 'nowhere/at all');
  link('absolute', outside);
  link('outside file', path.join(outside, 'sentinel'));
  link('up and out', '../../../../../../../../../../etc/hostname');
  link('itself', 'itself');
  link('loop a', 'loop b');
  link('loop b', 'loop a');
  link('parent', '..');
  link('raw', Buffer.from([0x72, 0xff, 0x2f, 0xfe]));
  link('long', `${'d/'.repeat(500)}end`);
  fs.mkdirSync(path.join(folder, 'other'));
  fs.writeFileSync(path.join(folder, 'one'), 'a file with several names\n');
  for (const name of ['two', 'other/three']) fs.linkSync(path.join(folder, 'one'), path.join(folder, name));
  fs.writeFileSync(path.join(folder, 'other', 'alone'), 'a file with several names\n');
  fs.writeFileSync(path.join(folder, 'big one'), seededBytes(7, 700_000));
  fs.linkSync(path.join(folder, 'big one'), path.join(folder, 'other', 'big two'));
  fs.writeFileSync(path.join(folder, 'empty one'), '');
  fs.linkSync(path.join(folder, 'empty one'), path.join(folder, 'empty two'));
}

function makeModes(folder: string): void {
  fs.mkdirSync(folder);
  for (const mode of [0o000, 0o400, 0o444, 0o600, 0o644, 0o755, 0o777, 0o4755, 0o2755, 0o1644]) {
    const file = path.join(folder, `file ${mode.toString(8)}`);
    fs.writeFileSync(file, `mode ${mode}`);
    fs.chmodSync(file, mode);
  }
  for (const mode of [0o555, 0o700, 0o1777, 0o2775, 0o500]) {
    const below = path.join(folder, `folder ${mode.toString(8)}`);
    fs.mkdirSync(below);
    fs.writeFileSync(path.join(below, 'inside'), 'inside');
    fs.mkdirSync(path.join(below, 'below'));
    fs.chmodSync(below, mode);
  }
}

function makeDatabases(folder: string): void {
  fs.mkdirSync(folder);
  for (const pageSize of [512, 4096, 65536]) {
    const database = new DatabaseSync(path.join(folder, `pages-${pageSize}.db`));
    database.exec(`PRAGMA page_size = ${pageSize}; CREATE TABLE measured (id INTEGER PRIMARY KEY, name TEXT, value REAL); BEGIN`);
    const insert = database.prepare('INSERT INTO measured (name, value) VALUES (?, ?)');
    for (let i = 0; i < 20_000; i++) insert.run(`sample number ${i}`, i / 7);
    database.exec('COMMIT; CREATE INDEX by_name ON measured (name)');
    database.close();
  }
}

/** Runs git as nobody in particular, with no configuration of the machine. */
export function git(folder: string, ...argv: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'protocol.file.allow=always'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_OPTIONAL_LOCKS: '0' };
  return execFileSync('git', [...identity, ...argv], { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function makeRepositories(folder: string): void {
  for (const name of ['lib', 'app']) {
    const repository = path.join(folder, name);
    fs.mkdirSync(repository, { recursive: true });
    git(repository, 'init', '--quiet', '--initial-branch=main');
    for (let i = 0; i < 3; i++) {
      fs.writeFileSync(path.join(repository, `${name}-${i}.txt`), TEXT.repeat(i + 1));
      git(repository, 'add', '--all');
      git(repository, 'commit', '--quiet', '--message', `Step ${i}`);
    }
  }
  const app = path.join(folder, 'app');
  git(app, 'submodule', '--quiet', 'add', path.join(folder, 'lib'), 'libs/lib');
  git(app, 'commit', '--quiet', '--message', 'With the library');
  git(app, 'worktree', 'add', '--quiet', '-b', 'side', path.join(folder, 'app-side'));
  git(app, 'tag', 'v1');
  git(app, 'gc', '--quiet');
  fs.writeFileSync(path.join(app, 'not-yet-added.txt'), 'untracked');
}

/** A socket stays behind when the one who listens is killed. */
function makeSocket(folder: string): void {
  const script = `require('node:net').createServer().listen('socket', () => process.kill(process.pid, 'SIGKILL'))`;
  try {
    execFileSync(process.execPath, ['-e', script], { cwd: folder, stdio: 'ignore' });
  } catch (error) {
    if ((error as { signal?: string }).signal !== 'SIGKILL') throw error;
  }
}

function makeTimes(root: string): void {
  const folder = path.join(root, 'times');
  fs.mkdirSync(folder);
  const times = [
    '1700000000.123456789',
    '1700000001.000000001',
    '1600000000.999999999',
    '-1.5',
    '-1234567890.123456789',
    '0',
    '4102444800.987654321',
    '1',
  ];
  for (const time of times) {
    const file = path.join(folder, `file ${time}`);
    fs.writeFileSync(file, time);
    touch(time, file);
    fs.symlinkSync('x', path.join(folder, `link ${time}`));
    touch(time, path.join(folder, `link ${time}`));
    fs.mkdirSync(path.join(folder, `folder ${time}`));
    fs.writeFileSync(path.join(folder, `folder ${time}`, 'inside'), '');
    touch(time, path.join(folder, `folder ${time}`));
  }
  touch('-86400.25', path.join(root, 'names', '__proto__'));
  touch('1650000000.111111111', path.join(root, 'links', 'one'));
  touch('1650000000.222222222', path.join(root, 'sizes', 'large.csv'));
  touch('1650000000.333333333', path.join(root, 'modes', 'file 0'));
  touch('1650000000.444444444', root);
}

/** Sets a time, seconds since 1970 with up to nine decimals; of a link itself. */
function touch(time: string, file: string): void {
  execFileSync('touch', ['--no-dereference', `--date=@${time}`, '--', file]);
}
