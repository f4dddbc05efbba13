/** What members have received, by what they told: distributions that they applied, laid over one another. */
import { baseName, parentPath } from '../../base/paths.ts';
import { foldersAbove, within } from '../../instance/scopes.ts';
import type { Trees } from '../../instance/states.ts';
import { idHex, idOf } from '../../store/ids.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { acknowledgementsOf, pathsThatWere, type Acknowledged } from '../delivery/acknowledged.ts';
import { distributedTree, type Layer, type Laying } from '../delivery/distributed.ts';
import type { Distribution } from '../delivery/distributions.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import { EMPTY_ID, putFolder } from '../merge/editTree.ts';
import type { Published } from './published.ts';

/** What one member has received. */
export interface Base {
  /** What it last received at a path; `unknown`: it has received something there since it published its state. */
  at(path: string): TreeEntry | 'unknown' | undefined;
  /** Whether tables of a database were received by themselves. */
  hasTables(database: string): boolean;
  /** Files, links and empty folders in a folder of it, by their paths in there. */
  leavesIn(folder: Buffer): Leaves;
  /** All of them. */
  leaves(): Leaves;
}

type Leaves = readonly { readonly path: string; readonly entry: TreeEntry }[];

export interface BasesRequest extends Laying {
  readonly state: SpaceState;
  /** In causal order. */
  readonly distributions: readonly Distribution[];
  /** What of a distribution holds, without these paths: a layer where anything does. Nothing where its tree is not here. */
  readonly layersOf: (distribution: Distribution, waiting: readonly string[]) => readonly Layer[] | undefined;
}

type IsAt = (path: string) => boolean;

/** The bases of one member after the other: what several of them received is laid together once. */
export class Bases {
  private readonly request: BasesRequest;
  private readonly byId: ReadonlyMap<string, Distribution>;
  /** By the ids of distributions. */
  private readonly layers = new Map<string, readonly Layer[] | undefined>();
  /** By what was laid together. */
  private readonly roots = new Map<string, Buffer>();
  /** By their roots. */
  private readonly leaves = new Map<string, Leaves>();

  constructor(request: BasesRequest) {
    this.request = request;
    this.byId = new Map(request.distributions.map((one) => [one.id, one]));
  }

  /** What a member had received when it published its state; absent that, what it has received by now. */
  of(member: Member, published?: Published): Base {
    const { state, trees } = this.request;
    const told = acknowledgementsOf(state, member).filter(({ body }) => this.byId.get(body.of)?.isVoid === false);
    const isBefore = ({ record }: Acknowledged): boolean => published === undefined || record.header.sequence <= published.sequence;
    const root = this.rootOf(told.filter(isBefore));
    const unknown = told.flatMap((one) => this.unclearBy(one, isBefore(one)));
    const received = told.flatMap(({ body }) => this.byId.get(body.of)!.items);
    const tables = new Set(received.flatMap(({ type, path }) => (type === 'table' ? [path] : [])));
    return {
      at: (path) => (unknown.some((isAt) => isAt(path)) ? 'unknown' : trees.entry(root, path)),
      hasTables: (database) => tables.has(database),
      leavesIn: (folder) => leavesIn(trees, folder),
      leaves: () => this.leavesOf(root),
    };
  }

  /** Where it can't be told what a member has by what it told: of what came later, of what may wait, and of what is not here. */
  private unclearBy(told: Acknowledged, isBefore: boolean): IsAt[] {
    const { trees } = this.request;
    const distribution = this.byId.get(told.body.of)!;
    const layers = this.layersOf(distribution);
    if (layers === undefined) return [within(distribution.items.map(({ path }) => path))];
    const waiting = this.waitingIn(told);
    if (isBefore && waiting !== undefined) return [];
    const isWaiting = within(waiting ?? []);
    return [(path) => !isWaiting(path) && layers.some((layer) => isTouched(trees, layer, path))];
  }

  private layersOf(distribution: Distribution): readonly Layer[] | undefined {
    if (!this.layers.has(distribution.id)) this.layers.set(distribution.id, this.request.layersOf(distribution, []));
    return this.layers.get(distribution.id);
  }

  private leavesOf(root: Buffer): Leaves {
    const key = idHex(root);
    const leaves = this.leaves.get(key) ?? leavesIn(this.request.trees, root);
    this.leaves.set(key, leaves);
    return leaves;
  }

  private rootOf(told: readonly Acknowledged[]): Buffer {
    const { trees, sink, check, distributions, layersOf } = this.request;
    const last = new Map(told.map((one) => [one.body.of, one]));
    let key = '';
    let root = putFolder(sink, new Map());
    for (const one of distributions) {
      const acknowledged = last.get(one.id);
      if (acknowledged === undefined) continue;
      const waiting = this.waitingIn(acknowledged) ?? [];
      key = idHex(idOf(Buffer.from(JSON.stringify([key, one.id, waiting]))));
      root = this.roots.get(key) ?? distributedTree(layersOf(one, waiting) ?? [], { trees, sink, check }, root);
      this.roots.set(key, root);
    }
    return root;
  }

  /** Nothing where that is not known. */
  private waitingIn(told: Acknowledged): readonly string[] | undefined {
    if ((told.body.counts.waiting ?? 0) === 0) return [];
    const paths = pathsThatWere(this.request.state, told, 'waiting');
    return typeof paths === 'string' ? undefined : paths;
  }
}

/** Whether a distribution has brought something to a path, or taken the folder above it away. */
function isTouched(trees: Trees, { root, staged }: Layer, path: string): boolean {
  let folder = root;
  for (const above of ['', ...foldersAbove(path)]) {
    const entry = above === '' ? undefined : trees.find(folder, baseName(above));
    if (above !== '' && entry === undefined) return staged.isMirrored(parentPath(above));
    if (entry !== undefined && entry.kind !== Kind.folder) return true;
    folder = entry?.id ?? root;
  }
  return trees.find(folder, baseName(path)) !== undefined || staged.isMirrored(parentPath(path));
}

function leavesIn(trees: Trees, folder: Buffer): Leaves {
  return [...trees.walk(folder)].filter(({ entry }) => entry.kind !== Kind.folder || entry.id.equals(EMPTY_ID));
}
