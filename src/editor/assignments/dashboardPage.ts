/**
 * What an assignment's dashboard and the editor say to each other: plain data, all texts as they are shown. The page draws and asks; what is
 * drawn, in which order, and what is done is decided in the editor.
 */
import type { FeedbackInfo, StandingState } from '../../engine/assignmentApi.ts';
import { isFields, isOneOf, isText, isTexts, type Option, type Said, type Waiting } from '../pageMessages.ts';
import type { PageState } from './pageState.ts';
import type { Urgency } from './timeLeft.ts';

/** What is shown of the members, and in which order. */
export interface Look {
  /** Part of a member's name or group, or of an identifier. */
  readonly find: string;
  readonly show: Show;
  readonly sort: Sort;
}

/** `open`: handed in, and no feedback returned yet. */
export type Show = 'all' | 'open' | StandingState;

export type Sort = 'name' | 'state' | 'made' | 'late' | 'size' | 'changed' | 'grade';

/** All but the rows, which are sent apart. */
export interface DashboardView {
  readonly title: string;
  /** What is handed in, and how late it may be. */
  readonly subtitle: string;
  readonly content: Waiting | ReadyContent;
  readonly texts: PageTexts;
  /** To be kept by the page for a reload of the window, with its own. */
  readonly state: PageState;
}

export interface ReadyContent {
  readonly state: 'ready';
  /** How many stand how. */
  readonly summary: string;
  readonly deadline: string;
  readonly urgency: Urgency;
  /** What can be done with the assignment. */
  readonly actions: readonly Option<AssignmentAction>[];
  /** The places of the rows shown among all rows. */
  readonly order: readonly number[];
  /** How many members there are and are shown. */
  readonly counted: string;
  readonly shows: readonly Option<Show>[];
  /** What can be done with members that are selected. */
  readonly bulk: readonly Option<BulkAction>[];
  readonly said: Said;
}

/** What the page says by itself; where a number or a name is put in, `{0}` stands for it. */
export interface PageTexts {
  readonly find: string;
  readonly show: string;
  readonly sort: string;
  readonly sorts: readonly Option<Sort>[];
  readonly members: string;
  /** Titles of the grid's columns. */
  readonly columns: readonly string[];
  readonly nothingShown: string;
  readonly selectShown: string;
  readonly selected: string;
  readonly noneSelected: string;
  readonly bulk: string;
  readonly unselected: string;
  readonly keys: string;
  readonly tryAgain: string;
  readonly close: string;
  readonly handIns: string;
  readonly grade: string;
  readonly comment: string;
  readonly files: string;
  readonly chooseFiles: string;
  readonly noFiles: string;
  readonly visibility: string;
  readonly visibilities: readonly Option<Visibility>[];
  readonly save: string;
  readonly saveAndNext: string;
  readonly unsaved: string;
}

export type Visibility = FeedbackInfo['visibility'];

/** A member. */
export interface MemberRow {
  readonly key: string;
  readonly name: string;
  /** Groups, and an identifier that was given with the hand-in. */
  readonly facts: string;
  readonly state: StandingState;
  readonly stateWord: string;
  readonly made: string;
  readonly late: string;
  /** What proves when it was made. */
  readonly evidence: string;
  readonly size: string;
  /** Of files, against the handed-out version; `''` where that is not known. */
  readonly changed: string;
  readonly extension: string;
  readonly grade: string;
  readonly returned: string;
  /** All of it for who can't see it. */
  readonly spoken: string;
  /** The hand-in that counts. */
  readonly handIn: string | null;
}

/** What is told of a member, and the form for feedback. */
export interface Details {
  readonly member: string;
  readonly title: string;
  /** The oldest first. */
  readonly handIns: readonly Option[];
  /** The one that is told of; `null` where there is none. */
  readonly handIn: string | null;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly actions: readonly Option<HandInAction>[];
  readonly form: FeedbackForm | null;
}

export interface FeedbackForm {
  readonly grade: string;
  readonly comment: string;
  readonly visibility: Visibility;
  readonly files: string;
}

/** With the assignment. */
export type AssignmentAction = 'extend' | 'edit' | 'close' | 'reopen' | 'collect' | 'similarity' | 'export' | 'sync';

/** With members that are selected. */
export type BulkAction = 'collect' | 'return' | 'hide' | 'extend';

/** With one hand-in. `open`: its review copy. */
export type HandInAction = 'collect' | 'open' | 'compare' | 'on-time' | 'late';

/** With feedback files. `none`: there are to be none. */
export type FilesAction = 'choose' | 'none';

export type ToPage =
  | { readonly type: 'view'; readonly view: DashboardView }
  /** All members, instead of those before. */
  | { readonly type: 'rows'; readonly rows: readonly MemberRow[] }
  /** `null`: the member is there no more. */
  | { readonly type: 'details'; readonly details: Details | null };

export type FromPage =
  /** The page listens, and shows this. */
  | { readonly type: 'ready'; readonly look: Look }
  | { readonly type: 'again' }
  | { readonly type: 'look'; readonly look: Look }
  /** `handIn` is the one that counts where it is `null`. */
  | { readonly type: 'details'; readonly member: string; readonly handIn: string | null }
  | { readonly type: 'assignment'; readonly action: AssignmentAction }
  | { readonly type: 'bulk'; readonly action: BulkAction; readonly members: readonly string[] }
  | { readonly type: 'handIn'; readonly action: HandInAction; readonly handIn: string }
  | { readonly type: 'files'; readonly handIn: string; readonly action: FilesAction }
  | {
      readonly type: 'feedback';
      readonly handIn: string;
      readonly grade: string;
      readonly comment: string;
      readonly visibility: Visibility;
    };

export const noLook: Look = { find: '', show: 'all', sort: 'name' };

export const standingStates = [
  'nothing',
  'handed-in',
  'late',
  'unproven',
  'refused',
  'graded',
  'returned',
] as const satisfies readonly StandingState[];
export const visibilities = ['draft', 'returned', 'hidden'] as const satisfies readonly Visibility[];
export const sorts = ['name', 'state', 'made', 'late', 'size', 'changed', 'grade'] as const satisfies readonly Sort[];
const bulkActions = ['collect', 'return', 'hide', 'extend'] as const satisfies readonly BulkAction[];
const shows = ['all', 'open', ...standingStates] as const satisfies readonly Show[];
const assignmentActions = [
  'extend',
  'edit',
  'close',
  'reopen',
  'collect',
  'similarity',
  'export',
  'sync',
] as const satisfies readonly AssignmentAction[];
const handInActions = ['collect', 'open', 'compare', 'on-time', 'late'] as const satisfies readonly HandInAction[];

/** A message of the page; `undefined` for what is none. */
export function parseFromPage(value: unknown): FromPage | undefined {
  if (!isFields(value)) return undefined;
  const { type, action, member, members, handIn } = value;
  switch (type) {
    case 'again':
      return { type };
    case 'ready':
    case 'look': {
      const look = parseLook(value['look']);
      return look && { type, look };
    }
    case 'details':
      return isText(member) && (handIn === null || isText(handIn)) ? { type, member, handIn } : undefined;
    case 'assignment':
      return isOneOf(assignmentActions, action) ? { type, action } : undefined;
    case 'bulk':
      return isOneOf(bulkActions, action) && isTexts(members) ? { type, action, members } : undefined;
    case 'handIn':
      return isOneOf(handInActions, action) && isText(handIn) ? { type, action, handIn } : undefined;
    case 'files':
      return isText(handIn) && isOneOf(['choose', 'none'] as const, action) ? { type, handIn, action } : undefined;
    case 'feedback': {
      const { grade, comment, visibility } = value;
      const isWhole = isText(handIn) && isText(grade) && isText(comment) && isOneOf(visibilities, visibility);
      return isWhole ? { type, handIn, grade, comment, visibility } : undefined;
    }
    default:
      return undefined;
  }
}

function parseLook(value: unknown): Look | undefined {
  if (!isFields(value)) return undefined;
  const { find, show, sort } = value;
  return isText(find) && isOneOf(shows, show) && isOneOf(sorts, sort) ? { find, show, sort } : undefined;
}
