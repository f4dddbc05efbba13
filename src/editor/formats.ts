/** Sizes, times and names as a person of the given language reads them. */

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Bytes in decimal units: `1.2 MB`. */
export function formatSize(bytes: number, locale: string): string {
  let scaled = bytes;
  let unit = 0;
  // 999.95 of a unit would be written as 1,000.0 of it.
  while (scaled >= (unit === 0 ? 1000 : 999.95) && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(scaled);
}

export function formatNumber(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Local time of an ISO 8601 moment, with as much of the date as tells it from now: `14:02`, `Nov 18, 14:02`. */
export function formatTime(iso: string, now: Date, locale: string): string {
  const date = parseTime(iso);
  const sameYear = date.getFullYear() === now.getFullYear();
  const sameDay = sameYear && date.getMonth() === now.getMonth() && date.getDate() === now.getDate();
  return new Intl.DateTimeFormat(locale, {
    ...(!sameYear && { year: 'numeric' }),
    ...(!sameDay && { month: 'short', day: 'numeric' }),
    hour: 'numeric',
    minute: '2-digit',
  }).format(date);
}

/** The whole moment, for tooltips. */
export function formatMoment(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(parseTime(iso));
}

/** From ISO 8601; digits beyond milliseconds are cut. */
export function parseTime(iso: string): Date {
  return new Date(iso.replace(/(\.\d{3})\d+/, '$1'));
}

/**
 * A path or label that shows as what it is: control characters, marks that turn the writing direction, and the lone
 * surrogates that stand for raw bytes come out as U+FFFD.
 */
export function displayText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** The part after the last `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The part before the last `/`; empty at the top. */
export function folderName(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
