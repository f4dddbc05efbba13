/** Choices for the conflicts of a delivery, and what is looked at to make them. */
import { SnapstageError } from '../base/errors.ts';
import { readContent, readCurrent } from '../instance/states.ts';
import type { Distribution } from '../space/delivery/distributions.ts';
import { writeChoices, type PendingMerge } from '../space/delivery/received.ts';
import type { Decided } from '../space/merge/decisions.ts';
import type { Planned } from '../space/merge/plan.ts';
import { Kind } from '../store/tree.ts';
import { unsavedIn } from './applying.ts';
import { found, objectInfos } from './deliveries.ts';
import type * as api from './deliveryApi.ts';
import { keepContent, merged } from './merging.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { planIn, planned } from './receivePlan.ts';
import { participating } from './spaces.ts';
import { chooseRows, conflictsIn, mergedTable } from './tableConflicts.ts';

/** Notes choices; those of a triple that is not so any more are left out. */
export function resolve(open: Open, machine: Machine, request: Parameters<api.DeliveryApi['resolve']>[0]): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const distribution = found(participant, request.delivery);
    const { plan } = await planIn(open, participant, distribution, unsavedIn(open, request));
    const changes = new Map<string, Decided | PendingMerge | undefined>();
    const infoOf = objectInfos(open, distribution);
    const at = Map.groupBy(plan.objects, ({ place }) => place);
    for (const choice of request.choices) {
      const { triple, take } = choice;
      const object = objectFor(at.get(choice.place) ?? [], choice);
      if (object?.triple !== triple) continue;
      const { choices: possible } = infoOf(object);
      if (take !== null && !possible.includes(take))
        throw new SnapstageError('usage', `“${take}” can’t be chosen for “${object.name}”.`, { path: object.name, choices: possible });
      changes.set(object.name, take === null ? undefined : await decisionOf(open, distribution, object, take));
    }
    writeChoices(open.store.files, distribution.id, changes);
    return planned(open, participant, request);
  });
}

export function readSide(
  open: Open,
  machine: Machine,
  { delivery, place, side }: { readonly delivery: string; readonly place: string; readonly side: 'base' | 'incoming' | 'mine' },
): Promise<Uint8Array> {
  return participating(open, machine, async (participant) => {
    const { plan } = await planIn(open, participant, found(participant, delivery));
    const entry = plan.objects.find((object) => object.place === place)?.[side];
    if (entry === undefined || entry.kind === Kind.folder)
      throw new SnapstageError('not-found', `“${place}” has no such side.`, { place, side });
    return side === 'mine' ? readCurrent(open.folder, place, entry.kind, 0, undefined) : readContent(open.store.reader, entry);
  });
}

export function mergeText(
  open: Open,
  machine: Machine,
  { delivery, place }: { readonly delivery: string; readonly place: string },
): Promise<api.MergedText> {
  return participating(open, machine, async (participant) => {
    const { plan } = await planIn(open, participant, found(participant, delivery));
    const { content, conflicts } = merged(open, mustBe(plan.objects, { place }));
    return { isClean: conflicts === 0, text: content.toString(), conflicts };
  });
}

/** Keeps what a person made of both sides, and chooses it. */
export function keepMerged(open: Open, machine: Machine, request: Parameters<api.MergeApi['keepMerged']>[0]): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const { place, triple } = request;
    const distribution = found(participant, request.delivery);
    const { plan } = await planIn(open, participant, distribution);
    if (mustBe(plan.objects, { place }).triple !== triple)
      throw new SnapstageError('stale-plan', `“${place}” has changed since both sides were brought together.`, { path: place });
    const content = keepContent(open.store, distribution.id, place, Buffer.from(request.content));
    writeChoices(open.store.files, distribution.id, new Map([[place, { triple, decision: { take: 'merge', content } }]]));
    return planned(open, participant, request);
  });
}

export function tableConflicts(
  open: Open,
  machine: Machine,
  request: Parameters<api.TableConflictApi['tableConflicts']>[0],
): Promise<api.TableConflicts> {
  return participating(open, machine, async (participant) => {
    const distribution = found(participant, request.delivery);
    const { plan } = await planIn(open, participant, distribution);
    return conflictsIn(open, distribution.id, mustBe(plan.objects, request), request);
  });
}

export function resolveRows(
  open: Open,
  machine: Machine,
  request: Parameters<api.TableConflictApi['resolveRows']>[0],
): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const distribution = found(participant, request.delivery);
    const { plan } = await planIn(open, participant, distribution);
    const object = mustBe(plan.objects, request);
    if (object.triple === request.triple) await chooseRows(open, distribution.id, object, request);
    return planned(open, participant, request);
  });
}

function mustBe(objects: readonly Planned[], at: { readonly place: string; readonly part?: string }): Planned {
  const object = objectFor(objects, at);
  if (object !== undefined) return object;
  throw new SnapstageError('not-found', `“${at.place}” is the same here, or not in this delivery.`, { path: at.place });
}

/** The table of this name at a place, or what else is there. */
function objectFor(objects: readonly Planned[], { place, part }: { readonly place: string; readonly part?: string }): Planned | undefined {
  const there = objects.filter((one) => one.place === place);
  return there.find(({ table }) => table !== undefined && table === part) ?? there.find(({ table }) => table === undefined);
}

/** What merges cleanly is merged; what does not waits for what a person makes of it. */
async function decisionOf(open: Open, { id }: Distribution, object: Planned, take: api.Resolution): Promise<Decided | PendingMerge> {
  const { name, triple, table, decision } = object;
  if (take !== 'merge') return { triple, decision: { take } };
  if (decision?.take === 'merge') return { triple, decision };
  if (table !== undefined) {
    const merge = await mergedTable(open, id, object);
    return merge === undefined ? { triple, waits: true } : { triple, decision: merge };
  }
  const { content, conflicts } = merged(open, object);
  return conflicts > 0 ? { triple, waits: true } : { triple, decision: { take, content: keepContent(open.store, id, name, content) } };
}
