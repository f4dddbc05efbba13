/** The pairs of alike hand-ins: how each is shown, which are, and in which order. */
import type { AssignmentDetails, SimilarPair, SimilarSide } from '../../engine/assignmentApi.ts';
import type { Column, Look } from './similarityPage.ts';

/** The same whichever of the two comes first. */
export function keyOf({ one, other }: Pick<SimilarPair, 'one' | 'other'>): string {
  return [one.handIn, other.handIn].toSorted().join(' ');
}

/** The pair with that one first of which more is in the other one; of as much in both, the first by its name. */
export function turned(pair: SimilarPair): SimilarPair {
  const { one, other, sameFiles, mainFiles } = pair;
  if (one.part > other.part || (one.part === other.part && byName(one, other) <= 0)) return pair;
  return { ...pair, one: other, other: one, sameFiles: sameFiles.map(swapped), mainFiles: mainFiles && swapped(mainFiles) };
}

/** Places of the pairs that are shown, in their order; equal ones as they came. */
export function orderOf(pairs: readonly SimilarPair[], { find, sort, isDescending }: Look): readonly number[] {
  const wanted = find.trim().toLowerCase();
  const compare = comparing(sort);
  const sign = isDescending ? -1 : 1;
  return [...pairs.keys()]
    .filter((place) => sidesOf(pairs[place]!).some((side) => nameOf(side).toLowerCase().includes(wanted)))
    .toSorted((a, b) => sign * compare(pairs[a]!, pairs[b]!) || a - b);
}

/** Another text as soon as there is something else to be compared, or somebody has another name. */
export function comparedText({ title, distribution, standings }: AssignmentDetails): string {
  const counting = standings.flatMap(({ member, handIns }) =>
    handIns.filter(({ counts }) => counts).map(({ id, isHere }) => [id, isHere, member.name]),
  );
  return JSON.stringify([title, distribution, counting]);
}

function sidesOf({ one, other }: SimilarPair): readonly SimilarSide[] {
  return [one, other];
}

type Compare = (a: SimilarPair, b: SimilarPair) => number;

function comparing(column: Column): Compare {
  switch (column) {
    case 'one':
    case 'other':
      return (a, b) => byName(a[column], b[column]);
    case 'ofOne':
      return (a, b) => byPart(a.one, b.one);
    case 'ofOther':
      return (a, b) => byPart(a.other, b.other);
    case 'passages':
    case 'largest':
    case 'files':
      return (a, b) => a[column] - b[column];
  }
}

function byPart(a: SimilarSide, b: SimilarSide): number {
  return a.part - b.part || a.lines - b.lines;
}

function byName(a: SimilarSide, b: SimilarSide): number {
  return nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true });
}

function nameOf({ member: { id, name } }: SimilarSide): string {
  return name ?? id;
}

function swapped({ one, other }: { readonly one: string; readonly other: string }): { readonly one: string; readonly other: string } {
  return { one: other, other: one };
}
