/**
 * What the page on how alike hand-ins are and the editor say to each other: plain data, all texts as they are shown. The page draws and
 * asks; what is drawn, in which order, and what is done is decided in the editor.
 */
import { isCount, isFields, isOneOf, isText, type Option, type Said, type Waiting } from '../pageMessages.ts';
import type { PageState } from './pageState.ts';

/** Which pairs are shown, and in which order. */
export interface Look {
  /** Part of the name of either member. */
  readonly find: string;
  readonly sort: Column;
  readonly isDescending: boolean;
}

/** `ofOne` and `ofOther`: how much of each the other one has too. */
export type Column = 'one' | 'other' | 'ofOne' | 'ofOther' | 'passages' | 'largest' | 'files';

/** All but the rows, which are sent apart. */
export interface SimilarityView {
  readonly title: string;
  /** What it tells, and what it does not. */
  readonly subtitle: string;
  readonly content: Waiting | ReadyContent;
  readonly texts: PageTexts;
  /** To be kept by the page for a reload of the window, with its own. */
  readonly state: PageState;
}

export interface ReadyContent {
  readonly state: 'ready';
  /** How many hand-ins were compared, and what was left out. */
  readonly summary: string;
  /** There are hand-ins that are not collected yet. */
  readonly canCollect: boolean;
  /** They are being compared anew. */
  readonly isReading: boolean;
  /** The places of the rows shown among all rows. */
  readonly order: readonly number[];
  /** How many pairs there are and are shown. */
  readonly counted: string;
  /** In place of the table where it is empty. */
  readonly nothing: string;
  readonly said: Said;
}

/** What the page says by itself. */
export interface PageTexts {
  readonly find: string;
  readonly pairs: string;
  /** Titles of the grid's columns, in their order, and what stands in them; `''` where that needs no words. */
  readonly columns: readonly (Option<Column> & { readonly hint: string })[];
  readonly showDetails: string;
  readonly hideDetails: string;
  readonly reading: string;
  readonly keys: string;
  readonly collect: string;
  readonly again: string;
  readonly cancel: string;
  readonly tryAgain: string;
}

/** Two hand-ins that are alike. */
export interface PairRow {
  readonly key: string;
  /** The members. */
  readonly one: string;
  readonly other: string;
  /** How much of each the other one has too. */
  readonly ofOne: string;
  readonly ofOther: string;
  readonly passages: string;
  readonly largest: string;
  readonly files: string;
  /** All of it for who can't see it. */
  readonly spoken: string;
}

/** What a pair that is opened has in common. */
export type Details =
  | { readonly key: string; readonly state: 'failed'; readonly text: string }
  | { readonly key: string; readonly state: 'ready'; readonly summary: string; readonly places: readonly PlaceDetails[] };

/** Two files, one of each hand-in. */
export interface PlaceDetails {
  /** Of the button that opens them side by side. */
  readonly label: string;
  readonly facts: string;
  readonly passages: readonly PassageDetails[];
  /** That there are passages beyond those that are told; `''` for none. */
  readonly more: string;
}

/** Each opens the files at that place. */
export interface PassageDetails {
  readonly label: string;
  readonly facts: string;
}

export type ToPage =
  | { readonly type: 'view'; readonly view: SimilarityView }
  /** All pairs, instead of those before. */
  | { readonly type: 'rows'; readonly rows: readonly PairRow[] }
  | { readonly type: 'details'; readonly details: Details }
  /** How far comparing is: in words, and from 0 to 1 where that is known. */
  | { readonly type: 'progress'; readonly text: string; readonly fraction: number | null };

export type FromPage =
  /** The page listens, and shows this. */
  | { readonly type: 'ready'; readonly look: Look }
  | { readonly type: 'look'; readonly look: Look }
  /** It is to be compared anew, or not any more. */
  | { readonly type: 'again' | 'cancel' }
  | { readonly type: 'collect' }
  | { readonly type: 'details'; readonly key: string }
  /** Two files of a pair, at a passage of theirs, by what was told of them. */
  | { readonly type: 'open'; readonly key: string; readonly place: number; readonly passage: number | null };

/** The most alike first. */
export const noLook: Look = { find: '', sort: 'ofOne', isDescending: true };

export const columns = ['one', 'other', 'ofOne', 'ofOther', 'passages', 'largest', 'files'] as const satisfies readonly Column[];

/** A message of the page; `undefined` for what is none. */
export function parseFromPage(value: unknown): FromPage | undefined {
  if (!isFields(value)) return undefined;
  const { type, key, place, passage } = value;
  switch (type) {
    case 'again':
    case 'cancel':
    case 'collect':
      return { type };
    case 'ready':
    case 'look': {
      const look = parseLook(value['look']);
      return look && { type, look };
    }
    case 'details':
      return isText(key) ? { type, key } : undefined;
    case 'open':
      return isText(key) && isCount(place) && (passage === null || isCount(passage)) ? { type, key, place, passage } : undefined;
    default:
      return undefined;
  }
}

function parseLook(value: unknown): Look | undefined {
  if (!isFields(value)) return undefined;
  const { find, sort, isDescending } = value;
  return isText(find) && isOneOf(columns, sort) && typeof isDescending === 'boolean' ? { find, sort, isDescending } : undefined;
}
