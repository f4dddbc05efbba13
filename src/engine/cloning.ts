/** New instances from a snapshot. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { quietly, SnapstageError } from '../base/errors.ts';
import { ExactTimes } from '../instance/exactTimes.ts';
import { stateOf } from '../instance/restore.ts';
import type { State } from '../instance/states.ts';
import { removeDependant, writeDependant, writeLink, type Dependant } from '../store/links.ts';
import type { Session } from '../store/sessions.ts';
import { NO_LABELS, type StoredSnapshot } from '../store/snapshots.ts';
import { STORE_FOLDER, type Store } from '../store/store.ts';
import type * as api from './api.ts';
import { snapshotInfo } from './infos.ts';
import { namedSnapshot, type Open } from './open.ts';
import { restoreOptions } from './restoring.ts';

/** Makes a folder an instance, and runs what is to be done in it. */
type Within = <T>(folder: string, run: (open: Open) => Promise<T>) => Promise<T>;

/** @throws SnapstageError `exists` when something is in the folder; `io` when an entry can't be written there: nothing is left then. */
export async function clone(open: Open, request: api.CloneRequest, within: Within): Promise<api.CloneReport> {
  const { store, session, work, restorer } = open;
  const to = path.resolve(request.to);
  if (fs.existsSync(to) && fs.readdirSync(to).length > 0) throw new SnapstageError('exists', `${to} is not empty.`, { folder: to });
  const source = namedSnapshot(store, request.state);
  using lending = request.linked === true ? new Lending(store, session, source, to) : undefined;
  let made: api.CloneReport | undefined;
  await restorer.restoreTo(store, session, { ...restoreOptions(store, { state: source.id }), to }, work, async (folder, problems) => {
    if (problems.length > 0)
      throw new SnapstageError('io', `“${problems[0]!.path}” could not be written: ${problems[0]!.reason}.`, { problems });
    made = await within(folder, (child) => {
      lending?.link(child.store);
      return startAs(child, source, stateOf(store, source));
    });
  });
  lending?.finish();
  return { ...made!, folder: to };
}

/** Gives the folder, which was filled from a snapshot of another instance, its first snapshot. */
async function startAs({ folder, store, work, taker }: Open, source: StoredSnapshot, state: State): Promise<api.CloneReport> {
  await setFolderTime(folder, BigInt(source.record.rootMtime));
  const labels = { ...NO_LABELS, name: source.labels.name ?? `clone of ${source.id.slice(0, 8)}` };
  const { snapshot } = await taker.take(store, { kind: 'manual', labels, origin: { record: source.record, state } }, work);
  return { folder, files: snapshot.record.files, bytes: snapshot.record.bytes, snapshot: snapshotInfo(snapshot) };
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
