import { l10n, type Disposable } from 'vscode';
import { SnapstageError, toSnapstageError } from '../../base/errors.ts';
import type { DistributeRequest, ObjectVersion } from '../../engine/deliveryApi.ts';
import type { DistributionPreview, PreviewApi, PreviewObject, PreviewTarget } from '../../engine/previewApi.ts';
import type { Stage, StageApi, StagedObject, Strategy } from '../../engine/stageApi.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import { memberCount } from '../space/spaceWords.ts';
import { namesInWords } from '../words.ts';
import { keyOf, shownOf, stagedWith, type Shown } from './matrix.ts';
import {
  noLook,
  type Action,
  type Details,
  type FromPage,
  type Look,
  type PageState,
  type Place,
  type PreviewView,
  type ToPage,
} from './previewPage.ts';
import { columnOf, contentOf, detailsOf, pageTexts, rowOf } from './previewView.ts';
import { targetName } from './previewWords.ts';

/** What of the engine the preview needs. */
export type PreviewCalls = Pick<PreviewApi, 'preview' | 'received'> & Pick<StageApi, 'stage'>;

/** What is done outside of the page. */
export interface PreviewActions {
  /** Shows what a member last received beside what is staged. */
  readonly compare: (target: PreviewTarget, object: PreviewObject, received: ObjectVersion, staged: StagedObject) => Promise<void>;
  /** Shows what is staged. */
  readonly open: (object: PreviewObject, staged: StagedObject) => Promise<void>;
  readonly setStrategy: (staged: StagedObject, strategy: Strategy | null) => Promise<void>;
  /** To whom; nothing where that was given up. */
  readonly pickTargets: () => Promise<DistributeRequest['to']>;
  /** Asks for what has to be asked, and distributes. */
  readonly distribute: (request: DistributeRequest) => Promise<void>;
}

export interface PreviewServices {
  readonly api: PreviewCalls;
  readonly actions: PreviewActions;
  readonly reporter: Pick<Reporter, 'logError' | 'requireTrust'>;
  readonly isTrusted: () => boolean;
  /** What is known of members and of what they told: another text as soon as that is another. */
  readonly known: () => string;
  /** Whether the page is seen now. */
  readonly isSeen: () => boolean;
  readonly now: () => Date;
  readonly send: (message: ToPage) => void;
}

/** What is shown: a preview, and the Stage that it is of. */
interface Read {
  readonly preview: DistributionPreview;
  readonly stage: Stage;
}

/** What there is at a place. */
interface Found {
  readonly target: PreviewTarget | undefined;
  readonly object: PreviewObject | undefined;
}

/** One open preview matrix: reads what a distribution would meet, and tells the page what there is. */
export class OpenPreview implements Disposable {
  readonly #instanceName: string;
  readonly #services: PreviewServices;
  #state: PageState;
  #read: Read | undefined;
  /** As of when it was last read, or is being read. */
  #stage: string | undefined;
  #known: string | undefined;
  /** Why there is nothing to be shown; `undefined` while it is being read. */
  #failure: string | undefined;
  #shown: Shown = { rows: [], columns: [] };
  #look: Look = noLook;
  #place: Place | undefined;
  #details: Details | undefined;
  #said = { number: 0, text: '' };
  #reading: AbortController | undefined;
  #isStale = true;

  constructor(state: PageState, instanceName: string, services: PreviewServices) {
    this.#state = state;
    this.#instanceName = instanceName;
    this.#services = services;
  }

  /** What the page shows now, without its rows, columns and cells. */
  get view(): PreviewView {
    const { strategy, message } = this.#state;
    const content = this.#read
      ? contentOf({
          preview: this.#read.preview,
          shown: this.#shown,
          to: this.#toInWords(this.#read.preview),
          strategy,
          pending: this.#reading ? l10n.t('Working it out anew…') : '',
          said: this.#said,
        })
      : this.#failure === undefined
        ? ({ state: 'reading', text: l10n.t('Looking at what the members last published…') } as const)
        : ({ state: 'failed', text: this.#failure } as const);
    return {
      title: l10n.t('Preview of what {0} Distributes', displayText(this.#instanceName)),
      message: displayText(message ?? ''),
      content,
      texts: pageTexts(),
      state: this.#state,
    };
  }

  /** What was last told of a place. */
  get details(): Details | undefined {
    return this.#details;
  }

  /** Does what the page asks for. */
  async answer(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#look = message.look;
        this.#reorder();
        this.#sendAll();
        return this.#isStale ? this.refresh() : undefined;
      case 'again':
        return this.refresh();
      case 'look':
        this.#look = message.look;
        this.#reorder();
        return this.#sendView();
      case 'details':
        this.#place = message.place;
        return this.#sendDetails();
      case 'action':
        return this.#act(message.place, message.action);
      case 'strategy':
        return message.column === null ? this.#setStrategy(message.strategy) : this.#setOwn(message.column, message.strategy);
      case 'to': {
        const to = await this.#services.actions.pickTargets();
        return to === undefined ? undefined : this.use({ ...this.#request, to });
      }
      case 'distribute':
        if (this.#services.reporter.requireTrust()) await this.#services.actions.distribute(this.#request);
    }
  }

  /** Shows what another request would meet. */
  async use({ to, strategy, message }: DistributeRequest): Promise<void> {
    const { folder } = this.#state;
    this.#state = { folder, to: to ?? 'all', strategy: strategy ?? 'overwrite', message: message ?? null };
    await this.refresh();
  }

  /** The Stage may be another one: then what is shown is read anew, when it is seen. */
  async stageChanged(): Promise<void> {
    if (this.#isStale || !this.#services.isTrusted()) return;
    const stage = await this.#services.api.stage();
    if (JSON.stringify(stage) === this.#stage) return;
    this.#isStale = true;
    if (this.#services.isSeen()) await this.refresh();
  }

  /** Members may have told something since: then what is shown is read anew, when it is seen. */
  async spaceChanged(): Promise<void> {
    if (this.#isStale || !this.#services.isTrusted() || this.#services.known() === this.#known) return;
    this.#isStale = true;
    if (this.#services.isSeen()) await this.refresh({ isAsked: false });
  }

  /**
   * Reads all anew; what is shown stays until then. Never rejects: a failure is shown in its place, unless nobody has asked and it is only
   * that the hub can't be reached.
   */
  async refresh({ isAsked } = { isAsked: true }): Promise<void> {
    const { reporter } = this.#services;
    const isAwaited = isAsked || this.#reading !== undefined;
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    this.#isStale = false;
    this.#failure = undefined;
    this.#sendView();
    try {
      const read = await this.#readAll(reading.signal);
      if (this.#reading !== reading) return;
      this.#read = read;
      this.#reorder();
    } catch (thrown) {
      if (this.#reading !== reading) return;
      const error = toSnapstageError(thrown);
      reporter.logError(error, this.#instanceName);
      if (isAwaited || error.code !== 'io') {
        this.#read = undefined;
        this.#failure = errorSentence(error);
      } else this.#known = undefined; // so it is tried again with the next that is heard
    }
    this.#reading = undefined;
    this.#say(this.#known === undefined || this.#failure !== undefined ? '' : l10n.t('The preview is up to date.'));
    this.#sendAll();
    await this.#sendDetails({ isAsked: isAwaited });
  }

  dispose(): void {
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.abort();
  }

  get #request(): DistributeRequest {
    const { to, strategy, message } = this.#state;
    return { to, strategy, ...(message !== null && { message }) };
  }

  /** It asks the hub, whose place comes from the folder: so only in a folder that is trusted. */
  async #readAll(signal: AbortSignal): Promise<Read> {
    const { api, isTrusted } = this.#services;
    if (!isTrusted()) throw new SnapstageError('refused', l10n.t('Restricted Mode: nothing is asked of the hub.'));
    const stage = await api.stage({ signal });
    this.#stage = JSON.stringify(stage);
    this.#known = this.#services.known();
    return { stage, preview: await api.preview(this.#request, { signal }) };
  }

  #toInWords({ targets }: DistributionPreview): string {
    const who = targets.length > 3 ? memberCount(targets.length) : namesInWords(targets.map(targetName));
    return this.#state.to === 'all' ? l10n.t('To: all members…') : l10n.t('To: {0}…', who);
  }

  #reorder(): void {
    if (this.#read) this.#shown = shownOf(this.#read.preview, this.#look);
  }

  #find({ row, column }: Place): Found {
    return {
      target: this.#read?.preview.targets.find(({ id }) => id === row),
      object: this.#read?.preview.objects.find((one) => keyOf(one) === column),
    };
  }

  #stagedWith(object: PreviewObject | undefined): StagedObject | undefined {
    return object && stagedWith(this.#read?.stage.objects ?? [], object);
  }

  /** Of a file alone: tables and folders have no content of their own that was received. */
  async #received({ target, object }: Found): Promise<ObjectVersion | null> {
    if (!target || object?.kind !== 'file' || object.type === 'table') return null;
    const received = await this.#services.api.received({ target: target.id, path: object.path });
    return received?.kind === 'file' ? received : null;
  }

  async #act(place: Place, action: Action): Promise<void> {
    const { actions } = this.#services;
    const found = this.#find(place);
    const staged = this.#stagedWith(found.object);
    if (!found.object || !staged) return;
    const received = action === 'compare' ? await this.#received(found) : null;
    if (received && found.target) await actions.compare(found.target, found.object, received, staged);
    else if (action === 'open') await actions.open(found.object, staged);
  }

  async #setStrategy(strategy: Strategy | ''): Promise<void> {
    if (strategy === '') return;
    this.#state = { ...this.#state, strategy };
    await this.refresh();
  }

  async #setOwn(column: string, strategy: Strategy | ''): Promise<void> {
    const { actions, reporter } = this.#services;
    const staged = this.#stagedWith(this.#find({ row: null, column }).object);
    // The page shows what was chosen before it is set.
    if (!staged || !reporter.requireTrust()) return this.#sendDetails();
    await actions.setStrategy(staged, strategy === '' ? null : strategy);
    await this.stageChanged();
  }

  #say(text: string): void {
    if (text !== '') this.#said = { number: this.#said.number + 1, text };
  }

  #sendAll(): void {
    this.#sendMatrix();
    this.#sendView();
  }

  #sendView(): void {
    this.#services.send({ type: 'view', view: this.view });
  }

  #sendMatrix(): void {
    if (!this.#read) return;
    const { targets, objects } = this.#read.preview;
    const now = this.#services.now();
    this.#services.send({ type: 'matrix', rows: targets.map((target) => rowOf(target, now)), columns: objects.map(columnOf) });
  }

  /** What nobody has asked for is told only where it is another. */
  async #sendDetails({ isAsked } = { isAsked: true }): Promise<void> {
    const place = this.#place;
    if (!place || !this.#read) return;
    const received = await this.#received(this.#find(place));
    const details = this.#read && detailsOf(this.#read.preview, place, { staged: this.#read.stage.objects, received });
    if (place !== this.#place || (!isAsked && JSON.stringify(details) === JSON.stringify(this.#details))) return;
    this.#details = details;
    this.#services.send({ type: 'details', details: details ?? null });
  }
}
