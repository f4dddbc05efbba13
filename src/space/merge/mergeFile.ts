import { mergeNotebook } from './mergeNotebook.ts';
import { mergeText, type Merged, type MergeLabels } from './mergeText.ts';
import { differsInOutputs } from './notebook.ts';

/** Contents of a file in three versions; `base` is absent where there is none. */
export interface Contents {
  readonly mine: Buffer;
  readonly base: Buffer | undefined;
  readonly incoming: Buffer;
}

/** Merges a file as what it is: a notebook by cells, all other text by lines. `undefined` for what can't be merged. */
export function mergeFile(path: string, { mine, base, incoming }: Contents, labels: MergeLabels): Merged | undefined {
  const notebook = isNotebook(path) ? mergeNotebook(mine, base, incoming, labels) : undefined;
  return notebook ?? mergeText(mine, base, incoming, labels);
}

/** What a notebook becomes of which one side only ran the cells: that is no conflict. `undefined` where it is one. */
export function mergeRun(path: string, { mine, base, incoming }: Contents, labels: MergeLabels): Buffer | undefined {
  if (!isNotebook(path)) return undefined;
  const since = base ?? mine;
  const isRun = (base !== undefined && differsInOutputs(mine, since)) || differsInOutputs(incoming, since);
  const merged = isRun ? mergeNotebook(mine, base, incoming, labels) : undefined;
  return merged?.conflicts === 0 ? merged.content : undefined;
}

export function isNotebook(path: string): boolean {
  return /\.ipynb$/i.test(path);
}
