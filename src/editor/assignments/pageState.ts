import { isFields, isText } from '../pageMessages.ts';

/** What is kept of a page about an assignment over a reload of the window. */
export interface PageState {
  /** Address of the workspace folder. */
  readonly folder: string;
  /** Id of the assignment. */
  readonly assignment: string;
}

/** The state of a page; `undefined` for what is none. */
export function parsePageState(value: unknown): PageState | undefined {
  if (!isFields(value)) return undefined;
  const { folder, assignment } = value;
  return isText(folder) && isText(assignment) ? { folder, assignment } : undefined;
}
