import * as fs from 'node:fs';
import { basename } from 'node:path';
import { quietly, SnapstageError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import type { Session } from '../store/sessions.ts';
import { NO_LABELS, type Note, type StoredSnapshot } from '../store/snapshots.ts';
import { STORE_FOLDER, type Store } from '../store/store.ts';
import { Kind } from '../store/tree.ts';
import { IGNORED } from './ignoreRules.ts';
import { Applier } from './apply.ts';
import { Aside } from './aside.ts';
import { openForWriting } from './inUse.ts';
import { DatabaseGuard, isDatabaseSize } from './sqlite/guard.ts';
import type { CrewFor } from '../base/crew.ts';
import type { RestoreWorker } from './restoreWorker.ts';
import { differences } from './diff.ts';
import { foldersToSet } from './folderTimes.ts';
import { absolute, exactStat } from './diskFolder.ts';
import { Journal, type RestoreIntent } from './journal.ts';
import { clearUnfinished, NewFolder } from './newFolder.ts';
import { platformTraits } from './names.ts';
import { linkGroups, planSteps, type Step } from './restorePlan.ts';
import { publishMade } from './made.ts';
import { foldersAbove, within } from './scopes.ts';
import { Trees, type State } from './states.ts';
import type { Taker } from './take.ts';

export interface RestoreOptions {
  readonly target: StoredSnapshot;
  readonly paths: readonly string[];
  /** Of `paths`, only exactly these; absent: all. */
  readonly only?: ReadonlySet<string>;
  readonly keepBoth: boolean;
  readonly deleteAbsent: boolean;
  /** What goes is read before, and moved aside: where nobody watches. */
  readonly careful?: boolean;
  /** Why the automatic snapshot is taken. */
  readonly reason: string;
  /** Absolute path of another folder to restore into. */
  readonly to?: string;
  /** Tree id (hex) that the current state must have, as the plan was shown for it. */
  readonly expectedRoot?: string;
  /** The interrupted restore that this one goes on with, or undoes. */
  readonly recovers?: { readonly intent: RestoreIntent; readonly how: 'finish' | 'undo' };
}

export interface Restored {
  readonly steps: readonly Step[];
  readonly problems: readonly Note[];
  readonly safety: StoredSnapshot;
}

/** What a restore works with once its steps are known. */
interface Prepared {
  readonly journal: Journal;
  /** Milliseconds since 1970, before the automatic snapshot was taken. */
  readonly since: number;
  readonly before: StoredSnapshot;
  readonly steps: readonly Step[];
  readonly aside: Aside | undefined;
}

/** Restores snapshots into the instance's folder, and into new folders. */
export class Restorer {
  private readonly root: string;
  private readonly taker: Taker;
  private readonly crewFor: CrewFor<RestoreWorker>;

  constructor(root: string, taker: Taker, crewFor: CrewFor<RestoreWorker>) {
    this.root = root;
    this.taker = taker;
    this.crewFor = crewFor;
  }

  /** What a restore would do now, and the root that this is for. */
  async plan(store: Store, options: RestoreOptions, work: Work): Promise<{ steps: Step[]; from: string }> {
    if (options.to !== undefined) return { steps: this.steps(undefined, stateOf(store, options.target), options, false), from: '' };
    const first = await this.taker.look(store, work);
    const hidden = hiddenPaths(first.excluded, stateOf(store, options.target), options.paths);
    const look = hidden.length === 0 ? first : await this.taker.look(store, work, hidden);
    work.begin('plan');
    const current = { id: 'current', root: look.root, trees: new Trees(() => store.reader, look.trees), at: '' };
    return {
      steps: this.steps(current, stateOf(store, options.target), options, look.linked || options.target.record.linked),
      from: look.root.toString('hex'),
    };
  }

  /** Takes the automatic snapshot, then makes the paths as in the target. @throws SnapstageError `stale-plan`, `refused`, `busy`. */
  async restore(store: Store, session: Session, options: RestoreOptions, work: Work): Promise<Restored> {
    const journal = new Journal(store);
    refuseWhileOpen(journal, options.recovers?.intent);
    using aside = this.asideFor(store, journal, options, work);
    const since = store.host.now();
    const before = await this.takeSafety(store, options.reason, stateOf(store, options.target), options.paths, work);
    const steps = this.stepsFrom(store, before, options, work);
    return await this.carryOut(store, session, { journal, since, before, steps, aside }, options, work);
  }

  /**
   * Takes the automatic snapshot, has `make` put together from it what the folder is to be, stored durably, and makes it so, carefully.
   * Both are snapshots then: the restore can be finished or undone like any other. `incoming`: what may come is in it, and is taken
   * even where it is ignored. Returns nothing when there was nothing to do. @throws SnapstageError as `restore`, and what `make` throws.
   */
  async merge(
    store: Store,
    session: Session,
    { incoming, make, reason }: { incoming: State; make: (mine: StoredSnapshot) => Promise<Buffer>; reason: string },
    work: Work,
  ): Promise<Restored | undefined> {
    const journal = new Journal(store);
    refuseWhileOpen(journal);
    using aside = this.asideFor(store, journal, { careful: true }, work);
    const since = store.host.now();
    const before = await this.takeSafety(store, reason, incoming, [], work);
    let target: StoredSnapshot | undefined;
    try {
      const root = await make(before);
      if (root.toString('hex') !== before.record.root) target = publishMade(store, before, root, work);
    } finally {
      if (target === undefined) quietly(() => store.snapshots.remove(before.id));
    }
    if (target === undefined) return undefined;
    const options = { target, paths: [], keepBoth: false, deleteAbsent: true, careful: true, reason };
    try {
      const steps = this.stepsFrom(store, before, options, work);
      return await this.carryOut(store, session, { journal, since, before, steps, aside }, options, work);
    } catch (error) {
      // Where the one before it is gone, so is this one's use.
      if (store.snapshots.get(before.id) === undefined) quietly(() => store.snapshots.remove(target.id));
      throw error;
    }
  }

  private async carryOut(
    store: Store,
    session: Session,
    { journal, since, before, steps, aside }: Prepared,
    options: RestoreOptions,
    work: Work,
  ): Promise<Restored> {
    const target = stateOf(store, options.target);
    const intent = options.recovers?.intent ?? intentOf(options, before, store, steps);
    let hasBegun = false;
    const staging = `${STORE_FOLDER}/${journal.stagingFolder}`;
    const check = (): void => {
      session.check();
      hasBegun = true;
    };
    const guard = new DatabaseGuard(
      since,
      steps.some(({ from }) => from !== undefined && isDatabaseSize(from.size)) ? openForWriting(this.root) : [],
    );
    const applier = new Applier({ root: this.root, staging, store, crewFor: this.crewFor, work, check, guard, aside });
    const changes = steps.some((step) => step.action !== 'keep');
    try {
      if (changes) {
        journal.begin(intent, session);
        refuseIfGone(store, intent);
        await applier.run(
          steps,
          groupsOf(options.target, before, target),
          foldersToSet(steps, target, options, { state: stateOf(store, before), record: before.record }),
        );
      } else await applier.run([], new Map(), foldersToSet(steps, target, options));
    } catch (error) {
      // Nothing of it is left to be finished or undone, unless others took over meanwhile; what it was to finish or undo still is.
      if (!hasBegun && session.lasts() && options.recovers === undefined) {
        quietly(() => journal.clear());
        quietly(() => store.snapshots.remove(before.id));
      }
      throw error;
    }
    if (options.recovers?.how === 'undo') journal.withdraw(intent);
    else journal.finish(changes || options.recovers !== undefined ? intent : undefined);
    return { steps, problems: applier.problems, safety: before };
  }

  /** Before anything is looked at, what an interrupted restore had moved aside is in the folder again. */
  private asideFor(
    store: Store,
    journal: Journal,
    { careful, recovers }: Pick<RestoreOptions, 'careful' | 'recovers'>,
    work: Work,
  ): Aside | undefined {
    if (careful !== true) return undefined;
    const aside = new Aside(
      this.root,
      `${STORE_FOLDER}/${journal.asideFolder}`,
      () => store.reader,
      () => work.check(),
    );
    const ids = recovers === undefined ? [] : [recovers.intent.safety, recovers.intent.target];
    aside.giveAllBack(ids.flatMap((id) => store.snapshots.get(id) ?? []).map((snapshot) => stateOf(store, snapshot)));
    return aside;
  }

  /** The steps from the state just taken; that snapshot goes again when there is nothing to be done from it. */
  private stepsFrom(store: Store, before: StoredSnapshot, options: RestoreOptions, work: Work): Step[] {
    try {
      if (options.expectedRoot !== undefined && before.record.root !== options.expectedRoot) {
        throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
      }
      work.begin('plan');
      const linked = before.record.linked || options.target.record.linked;
      return this.steps(stateOf(store, before), stateOf(store, options.target), options, linked);
    } catch (error) {
      quietly(() => store.snapshots.remove(before.id));
      throw error;
    }
  }

  /**
   * Writes (part of) a snapshot into a folder outside the instance. A folder that is absent or empty is made whole beside and
   * renamed into place at the end, after `furnish` did what else is to be done to it; into one with content, only what is not there
   * is written.
   */
  async restoreTo(
    store: Store,
    session: Session,
    options: RestoreOptions & { readonly to: string },
    work: Work,
    furnish?: (folder: string, problems: readonly Note[]) => Promise<void>,
  ): Promise<{ steps: readonly Step[]; problems: readonly Note[] }> {
    const { to } = options;
    const target = stateOf(store, options.target);
    const steps = this.steps(undefined, target, options, false);
    const write = async (root: string, staging?: string): Promise<readonly Note[]> => {
      const applier = new Applier({ root, staging, store, crewFor: this.crewFor, work, unchanged: this.taker.unchanged(store) });
      const folders = foldersToSet(steps, target, options);
      // What is there already stays as it is.
      const isNew = ({ path }: { path: string }): boolean => staging === undefined || exactStat(absolute(root, path)) === undefined;
      await applier.run(steps, groupsOf(options.target, undefined, target), folders.filter(isNew));
      return applier.problems;
    };
    clearUnfinished(store);
    if (fs.existsSync(to) && fs.readdirSync(to).length > 0) {
      if (options.paths.length === 0) throw new SnapstageError('exists', `${to} is not empty.`, { folder: to });
      this.refuseClashes(to, steps);
      using staging = new NewFolder(store, session, 'in', to);
      return { steps, problems: await write(to, basename(staging.folder)) };
    }
    using made = new NewFolder(store, session, 'beside', to);
    const problems = await write(made.folder);
    await furnish?.(made.folder, problems);
    made.finish();
    return { steps, problems };
  }

  private steps(current: State | undefined, target: State, options: RestoreOptions, linked: boolean): Step[] {
    const traits = platformTraits();
    const isStore = (name: string): boolean => (traits.foldsCase ? name.toLowerCase() : name) === STORE_FOLDER;
    if (target.trees.get(target.root).some((entry) => isStore(entry.name))) {
      throw new SnapstageError('damaged', `The snapshot holds something in place of ${STORE_FOLDER}.`, { path: STORE_FOLDER });
    }
    return planSteps(current, target, {
      paths: options.paths,
      ...(options.only === undefined ? {} : { only: options.only }),
      keepBoth: options.keepBoth,
      besides: new Set(options.recovers?.intent.besides),
      deleteAbsent: options.deleteAbsent,
      label: options.target.labels.name ?? options.target.id.slice(0, 8),
      unreadable: options.target.record.unreadable,
      traits,
      linked,
    });
  }

  /** What `.snapstageignore` names but the restore would replace is in the snapshot too. */
  private async takeSafety(store: Store, reason: string, target: State, paths: readonly string[], work: Work): Promise<StoredSnapshot> {
    const labels = NO_LABELS;
    const { snapshot, capture } = await this.taker.take(store, { kind: 'automatic', reason, labels }, work);
    const alwaysTaken = hiddenPaths(capture.excluded, target, paths);
    if (alwaysTaken.length === 0) return snapshot;
    const second = await this.taker.take(store, { kind: 'automatic', reason, labels, alwaysTaken }, work);
    store.snapshots.remove(snapshot.id);
    return second.snapshot;
  }

  private refuseClashes(to: string, steps: readonly Step[]): void {
    const clash = steps.find((step) => {
      const there = exactStat(absolute(to, step.path));
      return there !== undefined && !(step.to?.kind === Kind.folder && there.isDirectory());
    });
    if (clash !== undefined) throw new SnapstageError('exists', `“${clash.path}” is already in ${to}.`, { path: clash.path, folder: to });
  }
}

export function stateOf(store: Store, snapshot: StoredSnapshot): State {
  return {
    id: snapshot.id,
    root: Buffer.from(snapshot.record.root, 'hex'),
    trees: new Trees(() => store.reader),
    at: snapshot.record.created,
  };
}

/**
 * Once the intent is written nobody deletes what the restore needs. Before that, its own snapshot is safe too (see `isHeld`), but its
 * target is not. @throws SnapstageError `not-found`.
 */
function refuseIfGone({ snapshots }: Store, { target, safety }: RestoreIntent): void {
  const ids = new Set(snapshots.ids());
  const gone = [target, safety].find((id) => !ids.has(id));
  if (gone === undefined) return;
  throw new SnapstageError('not-found', `Snapshot ${gone.slice(0, 8)} was deleted in the meantime; nothing was changed.`, { id: gone });
}

/** Refuses while another restore runs, or waits to be ended, unless it is the one to be ended. @throws SnapstageError `busy`, `refused`, `not-found`. */
export function refuseWhileOpen(journal: Journal, recovered?: RestoreIntent): void {
  const interrupted = journal.interrupted();
  if (interrupted === undefined && journal.running() !== undefined) {
    throw new SnapstageError('busy', 'Another restore is running in this folder.');
  }
  if (interrupted?.safety === recovered?.safety) return;
  if (interrupted === undefined) throw nothingToRecover();
  throw new SnapstageError('refused', 'A restore was interrupted. Finish or undo it first.', { reason: 'interrupted-restore' });
}

export function nothingToRecover(): SnapstageError {
  return new SnapstageError('not-found', 'There is no interrupted restore.', { reason: 'nothing-to-recover' });
}

function intentOf(options: RestoreOptions, before: StoredSnapshot, { host }: Store, steps: readonly Step[]): RestoreIntent {
  const besides = steps.flatMap((step) => (step.original !== undefined && step.action !== 'keep' ? [step.path] : []));
  return {
    target: options.target.id,
    safety: before.id,
    paths: options.paths,
    keepBoth: options.keepBoth,
    deleteAbsent: options.deleteAbsent,
    ...(options.only === undefined ? {} : { only: [...options.only] }),
    ...(besides.length === 0 ? {} : { besides }),
    ...(options.careful === true ? { careful: true } : {}),
    at: new Date(host.now()).toISOString(),
  };
}

/** What `.snapstageignore` names now though the target has it, with all that the target has below. */
export function hiddenPaths(excluded: readonly Note[], target: State, scopes: readonly string[]): string[] {
  const isWithin = within(scopes.length === 0 ? [''] : scopes);
  const above = new Set(scopes.flatMap(foldersAbove));
  return excluded.flatMap(({ path, reason }) => {
    const isInScope = isWithin(path) || above.has(path);
    const entry = isInScope && reason === IGNORED ? target.trees.entry(target.root, path) : undefined;
    if (entry === undefined) return [];
    const below = entry.kind === Kind.folder ? [...target.trees.walk(entry.id, path)] : [];
    return [path, ...below.map((one) => one.path)];
  });
}

function groupsOf(target: StoredSnapshot, before: StoredSnapshot | undefined, state: State): ReadonlyMap<string, string> {
  return target.record.linked || before?.record.linked ? linkGroups(state) : new Map();
}

/** The paths that a restore of `paths` from `from` to `to` touched, those alone. */
export function touchedPaths(store: Store, from: StoredSnapshot, to: StoredSnapshot, paths: readonly string[]): Set<string> {
  const a = stateOf(store, from);
  const b = stateOf(store, to);
  const touched = new Set<string>();
  const isSameRoot = from.record.rootMtime === to.record.rootMtime && from.record.rootMode === to.record.rootMode;
  if (!isSameRoot) touched.add('');
  for (const { path } of differences({ trees: a.trees, folder: a.root }, { trees: b.trees, folder: b.root })) {
    touched.add(path);
  }
  if (from.record.linked || to.record.linked) {
    const before = linkGroups(a);
    const after = linkGroups(b);
    for (const path of [...before.keys(), ...after.keys()]) if (before.get(path) !== after.get(path)) touched.add(path);
  }
  return paths.length === 0 ? touched : new Set([...touched].filter(within(paths)));
}
