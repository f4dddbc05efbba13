/** ls, cat, diff, find, history */
import { command, usageError } from '../args.ts';
import { present } from '../context.ts';
import type { EntryInfo, FoundPath, Version } from '../../engine/api.ts';
import { exitCodes } from '../exit.ts';
import { changeLines, changesSummary, shownPath } from '../render/changes.ts';
import type { Formats } from '../render/format.ts';
import { shownState } from '../render/status.ts';
import type { Column } from '../render/table.ts';
import { escapeText } from '../render/text.ts';
import { upToDate } from './recall.ts';

/** What `cat` asks the engine for at a time. */
const pieceLength = 8 * 1024 * 1024;
const shownStates = 3;

export const ls = command({
  name: 'ls',
  group: 'snapshots',
  summary: 'List a folder of a state',
  arguments: ['STATE', '[PATH]'],
  options: { recursive: { short: 'R', summary: 'All the way down' } },
  async run({ arguments: [state, path], options }, context) {
    const { engine, call, path: instancePath, report } = context;
    await upToDate([state], context);
    const entries = await engine.ls({ state, path: path === undefined ? '' : instancePath(path), recursive: options.recursive }, call);
    await report.result(entries, () => (entries.length === 0 ? [] : report.table(entries, entryColumns(report.formats))));
    return exitCodes.done;
  },
});

export const cat = command({
  name: 'cat',
  group: 'snapshots',
  summary: "Write a file's bytes to standard output",
  arguments: ['STATE', 'PATH'],
  options: {},
  async run({ arguments: [state, path] }, context) {
    const { engine, call, flags, path: instancePath, report } = context;
    if (flags.json) throw usageError("cat writes the file's bytes as they are: it has no --json.", cat);
    await upToDate([state], context);
    const from = { state, path: instancePath(path), length: pieceLength };
    for (let offset = 0; ; offset += pieceLength) {
      const piece = await engine.read({ ...from, offset }, call);
      if (piece.length > 0) await report.bytes(piece);
      if (piece.length < pieceLength) return exitCodes.done;
    }
  },
});

export const diff = command({
  name: 'diff',
  group: 'snapshots',
  summary: 'Show what differs from state A to state B (default: the current state)',
  arguments: ['A', '[B]', '[PATH]'],
  options: {},
  async run({ arguments: [a, b, path] }, context) {
    const { engine, call, io, path: instancePath, report } = context;
    await upToDate([a, b], context);
    const found = await engine.diff({ a, ...present({ b, path: path === undefined ? undefined : instancePath(path) }) }, call);
    await report.result(found, () => changeLines(found, report.formats, io.out.paint));
    if (io.out.terminal) await report.note(() => [changesSummary(found, report.formats) || 'Nothing differs.']);
    return exitCodes.done;
  },
});

export const find = command({
  name: 'find',
  group: 'finding',
  summary: 'Find paths by name in all states (a pattern with a / is matched with the whole path)',
  arguments: ['PATTERN'],
  options: {},
  async run({ arguments: [pattern] }, { engine, call, io, report }) {
    const { paths } = await engine.find({ pattern }, call);
    const lines = (): Iterable<string> =>
      report.table(paths, [
        { title: 'Path', cell: (row) => shownPath(row.path, row.kind) },
        { title: 'In', cell: (row) => holdersText(row, report.formats) },
      ]);
    await report.result(paths, () => (paths.length === 0 ? [] : lines()));
    if (paths.length === 0 && io.out.terminal) await report.note(() => ['Nothing found.']);
    return exitCodes.done;
  },
});

export const history = command({
  name: 'history',
  group: 'finding',
  summary: 'Show the versions of a path, newest first',
  arguments: ['PATH'],
  options: {},
  async run({ arguments: [path] }, { engine, call, path: instancePath, report }) {
    const versions = await engine.history(instancePath(path), call);
    await report.result(versions, () => (versions.length === 0 ? [] : report.table(versions, versionColumns(report.formats))));
    return exitCodes.done;
  },
});

function entryColumns(formats: Formats): Column<EntryInfo>[] {
  return [
    { title: 'Mode', cell: (row) => modeText(row) },
    { title: 'Size', align: 'right', cell: (row) => (row.kind === 'folder' ? '' : formats.size(row.size)) },
    { title: 'Modified', cell: (row) => formats.time(row.modified) },
    {
      title: 'Path',
      cell: (row) =>
        row.target === undefined ? shownPath(row.path, row.kind) : `${shownPath(row.path, row.kind)} -> ${escapeText(row.target)}`,
      style: (row) => (row.kind === 'folder' ? 'blue' : row.kind === 'link' ? 'cyan' : undefined),
    },
  ];
}

function versionColumns(formats: Formats): Column<Version>[] {
  return [
    { title: 'Since', cell: (row) => formats.time(row.since) },
    {
      title: 'Size',
      align: 'right',
      cell: (row) => (row.entry === null ? 'not there' : row.entry.kind === 'folder' ? 'folder' : formats.size(row.entry.size)),
    },
    { title: 'Version', cell: (row) => row.entry?.id.slice(0, 12) ?? '' },
    { title: 'In', cell: (row) => statesText(row.states, formats) },
  ];
}

function modeText(entry: EntryInfo): string {
  return `${entry.kind === 'folder' ? 'd' : entry.kind === 'link' ? 'l' : '-'}${permissions(entry.mode)}`;
}

const triads = ['---', '--x', '-w-', '-wx', 'r--', 'r-x', 'rw-', 'rwx'];

/** Nine letters, as `ls` writes them. */
function permissions(mode: number): string {
  return `${triads[(mode >> 6) & 7]}${triads[(mode >> 3) & 7]}${triads[mode & 7]}`;
}

/** `current, 00cb3c38 and 3 older` */
function holdersText({ current, snapshots, newest }: FoundPath, formats: Formats): string {
  const newestText =
    newest === null ? [] : [escapeText(shownState(newest)) + (snapshots > 1 ? ` and ${formats.number(snapshots - 1)} older` : '')];
  return [...(current ? ['current'] : []), ...newestText].join(', ');
}

function statesText(states: readonly string[], formats: Formats): string {
  const shown = states.slice(0, shownStates).map((state) => escapeText(shownState(state)));
  if (states.length > shownStates) shown.push(`${formats.number(states.length - shownStates)} more`);
  return shown.join(', ');
}
