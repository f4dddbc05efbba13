import { joinPath, parentPath } from '../../base/paths.ts';
import { foldersAbove, within } from '../../instance/scopes.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import type { Sides } from './classify.ts';
import { EMPTY_ID, putFolder } from './editTree.ts';
import type { MergePlan, MergeRequest, Planned } from './plan.ts';
import type { Staged } from './staged.ts';

/**
 * The base after a plan was carried out: what the target has received, path by path, whatever it made of it. What waits keeps the
 * base that it had; a mirrored folder has no other; what was saved beside has a base at its own place too.
 * Returns its root; new trees go to the sink.
 */
export function nextBase({ sides, staged }: MergeRequest, plan: MergePlan, sink: ObjectSink): Buffer {
  return new Overlay(sides, staged, plan.objects, sink).folder({ path: '', basePath: '' }, sides.base.folder, sides.incoming.folder);
}

interface At {
  readonly path: string;
  readonly basePath: string;
}

/** The delivery laid over the base. */
class Overlay {
  private readonly sides: Sides;
  private readonly staged: Staged;
  private readonly sink: ObjectSink;
  private readonly isWaiting: (basePath: string) => boolean;
  /** What is saved beside in each folder. */
  private readonly copies: ReadonlyMap<string, readonly Planned[]>;
  /** Folders in which not all is as delivered. */
  private readonly touched: ReadonlySet<string>;

  constructor(sides: Sides, staged: Staged, objects: readonly Planned[], sink: ObjectSink) {
    this.sides = sides;
    this.staged = staged;
    this.sink = sink;
    const waiting = objects.filter(({ outcome }) => outcome === 'waiting').map(({ basePath }) => basePath);
    const copies = objects.filter(({ beside }) => beside !== undefined);
    this.isWaiting = within(waiting);
    this.copies = Map.groupBy(copies, ({ beside }) => parentPath(beside!.basePath));
    this.touched = new Set([...waiting, ...copies.map(({ beside }) => beside!.basePath)].flatMap((path) => ['', ...foldersAbove(path)]));
  }

  folder(at: At, base: Buffer | undefined, incoming: Buffer): Buffer {
    if (!this.touched.has(at.basePath) && (base === undefined || base.equals(incoming))) return incoming;
    const { trees } = this.sides.base;
    const entries = new Map<string, TreeEntry>();
    const isMirror = at.path === at.basePath && this.staged.isMirrored(at.path);
    for (const entry of base === undefined ? [] : trees.get(base)) {
      const basePath = joinPath(at.basePath, entry.name);
      if (!isMirror || this.isWaiting(basePath) || this.touched.has(basePath)) entries.set(entry.name, entry);
    }
    this.deliver(at, base, incoming, entries);
    for (const { beside, incoming: entry } of this.copies.get(at.basePath) ?? []) {
      const name = beside!.basePath.slice(at.basePath === '' ? 0 : at.basePath.length + 1);
      entries.set(name, { ...this.received(beside!, entries.get(name), entry!), name });
    }
    return putFolder(this.sink, entries, base);
  }

  private deliver(at: At, base: Buffer | undefined, incoming: Buffer, entries: Map<string, TreeEntry>): void {
    for (const entry of this.sides.incoming.trees.get(incoming)) {
      const child = { path: joinPath(at.path, entry.name), basePath: joinPath(at.basePath, entry.name) };
      if (this.isWaiting(child.basePath) || this.staged.holdsTables(child.path)) continue;
      const there = base === undefined ? undefined : this.sides.base.trees.find(base, entry.name);
      const received = this.received(child, there, entry);
      // A folder of which all waits was not received.
      if (there !== undefined || received.id.equals(entry.id) || !received.id.equals(EMPTY_ID)) entries.set(entry.name, received);
    }
  }

  private received(at: At, base: TreeEntry | undefined, incoming: TreeEntry): TreeEntry {
    if (incoming.kind !== Kind.folder) return incoming;
    return { ...incoming, id: this.folder(at, base?.kind === Kind.folder ? base.id : undefined, incoming.id) };
  }
}
