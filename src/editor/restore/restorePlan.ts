import { isDeepStrictEqual } from 'node:util';
import type { RestoreAction, RestoreCounts, RestorePlan } from '../../engine/api.ts';

/** What of one action is counted in a sentence: files and links, or folders where it does nothing to files. */
export interface ActionCount {
  readonly action: RestoreAction;
  readonly count: number;
  readonly of: 'files' | 'folders';
}

/** The actions of a plan that change something, in the order people are told of them; what is kept is left out. */
export function countActions(planned: RestoreCounts): readonly ActionCount[] {
  const counts: ActionCount[] = [];
  for (const action of ['replace', 'add', 'delete', 'attributes'] as const) {
    const folders = planned.folders[action];
    const files = planned[action] - folders;
    if (files > 0) counts.push({ action, count: files, of: 'files' });
    else if (folders > 0) counts.push({ action, count: folders, of: 'folders' });
  }
  // Folders get their times back after what is done in them: no news beside it.
  const [last] = counts.slice(-1);
  return counts.length > 1 && last?.action === 'attributes' && last.of === 'folders' ? counts.slice(0, -1) : counts;
}

/** True when carrying out either would do the same to the same paths. */
export function samePlan(a: RestorePlan, b: RestorePlan): boolean {
  if (a === b) return true;
  if (a.snapshot.id !== b.snapshot.id || !isDeepStrictEqual(a.counts, b.counts)) return false;
  const actions = new Map(a.items.map((item) => [item.path, item.action]));
  return a.items.length === b.items.length && b.items.every((item) => actions.get(item.path) === item.action);
}

/** True when the plan writes or deletes the path itself or something above it. */
export function touches(plan: RestorePlan, path: string): boolean {
  return plan.items.some(
    (item) => item.action !== 'keep' && item.action !== 'attributes' && (item.path === path || path.startsWith(`${item.path}/`)),
  );
}
