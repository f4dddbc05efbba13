import { l10n, type Disposable } from 'vscode';
import { toSnapstageError } from '../../base/errors.ts';
import type { AuditApi, AuditReport, AuditTrail } from '../../engine/auditApi.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import { spaceName } from '../space/spaceWords.ts';
import { noLook, type AuditRow, type AuditView, type FromPage, type Look, type PageState, type ToPage } from './auditPage.ts';
import { detailsOf, kindsIn, orderOf, pageTexts, peopleIn, reportOf, rowsOf } from './auditView.ts';
import { countedInWords, readsInWords, verdictInWords } from './auditWords.ts';
import { timelineOf, type Moment } from './timeline.ts';

/** What a check has found, and whether the hub was asked. */
export interface Checked {
  readonly report: AuditReport;
  readonly isHubAsked: boolean;
}

export interface AuditServices {
  readonly api: Pick<AuditApi, 'audit'>;
  /** Checks the trail, and what the hub has of it where the folder is trusted. */
  readonly verify: () => Promise<Checked>;
  /** Asks for a file, and writes the trail to it. */
  readonly export: (trail: AuditTrail) => Promise<void>;
  readonly reporter: Pick<Reporter, 'logError' | 'requireTrust'>;
  /** Whether the page is seen now. */
  readonly isSeen: () => boolean;
  readonly now: () => Date;
  readonly send: (message: ToPage) => void;
}

/** One open audit trail: reads it, and tells the page what there is. */
export class OpenAudit implements Disposable {
  readonly #state: PageState;
  readonly #instanceName: string;
  readonly #services: AuditServices;
  #trail: AuditTrail | undefined;
  /** Why there is nothing to be shown; `undefined` while it is being read. */
  #failure: string | undefined;
  #moments: ReadonlyMap<string, Moment> = new Map();
  #rows: readonly AuditRow[] = [];
  #order: readonly number[] = [];
  #look: Look = noLook;
  #checked: Checked | undefined;
  #isVerifying = false;
  #said = { number: 0, text: '' };
  #reading: AbortController | undefined;
  #isStale = true;

  constructor(state: PageState, instanceName: string, services: AuditServices) {
    this.#state = state;
    this.#instanceName = instanceName;
    this.#services = services;
  }

  /** What the page shows now, without its rows. */
  get view(): AuditView {
    return {
      title: this.#trail
        ? l10n.t('Audit Trail of {0}', spaceName({ id: this.#trail.space, name: this.#trail.name }))
        : l10n.t('Audit Trail of {0}', displayText(this.#instanceName)),
      subtitle: this.#trail ? readsInWords(this.#trail) : '',
      content: this.#content,
      texts: pageTexts(),
      state: this.#state,
    };
  }

  /** All days and records, whatever is shown of them. */
  get rows(): readonly AuditRow[] {
    return this.#rows;
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
      case 'details': {
        const moment = this.#moments.get(message.key);
        if (moment) this.#services.send({ type: 'details', details: detailsOf(moment, this.#moments) });
        return;
      }
      case 'verify':
        return this.#verify();
      case 'closeReport':
        this.#checked = undefined;
        return this.#sendView();
      case 'export':
        if (this.#trail && this.#services.reporter.requireTrust()) await this.#services.export(this.#trail);
    }
  }

  /** There may be new records: they are read when the page is seen. */
  async changed(): Promise<void> {
    this.#isStale = true;
    if (this.#services.isSeen()) await this.refresh();
  }

  /** Reads the trail anew; what is shown stays until then. Never rejects: a failure is shown in its place. */
  async refresh(): Promise<void> {
    const { api, reporter } = this.#services;
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    this.#isStale = false;
    this.#failure = undefined;
    if (!this.#trail) this.#sendView();
    try {
      const trail = await api.audit({ signal: reading.signal });
      if (this.#reading !== reading) return;
      this.#adopt(trail);
    } catch (thrown) {
      if (this.#reading !== reading) return;
      const error = toSnapstageError(thrown);
      reporter.logError(error, this.#instanceName);
      this.#trail = undefined;
      this.#failure = errorSentence(error);
      this.#sendView();
    }
  }

  dispose(): void {
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.abort();
  }

  get #content(): AuditView['content'] {
    if (!this.#trail)
      return this.#failure === undefined
        ? { state: 'reading', text: l10n.t('Reading the audit trail…') }
        : { state: 'failed', text: this.#failure };
    return {
      state: 'ready',
      order: this.#order,
      counted: countedInWords(this.#order.filter((place) => this.#rows[place]?.type === 'record').length, this.#trail.entries.length),
      people: peopleIn(this.#trail),
      kinds: kindsIn(this.#trail),
      report: this.#checked ? reportOf(this.#checked) : null,
      isVerifying: this.#isVerifying,
      said: this.#said,
    };
  }

  #adopt(trail: AuditTrail): void {
    // Records never change: where there are as many, they are the same.
    const isSame =
      this.#trail?.entries.length === trail.entries.length && this.#trail.entries.every(({ id }, at) => id === trail.entries[at]?.id);
    this.#trail = trail;
    const days = timelineOf(trail.entries);
    this.#moments = new Map(days.flatMap(({ moments }) => moments).map((moment) => [moment.entry.id, moment]));
    this.#rows = rowsOf(days, this.#services.now());
    this.#reorder();
    if (isSame) this.#sendView();
    else this.#sendAll();
  }

  async #verify(): Promise<void> {
    if (this.#isVerifying) return;
    this.#isVerifying = true;
    this.#sendView();
    try {
      this.#checked = await this.#services.verify();
      this.#said = { number: this.#said.number + 1, text: verdictInWords(this.#checked.report) };
    } finally {
      this.#isVerifying = false;
      this.#sendView();
    }
  }

  #reorder(): void {
    this.#order = orderOf(this.#rows, this.#moments, this.#look);
  }

  #sendAll(): void {
    if (this.#trail) this.#services.send({ type: 'rows', rows: this.#rows });
    this.#sendView();
  }

  #sendView(): void {
    this.#services.send({ type: 'view', view: this.view });
  }
}
