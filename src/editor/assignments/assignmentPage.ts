/**
 * What an assignment's page and the editor say to each other: plain data, all texts as they are shown. The page draws and asks; what is drawn
 * and what is done is decided in the editor.
 */
import { isFields, isText, type Said, type Waiting } from '../pageMessages.ts';
import type { PageState } from './pageState.ts';
import type { Urgency } from './timeLeft.ts';

export const markdownTags = [
  'a',
  'blockquote',
  'br',
  'code',
  'em',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'li',
  'ol',
  'p',
  'pre',
  's',
  'strong',
  'table',
  'tbody',
  'td',
  'th',
  'thead',
  'tr',
  'ul',
] as const;

export type MarkdownNode = string | MarkdownElement;

export interface MarkdownElement {
  readonly tag: (typeof markdownTags)[number];
  /** Of a link. */
  readonly href?: string;
  readonly children: readonly MarkdownNode[];
}

export interface AssignmentPageView {
  readonly title: string;
  /** By whom it is in which Space. */
  readonly subtitle: string;
  readonly content: Waiting | ReadyContent;
  readonly texts: PageTexts;
  /** To be kept by the page for a reload of the window. */
  readonly state: PageState;
}

export interface ReadyContent {
  readonly state: 'ready';
  readonly urgency: Urgency;
  readonly isClosed: boolean;
  /** `2 days 4 hours left`. */
  readonly left: string;
  /** How the member stands; `''` where it can't hand in. */
  readonly standing: string;
  readonly canHandIn: boolean;
  readonly facts: readonly Fact[];
  readonly description: readonly MarkdownNode[];
  /** The latest first. */
  readonly handIns: readonly HandInCard[];
  readonly said: Said;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** A hand-in and what came back for it. */
export interface HandInCard {
  readonly id: string;
  readonly title: string;
  readonly counts: boolean;
  /** Why it does not count; `''` where nothing is wrong. */
  readonly caution: string;
  readonly facts: readonly Fact[];
  /** What proves when it was made. */
  readonly evidence: readonly string[];
  readonly isHere: boolean;
  readonly feedback: FeedbackCard | null;
}

export interface FeedbackCard {
  readonly grade: string;
  readonly comment: readonly MarkdownNode[];
  /** Instead of both where they are not visible. */
  readonly hidden: string;
  /** `null`: they are not here yet. */
  readonly files: readonly { readonly path: string; readonly label: string; readonly size: string }[] | null;
}

/** What the page says by itself. */
export interface PageTexts {
  readonly task: string;
  readonly nothingSaid: string;
  readonly handIns: string;
  readonly noHandIns: string;
  readonly handIn: string;
  readonly compare: string;
  readonly restore: string;
  readonly saveReceipt: string;
  readonly counts: string;
  readonly evidence: string;
  readonly feedback: string;
  readonly grade: string;
  readonly fetchFiles: string;
  readonly tryAgain: string;
}

export type ToPage = { readonly type: 'view'; readonly view: AssignmentPageView };

export type FromPage =
  /** The page listens. */
  | { readonly type: 'ready' }
  | { readonly type: 'again' }
  | { readonly type: 'handIn' }
  /** Of a hand-in. */
  | { readonly type: 'compare' | 'restore' | 'saveReceipt' | 'fetch'; readonly id: string }
  /** A file of what came back for a hand-in. */
  | { readonly type: 'open'; readonly id: string; readonly path: string };

/** A message of the page; `undefined` for what is none. */
export function parseFromPage(value: unknown): FromPage | undefined {
  if (!isFields(value)) return undefined;
  const { type, id, path } = value;
  switch (type) {
    case 'ready':
    case 'again':
    case 'handIn':
      return { type };
    case 'compare':
    case 'restore':
    case 'saveReceipt':
    case 'fetch':
      return isText(id) ? { type, id } : undefined;
    case 'open':
      return isText(id) && isText(path) ? { type, id, path } : undefined;
    default:
      return undefined;
  }
}
