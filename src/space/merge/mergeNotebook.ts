import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { alignCells } from './alignCells.ts';
import { mergeLines, pickChanged, type Piece } from './mergeLines.ts';
import { withMarkers, type Merged, type MergeLabels } from './mergeText.ts';
import { encodeNotebook, IDS_SINCE, isFields, parseNotebook, sourceOf, type Cell, type Fields, type Notebook } from './notebook.ts';

/**
 * Merges notebooks cell by cell; the result is written as `mine` is. Sources are merged by lines. Outputs and counts are no conflict:
 * they are those of the version whose source it is, and go where the source is nobody's. Of metadata that both changed, mine stay.
 * `undefined` when one is no notebook of version 4.
 */
export function mergeNotebook(mine: Buffer, base: Buffer | undefined, incoming: Buffer, labels: MergeLabels): Merged | undefined {
  const [a, o, b] = [mine, base, incoming].map((bytes) => (bytes === undefined ? undefined : parseNotebook(bytes)));
  if (a === undefined || b === undefined || (base !== undefined && o === undefined)) return undefined;
  return new NotebookMerge(labels).merge(a, o, b);
}

/** A version of a cell on each side that has one. */
interface CellVersions {
  readonly mine: Cell | undefined;
  readonly base: Cell | undefined;
  readonly incoming: Cell | undefined;
}

class NotebookMerge {
  private readonly labels: MergeLabels;
  private conflicts = 0;

  constructor(labels: MergeLabels) {
    this.labels = labels;
  }

  merge(mine: Notebook, base: Notebook | undefined, incoming: Notebook): Merged | undefined {
    const names = alignCells(mine, base, incoming);
    const [a, o, b] = (['mine', 'base', 'incoming'] as const).map((side) => {
      const cells = { mine, base, incoming }[side]?.cells ?? [];
      return new Map(names[side].map((name, i) => [name, cells[i]!]));
    }) as [Map<string, Cell>, Map<string, Cell>, Map<string, Cell>];
    // A cell that one side took away, but the other edited, is still there.
    const isEdited = (name: string): boolean => [a, b].some((side) => side.has(name) && !isSameCell(side.get(name)!, o.get(name)!));
    const kept = names.base.filter(isEdited);
    const pieces = mergeLines(withKept(names.mine, names.base, kept), names.base, withKept(names.incoming, names.base, kept));
    if (pieces === undefined) return undefined;
    const order = pieces.flatMap((piece) => ('lines' in piece ? piece.lines : [...piece.mine, ...piece.incoming]));
    const all = new Set([...order, ...names.mine, ...names.incoming]);
    const cells = [...all].flatMap((name) => this.cell({ mine: a.get(name), base: o.get(name), incoming: b.get(name) }) ?? []);
    const minor = Math.max(mine.minor, incoming.minor);
    const fields = this.fields(mine.fields, base?.fields, incoming.fields, (key) => {
      if (key === 'cells') return withIds(cells, minor);
      return key === 'nbformat_minor' ? minor : undefined;
    });
    return { content: encodeNotebook(fields, mine), conflicts: this.conflicts };
  }

  private cell({ mine, base, incoming }: CellVersions): Cell | undefined {
    if (mine !== undefined && incoming !== undefined) return this.both(mine, base, incoming);
    const one = mine ?? incoming;
    if (one === undefined || base === undefined) return one;
    if (isSameCell(one, base)) return undefined; // the other side took it away
    this.conflicts += 1;
    const deleted = { mine: [], base: linesOf(base), incoming: [] };
    const piece: Piece<string> = { ...deleted, [mine === undefined ? 'incoming' : 'mine']: linesOf(one) };
    return checked({ ...one, source: asSource(withMarkers([piece], this.labels).lines.join('\n'), one), ...NO_RUN });
  }

  private both(mine: Cell, base: Cell | undefined, incoming: Cell): Cell {
    const source = this.source(mine, base, incoming);
    const run = runOf(source, mine, base, incoming);
    const fields = this.fields(mine, base, incoming, (key) => {
      if (key === 'source') return asSource(source, mine);
      if (key === 'id') return mine['id'] ?? incoming['id'];
      return key in NO_RUN ? run[key] : undefined;
    });
    return checked(fields as Cell);
  }

  private source(mine: Cell, base: Cell | undefined, incoming: Cell): string {
    const [a, b] = [sourceOf(mine), sourceOf(incoming)];
    if (a === b) return a;
    const sides = [linesOf(mine), base === undefined ? [] : linesOf(base), linesOf(incoming)] as const;
    const pieces = mergeLines(...sides) ?? [{ mine: sides[0], base: sides[1], incoming: sides[2] }];
    const { lines, conflicts } = withMarkers(pieces, this.labels);
    this.conflicts += conflicts;
    return lines.join('\n');
  }

  /** Fields of both in mine's order, then incoming's. `settled` says what is not merged by its value. */
  private fields(mine: Fields, base: Fields | undefined, incoming: Fields, settled: (key: string) => unknown): Fields {
    const keys = new Set([...Object.keys(mine), ...Object.keys(incoming)]);
    const entries = [...keys].map((key): [string, unknown] => {
      const value = settled(key);
      if (value !== undefined || key in NO_RUN) return [key, value];
      const [a, o, b] = [mine[key], base?.[key], incoming[key]];
      if (key === 'metadata' && isFields(a) && isFields(b)) return [key, mergeMetadata(a, isFields(o) ? o : {}, b)];
      if (!isDeepStrictEqual(a, b) && !isDeepStrictEqual(a, o) && !isDeepStrictEqual(o, b)) this.conflicts += 1;
      return [key, pickChanged(a, o, b, isDeepStrictEqual)];
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
}

/** What a cell has that was not run. */
const NO_RUN: Fields = { execution_count: null, outputs: [] };

/** The names of one side, and in their places in the base those it lacks of the ones that are kept. */
function withKept(side: readonly string[], base: readonly string[], kept: readonly string[]): string[] {
  const names = [...side];
  const wanted = new Set(kept);
  for (const [i, name] of base.entries()) {
    if (!wanted.has(name) || names.includes(name)) continue;
    const before = base.slice(0, i).findLast((one) => names.includes(one));
    names.splice(before === undefined ? 0 : names.indexOf(before) + 1, 0, name);
  }
  return names;
}

function mergeMetadata(mine: Fields, base: Fields, incoming: Fields): Fields {
  const keys = new Set([...Object.keys(mine), ...Object.keys(incoming)]);
  const entries = [...keys].map((key) => [key, pickChanged(mine[key], base[key], incoming[key], isDeepStrictEqual)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Outputs and count of the version that was run with this source; of both, the one that was run since. */
function runOf(source: string, mine: Cell, base: Cell | undefined, incoming: Cell): Fields {
  const [isMine, isIncoming] = [mine, incoming].map((cell) => sourceOf(cell) === source);
  if (!isMine && !isIncoming) return NO_RUN;
  const isRunAgain = base === undefined || !isDeepStrictEqual(mine['outputs'], base['outputs']);
  return isMine && (!isIncoming || isRunAgain) ? mine : incoming;
}

function isSameCell(a: Cell, b: Cell): boolean {
  return a.cell_type === b.cell_type && sourceOf(a) === sourceOf(b) && isDeepStrictEqual(a['attachments'], b['attachments']);
}

function linesOf(cell: Cell): string[] {
  const text = sourceOf(cell);
  return text === '' ? [] : text.split('\n');
}

/** A source in the form that a cell has. */
function asSource(text: string, { source }: Cell): Cell['source'] {
  if (typeof source === 'string') return text;
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** With the fields that its type must have, and without those that it may not. */
function checked(cell: Cell): Cell {
  const { execution_count: count, outputs, ...rest } = cell;
  if (cell.cell_type !== 'code') return rest;
  return { ...cell, execution_count: count ?? null, outputs: outputs ?? [] };
}

/** Ids as the version of the format wants them: for all cells, each once, or none. New ones follow from what is in a cell. */
function withIds(cells: readonly Cell[], minor: number): Cell[] {
  const taken = new Set<unknown>();
  return cells.map((cell) => {
    const { id, ...rest } = cell;
    if (minor < IDS_SINCE) return rest;
    let own = id;
    for (let number = 0; typeof own !== 'string' || taken.has(own); number++) {
      own = createHash('sha256')
        .update(`${number} ${sourceOf(cell)}`)
        .digest('hex')
        .slice(0, 8);
    }
    taken.add(own);
    return { ...cell, id: own };
  });
}
