import * as fs from 'node:fs';
import { SnapstageError } from '../base/errors.ts';
import { isInside, parentPath } from '../base/paths.ts';
import type { Work } from '../base/work.ts';
import type { Session } from '../store/sessions.ts';
import { NO_LABELS, type Note, type StoredSnapshot } from '../store/snapshots.ts';
import { STORE_FOLDER, type Store } from '../store/store.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { IGNORED } from './ignoreRules.ts';
import { Applier } from './apply.ts';
import type { CrewFor } from '../base/crew.ts';
import type { RestoreWorker } from './restoreWorker.ts';
import { differences } from './diff.ts';
import { absolute } from './diskFolder.ts';
import { Journal, type RestoreIntent } from './journal.ts';
import { platformTraits } from './names.ts';
import { linkGroups, planSteps, type Step } from './restorePlan.ts';
import { Trees, type State } from './states.ts';
import type { Taker } from './take.ts';

export interface RestoreOptions {
  readonly target: StoredSnapshot;
  readonly paths: readonly string[];
  /** Of `paths`, only exactly these; absent: all. */
  readonly only?: ReadonlySet<string>;
  readonly keepBoth: boolean;
  readonly deleteAbsent: boolean;
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
    this.refuseWhileOpen(journal, options);
    const before = await this.takeSafety(store, options, work);
    const target = stateOf(store, options.target);
    const steps = this.stepsFrom(store, before, target, options, work);
    const intent = options.recovers?.intent ?? intentOf(options, before, store, steps);
    const applier = this.applier(store, session, journal, work);
    const changes = steps.some((step) => step.action !== 'keep');
    if (changes) {
      journal.begin(intent, session);
      await applier.run(steps, groupsOf(options.target, before, target), foldersToSet(steps, target, options, stateOf(store, before)));
    } else await applier.run([], new Map(), foldersToSet(steps, target, options));
    if (options.recovers?.how === 'undo') journal.withdraw(intent);
    else journal.finish(changes || options.recovers !== undefined ? intent : undefined);
    return { steps, problems: applier.problems, safety: before };
  }

  private applier(store: Store, session: Session, journal: Journal, work: Work): Applier {
    const staging = `${STORE_FOLDER}/${journal.stagingFolder}`;
    return new Applier({ root: this.root, staging, store, crewFor: this.crewFor, work, check: () => session.check() });
  }

  /** The steps from the state just taken; that snapshot goes again when there is nothing to be done from it. */
  private stepsFrom(store: Store, before: StoredSnapshot, target: State, options: RestoreOptions, work: Work): Step[] {
    try {
      if (options.expectedRoot !== undefined && before.record.root !== options.expectedRoot) {
        throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
      }
      work.begin('plan');
      return this.steps(stateOf(store, before), target, options, before.record.linked || options.target.record.linked);
    } catch (error) {
      store.snapshots.remove(before.id);
      throw error;
    }
  }

  /**
   * Writes (part of) a snapshot into a folder outside the instance. A folder that is absent or empty is made whole beside and
   * renamed into place at the end; into one with content, only what is not there is written.
   */
  async restoreTo(
    store: Store,
    options: RestoreOptions & { readonly to: string },
    work: Work,
  ): Promise<{ steps: readonly Step[]; problems: readonly Note[] }> {
    const { to } = options;
    const target = stateOf(store, options.target);
    const steps = this.steps(undefined, target, options, false);
    const isNew = !fs.existsSync(to) || fs.readdirSync(to).length === 0;
    if (!isNew && options.paths.length === 0) throw new SnapstageError('exists', `${to} is not empty.`, { folder: to });
    if (!isNew) this.refuseClashes(to, steps);
    const folder = isNew ? `${to}.snapstage-${store.host.randomHex(4)}` : to;
    fs.mkdirSync(folder, { recursive: true });
    const applier = new Applier({ root: folder, staging: undefined, store, crewFor: this.crewFor, work });
    try {
      await applier.run(steps, groupsOf(options.target, undefined, target), foldersToSet(steps, target, options));
      if (isNew) {
        if (fs.existsSync(to)) fs.rmdirSync(to);
        fs.renameSync(folder, to);
      }
    } catch (error) {
      if (isNew) fs.rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    return { steps, problems: applier.problems };
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

  private refuseWhileOpen(journal: Journal, { recovers }: RestoreOptions): void {
    const interrupted = journal.interrupted();
    if (interrupted === undefined && journal.running() !== undefined) {
      throw new SnapstageError('busy', 'Another restore is running in this folder.');
    }
    if (interrupted?.safety === recovers?.intent.safety) return;
    if (interrupted === undefined) throw nothingToRecover();
    throw new SnapstageError('refused', 'A restore was interrupted. Finish or undo it first.', { reason: 'interrupted-restore' });
  }

  /** What `.snapstageignore` names but the restore would replace is in the snapshot too. */
  private async takeSafety(store: Store, options: RestoreOptions, work: Work): Promise<StoredSnapshot> {
    const labels = NO_LABELS;
    const { snapshot, capture } = await this.taker.take(store, { kind: 'automatic', reason: options.reason, labels }, work);
    const alwaysTaken = hiddenPaths(capture.excluded, stateOf(store, options.target), options.paths);
    if (alwaysTaken.length === 0) return snapshot;
    const second = await this.taker.take(store, { kind: 'automatic', reason: options.reason, labels, alwaysTaken }, work);
    store.snapshots.remove(snapshot.id);
    return second.snapshot;
  }

  private refuseClashes(to: string, steps: readonly Step[]): void {
    const clash = steps.find(
      (step) => step.to?.kind !== Kind.folder && fs.lstatSync(absolute(to, step.path), { throwIfNoEntry: false }) !== undefined,
    );
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

export function nothingToRecover(): SnapstageError {
  return new SnapstageError('not-found', 'There is no interrupted restore.', { reason: 'nothing-to-recover' });
}

function intentOf(options: RestoreOptions, before: StoredSnapshot, { host }: Store, steps: readonly Step[]): RestoreIntent {
  const besides = steps.flatMap((step) => (step.original !== undefined && step.action === 'add' ? [step.path] : []));
  return {
    target: options.target.id,
    safety: before.id,
    paths: options.paths,
    keepBoth: options.keepBoth,
    deleteAbsent: options.deleteAbsent,
    ...(options.only === undefined ? {} : { only: [...options.only] }),
    ...(besides.length === 0 ? {} : { besides }),
    at: new Date(host.now()).toISOString(),
  };
}

/** What `.snapstageignore` names now though the target has it, with all that the target has below. */
function hiddenPaths(excluded: readonly Note[], target: State, scopes: readonly string[]): string[] {
  return excluded.flatMap(({ path, reason }) => {
    const isInScope = scopes.length === 0 || scopes.some((scope) => isInside(scope, path) || isInside(path, scope));
    const entry = isInScope && reason === IGNORED ? target.trees.entry(target.root, path) : undefined;
    if (entry === undefined) return [];
    const below = entry.kind === Kind.folder ? [...target.trees.walk(entry.id, path)] : [];
    return [path, ...below.map((one) => one.path)];
  });
}

function groupsOf(target: StoredSnapshot, before: StoredSnapshot | undefined, state: State): ReadonlyMap<string, string> {
  return target.record.linked || before?.record.linked ? linkGroups(state) : new Map();
}

function rootEntryOf(snapshot: StoredSnapshot): TreeEntry {
  const { rootMode, rootMtime, root } = snapshot.record;
  return {
    name: '',
    kind: Kind.folder,
    mode: rootMode,
    flags: 0,
    mtime: BigInt(rootMtime),
    size: 0,
    group: 0n,
    id: Buffer.from(root, 'hex'),
  };
}

/**
 * Folders whose times changed by the restore, or differ from the target's: all above what is touched, within the restored paths. One
 * that is not to be restored itself gets back what it had `before`.
 */
function foldersToSet(
  steps: readonly Step[],
  target: State,
  options: RestoreOptions,
  before?: State,
): { path: string; entry: TreeEntry }[] {
  const paths = new Set<string>();
  for (const step of steps) {
    if (step.action === 'keep') continue;
    if (step.to?.kind === Kind.folder) paths.add(step.path);
    for (let folder = parentPath(step.path); folder !== '' && !paths.has(folder); folder = parentPath(folder)) paths.add(folder);
  }
  const root = options.paths.length === 0 && options.only === undefined ? [{ path: '', entry: rootEntryOf(options.target) }] : [];
  const made = new Map(steps.flatMap((step) => (step.to?.kind === Kind.folder ? [[step.path, step.to] as const] : [])));
  const below = [...paths].flatMap((path) => {
    const isRestored = options.paths.length === 0 || options.paths.some((scope) => isInside(scope, path));
    const source = options.only === undefined || options.only.has(path) ? target : (before ?? target);
    const entry = made.get(path) ?? (isRestored ? source.trees.entry(source.root, path) : undefined);
    return entry?.kind === Kind.folder ? [{ path, entry }] : [];
  });
  return [...below, ...root];
}

/** The paths that a restore of `paths` from `from` to `to` touched, those alone. */
export function touchedPaths(store: Store, from: StoredSnapshot, to: StoredSnapshot, paths: readonly string[]): Set<string> {
  const a = stateOf(store, from);
  const b = stateOf(store, to);
  const touched = new Set<string>();
  for (const { path } of differences({ trees: a.trees, folder: a.root }, { trees: b.trees, folder: b.root })) {
    touched.add(path);
  }
  if (from.record.linked || to.record.linked) {
    const before = linkGroups(a);
    const after = linkGroups(b);
    for (const path of [...before.keys(), ...after.keys()]) if (before.get(path) !== after.get(path)) touched.add(path);
  }
  if (paths.length === 0) return touched;
  return new Set([...touched].filter((path) => paths.some((scope) => isInside(scope, path))));
}
