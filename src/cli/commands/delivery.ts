/** distribute, distributions, inbox, receive, resolve */
import type { Choice, DeliveryInfo, DeliveryPlan, DistributeRequest, DistributionInfo, Resolution } from '../../engine/deliveryApi.ts';
import type { StageHereRequest } from '../../engine/pullApi.ts';
import { SnapstageError } from '../../base/errors.ts';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { handOutOptions, handOutRequest, strategiesOf, whom } from './handOut.ts';
import { delivered, directLines, directOption, directPlanLines } from './direct.ts';
import {
  deliveryColumns,
  deliveryTitle,
  distributionColumns,
  distributionLines,
  exceptionTitle,
  itemTitle,
  objectLines,
  outcomeSentence,
  receivedSentence,
  targetColumns,
} from '../render/delivery.ts';
import { shortId } from '../render/text.ts';

const group = 'stage, space';

export const distribute: Command = command({
  name: 'distribute',
  group,
  summary: 'Hand out what is on the Stage to the members of the Space',
  arguments: [],
  options: {
    ...handOutOptions,
    to: { ...handOutOptions.to, summary: `${whom}; or me: what is staged from snapshots, into this folder` },
    message: { value: 'TEXT', short: 'm', summary: 'What the recipients are told' },
    ...directOption,
  },
  cancelled: async () => 'Nothing was handed out.',
  async run({ options }, context) {
    const { engine, call, flags, report } = context;
    if (options.to.includes('me')) {
      if (options.to.length > 1)
        throw usageError('What goes to this folder goes nowhere else at the same time: give --to me alone.', distribute);
      if (options['strategy-at'].length + options['strategy-at-table'].length > 0)
        throw usageError('--strategy-at is for members, and not for --to me.', distribute);
      return stagedHere(strategiesOf(options, distribute), context);
    }
    const request: DistributeRequest = { ...handOutRequest(options, context, distribute), ...present({ message: options.message }) };
    const plan = await engine.planDistribution(request, call);
    const who = plan.to === 'all' ? 'all members' : report.formats.count(plan.to.length, 'member');
    const what = report.formats.count(plan.objects.length, 'object');
    if (flags.dryRun) {
      const direct = await directPlanLines(options, context);
      await report.result({ plan }, () => [
        `Would hand out ${what} to ${who}:`,
        ...plan.objects.map((item) => `  ${itemTitle(item)}  ${item.strategy}`),
        ...plan.exceptions.map((one) => `  ${exceptionTitle(one)}  ${one.strategy}`),
        ...(plan.takesSnapshot ? ['A snapshot of the current state is taken first.'] : []),
        ...direct,
      ]);
      return exitCodes.done;
    }
    const made = await engine.distribute(request, call);
    const direct = await delivered(options, context);
    await report.result({ ...made, direct }, () => [
      `Handed out ${what} to ${who} as ${shortId(made.id)}. It is applied when they receive it; \`snapstage distributions\` tells.`,
      ...directLines(direct),
    ]);
    return exitCodes.done;
  },
});

/** Partial restores through the Stage. */
async function stagedHere(request: StageHereRequest, context: Context): Promise<number> {
  const { engine, call, flags, report } = context;
  const plan = await engine.planStageHere(request, call);
  const lines = [...objectLines(plan.objects), outcomeSentence(plan.counts)];
  if (flags.dryRun) {
    await report.result({ plan }, () => lines);
    return exitCodes.done;
  }
  if (plan.counts.replaced + plan.counts.deleted > 0)
    await requireConsent(context, { what: 'Replacing files', question: 'Bring it here?', plan, lines });
  const outcome = await engine.stageHere({ ...request, from: plan.from, confirmed: true }, call);
  await report.result({ plan, outcome }, () => [...objectLines(outcome.objects), receivedSentence(outcome.counts)]);
  return exitCodes.done;
}

export const distributions = command({
  name: 'distributions',
  group,
  summary: 'Show what the Masters handed out, and what became of it; of one with each member',
  arguments: ['[DISTRIBUTION]'],
  options: { offline: { summary: 'As far as is known here, without asking the hub' } },
  async run({ arguments: [wanted], options: { offline } }, { engine, call, report }) {
    if (!offline) await engine.space({ sync: true }, call);
    const all = await engine.distributions(call);
    if (wanted !== undefined) {
      const one = named(all, wanted);
      await report.result(one, () => [...distributionLines(one), ...report.table(one.targets, targetColumns(report.formats))]);
      return exitCodes.done;
    }
    await report.result(all, () =>
      all.length === 0 ? ['Nothing was handed out yet.'] : report.table(all, distributionColumns(report.formats)),
    );
    return exitCodes.done;
  },
});

/** @throws SnapstageError `not-found`, `ambiguous`. */
function named(all: readonly DistributionInfo[], text: string): DistributionInfo {
  const found = all.filter(({ id }) => id.startsWith(text));
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new SnapstageError('not-found', `There is no distribution ${text}.`, { distribution: text });
  throw new SnapstageError('ambiguous', `“${text}” fits ${found.length} distributions.`, { distribution: text });
}

export const inbox = command({
  name: 'inbox',
  group,
  summary: 'Show what was delivered to this instance',
  arguments: [],
  options: { offline: { summary: 'As far as is known here, without asking the hub' } },
  async run({ options: { offline } }, { engine, call, report }) {
    if (!offline) await engine.space({ sync: true }, call);
    const all = await engine.inbox(call);
    await report.result(all, () =>
      all.length === 0 ? ['Nothing was delivered yet.'] : report.table(all, deliveryColumns(report.formats)),
    );
    return exitCodes.done;
  },
});

export const receive = command({
  name: 'receive',
  group,
  summary: 'Apply what was delivered: all of it but conflicts that wait for a decision; `undo` brings back what was there',
  arguments: ['[DELIVERY…]'],
  options: { offline: { summary: 'What is known here already, without asking the hub' } },
  cancelled: async () => 'What was not applied to its end was not applied at all.',
  async run({ arguments: [ids], options: { offline } }, context) {
    const { engine, call, flags, report } = context;
    if (!offline) await engine.space({ sync: true }, call);
    const chosen = await deliveries(ids, context);
    const plans: DeliveryPlan[] = [];
    const outcomes = [];
    for (const { id } of chosen) {
      const plan = await engine.planReceive({ delivery: id }, call);
      plans.push(plan);
      if (flags.dryRun) continue;
      if (plan.isMostOfAll) {
        const lines = [
          `${deliveryTitle(plan.delivery)} would delete ${report.formats.count(plan.deletedFiles, 'file')}, more than half of all that are here:`,
          ...objectLines(plan.objects),
        ];
        await requireConsent(context, { what: 'Deleting most of the files', question: 'Apply it?', plan, lines });
      }
      outcomes.push(await engine.receive({ delivery: id, from: plan.from, ...(plan.isMostOfAll ? { confirmed: true } : {}) }, call));
    }
    const done = flags.dryRun ? plans : outcomes;
    await report.result(flags.dryRun ? { plan: plans } : outcomes, () =>
      done.length === 0
        ? ['There is nothing new.']
        : done.flatMap((one) => [
            `${deliveryTitle(one.delivery)}: ${flags.dryRun ? outcomeSentence(one.counts) : receivedSentence(one.counts)}`,
            ...objectLines(one.objects),
          ]),
    );
    return done.some(({ counts }) => counts.waiting > 0) ? exitCodes.conflicts : exitCodes.done;
  },
});

export const resolve: Command = command({
  name: 'resolve',
  group,
  summary: 'Choose for conflicts of a delivery; `receive` applies the choices',
  arguments: ['DELIVERY', '[PATH…]'],
  options: {
    take: {
      value: 'WHICH',
      summary:
        'incoming, mine, both (the incoming one beside mine), merge (where only different lines were changed), or later: takes the choice back',
    },
    all: { summary: 'For all that wait' },
  },
  async run({ arguments: [delivery, paths], options: { take, all } }, context) {
    const { engine, call, flags, report } = context;
    const resolution = takeOf(take);
    if (paths.length === 0 && !all) throw usageError('Which conflicts? Name paths, or --all.', resolve);
    const wanted = new Set(paths.map(context.path));
    const plan = await engine.planReceive({ delivery }, call);
    const open = plan.objects.filter(({ choices }) => choices.length > 0);
    const chosen = open.filter(({ place, outcome }) => wanted.has(place) || (all && (outcome === 'waiting' || resolution === null)));
    const missing = [...wanted].find((one) => !open.some(({ place }) => place === one));
    if (missing !== undefined) throw new SnapstageError('not-found', `“${missing}” is in no conflict of this delivery.`, { path: missing });
    const choices = chosen.map(({ place, part, type, triple }): Choice => ({
      place,
      triple,
      take: resolution,
      ...(type === 'table' && part !== null ? { part } : {}),
    }));
    if (flags.dryRun) {
      await report.result({ plan: choices }, () => [`Would choose ${take ?? ''} for ${report.formats.count(choices.length, 'conflict')}.`]);
      return exitCodes.done;
    }
    const after = await engine.resolve({ delivery, choices }, call);
    await report.result(after, () => [
      outcomeSentence(after.counts),
      ...objectLines(after.objects.filter(({ outcome }) => outcome === 'waiting')),
    ]);
    return after.counts.waiting > 0 ? exitCodes.conflicts : exitCodes.done;
  },
});

/** Those that are named, or all that are new; the oldest first. */
async function deliveries(ids: readonly string[], { engine, call }: Context): Promise<readonly DeliveryInfo[]> {
  const all = (await engine.inbox(call)).toReversed();
  if (ids.length === 0) return all.filter(({ state }) => state === 'new' || state === 'waiting');
  return ids.map((text) => {
    const found = all.filter(({ id }) => text.length >= 4 && id.startsWith(text));
    if (found.length === 1) return found[0]!;
    throw new SnapstageError('not-found', `There is no delivery “${text}”.`, { delivery: text });
  });
}

function takeOf(text: string | undefined): Resolution | null {
  if (text === 'incoming' || text === 'mine' || text === 'both' || text === 'merge') return text;
  if (text === 'later') return null;
  throw usageError('What is to be taken? Give --take incoming, mine, both, merge or later.', resolve);
}
