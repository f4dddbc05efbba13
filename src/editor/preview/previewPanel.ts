import { commands, l10n, ViewColumn, window, workspace as vscodeWorkspace, type Disposable, type WebviewPanel } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { baseName } from '../../base/paths.ts';
import type { DistributeRequest, ObjectVersion } from '../../engine/deliveryApi.ts';
import type { PreviewObject, PreviewTarget } from '../../engine/previewApi.ts';
import type { StagedObject } from '../../engine/stageApi.ts';
import { isPreviewable, looksLikeText, mostShownBytes } from '../files/previews.ts';
import { fileUri } from '../files/snapshotUris.ts';
import { isText, stateUri } from '../files/viewer.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { PagePanels, type PanelServices } from '../pagePanels.ts';
import type { Reporter } from '../reporter.ts';
import { pickTargets } from '../space/distributor.ts';
import type { Belonging, Spaces } from '../space/spaces.ts';
import { openStaged, type Showing } from '../stage/openStaged.ts';
import type { Stages } from '../stage/stages.ts';
import { OpenPreview, stateOf, type PreviewActions } from './openPreview.ts';
import { parseFromPage, parsePageState, type PageState } from './previewPage.ts';
import { targetName } from './previewWords.ts';
import { ReceivedFiles, receivedScheme, receivedUri } from './receivedFiles.ts';

export interface PreviewPanelServices extends PanelServices {
  readonly reporter: Pick<Reporter, 'detached' | 'logError' | 'requireTrust'>;
  readonly spaces: Spaces;
  readonly stages: Stages;
  readonly showing: Showing;
  /** Asks for what has to be asked, and distributes. */
  readonly distribute: (instance: Instance, request: DistributeRequest) => Promise<void>;
}

/** The preview matrices, at most one for each folder. */
export class PreviewPanels extends PagePanels<PageState, OpenPreview> {
  readonly #services: PreviewPanelServices;
  readonly #files: ReceivedFiles;
  readonly #own: readonly Disposable[];

  constructor(services: PreviewPanelServices) {
    super('preview', services);
    this.#services = services;
    this.#files = new ReceivedFiles((folder) => this.instanceAt(folder)?.engine);
    this.#own = [
      services.stages.onDidChange(() => {
        for (const { page } of this.pages) services.reporter.detached(page.stageChanged());
      }),
      services.spaces.onDidChange((changed) => {
        for (const { page, instance } of this.pages) if (instance === changed) services.reporter.detached(page.spaceChanged());
      }),
      vscodeWorkspace.registerFileSystemProvider(receivedScheme, this.#files, { isReadonly: true, isCaseSensitive: true }),
    ];
  }

  /** What is open for a folder. */
  pageOf(instance: Instance): OpenPreview | undefined {
    return this.openWith(stateOf(addressOf(instance)));
  }

  /**
   * Shows what distributing what is on the Stage would meet; absent a request, to all.
   * @throws SnapstageError where the instance is no Master's.
   */
  async show(instance: Instance, request?: DistributeRequest): Promise<void> {
    const { space } = await this.#services.spaces.mustBelong(instance);
    if (space.me.role !== 'master') throw new SnapstageError('refused', l10n.t('Only the Master of the Space can distribute.'));
    const known = this.pageOf(instance);
    this.showWith(instance, stateOf(addressOf(instance), request));
    if (known && request) await known.use(request);
  }

  override dispose(): void {
    for (const one of this.#own) one.dispose();
    super.dispose();
  }

  protected override parse(kept: unknown): PageState | undefined {
    return parsePageState(kept);
  }

  protected override titleOf(instance: Instance): string {
    return l10n.t('Preview: {0}', instance.name);
  }

  protected override open(panel: WebviewPanel, instance: Instance, state: PageState): OpenPreview {
    const { reporter } = this.#services;
    const page = new OpenPreview(state, instance.name, {
      api: instance.engine,
      actions: this.#actionsOf(instance),
      reporter,
      isTrusted: () => vscodeWorkspace.isTrusted,
      known: () => toldIn(this.#services.spaces.belonging(instance)),
      isSeen: () => panel.visible,
      now: () => new Date(),
      send: (message) => void panel.webview.postMessage(message),
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = parseFromPage(message);
      if (parsed) reporter.detached(page.answer(parsed));
    });
    return page;
  }

  #actionsOf(instance: Instance): PreviewActions {
    const { spaces, stages, showing, distribute } = this.#services;
    return {
      compare: (target, object, received, staged) => this.#compare(instance, target, object, received, staged),
      open: async (object, staged) => {
        if (object.type === 'table') return openStaged(showing, { type: 'staged', instance, object: staged });
        if (staged.snapshot) return showing.viewer.open({ instance, snapshot: staged.snapshot, path: object.path });
        await commands.executeCommand('vscode.open', fileUri(instance.folder.uri, object.path), { preview: true });
      },
      setStrategy: async ({ id }, strategy) => {
        try {
          await instance.engine.setStrategy({ ids: [id], strategy });
        } finally {
          await stages.refresh(instance);
        }
      },
      pickTargets: async () => pickTargets(await spaces.mustBelong(instance), l10n.t('Preview')),
      distribute: (request) => distribute(instance, request),
    };
  }

  async #compare(
    instance: Instance,
    target: PreviewTarget,
    { path, size }: PreviewObject,
    received: ObjectVersion,
    { snapshot }: StagedObject,
  ): Promise<void> {
    const name = displayText(baseName(path));
    const before = receivedUri(instance.folder.uri.toString(), { target: target.id, path }, received);
    const areTexts = async (): Promise<boolean> =>
      looksLikeText(await this.#files.read(before)) && (await isText(instance, snapshot ?? undefined, path));
    const isShown = Math.max(size, received.size) <= mostShownBytes && (isPreviewable(path) || (await areTexts()));
    if (!isShown) {
      void window.showInformationMessage(l10n.t("{0} can't be shown in an editor: its details say what differs.", name));
      return;
    }
    const title = l10n.t('{0} (received by {1} ↔ staged)', name, targetName(target));
    const staged = stateUri(instance, snapshot ?? undefined, path);
    // The focus stays in the matrix, so that one can go on with the next.
    const options = { preview: true, preserveFocus: true, viewColumn: ViewColumn.Beside };
    await commands.executeCommand('vscode.diff', before, staged, title, options);
  }
}

/** All that a preview depends on of what members told. */
function toldIn(known: Belonging | undefined): string {
  if (!known) return '';
  const { space, distributions, recalls } = known;
  return JSON.stringify([
    space.members.map(({ id, name, role, groups, state, lastSeen }) => [id, name, role, groups, state, lastSeen?.said, lastSeen?.what]),
    distributions.map(({ id, takenBack, targets }) => [id, takenBack, targets]),
    recalls.map(({ id, targets }) => [id, targets]),
  ]);
}

function addressOf({ folder }: Instance): string {
  return folder.uri.toString();
}
