/** What an assignment's page shows, made of what is known. */
import { env, l10n } from 'vscode';
import { formatSize } from '../../base/format.ts';
import type { EntryInfo } from '../../engine/api.ts';
import type { AssignmentDetails, FeedbackInfo, HandInInfo } from '../../engine/assignmentApi.ts';
import { displayText, formatMoment } from '../formats.ts';
import { asSentence } from '../words.ts';
import type { Fact, FeedbackCard, HandInCard, PageTexts, ReadyContent } from './assignmentPage.ts';
import {
  contentInWords,
  deadlineHere,
  deadlineInWords,
  evidenceInWords,
  handInLateness,
  handInTitle,
  latePolicyInWords,
  partsInWords,
  refusedInWords,
  standingWord,
  timeLeftInWords,
} from './assignmentWords.ts';
import type { MarkdownReader } from './markdown.ts';
import { urgencyOf } from './timeLeft.ts';

/** What the page is made of. */
export interface Known {
  readonly details: AssignmentDetails;
  /** What feedback brought, by the id of the hand-in; absent where it is not here. */
  readonly files: ReadonlyMap<string, readonly EntryInfo[]>;
  readonly markdown: MarkdownReader;
}

/** `now` in milliseconds since 1970. */
export function contentOf({ details, files, markdown }: Known, now: number): Omit<ReadyContent, 'said'> {
  const { mine, isClosed, description } = details;
  const deadline = mine?.deadline ?? details.deadline;
  return {
    state: 'ready',
    urgency: urgencyOf(Date.parse(deadline), now),
    isClosed,
    left: timeLeftInWords(details, deadline, now, true),
    standing: mine ? standingWord(mine.state) : '',
    canHandIn: mine !== null && !isClosed,
    facts: factsOf(details, deadline),
    description: markdown(description),
    handIns: (mine?.handIns ?? []).toReversed().map((handIn) => cardOf(handIn, files.get(handIn.id), markdown)),
  };
}

function factsOf(details: AssignmentDetails, deadline: string): readonly Fact[] {
  const { parts, limit, late, edited, mine } = details;
  const here = deadlineHere({ ...details, deadline });
  const extension = mine?.extension;
  return [
    { name: l10n.t('Deadline'), value: [deadlineInWords({ ...details, deadline }), ...(here === undefined ? [] : [here])].join(', ') },
    ...(extension
      ? [
          {
            name: l10n.t('Extended'),
            value: [
              l10n.t('for you, from {0}', deadlineInWords(details)),
              ...(extension.reason === '' ? [] : [displayText(extension.reason)]),
            ].join(': '),
          },
        ]
      : []),
    { name: l10n.t('To Hand In'), value: partsInWords(parts) },
    ...(limit === null ? [] : [{ name: l10n.t('Size'), value: l10n.t('{0} at most', formatSize(limit, env.language)) }]),
    { name: l10n.t('Late'), value: latePolicyInWords(late) },
    ...(edited === null ? [] : [{ name: l10n.t('Changed'), value: formatMoment(edited, env.language) }]),
  ];
}

function cardOf(handIn: HandInInfo, files: readonly EntryInfo[] | undefined, markdown: MarkdownReader): HandInCard {
  const { id, counts, refused, isQueued, isHere, note, identifier, code, feedback } = handIn;
  return {
    id,
    title: l10n.t('Hand-in {0}', handInTitle(handIn)),
    counts,
    caution: isQueued
      ? l10n.t('The hub could not be reached: it is sent with the next sync.')
      : refused === null
        ? ''
        : asSentence(refusedInWords(refused)),
    facts: [
      { name: l10n.t('Files'), value: contentInWords(handIn) },
      { name: l10n.t('Time'), value: handInLateness(handIn) },
      ...(identifier === null ? [] : [{ name: l10n.t('Identifier'), value: displayText(identifier) }]),
      ...(note === '' ? [] : [{ name: l10n.t('Note'), value: displayText(note) }]),
      { name: l10n.t('Receipt'), value: receiptInWords(handIn, code) },
    ],
    evidence: evidenceInWords(handIn),
    isHere,
    feedback: feedback && feedbackCard(feedback, files, markdown),
  };
}

function receiptInWords({ received }: HandInInfo, code: string): string {
  return received === null
    ? l10n.t('{0}, not countersigned yet', code)
    : l10n.t('{0}, countersigned {1}', code, formatMoment(received, env.language));
}

function feedbackCard(
  { grade, comment, state, visibility }: FeedbackInfo,
  files: readonly EntryInfo[] | undefined,
  markdown: MarkdownReader,
): FeedbackCard {
  return {
    grade: displayText(grade ?? ''),
    comment: markdown(comment),
    hidden: visibility === 'returned' ? '' : l10n.t('There is feedback that is not visible now.'),
    files:
      state === null
        ? []
        : (files
            ?.filter(({ kind }) => kind !== 'folder')
            .map(({ path, size }) => ({ path, label: displayText(path), size: formatSize(size, env.language) })) ?? null),
  };
}

export function pageTexts(): PageTexts {
  return {
    task: l10n.t('Task'),
    nothingSaid: l10n.t('There is no description.'),
    handIns: l10n.t('Own Hand-Ins'),
    noHandIns: l10n.t('Nothing was handed in yet.'),
    handIn: l10n.t('Hand In…'),
    compare: l10n.t('Compare…'),
    restore: l10n.t('Restore…'),
    saveReceipt: l10n.t('Save Receipt As…'),
    counts: l10n.t('counts'),
    evidence: l10n.t('What Proves the Time'),
    feedback: l10n.t('Feedback'),
    grade: l10n.t('Grade'),
    fetchFiles: l10n.t('Fetch Files'),
    tryAgain: l10n.t('Try Again'),
  };
}
