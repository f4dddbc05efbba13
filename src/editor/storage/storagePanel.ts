import { l10n, ViewColumn, window, type Disposable, type Uri, type WebviewPanel, type WebviewPanelSerializer } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { fillWebview } from '../webPage.ts';
import type { Workspace } from '../workspace.ts';
import { OpenStorage, type StorageActions } from './openStorage.ts';
import { parsePageState } from './storagePage.ts';

const storagePanelType = 'snapstage.storage';

export interface StoragePanelServices {
  readonly workspace: Workspace;
  readonly reporter: Reporter;
  readonly actions: StorageActions;
  /** Of the extension. */
  readonly extensionUri: Uri;
}

/** The Storage pages, at most one for each folder. They are there again after the window is reloaded. */
export class StoragePanels implements WebviewPanelSerializer, Disposable {
  readonly #services: StoragePanelServices;
  readonly #open = new Map<Instance, OpenStorage>();
  readonly #subscriptions: readonly Disposable[];

  constructor(services: StoragePanelServices) {
    this.#services = services;
    this.#subscriptions = [
      services.workspace.onDidChange(({ instance, what }) => {
        if (!instance) this.#closeOthers();
        else if (what === 'all') this.#open.get(instance)?.refresh();
      }),
      window.registerWebviewPanelSerializer(storagePanelType, this),
    ];
  }

  /** What is open for a folder. */
  pageOf(instance: Instance): OpenStorage | undefined {
    return this.#open.get(instance);
  }

  /** @throws SnapstageError where there is no snapshot yet. */
  async show(instance: Instance): Promise<void> {
    const snapshots = await instance.mustList();
    if (snapshots.length === 0) throw new SnapstageError('usage', l10n.t('There is no snapshot of {0} yet.', instance.name));
    const known = this.#open.get(instance);
    if (known) known.panel.reveal();
    else this.#fill(window.createWebviewPanel(storagePanelType, '', ViewColumn.Active), instance, '');
  }

  async deserializeWebviewPanel(panel: WebviewPanel, kept: unknown): Promise<void> {
    const state = parsePageState(kept);
    const instance = this.#services.workspace.instances.find(({ folder }) => folder.uri.toString() === state?.folder);
    if (!state || !instance || this.#open.has(instance)) {
      panel.dispose();
      return;
    }
    await instance.mustList().catch((error: unknown) => this.#services.reporter.logError(error, instance.name));
    this.#fill(panel, instance, state.path);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { panel } of this.#open.values()) panel.dispose();
  }

  /** Those of folders that are not open any more. */
  #closeOthers(): void {
    const { instances } = this.#services.workspace;
    for (const [instance, { panel }] of this.#open) if (!instances.includes(instance)) panel.dispose();
  }

  #fill(panel: WebviewPanel, instance: Instance, path: string): void {
    const { actions, reporter, extensionUri } = this.#services;
    panel.title = l10n.t('Storage of {0}', instance.name);
    const open = new OpenStorage(panel, instance, path, actions, reporter);
    this.#open.set(instance, open);
    panel.onDidDispose(() => {
      this.#open.delete(instance);
      open.dispose();
    });
    fillWebview(panel.webview, extensionUri, 'storage', panel.title);
  }
}
