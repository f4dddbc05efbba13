import {
  commands,
  l10n,
  ViewColumn,
  window,
  workspace as vscodeWorkspace,
  type Disposable,
  type TextDocumentShowOptions,
  type Uri,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { formatNumber } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import type { DeliveredObject, DeliveryInfo, DeliveryPlan, ReceiveReport } from '../../engine/deliveryApi.ts';
import { isPreviewable, looksLikeText, mostShownBytes } from '../files/previews.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { fillWebview } from '../webPage.ts';
import type { Workspace } from '../workspace.ts';
import { conflictsOf, isWaiting } from './conflicts.ts';
import { parseFromPage, parsePageState, type PageState } from './conflictPage.ts';
import { DeliveryFiles, deliveryScheme, sideUri } from './deliveryFiles.ts';
import type { MergedFiles } from './mergedFiles.ts';
import { OpenConflicts, type ConflictActions, type ConflictApi } from './openConflicts.ts';

export const conflictPanelType = 'snapstage.conflicts';

export interface ConflictPanelServices {
  readonly workspace: Pick<Workspace, 'instances' | 'onDidChange'>;
  readonly apiOf: (instance: Instance) => ConflictApi;
  readonly reporter: Pick<Reporter, 'logError' | 'requireTrust' | 'detached'>;
  readonly mergedFiles: MergedFiles;
  /** Of the extension. */
  readonly extensionUri: Uri;
  /** Carries out a plan after what has to be asked still, and tells what was done; nothing where that was given up. */
  readonly receive: (instance: Instance, plan: DeliveryPlan) => Promise<ReceiveReport | undefined>;
  /** A view was closed, in which something may have been decided. */
  readonly closed: (instance: Instance) => Promise<void>;
}

/** The conflict views, at most one for each delivery to a folder. They are there again after the window is reloaded. */
export class ConflictPanels implements WebviewPanelSerializer, Disposable {
  readonly #services: ConflictPanelServices;
  readonly #files: DeliveryFiles;
  readonly #open = new Map<string, { readonly panel: WebviewPanel; readonly page: OpenConflicts; readonly instance: Instance }>();
  readonly #subscriptions: readonly Disposable[];

  constructor(services: ConflictPanelServices) {
    this.#services = services;
    const { workspace, apiOf } = services;
    this.#files = new DeliveryFiles((folder) => {
      const instance = this.#instanceAt(folder);
      return instance && apiOf(instance);
    });
    this.#subscriptions = [
      workspace.onDidChange(({ instance }) => {
        if (!instance) this.#closeOthers();
      }),
      vscodeWorkspace.registerFileSystemProvider(deliveryScheme, this.#files, { isReadonly: true, isCaseSensitive: true }),
      window.registerWebviewPanelSerializer(conflictPanelType, this),
    ];
  }

  /** What is open for a delivery to a folder. */
  pageOf(instance: Instance, delivery: string): OpenConflicts | undefined {
    return this.#open.get(keyOf(stateOf(instance, delivery)))?.page;
  }

  /** Opens the conflicts of a delivery, or shows them where they are open. */
  show(instance: Instance, delivery: string): void {
    const state = stateOf(instance, delivery);
    const known = this.#open.get(keyOf(state));
    if (known) known.panel.reveal();
    else this.#fill(window.createWebviewPanel(conflictPanelType, '', ViewColumn.Active), instance, state);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, kept: unknown): Promise<void> {
    const state = parsePageState(kept);
    const instance = state && this.#instanceAt(state.folder);
    if (!state || !instance || this.#open.has(keyOf(state))) panel.dispose();
    else this.#fill(panel, instance, state);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { panel } of open) panel.dispose();
  }

  #instanceAt(folder: string): Instance | undefined {
    return this.#services.workspace.instances.find((instance) => instance.folder.uri.toString() === folder);
  }

  /** Those of folders that are not open any more. */
  #closeOthers(): void {
    const { instances } = this.#services.workspace;
    for (const { panel, instance } of this.#open.values()) if (!instances.includes(instance)) panel.dispose();
  }

  #fill(panel: WebviewPanel, instance: Instance, state: PageState): void {
    const { workspace, apiOf, reporter, extensionUri, mergedFiles, closed } = this.#services;
    panel.title = l10n.t('Conflicts in {0}', instance.name);
    const page = new OpenConflicts(state, instance.name, {
      api: apiOf(instance),
      actions: this.#actionsOf(panel, instance, state),
      reporter,
      send: (message) => void panel.webview.postMessage(message),
    });
    this.#open.set(keyOf(state), { panel, page, instance });
    const subscriptions = [
      page,
      mergedFiles.keepBy(state, async (object, content) => {
        await page.keepMerged(object, content);
        panel.reveal();
      }),
      panel.webview.onDidReceiveMessage((message: unknown) => {
        const parsed = parseFromPage(message);
        if (parsed) reporter.detached(page.answer(parsed));
      }),
    ];
    panel.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      if (this.#open.delete(keyOf(state)) && workspace.instances.includes(instance)) reporter.detached(closed(instance));
    });
    fillWebview(panel.webview, extensionUri, 'conflicts', panel.title);
  }

  #actionsOf(panel: WebviewPanel, instance: Instance, state: PageState): ConflictActions {
    const { mergedFiles, apiOf, receive } = this.#services;
    return {
      // The focus stays in the list, so that one can go on with the next.
      compare: ({ delivery }, object) => this.compare(instance, delivery, object, { preserveFocus: true, viewColumn: ViewColumn.Beside }),
      merge: ({ place, triple }) =>
        mergedFiles.open(
          { ...state, place, triple },
          async () => (await apiOf(instance).mergeText({ delivery: state.delivery, place })).text,
        ),
      apply: async (plan) => {
        const report = await receive(instance, plan);
        if (report && !conflictsOf(report).some(isWaiting)) await mergedFiles.forget(state);
        return report !== undefined;
      },
      confirmTakeBack: async (count) => {
        const takeBack = l10n.t('Take Back');
        const question =
          count === 1 ? l10n.t('Take back the choice made here?') : l10n.t('Take back the {0} choices made here?', formatNumber(count));
        return (await window.showWarningMessage(question, { modal: true }, l10n.t('Keep'), takeBack)) === takeBack;
      },
      close: () => panel.dispose(),
    };
  }

  /** Shows mine on the left, incoming on the right; decides nothing. */
  async compare(instance: Instance, delivery: DeliveryInfo, object: DeliveredObject, options: TextDocumentShowOptions = {}): Promise<void> {
    const name = displayText(baseName(object.place));
    if (![object.mine, object.incoming].some((version) => version !== null && version.kind !== 'folder'))
      throw new SnapstageError('usage', l10n.t('{0} is a folder: there is nothing to compare.', name));
    const folder = instance.folder.uri.toString();
    const mine = sideUri(folder, delivery.id, object, 'mine');
    const incoming = sideUri(folder, delivery.id, object, 'incoming');
    const size = Math.max(object.mine?.size ?? 0, object.incoming?.size ?? 0);
    const isShown = size <= mostShownBytes && (isPreviewable(object.place) || (await this.#areTexts(mine, incoming)));
    if (!isShown) {
      void window.showInformationMessage(l10n.t("{0} can't be shown in an editor: its details say what differs.", name));
      return;
    }
    const title = l10n.t('{0} (mine ↔ from {1})', name, displayText(delivery.from));
    await commands.executeCommand('vscode.diff', mine, incoming, title, { preview: true, ...options });
  }

  async #areTexts(...uris: readonly Uri[]): Promise<boolean> {
    return (await Promise.all(uris.map((uri) => this.#files.read(uri)))).every(looksLikeText);
  }
}

function stateOf({ folder }: Instance, delivery: string): PageState {
  return { folder: folder.uri.toString(), delivery };
}

function keyOf({ folder, delivery }: PageState): string {
  return JSON.stringify([folder, delivery]);
}
