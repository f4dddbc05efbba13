/** What was received here, as it changes: with a delivery, and when that is undone or done again. */
import { Journal, type RestoreIntent } from '../../instance/journal.ts';
import type { StoreFiles } from '../../store/files.ts';
import { readKeeps, removeKeep, writeKeep } from '../../store/keeps.ts';
import { decodeChecked, encodeChecked } from '../../store/reservations.ts';
import type { Store } from '../../store/store.ts';
import { SPACE_FOLDER } from '../participant/belonging.ts';
import { BASE, forgetChoices, readReceived, writeReceived, type Received, type Round } from './received.ts';

/** What applying something changed. */
export interface Change {
  /** Of the folder; nothing when all was so already. */
  readonly round: Round | undefined;
  /** Root (hex) of what was last received; absent: as it was. */
  readonly base?: string;
  /** What became of deliveries, by their ids. */
  readonly received?: ReadonlyMap<string, Received>;
}

/** What holds as long as the folder is as it is on one side of a change. */
interface Side {
  /** Ids of snapshots of the folder as it is then. */
  readonly snapshots: readonly string[];
  /** Root (hex) of what was last received. */
  readonly base: string | null;
  readonly received: readonly (readonly [delivery: string, Received])[];
}

/** The last change that can be undone. */
interface Turn {
  readonly here: Side;
  /** Where the folder is once it is undone, or done again. */
  readonly there: Side;
  /** Whether all else says what holds here; where it does not, somebody was killed. */
  readonly isSettled: boolean;
}

/** The keep of what was last received, there. */
const OTHER_BASE = 'base-before';
/** And while both change places. */
const BASE_BETWEEN = 'base-between';
const TURN = `${SPACE_FOLDER}/turn`;

/** Notes, durably and as a whole, what was received from now on. */
export function noteChange(files: StoreFiles, { round, base, received = new Map() }: Change): void {
  const known = readReceived(files);
  const before = rootOf(files, BASE);
  const after = base ?? before;
  // Whoever undoes it has seen it: it is not new then.
  const earlier = [...received].map(([id, one]) => [id, known.get(id) ?? { ...one, state: 'undone', rounds: [] }] as const);
  if (round !== undefined) {
    keep(files, OTHER_BASE, before);
    const here = { snapshots: [round.made], base: after, received: [...received] };
    return settle(files, { here, there: { snapshots: [round.safety], base: before, received: earlier }, isSettled: false });
  }
  const last = readTurn(files);
  if (last !== undefined) {
    // It goes with the change that it came after.
    const here = { ...last.here, base: after, received: [...new Map([...last.here.received, ...received])] };
    const there = { ...last.there, received: [...new Map([...earlier, ...last.there.received])] };
    return settle(files, { here, there, isSettled: false });
  }
  if (base !== undefined) writeKeep(files, { name: BASE, root: base });
  for (const [id, one] of received) writeReceived(files, id, one);
}

/** A whole state, or all that the last change touched: not chosen paths. */
export function bringsBack({ paths, only, keepBoth }: Pick<RestoreIntent, 'paths' | 'keepBoth'> & { readonly only?: unknown }): boolean {
  return !keepBoth && (paths.length === 0 || only !== undefined);
}

/**
 * The folder is as in the snapshot `to`, and was as in `safety`: where that undoes the last change, or does it again, what was received
 * is as it was then.
 */
export function noteRestored(files: StoreFiles, { to, safety }: { readonly to: string; readonly safety: string }): void {
  const turn = readTurn(files);
  if (turn === undefined || !turn.there.snapshots.includes(to)) return;
  const left = { ...turn.here, snapshots: [...turn.here.snapshots, safety] };
  // What was decided is undone with what it did: otherwise it would be done again with the next that is received.
  for (const [id, { state }] of turn.there.received) if (state === 'waiting') forgetChoices(files, id);
  keep(files, BASE_BETWEEN, turn.here.base);
  settle(files, { here: turn.there, there: left, isSettled: false });
}

/** Ends what whoever was killed had begun to note, and notes what the last restore has brought back. */
export function catchUp(store: Store): void {
  const { files } = store;
  const turn = readTurn(files);
  if (turn?.isSettled === false) settle(files, turn);
  const done = new Journal(store).done();
  if (done !== undefined && bringsBack(done)) noteRestored(files, { to: done.target, safety: done.safety });
}

function settle(files: StoreFiles, turn: Turn): void {
  const { here, there } = turn;
  writeTurn(files, turn);
  keep(files, BASE, here.base);
  keep(files, OTHER_BASE, there.base);
  keep(files, BASE_BETWEEN, null);
  for (const [id, one] of here.received) writeReceived(files, id, one);
  writeTurn(files, { ...turn, isSettled: true });
}

function keep(files: StoreFiles, name: string, root: string | null): void {
  if (rootOf(files, name) === root) return;
  if (root === null) removeKeep(files, name);
  else writeKeep(files, { name, root });
}

function rootOf(files: StoreFiles, name: string): string | null {
  return readKeeps(files).known.find((one) => one.name === name)?.root ?? null;
}

/** One that is damaged is as good as none: what was received stays as it is. */
function readTurn(files: StoreFiles): Turn | undefined {
  return decodeChecked(files.read(TURN)) as Turn | undefined;
}

function writeTurn(files: StoreFiles, turn: Turn): void {
  files.write(TURN, encodeChecked(turn), true);
}
