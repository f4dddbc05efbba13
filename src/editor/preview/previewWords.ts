/** What is said of what a distribution would meet. */
import { env, l10n } from 'vscode';
import { formatNumber, formatSize, parseTime } from '../../base/format.ts';
import type { DeliveryOutcome, ObjectVersion } from '../../engine/deliveryApi.ts';
import type { DistributionPreview, PreviewObject, PreviewState, PreviewTarget, RemovedInfo } from '../../engine/previewApi.ts';
import type { StagedObject } from '../../engine/stageApi.ts';
import { countInWords } from '../conflicts/conflictWords.ts';
import { displayText, formatMoment } from '../formats.ts';
import { memberCount, memberName, roleWord } from '../space/spaceWords.ts';
import { objectCount, objectTitle as stagedTitle } from '../stage/stageWords.ts';
import { namesInWords } from '../words.ts';
import type { Shown } from './matrix.ts';

/** Of paths that would be deleted. */
const mostNamed = 12;

const locale = env.language;
const number = (count: number): string => formatNumber(count, locale);

/** Of a cell. */
export function stateWord(state: PreviewState): string {
  switch (state) {
    case 'new':
      return l10n.t('new');
    case 'same':
      return l10n.t('same');
    case 'safe':
      return l10n.t('safe update');
    case 'edited':
      return l10n.t('edited there');
    case 'deleted-there':
      return l10n.t('deleted there');
    case 'kind-clash':
      return l10n.t('other kind there');
    case 'unknown':
      return l10n.t('unknown');
  }
}

/** What that means. */
export function stateInWords(state: PreviewState, object: PreviewObject, target: PreviewTarget): string {
  switch (state) {
    case 'new':
      return l10n.t('New: it is not there.');
    case 'same':
      return l10n.t('Same: it is there already, as it is staged.');
    case 'safe':
      return l10n.t('Safe update: it is there as it was last received, and nobody has edited it.');
    case 'edited':
      return l10n.t('Edited there: it differs from what was last received, or was there before anything was received.');
    case 'deleted-there':
      return l10n.t('Deleted there: it was received, and is gone.');
    case 'kind-clash':
      return l10n.t('Other kind there: something else is in its place, such as a folder where a file is to be.');
    case 'unknown':
      return unknownInWords(object, target);
  }
}

function unknownInWords({ type }: PreviewObject, { unknown, published }: PreviewTarget): string {
  switch (unknown) {
    case 'viewer':
      return l10n.t('Unknown: a viewer has no current state that could be published.');
    case 'never':
      return l10n.t('Unknown: nothing has been published yet.');
    case 'missing':
      return l10n.t('Unknown: what was published is not in the hub.');
    case 'damaged':
      return l10n.t('Unknown: what was published is damaged in the hub.');
    case null:
      if (type === 'table') return l10n.t('Unknown: which rows a table has can’t be told from its database.');
      return l10n.t('Unknown: it was received after {0}, when the state was last published.', formatMoment(published ?? '', locale));
  }
}

/** Of a member: `unknown since 3d`, or why. */
export function unknownWord({ unknown, published }: PreviewTarget, now: Date): string {
  switch (unknown) {
    case 'viewer':
      return l10n.t('unknown (viewer)');
    case 'never':
      return l10n.t('never published');
    case 'missing':
    case 'damaged':
    case null:
      return published === null ? stateWord('unknown') : l10n.t('unknown since {0}', ageText(published, now));
  }
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `3d`: how long something is ago, in whole units. */
function ageText(iso: string, now: Date): string {
  const age = Math.max(0, now.getTime() - parseTime(iso).getTime());
  const [unit, size] = units.find(([, length]) => age >= length) ?? units[2];
  return formatNumber(Math.floor(age / size), locale, { style: 'unit', unit, unitDisplay: 'narrow' });
}

/** What an outcome does to an object. */
function outcomeInWords(outcome: DeliveryOutcome): string {
  switch (outcome) {
    case 'created':
      return l10n.t('It will be created.');
    case 'updated':
      return l10n.t('It will be updated.');
    case 'replaced':
      return l10n.t('What is there will be replaced. A snapshot there is taken first.');
    case 'kept':
      return l10n.t('What is there stays as it is.');
    case 'saved-beside':
      return l10n.t('What is there stays; this one is saved beside it under another name.');
    case 'deleted':
      return l10n.t('What is there will be deleted. A snapshot there is taken first.');
    case 'merged':
      return l10n.t('Both will be merged.');
    case 'waiting':
      return l10n.t('It waits for a decision there.');
  }
}

/** What would become of an object in a state. */
export function resultInWords(
  state: PreviewState,
  outcome: DeliveryOutcome | null,
  { strategy, runsCode }: Pick<PreviewObject, 'strategy' | 'runsCode'>,
): string {
  if (state === 'unknown') return l10n.t('Only the member’s own instance can tell, when it receives it.');
  if (outcome === null) return l10n.t('Nothing will be done.');
  if (outcome === 'kept' && strategy !== 'skip')
    return l10n.t('Nothing new comes: what is staged was received there before. What is there stays as it is.');
  const result = outcomeInWords(outcome);
  return runsCode ? [result, l10n.t('It can run programs: it is never taken without a decision.')].join(' ') : result;
}

/** A file by its path; a table or an application with what it is a part of. */
export function objectTitle({ path, part }: Pick<PreviewObject, 'path' | 'part'>): string {
  return displayText(part === null ? path : `${path} › ${part}`);
}

export function targetName({ id, name, role }: PreviewTarget): string {
  return memberName({ id, name, role });
}

export function conflictsInWords(count: number): string {
  if (count === 0) return l10n.t('no conflicts');
  return count === 1 ? l10n.t('1 conflict') : l10n.t('{0} conflicts', number(count));
}

/** When a member last published its state, by its clock. */
export function publishedInWords({ published, entries, role }: PreviewTarget): string {
  if (role === 'viewer') return l10n.t('never: {0}', roleWord(role));
  if (published === null) return l10n.t('never');
  const at = formatMoment(published, locale);
  return entries === null ? at : l10n.t('{0} by its clock ({1})', at, objectCount(entries));
}

/** `1,200 edited there`. */
export function totalInWords(state: PreviewState, count: number): string {
  return l10n.t('{0} {1}', number(count), stateWord(state));
}

export function countedInWords({ objects, targets }: DistributionPreview, { rows, columns }: Shown): string {
  const all = l10n.t('{0} × {1}', memberCount(targets.length), objectCount(objects.length));
  if (rows.length === targets.length && columns.length === objects.length) return all;
  return l10n.t('{0} × {1} shown, of {2}', memberCount(rows.length), objectCount(columns.length), all);
}

/** `If distributed: 200 created, 3 replaced. 1,200 are the same already, of 30 nothing is known.` */
export function planInWords({ targets }: DistributionPreview): string {
  const sum = (count: (target: PreviewTarget) => number): number => targets.reduce((all, target) => all + count(target), 0);
  const outcomes: readonly DeliveryOutcome[] = ['created', 'updated', 'replaced', 'deleted', 'saved-beside', 'kept', 'waiting'];
  const done = outcomes.flatMap((outcome) => {
    const count = sum((target) => target.outcomes[outcome]);
    return count === 0 ? [] : [countInWords(outcome, count)];
  });
  const [same, unknown] = [sum(({ counts }) => counts.same), sum(({ counts }) => counts.unknown)];
  return [
    done.length === 0 ? l10n.t('If distributed: nothing that is known would change.') : l10n.t('If distributed: {0}.', done.join(', ')),
    ...(same === 0 ? [] : [l10n.t('{0} are the same already.', number(same))]),
    ...(unknown === 0 ? [] : [l10n.t('Of {0} nothing is known.', number(unknown))]),
    ...exceptionsInWords(sum(({ exceptions }) => exceptions.length)),
    l10n.t('Each member’s instance looks again when it receives them, and takes a snapshot first.'),
  ].join(' ');
}

function exceptionsInWords(count: number): readonly string[] {
  if (count === 0) return [];
  return [count === 1 ? l10n.t('1 cell has a strategy of its own.') : l10n.t('{0} cells have a strategy of their own.', number(count))];
}

/** What a mirror does beyond the matrix, and what can run programs. */
export function warningsIn({ isMirror, objects, targets }: DistributionPreview): readonly string[] {
  const removed = targets.reduce((sum, target) => sum + (target.removed?.count ?? 0), 0);
  const risky = objects.filter(({ runsCode }) => runsCode).length;
  return [
    ...(isMirror
      ? [
          l10n.t(
            'A mirror also deletes what is in the folder there and not on the Stage: what that is only the members’ instances know, and they list it first. Where more than half of all files would go, that has to be confirmed there.',
          ),
        ]
      : []),
    ...(removed === 0
      ? []
      : [l10n.t('A mirror deletes {0} that earlier distributions brought: the details of each member name them.', objectCount(removed))]),
    ...(risky === 0 ? [] : [l10n.t('Can run programs, and wait for a decision everywhere: {0}.', objectCount(risky))]),
  ];
}

/** What a mirror deletes at a member: names, as far as they are known. `isWhole`: all there is mirrored. */
export function removedInWords({ count, paths, others }: RemovedInfo, isWhole: boolean): string {
  return [
    ...(count === 0 ? [] : [l10n.t('What earlier distributions brought: {0}.', namesInWords(paths, mostNamed, count))]),
    isWhole
      ? l10n.t('Beside that {0} that only its instance knows by name.', objectCount(others))
      : l10n.t('What else is in the mirrored folders: of {0} there only its instance knows the names.', objectCount(others)),
  ].join(' ');
}

/** Something that was received: its size, and when it was changed. */
export function versionInWords(version: ObjectVersion | null): string {
  if (version === null) return l10n.t('nothing that is known here');
  return l10n.t('{0}, changed {1}', formatSize(version.size, locale), formatMoment(version.modified, locale));
}

/** For what else a strategy counts that is set for an object; `''` where it is for that alone. */
export function strategyNote({ path, part }: PreviewObject, staged: StagedObject): string {
  if (part !== null || staged.path === path) return '';
  return l10n.t('It counts for all of {0}, as which it is staged.', stagedTitle(staged));
}

export function distributeInWords(count: number): string {
  return count === 1 ? l10n.t('Distribute to 1…') : l10n.t('Distribute to {0}…', number(count));
}
