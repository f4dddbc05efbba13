import * as vscode from 'vscode';
import type { Clock } from '../automatic/automaticSnapshots.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { setting } from '../settings.ts';
import type { Workspace } from '../workspace.ts';
import type { Spaces } from './spaces.ts';
import { deadlinesOfMaster, nextDeadline, nextSync, type Asked } from './syncDue.ts';

const MINUTE = 60_000;
/** Timers take no month. */
const LONGEST_WAIT = 24 * 60 * MINUTE;

export interface SpaceSyncServices {
  readonly workspace: Workspace;
  readonly spaces: Spaces;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Whether somebody is at the window. */
  readonly isFocused: () => boolean;
  /** Whether this computer is in a network. */
  readonly isOnline: () => boolean;
}

interface Watch {
  asked: Asked;
  timer?: vscode.Disposable;
  isAsking: boolean;
}

/**
 * Asks the hubs of the Spaces what is new, while somebody is at the window: only of instances that belong to one, in trusted workspaces.
 * A failure is shown in the view and logged once; then the pauses grow. What lies beyond a network is not asked while there is none.
 */
export class SpaceSync implements vscode.Disposable {
  readonly #services: SpaceSyncServices;
  readonly #watches = new Map<Instance, Watch>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(services: SpaceSyncServices) {
    this.#services = services;
    const plan = (): void => this.#planAll();
    this.#subscriptions = [
      services.spaces.onDidChange(plan),
      vscode.window.onDidChangeWindowState(plan),
      vscode.workspace.onDidGrantWorkspaceTrust(plan),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('snapstage.space')) plan();
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { timer } of this.#watches.values()) timer?.dispose();
    this.#watches.clear();
  }

  #planAll(): void {
    const { workspace, spaces } = this.#services;
    for (const [instance, { timer }] of this.#watches) {
      if (workspace.instances.includes(instance) && spaces.belonging(instance)) continue;
      timer?.dispose();
      this.#watches.delete(instance);
    }
    for (const instance of workspace.instances) if (spaces.belonging(instance)) this.#plan(instance);
  }

  #plan(instance: Instance): void {
    const watch = this.#watches.get(instance) ?? { asked: { failures: 0 }, isAsking: false };
    this.#watches.set(instance, watch);
    watch.timer?.dispose();
    delete watch.timer;
    const every = setting('space.syncEvery') * MINUTE;
    const { clock, isFocused } = this.#services;
    if (every <= 0 || watch.isAsking || !vscode.workspace.isTrusted) return;
    const now = clock.now();
    const deadline = nextDeadline(watch.asked, this.#deadlines(instance)) ?? Infinity;
    const due = Math.min(deadline, isFocused() ? nextSync(watch.asked, every, now) : Infinity);
    if (due === Infinity) return;
    if (due <= now && !this.#isOffline(instance)) void this.#ask(instance, watch);
    else watch.timer = clock.after(due <= now ? MINUTE : Math.min(due - now, LONGEST_WAIT), () => this.#plan(instance));
  }

  /** Whether the hub lies beyond a network that is not there; it is shown, too. */
  #isOffline(instance: Instance): boolean {
    const { spaces, isOnline } = this.#services;
    const isOffline = spaces.belonging(instance)?.space.needsNetwork === true && !isOnline();
    spaces.setOffline(instance, isOffline);
    return isOffline;
  }

  /** Just after those of the assignments that this instance is a Master of: then it asks also when nobody is at the window. */
  #deadlines(instance: Instance): readonly number[] {
    return deadlinesOfMaster(this.#services.spaces.belonging(instance)?.assignments ?? []).map((deadline) => deadline + 1);
  }

  /** Never rejects. */
  async #ask(instance: Instance, watch: Watch): Promise<void> {
    const { spaces, reporter, clock } = this.#services;
    const { at, failures } = watch.asked;
    watch.isAsking = true;
    watch.asked = { at: clock.now(), failures };
    try {
      // All is looked at first: this window does not know what came while there was none, or no hub.
      await (at === undefined || failures > 0 ? spaces.sync(instance) : spaces.poll(instance));
      watch.asked = { at: clock.now(), failures: 0 };
    } catch (error) {
      watch.asked = { at: clock.now(), failures: failures + 1 };
      if (failures === 0) reporter.logError(error, instance.name);
    } finally {
      watch.isAsking = false;
      if (this.#watches.get(instance) === watch) this.#plan(instance);
    }
  }
}
