import { checksum } from '../store/codec.ts';
import type { Store } from '../store/store.ts';
import { StatTable } from './rows.ts';

const FILE = 'cache/stat';

/** The stat table between looks: in memory while the engine lives, in the store's `cache/` after that. */
export class StatCache {
  private table: StatTable | undefined;

  /**
   * The table, if its snapshot is still there: then every id in it is in the store. A snapshot that was deleted takes the
   * table with it, because compaction may have taken the objects; so does damage found in the store.
   */
  load(store: Store): StatTable | undefined {
    this.table ??= readTable(store);
    if (this.table !== undefined && store.files.size(`snapshots/${this.table.snapshot}`) === undefined) this.table = undefined;
    return this.table;
  }

  save(store: Store, table: StatTable): void {
    this.table = table;
    const bytes = Buffer.from(table.memory);
    const crc = Buffer.alloc(8);
    crc.writeUInt32LE(checksum(bytes), 0);
    store.files.write(FILE, Buffer.concat([crc, bytes]), false);
  }

  drop(store: Store): void {
    this.table = undefined;
    store.files.remove(FILE);
  }
}

function readTable(store: Store): StatTable | undefined {
  const bytes = store.files.read(FILE);
  if (bytes === undefined || bytes.length < 8 + 64) return undefined;
  const body = bytes.subarray(8);
  if (bytes.readUInt32LE(0) !== checksum(body)) return undefined;
  const memory = new SharedArrayBuffer(body.length);
  Buffer.from(memory).set(body);
  try {
    return new StatTable(memory);
  } catch {
    return undefined;
  }
}
