import { SnapstageError } from '../base/errors.ts';
import { Journal } from '../instance/journal.ts';
import type { StoreFiles } from '../store/files.ts';
import { liveDependants } from '../store/lending.ts';
import { BUNDLE_FOLDER, STAGE_FOLDER } from '../store/store.ts';
import type * as api from './api.ts';
import { snapshotInfo } from './infos.ts';
import { folderOf } from './linking.ts';
import { namedSnapshots, type Open } from './open.ts';

export async function planDelete({ store, session }: Pick<Open, 'store' | 'session'>, states: readonly string[]): Promise<api.DeletePlan> {
  const staged = await neededByStage(store.files);
  const chosen = new Map(namedSnapshots(store, states).map((snapshot) => [snapshot.id, snapshot]));
  // In this order: whoever saw the snapshot of a restore sees that it runs, or, later, its intent.
  const isRestoring = store.restoring.isHeld(session);
  const intent = new Journal(store).running();
  const dependants = liveDependants(store);
  const blocked = [...chosen.values()].flatMap(({ id, record, labels }) => {
    if (labels.pinned) return [{ id, reason: 'it is pinned' }];
    const isSafety = isRestoring && record.kind === 'automatic';
    if (isSafety || intent?.target === id || intent?.safety === id) return [{ id, reason: 'a restore that is not finished needs it' }];
    const linked = dependants
      .filter(({ snapshot }) => snapshot === id)
      .map(({ places }) => `the linked instance in ${folderOf(places)} depends on it`);
    return [...linked, ...(staged.get(id) ?? [])].map((reason) => ({ id, reason }));
  });
  return { snapshots: [...chosen.values()].map(snapshotInfo), blocked };
}

/** Reasons by snapshot. What reads the Stage is loaded where something is on it. */
async function neededByStage(files: StoreFiles): Promise<ReadonlyMap<string, readonly string[]>> {
  if ([STAGE_FOLDER, BUNDLE_FOLDER].every((folder) => files.list(folder).length === 0)) return new Map();
  const holding = await import('../space/stage/holding.ts');
  return holding.neededByStage(files);
}

/** Deletes snapshots by their ids; returns what they were. @throws SnapstageError `refused` when one may not be deleted: none is then. */
export async function deleteSnapshots({ store, session, work }: Open, ids: readonly string[]): Promise<api.DeletePlan> {
  const plan = await planDelete({ store, session }, ids);
  if (plan.blocked.length > 0) {
    throw new SnapstageError('refused', `Snapshot ${plan.blocked[0]!.id.slice(0, 8)} can’t be deleted: ${plan.blocked[0]!.reason}.`, {
      blocked: plan.blocked,
    });
  }
  work.begin('delete', plan.snapshots.length);
  for (const { id } of plan.snapshots) {
    await work.pause();
    store.snapshots.remove(id);
    work.advance(1, 0);
  }
  return plan;
}
