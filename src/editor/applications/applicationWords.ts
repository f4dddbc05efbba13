/** What the editor says of applications: kinds, versions, counts and differences. */
import { env, l10n } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import type { Application, ApplicationDifference, ApplicationKind, ApplicationsCheck, Dependency } from '../../engine/applicationsApi.ts';
import { displayText } from '../formats.ts';

export function kindTitle(kind: ApplicationKind): string {
  switch (kind) {
    case 'editor':
      return l10n.t('Editor');
    case 'python':
      return 'Python';
    case 'conda':
      return 'Conda';
    case 'node':
      return 'Node.js';
    case 'r':
      return 'R';
    case 'julia':
      return 'Julia';
    case 'rust':
      return 'Rust';
    case 'go':
      return 'Go';
    case 'java':
      return 'Java';
    case 'dev-container':
      return l10n.t('Dev Container');
    case 'docker':
      return 'Docker';
  }
}

/** The kind with its folder, where that is not the whole: `Python in analysis`. */
export function applicationTitle({ kind, path }: Pick<Application, 'kind' | 'path'>): string {
  return path === '' ? kindTitle(kind) : l10n.t('{0} in {1}', kindTitle(kind), displayText(path));
}

export function applicationCount(count: number): string {
  return count === 1 ? l10n.t('1 application') : l10n.t('{0} applications', number(count));
}

export function extensionCount(count: number): string {
  return count === 1 ? l10n.t('1 extension') : l10n.t('{0} extensions', number(count));
}

export function moreInWords(count: number): string {
  return count === 1 ? l10n.t('1 more application was not read') : l10n.t('{0} more applications were not read', number(count));
}

/** `3.12.1`, `3.12.1 (asks for >=3.10)`; empty where nothing is known of it. */
export function versionInWords({ runtime }: Application): string {
  if (runtime === null) return '';
  const { found, asked } = runtime;
  if (asked === null || asked === found) return displayText(found ?? '');
  return found === null ? l10n.t('asks for {0}', displayText(asked)) : l10n.t('{0} (asks for {1})', displayText(found), displayText(asked));
}

/** `12 installed, 3 locked`. */
export function dependenciesInWords(dependencies: readonly Dependency[]): string {
  const counts = (['installed', 'locked', 'declared'] as const).map((source) => ({
    source,
    count: dependencies.filter((each) => each.source === source).length,
  }));
  return counts.flatMap(({ source, count }) => (count === 0 ? [] : [`${number(count)} ${sourceWord(source)}`])).join(', ');
}

/** How well a dependency's version is known. */
export function sourceWord(source: Dependency['source']): string {
  switch (source) {
    case 'installed':
      return l10n.t('installed');
    case 'locked':
      return l10n.t('in the lock file');
    case 'declared':
      return l10n.t('only declared');
  }
}

export function differenceWord({ difference, of }: Pick<ApplicationDifference, 'difference' | 'of'>): string {
  switch (difference) {
    case 'missing':
      return l10n.t('missing');
    case 'other':
      return of === 'file' ? l10n.t('other content') : l10n.t('other version');
    case 'extra':
      return l10n.t('extra');
  }
}

/** What differs, by its name: `numpy`, `Python itself`. */
export function differingPart({ of, name }: ApplicationDifference): string {
  switch (of) {
    case 'dependency':
    case 'file':
      return displayText(name);
    case 'runtime':
      return l10n.t('{0} itself', displayText(name));
    case 'environment':
      return l10n.t('the environment {0}', displayText(name));
    case 'application':
      return l10n.t('the whole application');
  }
}

/** `2 missing, 1 different, 3 extra`; empty where nothing differs. */
export function differencesInWords({ applications }: Pick<ApplicationsCheck, 'applications'>): string {
  const differences = applications.flatMap((each) => each.differences.map(({ difference }) => difference));
  const count = (kind: ApplicationDifference['difference']): number => differences.filter((each) => each === kind).length;
  const [missing, other, extra] = [count('missing'), count('other'), count('extra')];
  return [
    ...(missing > 0 ? [l10n.t('{0} missing', number(missing))] : []),
    ...(other > 0 ? [l10n.t('{0} different', number(other))] : []),
    ...(extra > 0 ? [l10n.t('{0} extra', number(extra))] : []),
  ].join(', ');
}

function number(count: number): string {
  return formatNumber(count, env.language);
}
