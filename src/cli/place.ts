/** Where the command line stands: from what people type to instance-relative paths. */
import nodePath from 'node:path';
import type { PlatformPath } from 'node:path';
import { usageError } from './args.ts';
import { unescapeBytes } from './render/text.ts';

export interface Place {
  /** The process's current folder, absolute. */
  readonly cwd: string;
  /** The instance's folder, absolute: as it was named and, where links lead there, as it really is. */
  readonly roots: readonly string[];
}

/**
 * The instance-relative path of an argument, with `/` and without `.` and `..`. Relative ones start at the current
 * folder when that lies inside the instance, otherwise at the instance. Raw bytes are written `\xNN`, as they are
 * shown (not on Windows, where names have none). Throws `usage` for a path that leads out of the instance.
 */
export function instancePath(argument: string, place: Place, path: PlatformPath = nodePath): string {
  const typed = path.sep === '\\' ? argument : unescapeBytes(argument);
  const inside = place.roots.some((root) => relativeWithin(root, place.cwd, path) !== undefined);
  for (const root of place.roots) {
    const found = relativeWithin(root, path.resolve(inside ? place.cwd : root, typed), path);
    if (found !== undefined) return found.split(path.sep).join('/');
  }
  throw usageError(`${argument} lies outside the instance ${place.roots[0] ?? ''}.`);
}

/** One letter is a drive. */
const ADDRESS = /^[A-Za-z][A-Za-z0-9+.-]+:/;

/**
 * The place of a hub: an address as it is, a folder as an absolute path. A relative one starts where PATHs do; but as none lies in an
 * instance, one that would starts at the current folder.
 */
export function hubPlace(argument: string, { cwd, roots }: Place, path: PlatformPath = nodePath): string {
  if (ADDRESS.test(argument)) return argument;
  const start = roots.some((root) => relativeWithin(root, cwd, path) !== undefined) ? cwd : (roots[0] ?? cwd);
  const found = path.resolve(start, argument);
  return roots.some((root) => relativeWithin(root, found, path) !== undefined) ? path.resolve(cwd, argument) : found;
}

/** The way from a folder down to a path, `''` for the folder itself, `undefined` when it is not below it. */
function relativeWithin(root: string, target: string, path: PlatformPath): string | undefined {
  const relative = path.relative(root, target);
  const leadsOut = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return leadsOut ? undefined : relative;
}
