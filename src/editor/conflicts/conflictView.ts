/** What the conflict view shows, put together from a plan, what one looks at, and what was chosen. */
import { env, l10n } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import type {
  DeliveredObject,
  DeliveryInfo,
  DeliveryPlan,
  ObjectType,
  ObjectVersion,
  TableConflict,
  TableConflicts,
} from '../../engine/deliveryApi.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import type { Option } from '../pageMessages.ts';
import { entryWord } from '../words.ts';
import type {
  ConflictRow,
  ConflictsView,
  Decision,
  FactTable,
  Look,
  PageTexts,
  ReadyContent,
  Rule,
  SafeChanges,
  TableRow,
  TableRows,
} from './conflictPage.ts';
import { hasContent, isWaiting, keyOf, takenOf } from './conflicts.ts';
import {
  cautionInWords,
  countedInWords,
  factsInWords,
  heldInWords,
  objectTitle,
  outcomeInWords,
  planInWords,
  progressOfDecisions,
  resultInWords,
  rowChoices,
  ruleWord,
  safeInWords,
  scopeWord,
  takeWord,
} from './conflictWords.ts';
import { scopeText, type CountedScope } from './rules.ts';

/** More safe changes are counted, not listed. */
const safeLines = 500;

export function headOf(delivery: DeliveryInfo | undefined, instanceName: string): Pick<ConflictsView, 'title' | 'subtitle' | 'message'> {
  const title = l10n.t('Conflicts in {0}', instanceName);
  if (!delivery) return { title, subtitle: '', message: '' };
  const { from, made, message } = delivery;
  return {
    title,
    subtitle: l10n.t('from {0}, {1}', displayText(from), formatTime(made, new Date(), env.language)),
    message: displayText(message),
  };
}

export function rowOf(object: DeliveredObject, { from }: Pick<DeliveryInfo, 'from'>): ConflictRow {
  const { place, part, choices, type } = object;
  const shown = displayText(place);
  const name = baseName(shown);
  const title = objectTitle(object);
  return {
    key: keyOf(object),
    folder: shown.slice(0, shown.length - name.length),
    name: part === null ? name : `${name} › ${displayText(part)}`,
    facts: factsInWords(object, from),
    caution: cautionInWords(object),
    choices: choices.map((value) => ({ value, label: takeWord(value, object) })),
    choicesLabel: l10n.t('Decision for {0}', title),
    actions: [
      ...(type === 'file' && [object.mine, object.incoming].every((side) => side === null || hasContent(side))
        ? [{ id: 'compare', label: l10n.t('Compare'), spoken: l10n.t('Compare mine and incoming: {0}', title) } as const]
        : []),
      ...(object.mergeable === 'text' ? [{ id: 'merge', label: l10n.t('Merge…'), spoken: l10n.t('Merge {0}…', title) } as const] : []),
    ],
  };
}

export function decisionOf(object: DeliveredObject): Decision {
  return { take: takenOf(object), isWaiting: isWaiting(object), result: resultInWords(object) };
}

/** What the contents of the view are put together from. */
export interface Shown {
  readonly plan: DeliveryPlan;
  readonly conflicts: readonly DeliveredObject[];
  /** Places of those that are shown. */
  readonly order: readonly number[];
  readonly scopes: readonly CountedScope[];
  readonly look: Look;
  readonly isSafeShown: boolean;
  readonly mayRestWait: boolean;
  readonly said: ReadyContent['said'];
}

export function contentOf(shown: Shown): ReadyContent {
  const { plan, conflicts, order, scopes, look, mayRestWait, said } = shown;
  const waiting = conflicts.filter(isWaiting).length;
  const decided = conflicts.length - waiting;
  const isFiltered = look.filter.trim() !== '' || look.isWaitingOnly;
  const objects = order.map((place) => conflicts[place]!);
  return {
    state: 'ready',
    order,
    counted: countedInWords(order.length, conflicts.length),
    safe: safeOf(shown),
    warnings: heldInWords(plan),
    scopes: scopes.map(({ scope, count }) => ({ value: scopeText(scope), label: scopeWord(scope, count, isFiltered) })),
    rules: rulesFor(objects),
    progress: conflicts.length === 0 ? '' : progressOfDecisions(decided, conflicts.length),
    fraction: conflicts.length === 0 ? 1 : decided / conflicts.length,
    sentence: planInWords(plan),
    rest: waiting === 0 ? null : { label: restInWords(waiting), mayWait: mayRestWait },
    canApply: canApply(plan, waiting, mayRestWait),
    said,
  };
}

/** All is decided, or the rest may wait and something is left to be done. */
export function canApply({ counts }: Pick<DeliveryPlan, 'counts'>, waiting: number, mayRestWait: boolean): boolean {
  if (waiting === 0) return true;
  return mayRestWait && Object.entries(counts).some(([outcome, count]) => outcome !== 'waiting' && count > 0);
}

function restInWords(waiting: number): string {
  return waiting === 1 ? l10n.t('1 may wait') : l10n.t('{0} may wait', formatNumber(waiting, env.language));
}

function safeOf({ plan, isSafeShown }: Shown): SafeChanges | null {
  const safe = plan.objects.filter(({ choices, outcome }) => choices.length === 0 && outcome !== 'kept' && outcome !== 'waiting');
  if (safe.length === 0) return null;
  const text = safeInWords(safe.length);
  if (!isSafeShown) return { text, button: l10n.t('Show'), lines: null };
  const more = safe.length - safeLines;
  const lines = safe.slice(0, safeLines).map((object) => `${objectTitle(object)}: ${outcomeInWords(object)}`);
  return {
    text,
    button: l10n.t('Hide'),
    lines: more > 0 ? [...lines, l10n.t('{0} more', formatNumber(more, env.language))] : lines,
  };
}

/** Only those that could change something. */
function rulesFor(shown: readonly DeliveredObject[]): readonly Option<Rule>[] {
  const has = (take: 'both' | 'merge'): boolean => shown.some(({ choices }) => choices.includes(take));
  const rules: readonly (readonly [Rule, boolean])[] = [
    ['incoming', shown.length > 0],
    ['mine', shown.length > 0],
    ['both', has('both')],
    ['merge', has('merge')],
    ['newer', shown.length > 0],
    ['larger', shown.length > 0],
    ['offered', shown.some(({ offered }) => offered !== null)],
    ['undo', shown.some(({ chosen }) => chosen !== null)],
  ];
  return rules.flatMap(([value, isUseful]) => (isUseful ? [{ value, label: ruleWord(value) }] : []));
}

/** Who, when, how large: a line for each side. */
export function sidesOf({ type, mine, incoming, base }: DeliveredObject, { from }: Pick<DeliveryInfo, 'from'>): FactTable {
  const line = (side: string, version: ObjectVersion | null): readonly string[] =>
    version === null
      ? [side, l10n.t('not there'), '', '']
      : [
          side,
          kindWord(type, version),
          formatMoment(version.modified, env.language),
          version.kind === 'folder' ? '' : formatSize(version.size, env.language),
        ];
  return {
    columns: [l10n.t('Side'), l10n.t('Kind'), l10n.t('Changed'), l10n.t('Size')],
    lines: [
      line(l10n.t('Mine'), mine),
      line(l10n.t('Incoming, from {0}', displayText(from)), incoming),
      ...(base === null ? [] : [line(l10n.t('Base: as last received'), base)]),
    ],
  };
}

function kindWord(type: ObjectType, { kind }: ObjectVersion): string {
  if (type === 'table') return l10n.t('table');
  return type === 'application' ? l10n.t('application') : entryWord(kind);
}

/** The rows read so far of a table. */
export function tableRowsOf(read: TableConflicts, { from }: Pick<DeliveryInfo, 'from'>): TableRows {
  const { columns, incomingOnly, mineOnly, total, rows } = read;
  const count = (value: number): string => formatNumber(value, env.language);
  const left = total - rows.length;
  return {
    summary: l10n.t(
      'Rows changed here only: {0}; only by {1}: {2}; on both sides: {3}.',
      count(mineOnly),
      displayText(from),
      count(incomingOnly),
      count(total),
    ),
    columns: [l10n.t('Row'), l10n.t('Column'), l10n.t('Mine'), l10n.t('Incoming'), l10n.t('Base'), l10n.t('Decision')],
    choices: rowChoices(),
    rows: rows.map((row) => tableRowOf(columns, row)),
    more: left > 0 ? l10n.t('Show More Rows ({0} left)', count(left)) : null,
    all:
      total < 2
        ? []
        : [
            { value: 'mine', label: l10n.t('All Rows: Mine') },
            { value: 'incoming', label: l10n.t('All Rows: Incoming') },
          ],
  };
}

function tableRowOf(columns: readonly string[], { key, base, incoming, mine, chosen }: TableConflict): TableRow {
  const cell = (side: readonly string[] | null, column: number): string =>
    side === null ? l10n.t('(no such row)') : displayText(side[column] ?? '');
  const label = key.map(displayText).join(', ');
  return {
    key,
    label,
    choicesLabel: l10n.t('Decision for row {0}', label),
    cells: columns.flatMap((name, column) => {
      const values = [mine, incoming, base].map((side) => side?.[column]);
      return values.every((value) => value === values[0])
        ? []
        : [[displayText(name), cell(mine, column), cell(incoming, column), cell(base, column)]];
    }),
    take: chosen,
  };
}

export function pageTexts(): PageTexts {
  return {
    filter: l10n.t('Filter by path'),
    waitingOnly: l10n.t('Undecided only'),
    sort: l10n.t('Sort by'),
    sorts: [
      { value: 'path', label: l10n.t('Path') },
      { value: 'type', label: l10n.t('Type') },
      { value: 'newest', label: l10n.t('Newest') },
      { value: 'largest', label: l10n.t('Largest') },
    ],
    scope: l10n.t('Choose for'),
    rules: l10n.t('Choices for many'),
    conflicts: l10n.t('Conflicts'),
    columns: [l10n.t('Object'), l10n.t('Decision'), l10n.t('What will happen'), l10n.t('Look')],
    nothingShown: l10n.t('No conflict fits the filter.'),
    nextWaiting: l10n.t('Next Undecided'),
    showDetails: l10n.t('Show details'),
    hideDetails: l10n.t('Hide details'),
    reading: l10n.t('Reading…'),
    keys: l10n.t(
      'Arrow keys move and open details, Space goes to the choices and Escape back, 1 to 4 choose, Delete takes back, Enter compares, N goes to the next undecided.',
    ),
    tryAgain: l10n.t('Try Again'),
    apply: l10n.t('Apply'),
    later: l10n.t('Decide Later'),
    cancel: l10n.t('Cancel'),
  };
}
