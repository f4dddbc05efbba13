import { joinPath } from '../base/paths.ts';
import { SnapstageError } from '../base/errors.ts';
import { ChunkList } from './chunkList.ts';
import { isNoId } from './ids.ts';
import { MAX_CHAIN, type ObjectReader } from './objectReader.ts';
import type { ObjectKind } from './objectWriter.ts';
import type { Location, Segment } from './segment.ts';
import type { StoreIndex } from './storeIndex.ts';
import type { Store } from './store.ts';
import { decodeTree, Flag, Kind } from './tree.ts';

/** What a snapshot needs and does not find, or finds changed. */
export interface Missing {
  readonly path: string;
  readonly problem: string;
}

/** Marks, in order: of two the later one holds. */
const KINDS: readonly (ObjectKind | undefined)[] = [undefined, 'data', 'meta'];

/**
 * Marks every object that can be reached from root trees. Trees and chunk lists are read and verified; contents are only
 * looked up. What is reached twice is followed once, but `missing` reports every path of every call.
 */
export class Reach {
  private readonly index: StoreIndex;
  private readonly reader: ObjectReader;
  private readonly marks = new Map<Segment, Uint8Array>();
  private readonly missing = new Map<string, readonly Missing[]>();
  private readonly check: () => void;

  constructor(index: StoreIndex, reader: ObjectReader, check: () => void = () => undefined) {
    this.index = index;
    this.reader = reader;
    this.check = check;
  }

  /** What a marked object is; `undefined` for one that is not marked. */
  kindOf({ segment, row }: Location): ObjectKind | undefined {
    return KINDS[this.marks.get(segment)?.[row] ?? 0];
  }

  /** Marks from a root tree; returns what is missing below it, by path. */
  mark(root: Buffer): Missing[] {
    return this.tree(root, '').map((missing) => ({ ...missing }));
  }

  private tree(id: Buffer, path: string): Missing[] {
    const key = id.toString('latin1');
    const known = this.missing.get(key);
    if (known !== undefined) return known.map(({ path: below, problem }) => ({ path: joinPath(path, below), problem }));
    this.check();
    const found: Missing[] = [];
    try {
      if (!this.object(id, 'meta')) throw new SnapstageError('damaged', 'a folder is missing');
      for (const entry of decodeTree(Buffer.from(this.reader.get(id)))) {
        if (entry.kind === Kind.folder) found.push(...this.tree(entry.id, entry.name));
        else if (!isNoId(entry.id))
          found.push(...this.content(entry.id, (entry.flags & Flag.chunked) !== 0).map((problem) => ({ path: entry.name, problem })));
      }
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.code !== 'damaged') throw error;
      found.push({ path: '', problem: error.message });
    }
    this.missing.set(key, found);
    return found.map(({ path: below, problem }) => ({ path: below === '' ? path : joinPath(path, below), problem }));
  }

  private content(id: Buffer, chunked: boolean): string[] {
    if (!this.object(id, chunked ? 'meta' : 'data')) return ['its content is missing'];
    if (!chunked) return [];
    try {
      const list = new ChunkList(Buffer.from(this.reader.get(id)));
      for (let i = 0; i < list.count; i++) if (!this.object(list.id(i), 'data')) return ['part of its content is missing'];
      return [];
    } catch (error) {
      if (error instanceof SnapstageError && error.code === 'damaged') return [error.message];
      throw error;
    }
  }

  /** Marks one object and what it is a difference from, as far down as that goes. False when any of it is not soundly there. */
  private object(id: Buffer, kind: ObjectKind, depth = 0): boolean {
    const location = depth > MAX_CHAIN ? undefined : this.index.find(id);
    if (location === undefined) return false;
    this.set(location, kind);
    const base = location.segment.baseOf(location.segment.objectBlock[location.row]!);
    const isBaseThere = base === undefined || this.object(base, kind, depth + 1);
    return isBaseThere && this.index.isReadable(location);
  }

  private set(location: Location, kind: ObjectKind): void {
    let marks = this.marks.get(location.segment);
    if (marks === undefined) {
      marks = new Uint8Array(location.segment.objects);
      this.marks.set(location.segment, marks);
    }
    marks[location.row] = Math.max(marks[location.row]!, KINDS.indexOf(kind));
  }
}

export interface Root {
  /** The file of the store that names it. */
  readonly part: string;
  /** Id (hex) of its tree. */
  readonly root: string;
}

/** Of all snapshots. @throws SnapstageError `damaged` when one's is not known. */
export function rootsOf({ snapshots, damaged }: ReturnType<Store['survey']>): Root[] {
  if (damaged.length > 0) throw cannotFollow(`snapshots/${damaged[0]}`, 'its record is damaged');
  return snapshots.map(({ id, record }) => ({ part: `snapshots/${id}`, root: record.root }));
}

/** What the roots lead to. @throws SnapstageError `damaged` when one can't be followed. */
export function reachOf({ index, reader }: Pick<Store, 'index' | 'reader'>, roots: readonly Root[], check: () => void): Reach {
  const reach = new Reach(index, reader, check);
  for (const { part, root } of roots) {
    const missing = reach.mark(Buffer.from(root, 'hex'));
    if (missing.length > 0) throw cannotFollow(part, `“${missing[0]!.path}”: ${missing[0]!.problem}`);
  }
  return reach;
}

/** For a store that may not be made smaller, because what a snapshot needs of it can't be told. `part` is the file of the store. */
export function cannotFollow(part: string, why: string): SnapstageError {
  return new SnapstageError('damaged', `The store is damaged (${part}: ${why}); nothing is taken away before “verify” has looked at it.`, {
    part,
  });
}

/** Whether all that a root tree leads to is in a store. */
export function isWhole({ index, reader }: Pick<Store, 'index' | 'reader'>, root: Buffer): boolean {
  return new Reach(index, reader).mark(root).length === 0;
}
