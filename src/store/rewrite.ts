import type { Work } from '../base/work.ts';
import { packOf, type LiveKind } from './choice.ts';
import { Claims } from './claims.ts';
import { Codec } from './codec.ts';
import { readConfig } from './config.ts';
import { META_BLOCK, ObjectWriter } from './objectWriter.ts';
import type { FinishedPack, PackFiles } from './pack.ts';
import { rowsByBlock, storedBlock } from './pieces.ts';
import type { Location, Segment } from './segment.ts';
import type { Store } from './store.ts';
import { StoreIndex } from './storeIndex.ts';

/** Where what stays is read from: objects, and blocks as they are stored. */
export interface RewriteSource {
  at(location: Location): Buffer;
  stored(segment: Segment, block: number): Buffer;
}

export interface Rewriting {
  readonly store: Store;
  /** The index that `liveKind` speaks of. */
  readonly segments: readonly Segment[];
  readonly liveKind: LiveKind;
  readonly source: RewriteSource;
  readonly files: PackFiles;
  readonly work: Work;
}

export interface Rewritten {
  readonly packs: readonly FinishedPack[];
  /** Plain bytes written anew. */
  readonly bytes: number;
}

/**
 * Writes what is alive of packs to new ones, in the order it lies in. Blocks that are alive as a whole are copied as they are; of
 * others, and of small ones, the objects are put into new blocks. What comes of it depends on the store alone, to some bytes of a
 * trailer in which names compress differently: so a forecast is this with other `files` and another `source`.
 */
export function rewriteLive({ store, segments, liveKind, source, files, work }: Rewriting, packs: ReadonlySet<string>): Rewritten {
  const writer = new ObjectWriter({
    files,
    index: new StoreIndex([]),
    claims: Claims.forObjects(1 << 16),
    reader: store.reader,
    newName: () => store.host.randomHex(16),
    level: readConfig(store.files).compression,
  });
  let bytes = 0;
  try {
    for (const segment of segments) {
      for (const [block, rows] of rowsByBlock(segment, (row) => packs.has(packOf(segment, row)))) {
        work.check();
        const live = rows.filter((row) => liveKind({ segment, row }) !== undefined);
        const plain = live.reduce((sum, row) => sum + segment.objectLength[row]!, 0);
        if (plain === segment.blockPlain[block] && isWorthCopying(segment, block))
          writer.append(storedBlock(segment, block, live, source.stored(segment, block)));
        else for (const row of live) writer.put(source.at({ segment, row }), liveKind({ segment, row })!);
        bytes += plain;
        work.advance(live.length, plain);
      }
    }
    return { packs: writer.finish(), bytes };
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** A difference has its block for itself; of other blocks small ones are better put together. */
function isWorthCopying(segment: Segment, block: number): boolean {
  return segment.blockCodec[block] === Codec.delta || segment.blockPlain[block]! >= META_BLOCK;
}
