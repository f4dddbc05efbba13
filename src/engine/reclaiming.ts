/** Getting a given amount of space back: which snapshots to delete for it, and doing it. */
import { formatSize } from '../base/format.ts';
import { SnapstageError } from '../base/errors.ts';
import { Journal } from '../instance/journal.ts';
import { weighSets } from '../store/alone.ts';
import { compact } from '../store/compact.ts';
import { fewest, type Part } from '../store/fewest.ts';
import { forecast } from '../store/forecast.ts';
import { Holders } from '../store/holders.ts';
import { idOf } from '../store/ids.ts';
import { PACK_FOLDER } from '../store/pack.ts';
import { storedBytes } from '../store/sizes.ts';
import type { Store } from '../store/store.ts';
import { deleteSnapshots, planDelete } from './deleting.ts';
import { snapshotInfo } from './infos.ts';
import type { Open } from './open.ts';
import type { PlannedReclaim, ReclaimOutcome, ReclaimPlan, ReclaimRequest } from './storageApi.ts';

/** Choices that are gone through at most; each next one is chosen between the best that falls short and the least that is enough. */
const MAX_TRIES = 12;
/** Up to so many snapshots that may go, every smaller choice is foretold too: what little there is comes back in packs put together. */
const MAX_EXACT = 5;

interface Chosen {
  readonly ids: readonly string[];
  readonly bytes: number;
}

export async function planReclaim(open: Open, { free }: ReclaimRequest): Promise<ReclaimPlan> {
  if (!Number.isSafeInteger(free) || free <= 0)
    throw new SnapstageError('usage', 'The space to free must be a whole number of bytes above 0.', { free });
  const { store, session, work } = open;
  const from = fingerprint(store);
  const holders = new Holders(store, work);
  const all = holders.snapshots.map(({ id }) => id);
  const { blocked } = await planDelete(open, all);
  const kept = new Set([...blocked.map(({ id }) => id), ...all.slice(-1)]);
  const compacting = forecast(store, session, holders, new Set(), work);
  const chosen = choose(open, holders, kept, free, compacting);
  if (chosen.bytes < free) throw outOfReach(free, chosen, kept.size);
  const deleted = new Set(chosen.ids);
  return {
    free,
    bytes: chosen.bytes,
    compacting: Math.max(0, compacting),
    snapshots: holders.snapshots
      .filter(({ id }) => deleted.has(id))
      .toReversed()
      .map(snapshotInfo),
    losesUndo: deleted.has(new Journal(store).done()?.safety ?? ''),
    waitingFor: store.sessions.others(session.name),
    from,
  };
}

/**
 * The fewest snapshots with which that much comes back, or all that may go where even they are not enough. Which are fewest is told by
 * what objects weigh; what comes back is another amount, for what stays is put together anew. So choices are gone through, from
 * `compacting` alone to all, until those that are enough are one more than those that fall short.
 */
function choose({ store, session, work }: Open, holders: Holders, kept: ReadonlySet<string>, free: number, compacting: number): Chosen {
  if (compacting >= free) return { ids: [], bytes: compacting };
  const candidates = holders.snapshots.filter(({ id }) => !kept.has(id));
  const isAutomatic = candidates.map(({ record }) => record.kind === 'automatic');
  const parts = partsOf(store, holders, kept);
  const choiceFor = (goal: number): Chosen & { readonly goal: number } => {
    work.check();
    const ids = (fewest(parts, isAutomatic, goal) ?? [...candidates.keys()]).map((one) => candidates[one]!.id);
    return { goal, ids, bytes: ids.length === 0 ? compacting : forecast(store, session, holders, new Set(ids), work) };
  };
  let short = { goal: 0, ids: [] as readonly string[], bytes: compacting };
  let enough = choiceFor(parts.reduce((sum, { bytes }) => sum + bytes, 0) + 1);
  if (enough.bytes < free) return enough;
  for (let tries = 0; tries < MAX_TRIES && enough.ids.length > short.ids.length + 1; tries++) {
    const share = (free - short.bytes) / (enough.bytes - short.bytes);
    const next = choiceFor(short.goal + (enough.goal - short.goal) * Math.min(0.95, Math.max(0.05, share)));
    if (next.bytes >= free) enough = next;
    else short = next;
  }
  if (candidates.length > MAX_EXACT) return enough;
  const foretell = (chosen: readonly number[]): Chosen => {
    work.check();
    const ids = chosen.map((one) => candidates[one]!.id);
    return { ids, bytes: forecast(store, session, holders, new Set(ids), work) };
  };
  return fewerThan(enough.ids.length, isAutomatic, free, foretell) ?? enough;
}

/** Of the choices with fewer snapshots than `count` that are enough: of the fewest, the one with the least to lose. */
function fewerThan(
  count: number,
  isAutomatic: readonly boolean[],
  free: number,
  foretell: (chosen: readonly number[]) => Chosen,
): Chosen | undefined {
  for (let size = 1; size < count; size++) {
    const found = choicesOf(size, isAutomatic.length)
      .map((chosen) => ({ ...foretell(chosen), automatic: chosen.filter((one) => isAutomatic[one]).length }))
      .filter(({ bytes }) => bytes >= free)
      .sort((a, b) => b.automatic - a.automatic || a.bytes - b.bytes);
    if (found[0] !== undefined) return found[0];
  }
  return undefined;
}

/** All choices of so many out of the first `count` numbers. */
function choicesOf(size: number, count: number): number[][] {
  if (size === 0) return [[]];
  return choicesOf(size - 1, count).flatMap((chosen) =>
    Array.from({ length: count - 1 - (chosen.at(-1) ?? -1) }, (_, i) => [...chosen, (chosen.at(-1) ?? -1) + 1 + i]),
  );
}

/** What is needed only by snapshots that may go, by their numbers among these. */
function partsOf(store: Store, holders: Holders, kept: ReadonlySet<string>): Part[] {
  const { sets, snapshots, places } = holders;
  let next = 0;
  const numbers = snapshots.map(({ id }) => (kept.has(id) ? -1 : next++));
  const isKept = sets.holdsAny(places, (place) => (numbers[place] ?? -1) === -1);
  const parts: Part[] = [];
  for (const [set, { bytes }] of weighSets(store, holders)) {
    if (set === 0 || isKept(set)) continue;
    const runs = sets.runs(set).map((place, edge) => (edge % 2 === 0 ? numbers[place]! : numbers[place - 1]! + 1));
    parts.push({ runs, bytes });
  }
  return parts;
}

function outOfReach(free: number, { ids, bytes }: Chosen, kept: number): SnapstageError {
  const most = Math.max(0, bytes);
  const what = ids.length === 0 ? 'no snapshot may be deleted' : `with all ${ids.length} snapshots deleted that may be`;
  return new SnapstageError('refused', `${formatSize(free)} can’t be freed: ${formatSize(most)} at most, ${what}. Nothing was changed.`, {
    free,
    most,
    kept,
    next: 'Pinned snapshots, the newest one, and those that a restore, the Stage or a bundle needs stay. Unpin some, or ask for less.',
  });
}

/** Deletes exactly what was planned, and compacts. */
export async function reclaim(open: Open, plan: PlannedReclaim): Promise<ReclaimOutcome> {
  const { store, session, work } = open;
  if (plan.from !== fingerprint(store))
    throw new SnapstageError('stale-plan', 'Snapshots were taken or deleted since the plan was made, or the store was compacted.');
  if (store.lock.isHeld(session)) throw new SnapstageError('busy', 'Another process is working on this store.');
  const before = storedBytes(store.files);
  const { snapshots } = await deleteSnapshots(
    open,
    plan.snapshots.map(({ id }) => id),
  );
  const compaction = compact(store, session, work);
  return { snapshots, planned: plan.bytes, bytes: before - storedBytes(store.files), waitingFor: compaction.waitingFor };
}

/** The same as long as no snapshot and no pack came or went. */
function fingerprint(store: Store): string {
  const names = [...store.snapshots.ids(), ...store.files.list(PACK_FOLDER)].toSorted();
  return idOf(Buffer.from(names.join(' '))).toString('hex', 0, 16);
}
