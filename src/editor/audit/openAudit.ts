import { l10n, type Disposable } from 'vscode';
import type { AuditApi, AuditReport, AuditTrail } from '../../engine/auditApi.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import { PageReading } from '../pageReading.ts';
import type { Reporter } from '../reporter.ts';
import { spaceName } from '../space/spaceWords.ts';
import { noLook, type AuditRow, type AuditView, type FromPage, type Look, type PageState, type ToPage } from './auditPage.ts';
import { assignmentsIn, detailsOf, kindsIn, orderOf, pageTexts, peopleIn, reportOf, rowsOf } from './auditView.ts';
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
  readonly #reading: PageReading<AuditTrail>;
  #moments: ReadonlyMap<string, Moment> = new Map();
  #rows: readonly AuditRow[] = [];
  #order: readonly number[] = [];
  #look: Look = noLook;
  #checked: Checked | undefined;
  #isVerifying = false;
  #said = { number: 0, text: '' };
  /** The assignment that is asked about, until the page can be told. */
  #asked: string | undefined;
  #isReady = false;

  constructor(state: PageState, instanceName: string, services: AuditServices) {
    this.#state = state;
    this.#instanceName = instanceName;
    this.#services = services;
    this.#reading = new PageReading({
      read: async (signal, found) => found(await services.api.audit({ signal })),
      show: (trail, before) => this.#adopt(trail, before),
      showNothing: () => this.#sendView(),
      isSeen: services.isSeen,
      logError: (error) => services.reporter.logError(error, instanceName),
    });
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
        this.#isReady = true;
        this.#look = message.look;
        this.#reorder();
        this.#sendAll();
        this.#tellAsked();
        return this.#reading.refreshIfStale();
      case 'again':
        await this.#reading.refresh();
        return;
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

  /** Shows what was done about one assignment. */
  showAssignment(id: string): void {
    this.#asked = id;
    if (this.#isReady) this.#tellAsked();
  }

  /** There may be new records: they are read when the page is seen. */
  changed(): Promise<void> {
    return this.#reading.changed();
  }

  dispose(): void {
    this.#reading.dispose();
  }

  get #trail(): AuditTrail | undefined {
    return this.#reading.value;
  }

  get #content(): AuditView['content'] {
    const { error } = this.#reading;
    if (!this.#trail)
      return error ? { state: 'failed', text: errorSentence(error) } : { state: 'reading', text: l10n.t('Reading the audit trail…') };
    return {
      state: 'ready',
      order: this.#order,
      counted: countedInWords(this.#order.filter((place) => this.#rows[place]?.type === 'record').length, this.#trail.entries.length),
      people: peopleIn(this.#trail),
      kinds: kindsIn(this.#trail),
      assignments: assignmentsIn(this.#trail),
      report: this.#checked ? reportOf(this.#checked) : null,
      isVerifying: this.#isVerifying,
      said: this.#said,
    };
  }

  #adopt(trail: AuditTrail, before: AuditTrail | undefined): void {
    // Records never change: where there are as many, they are the same.
    const isSame = before?.entries.length === trail.entries.length && before.entries.every(({ id }, at) => id === trail.entries[at]?.id);
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

  #tellAsked(): void {
    if (this.#asked !== undefined) this.#services.send({ type: 'lookAt', look: { ...noLook, assignment: this.#asked } });
    this.#asked = undefined;
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
