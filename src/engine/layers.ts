/** Distributions laid over one another: what they deliver as layers, and where the hub has it. */
import { memorySink } from '../instance/findings.ts';
import { Trees } from '../instance/states.ts';
import type { AreaIndex } from '../space/areas/areaIndex.ts';
import { AreaReader } from '../space/areas/areaReader.ts';
import { distributedTree, type Layer } from '../space/delivery/distributed.ts';
import type { Distribution } from '../space/delivery/distributions.ts';
import { storing } from '../space/delivery/storing.ts';
import { Staged } from '../space/merge/staged.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idKey } from '../store/ids.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import type { ObjectSink } from '../store/objectWriter.ts';
import type { Store } from '../store/store.ts';
import { Kind, Tree } from '../store/tree.ts';
import { areaIndex } from './areas.ts';
import type { Open } from './open.ts';

/** Reads what distributions delivered, wherever it lies in the hub. */
export async function areaReaderFor(open: Open, participant: Participant, all: readonly Distribution[]): Promise<AreaReader> {
  return new AreaReader(await indexesFor(open, participant, all), open.store, open.work);
}

export async function indexesFor(open: Open, participant: Participant, all: readonly Distribution[]): Promise<AreaIndex[]> {
  const indexes: AreaIndex[] = [];
  for (const audience of new Set(all.map((one) => one.audience))) indexes.push(await areaIndex(open, participant, audience));
  return indexes;
}

/** What holds of distributions that were all received here; stored, though nothing refers to it. */
export function laidTogether({ store, work }: Open, all: readonly Distribution[]): Buffer {
  const objects = new Map<string, Buffer>();
  const root = layTogether(layersOf(all), store.reader, objects, () => work.check());
  storeTrees(store, root, objects);
  return root;
}

/** Those that lost all of it for what was delivered before lay nothing. */
export function layersOf(all: readonly Distribution[]): readonly Layer[] {
  return all
    .filter(({ losses }) => !losses.earlier.includes('') || losses.gone.length > 0)
    .map(({ said: { body }, items, losses }) => ({
      root: Buffer.from(body.tree, 'hex'),
      staged: new Staged(
        items.map(({ type, path, part, strategy }) => ({ type, path, strategy, ...(type === 'table' ? { table: part! } : {}) })),
        { overall: body.strategy },
      ),
      losses,
    }));
}

export function layTogether(layers: readonly Layer[], reader: ObjectReader, objects: Map<string, Buffer>, check: () => void): Buffer {
  return distributedTree(layers, { trees: new Trees(() => reader, objects), sink: memorySink(objects), check });
}

/** Stores what is new of a tree, and nothing of those that it was made from. */
export function storeTrees(store: Store, root: Buffer, objects: ReadonlyMap<string, Buffer>): void {
  storing(store, (sink) => putTree(root, objects, sink, new Set()));
}

function putTree(id: Buffer, objects: ReadonlyMap<string, Buffer>, sink: ObjectSink, put: Set<string>): void {
  const content = objects.get(idKey(id));
  if (content === undefined || put.has(idKey(id))) return;
  put.add(idKey(id));
  for (const entry of new Tree(content).entries()) if (entry.kind === Kind.folder) putTree(entry.id, objects, sink, put);
  sink.put(content, 'meta');
}
