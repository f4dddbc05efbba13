import { baseName } from '../base/paths.ts';
import { Claims } from './claims.ts';
import { MAX_BLOCK } from './codec.ts';
import type { WritableStoreFile } from './files.ts';
import type { ObjectReader } from './objectReader.ts';
import { ObjectWriter } from './objectWriter.ts';
import type { PackFiles } from './pack.ts';
import type { Piece } from './pieces.ts';
import { StoreIndex } from './storeIndex.ts';

/** A pack is in memory as a whole while it is written or read. */
const PACK_LIMITS = { bytes: 16 << 20, objects: 1 << 16 };
/** No honest pack that travels is larger: nobody is made to hold more than this. */
export const MAX_SMALL_PACK = 2 * MAX_BLOCK + (32 << 20);

export interface SmallPack {
  readonly name: string;
  /** Its bytes. */
  readonly parts: readonly Buffer[];
}

/** The pieces in packs as a store has them, only smaller, for travelling. `level` is zstd's, for what can't be taken as it is stored. */
export function* smallPacks(pieces: Iterable<Piece>, newName: () => string, reader: ObjectReader, level: number): Generator<SmallPack> {
  const shelf = new Shelf();
  const writer = new ObjectWriter({
    files: shelf,
    index: new StoreIndex([]),
    claims: Claims.forObjects(1 << 16),
    reader,
    newName,
    level,
    limits: PACK_LIMITS,
  });
  for (const piece of pieces) {
    if ('block' in piece) writer.append(piece.block);
    else writer.put(piece.content, piece.kind);
    yield* shelf.take();
  }
  writer.finish();
  yield* shelf.take();
}

/** Where packs lie, once they are whole, until they are taken away. */
class Shelf implements PackFiles {
  private readonly whole: SmallPack[] = [];

  take(): readonly SmallPack[] {
    return this.whole.splice(0);
  }

  create(file: string): WritableStoreFile {
    const parts: Buffer[] = [];
    return {
      append: (bytes) => void parts.push(Buffer.from(bytes)), // copied: the writer uses its memory again
      flush: () => undefined,
      close: () => void this.whole.push({ name: baseName(file), parts }),
    };
  }

  remove(): void {
    // What was taken away is not here any more, and the rest goes with the shelf.
  }

  flushFolder(): void {
    // Whoever writes the packs down flushes them.
  }
}
