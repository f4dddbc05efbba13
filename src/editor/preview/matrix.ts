/** The members and objects of a preview: which are shown, in which order, and what of the Stage an object is of. */
import type { ExceptionalStrategy, ExceptionRequest } from '../../engine/deliveryApi.ts';
import type { DistributionPreview, PreviewObject, PreviewState, PreviewTarget } from '../../engine/previewApi.ts';
import type { StagedObject } from '../../engine/stageApi.ts';
import type { Look } from './previewPage.ts';

const conflicts: readonly PreviewState[] = ['edited', 'deleted-there', 'kind-clash'];

type Counts = Readonly<Record<PreviewState, number>>;

/** How many are edited, deleted there, or of another kind. */
export function conflictsIn(counts: Counts): number {
  return conflicts.reduce((sum, state) => sum + counts[state], 0);
}

/** Of all cells. */
export function totalsOf({ objects }: Pick<DistributionPreview, 'objects'>, state: PreviewState): number {
  return objects.reduce((sum, { counts }) => sum + counts[state], 0);
}

/** Tells an object from all others of its preview. */
export function keyOf({ path, part }: Pick<PreviewObject, 'path' | 'part'>): string {
  return JSON.stringify([path, part]);
}

/** Names an object as exceptions name it: an application is its files. */
function exceptionName({ path, table = null }: Pick<ExceptionRequest, 'path'> & { readonly table?: string | null }): string {
  return JSON.stringify([path, table]);
}

function tableOf({ type, part }: Pick<PreviewObject, 'type' | 'part'>): string | null {
  return type === 'table' ? part : null;
}

/** Strategies that objects have at a member alone, by the places of the objects. */
export function exceptionsAt(
  { exceptions }: Pick<PreviewTarget, 'exceptions'>,
  objects: DistributionPreview['objects'],
): ReadonlyMap<number, ExceptionalStrategy> {
  if (exceptions.length === 0) return new Map();
  const byName = new Map(exceptions.map((one) => [exceptionName(one), one.strategy]));
  return new Map(
    objects.flatMap((object, at) => {
      const strategy = byName.get(exceptionName({ path: object.path, table: tableOf(object) }));
      return strategy === undefined ? [] : [[at, strategy] as const];
    }),
  );
}

/** These, with another one for an object at a member; `''` takes the one that is there away. */
export function withException(
  exceptions: readonly ExceptionRequest[],
  target: string,
  object: Pick<PreviewObject, 'path' | 'type' | 'part'>,
  strategy: ExceptionalStrategy | '',
): readonly ExceptionRequest[] {
  const table = tableOf(object);
  const named = { path: object.path, ...(table !== null && { table }) };
  const others = exceptions.filter((one) => one.target !== target || exceptionName(one) !== exceptionName(named));
  return strategy === '' ? others : [...others, { target, ...named, strategy }];
}

/** Places of the members and the objects that are shown. */
export interface Shown {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** What is looked for is looked for in names of members and in paths: where it is in neither, nothing is shown. */
export function shownOf({ objects, targets }: DistributionPreview, { find, isInterestingOnly, sort }: Look): Shown {
  const wanted = find.trim().toLowerCase();
  const all = { rows: [...targets.keys()], columns: [...objects.keys()] };
  const found = {
    rows: all.rows.filter((place) => nameOf(targets[place]!).includes(wanted)),
    columns: all.columns.filter((place) => searchedText(objects[place]!).includes(wanted)),
  };
  const isNowhere = found.rows.length === 0 && found.columns.length === 0;
  const rows = isNowhere || found.rows.length > 0 ? found.rows : all.rows;
  const columns = isNowhere || found.columns.length > 0 ? found.columns : all.columns;
  const shown = isInterestingOnly ? interestingIn(targets, rows, columns) : { rows, columns };
  return {
    rows: shown.rows.toSorted((a, b) => compareTargets(targets[a]!, targets[b]!, sort) || a - b),
    // By name they are in the order of their paths already.
    columns: sort === 'name' ? shown.columns : shown.columns.toSorted((a, b) => compareCounts(objects[a]!, objects[b]!) || a - b),
  };
}

function searchedText({ path, part }: PreviewObject): string {
  return (part === null ? path : `${path} › ${part}`).toLowerCase();
}

function nameOf({ id, name }: PreviewTarget): string {
  return (name ?? id.slice(0, 8)).toLowerCase();
}

function isInteresting(state: PreviewState): boolean {
  return state === 'unknown' || conflicts.includes(state);
}

/** A member of whom nothing at all is known says nothing of the objects. */
function interestingIn(targets: readonly PreviewTarget[], rows: readonly number[], columns: readonly number[]): Shown {
  const interesting = new Set<number>();
  const kept = rows.filter((place) => {
    const { states, unknown } = targets[place]!;
    if (unknown !== null) return true;
    const found = columns.filter((column) => isInteresting(states[column]!));
    for (const column of found) interesting.add(column);
    return found.length > 0;
  });
  return { rows: kept, columns: columns.filter((column) => interesting.has(column)) };
}

function compareTargets(a: PreviewTarget, b: PreviewTarget, sort: Look['sort']): number {
  return (sort === 'state' ? compareCounts(a, b) : 0) || nameOf(a).localeCompare(nameOf(b));
}

/** Most conflicts first, then what is least known. */
function compareCounts(a: { readonly counts: Counts }, b: { readonly counts: Counts }): number {
  return conflictsIn(b.counts) - conflictsIn(a.counts) || b.counts.unknown - a.counts.unknown;
}

/** What lies on the Stage that an object is delivered with: itself, or the innermost that holds it. */
export function stagedWith(staged: readonly StagedObject[], { path, type, part }: PreviewObject): StagedObject | undefined {
  if (type === 'table') return staged.find((one) => one.type === type && one.path === path && one.table === part);
  if (type === 'application') return staged.find((one) => one.application !== null && `${one.application}:${one.path || '.'}` === part);
  const holding = staged.filter((one) => one.table === null && one.application === null && isWithin(path, one.path));
  return holding.toSorted((a, b) => b.path.length - a.path.length)[0];
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
