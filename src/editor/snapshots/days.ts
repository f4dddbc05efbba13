import { parseTime } from '../../base/format.ts';

/** A stretch of days. Older than last week, a month is one. */
export type DaySpan = 'today' | 'yesterday' | 'this-week' | 'last-week' | 'month';

export interface DayGroup<T> {
  /** Stable while the same days are meant: `today`, …, `2026-10`. */
  readonly key: string;
  readonly span: DaySpan;
  /** Local midnight of its first day. */
  readonly since: Date;
  readonly items: readonly T[];
}

/**
 * Groups what is sorted newest first by local days, seen from now; a time ahead of the clock counts as today.
 * `firstDay` is the week's first day, 1 (Monday) to 7.
 */
export function groupByDay<T extends { readonly created: string }>(
  items: readonly T[],
  now: Date,
  firstDay: number,
): readonly DayGroup<T>[] {
  const groups: { key: string; span: DaySpan; since: Date; items: T[] }[] = [];
  for (const item of items) {
    const span = spanOf(parseTime(item.created), now, firstDay);
    const last = groups.at(-1);
    if (last?.key === span.key) last.items.push(item);
    else groups.push({ ...span, items: [item] });
  }
  return groups;
}

/** First day of the week where the language is spoken; Monday where the platform doesn't know. */
export function firstDayOfWeek(locale: string): number {
  const { getWeekInfo } = Intl.Locale.prototype as { getWeekInfo?: () => { readonly firstDay: number } };
  return getWeekInfo?.call(new Intl.Locale(locale)).firstDay ?? 1;
}

function spanOf(time: Date, now: Date, firstDay: number): Pick<DayGroup<unknown>, 'key' | 'span' | 'since'> {
  // Counting in calendar days, not in hours, stays right where the clock is put forward or back.
  const daysAgo = (days: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  const intoWeek = ((now.getDay() || 7) - firstDay + 7) % 7;
  const spans: readonly (readonly [DaySpan, Date])[] = [
    ['today', daysAgo(0)],
    ['yesterday', daysAgo(1)],
    ['this-week', daysAgo(intoWeek)],
    ['last-week', daysAgo(intoWeek + 7)],
  ];
  for (const [span, since] of spans) if (time >= since) return { key: span, span, since };
  const since = new Date(time.getFullYear(), time.getMonth(), 1);
  return { key: `${since.getFullYear()}-${String(since.getMonth() + 1).padStart(2, '0')}`, span: 'month', since };
}
