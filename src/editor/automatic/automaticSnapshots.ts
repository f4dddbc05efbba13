import * as vscode from 'vscode';
import { SnapstageError, toSnapstageError } from '../../base/errors.ts';
import { formatSize } from '../../base/format.ts';
import type { PathNote } from '../../engine/api.ts';
import { engineWords } from '../engineWords.ts';
import { installedExtensions } from '../applications/installedExtensions.ts';
import type { AtWork } from '../inUse/atWork.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { unsavedIn } from '../restore/unsaved.ts';
import { setting } from '../settings.ts';
import { onReturnToWindow } from '../windowReturn.ts';
import type { Work } from '../work.ts';
import { countOf, kindWord } from '../words.ts';
import type { Workspace } from '../workspace.ts';
import { nextDue, type Moments, type Timing } from './due.ts';

/** The clock on the wall, and a way to be called later. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls after so many milliseconds, unless disposed of before. */
  after(milliseconds: number, call: () => void): vscode.Disposable;
}

export interface AutomaticServices {
  readonly workspace: Workspace;
  readonly work: Work;
  readonly reporter: Reporter;
  readonly atWork: AtWork;
  readonly clock: Clock;
}

/** Somebody waits for a snapshot: it is shown, and can be given up. */
export interface Waiting {
  readonly signal?: AbortSignal;
}

/** How a folder stands. */
interface Watch {
  moments: Omit<Moments, 'latest'>;
  timer?: vscode.Disposable;
  running?: Promise<boolean>;
  /** Why the last one could not be taken, as far as that has been told. */
  told?: string;
}

const MINUTE = 60_000;
const MINUTES = { off: undefined, every15Minutes: 15, every30Minutes: 30, hourly: 60, every4Hours: 240, daily: 1440 } as const;

/** A timer may stand still while a computer sleeps: it is asked again after so long at the latest. */
const LONGEST_WAIT = 10 * MINUTE;

/**
 * Takes snapshots that nobody asks for: by the clock, and when others call it. Only of folders that are instances, in trusted workspaces,
 * where something is new, one at a time. Says so in the status bar and the log; a failure is told once until one succeeds.
 */
export class AutomaticSnapshots implements vscode.Disposable {
  readonly #services: AutomaticServices;
  #timing = chosenTiming();
  readonly #watches = new Map<Instance, Watch>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(services: AutomaticServices) {
    this.#services = services;
    const { workspace } = services;
    this.#subscriptions = [
      workspace.onDidChange(({ instance }) => (instance ? this.#plan(instance) : this.#planAll())),
      workspace.onDidTouch((instance) => this.#edited(instance)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const instance = contentChanges.length > 0 ? workspace.instanceOf(document.uri) : undefined;
        if (instance) this.#edited(instance);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration('snapstage.automatic')) return;
        this.#timing = chosenTiming();
        this.#planAll();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#planAll()),
      onReturnToWindow(() => this.#planAll()),
    ];
    this.#planAll();
  }

  /** False when it could not be taken, which has been told then; that nothing is new is no failure. Never rejects. */
  take(instance: Instance, reason: string, waiting?: Waiting): Promise<boolean> {
    const watch = this.#watchOf(instance);
    // One that is under way may have looked before the last edit: who waits is not given that one.
    if (watch.running && waiting) return watch.running.then(() => this.take(instance, reason, waiting));
    watch.running ??= this.#attempt(instance, watch, reason, waiting).finally(() => {
      delete watch.running;
      if (this.#watches.get(instance) === watch) this.#plan(instance);
    });
    return watch.running;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { timer } of this.#watches.values()) timer?.dispose();
    this.#watches.clear();
  }

  async #attempt(instance: Instance, watch: Watch, reason: string, waiting: Waiting | undefined): Promise<boolean> {
    if (!vscode.workspace.isTrusted) return true;
    watch.moments = { ...watch.moments, tried: this.#services.clock.now() };
    try {
      await instance.mustList();
      if (instance.state.kind === 'ready') await this.#take(instance, reason, waiting);
      delete watch.told;
      return true;
    } catch (error) {
      this.#tell(instance, watch, toSnapstageError(error));
      return false;
    }
  }

  async #take(instance: Instance, reason: string, waiting: Waiting | undefined): Promise<void> {
    const { work, atWork, reporter } = this.#services;
    const inUse = [...atWork.on(instance), ...unsavedIn(instance).map(({ path }): PathNote => ({ path, reason: 'has unsaved changes' }))];
    const title = vscode.l10n.t('Automatic snapshot of {0}', instance.name);
    const take = async (options: { readonly signal: AbortSignal }): Promise<void> => {
      const signal = AbortSignal.any([options.signal, ...(waiting?.signal ? [waiting.signal] : [])]);
      const snapshot = await instance.engine.takeAutomatic({ reason, inUse, extensions: installedExtensions() }, { ...options, signal });
      if (snapshot === null) return;
      const partial = snapshot.partial ? ` (${snapshot.unreadable.map(({ path }) => path).join(', ')})` : '';
      reporter.log.info(`${title}: ${kindWord(snapshot)}, +${formatSize(snapshot.addedBytes, vscode.env.language)}${partial}`);
      await this.#thin(instance).catch((error: unknown) => reporter.logError(error, instance.name));
      await instance.refresh();
    };
    await work.run(title, take, { isQuiet: waiting === undefined });
  }

  /** By the rules that are chosen for the instance, where there are any. */
  async #thin(instance: Instance): Promise<void> {
    const { retention } = await instance.engine.config({});
    if (retention === undefined) return;
    const { snapshots } = await instance.engine.thin(await instance.engine.planThin({}));
    if (snapshots.length > 0)
      this.#services.reporter.log.info(vscode.l10n.t('Thinned out in {0}: {1}', instance.name, countOf(snapshots.length, 'snapshots')));
  }

  #tell(instance: Instance, watch: Watch, error: SnapstageError): void {
    const { reporter } = this.#services;
    // The folder was closed meanwhile, or somebody gave it up.
    if (this.#watches.get(instance) !== watch || error.code === 'cancelled') {
      reporter.log.info(`${instance.name}: ${error.message}`);
      return;
    }
    if (watch.told === error.code) {
      reporter.logError(error, instance.name);
      return;
    }
    watch.told = error.code;
    const sentence = vscode.l10n.t('No automatic snapshot of {0} could be taken. {1}', instance.name, engineWords(error.message));
    reporter.error(new SnapstageError(error.code, sentence, error.details, error));
  }

  #edited(instance: Instance): void {
    const watch = this.#watchOf(instance);
    watch.moments = { ...watch.moments, edited: this.#services.clock.now() };
    // A timer that is set finds the edit when it ends.
    if (!watch.timer) this.#plan(instance);
  }

  #watchOf(instance: Instance): Watch {
    const watch = this.#watches.get(instance) ?? { moments: { opened: this.#services.clock.now() } };
    this.#watches.set(instance, watch);
    return watch;
  }

  #planAll(): void {
    const { instances } = this.#services.workspace;
    for (const [instance, { timer }] of this.#watches) {
      if (instances.includes(instance)) continue;
      timer?.dispose();
      this.#watches.delete(instance);
    }
    for (const instance of instances) this.#plan(instance);
  }

  /** Sets the timer to when the next one is due, as things stand; or takes it. */
  #plan(instance: Instance): void {
    const watch = this.#watchOf(instance);
    watch.timer?.dispose();
    delete watch.timer;
    const { state } = instance;
    const isWished = this.#timing.every !== undefined || this.#timing.idle !== undefined;
    if (!isWished || state.kind !== 'ready' || watch.running || !vscode.workspace.isTrusted) return;
    const { clock } = this.#services;
    const latest = state.snapshots.find(({ imported }) => imported === undefined)?.created;
    const moments = { ...watch.moments, ...(latest !== undefined && { latest: Date.parse(latest) }) };
    const now = clock.now();
    const due = nextDue(this.#timing, moments, now);
    if (!due) return;
    if (due.at <= now) void this.take(instance, due.occasion);
    else watch.timer = clock.after(Math.min(due.at - now, LONGEST_WAIT), () => this.#plan(instance));
  }
}

function chosenTiming(): Timing {
  const every = MINUTES[setting('automatic.schedule')];
  const idle = setting('automatic.idle');
  return { ...(every !== undefined && { every: every * MINUTE }), ...(idle > 0 && { idle: idle * MINUTE }) };
}
