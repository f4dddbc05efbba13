import { comparePaths } from '../../base/paths.ts';
import type { SimilarMatches, SimilarPair, SimilarRegion } from '../../engine/assignmentApi.ts';

/** Two files, one of each hand-in, with what they have in common. */
export interface SimilarPlace {
  readonly one: string;
  readonly other: string;
  readonly regions: readonly { readonly one: SimilarRegion; readonly other: SimilarRegion }[];
  /** Pieces of content that is no text. */
  readonly pieces: number;
  readonly isSame: boolean;
}

/** What two hand-ins have in common, by their files: those with the most lines first. */
export function similarPlaces(
  { regions, contents }: SimilarMatches,
  { sameFiles }: Pick<SimilarPair, 'sameFiles'>,
): readonly SimilarPlace[] {
  const nameOf = (one: string, other: string): string => JSON.stringify([one, other]);
  const byFiles = Map.groupBy(regions, ({ one, other }) => nameOf(one.path, other.path));
  const pieces = new Map(contents.map(({ one, other, shared }) => [nameOf(one, other), shared]));
  const same = new Set(sameFiles.map(({ one, other }) => nameOf(one, other)));
  const places = [...new Set([...byFiles.keys(), ...pieces.keys(), ...same])].map((name): SimilarPlace => {
    const [one, other] = JSON.parse(name) as [string, string];
    return { one, other, regions: byFiles.get(name) ?? [], pieces: pieces.get(name) ?? 0, isSame: same.has(name) };
  });
  return places.toSorted(
    (a, b) => linesIn(b) - linesIn(a) || b.pieces - a.pieces || comparePaths(a.one, b.one) || comparePaths(a.other, b.other),
  );
}

/** Of the first file. */
export function linesIn({ regions }: Pick<SimilarPlace, 'regions'>): number {
  return regions.reduce((sum, { one }) => sum + one.toLine - one.fromLine + 1, 0);
}
