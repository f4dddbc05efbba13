/** detach, links */
import path from 'node:path';
import type { Links } from '../../engine/linksApi.ts';
import { command, usageError } from '../args.ts';
import { requireConsent } from '../consent.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { escapeText } from '../render/text.ts';

export const detach = command({
  name: 'detach',
  group: 'snapshots',
  summary: 'Make a linked instance independent: it gets a copy of all that it has from its parent',
  arguments: [],
  options: {},
  cancelled: async () => 'The instance is still linked.',
  async run(_, { engine, call, flags, report }) {
    const { parent } = await engine.links(call);
    if (flags.dryRun && parent !== null) {
      await report.result({ plan: { parent } }, () => [
        `Would copy what this instance needs from ${escapeText(parent.folder)}, and end the link.`,
      ]);
      return exitCodes.done;
    }
    const { objects, bytes } = await engine.detach(call);
    const what = `${report.formats.count(objects, 'object')}, ${report.formats.size(bytes)}`;
    await report.result({ parent, objects, bytes }, () => [`This instance is independent now: ${what} copied.`]);
    return exitCodes.done;
  },
});

export const links = command({
  name: 'links',
  group: 'snapshots',
  summary: 'Show what this instance is linked to, and what is linked to it',
  arguments: [],
  options: {
    parent: { value: 'DIR', summary: 'The instance that this one is linked to has been moved here' },
    forget: { value: 'ID', summary: 'A linked instance is gone for good: nothing is kept for it any more' },
  },
  async run({ options: { parent, forget } }, context) {
    const { engine, call } = context;
    if (parent !== undefined && forget !== undefined) throw usageError('--parent and --forget can’t be given together.', links);
    if (parent !== undefined) return pointAnew(path.resolve(context.io.cwd, parent), context);
    return forget === undefined ? show(await engine.links(call), context) : letGo(forget, context);
  },
});

async function pointAnew(parent: string, context: Context): Promise<number> {
  const { engine, call, flags, report } = context;
  if (!flags.dryRun) return show(await engine.relink({ parent }, call), context);
  await report.result({ plan: { parent } }, () => [`Would count on the instance in ${escapeText(parent)} from now on.`]);
  return exitCodes.done;
}

async function letGo(id: string, context: Context): Promise<number> {
  const { engine, call, flags, report } = context;
  const { dependants } = await engine.links(call);
  const gone = dependants.find((dependant) => dependant.id.startsWith(id));
  const plan = { dependants: gone === undefined ? [] : [gone] };
  const consequence = [
    `Nothing will be kept any more for the linked instance that was in ${escapeText(gone?.folder ?? 'a place that is not known')}.`,
    'Should it still be somewhere, its snapshots lose what they have from here once this store is compacted.',
  ];
  if (gone !== undefined && !gone.found) {
    if (flags.dryRun) {
      await report.result({ plan }, () => consequence);
      return exitCodes.done;
    }
    await requireConsent(context, { what: 'Forgetting a linked instance', question: 'Forget it?', plan, lines: consequence });
  }
  return show(await engine.forget({ dependant: id }, call), context);
}

async function show(now: Links, { report }: Context): Promise<number> {
  await report.result(now, () => lines(now));
  return exitCodes.done;
}

function lines({ parent, dependants }: Links): string[] {
  const told = dependants.map(({ id, folder, snapshot, found }) =>
    folder === null || snapshot === null
      ? `${id.slice(0, 8)}  a linked instance of which the record is damaged`
      : `${id.slice(0, 8)}  depends on snapshot ${snapshot.slice(0, 8)}: ${escapeText(folder)}${found ? '' : ' (not found there)'}`,
  );
  if (parent === null) return told.length > 0 ? told : ['Nothing is linked to this instance, nor it to another one.'];
  const where = `${escapeText(parent.folder)}${parent.found ? '' : ' (not found there)'}`;
  return [`linked to snapshot ${parent.snapshot.slice(0, 8)} of ${where}`, ...told];
}
