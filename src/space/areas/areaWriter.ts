import { createHash } from 'node:crypto';
import { quietly } from '../../base/errors.ts';
import { uncounted, type Work } from '../../base/work.ts';
import { readConfig } from '../../store/config.ts';
import { fileOf } from '../../store/files.ts';
import { Part, type Inventory } from '../../store/inventory.ts';
import { readTrailer } from '../../store/pack.ts';
import { wantedContents, wantedPieces, watched, type Piece } from '../../store/pieces.ts';
import { smallPacks, type SmallPack } from '../../store/smallPacks.ts';
import type { Store } from '../../store/store.ts';
import { seal } from '../crypto/sealing.ts';
import { sealContext, type Area, type AreaFile, type AreaPack } from './area.ts';

export interface Wanted {
  /** Of the keys to seal with. */
  readonly epoch: string;
  /** Where it lies. */
  readonly store: Store;
  /** What the area is to have. */
  readonly inventory: Inventory;
  /** What it has already. */
  readonly has: (id: Buffer) => boolean;
}

/**
 * Seals what an area lacks of an inventory into new packs in this instance's own folder for the area, durably, and tells what a signed
 * record must name of them. Nothing is sent yet. Folders and the lists of parts come first, in packs of their own: who wants some of it
 * need not fetch the rest to know. Nothing goes along but what is in the inventory: what is stored as a difference from anything else
 * is not sent as one.
 * @throws SnapstageError `damaged`, `no-space`, `cancelled`; then nothing is left of it, and a killed process leaves what `keepOnly` removes.
 */
export async function sealMissing(area: Area, { epoch, store, inventory, has }: Wanted, work: Work): Promise<AreaPack[]> {
  const { objects, bytes } = wantedContents(inventory, (id) => !has(id));
  work.begin('write', objects, bytes);
  area.local.makeFolder('');
  const sealing = new Sealing(area, epoch, store, work);
  const pieces = (isMeta: boolean): Iterable<Piece> =>
    watched(
      wantedPieces(store.reader, inventory, (id, part) => (part & Part.meta) > 0 === isMeta && !has(id)),
      work,
    );
  try {
    for (const isMeta of [true, false]) await sealing.add(pieces(isMeta));
    if (objects > 0) area.local.flushFolder('');
    return sealing.packs;
  } catch (error) {
    sealing.abandon();
    throw error;
  }
}

/** Removes what no record names from this instance's own folder: what was fetched, and what a killed process left. */
export function keepOnly({ local }: Area, packs: Iterable<AreaPack>): void {
  const kept = new Set([...packs].flatMap(({ pack, index }) => [pack.name, index.name]));
  for (const name of local.list('')) if (!kept.has(name)) local.remove(name);
}

class Sealing {
  readonly packs: AreaPack[] = [];
  private readonly area: Area;
  private readonly epoch: string;
  private readonly store: Store;
  private readonly work: Work;
  private readonly made: string[] = [];

  constructor(area: Area, epoch: string, store: Store, work: Work) {
    this.area = area;
    this.epoch = epoch;
    this.store = store;
    this.work = work;
  }

  async add(pieces: Iterable<Piece>): Promise<void> {
    const { host, reader, files } = this.store;
    const level = readConfig(files).compression;
    for (const pack of smallPacks(pieces, () => host.randomHex(16), reader, level)) this.packs.push(await this.pack(pack));
  }

  abandon(): void {
    for (const name of this.made) quietly(() => this.area.local.remove(name));
  }

  private async pack({ name, parts }: SmallPack): Promise<AreaPack> {
    const bytes = Buffer.concat(parts);
    const segment = readTrailer({ openRead: () => fileOf(bytes) }, name);
    return {
      epoch: this.epoch,
      pack: await this.file(name, bytes),
      index: await this.file(this.store.host.randomHex(16), segment.bytes),
    };
  }

  private async file(name: string, content: Buffer): Promise<AreaFile> {
    const { area, epoch, store, work } = this;
    const hash = createHash('sha256');
    let bytes = 0;
    this.made.push(name);
    const file = area.local.create(name);
    try {
      for await (const part of seal([content], sealContext(area, epoch, name), store.host, uncounted(work))) {
        hash.update(part);
        file.append(part);
        bytes += part.length;
      }
      file.flush();
    } finally {
      file.close();
    }
    return { name, bytes, hash: hash.digest('hex') };
  }
}
