import { joinPath, parentPath } from '../../base/paths.ts';
import { foldersAbove, within } from '../../instance/scopes.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import type { Sides } from './classify.ts';
import { editTree, EMPTY_ID, putFolder, type Edit } from './editTree.ts';
import type { MergePlan, MergeRequest, Planned } from './plan.ts';
import type { Staged } from './staged.ts';
import { BASE_TABLES, extractPath } from './tables/tablePlaces.ts';

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
  /** Of what waits; it may have been delivered under another spelling. */
  private readonly bases: ReadonlyMap<string, TreeEntry>;
  /** Changes in the folder of extracts. */
  private readonly extracts: readonly Edit[];
  /** What is saved beside in each folder. */
  private readonly copies: ReadonlyMap<string, readonly Planned[]>;
  /** Folders in which not all is as delivered. */
  private readonly touched: ReadonlySet<string>;

  constructor(sides: Sides, staged: Staged, objects: readonly Planned[], sink: ObjectSink) {
    this.sides = sides;
    this.staged = staged;
    this.sink = sink;
    const all = objects.filter(({ outcome }) => outcome === 'waiting');
    const waiting = all.map(({ basePath }) => basePath);
    this.bases = new Map(all.flatMap(({ basePath, base }) => (base === undefined ? [] : [[basePath, base] as const])));
    this.extracts = extractEdits(sides, staged, objects);
    const copies = objects.filter(({ beside }) => beside !== undefined);
    this.isWaiting = within(waiting);
    this.copies = Map.groupBy(copies, ({ beside }) => parentPath(beside!.basePath));
    const databases = [...staged.stagedTables()].map(({ database }) => database);
    const others = [...waiting, ...databases, ...copies.map(({ beside }) => beside!.basePath), ...this.extracts.map(({ path }) => path)];
    this.touched = new Set(others.flatMap((path) => ['', ...foldersAbove(path)]));
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
    if (at.basePath === '') this.keepExtracts(entries);
    return putFolder(this.sink, entries, base);
  }

  /** Extracts of tables have a folder of their own. */
  private keepExtracts(entries: Map<string, TreeEntry>): void {
    const before = this.sides.base.folder && this.sides.base.trees.find(this.sides.base.folder, BASE_TABLES);
    if (before === undefined && this.extracts.length === 0) return;
    const side = { trees: this.sides.base.trees, folder: before?.id };
    const options = { sink: this.sink, folderAt: () => PLAIN_FOLDER, staysEmpty: () => false };
    const id = editTree(side, this.extracts, options);
    if (id.equals(EMPTY_ID)) entries.delete(BASE_TABLES);
    else entries.set(BASE_TABLES, { ...PLAIN_FOLDER, name: BASE_TABLES, id });
  }

  private deliver(at: At, base: Buffer | undefined, incoming: Buffer, entries: Map<string, TreeEntry>): void {
    for (const entry of this.sides.incoming.trees.get(incoming)) {
      const child = { path: joinPath(at.path, entry.name), basePath: joinPath(at.basePath, entry.name) };
      if (this.isWaiting(child.basePath) || this.staged.holdsTables(child.path)) {
        const own = this.bases.get(child.basePath);
        if (own !== undefined) entries.set(entry.name, { ...own, name: entry.name });
        continue;
      }
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

const PLAIN_FOLDER: TreeEntry = { name: '', kind: Kind.folder, mode: 0o755, flags: 0, mtime: 0n, size: 0, group: 0n, id: EMPTY_ID };

/** Extracts that were received; those of a database go when all of it comes, or goes. */
function extractEdits({ base, incoming }: Sides, staged: Staged, objects: readonly Planned[]): Edit[] {
  const waiting = new Set(objects.flatMap(({ outcome, path }) => (outcome === 'waiting' ? [path] : [])));
  const edit = (path: string, entry: TreeEntry | undefined): Edit => ({ path, place: path, entry });
  const received = [...staged.stagedTables()].flatMap(({ database, table }) => {
    const path = extractPath(database, table);
    const entry = incoming.trees.entry(incoming.folder, path);
    return entry === undefined || waiting.has(path) ? [] : [edit(path, entry)];
  });
  const known = base.folder === undefined ? undefined : base.trees.folder(base.folder, BASE_TABLES);
  const stale = [...(known === undefined ? [] : base.trees.walk(known))].flatMap(({ path, entry }) => {
    const database = parentPath(path);
    if (entry.kind === Kind.folder || !staged.covers(database) || waiting.has(database)) return [];
    const comes = incoming.trees.entry(incoming.folder, database)?.kind === Kind.file;
    return comes || staged.isMirrored(parentPath(database)) ? [edit(path, undefined)] : [];
  });
  return [...received, ...stale];
}
