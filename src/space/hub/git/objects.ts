/**
 * Git's objects as far as a hub is made of them, purely: blobs, one flat tree for each ref, and a commit without parents over it
 * (git-scm.com, “Git Internals - Git Objects”). The entries of a tree have the size of their file in their names, `<name>.<size>`, so
 * that a listing needs no blobs. A file larger than `PART` is several blobs, `<name>.<size>.<number>`.
 */
import { createHash, type Hash } from 'node:crypto';
import { isEntry } from './refs.ts';

/** What one blob has of a file, in bytes: far below what hosts take, and what is lost when a connection breaks. */
export const PART = 16 << 20;
/** Blobs up to this size come with the tree that has them: records, lists, the bell. */
export const SMALL = 32 << 10;
/** More parts than this no file has. */
const MAX_PARTS = 1 << 16;

/** A file of a hub, in a tree. */
export interface Stored {
  readonly size: number;
  /** Ids of its blobs, in order. */
  readonly blobs: readonly string[];
}

/** What a ref has: files by the names of their entries. */
export interface Contents {
  readonly files: ReadonlyMap<string, Stored>;
  /** Entries that no hub made, as they are. */
  readonly strange: readonly Entry[];
}

interface Entry {
  readonly mode: string;
  /** Bytes, as latin1. */
  readonly name: string;
  readonly id: string;
}

export const NOTHING: Contents = { files: new Map(), strange: [] };

const FILE = '100644';
const FOLDER = '40000';
const NAME = /^(?<entry>[0-9a-z+-]+)\.(?<size>0|[1-9]\d{0,14})(?:\.(?<part>0|[1-9]\d{0,4}))?$/;
const ID_BYTES = 20;

export type ObjectKind = 'blob' | 'tree' | 'commit';

/** What comes before an object's content, where its id is made of both. */
export function objectHead(kind: ObjectKind, size: number): Buffer {
  return Buffer.from(`${kind} ${size}\0`, 'latin1');
}

/** For an object's head and content, one after the other: its digest in hex is the object's id. */
export function idHash(): Hash {
  return createHash('sha1');
}

export function partsOf(size: number): number {
  return Math.max(1, Math.ceil(size / PART));
}

/** Bytes of one of the parts of a file of `size` bytes. */
export function sizeOfPart(size: number, index: number): number {
  return Math.min(PART, size - index * PART);
}

/** The tree of what a ref is to have. */
export function treeOf({ files, strange }: Contents): Buffer {
  const entries = [...strange];
  for (const [entry, { size, blobs }] of files) {
    for (const [i, id] of blobs.entries()) entries.push({ mode: FILE, name: `${entry}.${size}${blobs.length > 1 ? `.${i}` : ''}`, id });
  }
  // Git compares the name of a folder as if it ended with a slash.
  const keyed = entries.map((entry) => ({ entry, key: entry.mode === FOLDER ? `${entry.name}/` : entry.name }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return Buffer.concat(
    keyed.flatMap(({ entry: { mode, name, id } }) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
  );
}

/** What a tree has; `undefined` for bytes that are none. */
export function contentsOf(tree: Buffer): Contents | undefined {
  const entries = entriesOf(tree);
  if (entries === undefined) return undefined;
  const parts = new Map<string, { size: number; entries: (Entry | undefined)[] }>();
  const strange: Entry[] = [];
  for (const one of entries) {
    const { entry = '', size = '', part } = NAME.exec(one.name)?.groups ?? {};
    const [bytes, at] = [Number(size), Number(part ?? 0)];
    const count = partsOf(bytes);
    const known = parts.get(entry) ?? { size: bytes, entries: [] };
    const isOurs = one.mode === FILE && entry !== '' && isEntry(entry) && known.size === bytes && count <= MAX_PARTS;
    if (!isOurs || at >= count || (part === undefined) !== (count === 1) || known.entries[at] !== undefined) {
      strange.push(one);
      continue;
    }
    known.entries[at] = one;
    parts.set(entry, known);
  }
  const files = new Map<string, Stored>();
  for (const [entry, { size, entries: found }] of parts) {
    const whole = Array.from(found).filter((one) => one !== undefined);
    if (whole.length === partsOf(size)) files.set(entry, { size, blobs: whole.map(({ id }) => id) });
    else strange.push(...whole);
  }
  return { files, strange };
}

function entriesOf(tree: Buffer): Entry[] | undefined {
  const entries: Entry[] = [];
  for (let at = 0; at < tree.length;) {
    const space = tree.indexOf(0x20, at);
    const end = tree.indexOf(0, space);
    if (space < 0 || end < 0 || end + 1 + ID_BYTES > tree.length) return undefined;
    const [mode, name] = [tree.toString('latin1', at, space), tree.toString('latin1', space + 1, end)];
    at = end + 1 + ID_BYTES;
    entries.push({ mode, name, id: tree.toString('hex', end + 1, at) });
  }
  return entries;
}

/** What a ref is to have besides or instead. */
export function withFile(contents: Contents, entry: string, file: Stored): Contents {
  return { ...contents, files: new Map(contents.files).set(entry, file) };
}

/** Without these entries; `undefined` where none of them is there. */
export function withoutFiles(contents: Contents, entries: readonly string[]): Contents | undefined {
  const gone = new Set(entries);
  const files = new Map([...contents.files].filter(([entry]) => !gone.has(entry)));
  return files.size === contents.files.size ? undefined : { ...contents, files };
}

/**
 * A commit without parents, so that what was removed is held by nothing. It says nothing of who made it or when, which nobody could
 * believe: the same content is the same commit.
 */
export function commitOf(tree: string): Buffer {
  const who = 'Snapstage <snapstage@localhost> 0 +0000';
  return Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nSnapstage hub\n`, 'latin1');
}
