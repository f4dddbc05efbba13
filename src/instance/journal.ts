import { ownerOf, ownerState, type Owner } from '../store/sessions.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';
import type { Store } from '../store/store.ts';

/** Written before a restore changes anything, removed when it is done: what is needed to finish or undo it. */
export interface RestoreIntent {
  readonly target: string;
  readonly safety: string;
  readonly paths: readonly string[];
  readonly keepBoth: boolean;
  readonly deleteAbsent: boolean;
  /** Of `paths`, only exactly these (an undo); absent: all. */
  readonly only?: readonly string[];
  readonly at: string;
  readonly owner: Owner;
  /** The restore ended early (cancelled, disk full), though its process lives on. */
  readonly left?: boolean;
}

/** The last restore that was done, while it can be undone. */
export type RestoreDone = Omit<RestoreIntent, 'owner' | 'left'>;

const INTENT = 'journal/restore';
const DONE = 'journal/done';
const STAGING = 'journal/staging';

/** The record of changes to the user's files. */
export class Journal {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  begin(intent: RestoreDone): void {
    this.clearStaging();
    this.store.files.makeFolder(STAGING);
    this.store.files.write(INTENT, encodeChecked({ ...intent, owner: ownerOf(this.store.host) }), true);
  }

  /** Folder, below the store, for files that are written before they are moved into place. */
  get stagingFolder(): string {
    return STAGING;
  }

  /** Marks a restore that ended before it was done. */
  leave(intent: RestoreDone): void {
    this.store.files.write(INTENT, encodeChecked({ ...intent, owner: ownerOf(this.store.host), left: true }), true);
  }

  finish(done: RestoreDone | undefined): void {
    if (done !== undefined) this.store.files.write(DONE, encodeChecked(done), false);
    this.store.files.remove(INTENT);
    this.clearStaging();
  }

  /** A restore that ended, or whose process has ended, before it was done; one that still runs is none. */
  interrupted(): RestoreIntent | undefined {
    const intent = this.running();
    if (intent === undefined) return undefined;
    return intent.left === true || ownerState(intent.owner, this.store.host) === 'gone' ? intent : undefined;
  }

  /** A restore that is under way or was interrupted. */
  running(): RestoreIntent | undefined {
    return decodeChecked(this.store.files.read(INTENT)) as RestoreIntent | undefined;
  }

  done(): RestoreDone | undefined {
    return decodeChecked(this.store.files.read(DONE)) as RestoreDone | undefined;
  }

  forgetDone(): void {
    this.store.files.remove(DONE);
  }

  private clearStaging(): void {
    this.store.files.removeFolder(STAGING);
  }
}

/** Records of restores that are there, but not as they were written. */
export function brokenRecords({ files }: Store): string[] {
  return [INTENT, DONE].filter((name) => files.size(name) !== undefined && decodeChecked(files.read(name)) === undefined);
}
