/** Applying what came. */
import { SnapstageError } from '../base/errors.ts';
import { stateOf } from '../instance/restore.ts';
import { readContent } from '../instance/states.ts';
import { noteChange } from '../space/delivery/changes.ts';
import { readReceived, type Received } from '../space/delivery/received.ts';
import { storing } from '../space/delivery/storing.ts';
import { mergedTree } from '../space/merge/mergedTree.ts';
import { nextBase } from '../space/merge/nextBase.ts';
import type { MergePlan } from '../space/merge/plan.ts';
import { idHex } from '../store/ids.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { acknowledge, applied, roundsOf, unsavedIn } from './applying.ts';
import { comingOf } from './coming.ts';
import { deliveryInfo, found, objectInfos } from './deliveries.ts';
import type * as api from './deliveryApi.ts';
import { storeDatabases } from './deliveredTables.ts';
import { snapshotInfo } from './infos.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { publishQuietly } from './publishing.ts';
import { mergeRequest, settled } from './receivePlan.ts';
import { participating } from './spaces.ts';
import { foundTaking, receiveTaking } from './takingBack.ts';

/** Applies a delivery but for what waits. @throws SnapstageError `stale-plan`, `refused` for what must be confirmed, `busy`. */
export function receive(open: Open, machine: Machine, request: api.ReceiveRequest): Promise<api.ReceiveReport> {
  return participating(open, machine, async (participant) => {
    const { store } = open;
    const taking = foundTaking(participant, request.delivery);
    if (taking !== undefined) return receiveTaking(open, participant, taking, request);
    const distribution = found(participant, request.delivery);
    if (distribution.isVoid) throw refusal('It was taken back: there is nothing to apply any more.', { delivery: distribution.id });
    const coming = await comingOf(open, participant, distribution);
    const before = readReceived(store.files).get(distribution.id);
    if (coming.isSuperseded) return { delivery: deliveryInfo(distribution, before, true), counts: NOTHING, objects: [] };
    const unsaved = unsavedIn(open, request);
    let plan: MergePlan | undefined;
    let base = '';
    const make = async (mine: StoredSnapshot): Promise<Buffer> => {
      if (request.from !== undefined && mine.record.root !== request.from)
        throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
      const merge = await mergeRequest(open, coming, stateOf(store, mine), { about: mine.record, unsaved });
      const what = (plan = settled(open, distribution, merge, (_, entry) => readContent(store.reader, entry)));
      if (what.isMostOfAll && request.confirmed !== true)
        throw refusal(`${what.deletedFiles} files would be deleted, more than half of all that are here.`, {
          reason: 'most-of-all',
          deletedFiles: what.deletedFiles,
        });
      const databases = await storeDatabases(store, what, open.work);
      const roots = storing(store, (sink) => ({ merged: mergedTree(merge, what, sink, databases), base: nextBase(merge, what, sink) }));
      base = idHex(roots.base);
      return roots.merged;
    };
    const restored = await applied(open, coming.state, make);
    const waits = plan!.objects.some(({ outcome }) => outcome === 'waiting');
    const rounds = roundsOf(restored);
    const now: Received = {
      state: waits ? 'waiting' : 'applied',
      rounds: [...(before?.state === 'waiting' ? before.rounds : []), ...rounds],
      at: new Date(store.host.now()).toISOString(),
    };
    // Applied is applied, whatever comes: done again it changes nothing.
    noteChange(store.files, { round: rounds[0], base, received: new Map([[distribution.id, now]]) });
    const told = plan!.objects.map(({ path, outcome, beside }) => ({ path, outcome, savedAs: beside?.place ?? null }));
    await acknowledge(participant, distribution.id, told, store.host.now());
    await publishQuietly(open, participant, { isPolled: false });
    return {
      delivery: deliveryInfo(distribution, now, false),
      counts: plan!.counts,
      objects: plan!.objects.map(objectInfos(open, distribution)),
      ...(restored === undefined ? {} : { safety: snapshotInfo(restored.safety) }),
    };
  });
}

const NOTHING = { created: 0, updated: 0, replaced: 0, kept: 0, 'saved-beside': 0, deleted: 0, merged: 0, waiting: 0 };

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
