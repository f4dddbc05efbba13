import type { Work } from '../base/work.ts';
import type { Codec } from './codec.ts';
import { Part, type Inventory } from './inventory.ts';
import type { ObjectReader } from './objectReader.ts';
import type { PackedObject, StoredBlock } from './pack.ts';
import type { Segment } from './segment.ts';

/** What travels from a store to another place: blocks as they are stored, or single objects. */
export type Piece = { readonly block: StoredBlock } | { readonly content: Buffer; readonly kind: 'data' | 'meta' };

export interface Contents {
  readonly objects: number;
  /** When decompressed. */
  readonly bytes: number;
}

/** Says of an object, which is these `Part`s of the snapshot, whether it is wanted. */
export type IsWanted = (id: Buffer, part: number) => boolean;

/** How much of a snapshot is wanted. */
export function wantedContents({ parts }: Pick<Inventory, 'parts'>, isWanted: IsWanted): Contents {
  let [objects, bytes] = [0, 0];
  for (const [segment, marks] of parts) {
    for (let row = 0; row < segment.objects; row++) {
      if (marks[row] === 0 || !isWanted(segment.id(row), marks[row]!)) continue;
      objects += 1;
      bytes += segment.objectLength[row]!;
    }
  }
  return { objects, bytes };
}

/**
 * The wanted objects of a snapshot in the order they lie in, those stored as differences last. A block of which all is wanted comes as
 * it is; of another one, which holds what is not the snapshot's, only the objects come, and so does a difference from anything that is
 * not the snapshot's. @throws SnapstageError `damaged`.
 */
export function* wantedPieces(
  reader: ObjectReader,
  inventory: Pick<Inventory, 'parts' | 'hasWhole'>,
  isWanted: IsWanted,
): Generator<Piece> {
  for (const areDeltas of [false, true]) {
    for (const [segment, marks] of inventory.parts) {
      for (const [block, rows] of rowsByBlock(segment, (row) => marks[row] !== 0 && isWanted(segment.id(row), marks[row]!))) {
        const base = segment.baseOf(block);
        if ((base !== undefined) !== areDeltas) continue;
        const length = rows.reduce((sum, row) => sum + segment.objectLength[row]!, 0);
        const isWhole = length === segment.blockPlain[block] && (base === undefined || inventory.hasWhole(base));
        if (isWhole) yield { block: storedBlock(segment, block, rows, reader.stored(segment, block)) };
        else for (const row of rows) yield { content: reader.at({ segment, row }), kind: marks[row] === Part.content ? 'data' : 'meta' };
      }
    }
  }
}

/** Tells of each piece when it has been dealt with. */
export function* watched(pieces: Iterable<Piece>, work: Work): Generator<Piece> {
  for (const piece of pieces) {
    work.check();
    yield piece;
    if ('block' in piece) work.advance(piece.block.objects.length, piece.block.plain);
    else work.advance(1, piece.content.length);
  }
}

/** A block and the objects in it, whose rows are given in the order they lie in. */
export function storedBlock(segment: Segment, block: number, rows: readonly number[], bytes: Buffer): StoredBlock {
  const objects = rows.map((row): PackedObject => ({
    id: segment.id(row),
    offset: segment.objectOffset[row]!,
    length: segment.objectLength[row]!,
  }));
  const codec = segment.blockCodec[block] as Codec;
  return { codec, bytes, crc: segment.blockCrc[block]!, plain: segment.blockPlain[block]!, objects, base: segment.baseOf(block) };
}

/** Blocks in the order they lie in, each with the rows of its wanted objects in the order these lie in. */
export function* rowsByBlock(segment: Segment, isWanted: (row: number) => boolean): Generator<[block: number, rows: number[]]> {
  const { objectBlock, objectOffset } = segment;
  const rows: number[] = [];
  for (let row = 0; row < segment.objects; row++) if (isWanted(row)) rows.push(row);
  rows.sort((a, b) => objectBlock[a]! - objectBlock[b]! || objectOffset[a]! - objectOffset[b]!);
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const block = objectBlock[rows[from]!]!;
    while (to < rows.length && objectBlock[rows[to]!] === block) to += 1;
    yield [block, rows.slice(from, to)];
  }
}
