import type { Tokens } from './programTokens.ts';

/** Scripts that are written without spaces: each letter is a word. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
/** What is longer is cut, because without a bound the engine's stack would be the bound. */
const WORD = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}]){1,64}`, 'gu');

/** A text as its words, without regard to case, to punctuation and to how a letter is composed. Takes time in proportion to the length. */
export function proseTokens(text: string): Tokens {
  const values: number[] = [];
  const offsets: number[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    values.push(hashOf(word.normalize('NFKC').toLowerCase()));
    offsets.push(index);
  }
  return { values, offsets };
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over UTF-16 units. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}
