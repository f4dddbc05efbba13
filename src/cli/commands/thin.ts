/** thin */
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import type { RetentionPolicy } from '../../engine/storageApi.ts';
import { exitCodes } from '../exit.ts';
import { thinLines } from '../render/retention.ts';

const number = (summary: string) => ({ value: 'N', summary }) as const;

export const thin: Command = command({
  name: 'thin',
  group: 'store',
  summary: 'Delete automatic snapshots that no rule keeps (default: the rules of `config retention`); needs --yes',
  arguments: [],
  options: {
    'keep-last': number('Keep the last N'),
    'keep-hourly': number('Keep the newest of each of the last N hours that have any'),
    'keep-daily': number('The same for days'),
    'keep-weekly': number('The same for weeks'),
    'keep-monthly': number('The same for months'),
    'keep-yearly': number('The same for years'),
    'keep-within': { value: 'SPAN', summary: 'Keep all so far back from the newest: 30d, 1y6m, 12h' },
  },
  cancelled: async () => '`snapstage list` shows which snapshots are still there; a snapshot goes whole or stays whole.',
  async run({ options }, context) {
    const { engine, call, flags, io, report } = context;
    const policy: RetentionPolicy = present({
      last: count(options['keep-last']),
      hourly: count(options['keep-hourly']),
      daily: count(options['keep-daily']),
      weekly: count(options['keep-weekly']),
      monthly: count(options['keep-monthly']),
      yearly: count(options['keep-yearly']),
      within: options['keep-within'],
    });
    const given = Object.keys(policy).length > 0 ? { policy } : {};
    const plan = await engine.planThin({ ...given, ...present({ timeZone: io.timeZone }) }, call);
    const lines = thinLines(plan, report.formats);
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    if (plan.snapshots.length > 0) await requireConsent(context, { what: 'Deleting', question: 'Delete?', plan, lines });
    const { snapshots } = await engine.thin(plan, call);
    const items = snapshots.map((snapshot) => ({ id: snapshot.id, name: snapshot.name, outcome: 'deleted' }));
    if (flags.json) await report.document({ plan, outcome: { items } });
    else
      await report.note(() =>
        items.length === 0
          ? ['No automatic snapshot had to go.']
          : [`Deleted ${report.formats.count(items.length, 'automatic snapshot')}. \`snapstage compact\` gives the space back.`],
      );
    return exitCodes.done;
  },
});

function count(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw usageError(`“${text}” is not a number above 0.`, thin);
  return Number(text);
}
