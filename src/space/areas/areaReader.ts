import { quietly, SnapstageError } from '../../base/errors.ts';
import { baseName } from '../../base/paths.ts';
import type { Work } from '../../base/work.ts';
import { fileOf, type StoreFiles } from '../../store/files.ts';
import { Intake } from '../../store/intake.ts';
import { Inventory } from '../../store/inventory.ts';
import { MAX_CHAIN, ObjectReader } from '../../store/objectReader.ts';
import { readTrailer } from '../../store/pack.ts';
import { wantedPieces } from '../../store/pieces.ts';
import type { Segment } from '../../store/segment.ts';
import type { Store } from '../../store/store.ts';
import { StoreIndex } from '../../store/storeIndex.ts';
import { fetchFile, localFile, naming, openSealed, unusable } from './area.ts';
import type { AreaIndex, IndexedPack } from './areaIndex.ts';

/** Packs in memory at once: an object and all that it is a difference from may lie in as many. */
const MAX_OPEN = MAX_CHAIN + 2;
/** Behind the name of a pack that is kept on this computer until all of a tree is there. */
const FETCHED = '-fetched';

/** What a tree still takes to be whole in a store. */
export interface Lack {
  readonly objects: number;
  /** Of these objects, when decompressed. */
  readonly plainBytes: number;
  readonly packs: number;
  /** Of these packs, as they are fetched. */
  readonly bytes: number;
}

/** What a tree consists of, and what of it a store lacks. */
export interface Survey {
  readonly root: Buffer;
  readonly inventory: Inventory;
  readonly lack: Lack;
  /** What is to be taken in, as an `Inventory` marks it: first what lies in the store and can't be relied on, then pack by pack. */
  readonly shares: ReadonlyMap<Segment, Uint8Array>;
}

/**
 * What the packs of areas bring into a store. It reads trees of the areas as if they were in the store already, fetching a pack when it is
 * first looked into, so only what is needed ever comes; then it takes in what the store lacks of a tree, and nothing else.
 */
export class AreaReader implements Disposable {
  private readonly indexes: readonly AreaIndex[];
  private readonly packs: ReadonlyMap<string, IndexedPack>;
  private readonly store: Store;
  private readonly work: Work;
  private readonly combined: StoreIndex;
  private readonly reader: ObjectReader;
  /** By name, the one opened last at the end. */
  private readonly open = new Map<string, Buffer>();

  /**
   * `indexes` are those of the areas to look in, whose writers are trusted the most first; `store` is one that is being written to.
   * @throws SnapstageError `damaged` when a pack of one area is called as one of another.
   */
  constructor(indexes: readonly AreaIndex[], store: Store, work: Work) {
    this.indexes = indexes;
    this.packs = allPacks(indexes);
    this.store = store;
    this.work = work;
    const { withLent, reservations, lent } = store.index;
    // The last one is asked first: the store, then the areas in their order.
    const segments = [...indexes.toReversed().flatMap(({ merged }) => merged), ...withLent];
    this.combined = new StoreIndex(segments, reservations, lent && { ...lent, segments: [] });
    this.reader = new ObjectReader(this.files(), this.combined);
  }

  /**
   * Looks what a root tree consists of. All of it must be in the areas or in the store; from `areas` only there, so that nobody can hand
   * in what is in the store because others did. Of the contents nothing is fetched.
   * @throws SnapstageError `not-found`, `damaged`; those of the hub.
   */
  async survey(root: Buffer, from: 'anywhere' | 'areas' = 'anywhere'): Promise<Survey> {
    this.work.begin('read');
    const isSound = (id: Buffer): boolean => from === 'anywhere' || this.indexes.some((index) => index.has(id));
    const inventory = new Inventory({ index: this.combined, reader: this.reader, isSound, check: () => this.work.check() });
    await this.fetching(() => void inventory.add(root));
    return { root, inventory, ...this.lackOf(inventory) };
  }

  /** What root trees consist of, all together, wherever that lies. @throws SnapstageError as `survey`. */
  async inventoryOf(roots: Iterable<Buffer>): Promise<Inventory> {
    this.work.begin('read');
    const inventory = new Inventory({ index: this.combined, reader: this.reader, check: () => this.work.check() });
    for (const root of roots) await this.fetching(() => void inventory.add(root));
    return inventory;
  }

  /** Reads trees of the areas as if they were in the store. `action` may be begun anew, each time that something had to be fetched. */
  async look<T>(action: (reader: ObjectReader) => T): Promise<T> {
    this.work.begin('read');
    let result: T | undefined;
    await this.fetching(() => {
      result = action(this.reader);
    });
    return result!;
  }

  /**
   * Takes in what the store lacks, and checks that the tree is whole then. What was taken in when this ends early stays in the store, where
   * the next attempt finds it; nothing refers to it yet.
   * @throws SnapstageError `not-found`, `damaged`, `no-space`, `cancelled`; those of the hub.
   */
  async takeIn({ root, inventory, lack, shares }: Survey): Promise<void> {
    const { store, work } = this;
    work.begin('write', shares.size, lack.bytes);
    const intake = new Intake(store);
    const taken = new Set<string>();
    const isHere = (id: Buffer): boolean => store.index.has(id) || taken.has(this.packOf(id));
    try {
      for (const [segment, marks] of shares) {
        for (const pack of segment.packs) taken.add(pack);
        await this.takeShare(intake, segment, {
          parts: new Map([[segment, marks]]),
          hasWhole: (id) => inventory.hasWhole(id) && isHere(id),
        });
      }
      intake.finish();
    } catch (error) {
      finishOrAbandon(intake, error);
      throw error;
    }
    work.begin('verify');
    const isSound = (id: Buffer): boolean => store.index.has(id);
    new Inventory({ index: store.index, reader: store.reader, isSound, check: () => work.check() }).add(root);
    this.forgetFetched();
  }

  [Symbol.dispose](): void {
    this.reader.close();
  }

  private lackOf(inventory: Inventory): Pick<Survey, 'lack' | 'shares'> {
    const inStore = new Map<Segment, Uint8Array>();
    const inArea = new Map<Segment, Uint8Array>();
    const lack = { objects: 0, plainBytes: 0, packs: 0, bytes: 0 };
    for (const [segment, marks] of inventory.parts) {
      for (let row = 0; row < segment.objects; row++) {
        const id = segment.id(row);
        if (marks[row] === 0 || this.store.index.has(id)) continue;
        lack.objects += 1;
        lack.plainBytes += segment.objectLength[row]!;
        const pack = this.packs.get(segment.packs[segment.blockPack[segment.objectBlock[row]!]!]!);
        if (pack === undefined) marksOf(inStore, segment)[row] = marks[row]!;
        else marksOf(inArea, pack.segment)[pack.segment.find(id)] = marks[row]!;
      }
    }
    const shares = new Map(inStore);
    for (const { listed, segment } of this.packs.values()) {
      const marks = inArea.get(segment);
      if (marks === undefined) continue;
      shares.set(segment, marks);
      lack.packs += 1;
      lack.bytes += listed.pack.bytes;
    }
    return { lack, shares };
  }

  private async takeShare(intake: Intake, segment: Segment, share: Pick<Inventory, 'parts' | 'hasWhole'>): Promise<void> {
    const pack = this.packs.get(segment.packs[0]!);
    if (pack !== undefined) await this.fetch(pack, false);
    const take = (): Promise<void> => this.fetching(() => this.takePieces(intake, share));
    await (pack === undefined ? take() : naming(pack.area, pack.listed.pack, take));
    this.close(segment.packs);
    this.work.advance(1, 0);
  }

  private takePieces(intake: Intake, share: Pick<Inventory, 'parts' | 'hasWhole'>): void {
    try {
      for (const piece of wantedPieces(this.reader, share, (id) => !this.store.index.has(id))) {
        this.work.check();
        intake.put(piece);
      }
    } catch (error) {
      if (error instanceof PackWanted) intake.finish(); // what was taken in is not wanted any more
      throw error;
    }
  }

  /** Does something that reads objects, until no pack is missing for it. */
  private async fetching(action: () => void): Promise<void> {
    for (;;) {
      try {
        return action();
      } catch (error) {
        if (!(error instanceof PackWanted)) throw error;
        await this.fetch(error.pack, true);
      }
    }
  }

  /** Opens a pack; `isKept`: it lies on this computer then, because it may be needed once more. */
  private async fetch({ area, listed: { pack, epoch }, segment }: IndexedPack, isKept: boolean): Promise<void> {
    const { work } = this;
    if (this.open.has(pack.name)) return work.advance(0, pack.bytes);
    if (this.open.size >= MAX_OPEN) this.close([this.open.keys().next().value!]);
    const known = localFile(area, pack) ?? localFile(area, pack, pack.name + FETCHED);
    const sealed = known ?? (await fetchFile(area, pack, work));
    if (known !== undefined) work.advance(0, known.length);
    else if (isKept) area.local.write(pack.name + FETCHED, sealed, false);
    const plain = await naming(area, pack, () => openSealed(area, epoch, pack, sealed, work));
    const trailer = await naming(area, pack, () => readTrailer({ openRead: () => fileOf(plain) }, pack.name));
    if (!trailer.bytes.equals(segment.bytes)) throw unusable(area, pack, 'it is not what its index says');
    this.open.set(pack.name, plain);
  }

  private close(packs: readonly string[]): void {
    this.reader.close();
    for (const pack of packs) this.open.delete(pack);
  }

  /** Where packs are opened: those of the area as far as they are there, else the store's. */
  private files(): Pick<StoreFiles, 'openRead' | 'elsewhere'> {
    const { files } = this.store;
    return {
      openRead: (name) => {
        const pack = this.packs.get(baseName(name));
        if (pack === undefined) return files.openRead(name);
        const plain = this.open.get(pack.listed.pack.name);
        if (plain === undefined) throw new PackWanted(pack);
        return fileOf(plain);
      },
      elsewhere: (place) => files.elsewhere(place),
    };
  }

  private packOf(id: Buffer): string {
    const { segment, row } = this.combined.find(id)!;
    return segment.packs[segment.blockPack[segment.objectBlock[row]!]!]!;
  }

  private forgetFetched(): void {
    for (const { area } of this.indexes) {
      for (const name of area.local.list('')) if (name.endsWith(FETCHED)) quietly(() => area.local.remove(name));
    }
  }
}

/** Thrown where a pack has to be fetched first. */
class PackWanted extends Error {
  readonly pack: IndexedPack;

  constructor(pack: IndexedPack) {
    super(`pack ${pack.listed.pack.name} is not open`);
    this.pack = pack;
  }
}

function allPacks(indexes: readonly AreaIndex[]): Map<string, IndexedPack> {
  const packs = new Map<string, IndexedPack>();
  for (const [name, pack] of indexes.flatMap((index) => [...index.packs])) {
    if (packs.has(name)) throw unusable(pack.area, pack.listed.pack, 'another area has a pack of its name');
    packs.set(name, pack);
  }
  return packs;
}

function marksOf(shares: Map<Segment, Uint8Array>, segment: Segment): Uint8Array {
  let marks = shares.get(segment);
  if (marks === undefined) shares.set(segment, (marks = new Uint8Array(segment.objects)));
  return marks;
}

/** Keeps what was taken in, unless it was the store that failed: then nobody knows how much of it was written. */
function finishOrAbandon(intake: Intake, failure: unknown): void {
  try {
    if (failure instanceof SnapstageError) return intake.finish();
  } catch {
    // It is the store now.
  }
  quietly(() => intake.abandon());
}
