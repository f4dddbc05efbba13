import type { Host } from '../base/host.ts';
import { isSystemError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';
import { decodeChecked, encodeChecked } from './reservations.ts';

/** A session's file grows by a byte so often while its owner is at work: its size is the counter. */
export const BEAT_MS = 10_000;
/** One that has not grown for so long, by the clock of who looks, belongs to nobody any more. */
const SILENCE_MS = 60_000;

interface Seen {
  readonly size: number;
  /** When it was first seen with this size: milliseconds since 1970, by this machine's clock. */
  readonly since: number;
}

/**
 * What this machine has seen of sessions whose owners it can't ask for. Kept in a file of the store's cache that no other
 * machine writes, so that commands that end at once can watch too; when it is lost, the watch begins anew.
 */
export class Heartbeats {
  private readonly files: StoreFiles;
  private readonly host: Host;
  private readonly file: string;

  /** `watcher` names this machine in a file name, and what it watches. */
  constructor(files: StoreFiles, host: Host, watcher: string) {
    this.files = files;
    this.host = host;
    this.file = `cache/heartbeats-${watcher}`;
  }

  /** Those of these files that have stood still for a minute. */
  silent(names: readonly string[]): ReadonlySet<string> {
    const before = (decodeChecked(this.files.read(this.file)) ?? {}) as Readonly<Record<string, Seen>>;
    const now = this.host.now();
    const after: Record<string, Seen> = {};
    const silent = new Set<string>();
    for (const name of names) {
      const size = this.sizeOf(name);
      if (size === undefined) continue;
      const known = before[name];
      const stands = known !== undefined && known.size === size && known.since <= now;
      after[name] = { size, since: stands ? known.since : now };
      if (now - after[name].since >= SILENCE_MS) silent.add(name);
    }
    if (JSON.stringify(after) !== JSON.stringify(before)) this.remember(after);
    return silent;
  }

  /** By opening it: network file systems may tell an old size without that. */
  private sizeOf(name: string): number | undefined {
    try {
      const file = this.files.openRead(name);
      file.close();
      return file.size;
    } catch (error) {
      if (isSystemError(error)) return undefined;
      throw error;
    }
  }

  private remember(seen: Readonly<Record<string, Seen>>): void {
    try {
      this.files.write(this.file, encodeChecked(seen), false);
    } catch (error) {
      if (!isSystemError(error)) throw error; // a full disk, say: the others count as alive for longer
    }
  }
}
