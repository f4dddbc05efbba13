import { baseName } from '../../base/paths.ts';
import type { MergePlan } from './plan.ts';

/** What a plan will do as one sentence: “3 replaced, 2 kept, 1 saved as “x (from Master).txt”, 0 deleted”. */
export function sentenceOf({ counts, objects }: MergePlan): string {
  const saved = objects.filter(({ outcome }) => outcome === 'saved-beside');
  const as = saved.length === 1 ? `saved as “${baseName(saved[0]!.beside!.place)}”` : 'saved beside';
  const parts: [count: number, words: string, isAlwaysTold: boolean][] = [
    [counts.created, 'created', false],
    [counts.updated, 'updated', false],
    [counts.replaced, 'replaced', true],
    [counts.merged, 'merged', false],
    [counts.kept, 'kept', true],
    [counts['saved-beside'], as, false],
    [counts.deleted, 'deleted', true],
    [counts.waiting, counts.waiting === 1 ? 'waits for a decision' : 'wait for a decision', false],
  ];
  return parts.flatMap(([count, words, isAlwaysTold]) => (count > 0 || isAlwaysTold ? [`${count} ${words}`] : [])).join(', ');
}
