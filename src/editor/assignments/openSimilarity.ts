import { l10n, type Disposable } from 'vscode';
import { toSnapstageError } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import type { AssignmentApi, AssignmentDetails, SimilarityReport, SimilarPair } from '../../engine/assignmentApi.ts';
import { errorSentence } from '../messages.ts';
import { PageReading } from '../pageReading.ts';
import type { Reporter } from '../reporter.ts';
import { assignmentTitle } from './assignmentWords.ts';
import type { PageState } from './pageState.ts';
import { similarPlaces, type SimilarPlace } from './similarPlaces.ts';
import { noLook, type FromPage, type Look, type PairRow, type SimilarityView, type ToPage } from './similarityPage.ts';
import { comparedText, keyOf, orderOf, turned } from './similarityRows.ts';
import { contentOf, detailsOf, pageTexts, progressInWords, rowOf, summaryInWords } from './similarityView.ts';

/** Two files that are alike, and the passage to go to, if one is meant. */
export interface ChosenPlace {
  readonly pair: SimilarPair;
  readonly place: SimilarPlace;
  readonly passage: number | null;
}

export interface SimilarityServices {
  readonly api: Pick<AssignmentApi, 'assignment' | 'similarity' | 'similarMatches'>;
  /** The title of the assignment is known. */
  readonly named: (title: string) => void;
  /** Shows two files side by side. */
  readonly showBeside: (assignment: AssignmentDetails, chosen: ChosenPlace) => Promise<void>;
  /** Collects all hand-ins; who has changed what is here tells the page. */
  readonly collect: (assignment: AssignmentDetails) => Promise<void>;
  readonly reporter: Pick<Reporter, 'logError' | 'requireTrust'>;
  /** Whether the page is seen now. */
  readonly isSeen: () => boolean;
  readonly send: (message: ToPage) => void;
}

/** What was compared: the pairs as they are shown. */
interface Compared {
  readonly details: AssignmentDetails;
  readonly report: SimilarityReport;
  readonly pairs: readonly SimilarPair[];
}

/** One open page on how alike the hand-ins to an assignment are: has them compared, and tells the page what was found. */
export class OpenSimilarity implements Disposable {
  readonly #state: PageState;
  readonly #services: SimilarityServices;
  readonly #reading: PageReading<Compared>;
  /** What was last compared, or is being compared, as `comparedText` has it. */
  #compared: string | undefined;
  #title: string | undefined;
  #rows: readonly PairRow[] = [];
  #order: readonly number[] = [];
  #look: Look = noLook;
  /** What pairs that were opened have in common, by their keys. */
  readonly #places = new Map<string, readonly SimilarPlace[]>();
  #said = { number: 0, text: '' };
  readonly #gone = new AbortController();

  constructor(state: PageState, services: SimilarityServices) {
    this.#state = state;
    this.#services = services;
    this.#reading = new PageReading({
      read: (signal, found) => this.#read(signal, found),
      show: (compared) => this.#show(compared),
      showNothing: () => this.#showNothing(),
      isSeen: services.isSeen,
      logError: (error) => services.reporter.logError(error),
    });
  }

  /** What the page shows now, without its rows. */
  get view(): SimilarityView {
    const { value, error, isUnderway } = this.#reading;
    return {
      title: this.#title === undefined ? l10n.t('Similarity of Hand-Ins') : l10n.t('Similarity of the Hand-Ins to “{0}”', this.#title),
      subtitle: l10n.t(
        'A help for whoever looks, never a verdict: what two hand-ins have in common, beyond what was handed out and what many have, says nothing of why.',
      ),
      content: value
        ? contentOf({ report: value.report, order: this.#order, isReading: isUnderway, said: this.#said })
        : error
          ? { state: 'failed', text: errorSentence(error) }
          : { state: 'reading', text: l10n.t('Comparing the hand-ins…') },
      texts: pageTexts(),
      state: this.#state,
    };
  }

  /** All pairs, whatever is shown of them. */
  get rows(): readonly PairRow[] {
    return this.#rows;
  }

  /** Does what the page asks for. */
  async answer(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#look = message.look;
        this.#reorder();
        this.#sendAll();
        return this.#reading.isStale ? this.#compareOthers() : undefined;
      case 'look':
        this.#look = message.look;
        this.#reorder();
        return this.#sendView();
      case 'again':
        return this.#compare();
      case 'cancel':
        return this.#reading.cancel();
      case 'collect': {
        const { value } = this.#reading;
        if (value && this.#services.reporter.requireTrust()) await this.#services.collect(value.details);
        return;
      }
      case 'details':
        return this.#tellPlaces(message.key);
      case 'open': {
        const { value } = this.#reading;
        const pair = value?.pairs.find((one) => keyOf(one) === message.key);
        const place = this.#places.get(message.key)?.[message.place];
        if (value && pair && place) await this.#services.showBeside(value.details, { pair, place, passage: message.passage });
      }
    }
  }

  /** There may be news: where there is something else to be compared, that is done when the page is seen. */
  changed(): Promise<void> {
    return this.#reading.changed(() => this.#compareOthers());
  }

  dispose(): void {
    this.#reading.dispose();
    this.#gone.abort();
  }

  async #compareOthers(): Promise<void> {
    const { api } = this.#services;
    const now = await api.assignment(this.#asked, { signal: this.#gone.signal }).then(comparedText, () => undefined);
    if (now === undefined || now !== this.#compared) await this.#compare();
  }

  async #compare(): Promise<void> {
    const reading = this.#reading.refresh();
    if (this.#reading.value) this.#sendView();
    await reading;
    // What was there stays where comparing anew was cancelled.
    if (!this.#reading.isUnderway && this.#reading.value) this.#sendView();
  }

  async #read(signal: AbortSignal, found: (compared: Compared) => void): Promise<void> {
    const { api } = this.#services;
    const details = await api.assignment(this.#asked, { signal });
    if (signal.aborted) return;
    this.#compared = comparedText(details);
    this.#title = assignmentTitle(details);
    this.#services.named(this.#title);
    this.#sendView();
    const onProgress = (progress: Progress): void => {
      if (!signal.aborted) this.#sendProgress(progress);
    };
    const report = await api.similarity(this.#asked, { signal, onProgress });
    found({ details, report, pairs: report.pairs.map(turned) });
  }

  #show({ report, pairs }: Compared): void {
    this.#places.clear();
    this.#rows = pairs.map(rowOf);
    this.#reorder();
    this.#said = { number: this.#said.number + 1, text: summaryInWords(report) };
    this.#sendAll();
  }

  /** What could not be compared is tried again with the next that is heard, unless somebody did not want it. */
  #showNothing(): void {
    const { error } = this.#reading;
    if (error && error.code !== 'cancelled') this.#compared = undefined;
    this.#sendView();
  }

  async #tellPlaces(key: string): Promise<void> {
    const { value } = this.#reading;
    const pair = value?.pairs.find((one) => keyOf(one) === key);
    if (!pair) return;
    try {
      const places = this.#places.get(key) ?? (await this.#placesOf(pair));
      if (value !== this.#reading.value) return;
      this.#places.set(key, places);
      this.#services.send({ type: 'details', details: detailsOf(pair, places) });
    } catch (thrown) {
      if (this.#gone.signal.aborted || value !== this.#reading.value) return;
      const error = toSnapstageError(thrown);
      this.#services.reporter.logError(error);
      this.#services.send({ type: 'details', details: { key, state: 'failed', text: errorSentence(error) } });
    }
  }

  async #placesOf(pair: SimilarPair): Promise<readonly SimilarPlace[]> {
    const between = { one: pair.one.handIn, other: pair.other.handIn };
    return similarPlaces(await this.#services.api.similarMatches(between, { signal: this.#gone.signal }), pair);
  }

  get #asked(): { readonly assignment: string } {
    return { assignment: this.#state.assignment };
  }

  #reorder(): void {
    const { value } = this.#reading;
    if (value) this.#order = orderOf(value.pairs, this.#look);
  }

  #sendAll(): void {
    if (this.#reading.value) this.#services.send({ type: 'rows', rows: this.#rows });
    this.#sendView();
  }

  #sendView(): void {
    this.#services.send({ type: 'view', view: this.view });
  }

  #sendProgress(progress: Progress): void {
    const { files, totalFiles } = progress;
    const fraction = totalFiles ? Math.min(1, files / totalFiles) : null;
    this.#services.send({ type: 'progress', text: progressInWords(progress), fraction });
  }
}
