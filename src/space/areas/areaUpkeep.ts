/** Which packs of an area are needed, and what is to be done about the others. */
import type { Inventory } from '../../store/inventory.ts';
import type { AreaPack } from './area.ts';
import type { AreaIndex, IndexedPack } from './areaIndex.ts';

/** A pack of which less than this share is needed is sealed anew, as far as it can be. */
const WORTH_KEEPING = 0.5;

/** What an object of a pack is needed for: 0 for nothing. */
const Need = { delivery: 1, other: 2 } as const;

export interface Upkeep {
  /** Retired packs that are needed after all. */
  readonly back: readonly AreaPack[];
  /** Packs of which nothing is needed. */
  readonly needless: readonly AreaPack[];
  /** Packs of which little is needed, and that for deliveries alone. */
  readonly sparse: readonly AreaPack[];
}

/**
 * Finds what is needed of an area. Deliveries can be sealed anew by who has them; what is needed otherwise stays where it is: what hand-ins
 * rely on, and what an object that is needed is stored as a difference from. Of an object that lies in several packs one is needed.
 */
export class AreaUpkeep {
  private readonly named: AreaIndex;
  private readonly retired: AreaIndex;
  /** For each row of a pack. */
  private readonly needs: ReadonlyMap<IndexedPack, Uint8Array>;

  /** `retired`: packs that the area has no more and that still lie in the hub. */
  constructor(named: AreaIndex, retired: AreaIndex) {
    this.named = named;
    this.retired = retired;
    const all = [named, retired].flatMap(({ packs }) => [...packs.values()]);
    this.needs = new Map(all.map((pack) => [pack, new Uint8Array(pack.segment.objects)]));
  }

  /** Deliveries consist of this. */
  deliver(inventory: Inventory): void {
    for (const id of idsOf(inventory)) this.mark(id, Need.delivery);
  }

  /** These objects are needed for something else. */
  rely(ids: Iterable<Buffer>): void {
    for (const id of ids) this.mark(id, Need.other);
  }

  /** Objects of a pack that deliveries need from it. */
  deliveredFrom({ pack }: AreaPack): Buffer[] {
    const found = this.named.packs.get(pack.name)!;
    const needs = [...this.needs.get(found)!.entries()];
    return needs.flatMap(([row, need]) => ((need & Need.delivery) === 0 ? [] : [found.segment.id(row)]));
  }

  plan(): Upkeep {
    const listed = (packs: AreaIndex['packs'], isSo: (needs: Uint8Array, pack: IndexedPack) => boolean): AreaPack[] =>
      [...packs.values()].filter((pack) => isSo(this.needs.get(pack)!, pack)).map((pack) => pack.listed);
    const isNeeded = (needs: Uint8Array): boolean => needs.some((need) => need !== 0);
    return {
      back: listed(this.retired.packs, isNeeded),
      needless: listed(this.named.packs, (needs) => !isNeeded(needs)),
      sparse: listed(this.named.packs, (needs, pack) => isNeeded(needs) && isSparse(needs, pack)),
    };
  }

  private mark(id: Buffer, need: number): void {
    for (let next: Buffer | undefined = id, why = need; next !== undefined; why = Need.other) {
      const holder = this.holderOf(next);
      if (holder === undefined) return;
      const { pack, row } = holder;
      const needs = this.needs.get(pack)!;
      const isNew = needs[row] === 0;
      needs[row]! |= why;
      next = isNew ? pack.segment.baseOf(pack.segment.objectBlock[row]!) : undefined;
    }
  }

  /** In what the area has, if it is there. */
  private holderOf(id: Buffer): ReturnType<AreaIndex['holderOf']> {
    return this.named.holderOf(id) ?? this.retired.holderOf(id);
  }
}

function isSparse(needs: Uint8Array, { segment: { objectLength } }: IndexedPack): boolean {
  if (needs.some((need) => (need & Need.other) !== 0)) return false;
  const all = objectLength.reduce((sum, length) => sum + length, 0);
  const needed = objectLength.reduce((sum, length, row) => sum + (needs[row] === 0 ? 0 : length), 0);
  return needed < all * WORTH_KEEPING;
}

/** Of all that an inventory has. */
export function* idsOf({ parts }: Inventory): Generator<Buffer> {
  for (const [segment, marks] of parts) for (let row = 0; row < marks.length; row++) if (marks[row] !== 0) yield segment.id(row);
}
