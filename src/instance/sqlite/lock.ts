import { spawn } from 'node:child_process';

/**
 * Runs in a process of its own: in this one, closing any descriptor of the file would end SQLite's locks on it
 * (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 *
 * It asks for the lock each millisecond: SQLite's own waiting soon asks ten times a second only, and misses the moments
 * between the transactions of a writer that is always at work.
 */
const HOLDER = `
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(process.argv[1], { readOnly: true });
const pause = new Int32Array(new SharedArrayBuffer(4));
const isBusy = ({ errcode }) => (errcode & 0xff) === 5;
database.exec('BEGIN');
for (const end = performance.now() + 5000; ; Atomics.wait(pause, 0, 0, 1)) {
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    break;
  } catch (error) {
    if (!isBusy(error) || performance.now() > end) throw error;
  }
}
process.stdout.write('held');
process.stdin.on('end', () => process.exit()).resume();
`;
const PATIENCE_MS = 10_000;

/**
 * Does something while SQLite's own reading lock holds a database's committed state where it is: with a write-ahead log writers go
 * on, without one they wait. Returns `undefined` when the lock can't be had (a writer that never lets go, a program that keeps all
 * to itself): then nothing was done.
 */
export async function whileLocked<T>(full: string | Buffer, action: () => T): Promise<T | undefined> {
  if (typeof full !== 'string') return undefined; // no argument of a program can have such a name
  const holder = spawn(process.execPath, ['--no-warnings', '-e', HOLDER, full], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  holder.once('error', () => resolve(false)).once('exit', () => resolve(false));
  holder.stdout.once('data', () => resolve(true));
  holder.stdin.on('error', () => undefined); // it has ended: that is told by its exit
  const timer = setTimeout(() => holder.kill(), PATIENCE_MS);
  try {
    return (await promise) ? action() : undefined;
  } finally {
    clearTimeout(timer);
    holder.stdin.end();
  }
}
