import { SnapstageError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import { stateOf, type Restorer } from '../instance/restore.ts';
import { CURRENT, findSnapshot, Trees, type State } from '../instance/states.ts';
import type { Taker } from '../instance/take.ts';
import { readKeeps } from '../store/keeps.ts';
import type { Session } from '../store/sessions.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import type { UnsavedNotes } from '../store/unsaved.ts';

/** What one operation works with: the instance's store as opened for it, and those who read and change the folder. */
export interface Open {
  /** Absolute path of the instance. */
  readonly folder: string;
  readonly store: Store;
  readonly session: Session;
  readonly work: Work;
  readonly taker: Taker;
  readonly restorer: Restorer;
  readonly unsaved: UnsavedNotes;
  /** Runs what must not be disturbed by other operations of this engine, when those have ended. Not for two at the same time. */
  alone<T>(run: () => T): Promise<T>;
}

/** The snapshot that a STATE names. @throws SnapstageError `not-found`, `ambiguous`, `damaged`. */
export function namedSnapshot(store: Store, state: string): StoredSnapshot {
  return named(store.snapshots.list(), state);
}

/** Those that several STATEs name, the store read once. @throws SnapstageError as `namedSnapshot`. */
export function namedSnapshots(store: Store, states: readonly string[]): readonly StoredSnapshot[] {
  const listed = store.snapshots.list();
  return states.map((state) => named(listed, state));
}

function named({ snapshots, damaged }: ReturnType<Store['snapshots']['list']>, state: string): StoredSnapshot {
  try {
    return findSnapshot(snapshots, state);
  } catch (error) {
    const broken = damaged.find((id) => state.length >= 4 && id.startsWith(state));
    if (broken === undefined) throw error;
    throw new SnapstageError('damaged', `Snapshot ${broken} is damaged.`, { part: `snapshots/${broken}` });
  }
}

/** What all that was distributed is called among states, once it is known. */
export const DISTRIBUTED = 'distributed';

/** What came by the Space and can be asked about like a state: handed out, handed in, or given back, each by the start of its record's hash. */
const KEPT = /^(?:delivered|hand-in|feedback)-[0-9a-f]{32}$/;

/** The state that a STATE names, `current`, `distributed` and what came by the Space among them. @throws SnapstageError as `namedSnapshot`. */
export async function namedState(open: Open, state: string): Promise<State> {
  const kept = state === DISTRIBUTED || KEPT.test(state) ? keptState(open.store, state) : undefined;
  if (kept !== undefined) return kept;
  return state === CURRENT ? currentState(open) : stateOf(open.store, namedSnapshot(open.store, state));
}

/** What is kept under a name; nothing where it never was. What was distributed is as it was when it was last brought up to date. */
export function keptState(store: Store, name: string): State | undefined {
  const root = readKeeps(store.files).known.find((keep) => keep.name === name)?.root;
  return root === undefined ? undefined : { id: name, root: Buffer.from(root, 'hex'), trees: new Trees(() => store.reader), at: '' };
}

export async function currentState({ store, taker, work }: Open): Promise<State> {
  const look = await taker.look(store, work);
  return { id: CURRENT, root: look.root, trees: new Trees(() => store.reader, look.trees), at: new Date(store.host.now()).toISOString() };
}
