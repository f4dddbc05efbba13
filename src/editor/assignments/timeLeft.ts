/** How much time a deadline leaves. Pure; all times are in milliseconds, moments since 1970. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `soon`: less than a day; `near`: less than an hour. */
export type Urgency = 'calm' | 'soon' | 'near' | 'passed';

export interface SpanPart {
  readonly unit: 'day' | 'hour' | 'minute' | 'second';
  readonly count: number;
}

export function urgencyOf(deadline: number, now: number): Urgency {
  const left = deadline - now;
  if (left < 0) return 'passed';
  if (left < HOUR) return 'near';
  return left < DAY ? 'soon' : 'calm';
}

/** The largest unit of a span, and the next smaller one where it is not 0; seconds only below a minute. What is less is cut. */
export function spanParts(span: number): readonly SpanPart[] {
  if (span < MINUTE) return [{ unit: 'second', count: Math.floor(Math.max(0, span) / 1000) }];
  const all: readonly SpanPart[] = [
    { unit: 'day', count: Math.floor(span / DAY) },
    { unit: 'hour', count: Math.floor((span % DAY) / HOUR) },
    { unit: 'minute', count: Math.floor((span % HOUR) / MINUTE) },
  ];
  const first = all.findIndex(({ count }) => count > 0);
  return all.slice(first, first + 2).filter(({ count }) => count > 0);
}

/** When what is said of the time left changes next; `undefined`: never. */
export function nextChange(deadline: number, now: number): number | undefined {
  const left = deadline - now;
  if (left < 0) return undefined;
  const unit = left < MINUTE ? 1000 : left < DAY ? MINUTE : HOUR;
  return now + (left % unit) + 1;
}
