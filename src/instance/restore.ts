import * as fs from 'node:fs';
import { SnapstageError } from '../base/errors.ts';
import { isInside, parentPath } from '../base/paths.ts';
import type { Work } from '../base/work.ts';
import { NO_LABELS, type Note, type StoredSnapshot } from '../store/snapshots.ts';
import { STORE_FOLDER, type Store } from '../store/store.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { Applier, type RestoreCrew } from './apply.ts';
import { differences } from './diff.ts';
import { Journal, type RestoreDone } from './journal.ts';
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
  private readonly crewFor: RestoreCrew;

  constructor(root: string, taker: Taker, crewFor: RestoreCrew) {
    this.root = root;
    this.taker = taker;
    this.crewFor = crewFor;
  }

  /** What a restore would do now, and the root that this is for. */
  async plan(store: Store, options: RestoreOptions, work: Work): Promise<{ steps: Step[]; from: string }> {
    if (options.to !== undefined) return { steps: this.steps(undefined, stateOf(store, options.target), options, false), from: '' };
    const look = await this.taker.look(store, work);
    work.begin('plan');
    const current = { id: 'current', root: look.root, trees: new Trees(() => store.reader, look.trees), at: '' };
    return {
      steps: this.steps(current, stateOf(store, options.target), options, look.linked || options.target.record.linked),
      from: look.root.toString('hex'),
    };
  }

  /** Takes the automatic snapshot, then makes the paths as in the target. @throws SnapstageError `stale-plan`, `refused`, `busy`. */
  async restore(store: Store, options: RestoreOptions, work: Work): Promise<Restored> {
    const journal = new Journal(store);
    this.refuseWhileOpen(journal, options);
    const before = await this.takeSafety(store, options, work);
    if (options.expectedRoot !== undefined && before.record.root !== options.expectedRoot) {
      throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
    }
    work.begin('plan');
    const target = stateOf(store, options.target);
    const steps = this.steps(stateOf(store, before), target, options, before.record.linked || options.target.record.linked);
    if (steps.every((step) => step.action === 'keep')) {
      journal.finish(undefined);
      return { steps, problems: [], safety: before };
    }
    const done: RestoreDone = {
      target: options.target.id,
      safety: before.id,
      paths: options.paths,
      keepBoth: options.keepBoth,
      deleteAbsent: options.deleteAbsent,
      ...(options.only === undefined ? {} : { only: [...options.only] }),
      at: new Date(store.host.now()).toISOString(),
    };
    journal.begin(done);
    const applier = new Applier({
      root: this.root,
      staging: `${STORE_FOLDER}/${journal.stagingFolder}`,
      store,
      crewFor: this.crewFor,
      work,
    });
    await applier.run(steps, groupsOf(options.target, before, target), foldersToSet(steps, target, options, stateOf(store, before)));
    journal.finish(done);
    return { steps, problems: applier.problems, safety: before };
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
    return planSteps(current, target, {
      paths: options.paths,
      ...(options.only === undefined ? {} : { only: options.only }),
      keepBoth: options.keepBoth,
      deleteAbsent: options.deleteAbsent,
      label: options.target.labels.name ?? options.target.id.slice(0, 8),
      unreadable: options.target.record.unreadable,
      traits: platformTraits(),
      linked,
    });
  }

  private refuseWhileOpen(journal: Journal, options: RestoreOptions): void {
    const running = journal.running();
    if (running === undefined) return;
    if (journal.interrupted() === undefined) throw new SnapstageError('busy', 'Another restore is running in this folder.');
    if (options.reason !== 'before recovery') {
      throw new SnapstageError('refused', 'A restore was interrupted. Finish or undo it first.', { reason: 'interrupted-restore' });
    }
  }

  /** What `.snapstageignore` names but the restore would replace is in the snapshot too. */
  private async takeSafety(store: Store, options: RestoreOptions, work: Work): Promise<StoredSnapshot> {
    const labels = NO_LABELS;
    const { snapshot, capture } = await this.taker.take(store, { kind: 'automatic', reason: options.reason, labels }, work);
    if (capture.excluded.length === 0) return snapshot;
    const target = stateOf(store, options.target);
    const hidden = capture.excluded.filter(
      ({ path, reason }) => reason.startsWith('named by') && target.trees.entry(target.root, path) !== undefined,
    );
    if (hidden.length === 0) return snapshot;
    const alwaysTaken = hidden.map(({ path }) => path);
    const second = await this.taker.take(store, { kind: 'automatic', reason: options.reason, labels, alwaysTaken }, work);
    store.snapshots.remove(snapshot.id);
    return second.snapshot;
  }

  private refuseClashes(to: string, steps: readonly Step[]): void {
    const clash = steps.find(
      (step) => step.to?.kind !== Kind.folder && fs.lstatSync(`${to}/${step.path}`, { throwIfNoEntry: false }) !== undefined,
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
  const made = new Set(steps.filter((step) => step.to?.kind === Kind.folder).map((step) => step.path));
  const below = [...paths].flatMap((path) => {
    const isRestored = made.has(path) || options.paths.length === 0 || options.paths.some((scope) => isInside(scope, path));
    const source = options.only === undefined || options.only.has(path) ? target : (before ?? target);
    const entry = isRestored ? source.trees.entry(source.root, path) : undefined;
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
