/** What a Master is asked for one by one when an assignment is given or changed. Each answers nothing where that was given up. */
import { env, l10n, window, type QuickPickItem } from 'vscode';
import { formatSize, parseSize } from '../../base/format.ts';
import type { AssignmentPart, AssignmentTerms } from '../../engine/assignmentApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import { entryWord } from '../words.ts';
import { deadlineInWords, latePolicyInWords, partInWords } from './assignmentWords.ts';
import { localTime, looksLikeTime, patternsFrom, suggestedDeadlines } from './giveAssignmentDeadlines.ts';

/** A deadline as the engine takes it. */
export type Due = Pick<AssignmentTerms, 'deadline' | 'zone'>;

/** The time zone of this computer. */
function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export async function askForTitle(title: string, value = ''): Promise<string | undefined> {
  const text = await window.showInputBox({
    title,
    value,
    prompt: l10n.t('What is the assignment called?'),
    ignoreFocusOut: true,
    validateInput: (given) => (given.length > 200 ? l10n.t('At most 200 characters.') : undefined),
  });
  return text?.trim() || undefined;
}

type PartItem = QuickPickItem & { readonly path?: string };

/** Of what is staged, of what lies at the top of the folder, and of paths that are written. */
export async function pickParts(
  instance: Instance,
  title: string,
  before: readonly AssignmentPart[] = [],
): Promise<readonly AssignmentPart[] | undefined> {
  const [{ objects }, entries] = await Promise.all([instance.engine.stage(), instance.engine.ls({ state: 'current', path: '' })]);
  const known = new Map(entries.map(({ path, kind }) => [path, kind]));
  const staged = objects.filter(({ table, application }) => table === null && application === null).map(({ path }) => path);
  const paths = [...new Set([...before.map(({ path }) => path), ...staged, ...known.keys()])].filter((path) => path !== '');
  const items: readonly PartItem[] = [
    ...paths.map((path) => ({
      label: plainLabel(path),
      description: [
        ...(known.has(path) ? [entryWord(known.get(path)!)] : []),
        ...(staged.includes(path) ? [l10n.t('on the Stage')] : []),
      ].join(' · '),
      picked: before.some((part) => part.path === path),
      path,
    })),
    { label: l10n.t('Everything'), description: l10n.t('the whole folder'), picked: before.some(({ path }) => path === ''), path: '' },
    { label: l10n.t('Other Paths…') },
  ];
  const placeHolder = l10n.t('What is handed in? Files, or folders with all that is in them');
  const picked = await window.showQuickPick(items, { title, placeHolder, canPickMany: true, ignoreFocusOut: true });
  if (!picked) return undefined;
  const others = picked.some(({ path }) => path === undefined) ? await askForPaths(title) : [];
  const chosen = [...new Set([...picked.flatMap(({ path }) => path ?? []), ...(others ?? [])])];
  if (others === undefined || chosen.length === 0) return undefined;
  return askForPatterns(
    title,
    chosen.map((path) => before.find((part) => part.path === path) ?? { path, patterns: [] }),
    (path) => path === '' || (known.get(path) ?? 'folder') === 'folder',
  );
}

async function askForPaths(title: string): Promise<readonly string[] | undefined> {
  const text = await window.showInputBox({
    title,
    prompt: l10n.t('Paths in the folder, with commas between'),
    placeHolder: l10n.t('such as {0}', 'hw1/report.ipynb, hw1/data'),
    ignoreFocusOut: true,
  });
  return text === undefined ? undefined : patternsFrom(text).map((path) => path.replace(/\/+$/, ''));
}

/** Of each folder among them: what in it is handed in. */
async function askForPatterns(
  title: string,
  parts: readonly AssignmentPart[],
  isFolder: (path: string) => boolean,
): Promise<readonly AssignmentPart[] | undefined> {
  const asked: AssignmentPart[] = [];
  for (const part of parts) {
    if (!isFolder(part.path)) {
      asked.push(part);
      continue;
    }
    const where = partInWords({ path: part.path, patterns: [] });
    const text = await window.showInputBox({
      title,
      value: part.patterns.join(', '),
      prompt: l10n.t('What in {0} is handed in? Patterns as in .gitignore, with commas between; left empty, all of it', where),
      placeHolder: l10n.t('such as {0}', '*.ipynb, *.py, !scratch*'),
      ignoreFocusOut: true,
    });
    if (text === undefined) return undefined;
    asked.push({ path: part.path, patterns: patternsFrom(text) });
  }
  return asked;
}

type DueItem = QuickPickItem & { readonly local?: string; readonly isZone?: true };

/** One of those that are suggested, or another. `before` is what there is. */
export async function pickDeadline(title: string, before: Due | undefined, after: readonly number[]): Promise<Due | undefined> {
  let zone = before?.zone ?? ownZone();
  for (;;) {
    const suggested = suggestedDeadlines(Date.now(), zone, after);
    const items: readonly DueItem[] = [
      ...suggested.map(({ days, local }) => ({ label: dueLabel(local), description: daysInWords(days), local })),
      { label: l10n.t('Other Time…') },
      { label: l10n.t('Time Zone…'), description: displayText(zone), isZone: true },
    ];
    const placeHolder = before ? l10n.t('Until when? Now: {0}', deadlineInWords(before)) : l10n.t('Until when?');
    const picked = await window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true });
    if (!picked) return undefined;
    if (picked.isZone) {
      zone = (await pickZone(title, zone)) ?? zone;
      continue;
    }
    const deadline = picked.local ?? (await askForTime(title, zone, before));
    return deadline === undefined ? undefined : { deadline, zone };
  }
}

/** `Tue, Dec 1, 23:59`, whatever the zone: it is written as it is meant. */
function dueLabel(local: string): string {
  return new Intl.DateTimeFormat(env.language, {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
  }).format(Date.parse(`${local.replace(' ', 'T')}:00Z`));
}

function daysInWords(days: number): string {
  return new Intl.RelativeTimeFormat(env.language, { numeric: 'auto' }).format(days, 'day');
}

async function askForTime(title: string, zone: string, before: Due | undefined): Promise<string | undefined> {
  const start = before ? Date.parse(before.deadline) : Date.now();
  const text = await window.showInputBox({
    title,
    value: localTime(Number.isNaN(start) ? Date.now() : start, zone),
    prompt: l10n.t('Until when, in {0}? A day, or a day and a time', displayText(zone)),
    ignoreFocusOut: true,
    validateInput: (given) => (looksLikeTime(given) ? undefined : l10n.t('Write it as in 2026-12-01 23:59.')),
  });
  return text?.trim();
}

async function pickZone(title: string, before: string): Promise<string | undefined> {
  const zones = [...new Set([before, ownZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')])];
  const items = zones.map((label) => ({ label }));
  return (await window.showQuickPick(items, { title, placeHolder: l10n.t('In which time zone?'), ignoreFocusOut: true }))?.label;
}

export async function pickLate(title: string): Promise<AssignmentTerms['late'] | undefined> {
  const items = [
    { label: l10n.t('Accept What Is Late'), detail: latePolicyInWords('accept'), late: 'accept' as const },
    { label: l10n.t('Refuse What Is Late'), detail: latePolicyInWords('refuse'), late: 'refuse' as const },
  ];
  return (await window.showQuickPick(items, { title, placeHolder: l10n.t('What becomes of what is late?'), ignoreFocusOut: true }))?.late;
}

/** In bytes; `null`: none. */
export async function askForLimit(title: string, before: number | null): Promise<number | null | undefined> {
  const text = await window.showInputBox({
    title,
    value: before === null ? '' : String(before),
    prompt: l10n.t('How large may a hand-in be? Write 20 MB, or leave it empty: then there is no limit'),
    ignoreFocusOut: true,
    validateInput: (given) => {
      if (given.trim() === '') return undefined;
      const bytes = parseSize(given);
      return bytes === undefined || bytes === 0 ? l10n.t('Write it as in 20 MB.') : undefined;
    },
  });
  if (text === undefined) return undefined;
  return text.trim() === '' ? null : (parseSize(text) ?? null);
}

export function limitInWords(limit: number | null): string {
  return limit === null ? l10n.t('none') : formatSize(limit, env.language);
}

export async function pickNames(title: string): Promise<boolean | undefined> {
  const items = [
    { label: l10n.t('Show Names'), detail: gradingInWords(false), isAnonymous: false },
    { label: l10n.t('Hide Names'), detail: gradingInWords(true), isAnonymous: true },
  ];
  const placeHolder = l10n.t('Does whoever grades see names?');
  return (await window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true }))?.isAnonymous;
}

function gradingInWords(isAnonymous: boolean): string {
  return isAnonymous
    ? l10n.t('Whoever grades sees pseudonyms until the feedback is returned. What is in the files can still tell who wrote them.')
    : l10n.t('Whoever grades sees who wrote what.');
}
