import * as vscode from 'vscode';
import { parseRate } from '../../base/format.ts';
import type { Reporter } from '../reporter.ts';
import { setting } from '../settings.ts';
import type { Workspace } from '../workspace.ts';
import type { Spaces } from './spaces.ts';

export interface BandwidthServices {
  readonly workspace: Workspace;
  readonly spaces: Spaces;
  readonly memory: vscode.Memento;
  readonly reporter: Reporter;
}

/**
 * Keeps with each instance in a Space what the setting says of the bandwidth: so it holds for the command line too. What was chosen there
 * stays as long as nothing was set here.
 */
export class Bandwidth implements vscode.Disposable {
  readonly #services: BandwidthServices;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(services: BandwidthServices) {
    this.#services = services;
    const keep = (): void => services.reporter.detached(this.#keep());
    this.#subscriptions = [
      services.spaces.onDidChange(keep),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('snapstage.space.bandwidth') && keep()),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #keep(): Promise<void> {
    const { workspace, spaces, memory } = this.#services;
    for (const instance of workspace.instances.filter((one) => spaces.belonging(one))) {
      const key = `bandwidth:${instance.folder.uri.toString()}`;
      const wanted = parseRate(setting('space.bandwidth', instance.folder.uri));
      if (memory.get<number>(key) === wanted) continue;
      await memory.update(key, wanted);
      await instance.engine.config({ bandwidth: wanted ?? null });
    }
  }
}
