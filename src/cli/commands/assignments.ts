/** assignment create, list, show, edit, extend, judge */
import { parseSize } from '../../base/format.ts';
import type { AssignmentPart, CreateAssignmentRequest, EditAssignmentRequest } from '../../engine/assignmentApi.ts';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { assignmentColumns, assignmentLines, handInLines, planLines, standingColumns } from '../render/assignments.ts';
import { shortId } from '../render/text.ts';

export const group = 'assignments';

const termOptions = {
  description: { value: 'TEXT', summary: 'What is to be done, in Markdown' },
  deadline: { value: 'TIME', summary: '2026-12-01T23:59:00+01:00; or 2026-12-01 23:59, or a day, in the time zone' },
  zone: { value: 'ZONE', summary: 'A time zone such as Europe/Berlin (default: that of this computer)' },
  path: { value: 'PATH', many: true, summary: 'A file or folder that is to be handed in' },
  only: { value: 'PATTERN', many: true, summary: 'Of folders what the pattern takes, in the syntax of gitignore' },
  limit: { value: 'SIZE', summary: 'The largest hand-in: 20MB; none: no limit' },
  late: { value: 'POLICY', summary: 'accept (and mark as late) or refuse' },
} as const;

export const assignmentCreate: Command = command({
  name: 'assignment create',
  group,
  summary: 'Give an assignment; what it is about is handed out with it, where that was not done yet',
  arguments: ['TITLE'],
  options: {
    ...termOptions,
    to: { value: 'WHO', many: true, summary: 'all (default), a member by name or id, or group:NAME' },
    distribution: { value: 'ID', summary: 'The distribution that it is about' },
    anonymous: { summary: 'Whoever grades sees pseudonyms until the feedback is returned' },
  },
  cancelled: async () => 'There is no new assignment; what had been handed out with it stays so.',
  async run({ arguments: [title], options }, context) {
    const { engine, call, flags, report } = context;
    if (options.deadline === undefined) throw usageError('Until when? Give --deadline.', assignmentCreate);
    const request: CreateAssignmentRequest = {
      title,
      deadline: options.deadline,
      isAnonymous: options.anonymous,
      ...termsOf(options, context, assignmentCreate),
      ...present({
        to: options.to.length === 0 ? undefined : options.to.includes('all') ? ('all' as const) : options.to,
        distribution: options.distribution,
      }),
    };
    if (flags.dryRun) {
      const plan = await engine.planAssignment(request, call);
      await report.result({ plan }, () => planLines(plan, report.formats));
      return exitCodes.done;
    }
    const made = await engine.createAssignment(request, call);
    await report.result(made, () => [
      `Gave the assignment ${shortId(made.id)}.`,
      ...assignmentLines(made, report.formats),
      '`snapstage collect` collects what is handed in.',
    ]);
    return exitCodes.done;
  },
});

export const assignmentList = command({
  name: 'assignment list',
  group,
  summary: 'Show the assignments, the next deadline first',
  arguments: [],
  options: { offline: { summary: 'As far as is known here, without asking the hub' } },
  async run({ options: { offline } }, { engine, call, report }) {
    if (!offline) await engine.space({ sync: true }, call);
    const all = await engine.assignments(call);
    await report.result(all, () =>
      all.length === 0 ? ['There is no assignment yet.'] : report.table(all, assignmentColumns(report.formats, Date.now())),
    );
    return exitCodes.done;
  },
});

export const assignmentShow = command({
  name: 'assignment show',
  group,
  summary: 'Show an assignment, and how everybody stands in it, with the evidence',
  arguments: ['ASSIGNMENT'],
  options: { offline: { summary: 'As far as is known here, without asking the hub' } },
  async run({ arguments: [assignment], options: { offline } }, { engine, call, report }) {
    if (!offline) await engine.space({ sync: true }, call);
    const found = await engine.assignment({ assignment }, call);
    await report.result(found, () => [
      ...assignmentLines(found, report.formats),
      ...(found.counts === null ? [] : report.table(found.standings, standingColumns(report.formats))),
      ...(found.counts === null ? found.standings : [])
        .flatMap(({ handIns }) => handIns)
        .flatMap((one) => handInLines(one, report.formats)),
    ]);
    return exitCodes.done;
  },
});

export const assignmentEdit: Command = command({
  name: 'assignment edit',
  group,
  summary: 'Change an assignment; members are told',
  arguments: ['ASSIGNMENT'],
  options: {
    title: { value: 'TEXT', summary: 'Another title' },
    ...termOptions,
    anonymous: { summary: 'Whoever grades sees pseudonyms until the feedback is returned' },
    named: { summary: 'Whoever grades sees names' },
    close: { summary: 'Nobody hands in any more' },
    reopen: { summary: 'It is open again' },
  },
  async run({ arguments: [assignment], options }, context) {
    const { engine, call, flags, report } = context;
    const request: EditAssignmentRequest = {
      assignment,
      ...termsOf(options, context, assignmentEdit),
      ...present({
        title: options.title,
        deadline: options.deadline,
        isAnonymous: oneOf(options.anonymous, options.named, 'Either --anonymous or --named.'),
        isClosed: oneOf(options.close, options.reopen, 'Either --close or --reopen.'),
      }),
    };
    if (Object.keys(request).length === 1) throw usageError('What is to be changed?', assignmentEdit);
    if (flags.dryRun) {
      await report.result({ plan: request }, () => ['Would change it, and tell its members.']);
      return exitCodes.done;
    }
    const changed = await engine.editAssignment(request, call);
    await report.result(changed, () => assignmentLines(changed, report.formats));
    return exitCodes.done;
  },
});

export const assignmentExtend: Command = command({
  name: 'assignment extend',
  group,
  summary: 'Give members another deadline',
  arguments: ['ASSIGNMENT'],
  options: {
    to: { value: 'WHO', many: true, summary: 'A member by name or id, or group:NAME with who is in it now' },
    deadline: termOptions.deadline,
    zone: { ...termOptions.zone, summary: 'A time zone such as Europe/Berlin (default: that of the assignment)' },
    reason: { value: 'TEXT', summary: 'What they are told' },
    none: { summary: 'Take an extension back' },
  },
  async run({ arguments: [assignment], options }, { engine, call, flags, report }) {
    if (options.to.length === 0) throw usageError('For whom? Give --to.', assignmentExtend);
    if ((options.deadline === undefined) !== options.none) throw usageError('Give --deadline, or --none.', assignmentExtend);
    const { to, zone, reason } = options;
    const request = { assignment, to, deadline: options.deadline ?? null, ...present({ zone, reason }) };
    if (flags.dryRun) {
      await report.result({ plan: request }, () => [`Would change the deadline for ${to.join(', ')}.`]);
      return exitCodes.done;
    }
    const found = await engine.extend(request, call);
    await report.result(found, () => report.table(found.standings, standingColumns(report.formats)));
    return exitCodes.done;
  },
});

export const assignmentJudge: Command = command({
  name: 'assignment judge',
  group,
  summary: 'Decide whether a hand-in was in time, where nothing proves it or something else is to hold',
  arguments: ['HAND-IN'],
  options: {
    'on-time': { summary: 'It was in time' },
    late: { summary: 'It was late' },
    reason: { value: 'TEXT', summary: 'Why; its author is told' },
  },
  async run({ arguments: [handIn], options }, { engine, call, flags, report }) {
    if (options['on-time'] === options.late) throw usageError('Either --on-time or --late.', assignmentJudge);
    const verdict = options.late ? 'late' : 'on-time';
    if (flags.dryRun) {
      await report.result({ plan: { handIn, verdict } }, () => [`Would take it for ${verdict}.`]);
      return exitCodes.done;
    }
    const judged = await engine.judge({ handIn, verdict, ...present({ reason: options.reason }) }, call);
    await report.result(judged, () => handInLines(judged, report.formats));
    return exitCodes.done;
  },
});

function oneOf(yes: boolean, no: boolean, message: string): boolean | undefined {
  if (yes && no) throw usageError(message, assignmentEdit);
  return yes ? true : no ? false : undefined;
}

interface TermOptions {
  readonly description: string | undefined;
  readonly zone: string | undefined;
  readonly path: readonly string[];
  readonly only: readonly string[];
  readonly limit: string | undefined;
  readonly late: string | undefined;
}

type Terms = Pick<CreateAssignmentRequest, 'description' | 'zone' | 'parts' | 'limit' | 'late'>;

/** What these options of a command ask for. @throws SnapstageError `usage`. */
function termsOf(options: TermOptions, { path }: Context, of: Command): Terms {
  const { description, zone, only, late } = options;
  if (only.length > 0 && options.path.length === 0) throw usageError('Of which folders? Give --path with --only.', of);
  if (late !== undefined && late !== 'accept' && late !== 'refuse') throw usageError(`“${late}” is not a policy: accept or refuse.`, of);
  const parts = options.path.map((one): AssignmentPart => ({ path: path(one), patterns: only }));
  return present({
    description,
    zone,
    late,
    parts: parts.length === 0 ? undefined : parts,
    limit: limitOf(options.limit, of),
  });
}

function limitOf(text: string | undefined, of: Command): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === 'none') return null;
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw usageError(`“${text}” is not a size: write 20MB, 500kB or a number of bytes, or none.`, of);
}
