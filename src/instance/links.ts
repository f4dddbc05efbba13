import { joinPath } from '../base/paths.ts';
import { idOf } from '../store/ids.ts';
import { Kind } from '../store/tree.ts';
import { allocateColumns, copyRows, type FolderRows, type RowColumns } from './rows.ts';

/** True when some row may be one of several names of a file. */
export function hasLinks({ group }: RowColumns): boolean {
  for (let row = 0; row < group.length; row++) if (group[row] !== 0n) return true;
  return false;
}

/**
 * Numbers of files with several names: made from the first of the names, so that the same content in another folder, or after
 * a restore, has the same trees. A file with one name in the folder has none, whatever names it has elsewhere.
 */
export class LinkNumbers {
  private readonly names = new Map<bigint, { first: string; count: number; number: bigint | undefined }>();

  /** Takes in a folder's rows, whose groups tell files apart on this disk. Folders come in any order. */
  add(path: string, rows: FolderRows): void {
    for (let i = 0; i < rows.count; i++) {
      const group = rows.columns.group[rows.start + i]!;
      if (group === 0n || rows.columns.kind[rows.start + i] !== Kind.file) continue;
      const full = joinPath(path, rows.names[i]!);
      const known = this.names.get(group);
      if (known === undefined) this.names.set(group, { first: full, count: 1, number: undefined });
      else {
        known.count += 1;
        if (full < known.first) known.first = full;
      }
    }
  }

  /** True when some file has several names. */
  get any(): boolean {
    return [...this.names.values()].some(({ count }) => count > 1);
  }

  /** True when a file of these rows has another number here than there. */
  differs(other: LinkNumbers, { columns, start, count }: FolderRows): boolean {
    return columns.group.subarray(start, start + count).some((group) => this.numberOf(group) !== other.numberOf(group));
  }

  /** The rows with numbers for groups. */
  applied(rows: FolderRows): FolderRows {
    const { count } = rows;
    const groups = rows.columns.group.subarray(rows.start, rows.start + count);
    if (groups.every((group) => group === 0n)) return rows;
    const columns = allocateColumns(count);
    copyRows(rows.columns, rows.start, count, columns, 0);
    columns.group.set(groups.map((group) => this.numberOf(group)));
    return { columns, start: 0, count, names: rows.names };
  }

  private numberOf(group: bigint): bigint {
    const names = group === 0n ? undefined : this.names.get(group);
    if (names === undefined || names.count < 2) return 0n;
    return (names.number ??= idOf(Buffer.from(names.first)).readBigUInt64LE() | 1n);
  }
}
