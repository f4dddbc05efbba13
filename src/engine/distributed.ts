/** All that was distributed in a Space, as one state. */
import { memorySink } from '../instance/findings.ts';
import { Trees } from '../instance/states.ts';
import { AreaIndex } from '../space/areas/areaIndex.ts';
import { AreaReader } from '../space/areas/areaReader.ts';
import { distributedTree, type Layer } from '../space/delivery/distributed.ts';
import { areaOf, distributionsIn, itemsIn, packsIn, type Distribution } from '../space/delivery/distributions.ts';
import { storing } from '../space/delivery/storing.ts';
import { ALL, EDITORS, MASTERS } from '../space/members/audiences.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import { Staged } from '../space/merge/staged.ts';
import type { Participant } from '../space/participant/participant.ts';
import { SnapstageError } from '../base/errors.ts';
import { idHex, idKey, idOf } from '../store/ids.ts';
import { writeKeep } from '../store/keeps.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import type { ObjectSink } from '../store/objectWriter.ts';
import type { Store } from '../store/store.ts';
import { Kind, Tree } from '../store/tree.ts';
import { DISTRIBUTED, distributedState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './recallApi.ts';
import { participating } from './spaces.ts';

/** Brings the state `distributed` up to date with what is known, or with the hub; fetches what is lacking of it. */
export function distributed(open: Open, machine: Machine, { sync }: { readonly sync?: boolean }): Promise<api.DistributedInfo> {
  return participating(open, machine, async (participant) => {
    const heard = sync !== true || (await whileThere(() => participant.sync()));
    const all = distributedTo(participant);
    const known = distributedState(open.store);
    const made = madeOf(all);
    const isSame = known !== undefined && open.store.files.read(MADE_OF)?.toString() === made;
    const brought = isSame || (await whileThere(() => bring(open, participant, all, made)));
    const root = distributedState(open.store)?.root;
    if (root === undefined)
      throw new SnapstageError('io', 'The hub can’t be reached, and nothing of what was distributed is known here yet.');
    const last = all.findLast(({ isVoid }) => !isVoid);
    return {
      id: idHex(root),
      distributions: all.filter(({ isVoid }) => !isVoid).length,
      made: last === undefined ? null : new Date(last.said.body.made).toISOString(),
      isOffline: !heard || !brought,
    };
  });
}

/** What the kept state was made of, so that nothing is read where that is the same. */
const MADE_OF = `${SPACE_FOLDER}/distributed`;

function madeOf(all: readonly Distribution[]): string {
  return idHex(idOf(Buffer.from(JSON.stringify(all.map(({ id, losses }) => [id, losses])))));
}

async function bring(open: Open, participant: Participant, all: readonly Distribution[], made: string): Promise<void> {
  const { files } = open.store;
  writeKeep(files, { name: DISTRIBUTED, root: idHex(await layered(open, participant, all)) });
  files.write(MADE_OF, Buffer.from(made), false);
}

/** False where the hub is not there: what is known has to do then. */
async function whileThere(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.details['reason'] !== 'hub-unreachable') throw error;
    return false;
  }
}

/** What was handed out to this instance, among others; a Master, who can open all, has what is for everybody. */
export function distributedTo({ state }: Participant): readonly Distribution[] {
  const isMaster = state.audiences.get(MASTERS)?.secret !== undefined;
  return distributionsIn(state).filter(({ audience }) => !isMaster || audience === ALL || audience === EDITORS);
}

/** Lays distributions over one another, with what the hub has of them, and takes in what the store lacks of the result. */
async function layered(open: Open, participant: Participant, all: readonly Distribution[]): Promise<Buffer> {
  const { store, work } = open;
  const layers = layersOf(all);
  const audiences = new Set(all.map(({ audience }) => audience));
  const indexes: AreaIndex[] = [];
  for (const audience of audiences) {
    const area = areaOf(participant.state, audience, participant.hub, store.files);
    indexes.push(await AreaIndex.load(area, packsIn(participant.state, audience), work));
  }
  const objects = new Map<string, Buffer>();
  const root = await looking(new AreaReader(indexes, store, work), layers, objects, () => work.check());
  storeTrees(store, root, objects);
  // Another one, which knows of them.
  using reader = new AreaReader(indexes, store, work);
  await reader.takeIn(await reader.survey(root));
  return root;
}

async function looking(areas: AreaReader, layers: readonly Layer[], objects: Map<string, Buffer>, check: () => void): Promise<Buffer> {
  using reader = areas;
  return reader.look((there) => layTogether(layers, there, objects, check));
}

/** What holds of distributions that were all received here; stored, though nothing refers to it. */
export function laidTogether({ store, work }: Open, all: readonly Distribution[]): Buffer {
  const objects = new Map<string, Buffer>();
  const root = layTogether(layersOf(all), store.reader, objects, () => work.check());
  storeTrees(store, root, objects);
  return root;
}

function layersOf(all: readonly Distribution[]): readonly Layer[] {
  return all
    .filter(({ losses }) => !losses.earlier.includes('') || losses.gone.length > 0)
    .map(({ said: { body }, losses }) => ({
      root: Buffer.from(body.tree, 'hex'),
      staged: new Staged(
        itemsIn(body).map(({ type, path, part, strategy }) => ({ type, path, strategy, ...(type === 'table' ? { table: part! } : {}) })),
        { overall: body.strategy },
      ),
      losses,
    }));
}

function layTogether(layers: readonly Layer[], reader: ObjectReader, objects: Map<string, Buffer>, check: () => void): Buffer {
  return distributedTree(layers, { trees: new Trees(() => reader, objects), sink: memorySink(objects), check });
}

/** Stores what is new of a tree, and nothing of those that it was made from. */
function storeTrees(store: Store, root: Buffer, objects: ReadonlyMap<string, Buffer>): void {
  storing(store, (sink) => putTree(root, objects, sink, new Set()));
}

function putTree(id: Buffer, objects: ReadonlyMap<string, Buffer>, sink: ObjectSink, put: Set<string>): void {
  const content = objects.get(idKey(id));
  if (content === undefined || put.has(idKey(id))) return;
  put.add(idKey(id));
  for (const entry of new Tree(content).entries()) if (entry.kind === Kind.folder) putTree(entry.id, objects, sink, put);
  sink.put(content, 'meta');
}
