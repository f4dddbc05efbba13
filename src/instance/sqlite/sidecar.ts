/** What lies beside a SQLite database and belongs to its content: a write-ahead log, or the journal of a transaction that has not ended. */
export interface Sidecar {
  readonly kind: 'wal' | 'journal';
  /** Names this round of the log, or this transaction: after a checkpoint, or a commit, another one begins. */
  readonly round: string;
  /** How far it goes; it only grows while its round lasts. */
  readonly length: number;
  /** Bytes. */
  readonly pageSize: number;
  /** Pages of the database's committed state. */
  readonly pages: number;
  /** Where in the sidecar the committed content of a page is, by number from 1; the others are as in the database file. */
  readonly offsets: ReadonlyMap<number, number>;
}

/** Endings of the files that SQLite keeps beside a database. `-shm` is an index of the log, made anew when it is missing. */
export const ENDINGS = ['-journal', '-shm', '-wal'] as const;

const DASH = 45;

/** The database that a file of this name lies beside; `undefined` when it has no such ending. */
export function databaseOf(name: string): string | undefined {
  const isLikely = name.charCodeAt(name.length - 4) === DASH || name.charCodeAt(name.length - 8) === DASH;
  if (!isLikely) return undefined; // most names, and there are many
  const ending = ENDINGS.find((one) => name.length > one.length && name.endsWith(one));
  return ending === undefined ? undefined : name.slice(0, -ending.length);
}
