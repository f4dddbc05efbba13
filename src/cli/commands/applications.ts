/** apps, check, recreate */
import path from 'node:path';
import { SnapstageError } from '../../base/errors.ts';
import type { RecreatePlan } from '../../engine/applicationsApi.ts';
import { command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { applicationColumns, checkLines, commandText, recreateLines, remarkLines } from '../render/applications.ts';

export const apps = command({
  name: 'apps',
  group: 'tables, applications',
  summary: 'List the applications of a state (default: the current one): Python, Node.js, R, … projects, the editor, containers',
  arguments: ['[STATE]'],
  options: {},
  async run({ arguments: [state = 'current'] }, { engine, call, io, flags, report }) {
    const { applications, more } = await engine.applications({ state }, call);
    await report.result(applications, () =>
      applications.length === 0 ? [] : report.table(applications, applicationColumns(report.formats)),
    );
    if (!flags.json && !flags.quiet) await warnOf(remarkLines(applications), report);
    if (more > 0) await report.warn(`snapstage: ${report.formats.count(more, 'more application')} in this state: not read.`);
    if (applications.length === 0 && io.out.terminal) await report.note(() => ['No application was found.']);
    return exitCodes.done;
  },
});

export const check = command({
  name: 'check',
  group: 'tables, applications',
  summary: 'Compare the applications of a state with what is here; exit code 1 where something differs',
  arguments: ['STATE'],
  options: {},
  async run({ arguments: [state] }, { engine, call, io, report }) {
    const found = await engine.checkApplications({ state }, call);
    await report.result(found, () => checkLines(found.applications, report.formats, io.out.paint, !io.out.terminal));
    const count = report.formats.count(found.applications.length, 'application');
    if (found.more > 0) await report.warn(`snapstage: ${report.formats.count(found.more, 'more application')}: not compared.`);
    if (found.same && io.out.terminal) await report.note(() => [`All as in the state: ${count} compared.`]);
    return found.same ? exitCodes.done : exitCodes.failed;
  },
});

export const recreate = command({
  name: 'recreate',
  group: 'tables, applications',
  summary: 'Show the commands that recreate an application in the current folder, and run them; needs --yes',
  arguments: ['STATE', 'APP'],
  options: {},
  cancelled: async () => 'The command was stopped; `snapstage check` says what is still missing.',
  async run({ arguments: [state, application] }, context) {
    const { engine, call, flags, report } = context;
    const plan = await engine.planRecreate({ state, application }, call);
    const lines = recreateLines(plan);
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    if (plan.blocked.length > 0) {
      await report.note(() => lines);
      throw blocked(plan, state);
    }
    await requireConsent(context, { what: 'Running these commands', question: 'Run?', plan, lines });
    return runCommands(plan, context);
  },
});

async function runCommands(plan: RecreatePlan, { folder, io, flags, report }: Context): Promise<number> {
  const items: { command: readonly string[]; exitCode: number }[] = [];
  for (const each of plan.commands) {
    io.signal.throwIfAborted();
    await report.warn(`> ${commandText(each)}`);
    const place = { folder: path.join(folder, plan.folder), instance: folder, signal: io.signal };
    const exitCode = await io.start({ command: each, output: flags.json ? 'err' : 'out', ...place });
    io.signal.throwIfAborted();
    items.push({ command: each, exitCode });
    if (exitCode !== 0) break;
  }
  const failed = items.find(({ exitCode }) => exitCode !== 0);
  if (flags.json) await report.document({ plan, outcome: { items } });
  else if (failed === undefined) await report.note(() => ['Done. `snapstage check` says whether all is as in the state.']);
  if (failed === undefined) return exitCodes.done;
  await report.warn(`snapstage: ${commandText(failed.command)} ended with exit code ${failed.exitCode}; what comes after it was not run.`);
  return exitCodes.failed;
}

function blocked(plan: RecreatePlan, state: string): SnapstageError {
  const reasons = plan.blocked.map(({ path: at, reason }) => `${at} ${reason}`).join('; ');
  const next =
    state === 'current'
      ? 'Move what is in the way, and run it again.'
      : 'Bring the configuration files back with `snapstage restore STATE PATH…`, and run it again.';
  return new SnapstageError('refused', `Nothing was run: ${reasons}.`, { plan, next });
}

async function warnOf(lines: readonly string[], report: Context['report']): Promise<void> {
  if (lines.length > 0) await report.warn(...lines);
}
