/**
 * Git as a program: how it is started, so that nothing of a user's or a repository's settings acts but what signs people in.
 *
 * `spawn` and not simple-git: blobs are bytes, which go through stdin and stdout; what git started has to end with it; and most of what
 * simple-git knows about a repository with a work tree would only have to be kept from happening.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { isSystemError, SnapstageError, toSnapstageError } from '../../../base/errors.ts';
import type { Work } from '../../../base/work.ts';
import type { GitProtocol } from './gitPlace.ts';

/** Where git is, and what it is started with. */
export interface GitProgram {
  /** Absolute path, or a name for PATH to lead to. */
  readonly file: string;
  /** Of the user: proxies, the SSH agent, what credential helpers need. */
  readonly env: NodeJS.ProcessEnv;
}

export interface RunOptions {
  /** Where it is started. */
  readonly cwd: string;
  /** The folder of objects of the repository that `cwd` is; without it, git is told of none. */
  readonly objects?: string;
  readonly input?: Uint8Array | string;
  /** Gets what git says instead of the answer. What it throws ends git, and is thrown. */
  readonly onOutput?: (part: Buffer) => void;
  /** Gets what git tells of its progress. What it throws ends git, and is thrown. */
  readonly onWords?: (words: string) => void;
  readonly work: Work;
  /** Milliseconds after which a git that says nothing is given up. */
  readonly patience: number;
}

export interface Answer {
  readonly code: number | null;
  readonly out: Buffer;
  /** In English, without progress. */
  readonly err: string;
  /** It was given up, as it said nothing for too long. */
  readonly isLate: boolean;
}

/** What of git's own variables is about signing in, or where the user's settings are. All others say what repository to work on. */
const KEPT = new Set([
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_SSL_CERT',
  'GIT_SSL_KEY',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_EXEC_PATH',
]);
const WATCH_MS = 50;
const GRACE_MS = 2000;
const MAX_ERR = 64 << 10;

/**
 * The environment for git. Everything of the user's stays but git's own variables: nobody can list what credential helpers and agents
 * need. Nobody is asked for anything, neither in a terminal nor in a window, as hubs are looked at while nobody waits for it.
 */
export function gitEnvironment(env: NodeJS.ProcessEnv, protocol: GitProtocol): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => {
    const upper = name.toUpperCase();
    return upper.startsWith('GIT_') ? KEPT.has(upper) : upper !== 'SSH_ASKPASS' && upper !== 'LANGUAGE';
  });
  return {
    ...Object.fromEntries(others),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    GIT_ALLOW_PROTOCOL: protocol,
    // By a path, git serves the repository in this environment too: what is missing there is fetched from nowhere.
    GIT_NO_LAZY_FETCH: '1',
  };
}

/** Settings that hold whatever a user's own say; all of them are git's (git-scm.com/docs/git-config). */
const SETTINGS: readonly (readonly [string, string])[] = [
  // What would run something.
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.alternateRefsCommand', ':'],
  ['protocol.ext.allow', 'never'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['push.gpgSign', 'false'],
  // What would do more than was asked for, or elsewhere.
  ['http.followRedirects', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['fetch.showForcedUpdates', 'false'],
  ['fetch.prune', 'false'],
  ['transfer.bundleURI', 'false'],
  ['push.followTags', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['push.useForceIfIncludes', 'false'],
  ['push.negotiate', 'false'],
  ['push.pushOption', ''],
  ['core.logAllRefUpdates', 'false'],
  // Sealed bytes: nothing to compress, no differences to look for, nothing in them to check.
  ['transfer.fsckObjects', 'false'],
  ['fetch.fsckObjects', 'false'],
  ['pack.window', '0'],
  ['pack.threads', '1'],
  ['pack.compression', '1'],
  ['core.bigFileThreshold', '1m'],
  // What is only a cache needs not to last.
  ['core.fsync', 'none'],
  ['protocol.version', '2'],
];

/** The name of the hub's repository in the cache's settings. No user has one that is called so. */
export const REMOTE = 'snapstage-hub';

/**
 * The settings of a cache's repository, which go before those of the user. By a path git starts the other side too, on this machine and as
 * this user: there neither may the settings of that repository run anything.
 */
export function settingsFor(address: string, protocol: GitProtocol, program: string): string {
  const config = ['[core]', '\trepositoryformatversion = 0', '\tbare = true'];
  const set = (key: string, value: string): void => {
    const [section, name] = [key.slice(0, key.lastIndexOf('.')), key.slice(key.lastIndexOf('.') + 1)];
    const dot = section.indexOf('.');
    const head = dot < 0 ? section : `${section.slice(0, dot)} ${quoted(section.slice(dot + 1))}`;
    config.push(`[${head}]`, `\t${name} = ${quoted(value)}`);
  };
  for (const [key, value] of SETTINGS) set(key, value);
  set(`remote.${REMOTE}.url`, address);
  if (protocol === 'file') {
    const safe = '-c core.hooksPath=/dev/null -c core.alternateRefsCommand=: -c core.fsmonitor=false';
    const git = `'${program.replaceAll("'", String.raw`'\''`)}' ${safe}`;
    set(`remote.${REMOTE}.uploadpack`, `${git} -c uploadpack.allowFilter=true upload-pack`);
    const lasting = '-c core.fsync=committed,loose-object,reference';
    set(`remote.${REMOTE}.receivepack`, `${git} -c receive.autogc=false -c gc.auto=0 -c maintenance.auto=false ${lasting} receive-pack`);
  }
  return `${config.join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"`;
}

/**
 * Runs git and resolves to what it answers, whatever that is. @throws SnapstageError `not-found` where there is no git, `cancelled`; what
 * `onOutput` throws.
 */
export function runGit({ file, env }: GitProgram, args: readonly string[], options: RunOptions): Promise<Answer> {
  const { cwd, objects, input, onOutput, onWords, work, patience } = options;
  work.check();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: objects === undefined ? env : { ...env, GIT_DIR: cwd, GIT_OBJECT_DIRECTORY: objects },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      // Without a terminal ssh asks nobody for anything, and all that git starts can be ended with it.
      detached: process.platform !== 'win32',
    });
    const out: Buffer[] = [];
    let err = '';
    let [isLate, heard, failure]: [boolean, number, unknown] = [false, performance.now(), undefined];
    const give = (why: unknown): void => {
      if (failure !== undefined || isLate) return;
      failure = why;
      isLate = why === undefined;
      end(child);
    };
    const tell = (action: () => void): void => {
      try {
        action();
      } catch (error) {
        give(error);
      }
    };
    const watch = setInterval(() => {
      tell(() => work.check());
      if (performance.now() - heard > patience) give(undefined);
    }, WATCH_MS);
    child.stdout.on('data', (part: Buffer) => {
      heard = performance.now();
      if (onOutput === undefined) out.push(part);
      else if (failure === undefined) tell(() => onOutput(part));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      heard = performance.now();
      tell(() => onWords?.(text));
      if (err.length < MAX_ERR) err += text;
    });
    child.stdin.on('error', () => undefined); // it has ended, and says why
    child.on('error', (error) => {
      clearInterval(watch);
      reject(
        isSystemError(error, 'ENOENT')
          ? new SnapstageError(
              'not-found',
              'There is no git on this machine. Install it so that PATH leads to it.',
              { program: 'git' },
              error,
            )
          : toSnapstageError(error),
      );
    });
    child.on('close', (code) => {
      clearInterval(watch);
      if (failure === undefined) resolve({ code, out: Buffer.concat(out), err: withoutProgress(err), isLate });
      else reject(failure);
    });
    child.stdin.end(input);
  });
}

/** Ends a git and all that it started: first so that it can remove what is half done. */
function end(child: ChildProcess): void {
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (process.platform === 'win32' || child.pid === undefined) child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch (error) {
      if (!isSystemError(error, 'ESRCH', 'EPERM')) throw error;
    }
  };
  kill('SIGTERM');
  const later = setTimeout(() => kill('SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(later));
}

/** Lines that git overwrote are left out. */
function withoutProgress(err: string): string {
  return err
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1).trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}
