/** Deadlines that are suggested, by the calendar of a time zone. Pure. */

export interface SuggestedDeadline {
  /** Days from today on. */
  readonly days: number;
  /** As the engine takes it together with the zone: `2026-12-01 23:59`. */
  readonly local: string;
}

const DAY = 86_400_000;

/** Towards the end of a day, as people expect it. */
const TIME = '23:59';

/** The ends of the days that come so many days after today there. */
export function suggestedDeadlines(now: number, zone: string, after: readonly number[]): readonly SuggestedDeadline[] {
  // The calendar of UTC has no days of another length.
  const today = Date.parse(`${localDate(now, zone)}T00:00:00Z`);
  return after.map((days) => ({ days, local: `${new Date(today + days * DAY).toISOString().slice(0, 10)} ${TIME}` }));
}

/** A moment as it is written in a time zone: `2026-12-01 23:59`. */
export function localTime(moment: number, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return `${localDate(moment, zone)} ${time.format(moment)}`;
}

function localDate(moment: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(
    moment,
  );
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** Whether it is a time as one writes it here; the engine looks closer. */
export function looksLikeTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?)?$/.test(text.trim());
}

/** Lines of gitignore syntax, as they are written with commas between them. */
export function patternsFrom(text: string): readonly string[] {
  return text
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
}
