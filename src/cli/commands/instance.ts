/** init, status */
import { command } from '../args.ts';
import { exitCodes } from '../exit.ts';
import { statusLines } from '../render/status.ts';
import { escapeText } from '../render/text.ts';

export const init = command({
  name: 'init',
  group: 'instance',
  summary: 'Make the folder an instance',
  needs: 'folder',
  arguments: [],
  options: {},
  async run(_, { engine, call, flags, folder, report }) {
    if (flags.dryRun) {
      await report.result({ plan: { folder } }, () => [`Would make ${escapeText(folder)} an instance, with its store in .snapstage.`]);
      return exitCodes.done;
    }
    const status = await engine.init(call);
    await report.result(status, () => [`${escapeText(status.folder)} is an instance now. \`snapstage take\` takes its first snapshot.`]);
    return exitCodes.done;
  },
});

export const status = command({
  name: 'status',
  group: 'instance',
  summary: 'Show how the instance stands and what changed since the latest snapshot',
  arguments: [],
  options: {},
  async run(_, { engine, call, io, report }) {
    const found = await engine.status({ changes: true }, call);
    await report.result(found, () => statusLines(found, report.formats, io.out.paint));
    return exitCodes.done;
  },
});
