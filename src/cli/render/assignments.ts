/** Assignments and hand-ins in words. */
import type {
  AssignmentInfo,
  AssignmentMember,
  AssignmentPart,
  AssignmentPlan,
  CollectReport,
  EvidencePoint,
  FetchedFeedback,
  GradeRow,
  HandInInfo,
  HandInObstacle,
  HandInPlan,
  HandInWarning,
  Lateness,
  ReceiptInfo,
  RenamedPath,
  SimilarityReport,
  SimilarMatches,
  SimilarPair,
  SimilarRegion,
  StandingInfo,
  StandingState,
} from '../../engine/assignmentApi.ts';
import type { Formats } from './format.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

const STATES: Readonly<Record<StandingState, string>> = {
  nothing: 'nothing yet',
  'handed-in': 'handed in',
  late: 'handed in late',
  unproven: 'handed in, time unproven',
  refused: 'refused',
  graded: 'graded',
  returned: 'returned',
};

const LATENESS: Readonly<Record<Lateness, string>> = { 'on-time': 'in time', late: 'late', unproven: 'not proven' };

function memberText({ id, name }: AssignmentMember): string {
  return escapeText(name ?? shortId(id));
}

function partText({ path, patterns }: AssignmentPart): string {
  const shown = path === '' ? 'everything' : escapeText(path);
  return patterns.length === 0 ? shown : `${shown} (${patterns.map(escapeText).join(', ')})`;
}

/** A time in the zone that it was set in. */
function timeIn(iso: string, zone: string, formats: Formats): string {
  return `${formats.time(iso)} (set in ${escapeText(zone)})`;
}

export function assignmentLines(one: AssignmentInfo, formats: Formats): string[] {
  const { title, description, deadline, zone, parts, limit, late, isAnonymous, isClosed, mine } = one;
  const extension = mine?.extension;
  return [
    `${escapeText(title)}${isClosed ? ' (closed)' : ''}, until ${timeIn(deadline, zone, formats)}`,
    ...(extension ? [`  for this instance until ${formats.time(extension.deadline)}${reasonText(extension.reason)}`] : []),
    `  to be handed in: ${parts.map(partText).join(', ')}${limit === null ? '' : `, ${formats.size(limit)} at most`}`,
    `  ${late === 'refuse' ? 'what is late is refused' : 'what is late is accepted, and marked'}${isAnonymous ? '; graded by pseudonyms' : ''}`,
    ...description.split('\n').flatMap((line) => (description === '' ? [] : [`  ${escapeText(line)}`])),
  ];
}

export function planLines({ terms, to, distribution, handsOut }: AssignmentPlan, formats: Formats): string[] {
  const who = to === 'all' ? 'all members' : formats.count(to.length, 'member');
  const { title, deadline, zone, parts } = terms;
  return [
    `Would give “${escapeText(title)}” to ${who}, until ${timeIn(deadline, zone, formats)}.`,
    `  to be handed in: ${parts.map(partText).join(', ')}`,
    ...(distribution === null ? [] : [`  on the distribution ${shortId(distribution)}`]),
    ...(handsOut.length === 0
      ? []
      : [`  handed out with it, after a snapshot: ${handsOut.map((one) => escapeText(one || '.')).join(', ')}`]),
  ];
}

export function assignmentColumns(formats: Formats, now: number): readonly Column<AssignmentInfo>[] {
  const due = ({ mine, deadline }: AssignmentInfo): string => mine?.deadline ?? deadline;
  return [
    { title: 'Assignment', cell: ({ id }) => shortId(id), style: () => 'dim' },
    { title: 'Title', cell: ({ title }) => escapeText(title), style: () => 'bold' },
    { title: 'Until', cell: (one) => formats.time(due(one)) },
    {
      title: 'Left',
      cell: (one) => (one.isClosed ? 'closed' : leftText(Date.parse(due(one)) - now, formats)),
      style: (one) => (!one.isClosed && Date.parse(due(one)) - now < 86_400_000 ? 'yellow' : 'dim'),
    },
    { title: 'State', cell: stateText },
  ];
}

/** For a member its own, for a Master how many stand how. */
function stateText({ mine, counts }: AssignmentInfo): string {
  if (mine !== null) return STATES[mine.state];
  if (counts === null) return '';
  return (Object.keys(STATES) as StandingState[])
    .flatMap((state) => (counts[state] > 0 ? [`${counts[state]} ${STATES[state]}`] : []))
    .join(', ');
}

function leftText(milliseconds: number, formats: Formats): string {
  const hours = Math.floor(Math.abs(milliseconds) / 3_600_000);
  const days = Math.floor(hours / 24);
  const text = days > 0 ? `${days} d ${hours % 24} h` : formats.duration(Math.abs(milliseconds) / 1000);
  return milliseconds < 0 ? `over for ${text}` : text;
}

function standingText({ state }: StandingInfo, counting: HandInInfo | undefined): string {
  const hasDraft = state === 'returned' && counting?.feedback?.visibility === 'draft';
  return hasDraft ? `${STATES.returned}, with a newer draft` : STATES[state];
}

export function standingColumns(formats: Formats): readonly Column<StandingInfo>[] {
  const counting = ({ handIns }: StandingInfo): HandInInfo | undefined => handIns.find(({ counts }) => counts);
  return [
    { title: 'Member', cell: ({ member }) => memberText(member), style: () => 'bold' },
    {
      title: 'State',
      cell: (one) => standingText(one, counting(one)),
      style: ({ state }) => (state === 'nothing' || state === 'unproven' || state === 'refused' ? 'yellow' : 'dim'),
    },
    { title: 'Hand-in', cell: (one) => shortId(counting(one)?.id ?? ''), style: () => 'dim' },
    { title: 'Made', cell: (one) => timeOrNothing(counting(one)?.made, formats) },
    { title: 'Received', cell: (one) => timeOrNothing(counting(one)?.received, formats) },
    { title: 'Late by', cell: (one) => lateText(counting(one), formats) },
    { title: 'Size', align: 'right', cell: (one) => sizeOrNothing(counting(one)?.bytes, formats) },
    { title: 'Of', align: 'right', cell: ({ handIns }) => (handIns.length === 0 ? '' : String(handIns.length)) },
    { title: 'Until', cell: ({ extension, deadline }) => (extension === null ? '' : formats.time(deadline)) },
    { title: 'Grade', cell: (one) => escapeText(counting(one)?.feedback?.grade ?? '') },
  ];
}

function timeOrNothing(iso: string | null | undefined, formats: Formats): string {
  return iso === undefined || iso === null ? '' : formats.time(iso);
}

function sizeOrNothing(bytes: number | undefined, formats: Formats): string {
  return bytes === undefined ? '' : formats.size(bytes);
}

function lateText(handIn: HandInInfo | undefined, formats: Formats): string {
  if (handIn === undefined || handIn.lateness === 'on-time') return '';
  const { least, most } = handIn.lateBy;
  const duration = (milliseconds: number): string => formats.duration(milliseconds / 1000);
  if (handIn.lateness === 'late') return least === null ? 'late' : `${duration(least)} or more`;
  return most === null ? 'not seen by a Master yet' : `up to ${duration(most)}`;
}

/** A hand-in, with what is known of when it was made. */
export function handInLines(one: HandInInfo, formats: Formats): string[] {
  const { id, number, made, taken, files, bytes, note, identifier, lateness, evidence, judged, received, code, receipt, feedback } = one;
  const state = one.refused === null ? (one.counts ? ', counts' : '') : `, refused: ${one.refused}`;
  return [
    `Hand-in ${number} ${shortId(id)}${identifier === null ? '' : ` (${escapeText(identifier)})`}: ${formats.count(files, 'file')}, ${formats.size(bytes)}${state}`,
    `  made ${formats.time(made)} by its author’s clock, of a snapshot taken ${formats.time(taken)}`,
    `  ${judged === null ? (received === null && lateness === 'unproven' ? 'no Master has seen it yet' : LATENESS[lateness]) : `${LATENESS[judged.verdict]}, as a Master decided ${formats.time(judged.at)}${reasonText(judged.reason)}`}`,
    `  ${pointText('not before', evidence.notBefore, formats)}; ${pointText('not after', evidence.notAfter, formats)}`,
    ...(note === '' ? [] : [`  “${escapeText(note)}”`]),
    one.isQueued
      ? '  waits for the hub'
      : `  ${received === null ? 'no Master has countersigned it yet' : `countersigned ${formats.time(received)}`}, receipt ${code}`,
    ...(receipt === null ? [] : [`  ${escapeText(receipt)}`]),
    ...(feedback === null ? [] : feedbackLines(feedback)),
  ];
}

function feedbackLines({ grade, comment, state, visibility }: NonNullable<HandInInfo['feedback']>): string[] {
  const shown = visibility === 'returned' ? '' : visibility === 'hidden' ? ' (hidden)' : ' (a draft, for Masters alone)';
  return [
    `  feedback${shown}: ${grade === null ? 'no grade' : escapeText(grade)}${state === null ? '' : ', with files'}`,
    ...comment.split('\n').flatMap((line) => (comment === '' ? [] : [`    ${escapeText(line)}`])),
  ];
}

function pointText(what: string, point: EvidencePoint | null, formats: Formats): string {
  return point === null ? `${what}: nothing proves it` : `${what} ${formats.time(point.at)} (${point.kind} ${shortId(point.record)})`;
}

function reasonText(reason: string): string {
  return reason === '' ? '' : `: ${escapeText(reason)}`;
}

const shownFiles = 40;

export function handInPlanLines(plan: HandInPlan, formats: Formats): string[] {
  const { assignment, files, bytes, extra, warnings, obstacles } = plan;
  return [
    `Would hand in ${formats.count(files.length, 'file')}, ${formats.size(bytes)}, to “${escapeText(assignment.title)}”:`,
    ...files.slice(0, shownFiles).map(({ path, size }) => `  ${escapeText(path)}  ${formats.size(size)}`),
    ...(files.length > shownFiles ? [`  and ${files.length - shownFiles} more`] : []),
    ...(extra.length === 0 ? [] : [`Not asked for: ${extra.slice(0, shownFiles).map(escapeText).join(', ')}`]),
    ...warnings.map((warning) => `Note: ${warningText(warning)}`),
    ...obstacles.map((obstacle) => `Not possible: ${obstacleText(obstacle, formats)}`),
  ];
}

export function warningText(warning: HandInWarning): string {
  switch (warning.kind) {
    case 'unchanged':
      return 'nothing is other than as it was handed out.';
    case 'again':
      return `the same was handed in before, as ${shortId(warning.handIn)}.`;
    case 'missing':
      return `“${escapeText(warning.path)}” is asked for, and is not here.`;
    case 'not-run':
      return `“${escapeText(warning.path)}” has cells that were never run: ${warning.cells.join(', ')}.`;
    case 'stale':
      return `“${escapeText(warning.path)}” has cells that were run before others above them: ${warning.cells.join(', ')}.`;
    case 'broken-notebook':
      return `“${escapeText(warning.path)}” can’t be read as a notebook.`;
    case 'late':
      return 'the deadline has passed: it counts as late.';
  }
}

function obstacleText(obstacle: HandInObstacle, formats: Formats): string {
  switch (obstacle.kind) {
    case 'closed':
      return 'it is closed.';
    case 'late':
      return obstacle.isProven
        ? `its deadline has passed (${formats.time(obstacle.deadline)}).`
        : `by this computer’s clock its deadline has passed (${formats.time(obstacle.deadline)}); with --force the Master decides.`;
    case 'nothing':
      return 'none of the files that it asks for is here.';
    case 'partial':
      return `“${escapeText(obstacle.paths[0]!)}” could not be read.`;
    case 'over-limit':
      return `${formats.size(obstacle.limit)} are allowed.`;
  }
}

export function receiptLines(receipt: ReceiptInfo, formats: Formats): string[] {
  const { title, name, author, files, bytes, root, made, taken, code, countersigned } = receipt;
  return [
    `A valid receipt, ${code}.`,
    `  ${escapeText(title)}: ${formats.count(files, 'file')}, ${formats.size(bytes)}, content ${shortId(root)}`,
    `  by ${name === null ? shortId(author) : `${escapeText(name)} (${shortId(author)})`}, made ${formats.time(made)} of a snapshot taken ${formats.time(taken)}, by the author’s clock`,
    countersigned === null
      ? '  No Master has countersigned it yet: it is its author’s claim.'
      : `  Countersigned by the Master ${shortId(countersigned.by)}, who had it ${formats.time(countersigned.received)}.`,
  ];
}

export function collectedLines({ folder, items }: CollectReport, formats: Formats): string[] {
  const fetched = items.reduce((sum, one) => sum + one.fetched, 0);
  const count = (outcome: CollectReport['items'][number]['outcome']): number => items.filter((one) => one.outcome === outcome).length;
  return [
    `Collected ${formats.count(count('collected'), 'hand-in')} into ${escapeText(folder)}; ${formats.size(fetched)} came from the hub.`,
    ...(count('there') === 0 ? [] : [`${formats.count(count('there'), 'hand-in')} had been collected before.`]),
    ...items.flatMap(({ handIn, member, problem, renamed, leftOut }) => [
      ...(problem === null ? [] : [`  ${memberText(member)} ${shortId(handIn)} could not be collected: ${escapeText(problem)}`]),
      ...changedLines({ renamed, leftOut }).map((line) => `  ${memberText(member)}: ${line}`),
    ]),
  ];
}

/** What is not in a copy as it was sent. */
function changedLines({ renamed, leftOut }: Pick<FetchedFeedback, 'renamed' | 'leftOut'>): string[] {
  const reason = ({ why }: RenamedPath): string => (why === 'code' ? 'can run programs' : 'is a name that can’t be used here');
  return [
    ...renamed.map((one) => `${escapeText(one.from)} ${reason(one)}, and is called ${escapeText(one.to)} in the copy`),
    ...leftOut.map((path) => `${escapeText(path)} leads out of the folder, and was left out`),
  ];
}

export function fetchedLines(fetched: FetchedFeedback, folder: string, formats: Formats): string[] {
  if (fetched.files === 0) return ['There are no feedback files.'];
  return [`Wrote ${formats.count(fetched.files, 'file')} to ${escapeText(folder)}.`, ...changedLines(fetched).map((line) => `  ${line}`)];
}

export function gradeColumns(formats: Formats): readonly Column<GradeRow>[] {
  return [
    { title: 'Assignment', cell: ({ title }) => escapeText(title) },
    { title: 'Member', cell: ({ member }) => memberText(member), style: () => 'bold' },
    { title: 'State', cell: ({ state }) => STATES[state] },
    { title: 'Made', cell: ({ made }) => timeOrNothing(made, formats) },
    { title: 'In time', cell: ({ lateness }) => (lateness === null ? '' : LATENESS[lateness]) },
    { title: 'Grade', cell: ({ grade }) => escapeText(grade ?? '') },
    { title: 'Seen', cell: ({ visibility }) => visibility ?? '' },
  ];
}

export function similarityLines({ compared, notHere, found, pairs }: SimilarityReport, formats: Formats): string[] {
  return [
    `Compared ${formats.count(compared, 'hand-in')}; ${pairs.length === 0 ? 'none have more in common than the task explains' : 'how alike they are says nothing of why'}.`,
    ...(found === pairs.length ? [] : [`Shown are the ${formats.number(pairs.length)} most alike of ${formats.count(found, 'pair')}.`]),
    ...(notHere.length === 0 ? [] : [`${formats.count(notHere.length, 'hand-in')} not collected yet: \`snapstage collect\` first.`]),
  ];
}

export function similarColumns(formats: Formats): readonly Column<SimilarPair>[] {
  const side = ({ handIn, member }: SimilarPair['one']): string => `${memberText(member)} ${shortId(handIn)}`;
  const percent = (part: number): string => `${formats.number(Math.round(part * 100))} %`;
  return [
    { title: 'One', cell: ({ one }) => side(one), style: () => 'bold' },
    { title: 'Other', cell: ({ other }) => side(other), style: () => 'bold' },
    { title: 'Of one', align: 'right', cell: ({ one }) => percent(one.part) },
    { title: 'Of other', align: 'right', cell: ({ other }) => percent(other.part) },
    { title: 'Lines', align: 'right', cell: ({ one, other }) => `${formats.number(one.lines)} / ${formats.number(other.lines)}` },
    { title: 'Passages', align: 'right', cell: ({ passages }) => formats.number(passages) },
    { title: 'Largest', align: 'right', cell: ({ largest }) => formats.number(largest) },
    { title: 'Same files', align: 'right', cell: ({ sameFiles }) => formats.number(sameFiles.length) },
  ];
}

export function matchLines({ regions, contents }: SimilarMatches, formats: Formats): string[] {
  const place = ({ path, fromLine, toLine }: SimilarRegion): string => `${escapeText(path)}:${fromLine}-${toLine}`;
  if (regions.length + contents.length === 0) return ['They have nothing in common beyond what was handed out.'];
  return [
    ...regions.map(({ one, other }) => `  ${place(one)}  ${place(other)}`),
    ...contents.map(({ one, other, shared }) => `  ${escapeText(one)}  ${escapeText(other)}  ${formats.count(shared, 'piece')}`),
  ];
}
