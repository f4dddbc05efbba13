/** Where a hub is, as people and invite codes name it. An invite is written by a stranger: only what is listed here is ever contacted. */
import { fileURLToPath } from 'node:url';
import { SnapstageError } from '../../base/errors.ts';
import { replaceUnseen } from '../../base/format.ts';
import { readGitPlace, type GitPlace } from './git/gitPlace.ts';
import { isLoopback } from './loopback.ts';
import { parseBucketPlace, type BucketPlace } from './s3/bucketPlace.ts';

export type HubPlace =
  /** A folder of this machine: an absolute path. */
  | { readonly kind: 'folder'; readonly path: string }
  /** A folder of another machine, by the UNC path that Windows contacts it by: `\\server\share\…`. */
  | { readonly kind: 'share'; readonly path: string }
  /** A folder as another kind of system names it: here people have to say where it is. */
  | { readonly kind: 'elsewhere'; readonly path: string }
  | BucketPlace
  | GitPlace;

export interface HubPlaceOptions {
  /** Takes UNC paths too: whoever contacts one tells that server who they are, so people are asked first. */
  readonly shares?: boolean;
  readonly platform?: NodeJS.Platform;
}

/** Characters. Longer than any path that can be opened. */
const LIMIT = 4096;

const SCHEME = /^(?<scheme>[A-Za-z][A-Za-z0-9+.-]+):/; // one letter is a drive

type Parse = (url: string, options: HubPlaceOptions) => HubPlace;
/** The kinds of places by the scheme they start with; a path has none. */
const KINDS: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['file', fromFileUrl],
  ['s3', parseBucketPlace],
  ...['git+ssh', 'git+https', 'git+http', 'git+file'].map((scheme): [string, Parse] => [scheme, fromGitAddress]),
]);

/**
 * The place that a text names.
 * @throws SnapstageError `usage` for what is no place of a known kind; `refused` for a UNC path that was not asked for.
 */
export function parseHubPlace(text: string, options: HubPlaceOptions = {}): HubPlace {
  checkText(text);
  const scheme = SCHEME.exec(text)?.groups?.['scheme']?.toLowerCase();
  if (scheme === undefined) return fromPath(text, options);
  const parse = KINDS.get(scheme);
  if (parse === undefined) throw noPlace(text, `places that start with “${scheme}:” are not among those that Snapstage knows`);
  return parse(text, options);
}

/** Whether it takes a network to reach a hub there; of a share or a synced folder the system knows. */
export function needsNetwork(place: HubPlace): boolean {
  switch (place.kind) {
    case 'git':
      return place.protocol !== 'file' && !isLoopback(new URL(place.address).hostname);
    case 's3':
      return !isLoopback(new URL(place.endpoint).hostname);
    case 'folder':
    case 'share':
    case 'elsewhere':
      return false;
  }
}

function checkText(text: string): void {
  if (text === '') throw noPlace(text, 'it is empty');
  if (text.length > LIMIT) throw noPlace(`${text.slice(0, 40)}…`, `it has more than ${LIMIT} characters`);
  if (shown(text) !== text) throw noPlace(text, 'it has characters that don’t show as themselves');
  if (text.startsWith('-')) throw noPlace(text, 'it starts with a dash, as an option of a program does');
}

function fromFileUrl(text: string, options: HubPlaceOptions): HubPlace {
  if (!/^file:\/\//i.test(text)) throw noPlace(text, 'it is no address of a folder'); // URL would make one of it
  let path: string;
  try {
    const url = new URL(text);
    path = fileURLToPath(url, { windows: url.host !== '' || /^\/[A-Za-z]:/.test(url.pathname) });
  } catch (error) {
    throw noPlace(text, 'it is no address of a folder', error);
  }
  checkText(path);
  return fromPath(path, options);
}

function fromGitAddress(text: string): HubPlace {
  const place = readGitPlace(text);
  if ('why' in place) throw noPlace(text, place.why);
  return place;
}

const DRIVE = /^[A-Za-z]:[\\/]/;
const UNC = /^[\\/]{2}[^\\/]+[\\/]+[^\\/]/;

function fromPath(path: string, { shares = false, platform = process.platform }: HubPlaceOptions): HubPlace {
  const isWindows = platform === 'win32';
  const isOfWindows = DRIVE.test(path) || /^[\\/]{2}/.test(path);
  if (!isOfWindows && !path.startsWith('/')) throw noPlace(path, 'it is not the whole path of a folder');
  const names = path.split(isOfWindows ? /[\\/]/ : '/');
  if (names.some((name) => name === '.' || name === '..')) throw noPlace(path, 'it has “.” or “..” in it');
  if (!isOfWindows) return { kind: isWindows ? 'elsewhere' : 'folder', path };
  if (names.slice(DRIVE.test(path) ? 1 : 0).some(isOddOnWindows)) throw noPlace(path, 'it names no folder');
  if (DRIVE.test(path)) return { kind: isWindows ? 'folder' : 'elsewhere', path };
  if (!UNC.test(path)) throw noPlace(path, 'it names no folder of a server');
  if (!shares) {
    throw new SnapstageError(
      'refused',
      `The hub “${path}” is on another machine, which learns who you are when it is asked. Use it only if you trust who named it.`,
      { place: path },
    );
  }
  return { kind: isWindows ? 'share' : 'elsewhere', path };
}

/** Devices and streams: what Windows does not take for the name of a folder (learn.microsoft.com, “Naming Files, Paths, and Namespaces”). */
function isOddOnWindows(name: string): boolean {
  return /[<>:"|?*]/.test(name) || /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:$|\.)/i.test(name) || /[. ]$/.test(name);
}

function shown(text: string): string {
  return replaceUnseen(text, () => '\ufffd');
}

function noPlace(text: string, why: string, cause?: unknown): SnapstageError {
  const place = shown(text);
  return new SnapstageError('usage', `“${place}” can’t be the place of a hub: ${why}.`, { place }, cause);
}
