/** Applications, what differs of them, and how they are recreated, in words. */
import type { Application, ApplicationDifference, CheckedApplication, RecreatePlan } from '../../engine/applicationsApi.ts';
import { formatCommand } from '../../base/format.ts';
import type { Formats } from './format.ts';
import { firstLines } from './changes.ts';
import type { Column, Paint } from './table.ts';
import { escapeText } from './text.ts';

export function applicationColumns(formats: Formats): Column<Application>[] {
  return [
    { title: 'Application', cell: (row) => escapeText(row.name), style: () => 'bold' },
    { title: 'Folder', cell: (row) => shownFolder(row.path) },
    { title: 'Runtime', cell: runtimeText },
    { title: 'Dependencies', cell: (row) => dependenciesText(row, formats) },
    { title: 'Recreate', cell: (row) => row.recreate.map(commandText).join(' && ') },
  ];
}

/** `Python 3.12.1 (>=3.10)`: what was found, and what is asked for. */
function runtimeText({ runtime }: Application): string {
  if (runtime === null) return '';
  const asked = runtime.asked === null ? '' : runtime.found === null ? ` ${runtime.asked}` : ` (${runtime.asked})`;
  return escapeText(`${runtime.name}${runtime.found === null ? '' : ` ${runtime.found}`}${asked}`);
}

function dependenciesText({ dependencies }: Application, formats: Formats): string {
  const counts = (['installed', 'locked', 'declared'] as const).map(
    (source) => [source, dependencies.filter((each) => each.source === source).length] as const,
  );
  return counts.flatMap(([source, count]) => (count === 0 ? [] : `${formats.number(count)} ${source}`)).join(', ');
}

/** Remarks on all of them, one line each. */
export function remarkLines(applications: readonly Application[]): string[] {
  return applications.flatMap(({ name, remarks }) =>
    remarks.map(({ path, reason }) => `${escapeText(name)}: ${path === '' ? '' : `${escapeText(path)}: `}${escapeText(reason)}`),
  );
}

const shownDifferences = 20;

/** A heading for each application that differs, and its differences below; `all`: however many. */
export function checkLines(checked: readonly CheckedApplication[], formats: Formats, paint: Paint, all: boolean): string[] {
  return checked.flatMap(({ name, differences, remarks }) => {
    if (differences.length === 0 && remarks.length === 0) return [];
    const lines = differences.map((each) => `  ${differenceLine(each, paint)}`);
    const notes = remarks.map((each) => `  ${escapeText(each)}`);
    return [
      paint('bold', escapeText(name)),
      ...firstLines(lines, all ? lines.length : shownDifferences, formats, '`--json` has all'),
      ...notes,
    ];
  });
}

const marks = { missing: ['red', 'missing'], other: ['yellow', 'other  '], extra: ['blue', 'extra  '] } as const;

function differenceLine({ difference, of, name, expected, here }: ApplicationDifference, paint: Paint): string {
  const [style, word] = marks[difference];
  const what = of === 'dependency' || of === 'file' ? '' : `${of} `;
  // A file's hash says nothing to a person.
  const versions = of === 'file' || of === 'environment' ? '' : versionsText(expected, here);
  return `${paint(style, word)}  ${what}${escapeText(name)}${versions}`;
}

/** ` 1.0, here 1.1` */
function versionsText(expected: string | null, here: string | null): string {
  const was = expected === null ? '' : ` ${escapeText(expected)}`;
  return here === null ? was : `${was}${was === '' ? ' ' : ', here '}${escapeText(here)}`;
}

/** The commands as one would type them, and where; then what stands in their way. */
export function recreateLines({ folder, commands, replaces, blocked }: RecreatePlan): string[] {
  return [
    `In ${shownFolder(folder)}:`,
    ...commands.map((each) => `  ${commandText(each)}`),
    ...(replaces === null ? [] : [`${escapeText(replaces)} is filled anew.`]),
    ...blocked.map(({ path, reason }) => `not now: ${escapeText(path)} ${escapeText(reason)}`),
  ];
}

/** For eyes. */
export function commandText(command: readonly string[]): string {
  return escapeText(formatCommand(command));
}

function shownFolder(path: string): string {
  return path === '' ? '.' : escapeText(path);
}
