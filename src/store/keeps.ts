import { SnapstageError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';
import { decodeChecked, encodeChecked } from './reservations.ts';

/** A tree that stays although no snapshot has it: what was delivered, and what the next delivery is compared with. */
export interface Keep {
  /** Says what it is kept for: lower-case letters, digits and dashes. */
  readonly name: string;
  /** Its id, hex. */
  readonly root: string;
}

const FOLDER = 'keeps';
const NAME = /^[a-z0-9-]{1,100}$/;

/** The file of the store that a keep is. */
export function keepFile(name: string): string {
  return `${FOLDER}/${name}`;
}

/** All of them, by name. `unknown`: names of which the record is damaged. */
export function readKeeps(files: StoreFiles): { readonly known: readonly Keep[]; readonly unknown: readonly string[] } {
  const known: Keep[] = [];
  const unknown: string[] = [];
  for (const name of files
    .list(FOLDER)
    .filter((one) => NAME.test(one))
    .toSorted()) {
    const bytes = files.read(keepFile(name));
    const { root } = (decodeChecked(bytes) ?? {}) as Partial<Keep>;
    if (isRoot(root)) known.push({ name, root });
    else if (bytes !== undefined) unknown.push(name); // else it was removed just now
  }
  return { known, unknown };
}

/** As `readKeeps`. @throws SnapstageError `damaged` when what is to be kept is not known. */
export function allKeeps(files: StoreFiles): readonly Keep[] {
  const { known, unknown } = readKeeps(files);
  if (unknown[0] === undefined) return known;
  const part = keepFile(unknown[0]);
  throw new SnapstageError('damaged', `The store is damaged (${part}: what is to be kept is not known).`, { part });
}

/** Keeps a tree from now on, durably, instead of the one that had the name. All that it leads to must be stored durably by then. */
export function writeKeep(files: StoreFiles, { name, root }: Keep): void {
  if (!NAME.test(name) || !isRoot(root)) throw new SnapstageError('bug', `“${name}” can’t be kept.`, { name, root });
  files.write(keepFile(name), encodeChecked({ root }), true);
}

export function removeKeep(files: StoreFiles, name: string): void {
  files.remove(keepFile(name));
}

function isRoot(root: unknown): root is string {
  return typeof root === 'string' && /^[0-9a-f]{64}$/.test(root);
}
