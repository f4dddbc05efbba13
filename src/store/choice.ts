import type { ObjectKind } from './objectWriter.ts';
import { packFile } from './pack.ts';
import { listDamaged, listTrash } from './reservations.ts';
import type { Location, Segment } from './segment.ts';
import type { Store } from './store.ts';

/** What a copy of an object is that has to stay; `undefined` for one that nobody needs. */
export type LiveKind = (location: Location) => ObjectKind | undefined;

/** What a compaction writes anew, in rounds: when one has ended its packs are gone. */
export interface Choice {
  readonly rounds: readonly ReadonlySet<string>[];
  readonly deadObjects: number;
}

/** Packs below this size are put together when there are several. */
const SMALL_PACK = 4 << 20;
const MANY_SMALL = 8;
/** Until a round ends, what it writes takes its room twice: who frees space has little. */
const ROUND_BYTES = 1 << 30;

/**
 * The packs to be written anew: those with something in them that nobody needs, damaged ones, and small ones when there are many.
 * Cheapest first, so that there soon is room. `roundBytes`: plain bytes that a round writes anew at most, unless one pack has more.
 */
export function choosePacks(store: Store, liveKind: LiveKind, roundBytes = ROUND_BYTES): Choice {
  const packs = new Map<string, { live: number; dead: number }>();
  for (const segment of store.index.all) {
    for (let row = 0; row < segment.objects; row++) {
      const name = packOf(segment, row);
      let pack = packs.get(name);
      if (pack === undefined) packs.set(name, (pack = { live: 0, dead: 0 }));
      if (liveKind({ segment, row }) !== undefined) pack.live += segment.objectLength[row]!;
      else pack.dead += 1;
    }
  }
  for (const { record } of listTrash(store.files)) for (const pack of record.packs) packs.delete(pack);
  const broken = listDamaged(store.files);
  const small = [...packs.keys()].filter((pack) => (store.files.size(packFile(pack)) ?? 0) < SMALL_PACK);
  const merged = new Set(small.length > MANY_SMALL ? small : []);
  const doomed = [...packs].filter(([name, { dead }]) => dead > 0 || merged.has(name) || broken.has(name));
  doomed.sort(([a, { live: liveA }], [b, { live: liveB }]) => liveA - liveB || (a < b ? -1 : 1));
  return { rounds: inRounds(doomed, roundBytes), deadObjects: doomed.reduce((sum, [, { dead }]) => sum + dead, 0) };
}

function inRounds(packs: readonly (readonly [name: string, { readonly live: number }])[], most: number): Set<string>[] {
  const rounds: Set<string>[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const [name, { live }] of packs) {
    if (bytes + live > most) {
      rounds.push(new Set());
      bytes = 0;
    }
    rounds.at(-1)!.add(name);
    bytes += live;
  }
  return rounds;
}

/** Those of packs in the trash that hold the only copy of something that has to stay. */
export function neededOf(store: Store, packs: readonly string[], liveKind: LiveKind): Set<string> {
  const trash = new Set(packs);
  const needed = new Set<string>();
  for (const segment of store.index.all) {
    for (let row = 0; row < segment.objects; row++) {
      const pack = packOf(segment, row);
      if (trash.has(pack) && liveKind({ segment, row }) !== undefined && !store.index.has(segment.id(row))) needed.add(pack);
    }
  }
  return needed;
}

/** Name of the pack that an object lies in. */
export function packOf(segment: Segment, row: number): string {
  return segment.packs[segment.blockPack[segment.objectBlock[row]!]!]!;
}
