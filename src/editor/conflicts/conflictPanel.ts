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
} from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { formatNumber } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import type { DeliveredObject, DeliveryInfo, DeliveryPlan, ReceiveReport } from '../../engine/deliveryApi.ts';
import { isPreviewable, looksLikeText, mostShownBytes } from '../files/previews.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { PagePanels, type PanelServices } from '../pagePanels.ts';
import type { Reporter } from '../reporter.ts';
import { conflictsOf, isWaiting } from './conflicts.ts';
import { parseFromPage, parsePageState, type PageState } from './conflictPage.ts';
import { DeliveryFiles, deliveryScheme, sideUri } from './deliveryFiles.ts';
import type { MergedFiles } from './mergedFiles.ts';
import { OpenConflicts, type ConflictActions, type ConflictApi } from './openConflicts.ts';

export interface ConflictPanelServices extends PanelServices {
  readonly apiOf: (instance: Instance) => ConflictApi;
  readonly reporter: Pick<Reporter, 'logError' | 'requireTrust' | 'detached'>;
  readonly mergedFiles: MergedFiles;
  /** Carries out a plan after what has to be asked still, and tells what was done; nothing where that was given up. */
  readonly receive: (instance: Instance, plan: DeliveryPlan) => Promise<ReceiveReport | undefined>;
  /** A view was closed, in which something may have been decided. */
  readonly closed: (instance: Instance) => Promise<void>;
}

/** The conflict views, at most one for each delivery to a folder. */
export class ConflictPanels extends PagePanels<PageState, OpenConflicts> {
  readonly #services: ConflictPanelServices;
  readonly #files: DeliveryFiles;
  readonly #registration: Disposable;

  constructor(services: ConflictPanelServices) {
    super('conflicts', services);
    this.#services = services;
    this.#files = new DeliveryFiles((folder) => {
      const instance = this.instanceAt(folder);
      return instance && services.apiOf(instance);
    });
    this.#registration = vscodeWorkspace.registerFileSystemProvider(deliveryScheme, this.#files, {
      isReadonly: true,
      isCaseSensitive: true,
    });
  }

  /** What is open for a delivery to a folder. */
  pageOf(instance: Instance, delivery: string): OpenConflicts | undefined {
    return this.openWith(stateOf(instance, delivery));
  }

  /** Opens the conflicts of a delivery, or shows them where they are open. */
  show(instance: Instance, delivery: string): void {
    this.showWith(instance, stateOf(instance, delivery));
  }

  override dispose(): void {
    this.#registration.dispose();
    super.dispose();
  }

  protected override parse(kept: unknown): PageState | undefined {
    return parsePageState(kept);
  }

  protected override keyOf({ folder, delivery }: PageState): string {
    return JSON.stringify([folder, delivery]);
  }

  protected override titleOf(instance: Instance): string {
    return l10n.t('Conflicts in {0}', instance.name);
  }

  protected override closed(instance: Instance): Promise<void> {
    return this.#services.closed(instance);
  }

  protected override open(panel: WebviewPanel, instance: Instance, state: PageState): OpenConflicts {
    const { apiOf, reporter, mergedFiles } = this.#services;
    const page = new OpenConflicts(state, instance.name, {
      api: apiOf(instance),
      actions: this.#actionsOf(panel, instance, state),
      reporter,
      send: (message) => void panel.webview.postMessage(message),
    });
    const subscriptions = [
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
    });
    return page;
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
