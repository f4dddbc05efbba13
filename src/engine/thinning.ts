/** Retention of automatic snapshots: which stay, which go. Nobody's own snapshots are touched, nor what somebody brought here. */
import { SnapstageError } from '../base/errors.ts';
import { Journal } from '../instance/journal.ts';
import { thin as thinned } from '../instance/retention.ts';
import type * as api from './api.ts';
import { checkPolicy, chosen } from './configuring.ts';
import { deleteSnapshots, planDelete } from './deleting.ts';
import { snapshotInfo } from './infos.ts';
import type { Open } from './open.ts';
import type { ThinPlan, ThinRequest } from './storageApi.ts';

export async function planThin({ store, session }: Open, request: ThinRequest): Promise<ThinPlan> {
  const policy = request.policy ?? chosen(store).retention;
  if (policy === undefined)
    throw new SnapstageError('usage', 'Which automatic snapshots are to be kept? No rule is given, and none is chosen for the instance.');
  checkPolicy(policy);
  const automatic = store.snapshots
    .list()
    .snapshots.map(snapshotInfo)
    .filter((snapshot) => refusal(snapshot) === undefined);
  const needed = await neededReasons({ store, session }, automatic);
  // One that is pinned stays like those taken by hand, and stands for no other.
  const reasons = thinned(
    automatic.filter(({ pinned }) => !pinned),
    policy,
    checkedZone(request.timeZone),
    store.host.now(),
  );
  const judged = automatic.map((snapshot) => ({
    snapshot,
    reasons: [...(reasons.get(snapshot) ?? []), ...(needed.get(snapshot.id) ?? [])],
  }));
  return {
    policy,
    snapshots: judged.filter((one) => one.reasons.length === 0).map(({ snapshot }) => snapshot),
    kept: judged.filter((one) => one.reasons.length > 0),
  };
}

/** Why rules have nothing to say of a snapshot; absent where they do. */
function refusal({ kind, imported }: api.SnapshotInfo): string | undefined {
  if (kind !== 'automatic') return 'it is no automatic one';
  return imported === undefined ? undefined : 'it came from another store';
}

function checkedZone(zone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SnapstageError('usage', `There is no time zone “${zone}”.`, { zone });
  }
}

/** Why some have to stay whatever the rules: they can't be deleted, or the last restore could not be undone without them. */
async function neededReasons(
  open: Pick<Open, 'store' | 'session'>,
  snapshots: readonly api.SnapshotInfo[],
): Promise<Map<string, string[]>> {
  const { blocked } = await planDelete(
    open,
    snapshots.map(({ id }) => id),
  );
  const needed = new Map(blocked.map(({ id, reason }) => [id, [reason]]));
  const undo = new Journal(open.store).done()?.safety;
  if (undo !== undefined) needed.set(undo, [...(needed.get(undo) ?? []), 'the last restore can be undone with it']);
  return needed;
}

export async function thin(open: Open, { snapshots }: Pick<ThinPlan, 'snapshots'>): Promise<api.DeletePlan> {
  const ids = snapshots.map(({ id }) => id);
  const plan = await planDelete(open, ids);
  const needed = await neededReasons(open, plan.snapshots);
  for (const snapshot of plan.snapshots) {
    const { id } = snapshot;
    const reason = refusal(snapshot) ?? needed.get(id)?.[0];
    if (reason !== undefined) throw new SnapstageError('refused', `Snapshot ${id.slice(0, 8)} can’t be thinned out: ${reason}.`, { id });
  }
  return deleteSnapshots(open, ids);
}
