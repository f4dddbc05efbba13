import { checksum } from '../store/codec.ts';
import { idOf } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import { StatTable } from './rows.ts';

const FILE = 'cache/stat';
/** CRC-32 of what follows (u32), 0; start of the hash of the boot id; f64 when it was saved. */
const HEADER = 24;
const CHECKED = 8;
/** Systems write contents to the disk within half a minute, unless they are switched off before. */
const WRITTEN_MS = 60_000;

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
    const header = Buffer.alloc(HEADER);
    bootOf(store).copy(header, 8);
    header.writeDoubleLE(store.host.now(), 16);
    const bytes = Buffer.concat([header, Buffer.from(table.memory)]);
    bytes.writeUInt32LE(checksum(bytes.subarray(CHECKED)), 0);
    store.files.write(FILE, bytes, false);
  }

  drop(store: Store): void {
    this.table = undefined;
    store.files.remove(FILE);
  }
}

function bootOf({ host }: Store): Buffer {
  return idOf(Buffer.from(host.bootId)).subarray(0, 8);
}

function readTable(store: Store): StatTable | undefined {
  const bytes = store.files.read(FILE);
  if (bytes === undefined || bytes.length < HEADER + 64) return undefined;
  if (bytes.readUInt32LE(0) !== checksum(bytes.subarray(CHECKED))) return undefined;
  const memory = new SharedArrayBuffer(bytes.length - HEADER);
  Buffer.from(memory).set(bytes.subarray(HEADER));
  try {
    const table = new StatTable(memory);
    if (!bootOf(store).equals(bytes.subarray(8, 16))) distrust(table, bytes.readDoubleLE(16) - WRITTEN_MS);
    return table;
  } catch {
    return undefined;
  }
}

/** After a power cut a file may have the size and times that were seen, and not its content: what changed last is read again. */
function distrust({ columns: { ctimeMs } }: StatTable, since: number): void {
  for (let row = 0; row < ctimeMs.length; row++) if (ctimeMs[row]! >= since) ctimeMs[row] = Number.NaN;
}
