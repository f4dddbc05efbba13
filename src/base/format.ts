/** Sizes, numbers, times, names and commands as people read them. A locale is a BCP 47 tag; `undefined` is the system's. */

import { isDeviceName, startOfName } from './paths.ts';

type Locale = string | undefined;

// Making a formatter takes far longer than using it, and using it longer than looking up what it said: lists are long.
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const sizeTexts = new Map<Locale, Map<number, string>>();

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** Bytes in decimal units, with one decimal at most: `1.2 MB`. */
export function formatSize(bytes: number, locale?: Locale): string {
  let scaled = bytes;
  let unit = 0;
  // 999.95 of a unit would be written as 1,000.0 of it.
  while (Math.abs(scaled) >= (unit === 0 ? 1000 : 999.95) && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const tenths = Math.round(scaled * 10);
  const texts = sizeTexts.get(locale) ?? new Map<number, string>();
  const known = texts.get(tenths * units.length + unit);
  if (known !== undefined) return known;
  const unitDisplay = unit === 0 ? 'long' : 'short';
  const text = formatNumber(tenths / 10, locale, { style: 'unit', unit: units[unit] ?? 'byte', unitDisplay, maximumFractionDigits: 1 });
  sizeTexts.set(locale, texts.set(tenths * units.length + unit, text));
  return text;
}

/**
 * Bytes from a size as people write it: `2GB`, `500 MB`, `1.5GiB`, `4096`. Units of 1000 as they are shown, with an `i` of 1024;
 * `undefined` for anything else.
 */
export function parseSize(text: string): number | undefined {
  const found = /^(?<number>\d+(?:\.\d+)?) *(?:(?<unit>[kmgtp])(?<binary>i(?=b))?)?b?$/i.exec(text.trim())?.groups;
  if (found === undefined) return undefined;
  const power = 1 + 'kmgtp'.indexOf((found['unit'] ?? '').toLowerCase());
  const bytes = Math.round(
    Number(found['number']) * (found['binary'] === undefined ? 1000 : 1024) ** (found['unit'] === undefined ? 0 : power),
  );
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes per second, as `parseSize`, with or without `/s` behind it. */
export function parseRate(text: string): number | undefined {
  return parseSize(text.trim().replace(/\/s$/, ''));
}

export function formatNumber(value: number, locale?: Locale, options: Intl.NumberFormatOptions = {}): string {
  return once(numberFormats, `${locale} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options)).format(value);
}

export function formatDate(date: Date, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  return once(dateFormats, `${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options)).format(date);
}

/** From ISO 8601; digits beyond milliseconds are cut, for not every parser takes them. */
export function parseTime(iso: string): Date {
  return new Date(iso.replace(/(\.\d{3})\d+/, '$1'));
}

/**
 * The text with everything replaced that would not show as itself: control characters, line separators, marks that
 * turn the writing direction, and the lone surrogates that stand for the raw bytes of a name.
 */
export function replaceUnseen(text: string, by: (character: string) => string): string {
  if (/^[ -~]*$/.test(text)) return text; // most names, and far quicker told
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, by);
}

/** Longer ones don't fit everywhere; an ending may still come. */
const MOST_CHARACTERS = 100;
const MOST_BYTES = 200;

/** What a file can be called on every system, without an ending. */
export function plainFileName(named: string): string {
  const start = startOfName(named.slice(0, MOST_CHARACTERS), MOST_BYTES);
  const plain = replaceUnseen(start, () => ' ').replaceAll(/[<>:"/\\|?*]/g, '-');
  const name = plain.replaceAll(/\s+/g, ' ').replaceAll(/^[ .]+|[ .]+$/g, '');
  return name === '' || isDeviceName(name) ? `_${name}` : name;
}

/** A command as one would type it, for eyes: quoted where a shell would take a word apart. What is run is the list of words. */
export function formatCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w@.,:=/+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

function once<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const there = made.get(key);
  if (there !== undefined) return there;
  const value = make();
  made.set(key, value);
  return value;
}
