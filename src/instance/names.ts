import { createHash } from 'node:crypto';
import { encodeName } from '../base/paths.ts';

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
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;
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
    const isBad = traits.windows && (RESERVED.test(name) || FORBIDDEN.test(name));
    if (!isBad && !taken.has(foldedName(name, traits))) {
      taken.add(foldedName(name, traits));
      continue;
    }
    const safe = traits.windows ? name.replace(/[<>:"|?*\\\x00-\x1f]/g, '_').replace(/[. ]+$/, '') : name;
    const other = withMark(safe, createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 8));
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

/** As much of a name as leaves room for what comes behind it. */
function cut(name: string, behind: string): string {
  let end = name.length;
  while (end > 1 && encodeName(name.slice(0, end) + behind).length > MAX_NAME_BYTES) end -= 1;
  return end < name.length && (name.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? name.slice(0, end - 1) : name.slice(0, end);
}
