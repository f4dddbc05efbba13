import { uncounted, type Work } from '../../base/work.ts';
import { mergeSegments, Segment } from '../../store/segment.ts';
import { StoreIndex } from '../../store/storeIndex.ts';
import { checkPack, fetchFile, localFile, naming, openSealed, unusable, type Area, type AreaPack } from './area.ts';

/** Indexes fetched at once: a distant hub takes its time for each. */
const AT_ONCE = 8;
/** Of one merged index. */
const MAX_OBJECTS = 1 << 20;

export interface IndexedPack {
  readonly area: Area;
  readonly listed: AreaPack;
  readonly segment: Segment;
}

/** What the packs of an area hold, as their indexes say. */
export class AreaIndex {
  readonly area: Area;
  /** By name, in the order in which records name them. */
  readonly packs: ReadonlyMap<string, IndexedPack>;
  /** Few segments in which everything is: a look-up asks each of them. */
  readonly merged: readonly Segment[];
  private readonly index: StoreIndex;

  private constructor(area: Area, packs: readonly IndexedPack[]) {
    this.area = area;
    this.packs = new Map(packs.map((one) => [one.listed.pack.name, one]));
    this.merged = merged([...this.packs.values()].map(({ segment }) => segment));
    this.index = new StoreIndex(this.merged);
  }

  /**
   * Of the packs that signed records name, in their order. @throws SnapstageError `not-found` and `damaged`, naming the file, when an
   * index is not there or not what it must be; those of the hub.
   */
  static async load(area: Area, packs: Iterable<AreaPack>, work: Work): Promise<AreaIndex> {
    const listed = [...packs];
    for (const pack of listed) checkPack(area, pack);
    work.begin('read', listed.length);
    area.local.makeFolder('');
    const indexed: IndexedPack[] = [];
    for (let from = 0; from < listed.length; from += AT_ONCE) {
      indexed.push(...(await Promise.all(listed.slice(from, from + AT_ONCE).map((pack) => indexedPack(area, pack, work)))));
    }
    return new AreaIndex(area, indexed);
  }

  has(id: Buffer): boolean {
    return this.index.has(id);
  }

  /** A pack that holds an object, and the object's row in it; of several always the same. */
  holderOf(id: Buffer): { readonly pack: IndexedPack; readonly row: number } | undefined {
    const found = this.index.find(id);
    if (found === undefined) return undefined;
    const { segment, row } = found;
    const pack = this.packs.get(segment.packs[segment.blockPack[segment.objectBlock[row]!]!]!)!;
    return { pack, row: pack.segment.find(id) };
  }

  /** The packs that hold an object. */
  packsWith(id: Buffer): readonly AreaPack[] {
    return [...this.packs.values()].flatMap(({ listed, segment }) => (segment.find(id) < 0 ? [] : [listed]));
  }
}

async function indexedPack(area: Area, listed: AreaPack, work: Work): Promise<IndexedPack> {
  const { index, pack, epoch } = listed;
  const known = localFile(area, index);
  const sealed = known ?? (await fetchFile(area, index, uncounted(work)));
  if (known === undefined) area.local.write(index.name, sealed, false);
  const segment = await naming(area, index, async () => new Segment(await openSealed(area, epoch, index, sealed, work)));
  if (segment.packs.length !== 1 || segment.packs[0] !== pack.name) throw unusable(area, index, 'it belongs to another pack');
  work.advance(1, 0);
  return { area, listed, segment };
}

function merged(segments: readonly Segment[]): Segment[] {
  const groups: Segment[][] = [];
  let objects = MAX_OBJECTS;
  for (const segment of segments) {
    if (objects + segment.objects > MAX_OBJECTS) {
      groups.push([]);
      objects = 0;
    }
    objects += segment.objects;
    groups.at(-1)!.push(segment);
  }
  return groups.map((group) =>
    group.length === 1
      ? group[0]!
      : new Segment(
          mergeSegments(group, () => true),
          true,
        ),
  );
}
