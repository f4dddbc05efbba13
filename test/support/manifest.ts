/** What a folder holds, told by the operating system alone: nothing of Snapstage is used here, so that it can judge Snapstage. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';

export type ManifestKind = 'file' | 'folder' | 'link' | 'pipe' | 'socket' | 'device';

export interface ManifestEntry {
  readonly kind: ManifestKind;
  readonly mode: number;
  /** Nanoseconds. */
  readonly mtime: bigint;
  /** Bytes of a file. */
  readonly size: bigint;
  /** SHA-256 of a file's bytes, or a link's target; both as hex. */
  readonly content: string;
  /** Blocks of 512 bytes that a file takes. */
  readonly blocks: bigint;
  /** All names of the same file, sorted and joined; empty for a file with one name. */
  readonly names: string;
}

/** By path relative to the folder, each byte one character (latin1), because a name need not be text; `''` is the folder itself. */
export type Manifest = ReadonlyMap<string, ManifestEntry>;

/** Reads a folder without following links. `leaveOut` names entries at its top. */
export function readManifest(root: string, leaveOut: readonly string[] = ['.snapstage']): Manifest {
  const found = new Map<string, ManifestEntry>();
  const inodes = new Map<string, string[]>();
  visit(Buffer.from(root), '', leaveOut, found, inodes);
  for (const paths of inodes.values()) {
    const names = paths.sort().join('\n');
    if (paths.length > 1) for (const path of paths) found.set(path, { ...found.get(path)!, names });
  }
  return found;
}

function visit(
  full: Buffer,
  path: string,
  leaveOut: readonly string[],
  found: Map<string, ManifestEntry>,
  inodes: Map<string, string[]>,
): void {
  const stat = fs.lstatSync(full, { bigint: true });
  const kind = kindOf(stat);
  const isFile = kind === 'file';
  found.set(path, {
    kind,
    mode: Number(stat.mode & 0o7777n),
    mtime: stat.mtimeNs,
    size: isFile ? stat.size : 0n,
    content: isFile ? hashOf(full) : kind === 'link' ? fs.readlinkSync(full, 'buffer').toString('hex') : '',
    blocks: isFile ? (stat.blocks ?? 0n) : 0n,
    names: '',
  });
  if (isFile && stat.nlink > 1n) {
    const inode = `${stat.dev}:${stat.ino}`;
    inodes.set(inode, [...(inodes.get(inode) ?? []), path]);
  }
  if (kind !== 'folder') return;
  for (const name of fs.readdirSync(full, 'buffer')) {
    const text = name.toString('latin1');
    if (path === '' && leaveOut.includes(text)) continue;
    visit(Buffer.concat([full, Buffer.from('/'), name]), path === '' ? text : `${path}/${text}`, leaveOut, found, inodes);
  }
}

function kindOf(stat: fs.BigIntStats): ManifestKind {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'folder';
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isFIFO()) return 'pipe';
  return stat.isSocket() ? 'socket' : 'device';
}

function hashOf(file: Buffer): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1 << 20);
  const fd = fs.openSync(file, 'r');
  try {
    for (let got = fs.readSync(fd, piece); got > 0; got = fs.readSync(fd, piece)) hash.update(piece.subarray(0, got));
  } finally {
    fs.closeSync(fd);
  }
  return hash.digest('hex');
}

export interface CompareOptions {
  /** Paths (latin1) where a time is not compared. */
  readonly anyTime?: (path: string) => boolean;
  /** Paths (latin1) that only the first may have. */
  readonly onlyFirst?: (path: string) => boolean;
}

/** Blocks that a sparse file may take more than before: file systems differ in where they begin and end a run. */
const BLOCK_SLACK = 64n;

/** Everything in which the second differs from the first, as lines to read; empty when they are equal. */
export function manifestDifferences(first: Manifest, second: Manifest, options: CompareOptions = {}): string[] {
  const lines: string[] = [];
  for (const [path, a] of first) {
    const b = second.get(path);
    if (b === undefined) {
      if (options.onlyFirst?.(path) !== true) lines.push(`${JSON.stringify(path)}: is missing (${a.kind})`);
      continue;
    }
    for (const key of ['kind', 'mode', 'size', 'content', 'names'] as const) {
      const isLinkMode = key === 'mode' && a.kind === 'link';
      if (a[key] !== b[key] && !isLinkMode) lines.push(`${JSON.stringify(path)}: ${key} was ${show(a[key], key)}, is ${show(b[key], key)}`);
    }
    if (a.mtime !== b.mtime && options.anyTime?.(path) !== true) lines.push(`${JSON.stringify(path)}: mtime was ${a.mtime}, is ${b.mtime}`);
    const isSparse = a.kind === 'file' && a.blocks * 512n < a.size;
    if (isSparse && b.blocks > a.blocks + BLOCK_SLACK) lines.push(`${JSON.stringify(path)}: blocks were ${a.blocks}, are ${b.blocks}`);
  }
  for (const [path, b] of second) if (!first.has(path)) lines.push(`${JSON.stringify(path)}: is new (${b.kind})`);
  return lines;
}

function show(value: bigint | number | string, key: string): string {
  return key === 'mode' ? Number(value).toString(8) : String(value);
}
