/** Bringing something into the own current state by hand: what was distributed, or what lies on the Stage. */
import { SnapstageError } from '../base/errors.ts';
import { isInside, parsePath } from '../base/paths.ts';
import { stateOf } from '../instance/restore.ts';
import { withoutNested } from '../instance/scopes.ts';
import { CURRENT, Trees, type State } from '../instance/states.ts';
import { noteChange } from '../space/delivery/changes.ts';
import { deliveredTree, type Part } from '../space/delivery/deliveredTree.ts';
import { storing } from '../space/delivery/storing.ts';
import type { Decided, Decision } from '../space/merge/decisions.ts';
import { guardOf } from '../space/merge/guardedNames.ts';
import { mergedTree } from '../space/merge/mergedTree.ts';
import { nextBase } from '../space/merge/nextBase.ts';
import { planMerge, type MergePlan, type MergeRequest } from '../space/merge/plan.ts';
import { Staged, type Item, type Strategy } from '../space/merge/staged.ts';
import { idHex } from '../store/ids.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { Kind } from '../store/tree.ts';
import { applied, baseRoot, lookedAt, plannedObject, roundsOf, SENDER, targetOf, unsavedIn, type About } from './applying.ts';
import { differingTables, storeDatabases } from './deliveredTables.ts';
import type * as delivery from './deliveryApi.ts';
import { partsOf, stagedObjects } from './distributing.ts';
import { snapshotInfo } from './infos.ts';
import { DISTRIBUTED, keptState, type Open } from './open.ts';
import type * as api from './pullApi.ts';

/** What is to be brought, and how. */
interface Bringing {
  readonly incoming: State;
  readonly items: readonly Item[];
  readonly label: string;
  /** It counts as received then. */
  readonly isReceived: boolean;
  readonly unsaved: readonly string[];
  /** What can run programs and was asked for in so many words. */
  readonly isAskedFor: (path: string) => boolean;
}

export function planPull(open: Open, request: api.PullRequest): Promise<api.BringPlan> {
  return planned(open, pulled(open, request));
}

export function pull(open: Open, request: Parameters<api.PullApi['pull']>[0]): Promise<api.BringReport> {
  return brought(open, pulled(open, request), request);
}

export async function planStageHere(open: Open, request: api.StageHereRequest): Promise<api.BringPlan> {
  return planned(open, await fromStage(open, request));
}

export async function stageHere(open: Open, request: Parameters<api.PullApi['stageHere']>[0]): Promise<api.BringReport> {
  return brought(open, await fromStage(open, request), request);
}

/** @throws SnapstageError `not-found` for what was not distributed. */
function pulled(open: Open, request: api.PullRequest): Bringing {
  const state = keptState(open.store, DISTRIBUTED);
  if (state === undefined) throw new SnapstageError('not-found', 'Nothing is known here that was distributed.', { state: DISTRIBUTED });
  const paths = withoutNested(request.paths.map(parsePath));
  if (paths.length === 0) throw new SnapstageError('usage', 'What is to be pulled? Name paths.');
  const items = paths.map((path): Item => {
    const isFolder = state.trees.entry(state.root, path)?.kind === Kind.folder;
    return { type: path === '' ? 'snapshot' : isFolder ? 'folder' : 'file', path, strategy: 'overwrite' };
  });
  const parts = paths.map((path) => ({ path, state }));
  const named = paths.filter((path) => path.split('/').some((name) => guardOf(name) === 'code'));
  const isAskedFor = (path: string): boolean => named.some((one) => isInside(one, path));
  return { incoming: put(open, parts, DISTRIBUTED), items, label: SENDER, isReceived: true, unsaved: unsavedIn(open, request), isAskedFor };
}

/** @throws SnapstageError `refused` for an empty Stage, and for what can't be brought. */
async function fromStage(open: Open, request: api.StageHereRequest): Promise<Bringing> {
  const objects = (await stagedObjects(open, request)).filter(({ state }) => state !== CURRENT);
  if (objects.length === 0)
    throw new SnapstageError('refused', 'What lies on the Stage is all of the current state: it is here. Stage something of a snapshot.');
  const { parts } = await partsOf(open, objects);
  const items = parts.map(({ object: { type, path: database, strategy, table }, path }): Item => ({
    type,
    path: table === null ? path : database,
    strategy: strategy ?? request.strategies?.[type] ?? request.strategy ?? 'overwrite',
    ...(table === null ? {} : { table }),
  }));
  const asks = items.find(({ strategy }) => strategy === 'ask');
  if (asks !== undefined)
    throw new SnapstageError('usage', 'Nobody can be asked here: choose overwrite, skip, rename or mirror.', { path: asks.path });
  return {
    incoming: put(open, parts, 'staged'),
    items,
    label: 'Stage',
    isReceived: false,
    unsaved: unsavedIn(open, request),
    isAskedFor: () => true,
  };
}

function put({ store }: Open, parts: readonly Part[], id: string): State {
  return { id, root: storing(store, (sink) => deliveredTree(parts, sink)), trees: new Trees(() => store.reader), at: '' };
}

async function planned(open: Open, bringing: Bringing): Promise<api.BringPlan> {
  const { store, taker, work } = open;
  // Tables are compared by what they hold, so their databases have to be stored.
  if (hasTables(bringing)) {
    await taker.store(store, work);
    store.reload();
  }
  const { mine, about } = await lookedAt(open, bringing.incoming);
  const { plan } = await decided(open, bringing, mine, about);
  const { counts, same, deletedFiles, isMostOfAll } = plan;
  return { from: idHex(mine.root), counts, same, objects: objectsOf(plan, bringing), deletedFiles, isMostOfAll };
}

async function brought(
  open: Open,
  bringing: Bringing,
  { from, confirmed }: { readonly from?: string; readonly confirmed?: boolean },
): Promise<api.BringReport> {
  const { store } = open;
  let plan: MergePlan | undefined;
  let base = '';
  const make = async (mine: StoredSnapshot): Promise<Buffer> => {
    if (from !== undefined && mine.record.root !== from)
      throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
    const { merge, plan: what } = await decided(open, bringing, stateOf(store, mine), mine.record);
    plan = what;
    if (what.isMostOfAll && confirmed !== true)
      throw new SnapstageError('refused', `${what.deletedFiles} files would be deleted, more than half of all that are here.`, {
        reason: 'most-of-all',
        deletedFiles: what.deletedFiles,
      });
    const databases = await storeDatabases(store, what, open.work);
    const roots = storing(store, (sink) => ({ merged: mergedTree(merge, what, sink, databases), base: nextBase(merge, what, sink) }));
    base = idHex(roots.base);
    return roots.merged;
  };
  const restored = await applied(open, bringing.incoming, make);
  if (bringing.isReceived) noteChange(store.files, { round: roundsOf(restored)[0], base });
  return {
    counts: plan!.counts,
    objects: objectsOf(plan!, bringing),
    ...(restored === undefined ? {} : { safety: snapshotInfo(restored.safety) }),
  };
}

const TAKES: Readonly<Record<Strategy, Exclude<Decision['take'], 'merge'>>> = {
  overwrite: 'incoming',
  mirror: 'incoming',
  skip: 'mine',
  rename: 'both',
  ask: 'mine',
};

function hasTables({ items }: Bringing): boolean {
  return items.some(({ type }) => type === 'table');
}

/** What can run programs is decided as all else is, where it was asked for. */
async function decided(
  open: Open,
  bringing: Bringing,
  mine: State,
  about: About,
): Promise<{ readonly merge: MergeRequest; readonly plan: MergePlan }> {
  const { incoming, items, label, isReceived, unsaved, isAskedFor } = bringing;
  const { store, work } = open;
  const decisions = new Map<string, Decided>();
  const files: MergeRequest = {
    sides: {
      base: { trees: new Trees(() => store.reader), folder: isReceived ? baseRoot(store) : undefined },
      incoming: { trees: incoming.trees, folder: incoming.root },
      mine: { trees: mine.trees, folder: mine.root },
    },
    staged: new Staged(items, { overall: 'overwrite' }),
    target: targetOf(about, unsaved),
    label,
    decisions,
    remembered: new Map(),
    files: about.files,
  };
  const merge = hasTables(bringing) ? { ...files, tables: await differingTables(store, files, work) } : files;
  for (;;) {
    const plan = planMerge(merge, () => work.check());
    // What depends on a decision shows up once that is made.
    const waiting = plan.objects.filter(({ outcome, hold, name, path }) => {
      return outcome === 'waiting' && hold === 'code' && isAskedFor(path) && !decisions.has(name);
    });
    if (waiting.length === 0) return { merge, plan };
    for (const { name, triple, strategy } of waiting) decisions.set(name, { triple, decision: { take: TAKES[strategy] } });
  }
}

function objectsOf({ objects }: MergePlan, { items }: Bringing): readonly delivery.DeliveredObject[] {
  return objects.map((object) =>
    plannedObject(
      object,
      items.findLast((one) => isInside(one.path, object.path)),
    ),
  );
}
