/** Restores, their undo, and the way on from one that was interrupted. */
import * as path from 'node:path';
import { SnapstageError } from '../base/errors.ts';
import { parsePath } from '../base/paths.ts';
import { Journal, REASONS, type RestoreIntent } from '../instance/journal.ts';
import { nothingToRecover, touchedPaths, type RestoreOptions } from '../instance/restore.ts';
import type { Step } from '../instance/restorePlan.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import type * as api from './api.ts';
import { restoreCounts, restoreItems, snapshotInfo } from './infos.ts';
import { namedSnapshot, type Open } from './open.ts';
import * as tables from './tables.ts';

export function planRestore(open: Open, request: api.RestoreRequest, call?: api.RestoreCall): Promise<api.RestorePlan> {
  return makePlan(open, restoreOptions(open.store, request), request, call);
}

export function planUndo(open: Open, call?: api.RestoreCall): Promise<api.RestorePlan> {
  const done = doneTable(open.store);
  if (done !== undefined) return tables.planUndo(open, done);
  const options = undoOptions(open.store);
  return makePlan(open, options, { state: options.target.id, paths: options.paths }, call);
}

async function makePlan(
  { store, restorer, work }: Open,
  options: RestoreOptions,
  request: api.RestoreRequest,
  call: api.RestoreCall | undefined,
): Promise<api.RestorePlan> {
  const { steps, from } = await restorer.plan(store, options, work);
  return { request, snapshot: snapshotInfo(options.target), from, counts: restoreCounts(steps), items: restoreItems(steps, call?.items) };
}

export function executeRestore(open: Open, plan: api.PlannedRestore, call?: api.RestoreCall): Promise<api.RestoreOutcome> {
  const options = restoreOptions(open.store, { ...plan.request, state: plan.snapshot.id });
  return execute(open, { ...options, expectedRoot: plan.from }, call);
}

export function restore(open: Open, request: api.RestoreRequest, call?: api.RestoreCall): Promise<api.RestoreOutcome> {
  return execute(open, restoreOptions(open.store, request), call);
}

export async function undo(open: Open, call?: api.RestoreCall): Promise<api.RestoreOutcome> {
  const { store } = open;
  const done = doneTable(store);
  if (done !== undefined) return tables.undo(open, done);
  return execute(open, undoOptions(store), call);
}

/** What belongs to a Space is told. Its part of the core is loaded where there is one. */
async function noteRestored({ files }: Store, options: RestoreOptions, safety: string): Promise<void> {
  if (files.list('space').length === 0 || options.recovers?.how === 'undo') return;
  const changes = await import('../space/delivery/changes.ts');
  if (changes.bringsBack(options)) changes.noteRestored(files, { to: options.target.id, safety });
}

export function recover(open: Open, how: 'finish' | 'undo', call?: api.RestoreCall): Promise<api.RestoreOutcome> {
  const { store } = open;
  const intent = new Journal(store).interrupted();
  if (intent === undefined) throw nothingToRecover();
  return execute(
    open,
    {
      target: namedSnapshot(store, how === 'finish' ? intent.target : intent.safety),
      paths: intent.paths,
      ...(intent.only === undefined ? {} : { only: new Set(intent.only) }),
      keepBoth: how === 'finish' && intent.keepBoth,
      deleteAbsent: how === 'undo' || intent.deleteAbsent,
      reason: REASONS.recovery,
      careful: intent.careful === true,
      recovers: { intent, how },
    },
    call,
  );
}

async function execute(
  { store, session, work, restorer }: Open,
  options: RestoreOptions,
  call: api.RestoreCall | undefined,
): Promise<api.RestoreOutcome> {
  const { to } = options;
  if (to !== undefined) {
    const { steps, problems } = await restorer.restoreTo(store, session, { ...options, to }, work);
    return { counts: restoreCounts(doneOf(steps, problems)), items: restoreItems(steps, call?.items), problems };
  }
  const lock = store.restoring.acquire(session);
  try {
    const { steps, problems, safety } = await restorer.restore(store, session, options, work);
    await noteRestored(store, options, options.recovers?.intent.safety ?? safety.id);
    const counts = restoreCounts(doneOf(steps, problems));
    return { counts, items: restoreItems(steps, call?.items), problems, safety: snapshotInfo(safety) };
  } finally {
    lock[Symbol.dispose]();
  }
}

/** The steps that were taken to their end. */
function doneOf(steps: readonly Step[], problems: readonly api.PathNote[]): readonly Step[] {
  if (problems.length === 0) return steps;
  const failed = new Set(problems.map(({ path: at }) => at));
  return steps.filter((step) => !failed.has(step.path));
}

export function restoreOptions(store: Store, request: api.RestoreRequest): RestoreOptions {
  return {
    target: namedSnapshot(store, request.state),
    paths: (request.paths ?? []).map(parsePath).filter((one) => one !== ''),
    keepBoth: request.keepBoth ?? false,
    deleteAbsent: false,
    ...(request.careful === true ? { careful: true } : {}),
    reason: REASONS.restore,
    ...(request.to === undefined ? {} : { to: path.resolve(request.to) }),
  };
}

/** The last restore, if it was one of a table and its automatic snapshot is still there. */
function doneTable(store: Store): (RestoreIntent & { readonly table: string }) | undefined {
  const done = new Journal(store).undoable();
  if (done?.table === undefined || store.snapshots.get(done.safety) === undefined) return undefined;
  return { ...done, table: done.table };
}

/** Puts back what the last restore touched, and nothing else. */
function undoOptions(store: Store): RestoreOptions {
  const done = new Journal(store).undoable();
  const safety = done && store.snapshots.get(done.safety);
  if (done === undefined || safety === undefined)
    throw new SnapstageError('not-found', 'There is no restore to undo.', { reason: 'nothing-to-undo' });
  const target = store.snapshots.get(done.target);
  const besides = done.besides ?? [];
  const paths = done.paths.length === 0 ? [] : [...done.paths, ...besides];
  const options = { target: safety, paths, keepBoth: false, deleteAbsent: true, reason: REASONS.undo };
  if (target === undefined) return options;
  const touched = touchedPaths(store, safety, target, done.paths);
  const earlier = done.only && new Set(done.only);
  const only = [...touched].filter((at) => earlier === undefined || earlier.has(at));
  return { ...options, only: new Set([...only, ...besides]) };
}

export function undoInfo(store: Store, snapshots: readonly StoredSnapshot[]): api.UndoInfo | null {
  const done = new Journal(store).done();
  const snapshot = snapshots.find(({ id }) => id === done?.target);
  const safety = snapshots.find(({ id }) => id === done?.safety);
  if (done === undefined || snapshot === undefined || safety === undefined) return null;
  return { snapshot: snapshotInfo(snapshot), safety: snapshotInfo(safety), paths: done.paths, at: done.at };
}

export function interruptedInfo(store: Store): api.InterruptedRestore | null {
  const intent = new Journal(store).interrupted();
  return intent === undefined ? null : { state: intent.target, paths: intent.paths, safety: intent.safety, at: intent.at };
}
