/** What records say about who belongs to a Space, and who can open what. */
import * as z from 'zod';
import { audience, base64, head, id128, id256, label, publicKeys, sequence, text, time } from './shapes.ts';

/** A key sealed to one recipient. 250 of them leave room in a record; those of more lie in shards. */
export const MAX_WRAPS = 250;
export const MAX_PREVIOUS = 8;
/** Records in an extract, and extracts that a record has room for. */
const MAX_EXTRACTED = 4096;
export const MAX_EXTRACTS = 512;
/** Heads in a record that countersigns them. */
export const MAX_HEADS = 400;
const SECRET = 32;
const BOXED_SECRET = SECRET + 48;

export const role = z.enum(['editor', 'viewer']);
export type Role = z.infer<typeof role>;

const groups = z.array(label).max(32);

/** An epoch's secret, sealed (HPKE) to one identity, or to the Masters (`to` begins the hash of their epoch). */
export const wrap = z.strictObject({ to: id128, box: base64(BOXED_SECRET) });
export type Wrap = z.infer<typeof wrap>;

/** Hash of the secret: whoever opens a wrap sees whether all others were given the same. */
const commitment = id256;

/** An epoch's secret as it stands in a body that only its reader can open. */
export const knownSecret = z.strictObject({ audience, epoch: id256, secret: base64(SECRET) });
export type KnownSecret = z.infer<typeof knownSecret>;

/** How a log came to ask for a place: by an invite, or by another log of the same person. */
const via = z.string().regex(/^(?:invite|log)-[0-9a-f]{32}$/);

/** The first record of a Space, by its root. */
export const genesis = z.strictObject({ kind: z.literal('genesis') });

/** Makes who has these keys a Master; what stands in its log up to `after` was not said as one. */
export const certify = z.strictObject({ kind: z.literal('certify'), keys: publicKeys, after: z.union([z.literal(0), sequence]) });

/** Ends a Master's office; its records stand up to `last`, which also says which branch of a fork does. */
export const revoke = z.strictObject({ kind: z.literal('revoke'), log: id128, last: head.nullable() });

/** A new epoch of an audience. */
export const keys = z.strictObject({
  kind: z.literal('keys'),
  audience,
  commitment,
  wraps: z.array(wrap).max(MAX_WRAPS),
  /** What others seal to for the Masters; of that audience alone. */
  public: id256.nullable(),
  /** Epochs before it, their secrets sealed to this one's: several where Masters made some at once. */
  previous: z.array(z.strictObject({ epoch: id256, box: base64(BOXED_SECRET) })).max(MAX_PREVIOUS),
  /** SHA-256 of files with more wraps; a recipient's is in the one with the number (first byte of its id) mod (number of shards). */
  shards: z.array(id256).max(256),
});

/** What the Space is called. */
export const describeSpace = z.strictObject({ kind: z.literal('describe'), name: label });

export const invite = z.strictObject({
  kind: z.literal('invite'),
  keys: publicKeys,
  name: label,
  role,
  groups,
  expires: time,
  /** The log of the member whose keys are lost. */
  succeeds: id128.nullable(),
  /** What the code opens. */
  epochs: z.array(id256).max(64),
});

/** What an invite's code opens: sealed to the invite's key. */
export const welcome = z.strictObject({
  kind: z.literal('welcome'),
  name: label,
  role,
  expires: time,
  succeeds: id128.nullable(),
  secrets: z.array(knownSecret).max(64),
});

export const withdraw = z.strictObject({ kind: z.literal('withdraw'), invite: id128 });

/** Lets in who wrote the join record with this hash. */
export const admit = z.strictObject({ kind: z.literal('admit'), log: id128, join: id256, via, succeeds: id128.nullable() });

/** What a member is called and may do, and the keys that go with it. */
export const member = z.strictObject({
  kind: z.literal('member'),
  log: id128,
  name: label,
  role,
  groups,
  secrets: z.array(knownSecret).max(64),
});

/** Ends a membership; the member's records stand up to `last`, which also says which branch of a fork does. */
export const remove = z.strictObject({ kind: z.literal('remove'), log: id128, last: head.nullable() });

/** The first record of a log that asks for a place. It also makes the first epoch of its vault, which is named by this record's hash. */
export const join = z.strictObject({
  kind: z.literal('join'),
  via,
  /** Signature of what it came by (the invite's key, or the other log's) over the Space, `via` and the new log. */
  proof: base64(64),
  /** Wrapped for root, Masters and itself. */
  vault: z.strictObject({ commitment, wraps: z.array(wrap).max(4) }),
});

export const leave = z.strictObject({ kind: z.literal('leave') });

/**
 * The Space goes to another hub. Of the departure all learn in the hub that is left; the arrival (`isDone`) is in the new one alone, and says
 * that all is there.
 */
export const move = z.strictObject({ kind: z.literal('move'), place: text(4096).min(1), isDone: z.boolean() });

/** Heads of members' logs that a Master has seen: they existed when it signed this. */
export const seenHeads = z.strictObject({
  kind: z.literal('seen'),
  heads: z.array(z.strictObject({ log: id128, sequence, hash: id256 })).max(MAX_HEADS),
});

/**
 * What newcomers read in place of the first records of its author's log: extracts of so many records each (`extract.ts`), from the first on,
 * by the SHA-256 of their bytes.
 */
export const checkpoint = z.strictObject({
  kind: z.literal('checkpoint'),
  extracts: z
    .array(z.strictObject({ records: z.int().min(1).max(MAX_EXTRACTED), hash: id256 }))
    .min(1)
    .max(MAX_EXTRACTS),
});
