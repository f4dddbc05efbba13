/** Sizes, times and names as a person of the given language reads them. */
import { formatDate, formatNumber, parseTime, replaceUnseen } from '../base/format.ts';

/** From a fraction of 1: `25%`. */
export function formatPercent(fraction: number, locale: string): string {
  return formatNumber(fraction, locale, { style: 'percent' });
}

/** Local time of an ISO 8601 moment, with as much of the date as tells it from now: `14:02`, `Nov 18, 14:02`. */
export function formatTime(iso: string, now: Date, locale: string): string {
  const date = parseTime(iso);
  const sameYear = date.getFullYear() === now.getFullYear();
  const sameDay = sameYear && date.getMonth() === now.getMonth() && date.getDate() === now.getDate();
  return formatDate(date, locale, {
    ...(!sameYear && { year: 'numeric' }),
    ...(!sameDay && { month: 'short', day: 'numeric' }),
    hour: 'numeric',
    minute: '2-digit',
  });
}

/** The whole moment, for tooltips. */
export function formatMoment(iso: string, locale: string): string {
  return formatDate(parseTime(iso), locale, { dateStyle: 'full', timeStyle: 'medium' });
}

/**
 * A path or label that shows as what it is: control characters, marks that turn the writing direction, and the lone
 * surrogates that stand for raw bytes come out as U+FFFD.
 */
export function displayText(text: string): string {
  return replaceUnseen(text, () => '\ufffd');
}
