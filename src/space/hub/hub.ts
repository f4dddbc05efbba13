import { SnapstageError } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { ReadableStoreFile, WritableStoreFile } from '../../store/files.ts';

/**
 * The place where the instances of a Space meet, as little as it takes: files under opaque names that are written once. A folder, a git
 * remote and a bucket can all be that. There is no rename, no append, no lock, and folders are nothing but the beginnings of names. Whoever
 * chooses names sees to it that no file is called as a folder is.
 *
 * Nobody may trust what a hub says: it can lose, delay, roll back and forge. A listing may be old; what was made a moment ago may not be
 * in it yet. Whoever reads checks what came by its hash or signature.
 *
 * All methods throw SnapstageError: `usage` for a name that is none; `io` with the reason `hub-unreachable` when the hub is not there
 * (never an empty answer), with `hub-read-only` when it does not let itself be written to, else with the system's own; `no-space`;
 * `cancelled`. What a call throws for may have happened all the same.
 */
export interface Hub {
  /** How people know it: a path or an address, without anything secret. */
  readonly place: string;
  /** What lies in a folder (`''` is the hub itself) as far as the hub knows now; nothing for one that is not there. */
  list(folder: string): Promise<HubListing>;
  /** A small file, or `undefined` when there is none. @throws SnapstageError `damaged` when it is larger than `limit` bytes. */
  read(name: string, limit: number): Promise<Buffer | undefined>;
  /**
   * Appends a file's bytes to `into` as they come, and tells `work` of them; resolves to their number, or to `undefined` when there is no
   * such file. What was appended before an error stays. @throws SnapstageError `damaged` when there are more than `limit` bytes.
   */
  fetch(name: string, into: Pick<WritableStoreFile, 'append'>, limit: number, work: Work): Promise<number | undefined>;
  /**
   * Makes a file unless the name is taken, by whatever: resolves to whether it was made. Others see it whole or not at all, also after a
   * crash, and when it is there it lasts. Of two who make the same name at once both may be told that they made it; one of them did.
   */
  create(name: string, content: Uint8Array | ReadableStoreFile, work?: Work): Promise<boolean>;
  /**
   * Makes several files of one folder as `create` makes one, all of them at one stroke: what was made is there in whole, or not at all.
   * Absent where each takes a stroke of its own. Resolves to which of them were made.
   */
  createTogether?(files: readonly NewFile[], work?: Work): Promise<boolean[]>;
  /** Removes files; nothing happens where there is none. Some may be gone when it throws. */
  remove(...names: readonly string[]): Promise<void>;
  /** Makes or replaces a tiny file that nothing depends on: it may be lost, old, or another's. */
  hint(name: string, bytes: Uint8Array): Promise<void>;
}

/** A file to be made. */
export interface NewFile {
  /** In the hub. */
  readonly name: string;
  readonly content: Uint8Array | ReadableStoreFile;
}

export interface HubListing {
  /** In the order of their names. */
  readonly files: readonly HubFile[];
  /** Names of folders, in their order; one with nothing in it may be missing. */
  readonly folders: readonly string[];
  /** How many more entries there are that no hub made: conflicted copies of a sync client, links, what somebody put there. */
  readonly strangers: number;
}

export interface HubFile {
  /** Without the folder's. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

const PART = /^[0-9a-z](?:[0-9a-z-]{0,78}[0-9a-z])?$/;
/** What Windows takes for a device. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;
const MAX_NAME = 160;

/** True for what may stand between the slashes of a name: it is the same on every system, and looks like no option of a program. */
export function isHubPart(part: string): boolean {
  return PART.test(part) && !DEVICE.test(part);
}

/**
 * Makes files of one folder in this order, with as few strokes as the hub takes for it; resolves to which of them were made.
 * @throws SnapstageError those of the hub.
 */
export async function createAll(hub: Hub, files: readonly NewFile[], work?: Work): Promise<boolean[]> {
  if (hub.createTogether !== undefined && files.length > 1) return hub.createTogether(files, work);
  const made: boolean[] = [];
  for (const { name, content } of files) made.push(await hub.create(name, content, work));
  return made;
}

/**
 * Lets nothing through but names in a hub: lower-case letters, digits and dashes, with `/` between.
 * @throws SnapstageError `usage`.
 */
export function checkHubName(name: string): void {
  if (name.length > MAX_NAME || !name.split('/').every(isHubPart))
    throw new SnapstageError('usage', `“${name.slice(0, MAX_NAME)}” is not a name in a hub.`, { name: name.slice(0, MAX_NAME) });
}

export function hubUnreachable(place: string, why: string, cause?: unknown, details: object = {}): SnapstageError {
  return new SnapstageError(
    'io',
    `The hub ${place} can’t be reached: ${why}. Try again when it is there.`,
    { reason: 'hub-unreachable', hub: place, ...details },
    cause,
  );
}

export function hubReadOnly(place: string, cause: unknown): SnapstageError {
  return new SnapstageError(
    'io',
    `The hub ${place} does not let itself be written to. Ask whoever shares it for the right to write.`,
    { reason: 'hub-read-only', hub: place },
    cause,
  );
}

export function tooLarge(name: string, limit: number): SnapstageError {
  return new SnapstageError('damaged', `“${name}” in the hub is larger than the ${limit} bytes that it may have.`, { part: name, limit });
}
