/** Snapshots as they are asked for; and by themselves: only where something is new, never two at once, and not from the last of the disk's room. */
import { SnapstageError } from '../base/errors.ts';
import { formatSize } from '../base/format.ts';
import { parsePath } from '../base/paths.ts';
import type { Capture } from '../instance/capture.ts';
import { differences, hasChanges } from '../instance/diff.ts';
import { Journal } from '../instance/journal.ts';
import { stateOf } from '../instance/restore.ts';
import { Trees } from '../instance/states.ts';
import { checkName } from '../instance/take.ts';
import type { Lock } from '../store/sessions.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { tidy } from '../store/tidy.ts';
import type * as api from './api.ts';
import type { AutomaticRequest } from './automaticApi.ts';
import { snapshotDetails } from './infos.ts';
import type { Open } from './open.ts';
import { diskSpace, roomOf } from './room.ts';

export async function take({ store, session, taker, work }: Open, request: api.TakeRequest): Promise<api.SnapshotDetails> {
  if (request.name !== undefined) checkName(request.name);
  const labels = { name: request.name ?? null, description: request.description ?? null, pinned: request.pin ?? false };
  const hint = request.hint?.map(parsePath);
  const { snapshot } = await taker.take(
    store,
    {
      kind: 'manual',
      labels,
      unlessInUse: request.force !== true,
      inUse: request.inUse ?? [],
      quieted: request.quieted ?? [],
      ...(request.extensions === undefined ? {} : { extensions: request.extensions }),
      ...(hint === undefined ? {} : { hint }),
    },
    work,
  );
  if (hint === undefined && store.unfinished.length > 0) tidy(store, session);
  return snapshotDetails(snapshot);
}

export async function takeAutomatic(open: Open, { reason, inUse = [], extensions }: AutomaticRequest): Promise<api.SnapshotDetails | null> {
  const { store, taker, work } = open;
  if (isBetweenStates(open)) return null;
  refuseOnFullDisk(open);
  const lock = lockIfFree(open);
  if (lock === undefined) return null;
  const onCapture = (capture: Capture, snapshots: readonly StoredSnapshot[]): void => {
    if (isKept(store, capture, snapshots) || isBetweenStates(open)) throw new NotWanted();
  };
  try {
    const { snapshot } = await taker.take(
      store,
      { kind: 'automatic', reason, inUse, ...(extensions ? { extensions } : {}), onCapture },
      work,
    );
    return snapshotDetails(snapshot);
  } catch (error) {
    if (error instanceof NotWanted) return null;
    throw error;
  } finally {
    lock[Symbol.dispose]();
  }
}

/** Ends a take that has found nothing to be kept. */
class NotWanted extends Error {}

/** A restore is under way, or was cut off: what is there is no state that anybody wants back. */
function isBetweenStates({ store, session }: Open): boolean {
  return store.restoring.isHeld(session) || new Journal(store).running() !== undefined;
}

function lockIfFree({ store, session }: Open): Lock | undefined {
  try {
    return store.automatic.acquire(session);
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'busy') return undefined;
    throw error;
  }
}

/** Some snapshot is the same to the last bit, as after a restore, or the newest that was taken here to a person's eye. */
function isKept(store: Store, { root, trees }: Capture, snapshots: readonly StoredSnapshot[]): boolean {
  if (snapshots.some(({ record }) => record.root === root.toString('hex'))) return true;
  const newest = snapshots.find(({ labels }) => labels.imported === undefined);
  if (newest === undefined) return false;
  const before = stateOf(store, newest);
  const now = { trees: new Trees(() => store.reader, trees), folder: root };
  return !hasChanges(differences({ trees: before.trees, folder: before.root }, now));
}

/** What is left of the disk is for the user's own work. */
function refuseOnFullDisk({ folder, store }: Open): void {
  const snapshots = store.snapshots.list().snapshots.map(({ record }) => record);
  const { warnings } = roomOf({ storeBytes: 0, budget: undefined, disk: diskSpace(folder), snapshots });
  const warning = warnings.find(({ kind }) => kind === 'disk');
  if (warning?.kind !== 'disk') return;
  const { free } = warning;
  throw new SnapstageError('no-space', `Only ${formatSize(free)} are free on the disk, too little for automatic snapshots.`, { free });
}
