/** What lies on the Stage, down to each file. */
import { SnapstageError } from '../base/errors.ts';
import { comparePaths, joinPath } from '../base/paths.ts';
import { foldersAbove } from '../instance/scopes.ts';
import type { State } from '../instance/states.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { applications as readApplications } from './applications.ts';
import { namedState, type Open } from './open.ts';
import type { StagedObject } from './stageApi.ts';

/** What a staged object consists of. */
export interface Leaf {
  readonly path: string;
  readonly entry: TreeEntry;
  readonly object: StagedObject;
}

/** Files, links and empty folders that are staged; tables by themselves. Of an object in another one the inner counts. */
export async function leavesOf(open: Open, objects: readonly StagedObject[]): Promise<readonly Leaf[]> {
  const parts = await partsOf(open, objects);
  const tops = new Set(parts.flatMap(({ path, object }) => (object.type === 'table' ? [] : [path])));
  const innermost = (path: string): string => [...foldersAbove(path), path].findLast((each) => tops.has(each)) ?? '';
  const files = new Map<string, Leaf>();
  const tables: Leaf[] = [];
  for (const { path: top, object, state } of parts) {
    for (const { path, entry } of entriesAt(state, top)) {
      if (object.type === 'table') tables.push({ path, entry, object });
      else if (innermost(path) === top) files.set(path, { path, entry, object });
    }
    open.work.check();
  }
  return [...files.values(), ...tables].toSorted((a, b) => comparePaths(a.path, b.path));
}

interface Part {
  readonly path: string;
  readonly object: StagedObject;
  readonly state: State;
}

/** An application is its configuration and locks. */
async function partsOf(open: Open, objects: readonly StagedObject[]): Promise<readonly Part[]> {
  const states = new Map<string, State>();
  const parts: Part[] = [];
  for (const object of objects) {
    const state = states.get(object.state) ?? (await namedState(open, object.state));
    states.set(object.state, state);
    const paths = object.type === 'application' ? await applicationFiles(open, object, object.state) : [object.path];
    parts.push(...paths.map((path) => ({ path, object, state })));
  }
  return parts;
}

function* entriesAt({ trees, root }: State, path: string): Generator<Pick<Leaf, 'path' | 'entry'>> {
  const entry = path === '' ? undefined : trees.entry(root, path);
  if (path !== '' && entry === undefined) throw new SnapstageError('not-found', `There is no “${path}” any more.`, { path });
  if (entry !== undefined && entry.kind !== Kind.folder) return yield { path, entry };
  let isEmpty = true;
  for (const below of trees.walk(entry?.id ?? root)) {
    isEmpty = false;
    const isLeaf = below.entry.kind !== Kind.folder || trees.get(below.entry.id).length === 0;
    if (isLeaf) yield { path: joinPath(path, below.path), entry: below.entry };
  }
  if (isEmpty && entry !== undefined) yield { path, entry };
}

export async function applicationFiles(open: Open, { application, path }: StagedObject, state: string): Promise<readonly string[]> {
  const { applications } = await readApplications(open, { state });
  const found = applications.find((one) => one.kind === application && one.path === path);
  if (found !== undefined && found.files.length > 0) return found.files.map((file) => file.path);
  throw new SnapstageError('refused', `The application ${application} in “${path}” has no files that could be delivered.`, {
    path,
    application,
  });
}

export function partName({ table, application, path }: StagedObject): string | null {
  return table ?? (application === null ? null : `${application}:${path === '' ? '.' : path}`);
}
