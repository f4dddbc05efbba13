/** What records say about content, and about what was handed out and what became of it. */
import * as z from 'zod';
import { count64, id128, id256, path, text, time } from './shapes.ts';

/** Items of a list that stands in a record. */
export const MAX_ITEMS = 256;

/** A sealed file of an area, as it is stored in the hub. A pack has 16 MiB and a little more. */
const sealedFile = z.strictObject({
  name: id128,
  bytes: z
    .int()
    .min(0)
    .max(2 ** 31),
  hash: id256,
});

/** Packs that the area of the record's audience has from now on, each with its index, and names of files that it has no more. */
export const content = z.strictObject({
  kind: z.literal('content'),
  added: z.array(z.strictObject({ epoch: id256, pack: sealedFile, index: sealedFile })).max(96),
  removed: z.array(id128).max(512),
});

const strategy = z.enum(['overwrite', 'skip', 'rename', 'mirror', 'ask']);
const itemType = z.enum(['file', 'folder', 'table', 'application', 'snapshot']);

/** A list that stands in the record, or, when it is long, in a file of its own (`listFile.ts`): then its hash. */
const listOf = <Item extends z.ZodType>(item: Item): z.ZodUnion<readonly [z.ZodArray<Item>, typeof id256]> =>
  z.union([z.array(item).max(MAX_ITEMS), id256]);

/** What is delivered: one of the list `items`. The path of a whole instance is empty. */
export const item = z
  .strictObject({
    type: itemType,
    path: z.union([path, z.literal('')]),
    /** A table's name in its database, an application's id; none for the others. */
    part: text(512).nullable(),
    object: id256,
    strategy: strategy.nullable(),
  })
  .refine((one) => one.path !== '' || one.type === 'snapshot' || one.type === 'folder');

export const distribute = z.strictObject({
  kind: z.literal('distribute'),
  /** The delivered tree. */
  tree: id256,
  items: listOf(item),
  strategy,
  /** For all items of a type that have none of their own. */
  strategies: z.partialRecord(itemType, strategy),
  /** The snapshot that it was taken from. */
  source: id128,
  message: text(4000),
  made: time,
});

/** Another strategy for a file, a link, an empty folder, or a table of the database at the path. */
export const exceptional = z.strictObject({ path, table: text(512).nullable(), strategy: strategy.exclude(['mirror']) });

/** Other strategies for single objects of a distribution at the member to whose vault they are said, before the distribution is. */
export const exception = z.strictObject({
  kind: z.literal('exception'),
  /** The distribution's, as its `made`. */
  tree: id256,
  items: listOf(exceptional),
  made: time,
});

/** Takes back what distributions delivered: all of it, or these paths. */
export const recall = z.strictObject({
  kind: z.literal('recall'),
  distributions: z.array(id256).min(1).max(64),
  paths: listOf(path).nullable(),
  /** Also where it was edited. */
  evenEdited: z.boolean(),
  /** What was delivered before comes in its place. */
  previous: z.boolean(),
  message: text(4000),
  made: time,
});

/** Puts back what one distribution replaced. */
export const undo = z.strictObject({ kind: z.literal('undo'), distribution: id256, made: time });

/**
 * What a member has, as a table of keyed hashes by which Master can test what it is about to send: `table` is the SHA-256 of the sealed file
 * in the hub that has it.
 */
export const published = z.strictObject({ kind: z.literal('published'), table: id256, entries: count64, made: time });

const outcomeName = z.enum(['created', 'updated', 'replaced', 'kept', 'saved-beside', 'deleted', 'merged', 'waiting', 'same']);

/** What became of one object. */
export const outcome = z.strictObject({ path, outcome: outcomeName, savedAs: path.nullable() });

export type OutcomeName = z.infer<typeof outcomeName>;

/**
 * What became of a distribution, a recall or an undo at one member: how often each outcome, and of which objects. Of very many objects
 * those alone are listed that are not as they were sent.
 */
export const acknowledge = z.strictObject({
  kind: z.literal('acknowledge'),
  of: id256,
  counts: z.partialRecord(outcomeName, z.int().min(0)),
  outcomes: listOf(outcome),
  made: time,
});
