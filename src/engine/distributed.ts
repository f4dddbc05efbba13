/** All that was distributed in a Space, as one state. */
import { AreaReader } from '../space/areas/areaReader.ts';
import type { Layer } from '../space/delivery/distributed.ts';
import { distributionsIn, type Distribution } from '../space/delivery/distributions.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { Participant } from '../space/participant/participant.ts';
import { SnapstageError } from '../base/errors.ts';
import { idHex, idOf } from '../store/ids.ts';
import { writeKeep } from '../store/keeps.ts';
import { isMeant } from './applying.ts';
import { indexesFor, layersOf, layTogether, storeTrees } from './layers.ts';
import { DISTRIBUTED, keptState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './recallApi.ts';
import { participating } from './spaces.ts';

/** Brings the state `distributed` up to date with what is known, or with the hub; fetches what is lacking of it. */
export function distributed(open: Open, machine: Machine, { sync }: { readonly sync?: boolean }): Promise<api.DistributedInfo> {
  return participating(open, machine, async (participant) => {
    const heard = sync !== true || (await whileThere(() => participant.sync()));
    const all = distributedTo(participant);
    const known = keptState(open.store, DISTRIBUTED);
    const made = madeOf(all);
    const isSame = known !== undefined && open.store.files.read(MADE_OF)?.toString() === made;
    const brought = isSame || (await whileThere(() => bring(open, participant, all, made)));
    const root = keptState(open.store, DISTRIBUTED)?.root;
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

/** What was handed out to this instance, among others, or by it. What nobody can tell yet of what it brings comes when that is known. */
export function distributedTo(participant: Participant): readonly Distribution[] {
  return distributionsIn(participant.state).filter(({ audience, flaw }) => flaw === undefined && isMeant(participant, audience));
}

/** Lays distributions over one another, with what the hub has of them, and takes in what the store lacks of the result. */
async function layered(open: Open, participant: Participant, all: readonly Distribution[]): Promise<Buffer> {
  const { store, work } = open;
  const layers = layersOf(all);
  const indexes = await indexesFor(open, participant, all);
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
