import type { Work } from '../base/work.ts';
import { ChunkList } from './chunkList.ts';
import { isNoId } from './ids.ts';
import { allKeeps, keepFile } from './keeps.ts';
import { MAX_CHAIN } from './objectReader.ts';
import type { ObjectKind } from './objectWriter.ts';
import { cannotFollow } from './reach.ts';
import type { Location, Segment } from './segment.ts';
import type { StoredSnapshot } from './snapshots.ts';
import { SnapshotSets } from './snapshotSets.ts';
import type { Store } from './store.ts';
import { Flag, Kind, Tree } from './tree.ts';

/** How an object is led to: bits, for one may be led to in several ways. */
const Role = { content: 0, tree: 1, list: 2 } as const;

/**
 * Which snapshots hold which object. Every tree is read once, however many snapshots there are: in an order in which what leads to a
 * tree comes before it (a depth-first walk, backwards), each hands the set of its snapshots on to what it leads to.
 * A file of the very bytes of a tree counts as that tree.
 */
export class Holders {
  /** Oldest first: the places in `sets` are those in this list. */
  readonly snapshots: readonly StoredSnapshot[];
  /** How many places there are: the last one is beyond the snapshots, for what is kept without one. */
  readonly places: number;
  readonly sets = new SnapshotSets();
  private readonly store: Store;
  private readonly work: Work;
  private readonly starts = new Map<Segment, number>();
  /** Roles in which an object was looked into: with any it is a tree or a list. */
  private readonly visited: Uint8Array;
  private readonly edges = new Numbers();
  /** Trees and lists, each after what it leads to: the object's number, and where its edges begin and end. */
  private readonly nodes = new Numbers();
  /** Per object the set of the snapshots that it is part of, and of those that need its bytes. */
  private readonly holding: Float64Array;
  private readonly needing: Float64Array;

  /** @throws SnapstageError `damaged` when a snapshot can't be followed; `cancelled`. */
  constructor(store: Store, work: Work) {
    const { snapshots, damaged } = store.survey();
    if (damaged.length > 0) throw cannotFollow(`snapshots/${damaged[0]}`, 'its record is damaged');
    this.store = store;
    this.work = work;
    this.snapshots = snapshots.toReversed();
    this.places = snapshots.length + 1;
    let objects = 0;
    for (const segment of store.index.withLent) {
      this.starts.set(segment, objects);
      objects += segment.objects;
    }
    this.visited = new Uint8Array(objects);
    this.holding = new Float64Array(objects);
    work.begin('plan');
    this.walk();
    this.handOn();
    this.needing = this.holding.slice();
    this.addBases();
  }

  /** The set of the snapshots that an object is part of; 0: none. */
  setHolding(location: Location): number {
    return this.holding[this.number(location)]!;
  }

  /** The set of those that need its bytes, be it only because something of theirs is stored as a difference from it. */
  setNeeding(location: Location): number {
    return this.needing[this.number(location)]!;
  }

  /** What an object is that some snapshot needs. */
  kindOf(location: Location): ObjectKind {
    return this.visited[this.number(location)] === 0 ? 'data' : 'meta';
  }

  private number({ segment, row }: Location): number {
    return this.starts.get(segment)! + row;
  }

  private find(id: Buffer, part: string): Location {
    const { index } = this.store;
    const location = index.find(id);
    if (location === undefined || !index.isReadable(location)) throw cannotFollow(part, 'something in it is missing');
    return location;
  }

  private walk(): void {
    for (const [place, { id, record }] of this.snapshots.entries()) this.walkFrom(record.root, `snapshots/${id}`, place);
    for (const { name, root } of allKeeps(this.store.files)) this.walkFrom(root, keepFile(name), this.snapshots.length);
  }

  private walkFrom(id: string, part: string, place: number): void {
    const root = this.find(Buffer.from(id, 'hex'), part);
    this.visit(root, Role.tree, part);
    const number = this.number(root);
    this.holding[number] = this.sets.union(this.holding[number]!, this.sets.single(place));
  }

  private visit(location: Location, role: number, part: string): void {
    const number = this.number(location);
    if ((this.visited[number]! & role) !== 0) return;
    this.visited[number]! |= role;
    this.work.check();
    const content = this.store.reader.at(location);
    const start = this.edges.length;
    const inner = role === Role.tree ? this.addEntries(new Tree(content), part) : this.addChunks(new ChunkList(content), part);
    const end = this.edges.length;
    this.work.advance(end - start, 0);
    for (const [child, childRole] of inner) this.visit(child, childRole, part);
    for (const value of [number, start, end]) this.nodes.push(value);
  }

  /** Notes what a tree leads to; returns what of it leads further. */
  private addEntries(tree: Tree, part: string): [Location, number][] {
    const inner: [Location, number][] = [];
    for (let row = 0; row < tree.names.length; row++) {
      const id = tree.id(row);
      if (isNoId(id)) continue;
      const isList = (tree.flags(row) & Flag.chunked) !== 0;
      const role = tree.kind(row) === Kind.folder ? Role.tree : isList ? Role.list : Role.content;
      const child = this.find(id, part);
      this.edges.push(this.number(child));
      if (role !== Role.content) inner.push([child, role]);
    }
    return inner;
  }

  private addChunks(list: ChunkList, part: string): [] {
    for (let i = 0; i < list.count; i++) this.edges.push(this.number(this.find(list.id(i), part)));
    return [];
  }

  private handOn(): void {
    const { nodes, edges, holding, sets } = this;
    for (let n = nodes.length - 3; n >= 0; n -= 3) {
      const set = holding[nodes.at(n)]!;
      const end = nodes.at(n + 2);
      for (let e = nodes.at(n + 1); e < end; e++) {
        const target = edges.at(e);
        if (holding[target] !== set) holding[target] = sets.union(holding[target]!, set);
      }
    }
    nodes.clear();
    edges.clear();
  }

  /** What a difference starts from is needed by whoever needs the difference; it may be a difference itself. */
  private addBases(): void {
    const { index } = this.store;
    const pairs = new Numbers();
    for (const [segment, start] of this.starts) {
      for (let row = 0; row < segment.objects; row++) {
        const base = segment.baseOf(segment.objectBlock[row]!);
        const location = base && index.find(base);
        if (location === undefined) continue;
        pairs.push(start + row);
        pairs.push(this.number(location));
      }
    }
    for (let depth = 0, isChanged = true; isChanged && depth <= MAX_CHAIN; depth++) {
      isChanged = false;
      for (let p = 0; p < pairs.length; p += 2) {
        const base = pairs.at(p + 1);
        const union = this.sets.union(this.needing[base]!, this.needing[pairs.at(p)]!);
        isChanged ||= union !== this.needing[base];
        this.needing[base] = union;
        this.visited[base]! |= this.visited[pairs.at(p)]!;
      }
    }
  }
}

/** A growing list of numbers below 2³², four bytes each. */
class Numbers {
  length = 0;
  private values = new Uint32Array(1024);

  at(index: number): number {
    return this.values[index]!;
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Uint32Array(this.length * 2);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.length++] = value;
  }

  clear(): void {
    this.length = 0;
    this.values = new Uint32Array(1024);
  }
}
