/**
 * The store's files, as little as it needs of them. The local store and its tests' fault injectors implement this;
 * a hub's area is the same store over other files, fetched and sent by its adapter.
 *
 * Names are relative, with `/`: `packs/0a1b…`. Calls are synchronous: in a worker that is 5 to 8 times faster than promises.
 * Errors are the system's (`ENOENT`, `ENOSPC`, …).
 */
export interface StoreFiles {
  /** The whole file, or `undefined` when there is none. */
  read(name: string): Buffer | undefined;
  /** A file open for reading in pieces; throws `ENOENT` when there is none. */
  openRead(name: string): ReadableStoreFile;
  /** Names in a folder; none when the folder is missing. */
  list(folder: string): string[];
  /** Size in bytes, or `undefined` when there is none. */
  size(name: string): number | undefined;
  /**
   * A new file that nobody else has: throws `EEXIST` when the name is taken. Its folder is made where it is missing, as `write` does
   * too: some copies of a store lose empty folders.
   */
  create(name: string): WritableStoreFile;
  /** Replaces or makes a file so that a reader, and a crash, see the old or the new one whole. `durable` flushes both file and folder. */
  write(name: string, bytes: Uint8Array, durable: boolean): void;
  /** Removes a file; nothing happens when there is none. */
  remove(name: string): void;
  /** Makes a folder and those above it. */
  makeFolder(folder: string): void;
  /** Removes a folder with everything in it. */
  removeFolder(folder: string): void;
  /** Makes the folder's entries survive a power cut; of `''` also the store's own entry in the folder above. */
  flushFolder(folder: string): void;
  /** Where they are, as an absolute path: the same whatever links lead there. */
  readonly place: string;
  /** Another store's files: by their place, or the way there from this one. */
  elsewhere(place: string): StoreFiles;
  /** The ways to another store's files: from here, which holds when both are moved together, and by their place. */
  wayTo(other: StoreFiles): readonly string[];
}

export interface ReadableStoreFile {
  readonly size: number;
  /** Fills `target` from `position`; returns the bytes read, fewer only at the end. */
  read(target: Uint8Array, position: number): number;
  close(): void;
}

export interface WritableStoreFile {
  append(bytes: Uint8Array): void;
  /** Flushes what was appended. */
  flush(): void;
  close(): void;
}

/** Bytes in memory, read as a file is. */
export function fileOf(bytes: Uint8Array): ReadableStoreFile {
  return {
    size: bytes.length,
    read: (target, position) => {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
    close: () => undefined,
  };
}
