/** hand-in, receipt verify, receipt save, collect, feedback, grades, similarity */
import path from 'node:path';
import type { FeedbackInfo } from '../../engine/assignmentApi.ts';
import { gradesCsv } from '../../engine/gradesFile.ts';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import { exitCodes } from '../exit.ts';
import {
  collectedLines,
  fetchedLines,
  gradeColumns,
  handInLines,
  handInPlanLines,
  matchLines,
  receiptLines,
  similarColumns,
  similarityLines,
  warningText,
} from '../render/assignments.ts';
import { escapeText, shortId } from '../render/text.ts';
import { group } from './assignments.ts';

export const handIn: Command = command({
  name: 'hand-in',
  group,
  summary: 'Hand in what an assignment asks for, from the current state or a snapshot; the receipt is kept',
  arguments: ['ASSIGNMENT'],
  options: {
    from: { value: 'STATE', summary: 'A snapshot (default: the current state, of which one is taken)' },
    note: { value: 'TEXT', summary: 'What the instructor is told' },
    identifier: { value: 'TEXT', summary: 'What the instructor asked for to tell hand-ins apart' },
    force: { summary: 'Also when this computer’s clock says that the deadline has passed: the Master decides' },
    offline: { summary: 'Without asking the hub what is new first' },
  },
  cancelled: async () => '`snapstage assignment show` tells whether it was handed in. The snapshot that was taken stays.',
  async run({ arguments: [assignment], options }, context) {
    const { engine, call, flags, report } = context;
    const { from, note, identifier, force } = options;
    if (!options.offline) await engine.space({ sync: true }, call).catch(unlessAway);
    const request = { assignment, force, ...present({ from, note, identifier }) };
    const plan = await engine.planHandIn(request, call);
    const lines = handInPlanLines(plan, report.formats);
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return plan.obstacles.length > 0 ? exitCodes.refused : exitCodes.done;
    }
    const doubts = plan.warnings.filter(({ kind }) => kind === 'unchanged' || kind === 'missing');
    if (plan.obstacles.length === 0 && doubts.length > 0 && context.io.ask !== undefined && !flags.json)
      await requireConsent(context, { what: 'Handing in', question: 'Hand it in all the same?', plan, lines });
    const done = await engine.handIn({ ...request, expected: plan.from }, call);
    const { id, receipt, lateness, made, deadline } = done.handIn;
    const document = { id, receipt, late: lateness === 'late' || made > deadline, files: plan.files, warnings: plan.warnings, ...done };
    await report.result(document, () => [
      `Handed in ${report.formats.count(plan.files.length, 'file')}, ${report.formats.size(plan.bytes)}, as ${shortId(id)}.`,
      ...plan.warnings.map((warning) => `  ${warningText(warning)}`),
      done.isSent
        ? 'It is in the hub. It counts as received when the Master’s instance has seen it.'
        : 'The hub can’t be reached now: it is sent with the next sync. What counts is when the Master sees it.',
      ...handInLines(done.handIn, report.formats),
    ]);
    return exitCodes.done;
  },
});

/** What is to be handed in is handed in later, where the hub is not there. */
function unlessAway(error: unknown): void {
  const reason = (error as { readonly details?: { readonly reason?: unknown } }).details?.reason;
  if (reason !== 'hub-unreachable') throw error;
}

export const receiptVerify = command({
  name: 'receipt verify',
  group,
  summary: 'Check the receipt of a hand-in; needs neither the Space nor its hub',
  arguments: ['FILE'],
  options: {},
  needs: 'nothing',
  async run({ arguments: [file] }, { engine, call, io, report }) {
    const found = await engine.verifyReceipt({ from: path.resolve(io.cwd, file) }, call);
    await report.result({ isValid: true, ...found }, () => receiptLines(found, report.formats));
    return exitCodes.done;
  },
});

export const receiptSave = command({
  name: 'receipt save',
  group,
  summary: 'Write the receipt of a hand-in of one’s own to a file',
  arguments: ['HAND-IN', 'FILE'],
  options: { force: { summary: 'Replace FILE if it is there' }, offline: { summary: 'Without asking the hub' } },
  async run({ arguments: [id, file], options }, { engine, call, io, flags, report }) {
    const to = path.resolve(io.cwd, file);
    if (flags.dryRun) {
      await report.result({ plan: { handIn: id, file: to } }, () => [`Would write it to ${escapeText(to)}.`]);
      return exitCodes.done;
    }
    if (!options.offline) await engine.space({ sync: true }, call);
    const found = await engine.saveReceipt({ handIn: id, to, force: options.force }, call);
    await report.result({ ...found, file: to }, () => receiptLines(found, report.formats));
    return exitCodes.done;
  },
});

export const collect = command({
  name: 'collect',
  group,
  summary: 'Collect what was handed in into review copies; again: only what is new',
  arguments: ['ASSIGNMENT', '[MEMBER…]'],
  options: {
    to: { value: 'DIR', summary: 'Where to (default: Assignments beside the instance)' },
    all: { summary: 'Every hand-in; else of each member the one that counts, and the last before the deadline' },
  },
  cancelled: async () => 'What was collected stays; collect again for the rest.',
  async run({ arguments: [assignment, members], options }, { engine, call, io, flags, report }) {
    const to = options.to === undefined ? undefined : path.resolve(io.cwd, options.to);
    if (flags.dryRun) {
      await engine.space({ sync: true }, call);
      const { standings } = await engine.assignment({ assignment }, call);
      const wanted = standings.flatMap(({ handIns }) => handIns).filter(({ counts, copy }) => copy === null && (counts || options.all));
      await report.result({ plan: wanted }, () => [`Would collect ${report.formats.count(wanted.length, 'hand-in')}.`]);
      return exitCodes.done;
    }
    const which = options.all ? 'all' : 'counting';
    const request = { assignment, which, ...present({ to, members: members.length === 0 ? undefined : members }) } as const;
    const done = await engine.collect(request, call);
    await report.result(done, () => collectedLines(done, report.formats));
    return done.items.some(({ outcome }) => outcome === 'failed') ? exitCodes.failed : exitCodes.done;
  },
});

export const feedback: Command = command({
  name: 'feedback',
  group,
  summary: 'Grade a hand-in and return it; or, with --save, get the files that came back',
  arguments: ['HAND-IN'],
  options: {
    grade: { value: 'TEXT', summary: 'A number, letters, a word; an empty one takes it away' },
    comment: { value: 'TEXT', summary: 'In Markdown' },
    file: { value: 'FILE', many: true, summary: 'A file or folder to go with it, in place of those that there were' },
    return: { summary: 'The author is told, and sees it' },
    hidden: { summary: 'With --return: the author is told, and sees it when it is returned again without --hidden' },
    save: { value: 'DIR', summary: 'Write the feedback files into a new folder' },
  },
  async run({ arguments: [handedIn], options }, { engine, call, io, flags, report }) {
    const { grade, comment, file, save } = options;
    if (save !== undefined) {
      await engine.space({ sync: true }, call);
      const to = path.resolve(io.cwd, save);
      const got = await engine.fetchFeedback({ handIn: handedIn, to }, call);
      await report.result({ ...got, folder: to }, () => fetchedLines(got, to, report.formats));
      return exitCodes.done;
    }
    if (options.hidden && !options.return) throw usageError('--hidden goes with --return.', feedback);
    if (grade === undefined && comment === undefined && file.length === 0 && !options.return)
      throw usageError('What does it get back? Give --grade, --comment, --file or --return.', feedback);
    const visibility: FeedbackInfo['visibility'] = !options.return ? 'draft' : options.hidden ? 'hidden' : 'returned';
    const request = {
      handIn: handedIn,
      visibility,
      ...present({
        grade: grade === '' ? null : grade,
        comment,
        files: file.length === 0 ? undefined : file.map((one) => path.resolve(io.cwd, one)),
      }),
    };
    if (flags.dryRun) {
      await report.result({ plan: request }, () => [options.return ? 'Would return it.' : 'Would note it for Masters alone.']);
      return exitCodes.done;
    }
    const given = await engine.giveFeedback(request, call);
    await report.result(given, () => handInLines(given, report.formats));
    return exitCodes.done;
  },
});

export const grades: Command = command({
  name: 'grades',
  group,
  summary: 'Show the grades of an assignment, or of all',
  arguments: ['[ASSIGNMENT]'],
  options: {
    csv: { summary: 'As comma-separated values, in which nothing runs in a spreadsheet' },
    offline: { summary: 'As far as is known here, without asking the hub' },
  },
  async run({ arguments: [assignment], options }, { engine, call, flags, report }) {
    if (options.csv && flags.json) throw usageError('Either --csv or --json.', grades);
    if (!options.offline) await engine.space({ sync: true }, call);
    const rows = await engine.grades(present({ assignment }), call);
    if (options.csv) await report.bytes(Buffer.from(gradesCsv(rows)));
    else
      await report.result(rows, () =>
        rows.length === 0 ? ['Nobody can hand in anything yet.'] : report.table(rows, gradeColumns(report.formats)),
      );
    return exitCodes.done;
  },
});

export const similarity: Command = command({
  name: 'similarity',
  group,
  summary: 'Show how alike collected hand-ins are, beyond what was handed out; of two, what they have in common. A help, never a verdict',
  arguments: ['ASSIGNMENT'],
  options: { between: { value: 'HAND-IN', many: true, summary: 'Two hand-ins to be looked at side by side' } },
  async run({ arguments: [assignment], options: { between } }, { engine, call, report }) {
    const [one, other, ...more] = between;
    if (one === undefined) {
      const found = await engine.similarity({ assignment }, call);
      await report.result(found, () => [
        ...similarityLines(found, report.formats),
        ...report.table(found.pairs, similarColumns(report.formats)),
      ]);
      return exitCodes.done;
    }
    if (other === undefined || more.length > 0) throw usageError('Give two hand-ins: --between A --between B.', similarity);
    const found = await engine.similarMatches({ one, other }, call);
    await report.result(found, () => matchLines(found, report.formats));
    return exitCodes.done;
  },
});
