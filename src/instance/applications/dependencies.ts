import type { Dependency } from './application.ts';
import type { Declared, Findings, Resolved } from './detector.ts';
import type { BareVersion } from './detector.ts';
import { satisfies } from './versions.ts';

/** What one list of dependencies may hold; the rest is counted in a remark. */
const MAX_DEPENDENCIES = 20_000;
/** What is longer was never a name or a version. */
const LONGEST_NAME = 1000;
/** So many contradictions are told one by one. */
const MAX_TOLD = 10;

/**
 * One list from what is declared, locked and installed: a version that is installed counts most, then a locked one. What contradicts
 * is told, in plain words.
 */
export function mergeDependencies(found: Findings, bare?: BareVersion): { dependencies: Dependency[]; contradictions: string[] } {
  const asked = new Map((found.declared ?? []).map((declared) => [declared.name, declared]));
  const locked = versionsByName(found.locked ?? []);
  const installed = versionsByName(found.installed ?? []);
  const merged = new Map<string, Dependency>();
  const add = (name: string, version: string | null, source: Dependency['source'], optional = false): void => {
    if (name.length > LONGEST_NAME || (version?.length ?? 0) > LONGEST_NAME) return;
    const wish = asked.get(name);
    const isOptional = optional || wish?.optional === true;
    merged.set(`${name}\0${version}`, { name, version, source, asked: wish?.asked ?? null, optional: isOptional });
  };
  for (const { name, version, optional } of found.installed ?? []) add(name, version, 'installed', optional);
  for (const { name, version, optional } of found.locked ?? []) if (!installed.has(name)) add(name, version, 'locked', optional);
  for (const { name } of asked.values()) if (!installed.has(name) && !locked.has(name)) add(name, null, 'declared');
  const all = [...merged.values()].sort((a, b) => compareTexts(a.name, b.name) || compareTexts(a.version ?? '', b.version ?? ''));
  const contradictions = [
    ...(found.locked === undefined ? [] : lockContradictions(asked, locked, bare)),
    ...(found.locked === undefined || found.installed === undefined ? [] : installContradictions(locked, installed)),
  ];
  if (all.length > MAX_DEPENDENCIES) contradictions.push(`has ${all.length} dependencies; ${MAX_DEPENDENCIES} of them are listed`);
  return { dependencies: all.slice(0, MAX_DEPENDENCIES), contradictions };
}

function lockContradictions(asked: ReadonlyMap<string, Declared>, locked: Versions, bare: BareVersion | undefined): string[] {
  const told = [...asked.values()].flatMap(({ name, asked: range, optional }) => {
    const versions = locked.get(name);
    if (versions === undefined) return optional ? [] : [`${name} is declared, and not in the lock file`];
    const fits = [...versions].map((version) => satisfies(version, range, bare));
    return fits.every((each) => each === false) ? [`locked is ${name} ${[...versions].join(', ')}, declared is ${range}`] : [];
  });
  return bounded(told);
}

function installContradictions(locked: Versions, installed: Versions): string[] {
  const told = [...installed].flatMap(([name, versions]) => {
    const wanted = locked.get(name);
    if (wanted === undefined || [...versions].some((version) => wanted.has(version))) return [];
    return [`installed is ${name} ${[...versions].join(', ')}, locked is ${[...wanted].join(', ')}`];
  });
  return bounded(told);
}

function bounded(told: string[]): string[] {
  return told.length <= MAX_TOLD ? told : [...told.slice(0, MAX_TOLD), `and ${told.length - MAX_TOLD} more of this kind`];
}

type Versions = ReadonlyMap<string, ReadonlySet<string>>;

/** The versions of each name. */
function versionsByName(list: readonly Pick<Resolved, 'name' | 'version'>[]): Versions {
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of list) {
    const known = versions.get(name);
    if (known === undefined) versions.set(name, new Set([version]));
    else known.add(version);
  }
  return versions;
}

/** In the same order on every machine. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
