/** export, import, copy */
import path from 'node:path';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import type { Context } from '../context.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { ExportRequest, TransferReport } from '../../engine/transferApi.ts';
import { exitCodes } from '../exit.ts';
import type { Formats } from '../render/format.ts';
import { contentText, snapshotTitle } from '../render/snapshots.ts';
import { escapeText } from '../render/text.ts';

/** Standard input and output, where a FILE is `-`. */
const STREAMS = { in: 0, out: 1 } as const;
const BAD_FILE = 'Get the file once more from where it came, or export the snapshot once more.';
const TAR_NAME = /\.(tar\.zst|tzst)$/i;

export const exportCommand: Command = command({
  name: 'export',
  group: 'store',
  summary: 'Write a snapshot to one file, `-` for standard output',
  arguments: ['STATE', 'FILE'],
  options: {
    format: { value: 'FORMAT', summary: '`snapstage`, for `import`, or `tar`: a plain .tar.zst (default: by the name of FILE)' },
    force: { summary: 'Replace FILE if it is there' },
  },
  cancelled: async () => 'No file was written.',
  async run({ arguments: [state, file], options }, context) {
    const { engine, call, flags, io, report } = context;
    const format = formatOf(options.format, file);
    const isStream = file === '-';
    if (isStream && flags.json && !flags.dryRun) throw usageError('With --json, standard output can’t be the file too.', exportCommand);
    if (isStream && io.out.terminal && !flags.dryRun) throw usageError('A terminal can’t show a file: give its name.', exportCommand);
    const to = place(file, STREAMS.out, context);
    if (flags.dryRun) {
      const snapshot = await engine.show(state, call);
      await report.result({ plan: { to: file, format, snapshot } }, () => [
        `Would write snapshot ${snapshotTitle(snapshot)} to ${escapeText(file)}: ${contentText(snapshot, report.formats)}.`,
      ]);
      return exitCodes.done;
    }
    const done = await advised(engine.exportSnapshot({ state, to, format, force: options.force }, call));
    const sentence = `Wrote snapshot ${snapshotTitle(done.snapshot)} to ${escapeText(file)}: ${report.formats.size(done.bytes)}.`;
    if (!isStream) await report.result({ ...done, file: to, format }, () => [sentence]);
    else if (!flags.quiet) await report.warn(sentence);
    return exitCodes.done;
  },
});

function formatOf(named: string | undefined, file: string): ExportRequest['format'] {
  if (named === 'tar' || (named === undefined && TAR_NAME.test(file))) return 'tar';
  if (named === undefined || named === 'snapstage') return 'bundle';
  throw usageError(`There is no format '${named}': snapstage or tar.`, exportCommand);
}

function place(file: string, stream: number, { io }: Context): string | number {
  return file === '-' ? stream : path.resolve(io.cwd, file);
}

export const importCommand = command({
  name: 'import',
  group: 'store',
  summary: 'Take in a snapshot that `export` wrote, `-` from standard input',
  arguments: ['FILE'],
  options: {},
  cancelled: async () => 'Nothing was imported.',
  async run({ arguments: [file] }, context) {
    const { engine, call, flags, report } = context;
    const from = place(file, STREAMS.in, context);
    if (flags.dryRun) {
      const plan = await advised(engine.planImport({ from }, call), { damaged: BAD_FILE });
      const { snapshot, present } = plan;
      await report.result({ plan }, () => [
        present
          ? `Snapshot ${snapshotTitle(snapshot)} is here already: nothing would be done.`
          : `Would import snapshot ${snapshotTitle(snapshot)}: ${contentText(snapshot, report.formats)}.`,
      ]);
      return exitCodes.done;
    }
    const done = await advised(engine.importSnapshot({ from }, call), { damaged: BAD_FILE });
    await report.result(done, () => [arrivalSentence(done, 'here', report.formats)]);
    return exitCodes.done;
  },
});

export const copy = command({
  name: 'copy',
  group: 'store',
  summary: 'Copy a snapshot to the instance in another folder',
  arguments: ['STATE', 'DEST'],
  options: { init: { summary: 'Make DEST an instance if it is none' } },
  cancelled: async () => 'Nothing was copied.',
  async run({ arguments: [state, destination], options }, { engine, call, flags, io, report }) {
    const to = path.resolve(io.cwd, destination);
    const request = { state, to, init: options.init };
    if (flags.dryRun) {
      const plan = await advised(engine.planCopy(request, call));
      const title = snapshotTitle(plan.snapshot);
      const missing = `${report.formats.count(plan.objects, 'object')}, ${report.formats.size(plan.bytes)}`;
      await report.result({ plan: { ...plan, to } }, () => [
        plan.present
          ? `Snapshot ${title} is in ${escapeText(to)} already: nothing would be done.`
          : `Would copy snapshot ${title} to ${escapeText(to)}; missing there: ${missing}.`,
      ]);
      return exitCodes.done;
    }
    const done = await advised(engine.copySnapshot(request, call));
    await report.result({ ...done, folder: to }, () => [arrivalSentence(done, `in ${escapeText(to)}`, report.formats)]);
    return exitCodes.done;
  },
});

/** What to do next about an error that is about another place than this instance. */
async function advised<T>(done: Promise<T>, more: Readonly<Record<string, string>> = {}): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (!(error instanceof SnapstageError)) throw error;
    const advice: typeof more = {
      exists: 'Give another name, or --force to replace a file.',
      'not-initialized': 'Make it one with `snapstage init` there, or copy with --init.',
      ...more,
    };
    const next = advice[String(error.details['reason'])] ?? advice[error.code];
    throw next === undefined ? error : new SnapstageError(error.code, error.message, { ...error.details, next }, error);
  }
}

function arrivalSentence({ outcome, snapshot, storedBytes }: TransferReport, where: string, formats: Formats): string {
  const title = `Snapshot ${snapshotTitle(snapshot)}`;
  if (outcome === 'present') return `${title} is ${where} already: nothing was done.`;
  const grown = `the store grew by ${formats.size(storedBytes)}`;
  if (outcome === 'mended') return `${title} was ${where}, but something of it was missing, and is there again; ${grown}.`;
  return `${title} is ${where} now: ${contentText(snapshot, formats)}; ${grown}.`;
}
