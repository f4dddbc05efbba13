/** What all changes that come from a Space have in common: they are fetched, applied by all or nothing, and told of. */
import { SnapstageError } from '../base/errors.ts';
import { encodeName, parsePath } from '../base/paths.ts';
import { REASONS } from '../instance/journal.ts';
import { platformTraits } from '../instance/names.ts';
import { hiddenPaths, type Merged, type Restored } from '../instance/restore.ts';
import { foldersAbove } from '../instance/scopes.ts';
import { CURRENT, Trees, type State } from '../instance/states.ts';
import { AreaReader } from '../space/areas/areaReader.ts';
import { distributionsIn, keepName, type Distribution } from '../space/delivery/distributions.ts';
import type { Taking } from '../space/delivery/takings.ts';
import { BASE, type Round } from '../space/delivery/received.ts';
import { targetFor } from '../space/members/acts.ts';
import { ALL, EDITORS, MASTERS, vaultOf } from '../space/members/audiences.ts';
import type { Target } from '../space/merge/classify.ts';
import type { Planned } from '../space/merge/plan.ts';
import type { Participant } from '../space/participant/participant.ts';
import { firstOf } from '../space/records/listFile.ts';
import { readKeeps, writeKeep } from '../store/keeps.ts';
import type { Note, StoredSnapshot } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import type { TreeEntry } from '../store/tree.ts';
import { alsoInRetired, areaIndex } from './areas.ts';
import type * as api from './deliveryApi.ts';
import { entryInfo } from './infos.ts';
import type { Open } from './open.ts';

/** What the sender is called in the names of files. */
export const SENDER = 'Master';
/** Of more objects than this those are listed that are not as they were sent. */
const LISTED_ALL = 256;

/** All or nothing: where something changed under it, all is as it was. */
export async function applied(open: Open, incoming: State, make: (mine: StoredSnapshot) => Promise<Buffer>): Promise<Merged | undefined> {
  const { store, session, restorer, work } = open;
  const lock = store.restoring.acquire(session);
  try {
    const restored = await restorer.merge(store, session, { incoming, make, reason: REASONS.delivery }, work);
    const [problem] = restored?.problems ?? [];
    if (restored === undefined || problem === undefined) return restored;
    await takeBack(open, restored);
    throw new SnapstageError('conflict', `“${problem.path}” could not be changed: ${problem.reason}. Nothing was applied; try again.`, {
      problems: restored.problems,
    });
  } finally {
    lock[Symbol.dispose]();
  }
}

/** Puts back what was done; what was in its way stays as it is. */
async function takeBack({ store, session, restorer, work }: Open, { steps, problems, safety }: Restored): Promise<void> {
  const inTheWay = new Set(problems.flatMap(({ path }) => [...foldersAbove(path), path]));
  const only = new Set(steps.map(({ path }) => path).filter((path) => !inTheWay.has(path)));
  const options = { target: safety, paths: [], only, keepBoth: false, deleteAbsent: true, careful: true, reason: REASONS.undo };
  await restorer.restore(store, session, options, work);
}

/** What became of one object. */
export interface Told {
  readonly path: string;
  readonly outcome: api.DeliveryOutcome;
  /** Where it was saved beside. */
  readonly savedAs: string | null;
}

/** What a Master wants to know by name of very many objects, and what first where there is not even room for that. */
const URGENCY: Readonly<Partial<Record<api.DeliveryOutcome, number>>> = { waiting: 3, kept: 2, 'saved-beside': 1, merged: 1 };

/** Tells the Master what became of what it said; goes with the next sync where the hub is not there. Another Master has nobody to tell. */
export async function acknowledge(participant: Participant, of: string, objects: readonly Told[], made: number): Promise<void> {
  if (!participant.state.audiences.has(vaultOf(participant.belonging.log))) return;
  const urgency = ({ outcome }: Told): number => URGENCY[outcome] ?? 0;
  const named = objects.length <= LISTED_ALL ? objects : objects.filter((one) => urgency(one) > 0);
  const outcomes = named
    .toSorted((a, b) => urgency(b) - urgency(a))
    .map(({ path, outcome, savedAs }) => ({ path: encoded(path), outcome, savedAs: savedAs === null ? null : encoded(savedAs) }));
  const counts: Partial<Record<api.DeliveryOutcome, number>> = {};
  for (const { outcome } of objects) counts[outcome] = (counts[outcome] ?? 0) + 1;
  participant.act(({ state, writer }) => {
    const target = targetFor(state, vaultOf(writer.log));
    writer.write({ kind: 'acknowledge', of, counts, outcomes: writer.list(firstOf(outcomes), target, made), made }, target);
  });
  try {
    await participant.send();
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.code !== 'io') throw error;
  }
}

function encoded(path: string): string {
  return encodeName(path).toString('base64url');
}

/** What was last received, path by path. */
export function baseRoot({ files }: Store): Buffer | undefined {
  const root = readKeeps(files).known.find(({ name }) => name === BASE)?.root;
  return root === undefined ? undefined : Buffer.from(root, 'hex');
}

/** The delivered tree, whole in the store, and kept there. */
export async function fetched(open: Open, participant: Participant, distribution: Distribution): Promise<State> {
  const { store, work } = open;
  const { id, audience, said } = distribution;
  const root = Buffer.from(said.body.tree, 'hex');
  const name = keepName(id);
  if (!readKeeps(store.files).known.some((keep) => keep.name === name && keep.root === said.body.tree)) {
    await alsoInRetired(open, participant, [audience], async (besides) => {
      using reader = new AreaReader([await areaIndex(open, participant, audience), ...besides], store, work);
      await reader.takeIn(await reader.survey(root));
    });
    writeKeep(store.files, { name, root: said.body.tree });
  }
  return { id, root, trees: new Trees(() => store.reader), at: new Date(said.body.made).toISOString() };
}

/** One side of an object, as the contract has it. */
export function version(path: string, entry: TreeEntry | undefined): api.ObjectVersion | null {
  if (entry === undefined) return null;
  const { kind, size, modified, id } = entryInfo(path, entry);
  return { kind, size, modified, id };
}

/** What a merge makes of an object of `item`, as the contract has it, while nobody is asked about it. */
export function plannedObject(
  object: Planned,
  item: { readonly type: api.DeliveredItem['type']; readonly part?: string | null } | undefined,
): api.DeliveredObject {
  const { path, place, state, strategy, outcome, beside, hold, base, incoming, mine, triple } = object;
  return {
    path,
    place,
    type: object.table === undefined ? (item?.type ?? 'file') : 'table',
    part: object.table ?? item?.part ?? null,
    state,
    strategy,
    outcome,
    as: beside?.place ?? null,
    hold: hold ?? null,
    base: version(place, base),
    incoming: version(place, incoming),
    mine: version(place, mine),
    triple,
    choices: [],
    chosen: null,
    offered: null,
    mergeable: null,
  };
}

/** What was found of a folder besides its tree. */
export interface About {
  readonly files: number;
  readonly excluded: readonly Note[];
  readonly unreadable: readonly Note[];
}

/** Files with unsaved changes in an editor: as the caller knows, and as other windows tell. @throws SnapstageError `usage` for what is no path. */
export function unsavedIn({ unsaved: notes }: Open, { unsaved = [] }: api.EditorState): readonly string[] {
  return [...unsaved.map(parsePath), ...notes.others()];
}

/** The current state, with what is in `incoming` even where it is ignored. */
export async function lookedAt(
  { store, taker, work }: Open,
  incoming: State | undefined,
): Promise<{ readonly mine: State; readonly about: About }> {
  const first = await taker.look(store, work);
  const hidden = incoming === undefined ? [] : hiddenPaths(first.excluded, incoming, []);
  const look = hidden.length === 0 ? first : await taker.look(store, work, hidden);
  const mine = { id: CURRENT, root: look.root, trees: new Trees(() => store.reader, look.trees), at: '' };
  return { mine, about: { ...look, files: look.totals.files } };
}

/** The target, as what was found of it says. */
export function targetOf(about: About, unsaved: readonly string[]): Target {
  // A path of '' says how many more there are.
  const unread = [...about.excluded, ...about.unreadable].map(({ path }) => path).filter((path) => path !== '');
  return { traits: platformTraits(), unread, unsaved };
}

/** What a change of the folder leaves to be undone. */
export function roundsOf(merged: Merged | undefined): readonly Round[] {
  return merged === undefined ? [] : [{ safety: merged.safety.id, made: merged.made.id }];
}

/** Distributions by others that are for this instance, in causal order. */
export function deliveriesFor(participant: Participant): readonly Distribution[] {
  return distributionsIn(participant.state).filter((one) => !isOwn(participant, one) && isMeant(participant, one.audience));
}

/** Whether this instance said it. */
export function isOwn({ belonging }: Participant, { said }: Distribution | Taking): boolean {
  return said.record.header.log === belonging.log;
}

/** Whether what is said to an audience is for this instance: a Master can also open what is for chosen ones, and is none of them. */
export function isMeant({ state, belonging }: Participant, audience: string): boolean {
  const found = state.audiences.get(audience);
  if (found === undefined) return false;
  const isMaster = state.audiences.get(MASTERS)?.secret !== undefined;
  return !isMaster || audience === ALL || audience === EDITORS || found.chosen.includes(belonging.log);
}
