/** The pieces that headers and bodies are made of. All are strict: nothing but what is named may be there. */
import * as z from 'zod';
import { badName } from '../../base/paths.ts';

/** The greatest sequence number and depth: ten digits, as in the names of records. */
const MAX_SEQUENCE = 9_999_999_999;
/** 2 ** 64 - 1. */
const MAX_COUNT = '18446744073709551615';

export const id128 = z.string().regex(/^[0-9a-f]{32}$/);
/** SHA-256, or a raw key, of 32 bytes. */
export const id256 = z.string().regex(/^[0-9a-f]{64}$/);
export const sequence = z.int().min(1).max(MAX_SEQUENCE);
/** A whole number of 64 bits without a sign, in decimal: JSON's numbers end at 53. */
export const count64 = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,19})$/)
  // All that is said of it is asked of any text, so nothing here may throw for one that is no number.
  .refine((digits) => digits.length < MAX_COUNT.length || digits <= MAX_COUNT);
/** Milliseconds since 1970 by the writer's clock, which nobody else has to believe. */
export const time = z.int().min(0).max(8_640_000_000_000_000);
/** What people wrote; one line or more. */
export const text = (max: number): z.ZodString => z.string().max(max).refine(isWellFormed);
/** What people call something: not empty, nothing that hides or turns the writing. */
export const label = z
  .string()
  .min(1)
  .max(200)
  .refine(
    (value) => isWellFormed(value) && !/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(value) && value.trim() === value,
  );
/** Bytes as base64url without padding, in the one way of writing them. */
export const base64 = (maxBytes: number): z.ZodString =>
  z
    .string()
    .max(Math.ceil((maxBytes * 4) / 3))
    .refine((value) => Buffer.from(value, 'base64url').toString('base64url') === value);
/** A path inside an instance as the base64url of its bytes, for a name need not be UTF-8. */
export const path = base64(4096).refine((value) => {
  const names = Buffer.from(value, 'base64url').toString('latin1').split('/');
  return names.every((name) => badName(name) === undefined);
});

/** A record that is cited: one that is there, with these bytes. */
export const citation = z.strictObject({ log: id128, sequence, depth: sequence, hash: id256 });
export type Citation = z.infer<typeof citation>;

/** The end of a log as somebody knows it. */
export const head = z.strictObject({ sequence, hash: id256 });
export type Head = z.infer<typeof head>;

export const publicKeys = z.strictObject({ sign: id256, box: id256 });

/** Who can open a body: anybody, every member, all but viewers, Masters, chosen members, one member with the Masters, one key. */
const AUDIENCE = /^(?:clear|all|editors|masters|set-[0-9a-f]{32}|vault-[0-9a-f]{32}|box-[0-9a-f]{32})$/;
export const audience = z.string().regex(AUDIENCE);

function isWellFormed(value: string): boolean {
  return value.isWellFormed();
}
