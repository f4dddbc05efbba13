/** Numbers, sizes and times as people of the given place write them. */
import { formatDate, formatNumber, formatSize, parseTime } from '../../base/format.ts';

export interface Formats {
  /** Bytes in decimal units: `1.2 MB`. */
  size(bytes: number): string;
  number(value: number): string;
  /** `3 files`; the plural is the word with an `s` unless given. */
  count(value: number, word: string, plural?: string): string;
  /** Local time with its zone, from ISO 8601. */
  time(iso: string): string;
  /** Seconds, roughly: `2 min 5 s`. */
  duration(seconds: number): string;
}

/** Formats for a locale and a time zone; `undefined`: the system's. */
export function createFormats(locale: string | undefined, timeZone: string | undefined): Formats {
  const moment: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(timeZone !== undefined && { timeZone }),
  };
  const times = new Map<string, string>();
  const number = (value: number): string => formatNumber(value, locale);

  return {
    size: (bytes) => formatSize(bytes, locale),
    number,
    count: (value, word, plural = `${word}s`) => `${number(value)} ${value === 1 ? word : plural}`,
    time(iso) {
      // Files made together share their second; writing one takes longer than all the rest of a line.
      const second = iso[19] === '.' && iso.endsWith('Z') ? iso.slice(0, 19) : iso;
      const known = times.get(second);
      if (known !== undefined) return known;
      const date = parseTime(iso);
      if (Number.isNaN(date.getTime())) return iso;
      const text = formatDate(date, locale, moment);
      times.set(second, text);
      return text;
    },
    duration(seconds) {
      const whole = Math.max(0, Math.round(seconds));
      if (whole < 60) return `${number(whole)} s`;
      if (whole < 3600) return `${number(Math.floor(whole / 60))} min ${number(whole % 60)} s`;
      return `${number(Math.floor(whole / 3600))} h ${number(Math.floor((whole % 3600) / 60))} min`;
    },
  };
}
