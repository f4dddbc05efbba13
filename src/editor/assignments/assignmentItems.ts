/** How each row of the Assignments view looks and what it says to a screen reader. */
import { env, l10n, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import type { AssignmentInfo, StandingInfo, StandingState } from '../../engine/assignmentApi.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import { errorSentences } from '../messages.ts';
import { warningIcon } from '../snapshots/notes.ts';
import type { Row } from '../snapshots/row.ts';
import { rowUri } from '../snapshots/rowDecorations.ts';
import { asSentence, entryWord } from '../words.ts';
import {
  assignmentsNodeId,
  type AssignmentNode,
  type AssignmentsNode,
  type FeedbackNode,
  type HandInNode,
  type KeptEntryNode,
  type StandingNode,
  type StandingsNode,
} from './assignmentNodes.ts';
import {
  assignmentTitle,
  authorName,
  contentInWords,
  countsInWords,
  deadlineHere,
  deadlineInWords,
  evidenceInWords,
  handInLateness,
  handInTitle,
  partsInWords,
  standingInWords,
  standingWord,
  timeLeftInWords,
} from './assignmentWords.ts';
import { urgencyOf } from './timeLeft.ts';

const { None, Collapsed } = TreeItemCollapsibleState;
const number = (count: number): string => formatNumber(count, env.language);

/** `now` in milliseconds since 1970. */
export function assignmentsItem(node: AssignmentsNode, now: number): TreeItem {
  const row = rowOf(node, now);
  const item = new TreeItem(row.label, row.state);
  // One that was empty would stay folded when something comes.
  item.id = row.state === None ? `${assignmentsNodeId(node)}#leaf` : assignmentsNodeId(node);
  item.contextValue = row.context;
  if (row.description !== undefined) item.description = row.description;
  if (row.icon) item.iconPath = row.icon;
  if (row.resourceUri) item.resourceUri = row.resourceUri;
  if (row.tooltip !== undefined) item.tooltip = row.tooltip;
  if (row.command) item.command = { command: row.command, title: '', arguments: [node] };
  item.accessibilityInformation = { label: [row.label, row.spoken ?? row.description].filter(Boolean).join(', ') };
  return item;
}

function rowOf(node: AssignmentsNode, now: number): Row {
  switch (node.type) {
    case 'assignments':
      return {
        label: node.instance.name,
        icon: ThemeIcon.Folder,
        state: TreeItemCollapsibleState.Expanded,
        context: 'assignments',
      };
    case 'assignment':
      return assignmentRow(node, now);
    case 'standings':
      return standingsRow(node);
    case 'standing':
      return standingRow(node);
    case 'hand-in':
      return handInRow(node);
    case 'feedback':
      return feedbackRow(node);
    case 'kept-entry':
      return keptEntryRow(node);
    case 'assignments-note':
      return { label: node.text, tooltip: node.text, icon: new ThemeIcon('info'), state: None, context: 'note' };
    case 'assignments-failed': {
      const { what, next } = errorSentences(node.error);
      return {
        label: what,
        tooltip: next === undefined ? what : `${what} ${next}`,
        spoken: next ?? '',
        icon: warningIcon,
        state: None,
        context: 'failed',
        command: 'snapstage.showLog',
      };
    }
    case 'more-assignments':
      return { label: l10n.t('{0} more', number(node.rest.length)), icon: new ThemeIcon('ellipsis'), state: Collapsed, context: 'more' };
  }
}

function assignmentRow({ assignment }: AssignmentNode, now: number): Row {
  const { mine, counts, isClosed } = assignment;
  const deadline = mine?.deadline ?? assignment.deadline;
  const state = mine ? ownState(mine) : counts ? countsInWords(counts) : '';
  const words = (spoken: boolean): string[] => [timeLeftInWords(assignment, deadline, now, spoken), ...(state === '' ? [] : [state])];
  const here = deadlineHere({ ...assignment, deadline });
  return {
    label: assignmentTitle(assignment),
    description: words(false).join(' · '),
    spoken: words(true).join(', '),
    tooltip: [
      assignmentTitle(assignment),
      l10n.t('Deadline: {0}', [deadlineInWords({ ...assignment, deadline }), ...(here === undefined ? [] : [here])].join(', ')),
      ...(mine?.extension ? [extensionInWords(mine)] : []),
      l10n.t('To be handed in: {0}', partsInWords(assignment.parts)),
      ...(state === '' ? [] : [asSentence(state)]),
    ].join('\n\n'),
    icon: assignmentIcon(assignment, now),
    state: counts || (mine && mine.handIns.length > 0) ? Collapsed : None,
    context: `assignment ${counts ? 'master' : mine ? 'member' : 'viewer'} ${isClosed ? 'closed' : 'open'}`,
    command: counts ? 'snapstage.showDashboard' : 'snapstage.showAssignment',
  };
}

/** Of a member: its deadline is another than everybody's. */
function extensionInWords({ extension }: StandingInfo): string {
  const reason = extension?.reason ?? '';
  return reason === '' ? l10n.t('Your deadline was extended.') : l10n.t('Your deadline was extended: {0}', displayText(reason));
}

/** `handed in 2×, latest 14:10, on time`, `returned: 5`. */
function ownState({ state, handIns }: StandingInfo): string {
  const counting = handIns.find(({ counts }) => counts);
  const last = counting ?? handIns.at(-1);
  if (last === undefined) return standingWord(state);
  if (last.isQueued) return l10n.t('waits to be sent');
  const { feedback } = last;
  if (state === 'returned') return feedback?.grade ? l10n.t('returned: {0}', displayText(feedback.grade)) : standingWord(state);
  if (state === 'graded') return standingWord(state);
  const time = formatTime(last.made, new Date(), env.language);
  const count = l10n.t('handed in {0}×, latest {1}', number(handIns.length), time);
  return `${count}, ${handInLateness(last)}`;
}

/** By colour what the text says too. */
function assignmentIcon({ mine, counts, isClosed, deadline }: AssignmentInfo, now: number): ThemeIcon {
  if (isClosed) return new ThemeIcon('lock');
  const urgency = urgencyOf(Date.parse(mine?.deadline ?? deadline), now);
  // Until a Master looks there is nothing to worry about.
  if (mine?.state === 'unproven' && mine.handIns.at(-1)?.evidence.notAfter === null) return new ThemeIcon('pass');
  if (mine && mine.state !== 'nothing' && mine.state !== 'refused') return standingIcon(mine.state);
  if (mine && urgency === 'passed') return new ThemeIcon('circle-slash', new ThemeColor('list.errorForeground'));
  if (counts || urgency === 'calm') return new ThemeIcon(urgency === 'passed' ? 'history' : 'watch');
  return new ThemeIcon('watch', new ThemeColor(urgency === 'soon' ? 'list.warningForeground' : 'list.errorForeground'));
}

function standingIcon(state: StandingState): ThemeIcon {
  switch (state) {
    case 'nothing':
      return new ThemeIcon('circle-outline');
    case 'handed-in':
      return new ThemeIcon('pass', new ThemeColor('testing.iconPassed'));
    case 'late':
      return new ThemeIcon('watch', new ThemeColor('list.warningForeground'));
    case 'unproven':
      return new ThemeIcon('question', new ThemeColor('list.warningForeground'));
    case 'refused':
      return new ThemeIcon('error', new ThemeColor('list.errorForeground'));
    case 'graded':
      return new ThemeIcon('checklist');
    case 'returned':
      return new ThemeIcon('comment', new ThemeColor('testing.iconPassed'));
  }
}

function standingsRow({ state, standings }: StandingsNode): Row {
  return {
    label: asSentence(standingWord(state)).slice(0, -1),
    description: number(standings.length),
    icon: standingIcon(state),
    state: Collapsed,
    context: 'standings',
  };
}

function standingRow({ standing }: StandingNode): Row {
  const { member, handIns, state, extension, deadline } = standing;
  const counting = handIns.find(({ counts }) => counts) ?? handIns.at(-1);
  const facts = [
    ...(counting ? [formatTime(counting.made, new Date(), env.language), handInLateness(counting)] : []),
    ...(extension ? [l10n.t('extended to {0}', formatTime(deadline, new Date(), env.language))] : []),
  ];
  return {
    label: authorName(member),
    description: facts.join(' · '),
    spoken: [standingInWords(standing), ...facts].join(', '),
    icon: new ThemeIcon('account'),
    state: handIns.length === 0 ? None : Collapsed,
    context: `standing ${state}`,
  };
}

function handInRow({ handIn, assignment }: HandInNode): Row {
  const { counts, isQueued, received, isHere, note, identifier, code } = handIn;
  const facts = [
    isQueued ? l10n.t('waits to be sent') : handInLateness(handIn),
    contentInWords(handIn),
    ...(counts ? [l10n.t('counts')] : []),
    ...(received === null ? [] : [l10n.t('receipt countersigned')]),
  ];
  const isOwn = assignment.counts === null;
  return {
    label: l10n.t('Hand-in {0}', handInTitle(handIn)),
    description: facts.join(' · '),
    spoken: facts.join(', '),
    tooltip: [
      l10n.t('Hand-in {0}', handInTitle(handIn)),
      ...(identifier === null ? [] : [displayText(identifier)]),
      ...(note === '' ? [] : [displayText(note)]),
      ...evidenceInWords(handIn),
      ...(isQueued ? [l10n.t('The hub could not be reached: it is sent with the next sync.')] : []),
      l10n.t('Code of the receipt: {0}', code),
    ].join('\n\n'),
    icon: handIn.refused === null ? new ThemeIcon(isQueued ? 'cloud-upload' : counts ? 'pass' : 'circle-outline') : warningIcon,
    state: Collapsed,
    context: `hand-in ${isOwn ? 'own' : 'other'} ${isHere ? 'here' : 'away'}`,
  };
}

function feedbackRow({ handIn }: FeedbackNode): Row {
  const { feedback } = handIn;
  const facts = [
    ...(feedback?.visibility === 'hidden' ? [l10n.t('not visible now')] : []),
    ...(feedback?.visibility === 'draft' ? [l10n.t('not returned yet')] : []),
    ...(feedback?.grade ? [displayText(feedback.grade)] : []),
    ...(feedback?.comment ? [displayText(feedback.comment.split('\n', 1)[0] ?? '')] : []),
  ];
  return {
    label: l10n.t('Feedback'),
    description: facts.join(' · '),
    spoken: facts.join(', '),
    tooltip: [l10n.t('Feedback'), ...facts.slice(0, -1), displayText(feedback?.comment ?? '')].filter(Boolean).join('\n\n'),
    icon: new ThemeIcon('comment'),
    state: feedback?.state ? Collapsed : None,
    context: 'feedback',
    command: 'snapstage.showAssignment',
  };
}

function keptEntryRow({ instance, kept, entry }: KeptEntryNode): Row {
  const isFolder = entry.kind === 'folder';
  const size = formatSize(entry.size, env.language);
  const description = entry.kind === 'link' ? `→ ${displayText(entry.target ?? '')}` : isFolder ? '' : size;
  return {
    label: displayText(baseName(entry.path)),
    description,
    spoken: [entryWord(entry.kind), description, l10n.t('in {0}', kept.name)].filter(Boolean).join(', '),
    tooltip: [displayText(entry.path), entryWord(entry.kind), ...(isFolder ? [] : [size]), formatMoment(entry.modified, env.language)].join(
      ' · ',
    ),
    icon: isFolder ? ThemeIcon.Folder : ThemeIcon.File,
    resourceUri: rowUri(instance.folder.uri, entry.path),
    state: isFolder ? Collapsed : None,
    context: `kept-entry ${entry.kind}`,
    ...(!isFolder && { command: 'snapstage.openKept' }),
  };
}
