/** The members of an assignment's dashboard: which are shown, in which order, and what is theirs. */
import type { AssignmentDetails, FeedbackInfo, HandInChanges, HandInInfo, StandingInfo } from '../../engine/assignmentApi.ts';
import { standingStates, type Look, type Show, type Sort } from './dashboardPage.ts';

/** How much of hand-ins is other than it was handed out, by their ids. */
export type KnownChanges = ReadonlyMap<string, HandInChanges>;

/** The one that counts. */
export function countingOf({ handIns }: StandingInfo): HandInInfo | undefined {
  return handIns.findLast(({ counts }) => counts);
}

/** The one that counts; where none does, the latest. */
export function shownHandIn(standing: StandingInfo): HandInInfo | undefined {
  return countingOf(standing) ?? standing.handIns.at(-1);
}

export function feedbackOf(standing: StandingInfo): FeedbackInfo | null {
  return countingOf(standing)?.feedback ?? null;
}

/** Files that are other, new or gone; `undefined` where that is not known. */
export function changedFiles(standing: StandingInfo, known: KnownChanges): number | undefined {
  const changes = known.get(shownHandIn(standing)?.id ?? '');
  return changes && changes.added + changes.changed + changes.removed;
}

/** Those that were handed in and are of nobody yet who has them back, or has all of it. */
function isOpen(standing: StandingInfo): boolean {
  return countingOf(standing) !== undefined && (standing.state !== 'returned' || feedbackOf(standing)?.visibility === 'draft');
}

/** Places of the members that are shown, in their order. */
export function orderOf(standings: readonly StandingInfo[], known: KnownChanges, { find, show, sort }: Look): readonly number[] {
  const wanted = find.trim().toLowerCase();
  const compare = comparing(sort, known);
  return [...standings.keys()]
    .filter((place) => isShown(standings[place]!, show) && searchedText(standings[place]!).includes(wanted))
    .toSorted((a, b) => compare(standings[a]!, standings[b]!) || byName(standings[a]!, standings[b]!) || a - b);
}

/** How many of all members each choice shows. */
export function countShown(standings: readonly StandingInfo[], show: Show): number {
  return standings.filter((standing) => isShown(standing, show)).length;
}

/** How many members have handed in, how many of them late or unproven, and how many have not. */
export function totalsOf({ standings }: Pick<AssignmentDetails, 'standings'>): {
  readonly handedIn: number;
  readonly late: number;
  readonly unproven: number;
  readonly missing: number;
} {
  const counting = standings.flatMap((standing) => countingOf(standing) ?? []);
  const count = (lateness: HandInInfo['lateness']): number => counting.filter((one) => one.lateness === lateness).length;
  return {
    handedIn: counting.length,
    late: count('late'),
    unproven: count('unproven'),
    missing: standings.length - counting.length,
  };
}

function isShown(standing: StandingInfo, show: Show): boolean {
  if (show === 'all') return true;
  return show === 'open' ? isOpen(standing) : standing.state === show;
}

function searchedText(standing: StandingInfo): string {
  const { member, groups } = standing;
  return [member.name ?? member.id, ...groups, shownHandIn(standing)?.identifier ?? ''].join('\n').toLowerCase();
}

type Compare = (a: StandingInfo, b: StandingInfo) => number;

const byName: Compare = (a, b) => nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true });

function nameOf({ member: { id, name } }: StandingInfo): string {
  return name ?? id;
}

/** What is large or needs a look comes first, what is not there last. */
function comparing(sort: Sort, known: KnownChanges): Compare {
  switch (sort) {
    case 'name':
      return byName;
    case 'state':
      return (a, b) => standingStates.indexOf(a.state) - standingStates.indexOf(b.state);
    case 'made':
      return by((standing) => Date.parse(shownHandIn(standing)?.made ?? ''));
    case 'late':
      return by((standing) => latest(shownHandIn(standing)));
    case 'size':
      return by((standing) => shownHandIn(standing)?.bytes);
    case 'changed':
      return by((standing) => changedFiles(standing, known));
    case 'grade':
      return (a, b) => compareGrades(feedbackOf(a)?.grade ?? '', feedbackOf(b)?.grade ?? '');
  }
}

function by(valueOf: (standing: StandingInfo) => number | undefined): Compare {
  const value = (standing: StandingInfo): number => {
    const found = valueOf(standing);
    return found === undefined || Number.isNaN(found) ? -1 : found;
  };
  return (a, b) => value(b) - value(a);
}

/** Milliseconds that it may be late by. */
function latest(handIn: HandInInfo | undefined): number | undefined {
  if (!handIn || handIn.lateness === 'on-time') return undefined;
  return handIn.lateBy.most ?? handIn.lateBy.least ?? 0;
}

function compareGrades(a: string, b: string): number {
  if (a === '' || b === '') return Number(a === '') - Number(b === '');
  return a.localeCompare(b, undefined, { numeric: true });
}
