import { SnapstageError } from '../base/errors.ts';
import { baseName, isInside, joinPath, parentPath } from '../base/paths.ts';
import type { Note } from '../store/snapshots.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { differences, sameAttributes, sameContent, type Difference } from './diff.ts';
import { besideName, escapedNames, type NameTraits } from './names.ts';
import type { State } from './states.ts';

/** One step of a restore, at the path where it happens. */
export interface Step {
  readonly path: string;
  readonly action: 'add' | 'replace' | 'delete' | 'attributes' | 'keep';
  /** What is there now. */
  readonly from: TreeEntry | undefined;
  /** What will be there. */
  readonly to: TreeEntry | undefined;
  /** The path in the snapshot, where it is written under another one. */
  readonly original?: string;
  readonly reason?: string;
}

export interface PlanRequest {
  /** Empty: everything. */
  readonly paths: readonly string[];
  /** Of these, only exactly the given ones, nothing else below a folder among them; absent: all. */
  readonly only?: ReadonlySet<string>;
  readonly keepBoth: boolean;
  /** Paths that an interrupted restore wrote beside the original already; absent: none. */
  readonly besides?: ReadonlySet<string>;
  /** A named path that the snapshot does not have is deleted, not an error. */
  readonly deleteAbsent: boolean;
  /** How the snapshot is called in a file name. */
  readonly label: string;
  /** Could not be read when the snapshot was taken: what is there now stays. */
  readonly unreadable: readonly Note[];
  readonly traits: NameTraits;
  /** Some file may have several names, now or in the snapshot. */
  readonly linked: boolean;
}

/** What to do so that the paths are as in `target`; `current` is undefined for a new folder. Changes nothing. */
export function planSteps(current: State | undefined, target: State, request: PlanRequest): Step[] {
  const found = request.paths.length === 0 ? whole(current, target) : scoped(current, target, request);
  let steps = mergeKindChanges(found);
  if (request.unreadable.length > 0) steps = steps.map((step) => keepUnread(step, request.unreadable));
  if (request.linked) steps = relink(current, target, request, steps);
  const { only } = request;
  if (only !== undefined) steps = steps.filter((step) => only.has(step.path));
  if (request.keepBoth) steps = keepBoth(steps, current, request.label, request.besides);
  return escapeNames(steps, target, request.traits);
}

function* whole(current: State | undefined, target: State): Generator<Difference> {
  yield* differences({ trees: (current ?? target).trees, folder: current?.root }, { trees: target.trees, folder: target.root });
}

function* scoped(current: State | undefined, target: State, request: PlanRequest): Generator<Difference> {
  const seen = new Set<string>();
  for (const path of withoutNested(request.paths)) {
    const to = target.trees.entry(target.root, path);
    const from = current?.trees.entry(current.root, path);
    if (path === '') {
      yield* whole(current, target);
      continue;
    }
    if (to === undefined && !request.deleteAbsent) throw new SnapstageError('not-found', `The snapshot does not have “${path}”.`, { path });
    if (to !== undefined) yield* missingParents(current, target, path, seen);
    yield* entryDifferences(current, target, path, from, to);
  }
}

function withoutNested(paths: readonly string[]): string[] {
  const sorted = [...new Set(paths)].sort();
  return sorted.filter((path) => !sorted.some((other) => other !== path && isInside(other, path)));
}

function* missingParents(current: State | undefined, target: State, path: string, seen: Set<string>): Generator<Difference> {
  const parents: string[] = [];
  for (let parent = parentPath(path); parent !== ''; parent = parentPath(parent)) parents.unshift(parent);
  for (const parent of parents) {
    if (seen.has(parent)) continue;
    seen.add(parent);
    const there = current?.trees.entry(current.root, parent);
    if (there?.kind === Kind.folder) continue;
    if (there !== undefined) throw new SnapstageError('refused', `“${parent}” is not a folder now; restore it first.`, { path: parent });
    yield { path: parent, from: undefined, to: target.trees.entry(target.root, parent) };
  }
}

function* entryDifferences(
  current: State | undefined,
  target: State,
  path: string,
  from: TreeEntry | undefined,
  to: TreeEntry | undefined,
): Generator<Difference> {
  const same = from !== undefined && to !== undefined && from.kind === to.kind;
  const fromFolder = from?.kind === Kind.folder ? from.id : undefined;
  const toFolder = to?.kind === Kind.folder ? to.id : undefined;
  if (same && from.kind !== Kind.folder) {
    if (!sameContent(from, to) || !sameAttributes(from, to)) yield { path, from, to };
    return;
  }
  if (!same && from !== undefined) {
    yield { path, from, to: undefined };
    if (fromFolder !== undefined)
      yield* differences({ trees: current!.trees, folder: fromFolder }, { trees: target.trees, folder: undefined }, path);
  }
  if (!same && to !== undefined) yield { path, from: undefined, to };
  if (same && !sameAttributes(from, to)) yield { path, from, to };
  if (toFolder !== undefined)
    yield* differences(
      { trees: (current ?? target).trees, folder: same ? fromFolder : undefined },
      { trees: target.trees, folder: toFolder },
      path,
    );
}

/** One that goes and one that comes at the same path, of different kinds, are one replacement. */
function mergeKindChanges(found: Iterable<Difference>): Step[] {
  const steps: Step[] = [];
  const going = new Map<string, number>();
  for (const { path, from, to } of found) {
    if (to === undefined) {
      going.set(path, steps.push({ path, action: 'delete', from, to }) - 1);
    } else if (from === undefined) {
      const at = going.get(path);
      if (at === undefined) steps.push({ path, action: 'add', from, to });
      else {
        steps.push({ path, action: 'replace', from: steps[at]!.from, to });
        going.delete(path);
        steps[at] = { ...steps[at]!, path: '' };
      }
    } else {
      const attributesOnly = from.kind === Kind.folder || sameContent(from, to);
      steps.push({ path, action: attributesOnly ? 'attributes' : 'replace', from, to });
    }
  }
  return steps.filter((step) => step.path !== '');
}

function keepUnread(step: Step, unreadable: readonly Note[]): Step {
  const note =
    step.action === 'delete' ? unreadable.find((one) => isInside(one.path, step.path) || isInside(step.path, one.path)) : undefined;
  return note === undefined ? step : { ...step, action: 'keep', reason: 'could not be read when the snapshot was taken' };
}

/** Files whose content is right but which share an inode with the wrong ones are written again. */
function relink(current: State | undefined, target: State, request: PlanRequest, steps: Step[]): Step[] {
  if (current === undefined) return steps;
  const now = linkGroups(current);
  const then = linkGroups(target);
  if (now.size === 0 && then.size === 0) return steps;
  const stepped = new Set(steps.filter((step) => step.action !== 'attributes').map((step) => step.path));
  const wrong = new Map<string, Step>();
  for (const path of new Set([...now.keys(), ...then.keys()])) {
    if (stepped.has(path) || (request.paths.length > 0 && !request.paths.some((scope) => isInside(scope, path)))) continue;
    const to = target.trees.entry(target.root, path);
    if (to === undefined || (now.get(path) ?? path) === (then.get(path) ?? path)) continue;
    wrong.set(path, { path, action: 'replace', from: current.trees.entry(current.root, path), to });
  }
  return [...steps.filter((step) => !wrong.has(step.path)), ...wrong.values()];
}

/** For each path that is one of several names of a file: all those names, joined. */
export function linkGroups(state: State): Map<string, string> {
  const groups = new Map<bigint, string[]>();
  for (const { path, entry } of state.trees.walk(state.root)) {
    if (entry.kind !== Kind.file || entry.group === 0n) continue;
    const members = groups.get(entry.group);
    if (members === undefined) groups.set(entry.group, [path]);
    else members.push(path);
  }
  const joined = new Map<string, string>();
  for (const members of groups.values()) if (members.length > 1) for (const path of members) joined.set(path, members.join('\0'));
  return joined;
}

/** What differs stays; what comes instead goes beside it, a folder with all that is in it. */
function keepBoth(steps: readonly Step[], current: State | undefined, label: string, besides: ReadonlySet<string> = new Set()): Step[] {
  const beside = new Map<string, string>();
  return steps.flatMap((step): Step[] => {
    if (step.action === 'delete') return [{ ...step, action: 'keep', reason: 'kept beside what is restored' }];
    if (step.action === 'attributes') return [];
    const above = [...beside.keys()].find((folder) => isInside(folder, step.path));
    if (above !== undefined)
      return [{ ...step, path: `${beside.get(above)!}${step.path.slice(above.length)}`, original: step.path, reason: 'kept both' }];
    if (step.action !== 'replace') return [step];
    const { path, there } = placeBeside(step, current, label, besides);
    if (there !== undefined) return [{ ...step, path, action: 'keep', from: there, original: step.path, reason: 'kept both' }];
    if (step.to!.kind === Kind.folder) beside.set(step.path, path);
    return [{ path, action: 'add', from: undefined, to: step.to, original: step.path, reason: 'kept both' }];
  });
}

/** Where to write what is kept beside the original; `there` when that was done before the restore was interrupted. */
function placeBeside(
  { path, to }: Step,
  current: State | undefined,
  label: string,
  besides: ReadonlySet<string>,
): { path: string; there?: TreeEntry } {
  const folder = current?.trees.folder(current.root, parentPath(path));
  for (let number = 1; ; number++) {
    const name = besideName(baseName(path), label, number);
    const place = joinPath(parentPath(path), name);
    const there = folder === undefined ? undefined : current!.trees.find(folder, name);
    if (there === undefined) return { path: place };
    if (besides.has(place) && sameContent(there, to!)) return { path: place, there };
  }
}

/** Steps at names that this platform can't write go under escaped names, and say so. */
function escapeNames(steps: readonly Step[], target: State, traits: NameTraits): Step[] {
  if (!traits.foldsCase && !traits.foldsUnicode && !traits.windows) return [...steps];
  const maps = new Map<string, Map<string, string>>();
  const written = (path: string): string => {
    if (path === '') return '';
    const folder = parentPath(path);
    if (!maps.has(folder)) {
      const id = target.trees.folder(target.root, folder);
      maps.set(folder, escapedNames(id === undefined ? [] : target.trees.get(id).map((entry) => entry.name), traits));
    }
    const name = baseName(path);
    return joinPath(written(folder), maps.get(folder)!.get(name) ?? name);
  };
  return steps.map((step) => {
    const path = step.to === undefined || step.original !== undefined ? step.path : written(step.path);
    return path === step.path ? step : { ...step, path, original: step.path, reason: 'a name that can’t be used on this system' };
  });
}
