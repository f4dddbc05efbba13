/** restore, undo, recover, clone */
import path from 'node:path';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { RestoreItem, RestoreOutcome, RestorePlan, RestoreRequest } from '../../engine/api.ts';
import { exitCodes } from '../exit.ts';
import { firstLines } from '../render/changes.ts';
import { changesNothing, restoredLines, restoreItemLines, restoreSentence } from '../render/plans.ts';
import { contentText, noteText, snapshotTitle } from '../render/snapshots.ts';
import { interruptedLines } from '../render/status.ts';
import { escapeText } from '../render/text.ts';
import { pulled, upToDate } from './recall.ts';

/** Lines of a plan that are shown above a question. */
const shownItems = 20;

/** A plan's document: what will be done, to what. */
type PlanDocument = Partial<RestorePlan> & Pick<RestorePlan, 'counts' | 'items'>;

export const restore = command({
  name: 'restore',
  group: 'snapshots',
  summary: 'Bring the folder, or some paths of it, back to a snapshot',
  arguments: ['STATE', '[PATH…]'],
  options: {
    to: { value: 'DIR', summary: 'Restore into another folder' },
    'keep-both': { summary: 'Keep what differs, and write the restored one beside it' },
  },
  cancelled: stateAfterCancelling,
  async run({ arguments: [state, given], options }, context) {
    const { engine, call, flags, io, report } = context;
    const isPull = given.length > 0 && options.to === undefined && !options['keep-both'];
    if (isPull && (await upToDate([state], context))) return pulled(given, context);
    const paths = given.map(context.path);
    const request: RestoreRequest = {
      state,
      // The folder itself among the paths means all of it.
      ...(paths.length > 0 && !paths.includes('') && { paths }),
      ...present({ to: options.to === undefined ? undefined : path.resolve(io.cwd, options.to) }),
      ...(options['keep-both'] && { keepBoth: true }),
    };
    if (flags.yes && !flags.dryRun) return finished(await engine.restore(request, call), request, undefined, context);

    const plan = await engine.planRestore(request, call);
    if (flags.dryRun) return printPlan(plan, context);
    if (needsConsent(plan, context)) {
      const items = restoreItemLines(plan.items, report.formats, io.out.paint);
      const lines = [...firstLines(items, shownItems, report.formats, '--dry-run shows all'), restoreSentence(plan, report.formats)];
      await requireConsent(context, { what: 'This restore', question: 'Restore?', plan, lines });
    }
    if (changesNothing(plan.counts)) {
      await report.result({ plan }, () => [restoreSentence(plan, report.formats)]);
      return exitCodes.done;
    }
    return finished(await engine.executeRestore(plan, call), request, plan, context);
  },
});

/** The whole folder always; otherwise what replaces or deletes something. */
function needsConsent({ request, counts }: RestorePlan, { io, flags }: Context): boolean {
  const somebodyThere = io.ask !== undefined && !flags.json;
  const wholeFolder = request.to === undefined && request.paths === undefined;
  // With nothing to do a question would be silly, but a script is told the same every time.
  if (wholeFolder) return !somebodyThere || !changesNothing(counts);
  return counts.replace + counts.delete > 0;
}

async function printPlan(plan: RestorePlan, { io, report }: Context): Promise<number> {
  await report.result({ plan }, () => [
    ...restoreItemLines(plan.items, report.formats, io.out.paint),
    restoreSentence(plan, report.formats),
  ]);
  return exitCodes.done;
}

export const undo = command({
  name: 'undo',
  group: 'snapshots',
  summary: 'Take back the last restore',
  arguments: [],
  options: {},
  cancelled: stateAfterCancelling,
  async run(_, context) {
    const { engine, call, flags } = context;
    if (flags.dryRun) return printPlan(await engine.planUndo(call), context);
    return finished(await engine.undo(call), undefined, undefined, context);
  },
});

export const recover: Command = command({
  name: 'recover',
  group: 'store',
  summary: 'End an interrupted restore, one way or the other',
  arguments: [],
  options: {
    finish: { summary: 'Go on with it to the end' },
    undo: { summary: 'Put back what was there before it' },
  },
  cancelled: stateAfterCancelling,
  async run({ options }, context) {
    if (options.finish === options.undo) throw usageError('Give --finish or --undo.', recover);
    const { engine, call, flags, report } = context;
    const how = options.finish ? 'finish' : 'undo';
    if (!flags.dryRun) return finished(await engine.recover(how, call), undefined, undefined, context);
    const { interrupted } = await engine.status({ changes: false }, call);
    if (interrupted === null) throw new SnapstageError('not-found', 'There is no interrupted restore.');
    await report.result({ plan: { how, interrupted } }, () => interruptedLines(interrupted, report.formats));
    return exitCodes.done;
  },
});

export const clone = command({
  name: 'clone',
  group: 'snapshots',
  summary: 'Make a new instance from a state',
  arguments: ['STATE', 'DIR'],
  options: {
    linked: { summary: 'Store nothing again: it counts on this instance, whose snapshot then can’t be deleted' },
    'no-files': { summary: 'With --linked: leave the folder empty, at once whatever the size; “restore latest [PATH…]” fills it' },
  },
  cancelled: async () => 'There is no new instance. This one has not been touched.',
  async run({ arguments: [state, folder], options: { linked, 'no-files': withoutFiles } }, { engine, call, flags, io, report }) {
    if (withoutFiles && !linked) throw usageError('--no-files goes with --linked.', clone);
    const how = linked ? ', linked' : '';
    const empty = withoutFiles ? ' Its folder is empty: “restore latest” there fills it, “restore latest PATH” brings what you name.' : '';
    const to = path.resolve(io.cwd, folder);
    if (flags.dryRun) {
      const snapshot = await engine.show(state, call);
      const sentence = `Would make a new${how} instance in ${escapeText(to)} from snapshot ${snapshotTitle(snapshot)}: ${contentText(snapshot, report.formats)}.${empty}`;
      await report.result({ plan: { to, snapshot, linked, withoutFiles } }, () => [sentence]);
      return exitCodes.done;
    }
    const made = await engine.clone({ state, to, linked, withoutFiles }, call);
    const holds = `${report.formats.count(made.files, 'file')}, ${report.formats.size(made.bytes)}`;
    await report.result({ ...made, linked, withoutFiles }, () => [
      `${escapeText(made.folder)} is a new${how} instance with snapshot ${snapshotTitle(made.snapshot)}: ${holds}.${empty}`,
    ]);
    return exitCodes.done;
  },
});

/** Reports an outcome. With problems the exit code is 1, and each is named on standard error. */
async function finished(
  outcome: RestoreOutcome,
  request: RestoreRequest | undefined,
  plan: RestorePlan | undefined,
  context: Context,
): Promise<number> {
  const { flags, io, report } = context;
  if (flags.json) await report.document(restoreDocument(outcome, request, plan));
  else await report.note(() => restoredLines(outcome, request, report.formats));
  const elsewhere = outcome.items.filter((item) => item.as !== undefined || (item.action === 'keep' && item.reason !== undefined));
  if (!flags.quiet && elsewhere.length > 0) await report.warn(...restoreItemLines(elsewhere, report.formats, io.err.paint));
  if (outcome.problems.length === 0) return exitCodes.done;
  const count = report.formats.count(outcome.problems.length, 'item');
  await report.warn(`snapstage: ${count} could not be done:`, ...outcome.problems.map((problem) => `  ${noteText(problem)}`));
  return exitCodes.failed;
}

function restoreDocument(outcome: RestoreOutcome, request: RestoreRequest | undefined, plan: RestorePlan | undefined): object {
  const problems = new Map(outcome.problems.map((problem) => [problem.path, problem.reason]));
  const planned: PlanDocument = plan ?? { ...present({ request }), counts: outcome.counts, items: outcome.items };
  const items = outcome.items.map((item) => ({ path: item.path, action: item.action, ...itemOutcome(item, problems) }));
  return { plan: planned, outcome: { counts: outcome.counts, items, safety: outcome.safety ?? null, problems: outcome.problems } };
}

function itemOutcome(item: RestoreItem, problems: ReadonlyMap<string, string>): { outcome: 'done' | 'kept' | 'failed'; problem?: string } {
  const problem = problems.get(item.path);
  if (problem !== undefined) return { outcome: 'failed', problem };
  return { outcome: item.action === 'keep' ? 'kept' : 'done' };
}

/** Whether the cancelled restore had begun to change files, as the journal tells. */
async function stateAfterCancelling({ engine, report }: Context): Promise<string> {
  const { interrupted } = await engine.status({ changes: false });
  if (interrupted === null) return 'No restore is left half done.';
  return interruptedLines(interrupted, report.formats).join(' ');
}
