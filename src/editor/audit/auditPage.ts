/**
 * What the audit trail's page and the editor say to each other: plain data, all texts as they are shown. The page draws and asks; what is
 * drawn, in which order, and what is done is decided in the editor.
 */
import { isFields, isText, type Option, type Said, type Waiting } from '../pageMessages.ts';

/** What is shown of the trail. */
export interface Look {
  /** Part of what a record says, or of its hash. */
  readonly find: string;
  /** Id of who wrote it; `''` for all. */
  readonly person: string;
  /** What was done; `''` for all. */
  readonly kind: string;
  /** Id of the assignment that it is about; `''` for all. */
  readonly assignment: string;
}

/** All but the rows, which are sent apart. */
export interface AuditView {
  readonly title: string;
  /** Whose records there are. */
  readonly subtitle: string;
  readonly content: Waiting | ReadyContent;
  readonly texts: PageTexts;
  /** To be kept by the page for a reload of the window, with its own. */
  readonly state: PageState;
}

export interface ReadyContent {
  readonly state: 'ready';
  /** The places of the rows shown among all rows. */
  readonly order: readonly number[];
  /** How many records there are and are shown. */
  readonly counted: string;
  readonly people: readonly Option[];
  readonly kinds: readonly Option[];
  /** None where there is no assignment. */
  readonly assignments: readonly Option[];
  /** What the last check has found; `null` before the first. */
  readonly report: Report | null;
  /** It is being checked. */
  readonly isVerifying: boolean;
  readonly said: Said;
}

/** What a check has found. */
export interface Report {
  readonly verdict: string;
  readonly isDamaged: boolean;
  /** Damage first. */
  readonly findings: readonly {
    readonly word: string;
    readonly isDamage: boolean;
    readonly text: string;
    readonly record: string | null;
  }[];
  readonly limitsTitle: string;
  /** What no check can tell. */
  readonly limits: readonly string[];
}

/** What the page says by itself. */
export interface PageTexts {
  readonly find: string;
  readonly person: string;
  readonly kind: string;
  readonly assignment: string;
  readonly trail: string;
  /** Titles of the grid's columns. */
  readonly columns: readonly [when: string, who: string, what: string, proven: string];
  readonly nothingShown: string;
  readonly showDetails: string;
  readonly hideDetails: string;
  readonly reading: string;
  readonly keys: string;
  readonly tryAgain: string;
  readonly refresh: string;
  readonly verify: string;
  readonly verifying: string;
  readonly export: string;
  readonly close: string;
  /** Of a button that goes to the record that is named beside it. */
  readonly goTo: string;
}

/** A day, or a record of one. */
export type AuditRow = DayRow | RecordRow;

export interface DayRow {
  readonly type: 'day';
  readonly key: string;
  readonly label: string;
}

export interface RecordRow {
  readonly type: 'record';
  /** Its hash. */
  readonly key: string;
  /** By its writer's clock; `''` for none. */
  readonly time: string;
  readonly who: string;
  readonly what: string;
  /** After and before what it was written, as others have signed. */
  readonly proven: string;
  /** Why it does not count, or its clock can't be right; `''` for nothing. */
  readonly caution: string;
}

/** What is told of a record that is opened. */
export interface Details {
  readonly key: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly citedTitle: string;
  /** What it cites. */
  readonly cited: readonly { readonly text: string; readonly key: string | null }[];
}

export type ToPage =
  | { readonly type: 'view'; readonly view: AuditView }
  /** What is to be shown of it from now on. */
  | { readonly type: 'lookAt'; readonly look: Look }
  /** All rows, instead of those before. */
  | { readonly type: 'rows'; readonly rows: readonly AuditRow[] }
  | { readonly type: 'details'; readonly details: Details };

export type FromPage =
  /** The page listens, and shows this. */
  | { readonly type: 'ready'; readonly look: Look }
  | { readonly type: 'again' }
  | { readonly type: 'look'; readonly look: Look }
  | { readonly type: 'details'; readonly key: string }
  | { readonly type: 'verify' }
  | { readonly type: 'closeReport' }
  | { readonly type: 'export' };

/** What is kept of a page over a reload of the window. */
export interface PageState {
  /** Address of the workspace folder. */
  readonly folder: string;
}

export const noLook: Look = { find: '', person: '', kind: '', assignment: '' };

/** A message of the page; `undefined` for what is none. */
export function parseFromPage(value: unknown): FromPage | undefined {
  if (!isFields(value)) return undefined;
  const { type, key } = value;
  switch (type) {
    case 'again':
    case 'verify':
    case 'closeReport':
    case 'export':
      return { type };
    case 'ready':
    case 'look': {
      const look = parseLook(value['look']);
      return look && { type, look };
    }
    case 'details':
      return isText(key) ? { type, key } : undefined;
    default:
      return undefined;
  }
}

function parseLook(value: unknown): Look | undefined {
  if (!isFields(value)) return undefined;
  const { find, person, kind, assignment } = value;
  return isText(find) && isText(person) && isText(kind) && isText(assignment) ? { find, person, kind, assignment } : undefined;
}

/** The state of a page; `undefined` for what is none. */
export function parsePageState(value: unknown): PageState | undefined {
  return isFields(value) && isText(value['folder']) ? { folder: value['folder'] } : undefined;
}
