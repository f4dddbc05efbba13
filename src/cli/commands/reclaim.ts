/** why, reclaim */
import { parseSize } from '../../base/format.ts';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { reclaimedLines, reclaimLines, storageLines, storedColumns, storedSentence, weighedColumns, whyLines } from '../render/storage.ts';

const HEAVIEST_SHOWN = 10;

export const why = command({
  name: 'why',
  group: 'finding',
  summary: 'Tell why a path is still stored: which snapshots hold which of its versions',
  arguments: ['PATH'],
  options: {},
  async run({ arguments: [path] }, { engine, call, path: instancePath, report }) {
    const found = await engine.why(instancePath(path), call);
    await report.result(found, () => whyLines(found, report.formats));
    return exitCodes.done;
  },
});

export const reclaim: Command = command({
  name: 'reclaim',
  group: 'finding',
  summary: 'Show what each snapshot alone holds; with --free delete the fewest that give back so much, after --yes',
  arguments: [],
  options: {
    free: { value: 'SIZE', summary: 'How much is to come back: 2GB, 500MB, 1GiB' },
    below: { value: 'PATH', summary: 'Show what takes the room in this folder instead, in all snapshots together' },
  },
  cancelled: async () =>
    '`snapstage list` shows which snapshots are still there; what was deleted gives its room back with `snapstage compact`.',
  async run({ options: { free, below } }, context) {
    if (free !== undefined && below !== undefined) throw usageError('--below shows, and --free deletes: give one of them.', reclaim);
    if (below !== undefined) return showFolder(context, below);
    if (free === undefined) return showStorage(context);
    const { engine, call, flags, report } = context;
    const bytes = parseSize(free);
    if (bytes === undefined || bytes === 0)
      throw usageError(`“${free}” is not a size: write 2GB, 500MB, 1GiB or a number of bytes.`, reclaim);
    const plan = await engine.planReclaim({ free: bytes }, call);
    const lines = reclaimLines(plan, report.formats);
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    await requireConsent(context, { what: 'Deleting', question: 'Delete and compact?', plan, lines });
    const outcome = await engine.reclaim(plan, call);
    if (flags.json) await report.document({ plan, outcome });
    else await report.note(() => reclaimedLines(outcome, report.formats));
    return exitCodes.done;
  },
});

async function showStorage({ engine, call, flags, io, report }: Context): Promise<number> {
  const found = await engine.storage(call);
  const folders = flags.json || io.out.terminal ? await engine.storedFolder({}, call) : undefined;
  await report.result({ ...found, folders }, () => report.table(found.snapshots, weighedColumns(report.formats, io.out.terminal)));
  if (folders !== undefined && io.out.terminal) await report.note(() => storageLines(found, folders, HEAVIEST_SHOWN, report.formats));
  return exitCodes.done;
}

async function showFolder({ engine, call, io, path, report }: Context, below: string): Promise<number> {
  const found = await engine.storedFolder({ path: path(below) }, call);
  await report.result(found, () => report.table(found.entries, storedColumns(report.formats)));
  if (io.out.terminal) await report.note(() => [storedSentence(found, report.formats)]);
  return exitCodes.done;
}
