/** New instances from a snapshot. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { quietly, SnapstageError } from '../base/errors.ts';
import { ExactTimes } from '../instance/exactTimes.ts';
import { clearUnfinished, NewFolder } from '../instance/newFolder.ts';
import { stateOf } from '../instance/restore.ts';
import type { State } from '../instance/states.ts';
import { removeDependant, writeDependant, writeLink, type Dependant } from '../store/links.ts';
import type { Session } from '../store/sessions.ts';
import { NO_LABELS, nextSequence, type Labels, type SnapshotRecord, type StoredSnapshot } from '../store/snapshots.ts';
import { STORE_FOLDER, type Store } from '../store/store.ts';
import type * as api from './api.ts';
import { snapshotInfo } from './infos.ts';
import { namedSnapshot, type Open } from './open.ts';
import { restoreOptions } from './restoring.ts';

/** Makes a folder an instance, and runs what is to be done in it. */
type Within = <T>(folder: string, run: (open: Open) => Promise<T>) => Promise<T>;

/**
 * @throws SnapstageError `exists` when something is in the folder; `io` when an entry can't be written there: nothing is left then.
 *   `usage` for one without files that is not linked.
 */
export async function clone(open: Open, request: api.CloneRequest, within: Within): Promise<api.CloneReport> {
  const { store, session, work, restorer } = open;
  const to = path.resolve(request.to);
  if (fs.existsSync(to) && fs.readdirSync(to).length > 0) throw new SnapstageError('exists', `${to} is not empty.`, { folder: to });
  const source = namedSnapshot(store, request.state);
  if (request.withoutFiles === true && request.linked !== true)
    throw new SnapstageError('usage', 'Only a linked instance can be made without its files.');
  using lending = request.linked === true ? new Lending(store, session, source, to) : undefined;
  let first: StoredSnapshot | undefined;
  const start = async (folder: string): Promise<void> => {
    first = await within(folder, (child) => {
      lending?.link(child.store);
      return request.withoutFiles === true ? inherit(child, source) : startAs(child, source, stateOf(store, source));
    });
  };
  if (request.withoutFiles === true) {
    clearUnfinished(store);
    using made = new NewFolder(store, session, 'beside', to);
    await start(made.folder);
    made.finish();
  } else {
    await restorer.restoreTo(store, session, { ...restoreOptions(store, { state: source.id }), to }, work, async (folder, problems) => {
      if (problems.length > 0)
        throw new SnapstageError('io', `“${problems[0]!.path}” could not be written: ${problems[0]!.reason}.`, { problems });
      await start(folder);
    });
  }
  lending?.finish();
  const { files, bytes } = first!.record;
  return { folder: to, files, bytes, snapshot: snapshotInfo(first!) };
}

/** Gives the folder, which was filled from a snapshot of another instance, its first snapshot. */
async function startAs({ folder, store, work, taker }: Open, source: StoredSnapshot, state: State): Promise<StoredSnapshot> {
  await setFolderTime(folder, BigInt(source.record.rootMtime));
  const labels = firstLabels(source);
  const { snapshot } = await taker.take(store, { kind: 'manual', labels, origin: { record: source.record, state } }, work);
  return snapshot;
}

/** Gives an empty folder the snapshot of another instance as its first, without what is in it. */
async function inherit({ store }: Open, source: StoredSnapshot): Promise<StoredSnapshot> {
  const labels = firstLabels(source);
  const own = { nonce: store.host.randomHex(8), created: new Date(store.host.now()).toISOString(), sequence: nextSequence([]) };
  const record: SnapshotRecord = { ...source.record, ...own, kind: 'manual', reason: null, addedBytes: 0 };
  return { id: store.publish(record, labels), record, labels };
}

function firstLabels(source: StoredSnapshot): Labels {
  return { ...NO_LABELS, name: source.labels.name ?? `clone of ${source.id.slice(0, 8)}` };
}

/** To the nanosecond where the system can. */
async function setFolderTime(folder: string, mtime: bigint): Promise<void> {
  const seconds = Number(mtime) / 1e9;
  fs.utimesSync(folder, seconds, seconds);
  const times = new ExactTimes();
  times.set(folder, mtime);
  await times.close();
}

/** What a snapshot consists of is kept for an instance that is being made; ends without a trace unless it is finished. */
class Lending implements Disposable {
  private readonly store: Store;
  private readonly to: string;
  private readonly dependant: Dependant;
  private isFinished = false;

  /** `to`: absolute folder of the new instance. @throws SnapstageError `not-found` when the snapshot was deleted just now. */
  constructor(store: Store, session: Session, source: StoredSnapshot, to: string) {
    this.store = store;
    this.to = to;
    const { name } = session;
    this.dependant = { id: store.host.randomHex(16), root: source.record.root, snapshot: source.id, places: this.places(), session: name };
    writeDependant(store.files, this.dependant);
    if (store.snapshots.ids().includes(source.id)) return;
    this[Symbol.dispose]();
    throw new SnapstageError('not-found', `Snapshot ${source.id.slice(0, 8)} was deleted in the meantime.`, { id: source.id });
  }

  link(child: Store): void {
    const { id, root, snapshot } = this.dependant;
    writeLink(child.files, { id, root, snapshot, places: child.files.wayTo(this.store.files) });
  }

  /** The instance is in its place, from where on it counts, whatever the record says of who makes it. */
  finish(): void {
    this.isFinished = true;
    const { id, root, snapshot } = this.dependant;
    quietly(() => writeDependant(this.store.files, { id, root, snapshot, places: this.places() }));
  }

  [Symbol.dispose](): void {
    if (!this.isFinished) removeDependant(this.store.files, this.dependant.id);
  }

  private places(): readonly string[] {
    return this.store.files.wayTo(this.store.files.elsewhere(path.join(this.to, STORE_FOLDER)));
  }
}
