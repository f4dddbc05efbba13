import { ChunkList } from './chunkList.ts';
import { isNoId } from './ids.ts';
import type { Location, Segment } from './segment.ts';
import type { Store } from './store.ts';
import { Flag, Kind, Tree, type TreeEntry } from './tree.ts';

/** What an entry of a tree is stored as. */
export type StoredEntry = Pick<TreeEntry, 'kind' | 'flags' | 'id'>;

/** Gives the objects that entries are stored as, with all that is below folders, each object once, until it is told to begin anew. */
export class Footprint {
  private readonly store: Store;
  private readonly check: () => void;
  /** Per object the last round in which it was met. */
  private readonly marks = new Map<Segment, Uint32Array>();
  private round = 1;

  constructor(store: Store, check: () => void) {
    this.store = store;
    this.check = check;
  }

  /** From now on every object counts as not met. */
  beginAnew(): void {
    this.round += 1;
  }

  /** Calls `found` with each object that was not met before. @throws SnapstageError `damaged`. */
  visit(entry: StoredEntry, found: (location: Location) => void): void {
    if (isNoId(entry.id)) return;
    const location = this.store.index.find(entry.id);
    if (location === undefined || !this.isNew(location)) return;
    found(location);
    if (entry.kind === Kind.folder) {
      this.check();
      // Copied: what is below is read before all of it was looked at.
      const tree = new Tree(Buffer.from(this.store.reader.at(location)));
      for (let row = 0; row < tree.names.length; row++) {
        this.visit({ kind: tree.kind(row), flags: tree.flags(row), id: tree.id(row) }, found);
      }
    } else if ((entry.flags & Flag.chunked) !== 0) {
      const list = new ChunkList(Buffer.from(this.store.reader.at(location)));
      for (let i = 0; i < list.count; i++) this.visit({ kind: Kind.file, flags: 0, id: list.id(i) }, found);
    }
  }

  /** True when the object was not met before; it is met with this. */
  isNew({ segment, row }: Location): boolean {
    let marks = this.marks.get(segment);
    if (marks === undefined) this.marks.set(segment, (marks = new Uint32Array(segment.objects)));
    if (marks[row] === this.round) return false;
    marks[row] = this.round;
    return true;
  }
}
