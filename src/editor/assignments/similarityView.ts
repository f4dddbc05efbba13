/** What the page on how alike hand-ins are shows, put together from a report and what one looks at. */
import { env, l10n } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import type { Progress } from '../../base/progress.ts';
import type { SimilarityReport, SimilarPair, SimilarRegion, SimilarSide } from '../../engine/assignmentApi.ts';
import { displayText, formatPercent } from '../formats.ts';
import { authorName } from './assignmentWords.ts';
import { linesIn, type SimilarPlace } from './similarPlaces.ts';
import {
  columns,
  type Column,
  type Details,
  type PageTexts,
  type PairRow,
  type PassageDetails,
  type ReadyContent,
} from './similarityPage.ts';
import { keyOf } from './similarityRows.ts';

const locale = env.language;
const number = (count: number): string => formatNumber(count, locale);

/** Passages of a pair that are told of; the files show all. */
const mostPassages = 200;

export interface Contents extends Pick<ReadyContent, 'order' | 'isReading' | 'said'> {
  readonly report: SimilarityReport;
}

export function contentOf({ report, ...content }: Contents): ReadyContent {
  const { pairs, notHere } = report;
  return {
    state: 'ready',
    ...content,
    summary: summaryInWords(report),
    canCollect: notHere.length > 0,
    counted: countedInWords(content.order.length, pairs.length),
    nothing: pairs.length === 0 ? l10n.t('None have more in common than the task explains.') : l10n.t('No pair fits.'),
  };
}

/** What was compared, and what was not. */
export function summaryInWords({ compared, notHere, found, pairs }: SimilarityReport): string {
  return [
    compared === 1 ? l10n.t('1 hand-in was compared.') : l10n.t('{0} hand-ins were compared.', number(compared)),
    ...(notHere.length === 0 ? [] : [l10n.t('Not collected yet, so left out: {0}.', number(notHere.length))]),
    ...(found === pairs.length ? [] : [l10n.t('Of {0} pairs the {1} most alike are here.', number(found), number(pairs.length))]),
  ].join(' ');
}

export function rowOf(pair: SimilarPair): PairRow {
  const { one, other, passages, largest, files, mainFiles } = pair;
  const row = {
    one: authorName(one.member),
    other: authorName(other.member),
    ofOne: sideInWords(one),
    ofOther: sideInWords(other),
    passages: number(passages),
    largest: largest === 0 ? '' : lineCount(largest),
    files: mainFiles ? filesInWords(mainFiles, files) : '',
  };
  const spoken = [
    l10n.t('{0} and {1}', row.one, row.other),
    l10n.t('of {0}: {1}', row.one, row.ofOne),
    l10n.t('of {0}: {1}', row.other, row.ofOther),
    passageCount(passages),
    ...(row.largest === '' ? [] : [l10n.t('the largest: {0}', row.largest)]),
    row.files,
  ];
  return { key: keyOf(pair), ...row, spoken: spoken.filter(Boolean).join(', ') };
}

/** Of very many passages the first of each file, as far as there is room. */
export function detailsOf(pair: SimilarPair, places: readonly SimilarPlace[]): Details {
  let room = mostPassages;
  return {
    key: keyOf(pair),
    state: 'ready',
    summary: l10n.t(
      'What {0} and {1} have in common, beyond what was handed out',
      authorName(pair.one.member),
      authorName(pair.other.member),
    ),
    places: places.map((place) => {
      const shown = place.regions.slice(0, room);
      room -= shown.length;
      const left = place.regions.length - shown.length;
      return {
        label: pathsInWords(place),
        facts: placeInWords(place),
        passages: shown.map(passageOf),
        more: left === 0 ? '' : l10n.t('and {0} more, marked in the files', passageCount(left)),
      };
    }),
  };
}

/** How far comparing is; `''` where that is not known. */
export function progressInWords({ phase, files, totalFiles }: Progress): string {
  if (totalFiles === undefined) return '';
  const [done, all] = [number(files), number(totalFiles)];
  return phase === 'read' ? l10n.t('{0} of {1} hand-ins are read', done, all) : l10n.t('{0} of {1} pairs are compared', done, all);
}

export function pageTexts(): PageTexts {
  return {
    find: l10n.t('Find members'),
    pairs: l10n.t('Pairs of hand-ins that are alike'),
    columns: columns.map((value) => ({ value, label: columnWord(value), hint: columnHint(value) })),
    showDetails: l10n.t('Show passages'),
    hideDetails: l10n.t('Hide passages'),
    reading: l10n.t('Comparing the two…'),
    keys: l10n.t(
      'Arrow keys move, Enter shows the passages of a pair, Space goes to the first of them, Escape back; Tab goes to the titles of the columns, which sort.',
    ),
    collect: l10n.t('Collect All'),
    again: l10n.t('Compare Anew'),
    cancel: l10n.t('Cancel'),
    tryAgain: l10n.t('Try Again'),
  };
}

function columnWord(column: Column): string {
  switch (column) {
    case 'one':
      return l10n.t('Member');
    case 'other':
      return l10n.t('Other Member');
    case 'ofOne':
      return l10n.t('Of the First');
    case 'ofOther':
      return l10n.t('Of the Other');
    case 'passages':
      return l10n.t('Passages');
    case 'largest':
      return l10n.t('Largest');
    case 'files':
      return l10n.t('Files');
  }
}

function columnHint(column: Column): string {
  switch (column) {
    case 'ofOne':
      return l10n.t('How much of the first one’s own is in the other one too');
    case 'ofOther':
      return l10n.t('How much of the other one’s own is in the first one too');
    case 'passages':
      return l10n.t('Runs of text that are alike, whatever the names, numbers and strings in them');
    case 'largest':
      return l10n.t('Lines of the largest passage');
    case 'one':
    case 'other':
    case 'files':
      return '';
  }
}

function countedInWords(shown: number, all: number): string {
  const count = all === 1 ? l10n.t('1 pair') : l10n.t('{0} pairs', number(all));
  return shown === all ? count : l10n.t('{0} of {1} shown', number(shown), count);
}

/** `93% · 12 lines`. */
function sideInWords({ part, lines }: SimilarSide): string {
  return [formatPercent(part, locale), ...(lines === 0 ? [] : [lineCount(lines)])].join(' · ');
}

function lineCount(lines: number): string {
  return lines === 1 ? l10n.t('1 line') : l10n.t('{0} lines', number(lines));
}

function passageCount(passages: number): string {
  return passages === 1 ? l10n.t('1 passage') : l10n.t('{0} passages', number(passages));
}

/** The first two, and how many there are beside them. */
function filesInWords(main: { readonly one: string; readonly other: string }, files: number): string {
  const first = pathsInWords(main);
  return files <= 1 ? first : l10n.t('{0}, and {1} more', first, number(files - 1));
}

function pathsInWords({ one, other }: { readonly one: string; readonly other: string }): string {
  return one === other ? displayText(one) : `${displayText(one)} ↔ ${displayText(other)}`;
}

function placeInWords(place: SimilarPlace): string {
  const lines = linesIn(place);
  if (place.isSame) return l10n.t('the very same content');
  if (lines > 0) return lines === 1 ? l10n.t('1 line in common') : l10n.t('{0} lines in common', number(lines));
  return l10n.t('Pieces of content in common: {0}', number(place.pieces));
}

function passageOf({ one, other }: SimilarPlace['regions'][number]): PassageDetails {
  const lines = one.toLine - one.fromLine + 1;
  return { label: `${regionInWords(one)} ↔ ${regionInWords(other)}`, facts: lineCount(lines) };
}

function regionInWords({ fromLine, toLine }: SimilarRegion): string {
  return fromLine === toLine ? l10n.t('line {0}', number(fromLine)) : l10n.t('lines {0}–{1}', number(fromLine), number(toLine));
}
