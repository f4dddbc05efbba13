import { spawn } from 'node:child_process';
import { l10n, workspace, type LogOutputChannel } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { PathNote } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import { setting, type QuietCommand } from '../settings.ts';

const DEFAULT_SECONDS = 30;

/** Runs the user's commands that quiet a folder down before a snapshot, and wake it up after it. In trusted workspaces only. */
export class Quieting {
  readonly #log: LogOutputChannel;

  constructor(log: LogOutputChannel) {
    this.#log = log;
  }

  /** Whether there is something to run before a snapshot. */
  get isSet(): boolean {
    return workspace.isTrusted && setting('quiesce.before').length > 0;
  }

  /**
   * Runs the commands before, then `take` with what was done, then the commands after, whatever happened. Throws `refused` when an
   * essential one fails: before the snapshot none is taken.
   */
  async around<T>(instance: Instance, take: (quieted: readonly PathNote[]) => Promise<T>): Promise<T> {
    try {
      const quieted = await this.#runAll(instance, setting('quiesce.before'), l10n.t('no snapshot was taken'));
      return await take(quieted);
    } finally {
      await this.#runAll(instance, setting('quiesce.after'), l10n.t('the snapshot has ended'));
    }
  }

  async #runAll(instance: Instance, commands: readonly QuietCommand[], so: string): Promise<PathNote[]> {
    const done: PathNote[] = [];
    if (!workspace.isTrusted) return done;
    for (const { command, timeout = DEFAULT_SECONDS, essential = true } of commands) {
      const failure = await this.#run(command, instance.folder.uri.fsPath, timeout);
      if (failure === undefined) done.push({ path: '', reason: `quieted by “${command}”` });
      else if (essential) throw new SnapstageError('refused', l10n.t('“{0}” failed ({1}), so {2}.', command, failure, so), { command });
    }
    return done;
  }

  /** Returns why it failed. */
  #run(command: string, cwd: string, seconds: number): Promise<string | undefined> {
    this.#log.info(`running: ${command}`);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const child = spawn(command, { cwd, shell: true, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, timeout: seconds * 1000 });
    for (const output of [child.stdout, child.stderr]) output.on('data', (text) => this.#log.info(String(text).trimEnd()));
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => {
      if (signal !== null) resolve(l10n.t('stopped after {0} s', seconds));
      else resolve(code === 0 ? undefined : l10n.t('exit code {0}', code ?? 0));
    });
    return promise;
  }
}
