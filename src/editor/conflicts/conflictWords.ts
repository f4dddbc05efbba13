/** What is said of conflicts: of single ones, and of all together. */
import { env, l10n } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import type { DeliveredObject, DeliveryOutcome, DeliveryPlan, ObjectVersion, Resolution, Strategy } from '../../engine/deliveryApi.ts';
import { displayText, formatTime } from '../formats.ts';
import type { Option } from '../pageMessages.ts';
import { asSentence, entryWord, namesInWords } from '../words.ts';
import type { Rule } from './conflictPage.ts';
import { conflictsOf, isWaiting } from './conflicts.ts';
import type { Scope } from './rules.ts';

const locale = env.language;
const number = (count: number): string => formatNumber(count, locale);

/** A file by its path; a table or an application with what it is a part of. */
export function objectTitle({ place, part }: Pick<DeliveredObject, 'place' | 'part'>): string {
  return displayText(part === null ? place : `${place} › ${part}`);
}

export function takeWord(take: Resolution, { state }: Pick<DeliveredObject, 'state'>): string {
  switch (take) {
    case 'incoming':
      return state === 'extra' ? l10n.t('Delete') : l10n.t('Incoming');
    case 'mine':
      return state === 'deleted-there' ? l10n.t('Keep Deleted') : l10n.t('Mine');
    case 'both':
      return l10n.t('Both');
    case 'merge':
      return l10n.t('Merge');
  }
}

/** Of a button that chooses for many. */
export function ruleWord(rule: Rule): string {
  switch (rule) {
    case 'incoming':
      return l10n.t('Take Incoming');
    case 'mine':
      return l10n.t('Keep Mine');
    case 'both':
      return l10n.t('Keep Both');
    case 'merge':
      return l10n.t('Merge');
    case 'newer':
      return l10n.t('Take the Newer');
    case 'larger':
      return l10n.t('Take the Larger');
    case 'offered':
      return l10n.t('As Chosen Before');
    case 'undo':
      return l10n.t('Take Back');
  }
}

export function scopeWord(scope: Scope, count: number, isFiltered: boolean): string {
  const n = number(count);
  switch (scope.kind) {
    case 'all':
      return isFiltered ? l10n.t('All shown ({0})', n) : l10n.t('All ({0})', n);
    case 'folder':
      return l10n.t('In {0} ({1})', displayText(scope.folder), n);
    case 'type':
      return typeWord(scope.type, n);
  }
}

function typeWord(type: string, n: string): string {
  switch (type) {
    case '':
      return l10n.t('Files without an extension ({0})', n);
    case 'table':
      return l10n.t('Tables ({0})', n);
    case 'application':
      return l10n.t('Applications ({0})', n);
    case 'folder':
      return l10n.t('Folders ({0})', n);
    case 'snapshot':
      return l10n.t('Snapshots ({0})', n);
    default:
      return l10n.t('{0} files ({1})', displayText(type), n);
  }
}

function strategyWord(strategy: Strategy): string {
  switch (strategy) {
    case 'overwrite':
      return l10n.t('overwrite');
    case 'skip':
      return l10n.t('skip');
    case 'rename':
      return l10n.t('rename');
    case 'mirror':
      return l10n.t('mirror');
    case 'ask':
      return l10n.t('ask');
  }
}

/** When it was changed, and its size. */
function versionInWords({ kind, modified, size }: ObjectVersion): string {
  const time = formatTime(modified, new Date(), locale);
  return kind === 'folder' ? time : l10n.t('{0} ({1})', time, formatSize(size, locale));
}

/** What was done on both sides. */
export function factsInWords({ state, place, path, base, incoming, mine }: DeliveredObject, sender: string): string {
  const from = displayText(sender);
  const theirs = incoming ? l10n.t('from {0} {1}', from, versionInWords(incoming)) : l10n.t('deleted by {0}', from);
  const ours = mine ? versionInWords(mine) : '';
  switch (state) {
    case 'edited':
      return base === null || mine === null
        ? [l10n.t('here already {0}', ours), theirs].join(' · ')
        : [l10n.t('edited here {0}', ours), theirs].join(' · ');
    case 'deleted-there':
      return [l10n.t('deleted here'), theirs].join(' · ');
    case 'kind-clash':
      return l10n.t('here a {0} · from {1} a {2}', entryWord(mine?.kind ?? 'file'), from, entryWord(incoming?.kind ?? 'file'));
    case 'case-clash':
      return l10n.t('here spelled “{0}” · from {1} “{2}”', displayText(baseName(place)), from, displayText(baseName(path)));
    case 'extra':
      return [l10n.t('not from {0}', from), ...(mine ? [l10n.t('here {0}', ours)] : [])].join(' · ');
    case 'new':
    case 'safe':
    case 'same':
      return theirs;
  }
}

/** What is to be thought of before one chooses; empty for nothing. */
export function cautionInWords(object: DeliveredObject): string {
  const { hold, offered } = object;
  return [
    ...(hold === 'code' ? [l10n.t('May run programs: never taken without a decision.')] : []),
    ...(offered === null ? [] : [l10n.t('Chosen before for the same versions: {0}.', takeWord(offered, object))]),
  ].join(' ');
}

/** What will happen to one, and whether that is by its strategy. */
export function resultInWords(object: DeliveredObject): string {
  const { chosen, strategy } = object;
  const result = outcomeInWords(object);
  return chosen !== null || isWaiting(object) ? result : l10n.t('{0} (strategy: {1})', result, strategyWord(strategy));
}

export function outcomeInWords({ outcome, as, chosen, mergeable }: DeliveredObject): string {
  switch (outcome) {
    case 'created':
      return l10n.t('will be created');
    case 'updated':
      return l10n.t('will be updated');
    case 'replaced':
      return l10n.t('will be replaced');
    case 'kept':
      return l10n.t('stays as it is');
    case 'saved-beside':
      return l10n.t('stays; incoming as “{0}”', displayText(baseName(as ?? '')));
    case 'deleted':
      return l10n.t('will be deleted');
    case 'merged':
      return l10n.t('will be merged');
    case 'waiting':
      if (chosen !== 'merge') return l10n.t('not decided yet');
      return mergeable === 'notebook' ? l10n.t('same cells on both sides: take one side') : l10n.t('to be merged first');
  }
}

/** `If applied: 3 replaced, 2 kept, 1 saved as “a (from Master).txt”, 0 deleted. A snapshot is taken first.` */
export function planInWords({ counts, objects }: Pick<DeliveryPlan, 'counts' | 'objects'>): string {
  return l10n.t('If applied: {0}. A snapshot is taken first.', outcomesInWords(counts, objects));
}

/** `3 replaced, 2 kept, 0 deleted`: these are told even of none. What can't be touched waits for nobody. */
function outcomesInWords(planned: DeliveryPlan['counts'], objects: DeliveryPlan['objects']): string {
  const counts = { ...planned, waiting: objects.filter((object) => isWaiting(object) && object.choices.length > 0).length };
  const always: ReadonlySet<DeliveryOutcome> = new Set(['replaced', 'kept', 'deleted']);
  const inOrder = ['created', 'updated', 'replaced', 'merged', 'kept', 'saved-beside', 'deleted', 'waiting'] as const;
  return inOrder
    .filter((outcome) => counts[outcome] > 0 || always.has(outcome))
    .map((outcome) => countInWords(outcome, counts[outcome], objects))
    .join(', ');
}

/** `2 replaced`, or of a single one of `objects` its new name. */
export function countInWords(outcome: DeliveryOutcome, count: number, objects: DeliveryPlan['objects'] = []): string {
  const n = number(count);
  switch (outcome) {
    case 'created':
      return l10n.t('{0} created', n);
    case 'updated':
      return l10n.t('{0} updated', n);
    case 'replaced':
      return l10n.t('{0} replaced', n);
    case 'merged':
      return l10n.t('{0} merged', n);
    case 'kept':
      return l10n.t('{0} kept', n);
    case 'saved-beside': {
      const as = count === 1 ? objects.find((object) => object.outcome === outcome)?.as : undefined;
      return as ? l10n.t('1 saved as “{0}”', displayText(baseName(as))) : l10n.t('{0} saved beside', n);
    }
    case 'deleted':
      return l10n.t('{0} deleted', n);
    case 'waiting':
      return l10n.t('{0} waiting', n);
  }
}

/** `1 of 3 decided`. */
export function progressOfDecisions(decided: number, all: number): string {
  return l10n.t('{0} of {1} decided', number(decided), number(all));
}

export function countedInWords(shown: number, all: number): string {
  if (all === 0) return l10n.t('No conflicts: nothing needs a decision.');
  if (shown < all) return l10n.t('{0} of {1} conflicts shown', number(shown), number(all));
  return all === 1 ? l10n.t('1 conflict') : l10n.t('{0} conflicts', number(all));
}

export function safeInWords(count: number): string {
  return count === 1 ? l10n.t('1 safe change will be applied') : l10n.t('{0} safe changes will be applied', number(count));
}

/** Lines for what can't be touched here. */
export function heldInWords({ objects }: Pick<DeliveryPlan, 'objects'>): readonly string[] {
  const names = (hold: DeliveredObject['hold']): readonly string[] => objects.filter((object) => object.hold === hold).map(objectTitle);
  const [store, unread] = [names('store'), names('unread')];
  return [
    ...(store.length === 0 ? [] : [l10n.t('Left alone, because a store of snapshots is there: {0}', namesInWords(store))]),
    ...(unread.length === 0 ? [] : [l10n.t('Left alone, because it can’t be read here: {0}', namesInWords(unread))]),
  ];
}

/** After a choice for one. */
export function decidedInWords(object: DeliveredObject, plan: DeliveryPlan): string {
  return `${objectTitle(object)}: ${resultInWords(object)}. ${progressInWords(plan)}.`;
}

/** After a rule. */
export function ruledInWords(chosen: number, leftOut: number, plan: DeliveryPlan): string {
  const done = chosen === 1 ? l10n.t('1 choice made') : l10n.t('{0} choices made', number(chosen));
  const rest = leftOut === 0 ? [] : [l10n.t('{0} left as they were', number(leftOut))];
  return `${asSentence([done, ...rest].join(', '))} ${progressInWords(plan)}.`;
}

function progressInWords(plan: DeliveryPlan): string {
  const conflicts = conflictsOf(plan);
  return progressOfDecisions(conflicts.filter((object) => !isWaiting(object)).length, conflicts.length);
}

/** The choices for rows of a table. */
export function rowChoices(): readonly Option<'mine' | 'incoming'>[] {
  return [
    { value: 'mine', label: l10n.t('Mine') },
    { value: 'incoming', label: l10n.t('Incoming') },
  ];
}
