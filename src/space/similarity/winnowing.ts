/**
 * Winnowing: S. Schleimer, D. S. Wilkerson, A. Aiken, “Winnowing: Local Algorithms for Document Fingerprinting”, SIGMOD 2003
 * (https://doi.org/10.1145/872757.872770).
 */

/** How finely a text is compared, in tokens. A run of `gram + window - 1` tokens in two texts is always found, less than `gram` never. */
export interface Grain {
  readonly gram: number;
  readonly window: number;
}

/** Multipliers of the two polynomials modulo 2^32 that make a hash together. */
const FIRST = 0x9e3779b1 | 0;
const SECOND = 0x85ebca77 | 0;

/** The hashes of all runs of `gram` tokens, by where they start: integers below 2^53, equal for equal runs. */
export function gramsOf(tokens: ArrayLike<number>, gram: number): Float64Array {
  const grams = new Float64Array(Math.max(0, tokens.length - gram + 1));
  const [firstOut, secondOut] = [power(FIRST, gram), power(SECOND, gram)];
  let first = 0;
  let second = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = mixed(tokens[at]!);
    const gone = at < gram ? 0 : mixed(tokens[at - gram]!);
    first = (Math.imul(first, FIRST) + token - Math.imul(gone, firstOut)) | 0;
    second = (Math.imul(second, SECOND) + token - Math.imul(gone, secondOut)) | 0;
    if (at >= gram - 1) grams[at - gram + 1] = (mixed(first) >>> 0) * 2 ** 21 + (mixed(second) >>> 11);
  }
  return grams;
}

/**
 * Where the fingerprints are among the hashes, ascending: of each window the least one, and of equal ones the last, unless the one chosen
 * before is still among them. Fewer hashes than a window holds are one window.
 */
export function winnow(grams: Float64Array, window: number): number[] {
  const chosen: number[] = [];
  let least = -1;
  for (let last = Math.min(window, grams.length) - 1; last >= 0 && last < grams.length; last++) {
    const first = Math.max(0, last - window + 1);
    if (least >= first && grams[last]! >= grams[least]!) continue;
    least = least < first ? lastLeast(grams, first, last) : last;
    chosen.push(least);
  }
  return chosen;
}

function lastLeast(grams: Float64Array, first: number, last: number): number {
  let least = last;
  for (let at = last - 1; at >= first; at--) if (grams[at]! < grams[least]!) least = at;
  return least;
}

function power(factor: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, factor);
  return result;
}

/** The end of MurmurHash3 (https://github.com/aappleby/smhasher): each bit of the number changes about half of the others. */
function mixed(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
