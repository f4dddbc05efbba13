/** What lies on the Stage, looked after in the states that it is from. */
import { stateOf } from '../instance/restore.ts';
import { CURRENT } from '../instance/states.ts';
import { currentPages } from '../instance/tables/pageSource.ts';
import { storedPages } from '../instance/tables/restoreTable.ts';
import { lookAfter, lookAtCurrent, lookAtSnapshot, type Look } from '../space/stage/look.ts';
import { holderAmong, placeId, type StagedRecord } from '../space/stage/stagedObject.ts';
import { applications } from './applications.ts';
import type { Application, InstalledExtension } from './applicationsApi.ts';
import type { SnapshotInfo } from './api.ts';
import { snapshotInfo } from './infos.ts';
import type { Open } from './open.ts';
import type { StagedObject } from './stageApi.ts';

/** So many objects are looked after before others get their turn. */
export const STRETCH = 200;

/** What is known of records now; `staged` is all that lies on the Stage. */
export async function lookAfterAll(
  open: Open,
  records: Iterable<StagedRecord>,
  staged: ReadonlyMap<string, StagedRecord>,
): Promise<StagedObject[]> {
  const states = new States(open);
  const holderOf = holderAmong(staged.values());
  const objects: StagedObject[] = [];
  for (const record of records) {
    if (objects.length % STRETCH === 0) await open.work.pause();
    const { snapshot, look, problem } = states.known(record.state);
    const found = look === undefined ? { type: record.type, size: null, problem } : await lookAfter(record, look);
    const holder = holderOf(record);
    objects.push({
      id: placeId(record),
      ...found,
      state: record.state,
      snapshot,
      path: record.path,
      table: record.table ?? null,
      application: record.application ?? null,
      strategy: record.strategy,
      added: record.added,
      within: holder === undefined ? null : placeId(holder),
    });
  }
  return objects;
}

interface Known {
  readonly snapshot: SnapshotInfo | null;
  /** Absent where the state can't be looked at. */
  readonly look?: Look;
  readonly problem: string | null;
}

/** States as the Stage looks at them, each opened once. */
export class States {
  private readonly open: Open;
  private readonly extensions: readonly InstalledExtension[] | undefined;
  private readonly looks = new Map<string, Known>();
  private listed: ReturnType<Open['store']['snapshots']['list']> | undefined;

  constructor(open: Open, extensions?: readonly InstalledExtension[]) {
    this.open = open;
    this.extensions = extensions;
  }

  /** The state of this id. */
  known(id: string): Known {
    const known = this.looks.get(id) ?? this.lookAt(id);
    this.looks.set(id, known);
    return known;
  }

  private lookAt(id: string): Known {
    const { open, extensions } = this;
    const { folder, store, work } = open;
    const ofState = async (): Promise<readonly Application[]> =>
      (await applications(open, { state: id, ...(extensions === undefined || id !== CURRENT ? {} : { extensions }) })).applications;
    if (id === CURRENT) {
      const look = lookAtCurrent(folder, { work, pages: (path) => currentPages(folder, path), applications: ofState });
      return { snapshot: null, look, problem: null };
    }
    const { snapshots, damaged } = (this.listed ??= store.snapshots.list());
    const snapshot = snapshots.find((one) => one.id === id);
    if (snapshot === undefined)
      return { snapshot: null, problem: damaged.includes(id) ? 'its snapshot is damaged' : 'its snapshot was deleted' };
    const pages = (path: string): ReturnType<typeof storedPages> => storedPages(store, snapshot, path);
    const look = lookAtSnapshot(stateOf(store, snapshot), { work, pages, applications: ofState });
    return { snapshot: snapshotInfo(snapshot), look, problem: null };
  }
}
