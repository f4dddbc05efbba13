/** audit */
import path from 'node:path';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import type { Context } from '../context.ts';
import { exitCodes, noInstance } from '../exit.ts';
import { auditColumns, reportLines } from '../render/audit.ts';
import { escapeText } from '../render/text.ts';
import type { AuditEntry, AuditReport } from '../../engine/auditApi.ts';

export const audit: Command = command({
  name: 'audit',
  group: 'stage, space',
  summary: 'Show every action in the Space, in order and by whom; check that nothing was changed; export it',
  arguments: ['[FILE]'],
  options: {
    verify: { summary: 'Check every record, and the hub; with FILE an exported trail, which needs no instance' },
    export: { value: 'FILE', summary: 'Write the trail to one file that can be checked elsewhere' },
    assignment: { value: 'ASSIGNMENT', summary: 'What was done about one assignment alone' },
    force: { summary: 'Replace the exported FILE if it is there' },
    offline: { summary: 'As far as is known here, without asking the hub' },
  },
  needs: 'nothing',
  cancelled: async () => 'Nothing was changed, and no file was written.',
  async run({ arguments: [file], options }, context) {
    const { engine, call, folder, io, flags, report } = context;
    if (options.assignment !== undefined && (options.verify || options.export !== undefined))
      throw usageError('--assignment shows a part; --verify and --export take all.', audit);
    if (options.verify && options.export !== undefined) throw usageError('Either --verify or --export.', audit);
    if (file !== undefined && !options.verify) throw usageError('A FILE is for --verify alone.', audit);
    if (file !== undefined) return verdict(await engine.verifyAuditFile({ from: path.resolve(io.cwd, file) }, call), context);
    if (!(await engine.status({ changes: false }, call)).initialized) throw noInstance(folder);
    if (options.verify) return verdict(await engine.verifyAudit({ hub: !options.offline }, call), context);
    if (!options.offline) await engine.space({ sync: true }, call);
    if (options.export === undefined) {
      const trail = await engine.audit(call);
      const entries = await chosen(trail.entries, options.assignment, context);
      await report.result({ ...trail, entries }, () => report.table(entries, auditColumns(trail.entries, report.formats)));
      return exitCodes.done;
    }
    const to = path.resolve(io.cwd, options.export);
    if (flags.dryRun) {
      const { entries } = await engine.audit(call);
      const what = report.formats.count(entries.length, 'record');
      await report.result({ plan: { file: to, records: entries.length } }, () => [`Would write ${what} to ${escapeText(to)}.`]);
      return exitCodes.done;
    }
    const done = await engine.exportAudit({ to, force: options.force }, call);
    await report.result({ ...done, file: to }, () => [
      `Wrote ${report.formats.count(done.records, 'record')} to ${escapeText(to)}: ${report.formats.size(done.bytes)}.`,
      'It holds in words what this instance can read: whoever has the file can read that too. `snapstage audit --verify FILE` checks it anywhere.',
    ]);
    return exitCodes.done;
  },
});

/** Those about one assignment, where one is named. */
async function chosen(
  entries: readonly AuditEntry[],
  named: string | undefined,
  { engine, call }: Context,
): Promise<readonly AuditEntry[]> {
  if (named === undefined) return entries;
  const { id } = await engine.assignment({ assignment: named }, call);
  return entries.filter(({ assignment }) => assignment === id);
}

async function verdict(found: AuditReport, { report, io }: Context): Promise<number> {
  await report.result(found, () => reportLines(found, report.formats));
  if (!found.isDamaged) return exitCodes.done;
  const damage = found.findings.filter(({ isDamage }) => isDamage).length;
  if (!io.out.terminal) await report.warn(`snapstage: ${report.formats.count(damage, 'part')} of the trail damaged.`);
  return exitCodes.damaged;
}
