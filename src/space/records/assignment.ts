/** What records say about assignments: what is asked for, what was handed in, what came of it, and when, by the clocks of Masters. */
import * as z from 'zod';
import { base64, count64, id128, id256, label, path, text, time } from './shapes.ts';

/** Folders and files that an assignment names. */
const MAX_PARTS = 64;

/** What may be handed in: a file, or what of a folder the patterns take. The path of a whole instance is empty. */
const part = z.strictObject({ path: z.union([path, z.literal('')]), patterns: z.array(text(512)).max(64) });

/** An IANA time zone, or an offset. */
const zone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9+:_/-]+$/);

/** An assignment as it is from now on. */
export const assign = z.strictObject({
  kind: z.literal('assign'),
  /** Its first record; none for that itself. */
  of: id256.nullable(),
  /** The distribution that it is about. */
  distribution: id256.nullable(),
  title: label,
  description: text(12_000),
  deadline: time,
  /** In which the deadline was set. */
  zone,
  parts: z.array(part).min(1).max(MAX_PARTS),
  /** Bytes. */
  limit: z.int().min(1).nullable(),
  late: z.enum(['refuse', 'accept']),
  isAnonymous: z.boolean(),
  isClosed: z.boolean(),
  made: time,
});

/** Another deadline for the member whose vault this is in; none: that of the assignment again. */
export const extend = z.strictObject({
  kind: z.literal('extend'),
  assignment: id256,
  deadline: time.nullable(),
  zone,
  reason: text(1000),
  made: time,
});

/** A response to an assignment, whose content lies in the author's vault and in what was distributed to it. */
export const handIn = z.strictObject({
  kind: z.literal('hand-in'),
  assignment: id256,
  /** The record that its author knew the assignment by: its deadline is on record with it. */
  terms: id256,
  /** The root tree of what was handed in. */
  tree: id256,
  files: z.int().min(1),
  bytes: count64,
  snapshot: id128,
  /** When the snapshot was taken. */
  taken: time,
  identifier: label.nullable(),
  note: text(4000),
  made: time,
});

/** A Master has seen the hand-in by then, and signs what its author's receipt says (`receipt.ts`). */
export const receipt = z.strictObject({
  kind: z.literal('receipt'),
  of: id256,
  received: time,
  /** The author's. */
  name: label.nullable(),
  signature: base64(64),
});

/** Whether a hand-in was in time, where that is not proven or is to be taken otherwise. */
export const judge = z.strictObject({
  kind: z.literal('judge'),
  of: id256,
  verdict: z.enum(['on-time', 'late']),
  reason: text(1000),
  made: time,
});

/**
 * What a hand-in gets back. `draft` is for Masters; `hidden` tells the member that there is something, and Masters what; of several
 * records the latest holds.
 */
export const feedback = z.strictObject({
  kind: z.literal('feedback'),
  of: id256,
  grade: text(100).nullable(),
  comment: text(12_000),
  /** The root tree of its files. */
  tree: id256.nullable(),
  visibility: z.enum(['draft', 'hidden', 'returned']),
  made: time,
});

/** A Master's clock: what cites this was written after it. */
export const beacon = z.strictObject({ kind: z.literal('beacon'), made: time });
