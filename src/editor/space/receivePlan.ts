/** What receiving a delivery would do to the folder, as far as the editor has to know. Pure. */
import type { RestoreItem } from '../../engine/api.ts';
import type { DeliveredObject, DeliveryOutcome, DeliveryPlan } from '../../engine/deliveryApi.ts';

const writing: ReadonlySet<DeliveryOutcome> = new Set(['created', 'updated', 'replaced', 'merged', 'saved-beside', 'deleted']);

/** True where something of the folder is changed. */
export function changesSomething({ counts }: Pick<DeliveryPlan, 'counts'>): boolean {
  return [...writing].some((outcome) => counts[outcome] > 0);
}

/** True where somebody's work is replaced or deleted: that has to be agreed to. */
export function takesAway({ counts }: Pick<DeliveryPlan, 'counts'>): boolean {
  return counts.replaced > 0 || counts.deleted > 0;
}

/** True where it writes or deletes the path itself or something above it. */
export function touchesPath({ objects }: Pick<DeliveryPlan, 'objects'>, path: string): boolean {
  return objects.some(
    ({ outcome, place, as }) =>
      writing.has(outcome) &&
      [outcome === 'saved-beside' && as !== null ? as : place].some((at) => at === path || path.startsWith(`${at}/`)),
  );
}

/** What was done to paths, as restores tell it: for the editors that are open on them. */
export function writtenItems(objects: readonly DeliveredObject[]): readonly Pick<RestoreItem, 'path' | 'kind' | 'action'>[] {
  return objects.flatMap(({ outcome, place, as, incoming, mine }) => {
    if (!writing.has(outcome)) return [];
    const { kind } = (outcome === 'deleted' ? mine : incoming) ?? { kind: 'file' as const };
    const action = outcome === 'deleted' ? 'delete' : mine === null || outcome === 'saved-beside' ? 'add' : 'replace';
    return [{ path: outcome === 'saved-beside' ? (as ?? place) : place, kind, action }];
  });
}
