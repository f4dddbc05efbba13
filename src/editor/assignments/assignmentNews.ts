/** What a member is told of assignments, each thing once. Pure; times are in milliseconds, moments since 1970. */
import type { AssignmentInfo } from '../../engine/assignmentApi.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type NewsKind = 'new' | 'changed' | 'extended' | 'closed' | 'day' | 'hour' | 'returned';

export interface News {
  readonly kind: NewsKind;
  /** Told of once for each key. */
  readonly key: string;
  readonly assignment: AssignmentInfo;
}

/** All that there is to be told of now, whether it was told or not; the most important of an assignment last. */
export function newsOf(assignments: readonly AssignmentInfo[], now: number): readonly News[] {
  return assignments.flatMap((assignment) => newsOfOne(assignment, now));
}

function newsOfOne(assignment: AssignmentInfo, now: number): readonly News[] {
  const { id, edited, isClosed, mine } = assignment;
  // A Master made them; a viewer can do nothing about them.
  if (mine === null) return [];
  const news = (kind: NewsKind, ...of: readonly string[]): News => ({ kind, key: [kind, id, ...of].join(' '), assignment });
  const left = Date.parse(mine.deadline) - now;
  const waits = !isClosed && left >= 0 && (mine.state === 'nothing' || mine.state === 'refused');
  const returned = mine.handIns.flatMap(({ feedback }) => (feedback?.visibility === 'returned' ? [feedback.id] : []));
  return [
    news('new'),
    ...(edited === null ? [] : [news(isClosed ? 'closed' : 'changed', edited)]),
    ...(mine.extension ? [news('extended', mine.extension.made)] : []),
    ...(waits && left < DAY ? [news('day', mine.deadline)] : []),
    ...(waits && left < HOUR ? [news('hour', mine.deadline)] : []),
    ...returned.map((feedback) => news('returned', feedback)),
  ];
}

/** Of what is new, the one thing that is told of each assignment: what came first is known with what came last. */
export function toTell(news: readonly News[], told: ReadonlySet<string>): readonly News[] {
  const fresh = news.filter(({ key }) => !told.has(key));
  return [...new Map(fresh.map((one) => [one.assignment.id, one])).values()];
}

/** When a deadline comes near next, by which something may have to be told; `undefined`: none does. */
export function nextNews(assignments: readonly AssignmentInfo[], now: number): number | undefined {
  const moments = assignments.flatMap(({ mine }) => {
    const deadline = mine === null ? NaN : Date.parse(mine.deadline);
    return [deadline - DAY + 1, deadline - HOUR + 1].filter((moment) => moment > now);
  });
  return moments.length === 0 ? undefined : Math.min(...moments);
}
