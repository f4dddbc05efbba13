import type { Row } from './sandbox.ts';
import { RawText, type Value } from './values.ts';

/** More than these are not kept: then the table is written anew. */
const MOST_ROWS = 10_000;
const MOST_BYTES = 16 << 20;

/** What has to be done to the rows of a table, while it is little. */
export class RowChanges {
  /** Keys of rows that go, among them those that come back changed. */
  readonly gone: Value[][] = [];
  readonly come: Value[][] = [];
  private room = MOST_BYTES;

  /** Whether it is all there is. */
  get isWhole(): boolean {
    return this.room >= 0 && this.gone.length + this.come.length <= MOST_ROWS;
  }

  /** The row's values at these columns. */
  go(row: Row, columns: readonly number[]): void {
    this.keep(this.gone, row, columns);
  }

  comes(row: Row, columns: readonly number[]): void {
    this.keep(this.come, row, columns);
  }

  private keep(rows: Value[][], row: Row, columns: readonly number[]): void {
    if (!this.isWhole) return;
    const values = columns.map((column) => row.value(column));
    for (const value of values) this.room -= bytesOf(value);
    rows.push(values);
  }
}

function bytesOf(value: Value): number {
  return value instanceof RawText ? value.bytes.length : value !== null && typeof value === 'object' ? value.length : String(value).length;
}
