import { comparePaths } from '../../base/paths.ts';
import type { ComparedFile } from './comparedFile.ts';
import { marksOf, ownPieces, type Marks } from './fingerprints.ts';
import type { HandedOut } from './handedOut.ts';
import { readText } from './passages.ts';

/** Lines of a file from 1, both included; of a notebook those of its text (`readText`). */
export interface Region {
  readonly path: string;
  readonly fromLine: number;
  readonly toLine: number;
}

/** What is alike in two hand-ins, in the order of what is in the first. */
export interface Matches {
  readonly regions: readonly { readonly one: Region; readonly other: Region }[];
  /** Files of other content that have objects in common, and how many. */
  readonly contents: readonly { readonly one: string; readonly other: string; readonly shared: number }[];
}

/**
 * What two hand-ins have in common but for what was handed out and what is common: around each shared fingerprint as many equal tokens as
 * there are, each in one match only. Time and memory are in proportion to what both hold.
 */
export function matchesOf(
  one: Iterable<ComparedFile>,
  other: Iterable<ComparedFile>,
  handedOut: HandedOut,
  common: ReadonlySet<number>,
): Matches {
  return matchesBetween(contentOf(one, handedOut, common), contentOf(other, handedOut, common));
}

/** As `matchesOf`, for who has read the hand-ins. */
export function matchesBetween(one: Content, other: Content): Matches {
  const seeds = seedsOf(sequencesOf(other));
  const regions = sequencesOf(one).flatMap((sequence) => commonRuns(sequence, seeds).flatMap(regionsOf));
  return { regions: merged(regions), contents: sharedContents(one.pieces, other.pieces) };
}

/** A passage of a file. */
interface FilePassage {
  readonly path: string;
  readonly marks: Marks;
}

/** A passage of a file, and which of its tokens are in a match by now. */
interface Sequence extends FilePassage {
  readonly taken: Uint8Array;
}

/** A hand-in as it is compared: fingerprints that are not common, by the file. */
export interface Content {
  readonly passages: readonly FilePassage[];
  readonly pieces: readonly (readonly [path: string, pieces: readonly number[]])[];
}

/** What it takes to keep it: in tokens, of about 30 bytes each, and in pieces. */
export function sizeOfContent({ passages, pieces }: Content): number {
  const tokens = passages.reduce((sum, { marks }) => sum + marks.own.tokens.length, 0);
  return pieces.reduce((sum, [, { length }]) => sum + length, tokens);
}

function sequencesOf({ passages }: Content): Sequence[] {
  return passages.map(({ path, marks }) => ({ path, marks, taken: new Uint8Array(marks.own.tokens.length) }));
}

/** Reads all files, one after the other. */
export function contentOf(files: Iterable<ComparedFile>, handedOut: HandedOut, common: ReadonlySet<number>): Content {
  const passages: FilePassage[] = [];
  const pieces: [string, number[]][] = [];
  for (const file of files) {
    const { path } = file;
    if (file.size === 0 || handedOut.has(file.id)) continue;
    const read = readText(file);
    if (read === undefined) pieces.push([path, ownPieces(file, handedOut).filter((piece) => !common.has(piece))]);
    for (const passage of read?.passages ?? []) {
      passages.push({ path, marks: marksOf(passage, handedOut, common) });
    }
  }
  return { passages: passages.sort((x, y) => comparePaths(x.path, y.path)), pieces: pieces.sort(([x], [y]) => comparePaths(x, y)) };
}

interface Place {
  readonly sequence: Sequence;
  readonly at: number;
}

/** Where a fingerprint is; those before `next` are in matches. */
interface Seeds {
  readonly places: Place[];
  next: number;
}

function seedsOf(sequences: readonly Sequence[]): ReadonlyMap<number, Seeds> {
  const seeds = new Map<number, Seeds>();
  for (const sequence of sequences) {
    for (const { value, at } of sequence.marks.fingerprints) {
      const known = seeds.get(value);
      if (known === undefined) seeds.set(value, { places: [{ sequence, at }], next: 0 });
      else known.places.push({ sequence, at });
    }
  }
  return seeds;
}

/** Equal tokens. */
interface Run {
  readonly one: Place;
  readonly other: Place;
  readonly length: number;
}

/** Of places with the same fingerprint, so many are tried for where the longest run is. */
const MOST_TRIED = 16;

function commonRuns(sequence: Sequence, seeds: ReadonlyMap<number, Seeds>): Run[] {
  const runs: Run[] = [];
  for (const { value, at } of sequence.marks.fingerprints) {
    const found = seeds.get(value);
    if (found === undefined || sequence.taken[at] === 1) continue;
    while (found.next < found.places.length && isTaken(found.places[found.next]!)) found.next += 1;
    const free = found.places.slice(found.next, found.next + MOST_TRIED).filter((place) => !isTaken(place));
    const tried = free.map((place) => runAround({ sequence, at }, place));
    const longest = tried.reduce<Run | undefined>((best, run) => (run.length > (best?.length ?? 0) ? run : best), undefined);
    if (longest === undefined || longest.length < sequence.marks.own.grain.gram) continue;
    for (const place of [longest.one, longest.other]) place.sequence.taken.fill(1, place.at, place.at + longest.length);
    runs.push(longest);
  }
  return runs;
}

function isTaken({ sequence, at }: Place): boolean {
  return sequence.taken[at] === 1;
}

/** All equal tokens around two places that are in no match yet. */
function runAround(one: Place, other: Place): Run {
  const isEqual = (step: number): boolean => {
    const [a, b] = [one.at + step, other.at + step];
    if (one.sequence.taken[a] !== 0 || other.sequence.taken[b] !== 0) return false;
    return one.sequence.marks.own.tokens[a] === other.sequence.marks.own.tokens[b];
  };
  let start = 0;
  let end = 0;
  while (isEqual(end)) end += 1;
  while (isEqual(start - 1)) start -= 1;
  const moved = ({ sequence, at }: Place): Place => ({ sequence, at: at + start });
  return { one: moved(one), other: moved(other), length: end - start };
}

type Match = Matches['regions'][number];

/** A run by its lines, in parts where something was cut out of either. */
function regionsOf({ one, other, length }: Run): Match[] {
  const regions: Match[] = [];
  let start = 0;
  for (let end = 1; end <= length; end++) {
    if (end < length && follows(one, end) && follows(other, end)) continue;
    regions.push({ one: regionOf(one, start, end), other: regionOf(other, start, end) });
    start = end;
  }
  return regions;
}

function follows({ sequence, at }: Place, step: number): boolean {
  const { places } = sequence.marks.own;
  return places[at + step] === places[at + step - 1]! + 1;
}

function regionOf({ sequence, at }: Place, start: number, end: number): Region {
  const { lines } = sequence.marks.own;
  return { path: sequence.path, fromLine: lines[at + start]!, toLine: lines[at + end - 1]! };
}

/** In order, and those that go on in both as one. */
function merged(regions: readonly Match[]): Match[] {
  const sorted = regions.toSorted((x, y) => compareRegions(x.one, y.one) || compareRegions(x.other, y.other));
  const result: Match[] = [];
  for (const match of sorted) {
    const last = result.at(-1);
    if (last !== undefined && goesOn(last.one, match.one) && goesOn(last.other, match.other)) {
      result[result.length - 1] = { one: together(last.one, match.one), other: together(last.other, match.other) };
    } else result.push(match);
  }
  return result;
}

function compareRegions(x: Region, y: Region): number {
  return comparePaths(x.path, y.path) || x.fromLine - y.fromLine || x.toLine - y.toLine;
}

function goesOn(before: Region, after: Region): boolean {
  return before.path === after.path && after.fromLine >= before.fromLine && after.fromLine <= before.toLine + 1;
}

function together(before: Region, after: Region): Region {
  return { ...before, toLine: Math.max(before.toLine, after.toLine) };
}

/** Each object counts for the first file that has it. */
function sharedContents(one: Content['pieces'], other: Content['pieces']): Matches['contents'] {
  const holders = new Map<number, string>();
  for (const [path, pieces] of other.toReversed()) for (const piece of pieces) holders.set(piece, path);
  const seen = new Set<number>();
  return one.flatMap(([path, pieces]) => {
    const fresh = pieces.filter((piece) => !seen.has(piece) && seen.add(piece) && holders.has(piece));
    const shared = Map.groupBy(fresh, (piece) => holders.get(piece)!);
    return [...shared].map(([holder, { length }]) => ({ one: path, other: holder, shared: length }));
  });
}
