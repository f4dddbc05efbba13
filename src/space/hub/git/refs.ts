/**
 * Which ref of a repository has which names of a hub, purely. A ref is what git servers can grant and protect, so there is one for each
 * log and each area: names of three parts and more lie by their first two in `refs/snapstage/<first>/<second>`. Those of two lie in
 * `refs/snapstage/<first>/_`, and a file at the top in `refs/snapstage/_/<name>`. No part of a hub's name begins with `_`, and no ref is
 * called as what another lies in, whatever the names.
 */
import { isHubPart } from '../hub.ts';

export const ROOT = 'refs/snapstage/';
/** No part of a name. */
const NONE = '_';
/** `refs/snapstage/_version/1` says that the repository is a hub, and of which version. */
const VERSIONS = `${ROOT}_version/`;
/** Parts of a name that lie deeper than their ref, in one entry's name. */
const JOINT = '+';

/** Where a file lies. */
export interface Spot {
  readonly ref: string;
  /** What it is called there: the rest of its name. */
  readonly entry: string;
}

/** Of a name that is one. */
export function spotOf(name: string): Spot {
  const [first = '', second, ...rest] = name.split('/');
  if (second === undefined) return { ref: `${ROOT}${NONE}/${first}`, entry: first };
  if (rest.length === 0) return { ref: `${ROOT}${first}/${NONE}`, entry: second };
  return { ref: `${ROOT}${first}/${second}`, entry: rest.join(JOINT) };
}

/** True for a ref that has one file alone, which may be replaced without a look at what is there. */
export function isLonely(ref: string): boolean {
  return ref.startsWith(`${ROOT}${NONE}/`);
}

/** Where the files in a folder lie, and those in folders below it. */
export type Span =
  /** In all refs. */
  | { readonly kind: 'all' }
  /** In those that begin so. */
  | { readonly kind: 'group'; readonly prefix: string }
  /** In one, in entries that begin so. */
  | { readonly kind: 'ref'; readonly ref: string; readonly prefix: string };

/** Of a folder's name, or `''`. */
export function spanOf(folder: string): Span {
  if (folder === '') return { kind: 'all' };
  const [first = '', second, ...rest] = folder.split('/');
  if (second === undefined) return { kind: 'group', prefix: `${ROOT}${first}/` };
  return { kind: 'ref', ref: `${ROOT}${first}/${second}`, prefix: rest.map((part) => part + JOINT).join('') };
}

/** How the refs of files at the top begin. */
export const TOP = `${ROOT}${NONE}/`;
export const MARKERS = `${VERSIONS}*`;

/** The ref by which a repository is a hub of this version. */
export function markerOf(version: number): string {
  return `${VERSIONS}${version}`;
}

/** The version that a ref tells of; `undefined` when it is no marker. */
export function versionIn(ref: string): number | undefined {
  const digits = ref.startsWith(VERSIONS) ? ref.slice(VERSIONS.length) : '';
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}

/** The first and the second part of the names that a ref has: `undefined` for the missing ones of shorter names, or for a ref of something else. */
export function partsIn(ref: string): { readonly first: string | undefined; readonly second: string | undefined } | undefined {
  if (!ref.startsWith(ROOT)) return undefined;
  const [first = '', second = '', ...more] = ref.slice(ROOT.length).split('/');
  const isPart = (part: string): boolean => part === NONE || isHubPart(part);
  if (more.length > 0 || !isPart(first) || !isPart(second) || (first === NONE && second === NONE)) return undefined;
  return { first: first === NONE ? undefined : first, second: second === NONE ? undefined : second };
}

/** The first part of what an entry is called behind `prefix`, and whether that is all of it; `undefined` when it does not begin so. */
export function below(entry: string, prefix: string): { readonly part: string; readonly isFile: boolean } | undefined {
  if (!entry.startsWith(prefix)) return undefined;
  const [part = '', ...rest] = entry.slice(prefix.length).split(JOINT);
  return { part, isFile: rest.length === 0 };
}

/** True for what a file of a hub can be called in a ref. */
export function isEntry(entry: string): boolean {
  return entry.split(JOINT).every(isHubPart);
}
