/** The Stage: what lies on it, what comes onto it and goes off it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SnapstageError } from '../base/errors.ts';
import { comparePaths } from '../base/paths.ts';
import { CURRENT } from '../instance/states.ts';
import { BundleFiles, type Bundle } from '../space/stage/bundles.ts';
import { StageFiles, type StagedRecords } from '../space/stage/stageFiles.ts';
import { placeId, type StagedRecord } from '../space/stage/stagedObject.ts';
import type { Open } from './open.ts';
import type { BundleInfo, BundleList, Stage, StageChange, StagedObject, StagePlan, StageRequest, Strategy } from './stageApi.ts';
import { lookAfterAll } from './stagedStates.ts';
import { bundled, deletedMeanwhile, requested, type Asked } from './stageRequests.ts';

/** Others change the Stage in a moment; this is how long they are waited for. */
const MAX_TRIES = 500;
const PAUSE_MS = 20;

export async function stage(open: Open): Promise<Stage> {
  return told(open, new StageFiles(open.store.files).read());
}

async function told(open: Open, { objects, unreadable }: StagedRecords): Promise<Stage> {
  return { objects: (await lookAfterAll(open, objects.values(), objects)).toSorted(byPlace), unreadable };
}

function byPlace(a: StagedObject, b: StagedObject): number {
  const nameOf = ({ table, application }: StagedObject): string => `${application ?? ''} ${table ?? ''}`;
  return comparePaths(a.path, b.path) || (nameOf(a) < nameOf(b) ? -1 : 1);
}

export async function plan(open: Open, request: StageRequest): Promise<StagePlan> {
  return planOf(open, request, await askedFor(open, request));
}

export async function add(open: Open, request: StageRequest): Promise<StagePlan> {
  const { store, work } = open;
  const asked = await askedFor(open, request);
  const done = await planOf(open, request, asked);
  const records = done.changes.map(({ object }) => asked.get(object.id)!);
  await changing(open, (files) =>
    files.put(withKept(request, records, files.read().objects), {
      before: () => work.check(),
      last() {
        // Whoever deletes a snapshot looks at the Stage first: what was put there too late for that is found here.
        const there = new Set([CURRENT, ...store.snapshots.ids()]);
        const gone = records.find(({ state }) => !there.has(state));
        if (gone !== undefined) throw deletedMeanwhile(gone.state);
      },
    }),
  );
  return done;
}

/** Runs alone among those who change the Stage: they wait for one another. @throws SnapstageError `busy` after a while. */
async function changing<T>({ store, session, work }: Open, run: (files: StageFiles) => T): Promise<T> {
  const lock = await acquired();
  try {
    return run(new StageFiles(store.files));
  } finally {
    lock[Symbol.dispose]();
  }

  async function acquired(): Promise<Disposable> {
    for (let tries = 1; ; tries++) {
      try {
        return store.staging.acquire(session);
      } catch (error) {
        if (!(error instanceof SnapstageError) || error.code !== 'busy' || tries === MAX_TRIES) throw error;
      }
      await sleep(PAUSE_MS);
      work.check();
    }
  }
}

function askedFor(open: Open, request: StageRequest): Asked | Promise<Asked> {
  return 'bundle' in request ? bundled(open, request.bundle) : requested(open, request);
}

/** What putting this on the Stage does. */
async function planOf(open: Open, request: StageRequest, asked: Asked): Promise<StagePlan> {
  const staged = new StageFiles(open.store.files).read().objects;
  const records = withKept(request, [...asked.values()], staged);
  const all = new Map([...staged, ...records.map((record) => [placeId(record), record] as const)]);
  const objects = (await lookAfterAll(open, records, all)).toSorted(byPlace);
  const replaced = [...asked.keys()].flatMap((id) => staged.get(id) ?? []);
  const before = new Map((await lookAfterAll(open, replaced, staged)).map((object) => [object.id, object]));
  const isMissing = ({ problem }: StagedObject): boolean => 'bundle' in request && problem !== null;
  return {
    changes: objects.filter((one) => !isMissing(one)).map((object) => ({ object, replaces: replacedBy(before.get(object.id)) })),
    missing: objects.filter(isMissing),
  };
}

function replacedBy(object: StagedObject | undefined): StageChange['replaces'] {
  if (object === undefined) return null;
  const { type, state, snapshot, strategy } = object;
  return { type, state, snapshot, strategy };
}

/** Where no strategy is asked for, what lies in a place already hands on its own. */
function withKept(request: StageRequest, records: readonly StagedRecord[], staged: Asked): readonly StagedRecord[] {
  if ('bundle' in request || request.strategy !== undefined) return records;
  return records.map((record) => {
    const strategy = staged.get(placeId(record))?.strategy ?? null;
    return { ...record, strategy };
  });
}

export async function remove(open: Open, ids: readonly string[]): Promise<Stage> {
  await changing(open, (files) => files.remove(ids));
  return stage(open);
}

export async function setStrategy(
  open: Open,
  { ids, strategy }: { readonly ids: readonly string[]; readonly strategy: Strategy | null },
): Promise<Stage> {
  await changing(open, (files) => {
    const { objects } = files.read();
    const records = ids.map((id) => withStrategy(objects.get(id), strategy));
    files.put(records, { before: () => open.work.check() });
  });
  return stage(open);
}

function withStrategy(record: StagedRecord | undefined, strategy: Strategy | null): StagedRecord {
  if (record === undefined) throw new SnapstageError('not-found', 'It is not on the Stage any more.');
  return { ...record, strategy };
}

export function bundles({ store }: Open): BundleList {
  const { bundles: known, unreadable } = new BundleFiles(store.files).list();
  return { bundles: known.map(bundleInfo), unreadable };
}

export function saveBundle(open: Open, { name, replace }: { readonly name: string; readonly replace?: boolean }): Promise<BundleInfo> {
  return changing(open, (stageFiles) => {
    const files = new BundleFiles(open.store.files);
    const objects = [...stageFiles.read().objects.values()];
    if (objects.length === 0) throw new SnapstageError('refused', 'The Stage is empty: there is nothing to keep as a bundle.');
    if (replace !== true && files.has(name)) throw new SnapstageError('exists', `There is a bundle “${name}” already.`, { bundle: name });
    const bundle = { name, saved: new Date(open.store.host.now()).toISOString(), objects };
    files.save(bundle);
    return bundleInfo(bundle);
  });
}

export function deleteBundles(open: Open, names: readonly string[]): BundleList {
  new BundleFiles(open.store.files).remove(names);
  return bundles(open);
}

function bundleInfo({ name, saved, objects }: Bundle): BundleInfo {
  return { name, saved, objects: objects.length };
}
