import { SnapstageError } from '../base/errors.ts';
import { baseName, joinPath, parentPath } from '../base/paths.ts';
import type { Note } from '../store/snapshots.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { differences, sameAttributes, sameContent, type Difference } from './diff.ts';
import { atWritten, writtenPaths, type Found } from './escape.ts';
import { besideName, type NameTraits } from './names.ts';
import { foldersAbove, within, withoutNested } from './scopes.ts';
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
  const written = writtenPaths(current, target, request.traits);
  const found = request.paths.length === 0 ? whole(current, target) : scoped(current, target, request, written);
  let steps = merge([...atWritten(found, written)]);
  if (request.unreadable.length > 0) steps = keepUnread(steps, request.unreadable);
  if (request.linked) steps = relink(current, target, request, steps, (path) => written(path) === path);
  const { only } = request;
  if (only !== undefined) steps = steps.filter((step) => only.has(step.path));
  return request.keepBoth ? keepBoth(steps, current, request.label, request.besides) : steps;
}

function* whole(current: State | undefined, target: State): Generator<Difference> {
  yield* differences({ trees: (current ?? target).trees, folder: current?.root }, { trees: target.trees, folder: target.root });
}

function* scoped(
  current: State | undefined,
  target: State,
  request: PlanRequest,
  written: (path: string) => string,
): Generator<Difference> {
  const seen = new Set<string>();
  for (const path of withoutNested(request.paths)) {
    const to = target.trees.entry(target.root, path);
    const from = current?.trees.entry(current.root, path);
    if (path === '') {
      yield* whole(current, target);
      continue;
    }
    if (to === undefined && !request.deleteAbsent) throw new SnapstageError('not-found', `The snapshot does not have “${path}”.`, { path });
    if (to !== undefined) yield* missingParents(current, target, path, written, seen);
    const earlier = to === undefined || written(path) === path ? undefined : current?.trees.entry(current.root, written(path));
    if (earlier !== undefined) yield* entryDifferences(current, target, written(path), earlier, undefined);
    yield* entryDifferences(current, target, path, from, to);
  }
}

function* missingParents(
  current: State | undefined,
  target: State,
  path: string,
  written: (path: string) => string,
  seen: Set<string>,
): Generator<Difference> {
  for (const parent of foldersAbove(path)) {
    if (seen.has(parent)) continue;
    seen.add(parent);
    const there = current?.trees.entry(current.root, written(parent));
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

const ESCAPED = 'a name that can’t be used on this system';

/** One that goes and one that comes at the same path are one replacement, or nothing where they are the same. */
function merge(found: readonly Found[]): Step[] {
  const gone = new Map<string, TreeEntry>();
  for (const { path, from, to } of found) if (to === undefined) gone.set(path, from!);
  const replaced = new Set<string>();
  if (gone.size > 0)
    for (const { path, from, to } of found) if (to !== undefined && from === undefined && gone.has(path)) replaced.add(path);
  const steps: Step[] = [];
  for (const { path, from, to, original } of found) {
    if (to === undefined) {
      if (!replaced.has(path)) steps.push({ path, action: 'delete', from, to });
      continue;
    }
    const there = from ?? gone.get(path);
    const action = there === undefined ? 'add' : change(there, to);
    if (action === undefined) continue;
    steps.push({ path, action, from: there, to, ...(original === undefined ? {} : { original, reason: ESCAPED }) });
  }
  return steps;
}

function change(from: TreeEntry, to: TreeEntry): 'replace' | 'attributes' | undefined {
  const isOther = from.kind !== to.kind || (to.kind !== Kind.folder && !sameContent(from, to));
  return isOther ? 'replace' : sameAttributes(from, to) ? undefined : 'attributes';
}

function keepUnread(steps: readonly Step[], unreadable: readonly Note[]): Step[] {
  const isUnread = within(unreadable.map(({ path }) => path));
  const above = new Set(unreadable.flatMap(({ path }) => foldersAbove(path)));
  return steps.map((step) => {
    if (step.action !== 'delete' || !(isUnread(step.path) || above.has(step.path))) return step;
    return { ...step, action: 'keep', reason: 'could not be read when the snapshot was taken' };
  });
}

/** Files whose content is right but which share an inode with the wrong ones are written again. Those under other names share none. */
function relink(
  current: State | undefined,
  target: State,
  request: PlanRequest,
  steps: Step[],
  hasOwnName: (path: string) => boolean,
): Step[] {
  if (current === undefined) return steps;
  const now = linkGroups(current);
  const then = linkGroups(target, hasOwnName);
  if (now.size === 0 && then.size === 0) return steps;
  const stepped = new Set(steps.filter((step) => step.action !== 'attributes').map((step) => step.original ?? step.path));
  const isWanted = within(request.paths.length === 0 ? [''] : request.paths);
  const wrong = new Map<string, Step>();
  for (const path of new Set([...now.keys(), ...then.keys()])) {
    if (stepped.has(path) || !isWanted(path)) continue;
    const to = hasOwnName(path) ? target.trees.entry(target.root, path) : undefined;
    if (to === undefined || (now.get(path) ?? path) === (then.get(path) ?? path)) continue;
    wrong.set(path, { path, action: 'replace', from: current.trees.entry(current.root, path), to });
  }
  return [...steps.filter((step) => !wrong.has(step.path)), ...wrong.values()];
}

/** For each path that is one of several names of a file: all those names, joined. Some paths may be left out. */
export function linkGroups(state: State, isCounted: (path: string) => boolean = () => true): Map<string, string> {
  const groups = new Map<bigint, string[]>();
  for (const { path, entry } of state.trees.walk(state.root)) {
    if (entry.kind !== Kind.file || entry.group === 0n || !isCounted(path)) continue;
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
    const original = step.original ?? step.path;
    const above = folderAbove(beside, step.path);
    if (above !== undefined)
      return [{ ...step, path: `${beside.get(above)!}${step.path.slice(above.length)}`, original, reason: 'kept both' }];
    if (step.action !== 'replace') return [step];
    const { path, there } = placeBeside(step, current, label, besides);
    if (there !== undefined) return [{ ...step, path, action: 'keep', from: there, original, reason: 'kept both' }];
    if (step.to!.kind === Kind.folder) beside.set(step.path, path);
    return [{ path, action: 'add', from: undefined, to: step.to, original, reason: 'kept both' }];
  });
}

function folderAbove(folders: ReadonlyMap<string, string>, path: string): string | undefined {
  for (let at = parentPath(path); at !== ''; at = parentPath(at)) if (folders.has(at)) return at;
  return undefined;
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
