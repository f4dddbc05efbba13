/** Numbers, sizes and times as people of the given place write them. */

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

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** Formats for a locale and a time zone; `undefined`: the system's. */
export function createFormats(locale: string | undefined, timeZone: string | undefined): Formats {
  // Made when first used: together they cost more than a snapshot of an unchanged folder of thousands of files.
  const plain = once(() => new Intl.NumberFormat(locale));
  const sizes = units.map((unit) =>
    once(
      () =>
        new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: unit === 'byte' ? 'long' : 'short', maximumFractionDigits: 1 }),
    ),
  );
  const times = once(
    () =>
      new Intl.DateTimeFormat(locale, {
        year: 'numeric',
        month: 'short',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        timeZoneName: 'short',
        ...(timeZone !== undefined && { timeZone }),
      }),
  );

  return {
    size(bytes) {
      let scaled = bytes;
      let unit = 0;
      // 999.95 of a unit would be written as 1,000.0 of it.
      while (Math.abs(scaled) >= (unit === 0 ? 1000 : 999.95) && unit < units.length - 1) {
        scaled /= 1000;
        unit++;
      }
      return sizes[unit]?.().format(scaled) ?? plain().format(bytes);
    },
    number: (value) => plain().format(value),
    count: (value, word, plural = `${word}s`) => `${plain().format(value)} ${value === 1 ? word : plural}`,
    time(iso) {
      // `Date` knows milliseconds only; further digits are allowed by ISO 8601 but not by every parser.
      const date = new Date(iso.replace(/(\.\d{3})\d+/, '$1'));
      return Number.isNaN(date.getTime()) ? iso : times().format(date);
    },
    duration(seconds) {
      const whole = Math.max(0, Math.round(seconds));
      if (whole < 60) return `${plain().format(whole)} s`;
      if (whole < 3600) return `${plain().format(Math.floor(whole / 60))} min ${plain().format(whole % 60)} s`;
      return `${plain().format(Math.floor(whole / 3600))} h ${plain().format(Math.floor((whole % 3600) / 60))} min`;
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
