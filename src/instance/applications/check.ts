import type { Application, ApplicationKind, ConfigurationFile, Dependency, Runtime } from './application.ts';
import { compareTexts } from './dependencies.ts';
import { EXTENSIONS_UNKNOWN } from './kinds/editor.ts';
import { applicationName } from './names.ts';
import { isSameVersion, satisfies } from './versions.ts';

/** Missing: in the state, not here. Extra: here, not in the state. */
export type DifferenceKind = 'missing' | 'other' | 'extra';

export interface ApplicationDifference {
  readonly difference: DifferenceKind;
  readonly of: 'application' | 'runtime' | 'environment' | 'dependency' | 'file';
  readonly name: string;
  /** As the state has it: a version, or what is asked for; `null` for what it lacks. */
  readonly expected: string | null;
  /** As it is here. */
  readonly here: string | null;
}

export interface CheckedApplication {
  readonly kind: ApplicationKind;
  readonly name: string;
  readonly path: string;
  /** Empty: all is as in the state. */
  readonly differences: readonly ApplicationDifference[];
  /** What could be compared less well than it should be, in plain words. */
  readonly remarks: readonly string[];
}

/**
 * What is missing, other or extra here compared with a state, application by application.
 * `machine`: versions of runtimes on this machine, by name.
 */
export function checkApplications(
  expected: readonly Application[],
  here: readonly Application[],
  machine: ReadonlyMap<string, string | null>,
): CheckedApplication[] {
  const all = [...new Map([...here, ...expected].map((each) => [keyOf(each), each])).values()];
  const [before, now] = [expected, here].map((list) => new Map(list.map((each) => [keyOf(each), each])));
  return all
    .sort((a, b) => compareTexts(a.path, b.path) || compareTexts(a.kind, b.kind))
    .map((each) => ({
      kind: each.kind,
      name: applicationName(each, all),
      path: each.path,
      ...compared(before!.get(keyOf(each)), now!.get(keyOf(each)), machine),
    }));
}

function keyOf({ kind, path }: Application): string {
  return `${kind}:${path}`;
}

function compared(
  expected: Application | undefined,
  here: Application | undefined,
  machine: ReadonlyMap<string, string | null>,
): Pick<CheckedApplication, 'differences' | 'remarks'> {
  if (expected === undefined || here === undefined) {
    const difference = expected === undefined ? 'extra' : 'missing';
    const { kind } = (expected ?? here)!;
    return { differences: [{ difference, of: 'application', name: kind, expected: null, here: null }], remarks: [] };
  }
  const differences = [
    ...compareRuntimes(expected.runtime, here.runtime, machine),
    ...compareEnvironments(expected, here),
    ...compareDependencies(expected, here),
    ...compareFiles(expected.files, here.files),
  ];
  return { differences, remarks: remarksOn(expected, here) };
}

/** An environment's own version counts more than the machine's; of a version that is only asked for, it must be one that fits. */
function compareRuntimes(
  expected: Runtime | null,
  here: Runtime | null,
  machine: ReadonlyMap<string, string | null>,
): ApplicationDifference[] {
  if (expected === null) return [];
  const wanted = expected.found ?? expected.asked;
  const version = here?.found ?? machine.get(expected.name) ?? null;
  const told = { of: 'runtime', name: expected.name, expected: wanted, here: version } as const;
  if (version === null) return [{ difference: 'missing', ...told }];
  if (wanted === null) return [];
  // R's libraries tell the first two numbers of its version alone.
  const fits =
    expected.found === null ? satisfies(version, wanted) !== false : isSameVersion(version, wanted) || satisfies(version, wanted) === true;
  return fits ? [] : [{ difference: 'other', ...told }];
}

function compareEnvironments(expected: Application, here: Application): ApplicationDifference[] {
  const isWanted = expected.environment?.found === true || (here.environment?.found === false && expected.dependencies.length > 0);
  const path = (expected.environment ?? here.environment)?.path;
  if (!isWanted || path === undefined || here.environment?.found === true) return [];
  return [{ difference: 'missing', of: 'environment', name: path, expected: path, here: null }];
}

function compareDependencies(expected: Application, here: Application): ApplicationDifference[] {
  const [before, now] = [byName(expected.dependencies), byName(here.dependencies)];
  const isInstalledHere = here.dependencies.some(({ source }) => source === 'installed');
  const wasInstalled = expected.dependencies.some(({ source }) => source === 'installed');
  // Of another state it counts which extensions it had; of what is here, also which ones it recommends.
  const isWish = expected === here && expected.kind === 'editor';
  const differences: ApplicationDifference[] = [];
  for (const name of [...new Set([...before.keys(), ...now.keys()])].sort(compareTexts)) {
    const [was, is] = [before.get(name), now.get(name)];
    const told = { of: 'dependency', name, expected: versionsOf(was), here: versionsOf(is) } as const;
    if (was === undefined) {
      // What an installer brings along is no difference from a state that only says what was asked for.
      if (wasInstalled || !is!.every(({ source }) => source === 'installed')) differences.push({ difference: 'extra', ...told });
    } else if (is === undefined || isMerelyWanted(was, is, isInstalledHere)) {
      if (isWish || !isExcused(was, wasInstalled, isInstalledHere)) differences.push({ difference: 'missing', ...told, here: null });
    } else if (!isSame(was, is)) differences.push({ difference: 'other', ...told });
  }
  return differences;
}

/** Here it is asked for and not installed, while others are. */
function isMerelyWanted(was: readonly Dependency[], is: readonly Dependency[], isInstalledHere: boolean): boolean {
  const wasKnown = was.some(({ version }) => version !== null);
  return isInstalledHere && is.every(({ source }) => source !== 'installed') && (wasKnown || is.every(({ version }) => version === null));
}

/** Not needed on every system; or part of an environment that is missing as a whole, which is told already. */
function isExcused(was: readonly Dependency[], wasInstalled: boolean, isInstalledHere: boolean): boolean {
  const isOptional = was.every(({ optional, source }) => optional && source !== 'installed');
  return isOptional || (wasInstalled && !isInstalledHere && was.every(({ source }) => source === 'installed'));
}

function isSame(was: readonly Dependency[], is: readonly Dependency[]): boolean {
  const [before, now] = [was, is].map((list) => list.flatMap(({ version }) => version ?? []));
  if (before!.length === 0 && now!.length === 0) return was[0]!.asked === is[0]!.asked;
  if (before!.length === 0 || now!.length === 0) return true;
  const within = (some: readonly string[], others: readonly string[]): boolean => some.every((version) => others.includes(version));
  const sameSource = was[0]!.source === is[0]!.source;
  // A lock file names what other systems need too, and what is installed may be known at its top alone.
  return sameSource ? within(before!, now!) && within(now!, before!) : within(before!, now!) || within(now!, before!);
}

function versionsOf(list: readonly Dependency[] | undefined): string | null {
  if (list === undefined) return null;
  const known = list.flatMap(({ version }) => version ?? []);
  return known.length > 0 ? known.join(', ') : list[0]!.asked;
}

function byName(list: readonly Dependency[]): Map<string, Dependency[]> {
  return Map.groupBy(list, ({ name }) => name);
}

function compareFiles(expected: readonly ConfigurationFile[], here: readonly ConfigurationFile[]): ApplicationDifference[] {
  const [before, now] = [expected, here].map((list) => new Map(list.map(({ path, sha256 }) => [path, sha256])));
  return [...new Set([...before!.keys(), ...now!.keys()])].sort(compareTexts).flatMap((path): ApplicationDifference[] => {
    const [was, is] = [before!.get(path), now!.get(path)];
    if (was === is) return [];
    const difference = was === undefined ? 'extra' : is === undefined ? 'missing' : 'other';
    return [{ difference, of: 'file', name: path, expected: was ?? null, here: is ?? null }];
  });
}

function remarksOn(expected: Application, here: Application): string[] {
  const unread = [...new Set([...expected.files, ...here.files].filter(({ sha256 }) => sha256 === null).map(({ path }) => path))];
  return [...unread.map((path) => `${path} could not be compared`), ...unknownExtensions(expected, here)];
}

/** Nothing of them is guessed: what is not known is no difference, and is told. */
function unknownExtensions(expected: Application, here: Application): string[] {
  const isUnknown = ({ remarks }: Application): boolean => remarks.some(({ reason }) => reason === EXTENSIONS_UNKNOWN);
  if (isUnknown(here)) return [EXTENSIONS_UNKNOWN];
  return isUnknown(expected) ? ['which extensions were installed is not known: no editor took the snapshot'] : [];
}
