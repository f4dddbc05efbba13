import { SnapstageError } from '../base/errors.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';
import type { Session } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import { leftOverName, unfinishedRecords } from './newFolder.ts';

/** What a restore is to do. Written before it changes anything, kept until it can be undone no more. */
export interface RestoreIntent {
  readonly target: string;
  readonly safety: string;
  readonly paths: readonly string[];
  readonly keepBoth: boolean;
  readonly deleteAbsent: boolean;
  /** Of `paths`, only exactly these (an undo); absent: all. */
  readonly only?: readonly string[];
  /** Paths written beside the original, under other names. */
  readonly besides?: readonly string[];
  /** What goes is read before, and moved aside. */
  readonly careful?: true;
  /** Of the database that `paths` names, only this table. */
  readonly table?: string;
  readonly at: string;
}

/** A restore while it is under way. */
interface Running extends RestoreIntent {
  /** Name of the session that works on it: when that has ended, it was interrupted. */
  readonly session: string;
}

/** Why the automatic snapshot before each is taken. That of a recovery is of a folder that is half restored; `made` is of none that was found. */
export const REASONS = {
  restore: 'before restore',
  undo: 'before undo',
  recovery: 'before recovery',
  delivery: 'before a delivery',
  made: 'as delivered',
} as const;

/** Whoever knows nothing else finds the folder as it was in a snapshot that was taken for one of these. */
const BEFORE: ReadonlySet<string> = new Set([REASONS.restore, REASONS.undo, REASONS.delivery]);

const FOLDER = 'journal';
const INTENT = `${FOLDER}/restore`;
const DONE = `${FOLDER}/done`;
const STAGING = `${FOLDER}/staging`;
const ASIDE = `${FOLDER}/aside`;

/** The record of changes to the user's files. */
export class Journal {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Says, durably, that the intent is carried out from now on, for the first time or once more. */
  begin(intent: RestoreIntent, session: Session): void {
    this.clearStaging();
    this.store.files.makeFolder(STAGING);
    this.store.files.write(INTENT, encodeChecked({ ...intent, session: session.name }), true);
  }

  /** Folder, below the store, for files that are written before they are moved into place. */
  get stagingFolder(): string {
    return STAGING;
  }

  /** Folder, below the store, for files on their way out of the user's folder. */
  get asideFolder(): string {
    return ASIDE;
  }

  /** The restore is over, durably: `done` is what can be undone next. Without it, what could be before still can. */
  finish(done: RestoreIntent | undefined): void {
    if (done !== undefined) this.store.files.write(DONE, encodeChecked(done), true);
    this.clear();
  }

  /** The interrupted restore was undone: there is nothing of it left to be undone again. */
  withdraw(intent: RestoreIntent): void {
    if (this.done()?.safety === intent.safety) this.store.files.remove(DONE);
    this.clear();
  }

  /** A restore that was begun and whose session has ended; one that still runs is none. */
  interrupted(): RestoreIntent | undefined {
    const running = this.running();
    if (running === undefined) return undefined;
    const { session, ...intent } = running;
    return this.store.sessions.has(session) ? undefined : intent;
  }

  /** A restore that is under way or was interrupted. @throws SnapstageError `damaged` when that can't be told any more. */
  running(): Running | undefined {
    const bytes = this.store.files.read(INTENT);
    const running = decodeChecked(bytes) as Running | undefined;
    if (running === undefined && bytes !== undefined) throw damagedRecord(this.store, INTENT);
    return running;
  }

  /** The last restore that was done, unless its record is damaged. */
  done(): RestoreIntent | undefined {
    return decodeChecked(this.store.files.read(DONE)) as RestoreIntent | undefined;
  }

  /** The same to be undone. @throws SnapstageError `damaged`. */
  undoable(): RestoreIntent | undefined {
    this.running(); // one of which nothing is known may have been the last
    const done = this.done();
    if (done === undefined && this.store.files.size(DONE) !== undefined) throw damagedRecord(this.store, DONE);
    return done;
  }

  /** Nothing is under way any more. */
  clear(): void {
    this.store.files.remove(INTENT);
    this.store.files.flushFolder(FOLDER);
    this.clearStaging();
  }

  private clearStaging(): void {
    this.store.files.removeFolder(STAGING);
  }
}

/** Records of restores that are there, but not as they were written. */
export function brokenRecords(store: Store): string[] {
  const { files } = store;
  const names = [INTENT, DONE, ...unfinishedRecords(store)];
  return names.filter((name) => {
    const bytes = files.read(name);
    return bytes !== undefined && decodeChecked(bytes) === undefined;
  });
}

/** What is wrong with a broken record, and what is known nevertheless. */
export function recordProblem(store: Store, part: string): string {
  return part === INTENT || part === DONE
    ? `the record of a restore is changed, so it can’t be finished or undone${wayBack(store)}`
    : `it is changed; a folder whose name ends in “${leftOverName(part)}” may be left over`;
}

function wayBack({ snapshots }: Store): string {
  const safety = snapshots.list().snapshots.find(({ record: { reason } }) => reason !== null && BEFORE.has(reason));
  return safety === undefined ? '' : `; snapshot ${safety.id.slice(0, 8)} holds the folder as it was before`;
}

function damagedRecord(store: Store, part: string): SnapstageError {
  return new SnapstageError(
    'damaged',
    `A restore can’t be finished or undone: its record is damaged${wayBack(store)}. “verify” puts the record away.`,
    {
      part,
    },
  );
}
