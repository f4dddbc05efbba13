import { l10n, type Disposable } from 'vscode';
import type { EngineApi, EntryInfo } from '../../engine/api.ts';
import type { AssignmentApi, AssignmentDetails, HandInInfo } from '../../engine/assignmentApi.ts';
import type { Clock } from '../automatic/automaticSnapshots.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import { PageReading } from '../pageReading.ts';
import type { Reporter } from '../reporter.ts';
import type { KeptState } from '../state.ts';
import type { AssignmentPageView, FromPage, ToPage } from './assignmentPage.ts';
import { contentOf, pageTexts, type Known } from './assignmentPageView.ts';
import { assignmentTitle } from './assignmentWords.ts';
import { feedbackState } from './keptStates.ts';
import { loadMarkdown } from './markdown.ts';
import type { PageState } from './pageState.ts';
import { nextChange } from './timeLeft.ts';

/** At most, between two times that the time left is said anew: in milliseconds. */
const longestWait = 3_600_000;

export interface OpenAssignmentServices {
  readonly api: Pick<AssignmentApi, 'assignment' | 'fetchFeedback'> & Pick<EngineApi, 'ls'>;
  readonly handIn: (assignment: AssignmentDetails) => Promise<void>;
  readonly compare: (assignment: AssignmentDetails, handIn: HandInInfo) => Promise<void>;
  readonly restore: (assignment: AssignmentDetails, handIn: HandInInfo) => Promise<void>;
  readonly saveReceipt: (assignment: AssignmentDetails, handIn: HandInInfo) => Promise<void>;
  readonly openFile: (kept: KeptState, path: string) => Promise<void>;
  readonly reporter: Pick<Reporter, 'logError' | 'requireTrust'>;
  /** Whether the page is seen now. */
  readonly isSeen: () => boolean;
  readonly clock: Clock;
  readonly send: (message: ToPage) => void;
}

/** One open assignment: reads it, and tells the page what there is. */
export class OpenAssignment implements Disposable {
  readonly #state: PageState;
  readonly #instanceName: string;
  readonly #services: OpenAssignmentServices;
  readonly #reading: PageReading<Known>;
  #said = { number: 0, text: '' };
  #timer: Disposable | undefined;

  constructor(state: PageState, instanceName: string, services: OpenAssignmentServices) {
    this.#state = state;
    this.#instanceName = instanceName;
    this.#services = services;
    this.#reading = new PageReading({
      read: (signal, found) => this.#read(signal, found),
      show: (known, before) => this.#show(known, before),
      showNothing: () => this.#sendView(),
      isSeen: services.isSeen,
      logError: (error) => services.reporter.logError(error, instanceName),
    });
  }

  /** What the page shows now. */
  get view(): AssignmentPageView {
    return {
      title: this.#known ? assignmentTitle(this.#known.details) : l10n.t('Assignment'),
      subtitle: l10n.t('Assignment in {0}', displayText(this.#instanceName)),
      content: this.#content,
      texts: pageTexts(),
      state: this.#state,
    };
  }

  /** Does what the page asks for. */
  async answer(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#sendView();
        return this.#reading.refreshIfStale();
      case 'again':
        await this.#reading.refresh();
        return;
      case 'handIn':
        if (this.#known && this.#services.reporter.requireTrust()) await this.#services.handIn(this.#known.details);
        return;
      default:
        return this.#answerAbout(message);
    }
  }

  /** There may be news: they are read when the page is seen. */
  changed(): Promise<void> {
    return this.#reading.changed();
  }

  dispose(): void {
    this.#reading.dispose();
    this.#timer?.dispose();
  }

  get #known(): Known | undefined {
    return this.#reading.value;
  }

  get #content(): AssignmentPageView['content'] {
    if (this.#known) return { ...contentOf(this.#known, this.#services.clock.now()), said: this.#said };
    const { error } = this.#reading;
    return error ? { state: 'failed', text: errorSentence(error) } : { state: 'reading', text: l10n.t('Reading the assignment…') };
  }

  async #answerAbout(message: Extract<FromPage, { readonly id: string }>): Promise<void> {
    const { compare, restore, saveReceipt, openFile, reporter, api } = this.#services;
    const details = this.#known?.details;
    const handIn = details?.mine?.handIns.find(({ id }) => id === message.id);
    if (!details || !handIn) return;
    switch (message.type) {
      case 'compare':
        return compare(details, handIn);
      case 'open': {
        const kept = feedbackState(handIn);
        return kept && openFile(kept, message.path);
      }
      case 'restore':
        return reporter.requireTrust() ? restore(details, handIn) : undefined;
      case 'saveReceipt':
        return reporter.requireTrust() ? saveReceipt(details, handIn) : undefined;
      case 'fetch':
        if (!reporter.requireTrust()) return;
        await api.fetchFeedback({ handIn: handIn.id });
        await this.#reading.refresh();
    }
  }

  async #read(signal: AbortSignal, found: (known: Known) => void): Promise<void> {
    const details = await this.#services.api.assignment({ assignment: this.#state.assignment }, { signal });
    found({ details, files: await this.#readFiles(details, signal), markdown: await loadMarkdown() });
  }

  #show({ details }: Known, before: Known | undefined): void {
    const own = before?.details.mine;
    if (own && own.handIns.length !== details.mine?.handIns.length) this.#say(l10n.t('The hand-ins have changed.'));
    this.#sendView();
  }

  /** Of all feedback that is here. */
  async #readFiles({ mine }: AssignmentDetails, signal: AbortSignal): Promise<ReadonlyMap<string, readonly EntryInfo[]>> {
    const read = async (handIn: HandInInfo): Promise<readonly [string, readonly EntryInfo[]][]> => {
      const kept = feedbackState(handIn);
      return kept ? [[handIn.id, await this.#services.api.ls({ state: kept.id, path: '', recursive: true }, { signal })]] : [];
    };
    return new Map((await Promise.all((mine?.handIns ?? []).map(read))).flat());
  }

  #say(text: string): void {
    this.#said = { number: this.#said.number + 1, text };
  }

  #sendView(): void {
    this.#services.send({ type: 'view', view: this.view });
    this.#plan();
  }

  /** The time left goes by. */
  #plan(): void {
    this.#timer?.dispose();
    const { clock } = this.#services;
    const details = this.#known?.details;
    const deadline = details && (details.mine?.deadline ?? details.deadline);
    const next = deadline === undefined ? undefined : nextChange(Date.parse(deadline), clock.now());
    if (next !== undefined) this.#timer = clock.after(Math.min(next - clock.now(), longestWait), () => this.#sendView());
  }
}
