/** The conflicts of a plan: which there are, what was decided of each, and which are shown in which order. */
import { baseName, parentPath } from '../../base/paths.ts';
import type { DeliveredObject, ObjectVersion, Resolution } from '../../engine/deliveryApi.ts';
import type { Look, Sort } from './conflictPage.ts';

/** Objects for which there is something to choose, in the order of places. */
export function conflictsOf({ objects }: { readonly objects: readonly DeliveredObject[] }): readonly DeliveredObject[] {
  return objects.filter(({ choices }) => choices.length > 0);
}

/** Tells an object from all others of its plan. */
export function keyOf({ place, part }: Pick<DeliveredObject, 'place' | 'part'>): string {
  return JSON.stringify([place, part]);
}

export function isWaiting({ outcome }: Pick<DeliveredObject, 'outcome'>): boolean {
  return outcome === 'waiting';
}

/** What will be done, whether somebody chose it or a strategy does; `null` while nobody has. */
export function takenOf({ chosen, outcome }: Pick<DeliveredObject, 'chosen' | 'outcome'>): Resolution | null {
  if (chosen !== null) return chosen;
  switch (outcome) {
    case 'created':
    case 'updated':
    case 'replaced':
    case 'deleted':
      return 'incoming';
    case 'kept':
      return 'mine';
    case 'saved-beside':
      return 'both';
    case 'merged':
      return 'merge';
    case 'waiting':
      return null;
  }
}

/** The last of a file's extensions in lower case, `''` for none; of anything else what it is. */
export function typeOf({ type, place }: Pick<DeliveredObject, 'type' | 'place'>): string {
  if (type !== 'file') return type;
  const name = baseName(place);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot).toLowerCase();
}

/** The places, among the conflicts, of those that are shown. */
export function shownOf(conflicts: readonly DeliveredObject[], { filter, isWaitingOnly, sort }: Look): readonly number[] {
  const wanted = filter.trim().toLowerCase();
  const fits = (object: DeliveredObject): boolean =>
    (!isWaitingOnly || isWaiting(object)) && (wanted === '' || searchedText(object).includes(wanted));
  const places = conflicts.flatMap((object, place) => (fits(object) ? [place] : []));
  const compare = orders[sort];
  // Equal ones stay in the order of their places.
  return compare === undefined ? places : places.sort((a, b) => compare(conflicts[a]!, conflicts[b]!));
}

function searchedText({ place, part }: DeliveredObject): string {
  return (part === null ? place : `${place} › ${part}`).toLowerCase();
}

const orders: Readonly<Record<Sort, ((a: DeliveredObject, b: DeliveredObject) => number) | undefined>> = {
  path: undefined,
  type: (a, b) => compareTexts(typeOf(a), typeOf(b)),
  newest: (a, b) => compareTimes(newestOf(b), newestOf(a)),
  largest: (a, b) => largestOf(b) - largestOf(a),
};

function newestOf({ mine, incoming }: DeliveredObject): string {
  const [a, b] = [mine?.modified ?? '', incoming?.modified ?? ''];
  return compareTimes(a, b) > 0 ? a : b;
}

function largestOf({ mine, incoming }: DeliveredObject): number {
  return Math.max(mine?.size ?? 0, incoming?.size ?? 0);
}

/** Orders moments in ISO 8601, UTC, whatever the number of their decimals. */
export function compareTimes(a: string, b: string): number {
  const [[seconds, fraction], [otherSeconds, otherFraction]] = [splitTime(a), splitTime(b)];
  return compareTexts(seconds, otherSeconds) || compareTexts(fraction, otherFraction);
}

function splitTime(iso: string): readonly [seconds: string, fraction: string] {
  const [seconds = '', fraction = ''] = iso.replace(/Z$/, '').split('.');
  return [seconds, fraction.padEnd(9, '0')];
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** All folders above a place, the nearest last. */
export function foldersAbove(place: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = parentPath(place); folder !== ''; folder = parentPath(folder)) folders.unshift(folder);
  return folders;
}

/** True for what has content that can be read and compared. */
export function hasContent(version: ObjectVersion | null): version is ObjectVersion {
  return version !== null && version.kind !== 'folder';
}
