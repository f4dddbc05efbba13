import { l10n, type Disposable } from 'vscode';
import type { AssignmentApi, AssignmentDetails, FeedbackRequest, HandInChanges, HandInInfo } from '../../engine/assignmentApi.ts';
import type { Clock } from '../automatic/automaticSnapshots.ts';
import { errorSentence } from '../messages.ts';
import { PageReading } from '../pageReading.ts';
import type { Reporter } from '../reporter.ts';
import { assignmentTitle, authorName } from './assignmentWords.ts';
import {
  noLook,
  type AssignmentAction,
  type BulkAction,
  type DashboardView,
  type FromPage,
  type HandInAction,
  type Look,
  type MemberRow,
  type ToPage,
} from './dashboardPage.ts';
import { countingOf, orderOf } from './dashboardRows.ts';
import { contentOf, detailsOf, pageTexts, rowOf } from './dashboardView.ts';
import { termsInWords } from './dashboardWords.ts';
import type { PageState } from './pageState.ts';
import { nextChange } from './timeLeft.ts';

/** Between two times that the time left is told anew: in milliseconds. */
const LONGEST_WAIT = 3_600_000;

/** A file or folder of this computer. */
export interface PickedFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** What is done outside of the page; what has to be asked is asked there. */
export interface DashboardActions {
  /** Members by their ids; absent: they are asked for. */
  readonly extend: (assignment: AssignmentDetails, members?: readonly string[]) => Promise<void>;
  readonly edit: (assignment: AssignmentDetails) => Promise<void>;
  readonly close: (assignment: AssignmentDetails, isClosed: boolean) => Promise<void>;
  /** Absent members: all. */
  readonly collect: (assignment: AssignmentDetails, members?: readonly string[]) => Promise<void>;
  readonly openCopy: (handIn: HandInInfo) => Promise<void>;
  readonly compare: (assignment: AssignmentDetails, handIn: HandInInfo) => Promise<void>;
  readonly judge: (handIn: HandInInfo, verdict: 'on-time' | 'late') => Promise<void>;
  readonly show: (assignment: AssignmentDetails, handIns: readonly HandInInfo[], visibility: 'returned' | 'hidden') => Promise<void>;
  readonly giveFeedback: (handIn: HandInInfo, request: FeedbackRequest) => Promise<void>;
  /** Nothing where that was given up. */
  readonly pickFiles: () => Promise<readonly PickedFile[] | undefined>;
  readonly similarity: (assignment: AssignmentDetails) => void;
  readonly export: (assignment: AssignmentDetails) => Promise<void>;
  readonly sync: () => Promise<void>;
}

export interface DashboardServices {
  readonly api: Pick<AssignmentApi, 'assignment' | 'handInChanges'>;
  readonly actions: DashboardActions;
  readonly reporter: Pick<Reporter, 'logError' | 'requireTrust'>;
  /** Whether the page is seen now. */
  readonly isSeen: () => boolean;
  readonly clock: Clock;
  readonly send: (message: ToPage) => void;
}

/** One open dashboard: reads an assignment, and tells the page how everybody stands. */
export class OpenDashboard implements Disposable {
  readonly #state: PageState;
  readonly #services: DashboardServices;
  readonly #reading: PageReading<AssignmentDetails>;
  /** They stay as they are: a hand-in is never changed. */
  readonly #changes = new Map<string, HandInChanges>();
  /** Feedback files that are not saved yet, by hand-in. */
  readonly #chosen = new Map<string, readonly PickedFile[]>();
  #rows: readonly MemberRow[] = [];
  #order: readonly number[] = [];
  #look: Look = noLook;
  #told: { readonly member: string; readonly handIn: string | null } | undefined;
  #said = { number: 0, text: '' };
  #timer: Disposable | undefined;

  constructor(state: PageState, services: DashboardServices) {
    this.#state = state;
    this.#services = services;
    this.#reading = new PageReading({
      read: (signal, found) => this.#read(signal, found),
      show: (assignment) => this.#show(assignment),
      showNothing: () => this.#sendView(),
      isSeen: services.isSeen,
      logError: (error) => services.reporter.logError(error),
    });
  }

  /** What the page shows now, without its rows. */
  get view(): DashboardView {
    const { value: assignment, error } = this.#reading;
    return {
      title: assignment ? assignmentTitle(assignment) : l10n.t('Assignment'),
      subtitle: assignment ? termsInWords(assignment) : '',
      content: assignment
        ? contentOf({ details: assignment, now: this.#now, order: this.#order, said: this.#said })
        : error
          ? { state: 'failed', text: errorSentence(error) }
          : { state: 'reading', text: l10n.t('Reading what was handed in…') },
      texts: pageTexts(),
      state: this.#state,
    };
  }

  /** All members, whatever is shown of them. */
  get rows(): readonly MemberRow[] {
    return this.#rows;
  }

  /** Does what the page asks for. */
  async answer(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#look = message.look;
        this.#reorder();
        this.#sendAll();
        return this.#reading.refreshIfStale();
      case 'again':
        await this.#reading.refresh();
        return;
      case 'look':
        this.#look = message.look;
        this.#reorder();
        return this.#sendView();
      case 'details':
        this.#told = { member: message.member, handIn: message.handIn };
        return this.#sendDetails();
      case 'assignment':
        return this.#act(message.action);
      case 'bulk':
        return this.#actOnMany(message.action, message.members);
      case 'handIn':
        return this.#actOnOne(message.action, message.handIn);
      case 'files':
        return this.#chooseFiles(message.handIn, message.action === 'none');
      case 'feedback':
        return this.#giveFeedback(message);
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

  get #assignment(): AssignmentDetails | undefined {
    return this.#reading.value;
  }

  get #now(): Date {
    return new Date(this.#services.clock.now());
  }

  /** The time that is left goes by, while somebody looks. */
  #plan(): void {
    this.#timer?.dispose();
    const { clock, isSeen } = this.#services;
    if (!this.#assignment || !isSeen()) return;
    const next = nextChange(Date.parse(this.#assignment.deadline), clock.now());
    if (next !== undefined) this.#timer = clock.after(Math.min(next - clock.now(), LONGEST_WAIT), () => this.#sendView());
  }

  #show(assignment: AssignmentDetails): void {
    const now = this.#now;
    this.#rows = assignment.standings.map((standing) => rowOf(standing, this.#changes, now));
    this.#reorder();
    this.#sendAll();
    this.#sendDetails();
  }

  /** What was changed is told when it is known: that takes longer than all else. */
  async #read(signal: AbortSignal, found: (assignment: AssignmentDetails) => void): Promise<void> {
    const { api } = this.#services;
    const assignment = await api.assignment({ assignment: this.#state.assignment }, { signal });
    found(assignment);
    const all = assignment.standings.flatMap(({ handIns }) => handIns);
    const wanted = all.filter(({ id, isHere }) => isHere && !this.#changes.has(id)).map(({ id }) => id);
    if (wanted.length === 0 || assignment.handedOut === null) return;
    const changes = await api.handInChanges({ handIns: wanted }, { signal });
    for (const one of changes) this.#changes.set(one.handIn, one);
    if (changes.length > 0) found(assignment);
  }

  async #act(action: AssignmentAction): Promise<void> {
    const { actions } = this.#services;
    if (action === 'similarity') return this.#assignment && actions.similarity(this.#assignment);
    await this.#withAssignment((assignment) => {
      switch (action) {
        case 'extend':
          return actions.extend(assignment);
        case 'edit':
          return actions.edit(assignment);
        case 'close':
        case 'reopen':
          return actions.close(assignment, action === 'close');
        case 'collect':
          return actions.collect(assignment);
        case 'export':
          return actions.export(assignment);
        case 'sync':
          return actions.sync();
      }
    });
  }

  async #actOnMany(action: BulkAction, members: readonly string[]): Promise<void> {
    const { actions } = this.#services;
    const chosen = new Set(members);
    await this.#withAssignment((assignment) => {
      const standings = assignment.standings.filter(({ member }) => chosen.has(member.id));
      const ids = standings.map(({ member }) => member.id);
      const handIns = standings.flatMap((standing) => countingOf(standing) ?? []);
      switch (action) {
        case 'collect':
          return actions.collect(assignment, ids);
        case 'extend':
          return actions.extend(assignment, ids);
        case 'return':
          return actions.show(assignment, handIns, 'returned');
        case 'hide':
          return actions.show(assignment, handIns, 'hidden');
      }
    });
  }

  async #actOnOne(action: HandInAction, id: string): Promise<void> {
    const { actions } = this.#services;
    const handIn = this.#handIn(id);
    if (!handIn) return;
    if (action === 'open') return actions.openCopy(handIn);
    if (action === 'compare') return this.#assignment && actions.compare(this.#assignment, handIn);
    await this.#withAssignment((assignment) =>
      action === 'collect' ? actions.collect(assignment, [handIn.member.id]) : actions.judge(handIn, action),
    );
  }

  async #chooseFiles(id: string, isNone: boolean): Promise<void> {
    const files = isNone ? [] : await this.#services.actions.pickFiles();
    if (files === undefined) return;
    this.#chosen.set(id, files);
    this.#sendDetails();
  }

  async #giveFeedback({ handIn: id, grade, comment, visibility }: Extract<FromPage, { readonly type: 'feedback' }>): Promise<void> {
    const handIn = this.#handIn(id);
    if (!handIn) return;
    const files = this.#chosen.get(id);
    await this.#withAssignment(async () => {
      const given = {
        grade: grade.trim() === '' ? null : grade.trim(),
        comment,
        visibility,
        ...(files && { files: files.map(({ path }) => path) }),
      };
      await this.#services.actions.giveFeedback(handIn, { handIn: id, ...given });
      this.#chosen.delete(id);
      this.#said = { number: this.#said.number + 1, text: l10n.t('The feedback for {0} is saved.', authorName(handIn.member)) };
    });
  }

  /** What is there is read anew afterwards, also after a failure. */
  async #withAssignment(run: (assignment: AssignmentDetails) => Promise<void>): Promise<void> {
    const assignment = this.#assignment;
    if (!assignment || !this.#services.reporter.requireTrust()) return;
    try {
      await run(assignment);
    } finally {
      await this.#reading.refresh();
    }
  }

  #handIn(id: string): HandInInfo | undefined {
    return this.#assignment?.standings.flatMap(({ handIns }) => handIns).find((one) => one.id === id);
  }

  #reorder(): void {
    if (this.#assignment) this.#order = orderOf(this.#assignment.standings, this.#changes, this.#look);
  }

  #sendAll(): void {
    if (this.#assignment) this.#services.send({ type: 'rows', rows: this.#rows });
    this.#sendView();
  }

  #sendView(): void {
    this.#services.send({ type: 'view', view: this.view });
    this.#plan();
  }

  #sendDetails(): void {
    const told = this.#told;
    if (!told || !this.#assignment) return;
    const { standings, handedOut } = this.#assignment;
    const standing = standings.find(({ member }) => member.id === told.member);
    const chosen = (handIn: string): readonly string[] | undefined => this.#chosen.get(handIn)?.map(({ name }) => name);
    const details = standing && detailsOf(standing, told.handIn, { changes: this.#changes, chosen, handedOut });
    this.#services.send({ type: 'details', details: details ?? null });
  }
}
