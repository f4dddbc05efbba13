/** An ordinary user, who, unlike root, may not do everything. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const NOBODY = 65534;

/** Why an ordinary user can't be played here; `undefined` when one can. */
export function whyNot(): string | undefined {
  if (process.platform === 'win32') return 'permissions of this kind are POSIX';
  if (process.getuid?.() !== 0) return undefined;
  // Node, these sources and the folder for temporary files must be open to that user.
  const look = 'for (const path of process.argv.slice(1)) require("node:fs").accessSync(path, 5)';
  const places = [import.meta.dirname, path.resolve(import.meta.dirname, '../../src/engine'), os.tmpdir()];
  const tried = spawnSync('setpriv', asNobody(process.execPath, '-e', look, ...places));
  return tried.status === 0
    ? undefined
    : `this is root, and setpriv can’t run Node as another user: ${tried.error?.message ?? tried.stderr.toString()}`;
}

function asNobody(...command: string[]): string[] {
  return [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--', ...command];
}

/** Runs a script as such a user, to whom `home` is given with all that is in it. Returns what it prints. */
export function runAsNobody(script: string, home: string, ...args: readonly string[]): string {
  const isRoot = process.getuid?.() === 0;
  if (isRoot)
    for (const name of ['.', ...(fs.readdirSync(home, { recursive: true }) as string[])])
      fs.lchownSync(path.join(home, name), NOBODY, NOBODY);
  const [program, argv] = isRoot ? ['setpriv', asNobody(process.execPath, script, ...args)] : [process.execPath, [script, ...args]];
  const ended = spawnSync(program, argv, {
    cwd: '/',
    env: { ...process.env, HOME: home, TMPDIR: home },
    encoding: 'utf8',
    timeout: 50_000,
    maxBuffer: 1 << 26,
  });
  assert.equal(ended.status, 0, ended.stderr);
  return ended.stdout;
}
