/** What can be asked of states: nothing here changes anything. */
import { SnapstageError } from '../base/errors.ts';
import { parsePath } from '../base/paths.ts';
import { diffLists, differences, type DiffLists } from '../instance/diff.ts';
import { stateOf } from '../instance/restore.ts';
import { findPaths, pathHistory } from '../instance/search.ts';
import { CURRENT, currentKind, readContent, readCurrent, type State } from '../instance/states.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import type * as api from './api.ts';
import { changesOf, diffOf, entryInfo, folderInfos, kindOf } from './infos.ts';
import { currentState, namedState, type Open } from './open.ts';

type Request<Method extends keyof api.EngineApi> = Parameters<api.EngineApi[Method]>[0];

export async function ls(open: Open, request: Request<'ls'>): Promise<readonly api.EntryInfo[]> {
  const state = await namedState(open, request.state);
  const at = parsePath(request.path);
  const entry = state.trees.entry(state.root, at);
  if (at !== '' && entry === undefined) throw noPath(at, request.state);
  const target = (where: string, link: TreeEntry): string => linkTarget(open, state, where, link);
  if (entry === undefined || entry.kind === Kind.folder) {
    return folderInfos(state.trees, entry?.id ?? state.root, at, request.recursive === true, target);
  }
  return [entryInfo(at, entry, entry.kind === Kind.link ? target(at, entry) : undefined)];
}

function linkTarget({ folder, store }: Open, state: State, where: string, entry: TreeEntry): string {
  const target = state.id === CURRENT ? readCurrent(folder, where, Kind.link, 0, undefined) : readContent(store.reader, entry);
  return target.toString('utf8');
}

export async function read(open: Open, request: Request<'read'>): Promise<Uint8Array> {
  const { folder, store } = open;
  const at = parsePath(request.path);
  const offset = request.offset ?? 0;
  if (at === '') throw new SnapstageError('usage', 'The folder itself can’t be read.', { path: at });
  if (request.state === CURRENT) return readCurrent(folder, at, currentKind(folder, at), offset, request.length);
  const state = await namedState(open, request.state);
  const entry = state.trees.entry(state.root, at);
  if (entry === undefined) throw noPath(at, request.state);
  if (entry.kind === Kind.folder) throw new SnapstageError('usage', `“${at}” is a folder.`, { path: at });
  return readContent(store.reader, entry, offset, request.length);
}

export async function diff(open: Open, request: Request<'diff'>): Promise<api.Diff> {
  const a = await namedState(open, request.a);
  const b = await namedState(open, request.b ?? CURRENT);
  return diffOf(compare(a, b, parsePath(request.path ?? '')));
}

export async function changes(open: Open, request: Request<'changes'>): Promise<api.Changes> {
  const a = await namedState(open, request.a);
  const b = await namedState(open, request.b ?? CURRENT);
  const lists = compare(a, b, parsePath(request.path ?? ''));
  return changesOf(request.without === 'added' ? { ...lists, added: [] } : lists, request.limit, request.after);
}

/** From `a` to `b`, at a path and below. @throws SnapstageError `not-found` when neither has it. */
export function compare(a: State, b: State, at: string): DiffLists {
  const from = a.trees.entry(a.root, at);
  const to = b.trees.entry(b.root, at);
  if (at !== '' && from === undefined && to === undefined) throw noPath(at, a.id);
  if (at === '' || from?.kind === Kind.folder || to?.kind === Kind.folder) {
    const side = (state: State, entry: TreeEntry | undefined) => ({
      trees: state.trees,
      folder: at === '' ? state.root : entry?.kind === Kind.folder ? entry.id : undefined,
    });
    return diffLists(differences(side(a, from), side(b, to), at));
  }
  return diffLists([{ path: at, from, to }]);
}

export async function find(open: Open, request: Request<'find'>): Promise<api.FoundPaths> {
  const states = request.state === undefined ? await allStates(open) : [await namedState(open, request.state)];
  const found = findPaths(states, request.pattern);
  const paths = found.slice(0, request.limit).map(({ entry, ...rest }) => ({ kind: kindOf(entry), ...rest }));
  return { count: found.length, paths };
}

export async function history(open: Open, path: string): Promise<readonly api.Version[]> {
  const at = parsePath(path);
  const versions = pathHistory(await allStates(open), at);
  if (versions.length === 0) throw new SnapstageError('not-found', `No state has “${at}”.`, { path: at });
  return versions.map((version) => ({
    entry: version.entry === undefined ? null : entryInfo(at, version.entry),
    states: version.states.map((state) => state.id),
    since: version.states.at(-1)!.at,
  }));
}

/** The current state, then the snapshots, newest first. */
async function allStates(open: Open): Promise<State[]> {
  const { snapshots } = open.store.survey();
  return [await currentState(open), ...snapshots.map((snapshot) => stateOf(open.store, snapshot))];
}

function noPath(at: string, state: string): SnapstageError {
  return new SnapstageError('not-found', `There is no “${at}” in ${state}.`, { path: at, state });
}
