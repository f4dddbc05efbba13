import { ID_BYTES, isNoId } from '../store/ids.ts';
import { Kind } from '../store/tree.ts';
import type { Findings } from './findings.ts';
import { isPending } from './scan.ts';
import type { State } from './states.ts';

/** What a stat and a recorded time may differ by: nanoseconds as a double of milliseconds, or cut to microseconds. */
const TIME_MS = 0.0011;

/**
 * Takes over, without reading them, the ids of files that were written just now from a state, and are as it has them: of that
 * kind, size and time. `has` says of which contents the store has no need.
 */
export function adopt(findings: Findings, from: Pick<State, 'root' | 'trees'>, has: (id: Buffer) => boolean): void {
  for (const [path, { scan, folder }] of findings.changed) {
    const { columns } = scan;
    const tree = from.trees.folder(from.root, path);
    if (tree === undefined) continue;
    for (const [i, name] of folder.names.entries()) {
      const row = folder.start + i;
      const entry = isPending(columns, row) ? from.trees.find(tree, name) : undefined;
      if (entry === undefined || entry.kind !== columns.kind[row] || entry.size !== columns.size[row]) continue;
      if (Math.abs(Number(entry.mtime) / 1e6 - columns.mtimeMs[row]!) > TIME_MS || entry.mtime === 0n) continue;
      if (!isNoId(entry.id) && !has(entry.id)) continue;
      entry.id.copy(columns.ids, row * ID_BYTES);
      columns.flags[row] = entry.flags;
      if (entry.kind === Kind.file) columns.mtime[row] = entry.mtime;
    }
  }
}
