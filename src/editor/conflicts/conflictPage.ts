/**
 * What the conflict view and the editor say to each other: plain data, all texts as they are shown. The page draws and asks; what is
 * drawn, in which order, and what is done is decided in the editor.
 */
import type { Resolution } from '../../engine/deliveryApi.ts';
import { isCount, isFields, isOneOf, isText, isTexts, type Option, type Said, type Waiting } from '../pageMessages.ts';

/** What is shown of the conflicts, and in which order. */
export interface Look {
  /** Part of a path. */
  readonly filter: string;
  /** Those that wait for a decision alone. */
  readonly isWaitingOnly: boolean;
  readonly sort: Sort;
}

export type Sort = 'path' | 'type' | 'newest' | 'largest';

/** By what a choice is made for many. `undo` takes choices back. */
export type Rule = Resolution | 'newer' | 'larger' | 'offered' | 'undo';

/** All but the rows, which are sent apart: there may be thousands, and most stay what they are. */
export interface ConflictsView {
  readonly title: string;
  /** From whom and when. */
  readonly subtitle: string;
  /** The sender's words; `''` for none. */
  readonly message: string;
  readonly content: Waiting | ReadyContent;
  readonly texts: PageTexts;
  /** To be kept by the page for a reload of the window, with its own. */
  readonly state: PageState;
}

export interface ReadyContent {
  readonly state: 'ready';
  /** The places of the rows shown among all rows. */
  readonly order: readonly number[];
  /** How many there are and are shown. */
  readonly counted: string;
  readonly safe: SafeChanges | null;
  readonly warnings: readonly string[];
  /** For which of those shown a rule is. */
  readonly scopes: readonly Option[];
  readonly rules: readonly Option<Rule>[];
  readonly progress: string;
  /** Of the conflicts, decided, from 0 to 1. */
  readonly fraction: number;
  /** What would happen. */
  readonly sentence: string;
  /** Shown where something waits: whether all else may be applied. */
  readonly rest: { readonly label: string; readonly mayWait: boolean } | null;
  readonly canApply: boolean;
  readonly said: Said;
}

/** Changes that need no decision. */
export interface SafeChanges {
  readonly text: string;
  /** Of the button that shows or hides the lines. */
  readonly button: string;
  /** `null` while they are not shown. */
  readonly lines: readonly string[] | null;
}

/** What the page says by itself. */
export interface PageTexts {
  readonly filter: string;
  readonly waitingOnly: string;
  readonly sort: string;
  readonly sorts: readonly Option<Sort>[];
  readonly scope: string;
  readonly rules: string;
  readonly conflicts: string;
  /** Titles of the grid's columns. */
  readonly columns: readonly [object: string, decision: string, result: string, look: string];
  readonly nothingShown: string;
  readonly nextWaiting: string;
  readonly showDetails: string;
  readonly hideDetails: string;
  readonly reading: string;
  readonly keys: string;
  readonly tryAgain: string;
  readonly apply: string;
  readonly later: string;
  readonly cancel: string;
}

/** What of a conflict stays as long as its three sides do. */
export interface ConflictRow {
  readonly key: string;
  /** `''`, or with a slash at its end. */
  readonly folder: string;
  readonly name: string;
  /** What was done on both sides, and when. */
  readonly facts: string;
  /** What is to be thought of first; `''` for nothing. */
  readonly caution: string;
  readonly choices: readonly Option<Resolution>[];
  /** Of the choices together. */
  readonly choicesLabel: string;
  readonly actions: readonly RowAction[];
}

export interface RowAction {
  readonly id: 'compare' | 'merge';
  readonly label: string;
  /** With what it is about, for screen readers. */
  readonly spoken: string;
}

/** What was decided of a conflict. */
export interface Decision {
  /** What will be done; `null` while it waits. */
  readonly take: Resolution | null;
  readonly isWaiting: boolean;
  readonly result: string;
}

/** What is told of a conflict that is opened. */
export interface Details {
  readonly key: string;
  /** Its sides, by who, when and size. */
  readonly sides: FactTable;
  readonly rows: TableRows | null;
}

export interface FactTable {
  readonly columns: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

/** The rows of a table that were changed on both sides. */
export interface TableRows {
  readonly summary: string;
  readonly columns: readonly string[];
  readonly choices: readonly Option<'mine' | 'incoming'>[];
  readonly rows: readonly TableRow[];
  /** Of the button that shows the next ones; `null` when all are shown. */
  readonly more: string | null;
  /** For all rows at once. */
  readonly all: readonly Option<'mine' | 'incoming'>[];
}

export interface TableRow {
  readonly key: readonly string[];
  readonly label: string;
  readonly choicesLabel: string;
  /** The cells that differ: the column's name, mine, incoming, base. */
  readonly cells: readonly (readonly string[])[];
  readonly take: 'mine' | 'incoming' | null;
}

export type ToPage =
  | { readonly type: 'view'; readonly view: ConflictsView }
  /** All rows, instead of those before. */
  | { readonly type: 'rows'; readonly rows: readonly ConflictRow[] }
  /** Decisions by the places of rows among all. */
  | { readonly type: 'decisions'; readonly decisions: readonly (readonly [place: number, decision: Decision])[] }
  | { readonly type: 'details'; readonly details: Details };

export type FromPage =
  /** The page listens, and shows this. */
  | { readonly type: 'ready'; readonly look: Look }
  | { readonly type: 'again' }
  | { readonly type: 'look'; readonly look: Look }
  | { readonly type: 'safe'; readonly isShown: boolean }
  | { readonly type: 'choose'; readonly key: string; readonly take: Resolution | null }
  | { readonly type: 'rule'; readonly scope: string; readonly rule: Rule }
  | { readonly type: 'action'; readonly key: string; readonly action: RowAction['id'] }
  /** Asks for the details, and of a table for so many rows at least. */
  | { readonly type: 'details'; readonly key: string; readonly rows: number }
  | { readonly type: 'chooseRow'; readonly key: string; readonly row: readonly string[]; readonly take: 'mine' | 'incoming' }
  | { readonly type: 'chooseAllRows'; readonly key: string; readonly take: 'mine' | 'incoming' }
  | { readonly type: 'rest'; readonly mayWait: boolean }
  | { readonly type: 'end'; readonly how: 'apply' | 'later' | 'cancel' };

/** What is kept of a page over a reload of the window. */
export interface PageState {
  /** Address of the workspace folder. */
  readonly folder: string;
  /** The delivery's id. */
  readonly delivery: string;
}

export const noLook: Look = { filter: '', isWaitingOnly: false, sort: 'path' };

const resolutions = ['incoming', 'mine', 'both', 'merge'] as const satisfies readonly Resolution[];
const rules = [...resolutions, 'newer', 'larger', 'offered', 'undo'] as const satisfies readonly Rule[];
const sides = ['mine', 'incoming'] as const;
const sorts = ['path', 'type', 'newest', 'largest'] as const satisfies readonly Sort[];
const actions = ['compare', 'merge'] as const satisfies readonly RowAction['id'][];
const ends = ['apply', 'later', 'cancel'] as const;

/** A message of the page; `undefined` for what is none. */
export function parseFromPage(value: unknown): FromPage | undefined {
  if (!isFields(value)) return undefined;
  const { type, key, scope, rule, action, take, row, rows, isShown, mayWait, how } = value;
  switch (type) {
    case 'again':
      return { type };
    case 'ready':
    case 'look': {
      const look = parseLook(value['look']);
      return look && { type, look };
    }
    case 'safe':
      return typeof isShown === 'boolean' ? { type, isShown } : undefined;
    case 'choose':
      return isText(key) && (take === null || isOneOf(resolutions, take)) ? { type, key, take } : undefined;
    case 'rule':
      return isText(scope) && isOneOf(rules, rule) ? { type, scope, rule } : undefined;
    case 'action':
      return isText(key) && isOneOf(actions, action) ? { type, key, action } : undefined;
    case 'details':
      return isText(key) && isCount(rows) ? { type, key, rows } : undefined;
    case 'chooseRow':
      return isText(key) && isTexts(row) && isOneOf(sides, take) ? { type, key, row, take } : undefined;
    case 'chooseAllRows':
      return isText(key) && isOneOf(sides, take) ? { type, key, take } : undefined;
    case 'rest':
      return typeof mayWait === 'boolean' ? { type, mayWait } : undefined;
    case 'end':
      return isOneOf(ends, how) ? { type, how } : undefined;
    default:
      return undefined;
  }
}

function parseLook(value: unknown): Look | undefined {
  if (!isFields(value)) return undefined;
  const { filter, isWaitingOnly, sort } = value;
  return isText(filter) && typeof isWaitingOnly === 'boolean' && isOneOf(sorts, sort) ? { filter, isWaitingOnly, sort } : undefined;
}

/** The state of a page; `undefined` for what is none. */
export function parsePageState(value: unknown): PageState | undefined {
  if (!isFields(value)) return undefined;
  const { folder, delivery } = value;
  return isText(folder) && isText(delivery) ? { folder, delivery } : undefined;
}
