/** What the dashboard says to a Master, in words. */
import { env, l10n } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import type { AssignmentDetails, FeedbackInfo, HandInChanges, HandInInfo, StandingInfo } from '../../engine/assignmentApi.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import { memberCount } from '../space/spaceWords.ts';
import { countOf } from '../words.ts';
import { deadlineHere, deadlineInWords, latePolicyInWords, partsInWords, standingWord, timeLeftInWords } from './assignmentWords.ts';
import { standingStates, type Show, type Sort, type Visibility } from './dashboardPage.ts';
import { totalsOf } from './dashboardRows.ts';

const locale = env.language;
const number = (count: number): string => formatNumber(count, locale);

/** `24 handed in, 2 late, 2 missing`. */
export function summaryInWords(details: Pick<AssignmentDetails, 'standings'>): string {
  const { handedIn, late, unproven, missing } = totalsOf(details);
  return [
    l10n.t('{0} handed in', number(handedIn)),
    ...(late === 0 ? [] : [l10n.t('{0} late', number(late))]),
    ...(unproven === 0 ? [] : [l10n.t('{0} of unproven time', number(unproven))]),
    l10n.t('{0} missing', number(missing)),
  ].join(', ');
}

/** How much time is left, and until when. */
export function dueInWords(details: AssignmentDetails, now: Date): string {
  const { deadline } = details;
  const here = deadlineHere(details);
  const at = l10n.t('deadline {0}', deadlineInWords(details));
  return [timeLeftInWords(details, deadline, now.getTime()), at, ...(here === undefined ? [] : [here])].join(' · ');
}

/** What is handed in, how large, how late, and by whom. */
export function termsInWords({ parts, limit, late, isAnonymous }: AssignmentDetails): string {
  return [
    l10n.t('Handed in: {0}.', partsInWords(parts)),
    ...(limit === null ? [] : [l10n.t('At most {0}.', formatSize(limit, locale))]),
    latePolicyInWords(late),
    ...(isAnonymous ? [l10n.t('Names are hidden until the feedback is returned.')] : []),
  ].join(' ');
}

export function countedInWords(shown: number, all: number): string {
  return shown === all ? memberCount(all) : l10n.t('{0} of {1} shown', number(shown), memberCount(all));
}

function showWord(show: Show): string {
  if (show === 'all') return l10n.t('all');
  return show === 'open' ? l10n.t('feedback not returned') : standingWord(show);
}

/** All choices, with how many each shows. */
export function showChoices(count: (show: Show) => number): readonly { readonly value: Show; readonly label: string }[] {
  const shows: readonly Show[] = ['all', 'open', ...standingStates];
  return shows.map((value) => ({ value, label: l10n.t('{0} ({1})', showWord(value), number(count(value))) }));
}

export function sortWord(sort: Sort): string {
  switch (sort) {
    case 'name':
      return l10n.t('Name');
    case 'state':
      return l10n.t('State');
    case 'made':
      return l10n.t('Newest first');
    case 'late':
      return l10n.t('Latest past the deadline');
    case 'size':
      return l10n.t('Size');
    case 'changed':
      return l10n.t('Changed files');
    case 'grade':
      return l10n.t('Grade');
  }
}

export function visibilityWord(visibility: Visibility): string {
  switch (visibility) {
    case 'draft':
      return l10n.t('draft');
    case 'hidden':
      return l10n.t('hidden');
    case 'returned':
      return l10n.t('returned');
  }
}

/** Who sees it. */
export function visibilityInWords(visibility: Visibility): string {
  switch (visibility) {
    case 'draft':
      return l10n.t('Draft: for Masters alone');
    case 'hidden':
      return l10n.t('Hidden: the member knows of it, and can’t see it now');
    case 'returned':
      return l10n.t('Returned: the member sees it');
  }
}

/** `2 files changed`; `''` where it is not known. */
export function changedInWords(count: number | undefined): string {
  if (count === undefined) return '';
  return count === 0 ? l10n.t('nothing changed') : l10n.t('{0} changed', countOf(count, 'files'));
}

/** `2 changed, 1 new, 0 deleted`. */
export function changesOfHandIn({ added, changed, removed }: HandInChanges): string {
  return l10n.t('{0} changed, {1} new, {2} deleted', number(changed), number(added), number(removed));
}

export function madeInWords(handIn: HandInInfo | undefined, now: Date): string {
  if (!handIn) return '';
  const time = formatTime(handIn.made, now, locale);
  return handIn.number === 1 ? time : l10n.t('{0} (no. {1})', time, number(handIn.number));
}

export function extensionInWords({ extension }: Pick<StandingInfo, 'extension'>, now: Date): string {
  return extension === null ? '' : l10n.t('until {0}', formatTime(extension.deadline, now, locale));
}

/** The whole moment, and why. */
export function wholeExtension({ extension }: Pick<StandingInfo, 'extension'>): string | undefined {
  if (extension === null) return undefined;
  const until = l10n.t('until {0}', formatMoment(extension.deadline, locale));
  return extension.reason === '' ? until : l10n.t('{0}, reason: {1}', until, displayText(extension.reason));
}

/** What there is of feedback files: those that were chosen, or those that there are. */
export function filesInWords(chosen: readonly string[] | undefined, feedback: FeedbackInfo | null): string {
  if (chosen?.length === 0) return l10n.t('none, once it is saved');
  if (chosen) return l10n.t('{0}, once it is saved', chosen.map(displayText).join(', '));
  return feedback === null || feedback.state === null ? l10n.t('none') : l10n.t('as they were saved');
}
