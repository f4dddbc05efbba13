/** What the preview matrix shows, put together from a preview and what one looks at. */
import { env, l10n } from 'vscode';
import { baseName } from '../../base/paths.ts';
import type { ExceptionalStrategy, ObjectVersion } from '../../engine/deliveryApi.ts';
import type { DistributionPreview, PreviewObject, PreviewState, PreviewTarget } from '../../engine/previewApi.ts';
import type { StagedObject, Strategy } from '../../engine/stageApi.ts';
import { displayText, formatTime } from '../formats.ts';
import type { Option } from '../pageMessages.ts';
import { strategyInWords, strategyName } from '../stage/stageWords.ts';
import { asSentence } from '../words.ts';
import { conflictsIn, exceptionsAt, keyOf, stagedWith, totalsOf, type Shown } from './matrix.ts';
import {
  exceptional,
  letters,
  strategies,
  type Details,
  type Fact,
  type MatrixColumn,
  type MatrixRow,
  type OwnStrategy,
  type PageTexts,
  type Place,
  type ReadyContent,
} from './previewPage.ts';
import {
  conflictsInWords,
  countedInWords,
  distributeInWords,
  objectTitle,
  planInWords,
  publishedInWords,
  removedInWords,
  resultInWords,
  stateInWords,
  stateWord,
  strategyNote,
  targetName,
  totalInWords,
  unknownWord,
  versionInWords,
  warningsIn,
} from './previewWords.ts';

/** What needs a look first. */
const states: readonly PreviewState[] = ['edited', 'deleted-there', 'kind-clash', 'unknown', 'new', 'safe', 'same'];

export interface Contents extends Pick<ReadyContent, 'to' | 'strategy' | 'pending' | 'said'> {
  readonly preview: DistributionPreview;
  readonly shown: Shown;
}

export function contentOf({ preview, shown, ...given }: Contents): ReadyContent {
  return {
    state: 'ready',
    ...shown,
    ...given,
    counted: countedInWords(preview, shown),
    totals: states.map((state) => ({ state, text: totalInWords(state, totalsOf(preview, state)) })),
    warnings: warningsIn(preview),
    strategies: strategies.map((value) => ({ value, label: strategyTitle(value) })),
    sentence: planInWords(preview),
    distribute: distributeInWords(preview.targets.length),
  };
}

function strategyTitle(strategy: Strategy): string {
  return asSentence(strategyName(strategy)).slice(0, -1);
}

export function rowOf(target: PreviewTarget, objects: readonly PreviewObject[], now: Date): MatrixRow {
  const { id, counts, published, states: cells } = target;
  const asOf = published === null ? [] : [l10n.t('as of {0}', formatTime(published, now, env.language))];
  return {
    key: id,
    name: targetName(target),
    facts: [...(target.unknown === null ? [conflictsInWords(conflictsIn(counts))] : [unknownWord(target, now)]), ...asOf].join(' · '),
    unknown: unknownWord(target, now),
    cells: cells.map((state) => letters[state]).join(''),
    exceptions: Object.fromEntries(
      [...exceptionsAt(target, objects)].map(([column, strategy]) => [column, l10n.t('here: {0}', strategyName(strategy))]),
    ),
  };
}

export function columnOf(object: PreviewObject): MatrixColumn {
  const shown = displayText(object.path);
  const name = baseName(shown);
  return {
    key: keyOf(object),
    folder: shown.slice(0, shown.length - name.length),
    name: object.part === null ? name : `${name} › ${displayText(object.part)}`,
    facts: [strategyName(object.strategy), conflictsInWords(conflictsIn(object.counts))].join(' · '),
  };
}

/** What is known of a place beside the preview. */
export interface Known {
  readonly staged: readonly StagedObject[];
  /** What the member last received there. */
  readonly received: ObjectVersion | null;
}

/** Nothing for a place that the preview does not have. */
export function detailsOf({ objects, targets, isWhole }: DistributionPreview, place: Place, known: Known): Details | undefined {
  const object = objects.find((one) => keyOf(one) === place.column);
  const at = targets.findIndex(({ id }) => id === place.row);
  const target = targets[at];
  if ((place.column !== null && !object) || (place.row !== null && !target)) return undefined;
  if (object && target) return { place, ...cellDetails(objects, objects.indexOf(object), target, known) };
  if (object) {
    const strategy = ownStrategyOf(object, known.staged);
    const facts = [{ name: l10n.t('Strategy'), value: usedStrategy(object) }, ...countFacts(object)];
    return { place, title: objectTitle(object), facts, actions: openAction(object), strategy };
  }
  if (!target) return undefined;
  const facts = [
    { name: l10n.t('Last published'), value: publishedInWords(target) },
    ...countFacts(target),
    ...(target.removed === null ? [] : [{ name: l10n.t('A mirror deletes'), value: removedInWords(target.removed, isWhole) }]),
  ];
  return { place, title: targetName(target), facts, actions: [], strategy: null };
}

function cellDetails(
  objects: readonly PreviewObject[],
  column: number,
  target: PreviewTarget,
  { received }: Known,
): Omit<Details, 'place'> {
  const object = objects[column]!;
  const state = target.states[column]!;
  const own = exceptionsAt(target, objects).get(column);
  const used = { ...object, strategy: own ?? object.strategy };
  return {
    title: l10n.t('{0} at {1}', objectTitle(object), targetName(target)),
    facts: [
      { name: l10n.t('There'), value: stateInWords(state, object, target) },
      { name: l10n.t('Last published'), value: publishedInWords(target) },
      { name: l10n.t('Last received'), value: versionInWords(received) },
      { name: l10n.t('Strategy'), value: usedStrategy(used) },
      { name: l10n.t('What will happen'), value: resultInWords(state, target.becomes[column]!, used) },
    ],
    actions:
      received === null
        ? openAction(object)
        : [{ value: 'compare', label: l10n.t('Compare Last Received with Staged') }, ...openAction(object)],
    strategy: target.role === 'viewer' ? null : cellStrategyOf(object, target, own),
  };
}

function cellStrategyOf(object: PreviewObject, target: PreviewTarget, own: ExceptionalStrategy | undefined): OwnStrategy {
  return {
    label: l10n.t('Strategy of {0} at {1}', objectTitle(object), targetName(target)),
    value: own ?? '',
    options: [
      { value: '', label: l10n.t('As Elsewhere: {0}', strategyTitle(object.strategy)) },
      ...exceptional.map((value) => ({ value, label: strategyTitle(value) })),
    ],
    note: l10n.t('It counts for {0} alone.', targetName(target)),
  };
}

function usedStrategy({ strategy }: Pick<PreviewObject, 'strategy'>): string {
  return `${asSentence(strategyName(strategy))} ${strategyInWords(strategy)}`;
}

function openAction({ kind }: PreviewObject): readonly Option<'open'>[] {
  return kind === 'folder' ? [] : [{ value: 'open', label: l10n.t('Show What Is Staged') }];
}

function countFacts({ counts }: Pick<PreviewTarget, 'counts'>): readonly Fact[] {
  const there = states.filter((state) => counts[state] > 0).map((state) => totalInWords(state, counts[state]));
  return [{ name: l10n.t('There'), value: there.join(', ') }];
}

function ownStrategyOf(object: PreviewObject, staged: readonly StagedObject[]): OwnStrategy | null {
  const own = stagedWith(staged, object);
  if (!own) return null;
  return {
    label: l10n.t('Strategy of {0}', objectTitle(object)),
    value: own.strategy ?? '',
    options: [{ value: '', label: l10n.t('As the Distribution') }, ...strategies.map((value) => ({ value, label: strategyTitle(value) }))],
    note: strategyNote(object, own),
  };
}

export function pageTexts(): PageTexts {
  return {
    find: l10n.t('Find members and objects'),
    interestingOnly: l10n.t('Only what needs a look'),
    sort: l10n.t('Sort by'),
    sorts: [
      { value: 'name', label: l10n.t('Name') },
      { value: 'state', label: l10n.t('Conflicts') },
    ],
    strategy: l10n.t('Strategy for all'),
    matrix: l10n.t('Members and objects'),
    totals: l10n.t('Totals'),
    members: l10n.t('Member'),
    states: {
      new: stateWord('new'),
      same: stateWord('same'),
      safe: stateWord('safe'),
      edited: stateWord('edited'),
      'deleted-there': stateWord('deleted-there'),
      'kind-clash': stateWord('kind-clash'),
      unknown: stateWord('unknown'),
    },
    nothingShown: l10n.t('No member and no object fits.'),
    keys: l10n.t(
      'Arrow keys move, Enter tells more of a cell, of a member or of an object, Tab goes to what can be done with it, Escape closes that. 1 to 4 give a cell a strategy of its own ({0}), Delete takes it back.',
      exceptional.map(strategyName).join(', '),
    ),
    tryAgain: l10n.t('Try Again'),
    refresh: l10n.t('Refresh'),
    close: l10n.t('Close'),
  };
}
