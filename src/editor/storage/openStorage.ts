import { l10n, type Disposable, type WebviewPanel } from 'vscode';
import type { CallOptions } from '../../base/progress.ts';
import { toSnapstageError } from '../../base/errors.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { StorageReport } from '../../engine/storageApi.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import { progressInWords } from '../words.ts';
import {
  parseFromPage,
  type FromPage,
  type PageAction,
  type PartAction,
  type Section,
  type SectionContent,
  type SectionId,
  type StorageView,
  type ToPage,
} from './storagePage.ts';
import { crumbsOf, factsOf, folderContent, snapshotsContent } from './storageView.ts';
import { roomSentences } from './storageWords.ts';

/** What can be done from the page. Those that change something ask first. */
export interface StorageActions {
  readonly freeUp: (instance: Instance) => Promise<void>;
  readonly compact: (instance: Instance) => Promise<void>;
  readonly why: (instance: Instance, path: string) => Promise<void>;
  readonly history: (instance: Instance, path: string) => Promise<void>;
  readonly details: (instance: Instance, snapshot: SnapshotInfo) => Promise<void>;
  readonly delete: (instance: Instance, snapshot: SnapshotInfo) => Promise<void>;
}

const changing: ReadonlySet<string> = new Set<PageAction['id'] | PartAction['id']>(['freeUp', 'compact', 'delete']);

/** One open Storage page: reads what it shows, a section at a time, and does what is asked there. */
export class OpenStorage implements Disposable {
  readonly panel: WebviewPanel;
  readonly #instance: Instance;
  readonly #actions: StorageActions;
  readonly #reporter: Reporter;
  readonly #contents: Record<SectionId, SectionContent>;
  readonly #reading = new Map<SectionId, AbortController>();
  readonly #subscriptions: readonly Disposable[];
  #report: StorageReport | undefined;
  #path: string;
  #isStale = true;

  constructor(panel: WebviewPanel, instance: Instance, path: string, actions: StorageActions, reporter: Reporter) {
    this.panel = panel;
    this.#instance = instance;
    this.#path = path;
    this.#actions = actions;
    this.#reporter = reporter;
    const reading = { state: 'reading', text: '' } as const;
    this.#contents = { snapshots: reading, folder: reading };
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        const parsed = parseFromPage(message);
        if (parsed) reporter.detached(this.answer(parsed));
      }),
      panel.onDidChangeViewState(() => this.#readIfSeen()),
    ];
  }

  /** What the page shows now. */
  get view(): StorageView {
    const { state } = this.#instance;
    return {
      title: this.panel.title,
      facts: factsOf(this.#instance, this.#report),
      warnings: state.kind === 'ready' ? roomSentences(state.status.room) : [],
      actions: [
        { id: 'freeUp', label: l10n.t('Free Up Space…') },
        { id: 'compact', label: l10n.t('Compact') },
        { id: 'refresh', label: l10n.t('Refresh') },
      ],
      sections: this.#sections(),
      texts: {
        cancel: l10n.t('Cancel'),
        tryAgain: l10n.t('Try Again'),
        keys: l10n.t('Arrow keys move in the table, Enter does what the button says.'),
        actions: l10n.t('Actions'),
      },
      state: { folder: this.#instance.folder.uri.toString(), path: this.#path },
    };
  }

  /** Reads anew what is shown, when it is seen. */
  refresh(): void {
    this.#isStale = true;
    this.#readIfSeen();
  }

  /** Does what the page asks for. */
  async answer(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#post();
        this.#readIfSeen();
        return;
      case 'cancel':
        this.#reading.get(message.section)?.abort();
        return;
      case 'again':
        return this.#read(message.section);
      case 'go':
        this.#path = message.path;
        this.#contents.folder = { state: 'reading', text: '' };
        return this.#read('folder');
      case 'page':
        if (message.action === 'refresh') return this.refresh();
        return this.#do(message.action, () => (message.action === 'freeUp' ? this.#actions.freeUp : this.#actions.compact)(this.#instance));
      case 'part':
        return this.#do(message.action, () => this.#doWithPart(message.section, message.key, message.action));
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const abort of this.#reading.values()) abort.abort();
  }

  async #do(action: string, run: () => Promise<void>): Promise<void> {
    if (changing.has(action) && !this.#reporter.requireTrust()) return;
    await run();
    if (changing.has(action)) this.refresh();
  }

  /** Only what the page was given to show. */
  async #doWithPart(section: SectionId, key: string, action: PartAction['id']): Promise<void> {
    const content = this.#contents[section];
    const part = content.state === 'ready' ? content.parts.find((one) => one.key === key) : undefined;
    if (part?.main?.id !== action && !part?.actions.some(({ id }) => id === action)) return;
    const snapshot = this.#report?.snapshots.find((one) => one.snapshot.id === key)?.snapshot;
    if (action === 'open') await this.answer({ type: 'go', path: key });
    else if (action === 'why' || action === 'history') await this.#actions[action](this.#instance, key);
    else if (action === 'compact') await this.#actions.compact(this.#instance);
    else if (snapshot) await this.#actions[action](this.#instance, snapshot);
  }

  #sections(): Section[] {
    return [
      { id: 'snapshots', title: l10n.t('By Snapshot'), crumbs: [], content: this.#contents.snapshots },
      { id: 'folder', title: l10n.t('By Folder'), crumbs: crumbsOf(this.#instance, this.#path), content: this.#contents.folder },
    ];
  }

  #readIfSeen(): void {
    if (!this.#isStale || !this.panel.visible) return;
    this.#isStale = false;
    this.#reporter.detached(Promise.all([this.#read('snapshots'), this.#read('folder')]));
  }

  /** What is shown stays until the new is there. */
  async #read(section: SectionId): Promise<void> {
    this.#reading.get(section)?.abort();
    const abort = new AbortController();
    this.#reading.set(section, abort);
    if (this.#contents[section].state !== 'ready') this.#contents[section] = { state: 'reading', text: '' };
    this.#post();
    const onProgress: CallOptions['onProgress'] = (progress) => this.#send({ type: 'progress', section, text: progressInWords(progress) });
    const content = await this.#contentOf(section, { signal: abort.signal, onProgress }).catch((error: unknown) => this.#failed(error));
    // Meanwhile it may be read for another folder.
    if (this.#reading.get(section) !== abort) return;
    this.#reading.delete(section);
    this.#contents[section] = content;
    this.#post();
  }

  async #contentOf(section: SectionId, options: CallOptions): Promise<SectionContent> {
    const { engine } = this.#instance;
    if (section === 'folder') return folderContent(await engine.storedFolder({ path: this.#path }, options));
    this.#report = await engine.storage(options);
    return snapshotsContent(this.#report);
  }

  #failed(thrown: unknown): SectionContent {
    const error = toSnapstageError(thrown);
    if (error.code !== 'cancelled') this.#reporter.logError(error, this.#instance.name);
    return { state: 'failed', text: errorSentence(error) };
  }

  #post(): void {
    this.#send({ type: 'view', view: this.view });
  }

  #send(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }
}
