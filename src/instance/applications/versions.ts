import type { BareVersion } from './detector.ts';

/**
 * Whether a version is what was asked for: comparisons as npm, Cargo and PEP 440 write them, joined by commas, spaces and `||`.
 * `undefined` for what is not understood: an address, a name, a version with letters. Such is never called a contradiction.
 */
export function satisfies(version: string, asked: string, bare: BareVersion = 'prefix'): boolean | undefined {
  const numbers = numbersOf(version);
  if (numbers === undefined || asked.length > LONGEST || / - /.test(asked)) return undefined;
  let result: boolean | undefined = false;
  for (const range of asked.split('||')) {
    const fits = fitsAll(numbers, range, bare);
    if (fits === true) return true;
    if (fits === undefined) result = undefined;
  }
  return result;
}

const LONGEST = 200;

function fitsAll(version: readonly number[], range: string, bare: BareVersion): boolean | undefined {
  const terms = range.replace(/([<>=!~^])\s+/g, '$1').split(/[\s,]+/);
  let result: boolean | undefined = true;
  for (const term of terms) {
    if (term === '' || term === '*') continue;
    const fits = fitsTerm(version, term, bare);
    if (fits === false) return false;
    if (fits === undefined) result = undefined;
  }
  return result;
}

function fitsTerm(version: readonly number[], term: string, bare: BareVersion): boolean | undefined {
  const [, operator = '', rest = ''] = /^([<>=!~^]*)(.*)$/.exec(term)!;
  const open = /^(.*?)(?:\.[xX*])+$/.exec(rest);
  const numbers = numbersOf(open?.[1] ?? rest);
  if (numbers === undefined) return undefined;
  const order = compareNumbers(version, numbers);
  const isBelow = (kept: number): boolean => order >= 0 && hasPrefix(version, numbers.slice(0, kept));
  const caret = numbers.findIndex((number) => number > 0) + 1 || numbers.length;
  const of: Readonly<Record<string, () => boolean>> = {
    '>': () => order > 0,
    '>=': () => order >= 0,
    '<': () => order < 0,
    '<=': () => order <= 0,
    '!=': () => (open === null ? order !== 0 : !hasPrefix(version, numbers)),
    '^': () => isBelow(caret),
    '~': () => isBelow(Math.min(2, numbers.length)),
    '~=': () => isBelow(Math.max(1, numbers.length - 1)),
    '=': () => (open === null ? order === 0 : hasPrefix(version, numbers)),
  };
  const plain = { prefix: () => hasPrefix(version, numbers), caret: () => isBelow(caret), minimum: () => order >= 0 };
  if (operator === '') return open === null ? plain[bare]() : hasPrefix(version, numbers);
  return of[operator.replace(/^={2,3}$/, '=')]?.();
}

/** The numbers of a plain version; what PEP 440 and semantic versioning let follow a release (`.post1`, `+cpu`) is left aside. */
function numbersOf(text: string): readonly number[] | undefined {
  const found = /^[vV]?(\d{1,9}(?:\.\d{1,9}){0,9})(?:\.post\d+)?(?:\+[\w.-]+)?$/.exec(text);
  return found?.[1]!.split('.').map(Number);
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function hasPrefix(version: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((number, i) => (version[i] ?? 0) === number);
}

/** True when two texts are one version: `v3.11` and `3.11.0` are, and so is what is written alike. */
export function isSameVersion(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [numbersOf(a), numbersOf(b)];
  return x !== undefined && y !== undefined && compareNumbers(x, y) === 0;
}
