/**
 * What the preview matrix and the editor say to each other: plain data, all texts as they are shown. The page draws and asks; what is
 * drawn, in which order, and what is done is decided in the editor.
 */
import type { ExceptionalStrategy, ExceptionRequest } from '../../engine/deliveryApi.ts';
import type { PreviewState } from '../../engine/previewApi.ts';
import type { Strategy } from '../../engine/stageApi.ts';
import { isFields, isOneOf, isText, isTexts, type Option, type Said, type Waiting } from '../pageMessages.ts';

/** What is shown of the matrix, and in which order. */
export interface Look {
  /** Part of a member's name or of an object's path. */
  readonly find: string;
  /** Members and objects alone for which something is not the same, new, or a safe update. */
  readonly isInterestingOnly: boolean;
  readonly sort: Sort;
}

export type Sort = 'name' | 'state';

/** All but the rows, columns and cells, which are sent apart. */
export interface PreviewView {
  readonly title: string;
  readonly message: string;
  readonly content: Waiting | ReadyContent;
  readonly texts: PageTexts;
  /** To be kept by the page for a reload of the window, with its own. */
  readonly state: PageState;
}

export interface ReadyContent {
  readonly state: 'ready';
  /** The places of the members shown among all members. */
  readonly rows: readonly number[];
  /** The places of the objects shown among all objects. */
  readonly columns: readonly number[];
  /** How many of both there are and are shown. */
  readonly counted: string;
  /** How many cells of each state there are, of all. */
  readonly totals: readonly Total[];
  readonly warnings: readonly string[];
  /** To whom. */
  readonly to: string;
  /** Of what has none of its own. */
  readonly strategy: Strategy;
  readonly strategies: readonly Option<Strategy>[];
  /** What would happen. */
  readonly sentence: string;
  /** Of the button that distributes. */
  readonly distribute: string;
  /** Shown is what was there before, while it is worked out anew; `''` when it is not. */
  readonly pending: string;
  readonly said: Said;
}

export interface Total {
  readonly state: PreviewState;
  readonly text: string;
}

/** What the page says by itself. */
export interface PageTexts {
  readonly find: string;
  readonly interestingOnly: string;
  readonly sort: string;
  readonly sorts: readonly Option<Sort>[];
  readonly strategy: string;
  readonly matrix: string;
  readonly totals: string;
  /** Title of the column of members. */
  readonly members: string;
  readonly states: Readonly<Record<PreviewState, string>>;
  readonly nothingShown: string;
  readonly keys: string;
  readonly tryAgain: string;
  readonly refresh: string;
  readonly close: string;
}

/** A member. */
export interface MatrixRow {
  readonly key: string;
  readonly name: string;
  /** How many conflicts there are, and as of when. */
  readonly facts: string;
  /** What a cell says of which nothing is known. */
  readonly unknown: string;
  /** The state of each object, in their order: a letter each. */
  readonly cells: string;
  /** Of objects that have another strategy here, by their places: which one. */
  readonly exceptions: Readonly<Record<number, string>>;
}

/** An object. */
export interface MatrixColumn {
  readonly key: string;
  /** `''`, or with a slash at its end. */
  readonly folder: string;
  readonly name: string;
  /** Its strategy, and how many conflicts there are. */
  readonly facts: string;
}

/** A cell; a member as a whole, or an object, where the other is `null`. */
export interface Place {
  readonly row: string | null;
  readonly column: string | null;
}

/** What is told of a place. */
export interface Details {
  readonly place: Place;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly actions: readonly Option<Action>[];
  /** Of the object, or of a cell alone; `null` where there is none to be chosen. */
  readonly strategy: OwnStrategy | null;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface OwnStrategy {
  readonly label: string;
  /** `''`: an object's as the distribution has it, a cell's as the object has it. */
  readonly value: Strategy | '';
  readonly options: readonly Option<Strategy | ''>[];
  /** For what else it counts. */
  readonly note: string;
}

/** `compare`: what the member last received with what is staged. `open`: what is staged. */
export type Action = 'compare' | 'open';

export type ToPage =
  | { readonly type: 'view'; readonly view: PreviewView }
  /** All members and objects, instead of those before. */
  | { readonly type: 'matrix'; readonly rows: readonly MatrixRow[]; readonly columns: readonly MatrixColumn[] }
  /** `null`: what more was told of is there no more. */
  | { readonly type: 'details'; readonly details: Details | null };

export type FromPage =
  /** The page listens, and shows this. */
  | { readonly type: 'ready'; readonly look: Look }
  | { readonly type: 'again' }
  | { readonly type: 'look'; readonly look: Look }
  | { readonly type: 'details'; readonly place: Place }
  | { readonly type: 'action'; readonly place: Place; readonly action: Action }
  /** Of one object, or of all that have none of their own; `''`: as the distribution has it. */
  | { readonly type: 'strategy'; readonly column: string | null; readonly strategy: Strategy | '' }
  /** Of one object at one member; `''`: as the object has it. */
  | { readonly type: 'exception'; readonly row: string; readonly column: string; readonly strategy: ExceptionalStrategy | '' }
  | { readonly type: 'to' }
  | { readonly type: 'distribute' };

/** What is kept of a page over a reload of the window. */
export interface PageState {
  /** Address of the workspace folder. */
  readonly folder: string;
  /** Members' ids and groups as the engine takes them. */
  readonly to: 'all' | readonly string[];
  readonly strategy: Strategy;
  /** Members by their ids. */
  readonly exceptions: readonly ExceptionRequest[];
  /** To those who receive it; `null`: to be asked for. */
  readonly message: string | null;
}

export const noLook: Look = { find: '', isInterestingOnly: false, sort: 'name' };

/** Letters of cells, by their states. */
export const letters: Readonly<Record<PreviewState, string>> = {
  new: 'n',
  same: 's',
  safe: 'u',
  edited: 'e',
  'deleted-there': 'd',
  'kind-clash': 'k',
  unknown: '?',
};

export const strategies = ['overwrite', 'skip', 'rename', 'mirror', 'ask'] as const satisfies readonly Strategy[];
/** Of a cell; in the grid they have the numbers from 1. */
export const exceptional = ['overwrite', 'skip', 'rename', 'ask'] as const satisfies readonly ExceptionalStrategy[];
const sorts = ['name', 'state'] as const satisfies readonly Sort[];
const actions = ['compare', 'open'] as const satisfies readonly Action[];

/** A message of the page; `undefined` for what is none. */
export function parseFromPage(value: unknown): FromPage | undefined {
  if (!isFields(value)) return undefined;
  const { type, action, row, column, strategy } = value;
  switch (type) {
    case 'again':
    case 'to':
    case 'distribute':
      return { type };
    case 'ready':
    case 'look': {
      const look = parseLook(value['look']);
      return look && { type, look };
    }
    case 'details': {
      const place = parsePlace(value['place']);
      return place && { type, place };
    }
    case 'action': {
      const place = parsePlace(value['place']);
      return place && isOneOf(actions, action) ? { type, place, action } : undefined;
    }
    case 'strategy':
      return isKey(column) && isOneOf(['', ...strategies], strategy) ? { type, column, strategy } : undefined;
    case 'exception':
      return isText(row) && isText(column) && isOneOf(['', ...exceptional], strategy) ? { type, row, column, strategy } : undefined;
    default:
      return undefined;
  }
}

function parseLook(value: unknown): Look | undefined {
  if (!isFields(value)) return undefined;
  const { find, isInterestingOnly, sort } = value;
  return isText(find) && typeof isInterestingOnly === 'boolean' && isOneOf(sorts, sort) ? { find, isInterestingOnly, sort } : undefined;
}

function parsePlace(value: unknown): Place | undefined {
  if (!isFields(value)) return undefined;
  const { row, column } = value;
  return isKey(row) && isKey(column) && !(row === null && column === null) ? { row, column } : undefined;
}

/** The state of a page; `undefined` for what is none. */
export function parsePageState(value: unknown): PageState | undefined {
  if (!isFields(value)) return undefined;
  const { folder, to, strategy, exceptions, message } = value;
  const isRequest = (to === 'all' || isTexts(to)) && isOneOf(strategies, strategy) && isKey(message);
  const areExceptions = Array.isArray(exceptions) && exceptions.every(isException);
  return isText(folder) && isRequest && areExceptions ? { folder, to, strategy, exceptions, message } : undefined;
}

function isException(value: unknown): value is ExceptionRequest {
  if (!isFields(value)) return false;
  const { target, path, table, strategy } = value;
  return isText(target) && isText(path) && (table === undefined || isText(table)) && isOneOf(exceptional, strategy);
}

function isKey(value: unknown): value is string | null {
  return value === null || isText(value);
}
