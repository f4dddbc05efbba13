/** Applications as lines of a document. */
import { l10n } from 'vscode';
import type { Application, ApplicationDifference, ApplicationsCheck, CheckedApplication } from '../../engine/applicationsApi.ts';
import { lineOf, widthsOf, type Aligned } from '../columns.ts';
import { engineWords, noteInWords } from '../engineWords.ts';
import { displayText } from '../formats.ts';
import type { State } from '../state.ts';
import { stateTitle } from '../words.ts';
import {
  applicationTitle,
  dependenciesInWords,
  differenceWord,
  differencesInWords,
  differingPart,
  moreInWords,
  sourceWord,
  versionInWords,
} from './applicationWords.ts';

/** Lines, and which of them is the heading of which application. */
export interface CheckPage {
  readonly lines: readonly string[];
  readonly headings: readonly { readonly line: number; readonly application: CheckedApplication }[];
}

/** Every difference of a state's applications from what is here. */
export function checkPage({ instance, snapshot }: State, check: ApplicationsCheck): CheckPage {
  const title = stateTitle(snapshot);
  const lines = [
    l10n.t('Applications compared with this machine'),
    [l10n.t('in {0}', displayText(instance.name)), title].join(', '),
    differencesInWords(check) || l10n.t('Nothing differs.'),
  ];
  const columns = [l10n.t('difference'), l10n.t('what'), title, l10n.t('here')];
  const rows = check.applications.flatMap(({ differences }) => differences.map(differenceColumns));
  const widths = widthsOf([columns, ...rows].map((row) => row.map(toLeft)));
  const headings: { line: number; application: CheckedApplication }[] = [];
  for (const application of check.applications) {
    const { differences, remarks } = application;
    lines.push('');
    headings.push({ line: lines.length, application });
    lines.push(applicationTitle(application));
    const shown = differences.length === 0 ? [] : [columns, ...differences.map(differenceColumns)];
    lines.push(...shown.map((row) => `    ${lineOf(row.map(toLeft), widths)}`));
    if (differences.length === 0) lines.push(`    ${l10n.t('nothing differs')}`);
    lines.push(...remarks.map((remark) => `    ${displayText(engineWords(remark))}`));
  }
  if (check.more > 0) lines.push('', moreInWords(check.more));
  lines.push(...machineLines(check.machine), '');
  return { lines, headings };
}

function differenceColumns(difference: ApplicationDifference): readonly string[] {
  const { of, expected, here } = difference;
  // A file's hash, and an environment's path once more, say nothing to a person.
  const hasVersions = of === 'dependency' || of === 'runtime';
  const version = (text: string | null): string => (hasVersions ? versionText(text) : '');
  return [differenceWord(difference), differingPart(difference), version(expected), version(here)];
}

function versionText(text: string | null): string {
  return text === '*' ? l10n.t('any version') : displayText(text ?? '-');
}

function machineLines(machine: ApplicationsCheck['machine']): string[] {
  const found = Object.entries(machine);
  if (found.length === 0) return [];
  return [
    '',
    l10n.t('On this machine'),
    ...found.map(([name, version]) => `    ${displayText(name)} ${displayText(version ?? l10n.t('not found'))}`),
  ];
}

/** What an application depends on: in which version, how well that is known, and what was asked for. */
export function dependencyLines({ snapshot }: State, application: Application): readonly string[] {
  const columns = [l10n.t('name'), l10n.t('version'), l10n.t('status'), l10n.t('asked for')];
  const rows = application.dependencies.map(({ name, version, source, asked, optional }) => [
    displayText(name),
    versionText(version),
    sourceWord(source),
    [asked === null ? '' : versionText(asked), ...(optional ? [l10n.t('(optional)')] : [])].filter(Boolean).join(' '),
  ]);
  const all = [columns, ...rows].map((row) => row.map(toLeft));
  const widths = widthsOf(all);
  const [names = '', ...lines] = all.map((row) => lineOf(row, widths));
  return [
    [applicationTitle(application), versionInWords(application)].filter(Boolean).join(', '),
    l10n.t('in {0}', stateTitle(snapshot)),
    dependenciesInWords(application.dependencies),
    ...application.remarks.map(noteInWords),
    '',
    names,
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...lines,
    '',
  ];
}

function toLeft(text: string): Aligned {
  return { text, right: false };
}
