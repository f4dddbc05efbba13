/** Since when this instance has seen files in the hub that no record names. */
import { decodeChecked, encodeChecked } from '../../store/reservations.ts';
import type { StoreFiles } from '../../store/files.ts';

/** By the names of files in the hub: milliseconds since 1970, by this instance's clock. */
export type SeenUnneeded = Readonly<Record<string, number>>;

/** Nothing where it is lost: then the time begins anew. */
export function readUnneeded(files: StoreFiles, note: string): SeenUnneeded {
  return (decodeChecked(files.read(note)) ?? {}) as SeenUnneeded;
}

export function writeUnneeded(files: StoreFiles, note: string, seen: SeenUnneeded): void {
  files.write(note, encodeChecked(seen), true);
}

/** When each of these files was first seen so: by what is known of it, or now. A time that has not come yet is none. */
export function sinceWhen(names: Iterable<string>, known: SeenUnneeded, now: number): SeenUnneeded {
  return Object.fromEntries([...names].map((name) => [name, Math.min(known[name] ?? now, now)]));
}
