/** recall, recalls, undo-distribution, pull */
import type { BringPlan } from '../../engine/pullApi.ts';
import type { RecallInfo, RecallPlan, RecallRequest } from '../../engine/recallApi.ts';
import { SnapstageError } from '../../base/errors.ts';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { delivered, directLines, directOption } from './direct.ts';
import { deliveryTitle, objectLines, outcomeSentence, receivedSentence } from '../render/delivery.ts';
import { recallColumns, recalledLines } from '../render/recall.ts';
import { escapeText, shortId } from '../render/text.ts';

const group = 'stage, space';

export const recall: Command = command({
  name: 'recall',
  group,
  summary: 'Take back what was handed out, where it was not edited; snapshots keep what they hold',
  arguments: ['[PATH…]'],
  options: {
    for: { value: 'WHO', many: true, summary: 'all (default; `others` is the same), a member by name or id, or group:NAME' },
    'even-edited': { summary: 'Also where it was edited; otherwise that stays, and `recalls` tells' },
    previous: { summary: 'Bring what was delivered before in its place, instead of nothing' },
    distribution: { value: 'ID', many: true, summary: 'Of these distributions alone (default: of all that delivered the paths)' },
    message: { value: 'TEXT', short: 'm', summary: 'What the recipients are told' },
    ...directOption,
  },
  cancelled: async () => 'Nothing was recalled.',
  async run({ arguments: [paths], options }, context) {
    const { engine, call, flags, report } = context;
    if (paths.length === 0 && options.distribution.length === 0)
      throw usageError('What is to be recalled? Name paths, or a --distribution.', recall);
    const isAll = options.for.length === 0 || options.for.includes('all') || options.for.includes('others');
    const request: RecallRequest = present({
      paths: paths.length === 0 ? undefined : paths.map(context.path),
      distributions: options.distribution.length === 0 ? undefined : options.distribution,
      to: isAll ? 'all' : options.for,
      evenEdited: options['even-edited'],
      previous: options.previous,
      message: options.message,
    });
    const plan = await engine.planRecall(request, call);
    const lines = planLines(plan, context);
    if (flags.dryRun) {
      await report.result({ plan }, () => [`Would take back ${lines[0]}`, ...lines.slice(1)]);
      return exitCodes.done;
    }
    if (plan.evenEdited) {
      const warned = [`This takes back ${lines[0]}`, ...lines.slice(1), 'What was edited goes too; each keeps a snapshot of it.'];
      await requireConsent(context, { what: 'Taking back what was edited', question: 'Recall it?', plan, lines: warned });
    }
    const outcome = await engine.recall(request, call);
    const direct = await delivered(options, context);
    await report.result({ plan, outcome, direct }, () => [
      `Recalled as ${outcome.map(({ id }) => shortId(id)).join(', ')}. It is done when they receive it; \`snapstage recalls\` tells.`,
      ...directLines(direct),
    ]);
    return exitCodes.done;
  },
});

function planLines({ distributions, paths, to }: RecallPlan, { report }: Context): string[] {
  const what = paths.length === 0 ? 'all' : paths.map(escapeText).join(', ');
  const who = to === 'all' ? 'all who got it' : to.map(({ id, name }) => escapeText(name ?? shortId(id))).join(', ');
  const count = report.formats.count(distributions.length, 'distribution');
  return [`${what} of ${count} from ${who}:`, ...distributions.map((one) => `  ${deliveryTitle(one)}`)];
}

export const recalls = command({
  name: 'recalls',
  group,
  summary: 'Show what was taken back from here, and what stayed because it was edited',
  arguments: [],
  options: { offline: { summary: 'As far as is known here, without asking the hub' } },
  async run({ options: { offline } }, { engine, call, report }) {
    if (!offline) await engine.space({ sync: true }, call);
    const all = await engine.recalls(call);
    const kept = all.flatMap(recalledLines);
    await report.result(all, () =>
      all.length === 0 ? ['Nothing was taken back from here yet.'] : [...report.table(all, recallColumns(report.formats)), ...kept],
    );
    return exitCodes.done;
  },
});

export const undoDistribution = command({
  name: 'undo-distribution',
  group,
  summary: 'Put back what a distribution changed, wherever nobody has touched it since',
  arguments: ['DISTRIBUTION'],
  options: directOption,
  cancelled: async () => 'Nothing was undone.',
  async run({ arguments: [distribution], options }, context) {
    const { engine, call, flags, report } = context;
    if (flags.dryRun) {
      const plan = await engine.planRecall({ distributions: [distribution], previous: true }, call);
      const title = deliveryTitle(plan.distributions[0]!);
      await report.result({ plan }, () => [`Would put back what ${title} changed, wherever nobody has touched it since.`]);
      return exitCodes.done;
    }
    const outcome: RecallInfo = await engine.undoDistribution({ distribution }, call);
    const direct = await delivered(options, context);
    await report.result({ outcome, direct }, () => [
      `Undone as ${shortId(outcome.id)}. It is done when they receive it; \`snapstage recalls\` tells.`,
      ...directLines(direct),
    ]);
    return exitCodes.done;
  },
});

export const pull: Command = command({
  name: 'pull',
  group,
  summary: 'Bring back the version of a path that was distributed; `undo` brings back what was there',
  arguments: ['PATH…'],
  options: { offline: { summary: 'What is known here already, without asking the hub' } },
  cancelled: async () => 'What was not pulled to its end was not pulled at all.',
  async run({ arguments: [paths], options: { offline } }, context) {
    if (!offline && !(await upToDate([DISTRIBUTED], context))) throw noSpace();
    return pulled(paths, context);
  },
});

/** What all that was distributed is called among states. */
const DISTRIBUTED = 'distributed';

/** Brings `distributed` up to date where it is among the states that a command reads. False where it is not, or there is no Space. */
export async function upToDate(states: readonly (string | undefined)[], { engine, call, report, flags }: Context): Promise<boolean> {
  if (!states.includes(DISTRIBUTED)) return false;
  try {
    const { isOffline } = await engine.distributed({ sync: true }, call);
    if (isOffline && !flags.quiet) await report.warn('The hub can’t be reached: this is what was distributed as far as is known here.');
    return true;
  } catch (error) {
    // It may be what somebody called a snapshot.
    if (!(error instanceof SnapstageError) || error.details['reason'] !== 'no-space') throw error;
    return false;
  }
}

function noSpace(): SnapstageError {
  return new SnapstageError('not-found', 'This instance belongs to no Space: nothing was distributed to it.', { reason: 'no-space' });
}

/** Makes paths of the folder as they were distributed. */
export async function pulled(given: readonly string[], context: Context): Promise<number> {
  const { engine, call, flags, report } = context;
  const request = { paths: given.map(context.path) };
  const plan = await engine.planPull(request, call);
  if (flags.dryRun) {
    await report.result({ plan }, () => [...objectLines(plan.objects), outcomeSentence(plan.counts)]);
    return exitCodes.done;
  }
  if (plan.counts.replaced > 0) {
    const lines = [...objectLines(plan.objects), outcomeSentence(plan.counts)];
    await requireConsent(context, { what: 'Replacing what was edited', question: 'Pull it?', plan, lines });
  }
  const outcome = await engine.pull({ ...request, from: plan.from, confirmed: true }, call);
  await report.result({ plan, outcome }, () => [
    ...objectLines(outcome.objects),
    ...waitingLines(outcome),
    receivedSentence(outcome.counts),
  ]);
  return exitCodes.done;
}

function waitingLines({ counts }: Pick<BringPlan, 'counts'>): string[] {
  return counts.waiting === 0 ? [] : ['What can run programs is pulled when it is named itself.'];
}
