import { parseNotebook, sourceOf, type Cell } from '../merge/notebook.ts';

/** What is worth a look before a notebook is handed in. Cells are numbered from 1, those of text too. */
export interface NotebookWarnings {
  /** It can't be read as a notebook of version 4; then nothing else is known. */
  readonly isBroken: boolean;
  /** Cells with code but neither a count nor outputs of a run. */
  readonly neverRun: readonly number[];
  /**
   * Cells with outputs of another run than what stands above: a cell above was run later, or in another session, or a run left outputs
   * but no count. That a source was edited after its run can't be told, because the format keeps no time of either.
   */
  readonly stale: readonly number[];
}

/** Judges by the counts that runs leave: run from top to bottom, they increase from cell to cell. */
export function notebookWarnings(bytes: Uint8Array): NotebookWarnings {
  const notebook = parseNotebook(bytes);
  const neverRun: number[] = [];
  const stale: number[] = [];
  let last = 0;
  for (const [index, cell] of (notebook?.cells ?? []).entries()) {
    if (cell.cell_type !== 'code' || sourceOf(cell).trim() === '') continue;
    const count = countOf(cell);
    if (count === undefined && !hasOutputs(cell)) neverRun.push(index + 1);
    else if (count === undefined || count <= last) stale.push(index + 1);
    last = Math.max(last, count ?? 0);
  }
  return { isBroken: notebook === undefined, neverRun, stale };
}

function countOf(cell: Cell): number | undefined {
  const count = cell['execution_count'];
  return Number.isSafeInteger(count) && (count as number) > 0 ? (count as number) : undefined;
}

function hasOutputs(cell: Cell): boolean {
  const outputs = cell['outputs'];
  return Array.isArray(outputs) && outputs.length > 0;
}
