import type { StoreFiles } from './files.ts';
import { PACK_FOLDER, packFile } from './pack.ts';
import type { Location, Segment } from './segment.ts';

/** Bytes of the files in a folder of the store. */
export function folderBytes(files: StoreFiles, folder: string): number {
  return files.list(folder).reduce((sum, name) => sum + (files.size(`${folder}/${name}`) ?? 0), 0);
}

/** Bytes of all that deleting snapshots and compacting can make smaller: packs, records of snapshots, and the index. */
export function storedBytes(files: StoreFiles): number {
  return [PACK_FOLDER, 'snapshots', 'index'].reduce((sum, folder) => sum + folderBytes(files, folder), 0);
}

/**
 * What an object takes on disk: its part of its block, and of what its pack holds beside blocks, so that the objects of a pack
 * together weigh what the pack does.
 */
export class Weights {
  private readonly files: StoreFiles;
  private readonly besides = new Map<Segment, Float64Array>();

  constructor(files: StoreFiles) {
    this.files = files;
  }

  /** Bytes, and a fraction of one. What lies in another store, which this one is linked to, takes nothing here. */
  of({ segment, row }: Location): number {
    const block = segment.objectBlock[row]!;
    if (Number.isNaN(this.besidesOf(segment)[segment.blockPack[block]!])) return 0;
    const part = segment.objectLength[row]! / Math.max(1, segment.blockPlain[block]!);
    return part * segment.blockStored[block]! + this.besidesOf(segment)[segment.blockPack[block]!]!;
  }

  /** Per pack of a segment: header, trailer and footer, by object. */
  private besidesOf(segment: Segment): Float64Array {
    const known = this.besides.get(segment);
    if (known !== undefined) return known;
    const besides = Float64Array.from(segment.packs, (pack) => this.files.size(packFile(pack)) ?? Number.NaN);
    const objects = new Uint32Array(segment.packs.length);
    for (let block = 0; block < segment.blocks; block++) besides[segment.blockPack[block]!]! -= segment.blockStored[block]!;
    for (let row = 0; row < segment.objects; row++) objects[segment.blockPack[segment.objectBlock[row]!]!]! += 1;
    for (const [pack, count] of objects.entries()) besides[pack] = Math.max(0, besides[pack]!) / Math.max(1, count);
    this.besides.set(segment, besides);
    return besides;
  }
}
