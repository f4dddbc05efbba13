/** From what is asked for to what is put on the Stage. */
import { SnapstageError } from '../base/errors.ts';
import { parsePath } from '../base/paths.ts';
import { findApplication } from '../instance/applications/names.ts';
import { CURRENT } from '../instance/states.ts';
import { BundleFiles } from '../space/stage/bundles.ts';
import { typeOf, type Look } from '../space/stage/look.ts';
import { placeId, type StagedRecord } from '../space/stage/stagedObject.ts';
import type { PathNote } from './api.ts';
import { namedSnapshots, type Open } from './open.ts';
import type { ObjectRequest, StageRequest } from './stageApi.ts';
import { States, STRETCH } from './stagedStates.ts';

/** What is asked for, by id. */
export type Asked = ReadonlyMap<string, StagedRecord>;

/** What a bundle holds, to be staged now. @throws SnapstageError `not-found`, `damaged`. */
export function bundled({ store }: Open, name: string): Asked {
  const added = new Date(store.host.now()).toISOString();
  return new Map(new BundleFiles(store.files).mustGet(name).objects.map((record) => [placeId(record), { ...record, added }]));
}

/** The records of what is asked for; of two for the same place the later one counts. @throws SnapstageError when one is not there. */
export async function requested(
  open: Open,
  { objects, strategy, extensions }: Extract<StageRequest, { objects: unknown }>,
): Promise<Asked> {
  const states = new States(open, extensions);
  const ids = stateIds(open, objects);
  const added = new Date(open.store.host.now()).toISOString();
  const records = new Map<string, StagedRecord>();
  const problems: { readonly note: PathNote; readonly error: SnapstageError }[] = [];
  for (const [i, object] of objects.entries()) {
    if (i % STRETCH === 0) await open.work.pause();
    try {
      const state = ids.get(object.state)!;
      const { look } = states.known(state);
      if (look === undefined) throw deletedMeanwhile(state);
      const record = { ...(await placeOf(object, look)), state, strategy: strategy ?? null, added };
      records.set(placeId(record), record);
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.code === 'cancelled') throw error;
      problems.push({ note: { path: 'path' in object ? object.path : '', reason: error.message }, error });
    }
  }
  if (problems.length > 0) throw notStaged(problems);
  return records;
}

/** From STATEs to ids; the store is read once. @throws SnapstageError `not-found`, `ambiguous`, `damaged`. */
function stateIds({ store }: Open, objects: readonly ObjectRequest[]): Map<string, string> {
  const states = [...new Set(objects.map(({ state }) => state))].filter((state) => state !== CURRENT);
  const snapshots = states.length === 0 ? [] : namedSnapshots(store, states);
  return new Map([[CURRENT, CURRENT], ...states.map((state, i) => [state, snapshots[i]!.id] as const)]);
}

function notStaged(problems: readonly { readonly note: PathNote; readonly error: SnapstageError }[]): SnapstageError {
  const { code, message, details } = problems[0]!.error;
  const more = problems.length - 1;
  const sentence = more === 0 ? message : `${message.replace(/\.$/, '')}, and ${more} more can’t be staged. Nothing was.`;
  return new SnapstageError(code, sentence, { ...details, missing: problems.map(({ note }) => note) });
}

/** For a snapshot that somebody else deletes just now. */
export function deletedMeanwhile(id: string): SnapstageError {
  return new SnapstageError('not-found', `Snapshot ${id} was deleted in the meantime.`, { id });
}

type Placed = Pick<StagedRecord, 'type' | 'path' | 'table' | 'application'>;

/** Where what is asked for lies. @throws SnapstageError `not-found`, `refused`, `usage`. */
async function placeOf(request: ObjectRequest, look: Look): Promise<Placed> {
  switch (request.type) {
    case 'snapshot':
      return wholeOf(look);
    case 'application': {
      const { kind, path } = findApplication(await look.applications(), request.application);
      return { type: 'application', path, application: kind };
    }
    case 'path':
    case 'table': {
      const path = parsePath(request.path);
      const entry = look.entry(path);
      if (entry === undefined) throw new SnapstageError('not-found', `There is no “${path}” in ${request.state}.`, { path });
      const leftOut = look.leftOut(path, entry.kind);
      if (leftOut !== undefined)
        throw new SnapstageError('refused', `“${path}” can’t be staged: snapshots leave it out: ${leftOut}.`, { path });
      if (request.type === 'table') return tableOf(path, request, look);
      return path === '' && !look.isCurrent ? wholeOf(look) : { type: typeOf(entry), path };
    }
  }
}

function wholeOf({ isCurrent }: Look): Placed {
  return { type: isCurrent ? 'folder' : 'snapshot', path: '' };
}

async function tableOf(path: string, { state, table }: { readonly state: string; readonly table: string }, look: Look): Promise<Placed> {
  const tables = await look.tables(path);
  if (tables === undefined) throw new SnapstageError('refused', `“${path}” is no SQLite database.`, { path });
  const found = tables.get(table.toLowerCase());
  if (found === undefined) throw new SnapstageError('not-found', `There is no table “${table}” in “${path}” of ${state}.`, { path, table });
  if (found.together !== null)
    throw new SnapstageError('refused', `“${found.name}” can’t be staged alone: ${found.together}.`, { path, table });
  return { type: 'table', path, table: found.name };
}
