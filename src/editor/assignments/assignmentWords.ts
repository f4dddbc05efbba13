/** What the editor says of assignments, for those who hand in and for Masters. */
import { env, l10n } from 'vscode';
import { formatDate, formatNumber, formatSize, parseTime } from '../../base/format.ts';
import type {
  AssignmentInfo,
  AssignmentMember,
  AssignmentPart,
  AssignmentTerms,
  EvidencePoint,
  HandInInfo,
  HandInObstacle,
  HandInWarning,
  Lateness,
  StandingInfo,
  StandingState,
} from '../../engine/assignmentApi.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import { countOf, namesInWords } from '../words.ts';
import { spanParts } from './timeLeft.ts';

const locale = env.language;
const number = (count: number): string => formatNumber(count, locale);
const size = (bytes: number): string => formatSize(bytes, locale);

export function assignmentTitle({ title }: Pick<AssignmentTerms, 'title'>): string {
  return displayText(title);
}

/** Their name, or as much of their id as tells them apart. */
export function authorName({ id, name }: AssignmentMember): string {
  return name === null ? id.slice(0, 8) : displayText(name);
}

/** How a member stands. */
export function standingWord(state: StandingState): string {
  switch (state) {
    case 'nothing':
      return l10n.t('nothing yet');
    case 'handed-in':
      return l10n.t('handed in');
    case 'late':
      return l10n.t('handed in late');
    case 'unproven':
      return l10n.t('handed in, time unproven');
    case 'refused':
      return l10n.t('not accepted');
    case 'graded':
      return l10n.t('graded');
    case 'returned':
      return l10n.t('returned');
  }
}

/** The same of one member; of what was returned, whether there is more since that was not. */
export function standingInWords({ state, handIns }: StandingInfo): string {
  const { feedback } = handIns.findLast(({ counts }) => counts) ?? {};
  return state === 'returned' && feedback?.visibility === 'draft' ? l10n.t('returned, with a newer draft') : standingWord(state);
}

/** `24 handed in, 2 handed in late, 2 nothing yet`, without what is nobody's. */
export function countsInWords(counts: NonNullable<AssignmentInfo['counts']>): string {
  const told: readonly StandingState[] = ['returned', 'graded', 'handed-in', 'unproven', 'late', 'refused', 'nothing'];
  return told.flatMap((state) => (counts[state] > 0 ? [`${number(counts[state])} ${standingWord(state)}`] : [])).join(', ');
}

function latenessWord(lateness: Lateness): string {
  switch (lateness) {
    case 'on-time':
      return l10n.t('on time');
    case 'late':
      return l10n.t('late');
    case 'unproven':
      return l10n.t('time unproven');
  }
}

/** Why a hand-in does not count. */
export function refusedInWords(refused: NonNullable<HandInInfo['refused']>): string {
  switch (refused) {
    case 'late':
      return l10n.t('not accepted: late');
    case 'closed':
      return l10n.t('not accepted: the assignment was closed');
    case 'forked':
      return l10n.t('not accepted: another one was made in its place');
  }
}

/** `2 days, 4 hr`; `spoken`: in whole words. `ms` is not below 0. */
function spanInWords(ms: number, spoken = false): string {
  const unitDisplay = spoken ? 'long' : 'short';
  return spanParts(ms)
    .map(({ unit, count }) => formatNumber(count, locale, { style: 'unit', unit, unitDisplay }))
    .join(' ');
}

/** `2 days 4 hr left`, `passed 3 hr ago`, `closed`. */
export function timeLeftInWords({ isClosed }: Pick<AssignmentInfo, 'isClosed'>, deadline: string, now: number, spoken = false): string {
  if (isClosed) return l10n.t('closed');
  const left = Date.parse(deadline) - now;
  return left < 0 ? l10n.t('deadline passed {0} ago', spanInWords(-left, spoken)) : l10n.t('{0} left', spanInWords(left, spoken));
}

/** The moment in the zone in which the deadline was set, with that zone's name. */
export function deadlineInWords({ deadline, zone }: Pick<AssignmentTerms, 'deadline' | 'zone'>): string {
  return `${momentIn(deadline, zone)} (${displayText(zone)})`;
}

/** The same moment here, where clocks show another time than in the zone of the deadline; else `undefined`. */
export function deadlineHere({ deadline, zone }: Pick<AssignmentTerms, 'deadline' | 'zone'>): string | undefined {
  const here = momentIn(deadline, undefined);
  return here === momentIn(deadline, zone) ? undefined : l10n.t('here: {0}', here);
}

function momentIn(iso: string, timeZone: string | undefined): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  };
  try {
    return formatDate(parseTime(iso), locale, { ...options, ...(timeZone !== undefined && { timeZone }) });
  } catch (error) {
    // A zone that another computer knows, and this one does not.
    if (!(error instanceof RangeError)) throw error;
    return formatDate(parseTime(iso), locale, options);
  }
}

/** `late by 2 hr 5 min at least, 3 hr at most`; empty where it can't be late. */
function lateByInWords({ lateness, lateBy: { least, most } }: Pick<HandInInfo, 'lateness' | 'lateBy'>): string {
  if (lateness === 'on-time' || most === 0) return '';
  if (least === null || least === 0) return most === null ? '' : l10n.t('late by {0} at most', spanInWords(most));
  if (most === null) return l10n.t('late by {0} at least', spanInWords(least));
  const [from, to] = [spanInWords(least), spanInWords(most)];
  return from === to ? l10n.t('late by {0}', from) : l10n.t('late by {0} to {1}', from, to);
}

/** How a hand-in stands to its deadline, with what a Master decided. */
export function handInLateness(handIn: HandInInfo): string {
  const { judged, refused, lateness, evidence } = handIn;
  if (refused !== null) return refusedInWords(refused);
  if (judged) return judged.verdict === 'late' ? l10n.t('late, as the Master decided') : l10n.t('on time, as the Master decided');
  if (lateness === 'unproven' && evidence.notAfter === null) return l10n.t('no Master has seen it yet');
  return lateByInWords(handIn) && lateness === 'late' ? lateByInWords(handIn) : latenessWord(lateness);
}

/** What is known of when a hand-in was made, each source in a sentence. */
export function evidenceInWords({ made, taken, evidence, judged, received }: HandInInfo): readonly string[] {
  const { notBefore, notAfter } = evidence;
  const moment = (iso: string): string => formatMoment(iso, locale);
  return [
    l10n.t('By its author’s clock: handed in {0}, snapshot of {1}.', moment(made), moment(taken)),
    notBefore
      ? l10n.t('By the Master’s clock it was made after {0}: it cites {1}.', moment(notBefore.at), sourceInWords(notBefore))
      : l10n.t('Nothing that it cites says after which moment it was made.'),
    notAfter
      ? l10n.t('By the Master’s clock it was made before {0}: {1} says that it was there.', moment(notAfter.at), sourceInWords(notAfter))
      : l10n.t('No Master has seen it yet.'),
    ...(received === null ? [] : [l10n.t('Received and countersigned by a Master {0}.', moment(received))]),
    ...(judged ? [judgedInWords(judged)] : []),
  ];
}

function judgedInWords({ verdict, reason, at }: NonNullable<HandInInfo['judged']>): string {
  const what =
    verdict === 'late'
      ? l10n.t('A Master decided {0} that it is late.', formatMoment(at, locale))
      : l10n.t('A Master decided {0} that it is on time.', formatMoment(at, locale));
  return reason === '' ? what : l10n.t('{0} Reason: {1}', what, displayText(reason));
}

/** `a time signal (1a2b3c4d)`: the record that proves a moment. */
function sourceInWords({ kind, record }: EvidencePoint): string {
  return `${sourceWord(kind)} (${record.slice(0, 8)})`;
}

function sourceWord(kind: string): string {
  switch (kind) {
    case 'beacon':
      return l10n.t('a time signal');
    case 'assign':
      return l10n.t('the assignment');
    case 'extend':
      return l10n.t('an extension');
    case 'receipt':
      return l10n.t('a receipt');
    case 'feedback':
      return l10n.t('feedback');
    case 'judge':
      return l10n.t('a decision');
    case 'distribute':
      return l10n.t('a distribution');
    default:
      return l10n.t('a record');
  }
}

/** `hw1/`, `hw1/: *.py, !test*`, `everything`. */
export function partInWords({ path, patterns }: AssignmentPart): string {
  const where = path === '' ? l10n.t('everything') : displayText(path);
  return patterns.length === 0 ? where : l10n.t('{0}: {1}', where, patterns.map(displayText).join(', '));
}

export function partsInWords(parts: readonly AssignmentPart[]): string {
  return namesInWords(parts.map(partInWords));
}

/** What happens to what is late. */
export function latePolicyInWords(late: AssignmentTerms['late']): string {
  return late === 'refuse' ? l10n.t('What is late is not accepted.') : l10n.t('What is late is accepted, and marked late.');
}

/** `3 files, 12 kB`. */
export function contentInWords({ files, bytes }: Pick<HandInInfo, 'files' | 'bytes'>): string {
  return `${countOf(files, 'files')}, ${size(bytes)}`;
}

/** `no. 2, 14:02`. */
export function handInTitle({ number: at, made }: Pick<HandInInfo, 'number' | 'made'>, now = new Date()): string {
  return l10n.t('no. {0}, {1}', number(at), formatTime(made, now, locale));
}

/** What is worth a look before handing in; none of it prevents it. */
export function warningInWords(warning: HandInWarning): string {
  switch (warning.kind) {
    case 'unchanged':
      return l10n.t('Nothing was changed since it was handed out.');
    case 'again':
      return l10n.t('The very same was handed in before.');
    case 'missing':
      return l10n.t('“{0}” is asked for and is not here.', displayText(warning.path));
    case 'not-run':
      return l10n.t('“{0}”: never run: {1}.', displayText(warning.path), cellsInWords(warning.cells));
    case 'stale':
      return l10n.t('“{0}”: outputs of another run than what stands above: {1}.', displayText(warning.path), cellsInWords(warning.cells));
    case 'broken-notebook':
      return l10n.t('“{0}” can’t be read as a notebook.', displayText(warning.path));
    case 'late':
      return l10n.t('By this computer’s clock the deadline has passed: it counts as late.');
  }
}

function cellsInWords(cells: readonly number[]): string {
  return cells.length === 1 ? l10n.t('cell {0}', number(cells[0]!)) : l10n.t('cells {0}', namesInWords(cells.map(number), 8));
}

/** Why handing in is not possible. */
export function obstacleInWords(obstacle: HandInObstacle): string {
  switch (obstacle.kind) {
    case 'over-limit':
      return l10n.t('It has {0}, and {1} are allowed: leave something out.', size(obstacle.bytes), size(obstacle.limit));
    case 'nothing':
      return l10n.t('None of the files that are asked for is here.');
    case 'partial':
      return l10n.t('The snapshot lacks what could not be read: {0}.', namesInWords(obstacle.paths));
    case 'closed':
      return l10n.t('The assignment is closed.');
    case 'late':
      return obstacle.isProven
        ? l10n.t('The deadline has passed, and what is late is not accepted.')
        : l10n.t('By this computer’s clock the deadline has passed. It can be sent all the same; then the Master decides.');
  }
}
