import { quietly, SnapstageError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import { Intake } from '../store/intake.ts';
import { Inventory } from '../store/inventory.ts';
import type { Piece } from '../store/pieces.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { STORE_FOLDER, type Store } from '../store/store.ts';
import { tidy } from '../store/tidy.ts';
import { decodeTree } from '../store/tree.ts';
import { snapshotInfo } from './infos.ts';
import type { Open } from './open.ts';
import type * as transferApi from './transferApi.ts';

/**
 * Takes in a snapshot of another store: what `pieces` brings of it, whoever that is from, is checked to the last byte, and that nothing
 * is missing, before its record is written. One that is here already is only mended, where something of it is missing.
 * @throws SnapstageError `damaged`; what was written is removed again, unless the process is killed. Then it is used by the next
 *   intake, or goes with the next compaction.
 */
export async function takeIn(
  open: Open,
  snapshot: StoredSnapshot,
  pieces: () => AsyncIterable<Piece>,
): Promise<transferApi.TransferReport> {
  const { store, session, work } = open;
  const known = recordHere(store, snapshot.id);
  if (known !== undefined && isWhole(store, known, work)) return report('present', known, 0);
  const intake = new Intake(store);
  try {
    for await (const piece of pieces()) intake.put(piece);
    intake.finish();
    work.begin('verify');
    refuseSurplus(intake, checked(store, snapshot, work));
  } catch (error) {
    quietly(() => intake.abandon());
    throw error;
  }
  const own = store.snapshots.labels(snapshot.id);
  const labels = typeof own === 'object' ? own : { ...snapshot.labels, imported: new Date(store.host.now()).toISOString() };
  if (known === undefined) store.publish(snapshot.record, labels);
  else session.check();
  // The snapshot is there; what only saves time next time may fail.
  quietly(() => {
    store.saveIndex(intake.segments.length);
    if (store.unfinished.length > 0) tidy(store, session);
  });
  return report(known === undefined ? 'imported' : 'mended', { ...snapshot, labels }, intake.storedBytes);
}

/** True for a snapshot of which nothing is missing here. @throws SnapstageError `cancelled`. */
export function isHere(store: Store, id: string, work: Work): boolean {
  const known = recordHere(store, id);
  return known !== undefined && isWhole(store, known, work);
}

function recordHere(store: Store, id: string): StoredSnapshot | undefined {
  return unlessDamaged(() => store.snapshots.get(id));
}

function isWhole(store: Store, snapshot: StoredSnapshot, work: Work): boolean {
  return unlessDamaged(() => checked(store, snapshot, work)) !== undefined;
}

/** What the snapshot consists of, all of it where a snapshot may rely on it. @throws SnapstageError `damaged`. */
function checked({ index, reader }: Store, { record }: StoredSnapshot, work: Work): Inventory {
  const inventory = new Inventory({ index, reader, isSound: (id) => index.has(id), check: () => work.check() });
  const root = Buffer.from(record.root, 'hex');
  inventory.add(root);
  if (decodeTree(Buffer.from(reader.get(root))).some(({ name }) => name === STORE_FOLDER))
    throw new SnapstageError('damaged', `The snapshot holds something in place of ${STORE_FOLDER}.`, { path: STORE_FOLDER });
  return inventory;
}

/** Nobody is made to store what is in no snapshot. */
function refuseSurplus({ segments }: Intake, { parts }: Inventory): void {
  const isUsed = segments.every((segment) => parts.get(segment)?.every((part) => part !== 0) ?? false);
  if (!isUsed) throw new SnapstageError('damaged', 'There is more in it than its snapshot consists of.');
}

function report(outcome: transferApi.TransferReport['outcome'], snapshot: StoredSnapshot, storedBytes: number): transferApi.TransferReport {
  return { outcome, snapshot: snapshotInfo(snapshot), storedBytes };
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return undefined;
    throw error;
  }
}
