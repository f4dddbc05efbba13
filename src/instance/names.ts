import { createHash } from 'node:crypto';
import { encodeName, isDeviceName, startOfName } from '../base/paths.ts';

/** What a file system does to names. */
export interface NameTraits {
  /** `A` and `a` are one name. */
  readonly foldsCase: boolean;
  /** Composed and decomposed forms are one name. */
  readonly foldsUnicode: boolean;
  /** Windows: reserved names and characters. */
  readonly windows: boolean;
}

/** By platform; macOS and Windows can be set up otherwise, and then names are escaped that need not be. */
export function platformTraits(platform: NodeJS.Platform = process.platform): NameTraits {
  return { foldsCase: platform === 'win32' || platform === 'darwin', foldsUnicode: platform === 'darwin', windows: platform === 'win32' };
}

/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const FORBIDDEN = /[<>:"|?*\\\x00-\x1f]|[. ]$/;

/**
 * Names that can't be written as they are in one folder, with the name to use: those that a platform reserves, and those
 * that would be one with an earlier name. What is `present` under its own name can. Empty where all can.
 */
export function escapedNames(names: readonly string[], traits: NameTraits, present: ReadonlySet<string> = new Set()): Map<string, string> {
  const escaped = new Map<string, string>();
  if (!mayEscape(traits)) return escaped;
  const taken = new Set<string>();
  for (const name of names) if (present.has(name)) taken.add(foldedName(name, traits));
  for (const name of names) {
    if (present.has(name)) continue;
    const isBad = traits.windows && (isDeviceName(name) || FORBIDDEN.test(name));
    if (!isBad && !taken.has(foldedName(name, traits))) {
      taken.add(foldedName(name, traits));
      continue;
    }
    const safe = traits.windows ? name.replace(/[<>:"|?*\\\x00-\x1f]/g, '_').replace(/[. ]+$/, '') : name;
    let other = withMark(safe, markOf(name));
    // Somebody may have called another so, to have this one take its place.
    for (let number = 1; taken.has(foldedName(other, traits)); number++) other = withMark(safe, markOf(`${name}/${number}`));
    taken.add(foldedName(other, traits));
    escaped.set(name, other);
  }
  return escaped;
}

/** True where some names can't be written as they are. */
export function mayEscape({ foldsCase, foldsUnicode, windows }: NameTraits): boolean {
  return foldsCase || foldsUnicode || windows;
}

/** The same for all names that the file system takes for one. */
export function foldedName(name: string, traits: NameTraits): string {
  const form = traits.foldsUnicode ? name.normalize('NFC') : name;
  return traits.foldsCase ? form.toLowerCase().toUpperCase() : form;
}

function markOf(name: string): string {
  return createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 8);
}

/**
 * A name that every system takes for its length: itself, or `long na~mark.txt`, another one than `isTaken` says.
 */
export function shortName(name: string, isTaken: (name: string) => boolean): string {
  if (isShort(name)) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && encodeName(name.slice(dot)).length <= MAX_ENDING_BYTES ? name.slice(dot) : '';
  for (let number = 0; ; number++) {
    const mark = `~${markOf(number === 0 ? name : `${name}/${number}`)}${ending}`;
    const short = `${startOfName(name, MAX_NAME_BYTES - encodeName(mark).length)}${mark}`;
    if (!isTaken(short)) return short;
  }
}

export function isShort(name: string): boolean {
  return encodeName(name).length <= MAX_NAME_BYTES;
}

/** `report.txt` → `report~mark.txt`; a reserved stem is not reserved any more with the mark behind it. */
function withMark(name: string, mark: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? `${name}~${mark}` : `${name.slice(0, dot)}~${mark}${name.slice(dot)}`;
}

/** `report.txt` → `report (from label).txt`: what is kept beside the original. */
export function besideName(name: string, label: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const note = ` (from ${label.replaceAll(/[/\\:*?"<>|\x00-\x1f]/g, '-')}${number > 1 ? ` ${number}` : ''})`;
  return dot <= 0 ? `${cut(name, note)}${note}` : `${cut(name.slice(0, dot), note + name.slice(dot))}${note}${name.slice(dot)}`;
}

/** No system that is known takes a longer one. */
const MAX_NAME_BYTES = 255;
/** Of a name that is made shorter, its ending stays if it is no longer. */
const MAX_ENDING_BYTES = 32;

/** As much of a name as leaves room for what comes behind it. */
function cut(name: string, behind: string): string {
  return startOfName(name, Math.max(1, MAX_NAME_BYTES - encodeName(behind).length));
}
