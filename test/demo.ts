/**
 * `npm run demo`: the story of Snapstage on the command line. Makes a small workspace in a temporary folder, runs the
 * real program on it, prints each command with its real output, and checks exit codes and what matters in the output.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const program = path.resolve(import.meta.dirname, '../src/cli/main.ts');
const place = mkdtempSync(path.join(tmpdir(), 'snapstage-demo-'));
const workspace = path.join(place, 'econometrics');

interface Expected {
  /** The exit code; 0 unless given. */
  readonly exit?: number;
  /** What the output must hold. */
  readonly shows?: readonly (string | RegExp)[];
}

function tell(text: string): void {
  process.stdout.write(`\n# ${text}\n`);
}

/** Runs `snapstage` in the workspace, prints command and output, and checks what is expected. Returns standard output. */
function snapstage(args: readonly string[], { exit = 0, shows = [] }: Expected = {}): string {
  const words = args.map((arg) => (/^[\w@%+=:,./~…-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`));
  process.stdout.write(`\n$ ${['snapstage', ...words].join(' ')}\n`);
  // Ada is somebody else: her keys are not the Master's.
  const env = { ...process.env, SNAPSTAGE_HOME: path.join(place, args.includes('../ada') ? 'home-ada' : 'home') };
  const ended = spawnSync(process.execPath, [program, ...args], {
    cwd: workspace,
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.stdout.write(ended.stdout + ended.stderr);
  if (exit !== 0) process.stdout.write(`(exit code ${ended.status})\n`);
  assert.equal(ended.status, exit, `the exit code of snapstage ${args.join(' ')}`);
  for (const each of shows) {
    const found = typeof each === 'string' ? ended.stdout.includes(each) : each.test(ended.stdout + ended.stderr);
    assert.ok(found, `snapstage ${args.join(' ')} must show ${each}`);
  }
  return ended.stdout;
}

// The workspace

const at = (name: string): string => path.join(workspace, name);

function write(name: string, content: string): void {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
}

function sql(statements: string): void {
  const database = new DatabaseSync(at('data/prices.db'));
  database.exec(statements);
  database.close();
}

function orders(folder = workspace): number {
  const database = new DatabaseSync(path.join(folder, 'data/prices.db'), { readOnly: true });
  const row = database.prepare('SELECT count(*) AS n FROM orders').get();
  database.close();
  return Number(row?.['n']);
}

function git(...args: string[]): ReturnType<typeof spawnSync> {
  const identity = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.org'];
  // Started from a git hook, the variables of git would lead to another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return spawnSync('git', ['-C', at('lib/estimators'), ...identity, ...args], { encoding: 'utf8', env });
}

/** True when there is a git to make the nested repository with. */
function makeWorkspace(): boolean {
  write('analysis.py', 'import prices\n\nprint(prices.mean())\n');
  write('README.md', '# Econometrics 2026\n');
  write('.env', 'DATABASE=data/prices.db\n');
  write('data/prices.csv', `day,price\n${Array.from({ length: 2000 }, (_, day) => `${day},${(day * 37) % 101}`).join('\n')}\n`);
  write('hw1/report.ipynb', '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n');
  mkdirSync(at('plots'));
  sql('CREATE TABLE orders (id INTEGER PRIMARY KEY, price REAL, state TEXT)');
  sql(`INSERT INTO orders (price, state) VALUES ${Array.from({ length: 500 }, (_, n) => `(${n / 10}, 'open')`).join(', ')}`);
  write('lib/estimators/ols.py', 'def ols(x, y):\n    raise NotImplementedError\n');
  if (git('init', '--quiet', '--template=').status !== 0) return false;
  git('add', '-A');
  return git('commit', '--quiet', '-m', 'Start').status === 0;
}

// The story

function firstSnapshots(): void {
  tell('A workspace becomes an instance, and gets its first snapshot: hidden files, the database, the git repository inside, all of it.');
  snapstage(['init'], { shows: ['is an instance now'] });
  snapstage(['take'], { shows: ['Took snapshot', 'quick', 'consistent'] });

  tell('Some work is done.');
  write('analysis.py', 'import prices\n\nprint(prices.median())\n');
  write('plots/fig3.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>\n');
  rmSync(at('README.md'));
  sql("UPDATE orders SET state = 'shipped' WHERE id <= 120");
  snapstage(['status'], { shows: ['2 changed, 1 new, 1 removed'] });
  snapstage(['diff', 'latest'], { shows: ['M  analysis.py', 'M  data/prices.db', 'A  plots/fig3.svg', 'D  README.md'] });
  snapstage(['take', '--name', 'before the refactor', '--description', 'The medians, as in the draft.'], {
    shows: ['before the refactor', 'described'],
  });
  snapstage(['list'], { shows: ['before the refactor', 'quick'] });
  snapstage(['show', 'before the refactor'], { shows: ['The medians, as in the draft.'] });
}

function browsing(): void {
  tell('Every state can be browsed.');
  assert.equal(snapstage(['cat', 'latest~1', 'analysis.py']), 'import prices\n\nprint(prices.mean())\n');
  snapstage(['ls', 'latest', 'data'], { shows: ['data/prices.csv', 'data/prices.db'] });
  snapstage(['find', '*.md'], { shows: ['README.md'] });
  snapstage(['history', 'analysis.py'], { shows: ['current'] });
}

function restoring(withGit: boolean): void {
  tell('A file is lost, and comes back.');
  const csv = readFileSync(at('data/prices.csv'));
  rmSync(at('data/prices.csv'));
  snapstage(['restore', 'before the refactor', 'data/prices.csv'], { shows: ['1 brought back'] });
  assert.deepEqual(readFileSync(at('data/prices.csv')), csv);

  tell('The refactor goes wrong.');
  write('analysis.py', 'raise SystemExit\n');
  write('analysis_new.py', 'import analysis\n');
  sql('DELETE FROM orders WHERE id > 10');
  rmSync(at('lib'), { recursive: true });

  tell('Back to the snapshot: first the plan, then the change. The state now is kept.');
  snapstage(['restore', 'before the refactor'], { exit: 3, shows: ['Replace', 'that came later', /needs --yes/] });
  assert.equal(orders(), 10);
  snapstage(['restore', 'before the refactor', '--yes'], { shows: ['snapstage undo'] });
  assert.equal(orders(), 500);
  assert.equal(existsSync(at('analysis_new.py')), false);
  if (withGit) assert.equal(git('fsck', '--strict').status, 0, 'git fsck');
  snapstage(['diff', 'before the refactor'], {});

  tell('Undo takes the restore back.');
  snapstage(['undo']);
  assert.equal(orders(), 10);
  assert.equal(existsSync(at('analysis_new.py')), true);
  snapstage(['restore', 'before the refactor', '--yes', '--quiet']);
}

function cloning(): void {
  tell('A new instance from a snapshot.');
  snapstage(['clone', 'before the refactor', '../copy'], { shows: ['is a new instance'] });
  assert.equal(orders(path.join(place, 'copy')), 500);
  snapstage(['-C', '../copy', 'list'], { shows: ['before the refactor'] });

  tell('And one that is linked: it stores nothing again, and its snapshot stays as long as it depends on it.');
  snapstage(['clone', 'before the refactor', '../linked', '--linked'], { shows: ['new, linked instance'] });
  snapstage(['-C', '../linked', 'status'], { shows: [/the store takes \d+ bytes|the store takes 1\.\d kB/, 'Nothing changed since'] });
  snapstage(['delete', 'before the refactor', '--yes'], { exit: 3, shows: ['the linked instance in', 'depends on it'] });
  snapstage(['links'], { shows: ['depends on snapshot'] });
  snapstage(['-C', '../linked', 'detach'], { shows: ['independent now'] });
}

function databases(): void {
  tell('A program has the database open and writes to it: that is said, and the snapshot holds one of its states all the same.');
  const database = new DatabaseSync(at('data/prices.db'));
  try {
    database.exec(
      "PRAGMA journal_mode = WAL; UPDATE orders SET price = 9.9 WHERE id = 17; INSERT INTO orders (price, state) VALUES (1, 'open')",
    );
    if (process.platform === 'linux') snapstage(['take', '--name', 'in use'], { exit: 3, shows: [/open for writing by/] });
    snapstage(['take', '--name', 'in use', '--force'], { shows: ['crash-consistent'] });
    snapstage(['tables', 'in use'], { shows: ['orders', '501'] });
    snapstage(['table', 'diff', 'before the refactor', 'in use', 'data/prices.db', 'orders'], { shows: ['id=17', '501'] });
    snapstage(['table', 'restore', 'before the refactor', 'data/prices.db:orders', '--yes'], { shows: ['Done'] });
    assert.equal(database.prepare('SELECT count(*) AS n FROM orders').get()?.['n'], 500);
    snapstage(['undo', '--yes']);
    assert.equal(database.prepare('SELECT count(*) AS n FROM orders').get()?.['n'], 501);
  } finally {
    database.close();
  }
}

function applications(): void {
  tell('The environment is part of a state: it is found, and compared with what is here.');
  write('requirements.txt', 'numpy==2.3.0\npandas>=2\n');
  snapstage(['take', '--name', 'with its environment']);
  snapstage(['apps'], { shows: ['python', 'Python'] });
  write('requirements.txt', 'numpy==2.4.0\npandas>=2\n');
  snapstage(['check', 'with its environment'], { exit: 1, shows: ['numpy'] });
  snapstage(['restore', 'with its environment', 'requirements.txt', '--yes', '--quiet']);
  snapstage(['recreate', 'with its environment', 'python', '--dry-run'], { shows: ['pip install'] });
}

function otherPlaces(): void {
  tell('One snapshot as one file, for somebody else or another disk.');
  snapstage(['export', 'with its environment', '../work.snapstage'], { shows: ['work.snapstage'] });
  mkdirSync(path.join(place, 'elsewhere'));
  snapstage(['-C', '../elsewhere', 'init']);
  snapstage(['-C', '../elsewhere', 'import', '../work.snapstage'], { shows: ['with its environment'] });
  snapstage(['-C', '../elsewhere', 'restore', 'with its environment', '--yes', '--quiet']);
  assert.equal(orders(path.join(place, 'elsewhere')), 501);
}

function room(): void {
  tell('What takes the room, and what would give it back.');
  snapstage(['why', 'data/prices.csv'], { shows: ['data/prices.csv'] });
  snapstage(['reclaim'], { shows: ['before the refactor'] });
  snapstage(['thin', '--keep-last', '1', '--dry-run'], { shows: ['delete'] });
}

function handingOut(): void {
  tell('A course: its Master makes a Space, and invites Ada. The hub, where they meet, is just a folder; all in it is sealed and signed.');
  snapstage(['space', 'create', 'Econometrics 2026', '--hub', '../hub'], { shows: [/R1\w{3}-/] });
  const code = /snapstage1_[\w-]+/.exec(snapstage(['space', 'invite', 'Ada'], { shows: ['Ada'] }))?.[0] ?? '';
  mkdirSync(path.join(place, 'ada'));
  snapstage(['-C', '../ada', 'init']);
  snapstage(['-C', '../ada', 'space', 'join', code, '--yes'], { shows: ['Econometrics 2026'] });

  tell('Week 1 is handed out: what is on the Stage, to everybody.');
  write('hw1/task.md', '# Task\n\nEstimate the mean.\n\nExplain.\n');
  snapstage(['stage', 'add', 'hw1'], { shows: ['hw1'] });
  snapstage(['distribute', '--message', 'Week 1', '--yes'], { shows: ['to all members'] });
  snapstage(['-C', '../ada', 'inbox'], { shows: ['Week 1'] });
  snapstage(['-C', '../ada', 'receive'], { shows: ['created'] });

  tell('Ada works on it; then it is corrected. What she edited is never replaced unasked where the strategy is to ask: it is merged.');
  const hers = path.join(place, 'ada', 'hw1', 'task.md');
  writeFileSync(hers, readFileSync(hers, 'utf8').replace('Explain.', 'Explain.\n\nThe mean is 50, because …'));
  write('hw1/task.md', '# Task 1\n\nEstimate the mean.\n\nExplain.\n');
  snapstage(['-C', '../ada', 'space', 'status']);
  snapstage(['preview'], { shows: ['hw1/task.md'] });
  snapstage(['distribute', '--message', 'Week 1, corrected', '--strategy', 'ask', '--yes'], { shows: ['to all members'] });
  snapstage(['-C', '../ada', 'receive'], { exit: 4, shows: ['hw1/task.md'] });
  const [delivery = ''] = snapstage(['-C', '../ada', 'inbox']).split(/\s/);
  snapstage(['-C', '../ada', 'resolve', delivery, 'hw1/task.md', '--take', 'merge']);
  snapstage(['-C', '../ada', 'receive'], { shows: ['merged'] });
  assert.equal(readFileSync(hers, 'utf8'), '# Task 1\n\nEstimate the mean.\n\nExplain.\n\nThe mean is 50, because …\n');

  tell('It is taken back: where nobody edited it it goes, Ada keeps hers. All of that is on record, and can be checked.');
  snapstage(['recall', 'hw1', '--yes']);
  snapstage(['-C', '../ada', 'receive']);
  assert.equal(existsSync(hers), true);
  assert.equal(existsSync(path.join(place, 'ada', 'hw1', 'report.ipynb')), false);
  snapstage(['-C', '../ada', 'audit'], { shows: ['Week 1'] });
  snapstage(['-C', '../ada', 'audit', '--verify'], { shows: ['all well'] });
}

function assigning(): void {
  tell('An assignment: what is to be handed in, and until when. What it is about is handed out with it.');
  write('hw2/task.md', 'Estimate the variance.\n');
  write('hw2/answer.md', '');
  const terms = ['--deadline', '2099-12-01 23:59', '--zone', 'Europe/Berlin', '--path', 'hw2', '--limit', '20MB'];
  snapstage(['assignment', 'create', 'HW 2', ...terms, '--dry-run'], { shows: ['handed out with it, after a snapshot: hw2'] });
  snapstage(['assignment', 'create', 'HW 2', ...terms]);
  snapstage(['-C', '../ada', 'receive'], { shows: ['created'] });
  snapstage(['-C', '../ada', 'assignment', 'list'], { shows: ['HW 2', 'nothing yet'] });
  snapstage(['-C', '../ada', 'hand-in', 'HW 2', '--dry-run'], { shows: ['nothing is other than as it was handed out'] });

  tell('Ada answers and hands in: sealed for her and the Master alone. The receipt can be checked by anybody, without the Space.');
  writeFileSync(path.join(place, 'ada', 'hw2', 'answer.md'), '7.5\n');
  const handedIn = snapstage(['-C', '../ada', 'hand-in', 'HW 2', '--json']);
  const { id, receipt } = JSON.parse(handedIn) as { id: string; receipt: string };
  snapstage(['receipt', 'verify', receipt], { shows: ['No Master has countersigned it yet'] });
  snapstage(['assignment', 'show', 'HW 2'], { shows: ['Ada', 'handed in'] });
  snapstage(['-C', '../ada', 'assignment', 'show', 'HW 2'], { shows: ['in time', 'countersigned'] });
  snapstage(['receipt', 'verify', receipt], { shows: ['Countersigned by the Master'] });

  tell('It is collected for review, outside of the instance, graded and returned.');
  snapstage(['collect', 'HW 2'], { shows: ['Collected 1 hand-in'] });
  snapstage(['collect', 'HW 2'], { shows: ['1 hand-in had been collected before'] });
  snapstage(['feedback', id, '--grade', '1.3', '--comment', 'Well done.', '--return']);
  snapstage(['grades', 'HW 2', '--csv'], { shows: ['Ada', '1.3'] });
  snapstage(['-C', '../ada', 'assignment', 'show', 'HW 2'], { shows: ['1.3', 'Well done.'] });
  snapstage(['audit', '--assignment', 'HW 2'], { shows: ['handed in 2 files', 'countersigned'] });
}

function tidyingUp(): void {
  tell('Snapshots are deleted in two steps; compact gives the space back, verify reads every byte.');
  const ids = snapstage(['list'])
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
  const oldest = ids.at(-1) ?? '';
  snapstage(['pin', 'before the refactor']);
  snapstage(['delete', 'before the refactor', '--yes'], { exit: 3, shows: [/pinned/] });
  snapstage(['delete', oldest], { exit: 3, shows: [/needs --yes/] });
  snapstage(['delete', oldest, '--yes']);
  snapstage(['compact']);
  snapstage(['verify', '--read-data'], { shows: ['all well'] });
  snapstage(['status'], { shows: [`${ids.length - 1} snapshots`] });
}

try {
  tell(`The workspace: ${workspace}`);
  mkdirSync(workspace);
  const withGit = makeWorkspace();
  if (!withGit) tell('There is no git here: lib/estimators stays a plain folder.');
  firstSnapshots();
  browsing();
  restoring(withGit);
  cloning();
  databases();
  applications();
  otherPlaces();
  room();
  handingOut();
  assigning();
  tidyingUp();
  tell('Done: every step did what it should.');
} catch (error) {
  process.stdout.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
