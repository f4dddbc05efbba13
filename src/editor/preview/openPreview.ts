import { l10n, type Disposable } from 'vscode';
import { SnapstageError, toSnapstageError } from '../../base/errors.ts';
import type { DistributeRequest, ExceptionalStrategy, ExceptionRequest, ObjectVersion } from '../../engine/deliveryApi.ts';
import type { DistributionPreview, PreviewApi, PreviewObject, PreviewTarget } from '../../engine/previewApi.ts';
import type { Stage, StageApi, StagedObject, Strategy } from '../../engine/stageApi.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import { PageReading } from '../pageReading.ts';
import type { Reporter } from '../reporter.ts';
import { memberCount } from '../space/spaceWords.ts';
import { strategyName } from '../stage/stageWords.ts';
import { namesInWords } from '../words.ts';
import { keyOf, shownOf, stagedWith, withException, type Shown } from './matrix.ts';
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
import { objectTitle, targetName } from './previewWords.ts';

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

/** Of a page that shows what a request would meet. */
export function stateOf(folder: string, { to, strategy, exceptions, message }: DistributeRequest = {}): PageState {
  return { folder, to: to ?? 'all', strategy: strategy ?? 'overwrite', exceptions: exceptions ?? [], message: message ?? null };
}

/** One open preview matrix: reads what a distribution would meet, and tells the page what there is. */
export class OpenPreview implements Disposable {
  readonly #instanceName: string;
  readonly #services: PreviewServices;
  #state: PageState;
  readonly #reading: PageReading<Read>;
  /** As of when it was last read, or is being read. */
  #stage: string | undefined;
  #known: string | undefined;
  #shown: Shown = { rows: [], columns: [] };
  #look: Look = noLook;
  #place: Place | undefined;
  #details: Details | undefined;
  #said = { number: 0, text: '' };

  constructor(state: PageState, instanceName: string, services: PreviewServices) {
    this.#state = state;
    this.#instanceName = instanceName;
    this.#services = services;
    this.#reading = new PageReading({
      read: async (signal, found) => found(await this.#readAll(signal)),
      show: () => this.#reorder(),
      showNothing: () => this.#sendView(),
      isSeen: services.isSeen,
      logError: (error) => services.reporter.logError(error, instanceName),
    });
  }

  /** What the page shows now, without its rows, columns and cells. */
  get view(): PreviewView {
    const { strategy, message } = this.#state;
    const { error, isUnderway } = this.#reading;
    const content = this.#read
      ? contentOf({
          preview: this.#read.preview,
          shown: this.#shown,
          to: this.#toInWords(this.#read.preview),
          strategy,
          pending: isUnderway ? l10n.t('Working it out anew…') : '',
          said: this.#said,
        })
      : error
        ? ({ state: 'failed', text: errorSentence(error) } as const)
        : ({ state: 'reading', text: l10n.t('Looking at what the members last published…') } as const);
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
        return this.#reading.isStale ? this.refresh() : undefined;
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
      case 'exception':
        return this.#setException(message, message.strategy);
      case 'to': {
        const to = await this.#services.actions.pickTargets();
        return to === undefined ? undefined : this.use({ ...this.#request, to });
      }
      case 'distribute':
        if (this.#services.reporter.requireTrust()) await this.#services.actions.distribute(this.#request);
    }
  }

  /** Shows what another request would meet. */
  async use(request: DistributeRequest): Promise<void> {
    this.#state = stateOf(this.#state.folder, request);
    await this.refresh();
  }

  /** The Stage may be another one: then what is shown is read anew, when it is seen. */
  async stageChanged(): Promise<void> {
    if (this.#reading.isStale || !this.#services.isTrusted()) return;
    const stage = await this.#services.api.stage();
    if (JSON.stringify(stage) === this.#stage) return;
    await this.#reading.changed(() => this.refresh());
  }

  /** Members may have told something since: then what is shown is read anew, when it is seen. */
  async spaceChanged(): Promise<void> {
    if (this.#reading.isStale || !this.#services.isTrusted() || this.#services.known() === this.#known) return;
    await this.#reading.changed(() => this.refresh({ isAsked: false }));
  }

  /**
   * Reads all anew, and says so, or what is `told`; what is shown stays until then. Never rejects: a failure is shown in its place, unless nobody has asked and it is only
   * that the hub can't be reached.
   */
  async refresh({ isAsked = true, told }: { readonly isAsked?: boolean; readonly told?: string } = {}): Promise<void> {
    const isAwaited = isAsked || this.#reading.isUnderway;
    const reading = this.#reading.refresh((error) => {
      const mayStay = !isAwaited && error.code === 'io';
      if (mayStay) this.#known = undefined; // so it is tried again with the next that is heard
      return mayStay;
    });
    if (this.#read) this.#sendView();
    if (!(await reading)) return;
    this.#say(this.#known === undefined || this.#reading.error ? '' : (told ?? l10n.t('The preview is up to date.')));
    this.#sendAll();
    // What was told of something else stays untold then.
    await this.#sendDetails({ isAsked: isAwaited && told === undefined });
  }

  dispose(): void {
    this.#reading.dispose();
  }

  get #read(): Read | undefined {
    return this.#reading.value;
  }

  get #request(): DistributeRequest {
    const { to, strategy, exceptions, message } = this.#state;
    return { to, strategy, ...(exceptions.length > 0 && { exceptions }), ...(message !== null && { message }) };
  }

  /** It asks the hub, whose place comes from the folder: so only in a folder that is trusted. */
  async #readAll(signal: AbortSignal): Promise<Read> {
    const { api, isTrusted } = this.#services;
    if (!isTrusted()) throw new SnapstageError('refused', l10n.t('Restricted Mode: nothing is asked of the hub.'));
    const stage = await api.stage({ signal });
    this.#stage = JSON.stringify(stage);
    this.#known = this.#services.known();
    return { stage, preview: await this.#preview(signal) };
  }

  /** Of exceptions that are about nothing any more the others stay. */
  async #preview(signal: AbortSignal): Promise<DistributionPreview> {
    const { api } = this.#services;
    try {
      return await api.preview(this.#request, { signal });
    } catch (thrown) {
      const { details } = toSnapstageError(thrown);
      if (details['reason'] !== 'no-exception' || signal.aborted) throw thrown;
      const gone = new Set((details['exceptions'] as readonly ExceptionRequest[]).map((one) => JSON.stringify(one)));
      this.#state = { ...this.#state, exceptions: this.#state.exceptions.filter((one) => !gone.has(JSON.stringify(one))) };
      return api.preview(this.#request, { signal });
    }
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

  async #setException(place: Place, strategy: ExceptionalStrategy | ''): Promise<void> {
    const { target, object } = this.#find(place);
    if (!target || !object || target.role === 'viewer') return;
    const exceptions = withException(this.#state.exceptions, target.id, object, strategy);
    this.#state = { ...this.#state, exceptions };
    const name = strategyName(strategy === '' ? object.strategy : strategy);
    await this.refresh({ told: l10n.t('{0} at {1}: {2}', objectTitle(object), targetName(target), name) });
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
    this.#services.send({ type: 'matrix', rows: targets.map((target) => rowOf(target, objects, now)), columns: objects.map(columnOf) });
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
