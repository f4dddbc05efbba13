import { lowerBound } from '../../base/sorted.ts';
import { idKey } from '../../store/ids.ts';
import type { ComparedFile } from './comparedFile.ts';
import { readText, type Passage } from './passages.ts';
import { gramsOf } from './winnowing.ts';

/** What everybody was given: it says nothing about anybody. Holds 8 bytes for each token of it. */
export class HandedOut {
  private readonly contents = new Set<string>();
  /** The hashes of all its runs of tokens, ascending: fingerprints alone would not find a piece of it in other surroundings. */
  private readonly grams: Float64Array;

  constructor(files: Iterable<ComparedFile>) {
    const all: Float64Array[] = [];
    for (const file of files) {
      this.contents.add(idKey(file.id));
      const read = readText(file);
      for (const { tokens, grain } of read?.passages ?? []) all.push(gramsOf(tokens, grain.gram));
      if (read === undefined) for (const piece of file.pieces()) this.contents.add(idKey(piece));
    }
    this.grams = concatenated(all).sort();
  }

  /** Whether a file, or a chunk of one, was handed out as it is. */
  has(id: Buffer): boolean {
    return this.contents.has(idKey(id));
  }

  /** The passage without the runs of tokens that were handed out; what stood before and after them is one sequence then. */
  cutFrom(passage: Passage): Passage {
    const { grain, tokens, lines, places } = passage;
    if (this.grams.length === 0) return passage;
    const own = { tokens: [] as number[], lines: [] as number[], places: [] as number[] };
    const grams = gramsOf(tokens, grain.gram);
    let end = 0;
    for (const [at, token] of tokens.entries()) {
      if (at < grams.length && this.grams[lowerBound(this.grams, grams[at]!)] === grams[at]) end = at + grain.gram;
      if (at < end) continue;
      own.tokens.push(token);
      own.lines.push(lines[at]!);
      own.places.push(places[at]!);
    }
    return { grain, ...own };
  }
}

function concatenated(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
