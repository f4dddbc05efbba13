import { comparePaths } from '../../base/paths.ts';
import { idKey } from '../../store/ids.ts';
import type { ComparedFile } from './comparedFile.ts';
import type { HandedOut } from './handedOut.ts';
import { readText, type Passage } from './passages.ts';
import { gramsOf, winnow } from './winnowing.ts';

/** Different fingerprints, ascending. Of very many the least ones: for all hand-ins the same choice, so what is left can be compared. */
export interface Sketch {
  readonly values: Float64Array;
  /** All below are here. */
  readonly bound: number;
}

/** What is kept of a hand-in: up to 1 MiB, and the paths of its files. */
export interface Fingerprints {
  readonly text: Sketch;
  /** A fingerprint for each object that other content consists of. */
  readonly data: Sketch;
  /** The paths of its own files, by `idKey`; the first one of those with the same content. */
  readonly files: ReadonlyMap<string, string>;
}

/** Fingerprints of each kind of a hand-in; about 70,000 lines of a program. */
export const MOST_FINGERPRINTS = 1 << 16;

/** In bytes: smaller files are the same by chance. */
const SMALLEST_FILE = 256;

/** What is characteristic of a hand-in: each file is read once, one after the other. */
export function fingerprintsOf(files: Iterable<ComparedFile>, handedOut: HandedOut): Fingerprints {
  const [text, data] = [new Set<number>(), new Set<number>()];
  const paths = new Map<string, string>();
  for (const file of files) {
    if (file.size === 0 || handedOut.has(file.id)) continue;
    const read = readText(file);
    if (read === undefined) for (const piece of ownPieces(file, handedOut)) data.add(piece);
    for (const passage of read?.passages ?? []) for (const { value } of marksOf(passage, handedOut).fingerprints) text.add(value);
    const key = idKey(file.id);
    if (file.size >= SMALLEST_FILE) paths.set(key, firstPath(paths.get(key), file.path));
  }
  return { text: sketchOf(text), data: sketchOf(data), files: paths };
}

/** What is somebody's own of a passage, and its fingerprints by where they start. */
export interface Marks {
  readonly own: Passage;
  readonly fingerprints: readonly { readonly value: number; readonly at: number }[];
}

/** Without the fingerprints that are common. */
export function marksOf(passage: Passage, handedOut: HandedOut, common: ReadonlySet<number> = new Set()): Marks {
  const own = handedOut.cutFrom(passage);
  const grams = gramsOf(own.tokens, own.grain.gram);
  const all = winnow(grams, own.grain.window).map((at) => ({ value: grams[at]!, at }));
  return { own, fingerprints: all.filter(({ value }) => !common.has(value)) };
}

/** Fingerprints of the objects of a file, without those that were handed out: the first 53 bits of their ids. */
export function ownPieces(file: ComparedFile, handedOut: HandedOut): number[] {
  if (file.size < SMALLEST_FILE) return [];
  const own = file.pieces().filter((piece) => !handedOut.has(piece));
  return own.map((id) => id.readUIntBE(0, 6) * 32 + (id[6]! >>> 3));
}

function firstPath(one: string | undefined, other: string): string {
  return one !== undefined && comparePaths(one, other) < 0 ? one : other;
}

function sketchOf(fingerprints: ReadonlySet<number>): Sketch {
  const values = Float64Array.from(fingerprints).sort();
  return { values: values.slice(0, MOST_FINGERPRINTS), bound: values[MOST_FINGERPRINTS] ?? Infinity };
}
