/** What takes the space of the store, and why it is still taken. */
import { SnapstageError } from '../base/errors.ts';
import { parsePath } from '../base/paths.ts';
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
import { entryInfo, snapshotInfo } from './infos.ts';
import { namedSnapshot, namedSnapshots, type Open } from './open.ts';
import { diskSpace } from './room.ts';
import type { DeleteForecast, StorageReport, StoredVersion, WhyReport } from './storageApi.ts';

export function alone({ store, work }: Open, state: string): api.AloneReport {
  const { id } = namedSnapshot(store, state);
  const holders = new Holders(store, work);
  const set = holders.sets.single(holders.snapshots.findIndex((snapshot) => snapshot.id === id));
  const { objects, bytes } = weighSets(store, holders).get(set) ?? { objects: 0, bytes: 0 };
  return { objects, bytes: Math.round(bytes) };
}

export function storage({ folder, store, session, work }: Open): StorageReport {
  const holders = new Holders(store, work);
  const { sets } = holders;
  const weights = weighSets(store, holders);
  const weight = (set: number): number => weights.get(set)?.bytes ?? 0;
  const snapshots = holders.snapshots.map((snapshot, place) => {
    const bytes = Math.round(weight(sets.single(place)));
    return { snapshot: snapshotInfo(snapshot), alone: bytes };
  });
  const kept = Math.round(weight(sets.single(holders.snapshots.length)));
  const heldAlone = snapshots.reduce((sum, one) => sum + one.alone, 0);
  return {
    bytes: storedBytes(store.files),
    shared: Math.round([...weights.values()].reduce((sum, { bytes }) => sum + bytes, 0) - weight(0) - heldAlone - kept),
    kept,
    unneeded: Math.max(0, forecast(store, session, holders, new Set(), work)),
    disk: diskSpace(folder),
    snapshots: snapshots.toReversed(),
  };
}

/** What deleting snapshots would bring. */
export function forecastDelete({ store, session, work }: Open, states: readonly string[]): DeleteForecast {
  const deleted = new Set(namedSnapshots(store, states).map(({ id }) => id));
  const bytes = forecast(store, session, new Holders(store, work), deleted, work);
  return { bytes, waitingFor: store.sessions.others(session.name) };
}

export async function why({ store, session, work }: Open, path: string): Promise<WhyReport> {
  const at = parsePath(path);
  if (at === '') throw new SnapstageError('usage', 'Name a path inside the folder; `reclaim` tells what all of it takes.', { path: at });
  const holders = new Holders(store, work);
  const states = holders.snapshots.toReversed().map((snapshot) => stateOf(store, snapshot));
  const versions = distinctVersions(states, at);
  if (versions.length === 0) throw new SnapstageError('not-found', `No snapshot has “${at}”.`, { path: at });
  const told = versions.map(({ entry, states: having }) => storedVersion({ store, work }, holders, at, entry, having));
  const ids = [...new Set(told.flatMap(({ snapshots, elsewhere, asBase }) => [...snapshots, ...elsewhere, ...asBase]))];
  return { path: at, versions: told, blocked: (await planDelete({ store, session }, ids)).blocked };
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
      .flatMap((place) => holders.snapshots[place]?.id ?? [])
      .toReversed();
  const elsewhere = idsOf(holding).filter((id) => !here.has(id));
  const known = new Set([...here, ...elsewhere]);
  const asBase = idsOf(needing).filter((id) => !known.has(id));
  return { entry: entryInfo(at, entry), stored: Math.round(stored), snapshots: [...here], elsewhere, asBase };
}
