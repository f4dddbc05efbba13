import * as vscode from 'vscode';
import type { Clock } from '../automatic/automaticSnapshots.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { setting } from '../settings.ts';
import type { Workspace } from '../workspace.ts';
import type { Spaces } from './spaces.ts';
import { nextSync, type Asked } from './syncDue.ts';

const MINUTE = 60_000;

export interface SpaceSyncServices {
  readonly workspace: Workspace;
  readonly spaces: Spaces;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Whether somebody is at the window. */
  readonly isFocused: () => boolean;
}

interface Watch {
  asked: Asked;
  timer?: vscode.Disposable;
  isAsking: boolean;
}

/**
 * Asks the hubs of the Spaces what is new, while somebody is at the window: only of instances that belong to one, in trusted workspaces.
 * A failure is shown in the view and logged once; then the pauses grow.
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
    if (every <= 0 || watch.isAsking || !isFocused() || !vscode.workspace.isTrusted) return;
    const now = clock.now();
    const due = nextSync(watch.asked, every, now);
    if (due <= now) void this.#ask(instance, watch);
    else watch.timer = clock.after(due - now, () => this.#plan(instance));
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
