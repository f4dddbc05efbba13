import type { Resolved } from '../detector.ts';
import { entries, field, text } from '../fields.ts';
import { json, yaml } from '../formats.ts';
import type { Project } from '../project.ts';

/** A lock file of Node.js: how it is read, and the command that installs exactly what it says. */
export interface NodeLock {
  readonly name: string;
  readonly read: (project: Project, name: string) => Resolved[] | undefined;
  readonly command: (text: string) => string[];
}

const npmCommand = (): string[] => ['npm', 'ci'];

/** In the order in which they are believed. */
export const NODE_LOCKS: readonly NodeLock[] = [
  { name: 'npm-shrinkwrap.json', read: readPackageLock, command: npmCommand },
  { name: 'package-lock.json', read: readPackageLock, command: npmCommand },
  { name: 'pnpm-lock.yaml', read: readPnpmLock, command: () => ['pnpm', 'install', '--frozen-lockfile'] },
  {
    name: 'yarn.lock',
    read: readYarnLock,
    command: (lock) => ['yarn', 'install', isBerry(lock) ? '--immutable' : '--frozen-lockfile'],
  },
];

function readPackageLock(project: Project, name: string): Resolved[] | undefined {
  const lock = project.parsed(name, json);
  return lock === undefined ? undefined : packagesOfLock(lock);
}

/** https://docs.npmjs.com/cli/configuring-npm/package-lock-json: versions 2 and 3 by place, version 1 nested. */
export function packagesOfLock(lock: unknown): Resolved[] {
  const places = entries(field(lock, 'packages'));
  return places.length > 0 ? places.flatMap(([place, entry]) => placedPackage(place, entry)) : nestedPackages(lock);
}

const PLACE = 'node_modules/';

function placedPackage(place: string, entry: unknown): Resolved[] {
  const at = place.lastIndexOf(PLACE);
  const name = text(field(entry, 'name')) ?? text(place.slice(at + PLACE.length));
  const version = text(field(entry, 'version'));
  if (at < 0 || name === undefined || version === undefined || field(entry, 'link') === true) return [];
  return [{ name, version, ...(isOptional(entry) && { optional: true }) }];
}

function nestedPackages(lock: unknown): Resolved[] {
  const found: Resolved[] = [];
  // A list instead of recursion: how deep it goes is not ours to say.
  for (const waiting = [lock]; waiting.length > 0;) {
    for (const [name, entry] of entries(field(waiting.pop(), 'dependencies'))) {
      const version = text(field(entry, 'version'));
      if (version !== undefined) found.push({ name, version, ...(isOptional(entry) && { optional: true }) });
      waiting.push(entry);
    }
  }
  return found;
}

/** Also what is for certain systems only. */
function isOptional(entry: unknown): boolean {
  const isFlagged = ['optional', 'devOptional', 'peer'].some((flag) => field(entry, flag) === true);
  return isFlagged || ['os', 'cpu', 'libc'].some((system) => field(entry, system) !== undefined);
}

function readPnpmLock(project: Project, name: string): Resolved[] | undefined {
  const lock = project.parsed(name, yaml);
  return lock === undefined ? undefined : packagesOfPnpm(lock);
}

/** https://github.com/pnpm/spec/tree/master/lockfile: keys are `/name/1.0.0_peers`, `/name@1.0.0(peers)` or `name@1.0.0`. */
export function packagesOfPnpm(lock: unknown): Resolved[] {
  const snapshots = field(lock, 'snapshots');
  const optional = new Set(entries(snapshots).flatMap(([key, entry]) => (isOptional(entry) ? [withoutPeers(key)] : [])));
  return entries(field(lock, 'packages')).flatMap(([key, entry]) => {
    const place = withoutPeers(key);
    const at = /^\/?((?:@[^/@]+\/)?[^/@]+)[/@](\d[^/_]*)(?:_.*)?$/.exec(place);
    const packageName = text(field(entry, 'name')) ?? at?.[1];
    const version = text(field(entry, 'version')) ?? at?.[2];
    if (packageName === undefined || version === undefined) return [];
    return [{ name: packageName, version, ...((isOptional(entry) || optional.has(place)) && { optional: true }) }];
  });
}

function withoutPeers(key: string): string {
  const bracket = key.indexOf('(');
  return bracket < 0 ? key : key.slice(0, bracket);
}

function readYarnLock(project: Project, name: string): Resolved[] | undefined {
  const lock = project.text(name);
  if (lock === undefined) return undefined;
  if (!isBerry(lock)) return readClassicLock(lock);
  const parsed = project.parsed(name, yaml);
  return parsed === undefined ? undefined : entries(parsed).flatMap(([key, entry]) => berryPackage(key, entry));
}

function isBerry(lock: string): boolean {
  return /^__metadata:/m.test(lock.slice(0, 10_000));
}

/** https://classic.yarnpkg.com/docs/yarn-lock: `name@range, name@range:` and, indented, `version "1.0.0"`. */
function readClassicLock(lock: string): Resolved[] {
  const found: Resolved[] = [];
  let name: string | undefined;
  for (const line of lock.split('\n')) {
    const head = /^"?((?:@[^/@\s"]+\/)?[^@\s"]+)@.*:\s*$/.exec(line);
    const version = /^ {2}version "?([^"\s]+)"?\s*$/.exec(line)?.[1];
    if (head !== null) name = head[1];
    else if (name !== undefined && version !== undefined) {
      found.push({ name, version });
      name = undefined;
    }
  }
  return found;
}

/** https://yarnpkg.com/configuration/manifest and the file's own `__metadata`: what is resolved is `name@protocol:version`. */
function berryPackage(key: string, entry: unknown): Resolved[] {
  const name = /^((?:@[^/@]+\/)?[^@]+)@/.exec(text(field(entry, 'resolution')) ?? key)?.[1];
  const version = text(field(entry, 'version'));
  if (name === undefined || version === undefined || version === '0.0.0-use.local') return [];
  return [{ name, version, ...(field(entry, 'conditions') !== undefined && { optional: true }) }];
}
