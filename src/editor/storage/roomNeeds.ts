import type { Room, RoomWarning } from '../../engine/storageApi.ts';

const MOST = 4;

/** A disk that fills and empties around what is wanted is told of once, until it clearly has enough again. */
const clearlyEnough = 1.25;

/** Round sizes to offer for freeing, smallest first: of 1, 2 and 5 of each power of ten the largest that are at most half of the store. */
export function roundSizes(storeBytes: number): number[] {
  const sizes: number[] = [];
  for (let power = 1000; power * 2 <= storeBytes; power *= 10)
    for (const times of [1, 2, 5]) if (power * times * 2 <= storeBytes) sizes.push(power * times);
  return sizes.slice(-MOST);
}

/** Bytes that have to go for each warning to go, by its kind. */
export function missing({ warnings }: Room): { readonly kind: 'budget' | 'disk'; readonly bytes: number }[] {
  return warnings.map((warning) =>
    warning.kind === 'budget'
      ? { kind: warning.kind, bytes: warning.bytes - warning.budget }
      : { kind: warning.kind, bytes: warning.wanted - warning.free },
  );
}

/** Of what has been told what still holds, and what is to be told now. */
export function compareWarnings(
  { warnings, disk, wanted }: Room,
  told: readonly string[],
): { readonly stays: readonly string[]; readonly fresh: readonly RoomWarning[] } {
  const keys = new Set(warnings.map(keyOf));
  const isStillTight = disk !== null && wanted !== null && disk.free < wanted * clearlyEnough;
  const stays = told.filter((key) => keys.has(key) || (key === 'disk' && isStillTight));
  return { stays, fresh: warnings.filter((warning) => !stays.includes(keyOf(warning))) };
}

/** Another budget is another state of affairs. */
export function keyOf(warning: RoomWarning): string {
  return warning.kind === 'budget' ? `budget:${warning.budget}` : 'disk';
}
