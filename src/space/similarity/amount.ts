import { comparePaths } from '../../base/paths.ts';
import type { Matches, Region } from './matches.ts';

/** Two files, one of each hand-in. */
export interface FilePair {
  readonly one: string;
  readonly other: string;
}

/** How much two hand-ins have in common, as people count. */
export interface Amount {
  /** Passages of text. */
  readonly passages: number;
  /** Lines of the largest one, in the hand-in where it has more; 0 without any. */
  readonly largest: number;
  /** Lines of each that are in passages; each line once. */
  readonly linesOfOne: number;
  readonly linesOfOther: number;
  /** Pairs of files that have something in common. */
  readonly files: number;
  /** The pair with the most lines in common, then with the most pieces of other content; `null` without any. */
  readonly mainFiles: FilePair | null;
}

/** Counts what was found in common; files with the very same content count, whatever else was found in them. */
export function amountOf({ regions, contents }: Matches, sameFiles: readonly FilePair[]): Amount {
  const found = new Map<string, FilePair & { lines: number; pieces: number }>();
  const at = ({ one, other }: FilePair): { lines: number; pieces: number } => {
    const name = JSON.stringify([one, other]);
    const known = found.get(name) ?? { one, other, lines: 0, pieces: 0 };
    found.set(name, known);
    return known;
  };
  for (const { one, other } of regions) at({ one: one.path, other: other.path }).lines += linesOf(one);
  for (const { one, other, shared } of contents) at({ one, other }).pieces += shared;
  for (const pair of sameFiles) at(pair);
  const [main] = [...found.values()].sort(
    (a, b) => b.lines - a.lines || b.pieces - a.pieces || comparePaths(a.one, b.one) || comparePaths(a.other, b.other),
  );
  return {
    passages: regions.length,
    largest: regions.reduce((most, { one, other }) => Math.max(most, linesOf(one), linesOf(other)), 0),
    linesOfOne: linesCovered(regions.map(({ one }) => one)),
    linesOfOther: linesCovered(regions.map(({ other }) => other)),
    files: found.size,
    mainFiles: main ? { one: main.one, other: main.other } : null,
  };
}

function linesOf({ fromLine, toLine }: Region): number {
  return toLine - fromLine + 1;
}

/** Where one passage ends another may begin, in the same line. */
function linesCovered(regions: readonly Region[]): number {
  let count = 0;
  for (const inFile of Map.groupBy(regions, ({ path }) => path).values()) {
    let covered = 0;
    for (const { fromLine, toLine } of inFile.toSorted((a, b) => a.fromLine - b.fromLine)) {
      count += Math.max(0, toLine - Math.max(covered, fromLine - 1));
      covered = Math.max(covered, toLine);
    }
  }
  return count;
}
