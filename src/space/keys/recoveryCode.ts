/**
 * A secret of 32 bytes as 60 characters to write down, in groups of five: `R1` (what it is, and its version), the bytes, and a checksum
 * of six. Digits and letters are those of Crockford's base 32 (crockford.com/base32.html), which has no I, L, O and U.
 */
import { SnapstageError } from '../../base/errors.ts';
import { replaceUnseen } from '../../base/format.ts';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOOKALIKES: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0', U: 'V' };
const PREFIX = 'R1';
const SECRET_BYTES = 32;
const SECRET_DIGITS = 52;
const CHECK_DIGITS = 6;
const LENGTH = PREFIX.length + SECRET_DIGITS + CHECK_DIGITS;
const GROUP = /.{5}(?=.)/g;

/** The code of a secret. @throws SnapstageError `damaged` when it has not 32 bytes. */
export function recoveryCode(secret: Uint8Array): string {
  if (secret.length !== SECRET_BYTES)
    throw new SnapstageError('damaged', `A secret has ${secret.length} bytes instead of ${SECRET_BYTES}.`);
  let bits = BigInt(`0x${Buffer.from(secret).toString('hex')}`) << 4n; // 52 digits have four bits more than 32 bytes
  const digits: number[] = [];
  for (let i = 0; i < SECRET_DIGITS; i++, bits >>= 5n) digits.unshift(Number(bits & 31n));
  const symbols = [...Array.from(PREFIX, (digit) => DIGITS.indexOf(digit)), ...digits];
  const rest = checksum([...symbols, 0, 0, 0, 0, 0, 0]) ^ CHECKED;
  for (let i = CHECK_DIGITS - 1; i >= 0; i--) symbols.push((rest >>> (5 * i)) & 31);
  return symbols
    .map((symbol) => DIGITS[symbol])
    .join('')
    .replace(GROUP, '$&-');
}

/**
 * The secret of a code as somebody typed it: upper and lower case, spaces, dashes, and I, L, O and U for what they look like, do not matter.
 * @throws SnapstageError `usage` when it is not, character by character, one that `recoveryCode` gave.
 */
export function parseRecoveryCode(text: string): Buffer {
  const typed = text.replaceAll(/[\s\p{Pd}]/gu, '').toUpperCase();
  const symbols = Array.from(typed, (character) => DIGITS.indexOf(LOOKALIKES[character] ?? character));
  const stranger = symbols.indexOf(-1);
  if (stranger >= 0) throw noCode(`“${replaceUnseen(Array.from(typed)[stranger]!, () => '\ufffd')}” is not among its characters`);
  if (symbols.length !== LENGTH) throw noCode(`it has ${symbols.length} characters instead of ${LENGTH}`);
  if (checksum(symbols) !== CHECKED) throw noCode('at least one of its characters is wrong, or in another’s place');
  const code = symbols.map((symbol) => DIGITS[symbol]).join('');
  if (!code.startsWith(PREFIX)) throw noCode(`it is a code of another kind, or of a newer Snapstage: “${code.slice(0, PREFIX.length)}”`);
  let bits = 0n;
  for (const symbol of symbols.slice(PREFIX.length, -CHECK_DIGITS)) bits = (bits << 5n) | BigInt(symbol);
  if ((bits & 15n) !== 0n) throw noCode('it has an end that no code has');
  return Buffer.from((bits >> 4n).toString(16).padStart(SECRET_BYTES * 2, '0'), 'hex');
}

function noCode(why: string): SnapstageError {
  return new SnapstageError('usage', `This is not a recovery code: ${why}.`);
}

/** What the checksum of a whole code is: the constant of Bech32m. */
export const CHECKED = 0x2bc830a3;
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

/**
 * The checksum of Bech32m (BIP 350, BIP 173): a BCH code that finds every change of up to four symbols among 89, so also any two that
 * were swapped.
 */
export function checksum(symbols: readonly number[]): number {
  let rest = 1;
  for (const symbol of symbols) {
    const top = rest >>> 25;
    rest = ((rest & 0x1ffffff) << 5) ^ symbol;
    for (const [i, term] of GENERATOR.entries()) if ((top >>> i) & 1) rest ^= term;
  }
  return rest;
}
