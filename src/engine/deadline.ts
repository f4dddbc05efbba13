/** Deadlines as people write them. */
import { SnapstageError } from '../base/errors.ts';

/** Milliseconds since 1970, and the zone that it is to be shown in. */
export interface Deadline {
  readonly at: number;
  readonly zone: string;
}

const WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?<offset>Z|[+-]\d\d:\d\d)$/;
const LOCAL = /^(?<date>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d)?))?$/;
/** Where no time is given, the day may be used to its end. */
const END_OF_DAY = '23:59:59';

/**
 * The moment of `2026-12-01T23:59:00+01:00`, or of `2026-12-01 23:59` and `2026-12-01` in a zone. Where clocks are set back the later one of two
 * moments is meant, where they are put forward the one after the gap: nobody loses an hour.
 * @throws SnapstageError `usage` for what is no time, no day or no zone.
 */
export async function parseDeadline(text: string, zone: string | undefined): Promise<Deadline> {
  const offset = WITH_OFFSET.exec(text)?.groups?.['offset'];
  if (zone !== undefined) checkZone(zone);
  if (offset !== undefined) {
    const at = Date.parse(text);
    if (Number.isNaN(at) || at < 0 || !isDay(text.slice(0, 10))) throw noTime(text);
    return { at, zone: zone ?? (offset === 'Z' ? 'UTC' : offset) };
  }
  const local = LOCAL.exec(text)?.groups;
  if (local === undefined) throw noTime(text);
  const { Temporal } = await import('temporal-polyfill');
  const timeZone = zone ?? Temporal.Now.timeZoneId();
  try {
    const moment = Temporal.PlainDateTime.from(`${local['date']}T${local['time'] ?? END_OF_DAY}`, { overflow: 'reject' });
    return { at: moment.toZonedDateTime(timeZone, { disambiguation: 'later' }).epochMilliseconds, zone: timeZone };
  } catch (error) {
    throw noTime(text, error);
  }
}

/** Date.parse takes the 31st of every month. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

function checkZone(zone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (error) {
    throw new SnapstageError('usage', `“${zone}” is no time zone, such as Europe/Berlin or +01:00.`, { zone }, error);
  }
}

function noTime(text: string, cause?: unknown): SnapstageError {
  const message = `“${text}” is no time: write 2026-12-01T23:59:00+01:00, or 2026-12-01 23:59 with a time zone.`;
  return new SnapstageError('usage', message, { time: text }, cause);
}
