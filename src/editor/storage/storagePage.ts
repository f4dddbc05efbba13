/**
 * What the Storage page and the editor say to each other: plain data, all texts as they are shown. The page draws and asks; what is
 * drawn and what is done is decided in the editor.
 */
import { isFields, isOneOf, isText } from '../pageMessages.ts';

/** All that the page shows. */
export interface StorageView {
  /** Of the page, with the folder's name. */
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly warnings: readonly string[];
  readonly actions: readonly PageAction[];
  readonly sections: readonly Section[];
  readonly texts: PageTexts;
  /** To be kept by the page for a reload of the window. */
  readonly state: PageState;
}

/** What the page says by itself. */
export interface PageTexts {
  readonly cancel: string;
  readonly tryAgain: string;
  /** How to move in a table by keyboard. */
  readonly keys: string;
  /** Title of the column of buttons. */
  readonly actions: string;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** A button of the whole page. */
export interface PageAction {
  readonly id: 'freeUp' | 'compact' | 'refresh';
  readonly label: string;
}

export type SectionId = 'snapshots' | 'folder';

/** A picture with its table. */
export interface Section {
  readonly id: SectionId;
  readonly title: string;
  /** Ways back to the folders above; empty for none. */
  readonly crumbs: readonly Crumb[];
  readonly content: SectionContent;
}

export interface Crumb {
  readonly label: string;
  /** Absent: where one is. */
  readonly path?: string;
}

export type SectionContent =
  | { readonly state: 'reading'; readonly text: string }
  | { readonly state: 'failed'; readonly text: string }
  | {
      readonly state: 'ready';
      readonly summary: string;
      /** Of the picture, for those who can't see it. */
      readonly picture: string;
      readonly columns: readonly Column[];
      readonly parts: readonly Part[];
    };

export interface Column {
  readonly title: string;
  readonly isNumber: boolean;
}

/** How a part is drawn; in words it is told in its row. */
export type PartKind = 'own' | 'shared' | 'unneeded' | 'folder' | 'file' | 'others';

/** A row of a table, and a rectangle of its picture. */
export interface Part {
  /** Among those of its section. */
  readonly key: string;
  readonly kind: PartKind;
  readonly label: string;
  readonly bytes: number;
  /** The bytes as people read them. */
  readonly size: string;
  /** The texts of the columns after the first. */
  readonly cells: readonly string[];
  /** What a click on its name or on its area does. */
  readonly main?: PartAction;
  /** What further buttons do. */
  readonly actions: readonly PartAction[];
}

export interface PartAction {
  readonly id: 'open' | 'details' | 'why' | 'history' | 'delete' | 'compact';
  /** Of its button; the button of the main one has the part's name. */
  readonly label: string;
  /** With what it is about, for screen readers. */
  readonly spoken: string;
}

export type ToPage =
  | { readonly type: 'view'; readonly view: StorageView }
  /** How far the reading is that a section waits for. */
  | { readonly type: 'progress'; readonly section: SectionId; readonly text: string };

export type FromPage =
  /** The page listens. */
  | { readonly type: 'ready' }
  | { readonly type: 'cancel'; readonly section: SectionId }
  | { readonly type: 'again'; readonly section: SectionId }
  /** Shows another folder. */
  | { readonly type: 'go'; readonly path: string }
  | { readonly type: 'page'; readonly action: PageAction['id'] }
  | { readonly type: 'part'; readonly section: SectionId; readonly key: string; readonly action: PartAction['id'] };

/** What is kept of a page over a reload of the window. */
export interface PageState {
  /** Address of the workspace folder. */
  readonly folder: string;
  /** The folder in it that is shown. */
  readonly path: string;
}

const sections = ['snapshots', 'folder'] as const satisfies readonly SectionId[];
const pageActions = ['freeUp', 'compact', 'refresh'] as const satisfies readonly PageAction['id'][];
const partActions = ['open', 'details', 'why', 'history', 'delete', 'compact'] as const satisfies readonly PartAction['id'][];

/** A message of the page; `undefined` for what is none. */
export function parseFromPage(value: unknown): FromPage | undefined {
  if (!isFields(value)) return undefined;
  const { type, section, action, key, path } = value;
  switch (type) {
    case 'ready':
      return { type };
    case 'cancel':
    case 'again':
      return isOneOf(sections, section) ? { type, section } : undefined;
    case 'go':
      return isText(path) ? { type, path } : undefined;
    case 'page':
      return isOneOf(pageActions, action) ? { type, action } : undefined;
    case 'part':
      return isOneOf(sections, section) && isOneOf(partActions, action) && isText(key) ? { type, section, key, action } : undefined;
    default:
      return undefined;
  }
}

/** The state of a page; `undefined` for what is none. */
export function parsePageState(value: unknown): PageState | undefined {
  if (!isFields(value)) return undefined;
  const { folder, path } = value;
  return isText(folder) && isText(path) ? { folder, path } : undefined;
}
