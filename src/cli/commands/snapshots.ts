/** take, list, show, edit, pin, unpin, delete */
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { DeletePlan } from '../../engine/api.ts';
import { exitCodes } from '../exit.ts';
import { changeLines, changesSummary } from '../render/changes.ts';
import { deleteLines } from '../render/plans.ts';
import { noteLines, snapshotColumns, snapshotLines, snapshotTitle, takenLines } from '../render/snapshots.ts';

export const take = command({
  name: 'take',
  group: 'snapshots',
  summary: 'Take a snapshot of the current state',
  arguments: [],
  options: {
    name: { value: 'NAME', summary: "The snapshot's name" },
    description: { value: 'TEXT', summary: "The snapshot's description" },
    pin: { summary: 'Keep it from being deleted' },
    force: { summary: 'Take it although something is in use' },
  },
  cancelled: async () => 'No snapshot was taken; the folder and the snapshots there are have not been touched.',
  async run({ options }, context) {
    if (context.flags.dryRun) return planTake(context);
    const { engine, call, flags, report } = context;
    const taken = await engine.take(
      { ...present({ name: options.name, description: options.description }), pin: options.pin, force: options.force },
      call,
    );
    await report.result(taken, () => (flags.quiet ? [taken.id] : takenLines(taken, report.formats)));
    if (!taken.partial) return exitCodes.done;
    const count = report.formats.count(taken.unreadable.length, 'entry', 'entries');
    await report.warn(
      `snapstage: The snapshot was taken, but it is partial: ${count} could not be read.`,
      ...noteLines('', taken.unreadable).slice(2),
    );
    return exitCodes.failed;
  },
});

async function planTake({ engine, call, io, report }: Context): Promise<number> {
  const { changes, latest } = await engine.status({ changes: true }, call);
  await report.result({ plan: { latest, changes } }, () => {
    if (changes === null) return ['Would take the first snapshot, of everything in the folder.'];
    const summary = changesSummary(changes, report.formats);
    return [
      `Would take a snapshot; since the latest: ${summary === '' ? 'nothing changed' : summary}.`,
      ...changeLines(changes, report.formats, io.out.paint),
    ];
  });
  return exitCodes.done;
}

export const list = command({
  name: 'list',
  group: 'snapshots',
  summary: 'List the snapshots, newest first',
  arguments: [],
  options: {},
  async run(_, { engine, call, io, report }) {
    const snapshots = await engine.list(call);
    await report.result(snapshots, () =>
      snapshots.length === 0 ? [] : report.table(snapshots, snapshotColumns(report.formats, io.out.terminal)),
    );
    if (snapshots.length === 0 && io.out.terminal) await report.note(() => ['No snapshot yet: `snapstage take` takes one.']);
    return exitCodes.done;
  },
});

export const show = command({
  name: 'show',
  group: 'snapshots',
  summary: 'Show everything about a snapshot',
  arguments: ['STATE'],
  options: {},
  async run({ arguments: [state] }, { engine, call, report }) {
    const snapshot = await engine.show(state, call);
    await report.result(snapshot, () => snapshotLines(snapshot, report.formats));
    return exitCodes.done;
  },
});

export const edit: Command = command({
  name: 'edit',
  group: 'snapshots',
  summary: "Change a snapshot's name or description ('' clears it)",
  arguments: ['STATE'],
  options: {
    name: { value: 'NAME', summary: 'The new name' },
    description: { value: 'TEXT', summary: 'The new description' },
  },
  async run({ arguments: [state], options }, context) {
    if (options.name === undefined && options.description === undefined)
      throw usageError('What is to be changed? Give --name or --description.', edit);
    return label(state, present({ name: cleared(options.name), description: cleared(options.description) }), 'Edited', context);
  },
});

export const pin = command({
  name: 'pin',
  group: 'snapshots',
  summary: 'Keep a snapshot from being deleted',
  arguments: ['STATE'],
  options: {},
  run: ({ arguments: [state] }, context) => label(state, { pinned: true }, 'Pinned', context),
});

export const unpin = command({
  name: 'unpin',
  group: 'snapshots',
  summary: 'Let a pinned snapshot be deleted again',
  arguments: ['STATE'],
  options: {},
  run: ({ arguments: [state] }, context) => label(state, { pinned: false }, 'Unpinned', context),
});

interface Labels {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly pinned?: boolean;
}

async function label(state: string, labels: Labels, done: string, { engine, call, flags, report }: Context): Promise<number> {
  if (flags.dryRun) {
    const snapshot = await engine.show(state, call);
    await report.result({ plan: { snapshot, ...labels } }, () => [`Would change the labels of snapshot ${snapshotTitle(snapshot)}.`]);
    return exitCodes.done;
  }
  const snapshot = await engine.edit({ state, ...labels }, call);
  if (flags.json) await report.document(snapshot);
  else await report.note(() => [`${done} snapshot ${snapshotTitle(snapshot)}.`]);
  return exitCodes.done;
}

/** An empty label means none. */
function cleared(text: string | undefined): string | null | undefined {
  return text === '' ? null : text;
}

export const remove = command({
  name: 'delete',
  group: 'snapshots',
  summary: 'Delete snapshots; says first what goes, and needs --yes',
  arguments: ['STATE…'],
  options: {},
  cancelled: async () => '`snapstage list` shows which snapshots are still there; a snapshot goes whole or stays whole.',
  async run({ arguments: [states] }, context) {
    const { engine, call, flags, report } = context;
    const plan = await engine.planDelete(states, call);
    if (flags.dryRun) {
      await report.result({ plan }, () => deleteLines(plan, report.formats));
      return exitCodes.done;
    }
    const lines = deleteLines(plan, report.formats);
    if (plan.blocked.length > 0) {
      await report.note(() => lines);
      throw blocked(plan);
    }
    await requireConsent(context, { what: 'Deleting', question: 'Delete?', plan, lines });
    const deleted = await engine.delete(
      plan.snapshots.map((snapshot) => snapshot.id),
      call,
    );
    const items = deleted.snapshots.map((snapshot) => ({ id: snapshot.id, name: snapshot.name, outcome: 'deleted' }));
    if (flags.json) await report.document({ plan, outcome: { items } });
    else
      await report.note(() => [`Deleted ${report.formats.count(items.length, 'snapshot')}. \`snapstage compact\` gives the space back.`]);
    return exitCodes.done;
  },
});

function blocked(plan: DeletePlan): SnapstageError {
  const reasons = plan.blocked.map(({ id, reason }) => {
    const snapshot = plan.snapshots.find((each) => each.id === id);
    return `${snapshot === undefined ? id : snapshotTitle(snapshot)}: ${reason}`;
  });
  return new SnapstageError('refused', `Nothing was deleted. ${reasons.join('; ')}`, { plan });
}
