/** What the dashboard shows, put together from an assignment and what one looks at. */
import { env, l10n } from 'vscode';
import { formatSize } from '../../base/format.ts';
import type { AssignmentDetails, HandInInfo, StandingInfo } from '../../engine/assignmentApi.ts';
import { displayText, formatMoment } from '../formats.ts';
import type { Option } from '../pageMessages.ts';
import { authorName, contentInWords, evidenceInWords, handInLateness, handInTitle, standingInWords } from './assignmentWords.ts';
import {
  sorts,
  visibilities,
  type AssignmentAction,
  type BulkAction,
  type Details,
  type HandInAction,
  type MemberRow,
  type PageTexts,
  type ReadyContent,
} from './dashboardPage.ts';
import { changedFiles, countingOf, countShown, feedbackOf, shownHandIn, type KnownChanges } from './dashboardRows.ts';
import {
  changedInWords,
  changesOfHandIn,
  countedInWords,
  dueInWords,
  extensionInWords,
  filesInWords,
  madeInWords,
  showChoices,
  sortWord,
  summaryInWords,
  visibilityInWords,
  visibilityWord,
  wholeExtension,
} from './dashboardWords.ts';
import { urgencyOf } from './timeLeft.ts';

export interface Contents extends Pick<ReadyContent, 'order' | 'said'> {
  readonly details: AssignmentDetails;
  readonly now: Date;
}

export function contentOf({ details, now, order, said }: Contents): ReadyContent {
  const { standings, deadline } = details;
  return {
    state: 'ready',
    summary: summaryInWords(details),
    deadline: dueInWords(details, now),
    urgency: urgencyOf(Date.parse(deadline), now.getTime()),
    actions: actionsOf(details),
    order,
    counted: countedInWords(order.length, standings.length),
    shows: showChoices((show) => countShown(standings, show)),
    bulk: bulkActionsOf(details),
    said,
  };
}

function actionsOf({ isClosed }: AssignmentDetails): readonly Option<AssignmentAction>[] {
  return [
    { value: 'extend', label: l10n.t('Extend…') },
    { value: 'edit', label: l10n.t('Edit…') },
    isClosed ? { value: 'reopen', label: l10n.t('Reopen…') } : { value: 'close', label: l10n.t('Close Assignment…') },
    { value: 'collect', label: l10n.t('Collect All') },
    { value: 'similarity', label: l10n.t('Similarity') },
    { value: 'export', label: l10n.t('Export Grades…') },
    { value: 'sync', label: l10n.t('Sync') },
  ];
}

/** Of a member without a name nobody can say who it is that is given more time. */
function bulkActionsOf({ isAnonymous }: AssignmentDetails): readonly Option<BulkAction>[] {
  return [
    { value: 'collect', label: l10n.t('Collect') },
    { value: 'return', label: l10n.t('Return Feedback…') },
    { value: 'hide', label: l10n.t('Hide Feedback…') },
    ...(isAnonymous ? [] : [{ value: 'extend' as const, label: l10n.t('Extend…') }]),
  ];
}

export function rowOf(standing: StandingInfo, known: KnownChanges, now: Date): MemberRow {
  const handIn = shownHandIn(standing);
  const feedback = feedbackOf(standing);
  const row = {
    name: authorName(standing.member),
    facts: [handIn?.identifier ?? '', ...standing.groups].filter(Boolean).map(displayText).join(' · '),
    stateWord: standingInWords(standing),
    made: madeInWords(handIn, now),
    late: handIn ? handInLateness(handIn) : '',
    size: handIn ? formatSize(handIn.bytes, env.language) : '',
    changed: changedInWords(changedFiles(standing, known)),
    extension: extensionInWords(standing, now),
    grade: displayText(feedback?.grade ?? ''),
    returned: feedback ? visibilityWord(feedback.visibility) : '',
  };
  const { name, facts, stateWord, made, late, size, changed, extension, grade, returned } = row;
  const feedbackSaid = [grade === '' ? '' : l10n.t('grade {0}', grade), returned === '' ? '' : l10n.t('feedback: {0}', returned)];
  return {
    ...row,
    key: standing.member.id,
    state: standing.state,
    evidence: handIn ? evidenceInWords(handIn).join('\n') : '',
    spoken: [name, facts, stateWord, made, late, size, changed, ...feedbackSaid, extension].filter(Boolean).join(', '),
    handIn: countingOf(standing)?.id ?? null,
  };
}

/** What is known of a hand-in beside it. */
export interface Known {
  readonly changes: KnownChanges;
  /** Names of the feedback files of a hand-in that were chosen and are not saved yet. */
  readonly chosen: (handIn: string) => readonly string[] | undefined;
  readonly handedOut: string | null;
}

/** Of the hand-in that is asked for; where that is not there, of the one that is shown in the row. */
export function detailsOf(standing: StandingInfo, wanted: string | null, known: Known): Details {
  const { member, handIns } = standing;
  const handIn = handIns.find(({ id }) => id === wanted) ?? shownHandIn(standing);
  const due = { name: l10n.t('Deadline'), value: formatMoment(standing.deadline, env.language) };
  const extended = wholeExtension(standing);
  const extension = extended === undefined ? [] : [{ name: l10n.t('Extension'), value: extended }];
  const common = { member: member.id, title: authorName(member) };
  if (!handIn)
    return {
      ...common,
      handIns: [],
      handIn: null,
      facts: [{ name: l10n.t('State'), value: standingInWords(standing) }, due, ...extension],
      actions: [],
      form: null,
    };
  const { feedback } = handIn;
  return {
    ...common,
    handIns: handIns.map((one) => ({ value: one.id, label: one.counts ? l10n.t('{0} (counts)', handInTitle(one)) : handInTitle(one) })),
    handIn: handIn.id,
    facts: [...factsOf(handIn, known), due, ...extension],
    actions: handInActions(handIn, known),
    form: {
      grade: feedback?.grade ?? '',
      comment: feedback?.comment ?? '',
      visibility: feedback?.visibility ?? 'draft',
      files: filesInWords(known.chosen(handIn.id), feedback),
    },
  };
}

function factsOf(handIn: HandInInfo, { changes }: Known): Details['facts'] {
  const changed = changes.get(handIn.id);
  return [
    { name: l10n.t('Content'), value: contentInWords(handIn) },
    ...(changed === undefined ? [] : [{ name: l10n.t('Changed files'), value: changesOfHandIn(changed) }]),
    { name: l10n.t('Time'), value: handInLateness(handIn) },
    { name: l10n.t('Evidence'), value: evidenceInWords(handIn).join('\n') },
    ...(handIn.identifier === null ? [] : [{ name: l10n.t('Identifier'), value: displayText(handIn.identifier) }]),
    ...(handIn.note === '' ? [] : [{ name: l10n.t('Note'), value: displayText(handIn.note) }]),
    { name: l10n.t('Receipt'), value: handIn.code },
    { name: l10n.t('Review copy'), value: handIn.copy === null ? l10n.t('not collected yet') : displayText(handIn.copy) },
  ];
}

function handInActions({ copy, isHere, lateness }: HandInInfo, { handedOut }: Known): readonly Option<HandInAction>[] {
  return [
    copy === null
      ? { value: 'collect' as const, label: l10n.t('Collect') }
      : { value: 'open' as const, label: l10n.t('Open Review Copy in New Window') },
    ...(isHere && handedOut !== null ? [{ value: 'compare' as const, label: l10n.t('Compare with Handed-Out Version') }] : []),
    ...(lateness === 'on-time' ? [] : [{ value: 'on-time' as const, label: l10n.t('Count as On Time…') }]),
    ...(lateness === 'late' ? [] : [{ value: 'late' as const, label: l10n.t('Count as Late…') }]),
  ];
}

export function pageTexts(): PageTexts {
  return {
    find: l10n.t('Find members'),
    show: l10n.t('Show'),
    sort: l10n.t('Sort by'),
    sorts: sorts.map((value) => ({ value, label: sortWord(value) })),
    members: l10n.t('Members and their hand-ins'),
    columns: [
      l10n.t('Member'),
      l10n.t('State'),
      l10n.t('Handed In'),
      l10n.t('Late By'),
      l10n.t('Size'),
      l10n.t('Changed Files'),
      l10n.t('Grade'),
      l10n.t('Feedback'),
      l10n.t('Extension'),
    ],
    nothingShown: l10n.t('No member fits.'),
    selectShown: l10n.t('Select all shown'),
    selected: l10n.t('{0} selected', '{0}'),
    noneSelected: l10n.t('none selected'),
    bulk: l10n.t('With those selected'),
    unselected: l10n.t('{0} not selected any more', '{0}'),
    keys: l10n.t('Arrow keys move, Space selects, Enter tells more of a member, Tab goes to what can be done with it, Escape closes that.'),
    tryAgain: l10n.t('Try Again'),
    close: l10n.t('Close'),
    handIns: l10n.t('Hand-in'),
    grade: l10n.t('Grade'),
    comment: l10n.t('Comment'),
    files: l10n.t('Feedback files'),
    chooseFiles: l10n.t('Choose Files…'),
    noFiles: l10n.t('No Files'),
    visibility: l10n.t('Visibility'),
    visibilities: visibilities.map((value) => ({ value, label: visibilityInWords(value) })),
    save: l10n.t('Save Feedback'),
    saveAndNext: l10n.t('Save and Go to Next'),
    unsaved: l10n.t('not saved'),
  };
}
