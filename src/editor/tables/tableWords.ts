/** What the editor says of tables: counts, cells and plans. */
import { env, l10n } from 'vscode';
import { formatNumber, formatSize, replaceUnseen } from '../../base/format.ts';
import type { Cell, TableDiff, TableInfo, TableRestorePlan } from '../../engine/tablesApi.ts';
import { engineWords } from '../engineWords.ts';
import { asSentence } from '../words.ts';

/** Characters of a value that are shown. */
const mostCharacters = 60;

export function rowCount(count: number): string {
  return count === 1 ? l10n.t('1 row') : l10n.t('{0} rows', number(count));
}

export function tableCount(count: number): string {
  return count === 1 ? l10n.t('1 table') : l10n.t('{0} tables', number(count));
}

export function tableKindWord(kind: TableInfo['kind']): string {
  if (kind === 'view') return l10n.t('view');
  return kind === 'virtual' ? l10n.t('virtual table') : l10n.t('table');
}

/** A value as SQLite writes it; of a long one the beginning with its length. */
export function cellText(cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'string') return shortened(cell);
  if ('integer' in cell) return cell.integer;
  if ('real' in cell) return cell.real;
  if ('text' in cell) return `${oneLine(cell.text.slice(0, mostCharacters))}… (${size(cell.bytes)})`;
  const whole = cell.blob.length === cell.bytes * 2;
  return whole && cell.blob.length <= mostCharacters
    ? `x'${cell.blob}'`
    : `x'${cell.blob.slice(0, mostCharacters / 2)}…' (${size(cell.bytes)})`;
}

/** True for what is set to the right in its column. */
export function isNumber(cell: Cell): boolean {
  return typeof cell === 'number' || (typeof cell === 'object' && cell !== null && ('integer' in cell || 'real' in cell));
}

function shortened(text: string): string {
  if (text.length <= mostCharacters) return oneLine(text);
  const length = l10n.t('{0} characters', number(text.length));
  return `${oneLine(text.slice(0, mostCharacters).toWellFormed())}… (${length})`;
}

/** Nothing in a value may break the line or turn the text around. */
export function oneLine(text: string): string {
  return replaceUnseen(text, (character) => {
    if (character === '\n') return String.raw`\n`;
    return character === '\t' ? String.raw`\t` : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** `2 rows changed, 1 new, 3 removed`; empty when no row differs. */
export function differencesInWords({ changed, added, removed }: TableDiff['counts']): string {
  return [
    ...(changed > 0 ? [l10n.t('{0} changed', rowCount(changed))] : []),
    ...(added > 0 ? [l10n.t('{0} new', rowCount(added))] : []),
    ...(removed > 0 ? [l10n.t('{0} removed', rowCount(removed))] : []),
  ].join(', ');
}

/** `Put 12 rows back, bring back 3, remove 1.` */
export function tablePlanInWords({ counts: { change, add, remove }, schema }: Pick<TableRestorePlan, 'counts' | 'schema'>): string {
  let isSaid = false;
  const what = (count: number): string => {
    const said = isSaid ? number(count) : rowCount(count);
    isSaid = true;
    return said;
  };
  const parts = [
    ...(change > 0 ? [l10n.t('put {0} back', what(change))] : []),
    ...(add > 0 ? [l10n.t('bring back {0}', what(add))] : []),
    ...(remove > 0 ? [l10n.t('remove {0}', what(remove))] : []),
  ];
  const sentences = [...(parts.length === 0 ? [] : [asSentence(parts.join(', '))]), ...definitionInWords(schema)];
  return sentences.join(' ');
}

/** `12 rows put back, 3 brought back, 1 removed`. */
export function tableDoneInWords({ change, add, remove }: TableRestorePlan['counts']): string {
  const parts: readonly (readonly [number, (count: string) => string])[] = [
    [change, (count) => l10n.t('{0} put back', count)],
    [add, (count) => l10n.t('{0} brought back', count)],
    [remove, (count) => l10n.t('{0} removed', count)],
  ];
  const done = parts.filter(([count]) => count > 0);
  return done.map(([count, say], index) => say(index === 0 ? rowCount(count) : number(count))).join(', ');
}

function definitionInWords(schema: readonly string[]): string[] {
  return schema.length === 0 ? [] : [l10n.t('Its definition is adapted: {0}.', schema.map(engineWords).join(', '))];
}

function number(count: number): string {
  return formatNumber(count, env.language);
}

function size(bytes: number): string {
  return formatSize(bytes, env.language);
}
