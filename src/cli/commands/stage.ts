/** stage add, remove, list, clear, strategy, save, use, bundles, delete */
import { SnapstageError } from '../../base/errors.ts';
import type { ObjectRequest, Stage, StagedObject, StageRequest, Strategy } from '../../engine/stageApi.ts';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { bundleColumns, missingLines, objectTitle, stageColumns, stagedLines, stageRows } from '../render/stage.ts';
import { escapeText } from '../render/text.ts';

const group = 'stage, space';
const current = 'current';
/** As the core has them; it is not loaded for a line of help. */
const strategies: readonly Strategy[] = ['overwrite', 'skip', 'rename', 'mirror', 'ask'];
const table = { value: 'DB:TABLE', many: true, summary: 'A table of a database' } as const;
const app = { value: 'APP', many: true, summary: 'An application, as `apps` names it' } as const;

export const stageAdd: Command = command({
  name: 'stage add',
  group,
  summary: 'Put files, folders, tables, applications or a snapshot on the Stage: what is to be distributed next',
  arguments: ['[PATH…]'],
  options: {
    from: { value: 'STATE', summary: 'The state that they are from (default: the current one)' },
    table,
    app,
    snapshot: { value: 'STATE', summary: 'All of a snapshot' },
    strategy: { value: 'S', summary: `What happens where the target has something else: ${strategies.join(', ')}` },
  },
  async run({ arguments: [paths], options }, context) {
    const state = options.from ?? current;
    const objects: ObjectRequest[] = [
      ...paths.map((path) => ({ type: 'path', state, path: context.path(path) }) as const),
      ...options.table.map((text) => ({ type: 'table', state, ...tableOf(text, context, stageAdd) }) as const),
      ...options.app.map((application) => ({ type: 'application', state, application }) as const),
      ...(options.snapshot === undefined ? [] : [{ type: 'snapshot', state: options.snapshot } as const]),
    ];
    if (objects.length === 0) throw usageError('What is to be staged? Name paths, --table, --app or --snapshot.', stageAdd);
    if (options.snapshot === current)
      throw usageError('The current state is no snapshot: name the folder, “.”, to stage all of it.', stageAdd);
    return put({ objects, ...present({ strategy: strategyOf(options.strategy, stageAdd) }) }, context);
  },
});

export const stageUse = command({
  name: 'stage use',
  group,
  summary: 'Put what a bundle holds on the Stage; what lies there stays, unless the bundle has it from another state',
  arguments: ['NAME'],
  options: {},
  run: ({ arguments: [bundle] }, context) => put({ bundle }, context),
});

async function put(request: StageRequest, { engine, call, flags, report }: Context): Promise<number> {
  const plan = flags.dryRun ? await engine.planStage(request, call) : await engine.addToStage(request, call);
  if (flags.json) await report.document(flags.dryRun ? { plan } : plan);
  else await report.note(() => stagedLines(plan, report.formats).map((line) => `${flags.dryRun ? 'Would stage' : 'Staged'} ${line}`));
  if (plan.missing.length === 0) return exitCodes.done;
  await report.warn(...missingLines(plan).map((line) => `snapstage: ${line}.`));
  return exitCodes.failed;
}

export const stageRemove: Command = command({
  name: 'stage remove',
  group,
  summary: 'Take objects off the Stage; nothing happens to the files themselves',
  arguments: ['[PATH…]'],
  options: {
    table,
    app,
    snapshot: { summary: 'The whole snapshot that is staged' },
    id: { value: 'ID', many: true, summary: 'What `stage list` shows by its id alone, as it can’t be read' },
  },
  async run({ arguments: [paths], options }, context) {
    const stage = await context.engine.stage(context.call);
    const unreadable = options.id.map((id) => mustFind(stage.unreadable.filter((one) => id.length >= 4 && one.id.startsWith(id))[0], id));
    const selected = select(stage, { paths, ...options }, context, stageRemove);
    const objects = [...selected, ...(options.snapshot ? [mustFind(stage.objects.find(isWhole), 'a whole snapshot')] : [])];
    if (objects.length + unreadable.length === 0)
      throw usageError('What is to be taken off? Name paths, --table, --app or --snapshot.', stageRemove);
    return takeOff(
      objects,
      unreadable.map(({ id }) => id),
      context,
    );
  },
});

export const stageClear = command({
  name: 'stage clear',
  group,
  summary: 'Take everything off the Stage; nothing happens to the files themselves',
  arguments: [],
  options: {},
  async run(_, context) {
    const { objects, unreadable } = await context.engine.stage(context.call);
    return takeOff(
      objects,
      unreadable.map(({ id }) => id),
      context,
    );
  },
});

/** `unreadable`: ids of what goes with them. */
async function takeOff(objects: readonly StagedObject[], unreadable: readonly string[], context: Context): Promise<number> {
  const { engine, call, flags, report } = context;
  const removed = { objects, unreadable };
  const count = report.formats.count(objects.length + unreadable.length, 'object');
  if (flags.dryRun) {
    await report.result({ plan: removed }, () => [`Would take ${count} off the Stage.`]);
    return exitCodes.done;
  }
  await engine.removeFromStage([...objects.map(({ id }) => id), ...unreadable], call);
  if (flags.json) await report.document({ removed });
  else await report.note(() => [`Took ${count} off the Stage.`]);
  return exitCodes.done;
}

export const stageStrategy: Command = command({
  name: 'stage strategy',
  group,
  summary: `Choose what happens to staged objects where the target has something else: ${strategies.join(', ')}, or default`,
  arguments: ['STRATEGY', '[PATH…]'],
  options: { table, app, snapshot: { summary: 'The whole snapshot that is staged' } },
  async run({ arguments: [given, paths], options }, context) {
    const { engine, call, flags, report } = context;
    const strategy = given === 'default' ? null : strategyOf(given, stageStrategy)!;
    const stage = await engine.stage(call);
    const objects = [
      ...select(stage, { paths, ...options }, context, stageStrategy),
      ...(options.snapshot ? [mustFind(stage.objects.find(isWhole), 'a whole snapshot')] : []),
    ];
    if (objects.length === 0) throw usageError('Of what? Name paths, --table, --app or --snapshot.', stageStrategy);
    const count = report.formats.count(objects.length, 'object');
    if (flags.dryRun) {
      await report.result({ plan: { strategy, objects } }, () => [`Would set the strategy of ${count} to ${given}.`]);
      return exitCodes.done;
    }
    const now = await engine.setStrategy({ ids: objects.map(({ id }) => id), strategy }, call);
    if (flags.json) await report.document(now);
    else await report.note(() => [`The strategy of ${count} is ${given} now.`]);
    return exitCodes.done;
  },
});

export const stageList = command({
  name: 'stage list',
  group,
  summary: 'List what lies on the Stage, by path',
  arguments: [],
  options: {},
  async run(_, { engine, call, io, report }) {
    const stage = await engine.stage(call);
    const rows = stageRows(stage);
    await report.result(stage, () => (rows.length === 0 ? [] : report.table(rows, stageColumns)));
    if (rows.length === 0 && io.out.terminal) await report.note(() => ['The Stage is empty: `snapstage stage add` puts something on it.']);
    return exitCodes.done;
  },
});

export const stageSave = command({
  name: 'stage save',
  group,
  summary: 'Keep what lies on the Stage as a bundle, to use it again; replacing one of that name needs --yes',
  arguments: ['NAME'],
  options: {},
  async run({ arguments: [name] }, context) {
    const { engine, call, flags, report } = context;
    const { objects } = await engine.stage(call);
    const { bundles } = await engine.bundles(call);
    const replaces = bundles.find((bundle) => bundle.name === name) ?? null;
    const count = report.formats.count(objects.length, 'object');
    const lines = [`${replaces === null ? 'Keep' : 'Replace'} the bundle “${escapeText(name)}”: ${count}.`];
    const plan = { name, objects, replaces };
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    if (replaces !== null) await requireConsent(context, { what: 'Replacing a bundle', question: 'Replace it?', plan, lines });
    const saved = await engine.saveBundle({ name, replace: replaces !== null }, call);
    if (flags.json) await report.document(saved);
    else await report.note(() => [`Kept ${count} as the bundle “${escapeText(name)}”.`]);
    return exitCodes.done;
  },
});

export const stageBundles = command({
  name: 'stage bundles',
  group,
  summary: 'List the bundles',
  arguments: [],
  options: {},
  async run(_, { engine, call, io, report }) {
    const { bundles, unreadable } = await engine.bundles(call);
    await report.result({ bundles, unreadable }, () => (bundles.length === 0 ? [] : report.table(bundles, bundleColumns(report.formats))));
    if (unreadable.length > 0)
      await report.warn(...unreadable.map(({ id, reason }) => `snapstage: Bundle ${id} can’t be read: ${reason}.`));
    else if (bundles.length === 0 && io.out.terminal)
      await report.note(() => ['No bundle yet: `snapstage stage save` keeps the Stage as one.']);
    return exitCodes.done;
  },
});

export const stageDelete = command({
  name: 'stage delete',
  group,
  summary: 'Delete bundles; needs --yes',
  arguments: ['NAME…'],
  options: {},
  async run({ arguments: [names] }, context) {
    const { engine, call, flags, report } = context;
    const { bundles } = await engine.bundles(call);
    const plan = { bundles: bundles.filter(({ name }) => names.includes(name)) };
    const lines = names.map((name) => `delete  the bundle “${escapeText(name)}”`);
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    await requireConsent(context, { what: 'Deleting', question: 'Delete?', plan, lines });
    const left = await engine.deleteBundles(names, call);
    if (flags.json) await report.document({ plan, ...left });
    else await report.note(() => [`Deleted ${report.formats.count(names.length, 'bundle')}.`]);
    return exitCodes.done;
  },
});

interface Selection {
  readonly paths: readonly string[];
  readonly table: readonly string[];
  readonly app: readonly string[];
}

/** The staged objects that are named. @throws SnapstageError `not-found` when one is not on the Stage. */
function select({ objects }: Stage, { paths, table: tables, app: apps }: Selection, context: Context, of: Command): StagedObject[] {
  const named = (text: string, isMeant: (object: StagedObject) => boolean): StagedObject => mustFind(objects.find(isMeant), text);
  const byPath = paths.map((text) => {
    const path = context.path(text);
    return named(path, (object) => object.path === path && object.table === null && object.application === null);
  });
  const byTable = tables.map((text) => {
    const wanted = tableOf(text, context, of);
    return named(text, (object) => object.path === wanted.path && object.table?.toLowerCase() === wanted.table.toLowerCase());
  });
  const byApp = apps.map((text) => {
    const fitting = objects.filter((object) => object.application === text || (object.application && objectTitle(object).startsWith(text)));
    if (fitting.length < 2) return mustFind(fitting[0], text);
    throw new SnapstageError('ambiguous', `“${text}” fits ${fitting.length} applications.`, {
      candidates: fitting.map(objectTitle),
      next: '`snapstage stage list` shows which.',
    });
  });
  return [...byPath, ...byTable, ...byApp];
}

function mustFind<T>(found: T | undefined, text: string): T {
  if (found !== undefined) return found;
  throw new SnapstageError('not-found', `“${text}” is not on the Stage.`, { next: '`snapstage stage list` shows what is.' });
}

function isWhole({ type }: StagedObject): boolean {
  return type === 'snapshot';
}

/** `DB` ends at the first colon. */
function tableOf(text: string, { path }: Context, of: Command): { readonly path: string; readonly table: string } {
  const colon = text.indexOf(':');
  if (colon < 1) throw usageError('Name the table as DB:TABLE.', of);
  return { path: path(text.slice(0, colon)), table: text.slice(colon + 1) };
}

function strategyOf(text: string | undefined, of: Command): Strategy | undefined {
  if (text === undefined) return undefined;
  const found = strategies.find((strategy) => strategy === text);
  if (found === undefined) throw usageError(`“${text}” is no strategy: choose ${strategies.join(', ')}.`, of);
  return found;
}
