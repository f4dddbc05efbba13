/** What takes the space of the store, and why it is still taken. */
import * as fs from 'node:fs';
import { SnapstageError } from '../base/errors.ts';
import { joinPath, parsePath } from '../base/paths.ts';
import { stateOf } from '../instance/restore.ts';
import { pathHistory } from '../instance/search.ts';
import type { State } from '../instance/states.ts';
import { weighSets } from '../store/alone.ts';
import { Footprint } from '../store/footprint.ts';
import { forecast } from '../store/forecast.ts';
import { Holders } from '../store/holders.ts';
import { storedBytes, Weights } from '../store/sizes.ts';
import type { TreeEntry } from '../store/tree.ts';
import type * as api from './api.ts';
import { planDelete } from './deleting.ts';
import { entryInfo, kindOf, snapshotInfo } from './infos.ts';
import { namedSnapshot, type Open } from './open.ts';
import type { StorageReport, StorageRequest, StoredPath, StoredVersion, WhyReport } from './storageApi.ts';

const FOLDERS_SHOWN = 50;

export function alone({ store, work }: Open, state: string): api.AloneReport {
  const { id } = namedSnapshot(store, state);
  const holders = new Holders(store, work);
  const set = holders.sets.single(holders.snapshots.findIndex((snapshot) => snapshot.id === id));
  const { objects, bytes } = weighSets(store, holders).get(set) ?? { objects: 0, bytes: 0 };
  return { objects, bytes: Math.round(bytes) };
}

export function storage({ folder, store, session, work }: Open, request: StorageRequest): StorageReport {
  const holders = new Holders(store, work);
  const { sets } = holders;
  const weights = weighSets(store, holders);
  const weight = (set: number): number => weights.get(set)?.bytes ?? 0;
  const snapshots = holders.snapshots.map((snapshot, place) => {
    const bytes = Math.round(weight(sets.single(place)));
    return { snapshot: snapshotInfo(snapshot), alone: bytes };
  });
  const heldAlone = snapshots.reduce((sum, one) => sum + one.alone, 0);
  const disk = fs.statfsSync(folder);
  return {
    bytes: storedBytes(store.files),
    shared: Math.round([...weights.values()].reduce((sum, { bytes }) => sum + bytes, 0) - weight(0) - heldAlone),
    unneeded: Math.max(0, forecast(store, session, holders, new Set(), work)),
    disk: { free: disk.bavail * disk.bsize, total: disk.blocks * disk.bsize },
    snapshots: snapshots.toReversed(),
    folders: heaviest({ store, work }, holders, parsePath(request.path ?? ''), request.limit ?? FOLDERS_SHOWN),
  };
}

/** What is in a folder of the newest snapshot, by what it takes in the store; what several hold counts for the first of them. */
function heaviest({ store, work }: Pick<Open, 'store' | 'work'>, holders: Holders, at: string, limit: number): StoredPath[] {
  const newest = holders.snapshots.at(-1);
  if (newest === undefined) return [];
  const { trees, root } = stateOf(store, newest);
  const folder = trees.folder(root, at);
  if (folder === undefined) throw new SnapstageError('not-found', `There is no folder “${at}” in the newest snapshot.`, { path: at });
  const weights = new Weights(store.files);
  const footprint = new Footprint(store, () => work.check());
  const paths = trees.get(folder).map((entry) => {
    let stored = 0;
    footprint.visit(entry, (location) => (stored += weights.of(location)));
    return { path: joinPath(at, entry.name), kind: kindOf(entry), stored: Math.round(stored) };
  });
  return paths.sort((a, b) => b.stored - a.stored).slice(0, limit);
}

export function why({ store, session, work }: Open, path: string): WhyReport {
  const at = parsePath(path);
  if (at === '') throw new SnapstageError('usage', 'Name a path inside the folder; `reclaim` tells what all of it takes.', { path: at });
  const holders = new Holders(store, work);
  const states = holders.snapshots.toReversed().map((snapshot) => stateOf(store, snapshot));
  const versions = distinctVersions(states, at);
  if (versions.length === 0) throw new SnapstageError('not-found', `No snapshot has “${at}”.`, { path: at });
  const told = versions.map(({ entry, states: having }) => storedVersion({ store, work }, holders, at, entry, having));
  const ids = [...new Set(told.flatMap(({ snapshots, elsewhere, asBase }) => [...snapshots, ...elsewhere, ...asBase]))];
  return { path: at, versions: told, blocked: planDelete({ store, session }, ids).blocked };
}

/** Versions of a path by their content, newest first, each with all the states that have it there. */
function distinctVersions(states: readonly State[], at: string): { entry: TreeEntry; states: State[] }[] {
  const versions = new Map<string, { entry: TreeEntry; states: State[] }>();
  for (const { entry, states: having } of pathHistory(states, at)) {
    if (entry === undefined) continue;
    const key = `${entry.kind} ${entry.id.toString('latin1')}`;
    const known = versions.get(key);
    if (known === undefined) versions.set(key, { entry, states: [...having] });
    else known.states.push(...having);
  }
  return [...versions.values()];
}

function storedVersion(
  { store, work }: Pick<Open, 'store' | 'work'>,
  holders: Holders,
  at: string,
  entry: TreeEntry,
  having: readonly State[],
): StoredVersion {
  const { sets } = holders;
  const weights = new Weights(store.files);
  let stored = 0;
  let holding = 0;
  let needing = 0;
  new Footprint(store, () => work.check()).visit(entry, (location) => {
    stored += weights.of(location);
    holding = sets.union(holding, holders.setHolding(location));
    needing = sets.union(needing, holders.setNeeding(location));
  });
  const here = new Set(having.map(({ id }) => id));
  const idsOf = (set: number): string[] =>
    sets
      .places(set)
      .map((place) => holders.snapshots[place]!.id)
      .toReversed();
  const elsewhere = idsOf(holding).filter((id) => !here.has(id));
  const known = new Set([...here, ...elsewhere]);
  const asBase = idsOf(needing).filter((id) => !known.has(id));
  return { entry: entryInfo(at, entry), stored: Math.round(stored), snapshots: [...here], elsewhere, asBase };
}
