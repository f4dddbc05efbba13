import { l10n, type Disposable, type WebviewPanel } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { Instance } from '../instance.ts';
import { PagePanels, type PanelServices } from '../pagePanels.ts';
import type { Reporter } from '../reporter.ts';
import type { Workspace } from '../workspace.ts';
import { OpenStorage, type StorageActions } from './openStorage.ts';
import { parsePageState, type PageState } from './storagePage.ts';

export interface StoragePanelServices extends PanelServices {
  readonly workspace: Workspace;
  readonly reporter: Reporter;
  readonly actions: StorageActions;
}

/** The Storage pages, at most one for each folder. */
export class StoragePanels extends PagePanels<PageState, OpenStorage> {
  readonly #services: StoragePanelServices;
  readonly #subscription: Disposable;

  constructor(services: StoragePanelServices) {
    super('storage', services);
    this.#services = services;
    this.#subscription = services.workspace.onDidChange(({ instance, what }) => {
      if (instance && what === 'all') this.pageOf(instance)?.refresh();
    });
  }

  /** What is open for a folder. */
  pageOf(instance: Instance): OpenStorage | undefined {
    return this.openWith(stateOf(instance));
  }

  /** @throws SnapstageError where there is no snapshot yet. */
  async show(instance: Instance): Promise<void> {
    const snapshots = await instance.mustList();
    if (snapshots.length === 0) throw new SnapstageError('usage', l10n.t('There is no snapshot of {0} yet.', instance.name));
    this.showWith(instance, stateOf(instance));
  }

  override async deserializeWebviewPanel(panel: WebviewPanel, kept: unknown): Promise<void> {
    const state = parsePageState(kept);
    const instance = state && this.instanceAt(state.folder);
    await instance?.mustList().catch((error: unknown) => this.#services.reporter.logError(error, instance.name));
    await super.deserializeWebviewPanel(panel, kept);
  }

  override dispose(): void {
    this.#subscription.dispose();
    super.dispose();
  }

  protected override parse(kept: unknown): PageState | undefined {
    return parsePageState(kept);
  }

  protected override titleOf(instance: Instance): string {
    return l10n.t('Storage of {0}', instance.name);
  }

  protected override open(panel: WebviewPanel, instance: Instance, { path }: PageState): OpenStorage {
    return new OpenStorage(panel, instance, path, this.#services.actions, this.#services.reporter);
  }
}

function stateOf({ folder }: Instance): PageState {
  return { folder: folder.uri.toString(), path: '' };
}
