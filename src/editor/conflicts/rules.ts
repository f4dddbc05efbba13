/** Choices for many conflicts at once. */
import { isInside } from '../../base/paths.ts';
import type { Choice, DeliveredObject, Resolution } from '../../engine/deliveryApi.ts';
import type { Rule } from './conflictPage.ts';
import { compareTimes, foldersAbove, hasContent, typeOf } from './conflicts.ts';

/** For which of the conflicts shown a rule is: all, those in a folder, those of a type (see `typeOf`). */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'type'; readonly type: string };

export interface CountedScope {
  readonly scope: Scope;
  /** Of the conflicts in it. */
  readonly count: number;
}

/** More would not be found in a list: those with the most conflicts. */
const mostScopes = 60;

/** The scopes that are worth a choice, each with its number of conflicts: all first, then folders, then types. */
export function scopesOf(shown: readonly DeliveredObject[]): readonly CountedScope[] {
  const folders = countsOf(shown.flatMap(({ place }) => foldersAbove(place)));
  const types = countsOf(shown.map(typeOf));
  const isPart = ([, count]: readonly [string, number]): boolean => count < shown.length;
  const found = [
    ...folders.filter(isPart).map(([folder, count]) => ({ scope: { kind: 'folder', folder } as const, count })),
    ...types.filter(isPart).map(([type, count]) => ({ scope: { kind: 'type', type } as const, count })),
  ];
  const most = new Set(found.toSorted((a, b) => b.count - a.count).slice(0, mostScopes));
  return [{ scope: { kind: 'all' }, count: shown.length }, ...found.filter((one) => most.has(one))];
}

function countsOf(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** As a text, and back: `undefined` for what is none. */
export function scopeText(scope: Scope): string {
  if (scope.kind === 'all') return scope.kind;
  return `${scope.kind}:${scope.kind === 'folder' ? scope.folder : scope.type}`;
}

export function parseScope(text: string): Scope | undefined {
  if (text === 'all') return { kind: 'all' };
  if (text.startsWith('folder:')) return { kind: 'folder', folder: text.slice('folder:'.length) };
  return text.startsWith('type:') ? { kind: 'type', type: text.slice('type:'.length) } : undefined;
}

export function isInScope(scope: Scope, object: DeliveredObject): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'folder':
      return object.place !== scope.folder && isInside(scope.folder, object.place);
    case 'type':
      return typeOf(object) === scope.type;
  }
}

/**
 * The choices that a rule makes for objects, and how many it says nothing of: where the choice is not to be had, or neither side is the
 * newer or larger one. What was chosen so already counts as neither.
 */
export function choicesByRule(
  objects: readonly DeliveredObject[],
  rule: Rule,
): { readonly choices: readonly Choice[]; readonly leftOut: number } {
  const choices: Choice[] = [];
  let leftOut = 0;
  for (const object of objects) {
    const take = takeByRule(object, rule);
    if (take === undefined) leftOut += 1;
    else if (take !== object.chosen) choices.push(choiceOf(object, take));
  }
  return { choices, leftOut };
}

export function choiceOf({ place, part, triple }: DeliveredObject, take: Resolution | null): Choice {
  return { place, triple, take, ...(part !== null && { part }) };
}

/** What a rule takes of an object; `undefined` where it says nothing. */
function takeByRule(object: DeliveredObject, rule: Rule): Resolution | null | undefined {
  if (rule === 'undo') return null;
  const take = rule === 'newer' || rule === 'larger' ? greaterSide(object, rule) : rule === 'offered' ? object.offered : rule;
  return take !== undefined && take !== null && object.choices.includes(take) ? take : undefined;
}

function greaterSide({ mine, incoming }: DeliveredObject, rule: 'newer' | 'larger'): 'mine' | 'incoming' | undefined {
  if (!hasContent(mine) || !hasContent(incoming)) return undefined;
  const difference = rule === 'newer' ? compareTimes(mine.modified, incoming.modified) : mine.size - incoming.size;
  return difference === 0 ? undefined : difference > 0 ? 'mine' : 'incoming';
}
