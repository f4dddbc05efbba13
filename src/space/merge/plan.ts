import { comparePaths, parentPath } from '../../base/paths.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { Besides } from './besides.ts';
import { Classifier, type MergeObject, type Place, type Sides, type Target } from './classify.ts';
import { tripleOf, type Decided, type Decision } from './decisions.ts';
import { BY_DECISION, hasMadeWay, isConflict, isDecidable, undecided, type Outcome } from './matrix.ts';
import type { Staged, Strategy } from './staged.ts';
import type { TableObject } from './tables/classifyTables.ts';
import { tableFilePath } from './tables/tablePlaces.ts';

/** An object with what happens to it. */
export interface Planned extends MergeObject {
  /** What it is called among decisions: its place, and for a table `place:table`. */
  readonly name: string;
  /** Absent for all but a table, whose place is its database's. */
  readonly table?: string;
  readonly strategy: Strategy;
  readonly outcome: Outcome;
  readonly triple: string;
  /** Where the incoming object is saved, or lies already, beside what is at its place. */
  readonly beside: Place | undefined;
  /** What was decided here; absent for none. */
  readonly decision: Decision | undefined;
  /** What was decided elsewhere for the same three, where this one waits. */
  readonly offered: Decision | undefined;
}

export interface MergeRequest {
  readonly sides: Sides;
  readonly staged: Staged;
  /** Tables that differ, as `classifyTables` finds them. */
  readonly tables?: readonly TableObject[];
  readonly target: Target;
  /** The name of the sender in file names. */
  readonly label: string;
  /** Made for this target, by the object's name. */
  readonly decisions: ReadonlyMap<string, Decided>;
  /** Made anywhere before, by triple. */
  readonly remembered: ReadonlyMap<string, Decision>;
  /** Files that the target has. */
  readonly files: number;
}

export interface MergePlan {
  /** What differs, in the order of places; an object before those that it makes way for. */
  readonly objects: readonly Planned[];
  /** Objects that are the same; folders that are the same count as one. */
  readonly same: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Files that go, and whether they are more than half of the target's, which has to be confirmed. */
  readonly deletedFiles: number;
  readonly isMostOfAll: boolean;
}

/** What applying the delivery would do. Changes nothing. @throws SnapstageError as `Classifier.all`; whatever `check` throws. */
export function planMerge(request: MergeRequest, check: () => void): MergePlan {
  const planner = new Planner(request, check);
  planner.run();
  const objects = planner.planned.toSorted((a, b) => comparePaths(a.place, b.place));
  const counts = { created: 0, updated: 0, replaced: 0, kept: 0, 'saved-beside': 0, deleted: 0, merged: 0, waiting: 0 };
  for (const { outcome } of objects) counts[outcome] += 1;
  const deletedFiles = objects.filter(({ outcome, mine }) => outcome === 'deleted' && mine?.kind !== Kind.folder).length;
  return { objects, same: planner.same, counts, deletedFiles, isMostOfAll: deletedFiles * 2 > request.files };
}

class Planner {
  readonly planned: Planned[] = [];
  private readonly request: MergeRequest;
  private readonly classifier: Classifier;
  private readonly besides: Besides;
  /** What became of objects that others depend on, by place. */
  private readonly outcomes = new Map<string, Outcome>();

  constructor(request: MergeRequest, check: () => void) {
    const { sides, staged, target, label } = request;
    this.request = request;
    this.classifier = new Classifier(sides, staged, target, check);
    this.besides = new Besides(this.classifier, sides, label, target.traits);
  }

  get same(): number {
    return this.classifier.same;
  }

  run(): void {
    const { classifier } = this;
    classifier.all();
    // Saving a folder beside lists more.
    for (let i = 0; i < classifier.objects.length; i++) if (classifier.objects[i]!.state !== 'extra') this.add(classifier.objects[i]!);
    for (const table of this.request.tables ?? []) this.add(table);
    // What was saved beside is no extra.
    for (const object of classifier.objects) if (object.state === 'extra' && !this.besides.isClaimed(object.place)) this.add(object);
  }

  private add(object: MergeObject | TableObject): void {
    if (object.within !== undefined && !hasMadeWay(this.outcomes.get(object.within))) return;
    const isTable = 'table' in object;
    const name = isTable ? `${object.place}:${object.table}` : object.place;
    const strategy = isTable ? object.strategy : object.state === 'extra' ? 'mirror' : this.request.staged.strategyAt(object.path);
    const triple = isTable ? object.triple : tripleOf(object);
    const decision = isDecidable(strategy, object) ? this.decisionFor(object, name, triple) : undefined;
    const outcome = outcomeOf(object, strategy, decision);
    const offered = outcome === 'waiting' ? this.request.remembered.get(triple) : undefined;
    const planned = { ...object, name, strategy, triple, decision, offered, beside: undefined };
    if (outcome === 'saved-beside') this.saveBeside({ ...planned, incoming: object.incoming! });
    else this.keep({ ...planned, outcome });
  }

  private keep(planned: Planned): void {
    this.outcomes.set(planned.name, planned.outcome);
    this.planned.push(planned);
  }

  private decisionFor({ state, hold }: MergeObject, name: string, triple: string): Decision | undefined {
    const decided = this.request.decisions.get(name);
    return decided?.triple === triple && (isConflict(state) || hold === 'code') ? decided.decision : undefined;
  }

  private saveBeside(object: Omit<Planned, 'outcome'> & { readonly incoming: TreeEntry }): void {
    const { incoming } = object;
    const { at, base, mine, isDone } = this.besides.find(asFile(object));
    const isFolder = incoming.kind === Kind.folder;
    const isThere = isDone || (isFolder && mine !== undefined);
    this.keep({ ...object, outcome: isThere ? 'kept' : 'saved-beside', beside: isDone && mine === undefined ? undefined : at });
    if (!isFolder || isDone) return;
    const folderOf = (entry: TreeEntry | undefined): Buffer | undefined => (entry?.kind === Kind.folder ? entry.id : undefined);
    this.classifier.beside(at, { base: folderOf(base), incoming: incoming.id, mine: folderOf(mine) });
  }
}

/** A table is saved beside its database as a file. */
function asFile<T extends Omit<Planned, 'outcome'>>(object: T): T {
  if (object.table === undefined) return object;
  const path = tableFilePath(parentPath(object.path), object.table);
  return { ...object, path, basePath: path, place: tableFilePath(object.place, object.table) };
}

/** What has to be decided waits for it; so does, for good, what must not be touched. */
function outcomeOf(object: MergeObject, strategy: Strategy, decision: Decision | undefined): Outcome {
  const { state, hold, within, incoming, mine } = object;
  if (state === 'same' || hold === 'store' || hold === 'unread') return 'waiting';
  if (state === 'extra' && within !== undefined) return 'deleted';
  const areFiles = incoming?.kind === Kind.file && mine?.kind === Kind.file;
  if (decision?.take === 'merge' && !areFiles) return 'waiting';
  if (decision !== undefined) return BY_DECISION[state][decision.take];
  return undecided(strategy, { ...object, state, canRun: hold === 'code' });
}
