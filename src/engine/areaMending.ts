/** What was named no longer while somebody did not know of it, and is needed: Masters name it again, members send it themselves. */
import type { AreaPack } from '../space/areas/area.ts';
import { handInsOf } from '../space/assignments/handIns.ts';
import { audiencesOf } from '../space/assignments/vaultContent.ts';
import { areaPacks } from '../space/delivery/distributions.ts';
import { vaultOf } from '../space/members/audiences.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex, idOf } from '../store/ids.ts';
import { isWhole } from '../store/reach.ts';
import { rootOf, sharedArea, sharedAudiences, standingIn, type SharedArea } from './areaNeeds.ts';
import { isUnclear, nameContent, publish } from './areas.ts';
import type { Open } from './open.ts';
import { sealForVault } from './vaultSealing.ts';

/** What all of it was compared with last. */
const NOTE = `${SPACE_FOLDER}/needed`;

/**
 * After something new was heard: sees to it that what is handed out, and what this instance has handed in, is whole in the hub, whatever
 * packs were retired meanwhile. Costs nothing as long as there are none. @throws SnapstageError those of the hub.
 */
export async function keepNeeded(open: Open, participant: Participant): Promise<void> {
  const { files } = open.store;
  const known = needed(participant);
  if (known === undefined || files.read(NOTE)?.toString() === known) return;
  if (participant.isMaster) await keepDistributions(open, participant);
  else await keepHandedIn(open, participant);
  files.write(NOTE, Buffer.from(known), false);
}

/** Nothing where nothing was retired that this instance may need. */
function needed({ state, belonging: { log }, isMaster }: Participant): string | undefined {
  const me = state.members.get(log);
  if (state.stopped.length > 0 || (isMaster ? state.stubs.length > 0 : me?.state !== 'admitted')) return undefined;
  const audiences = isMaster ? sharedAudiences(state) : audiencesOf(state, me!);
  const retired = audiences.flatMap((audience) => areaPacks(state, audience).retired.map(({ pack }) => pack.name));
  if (retired.length === 0) return undefined;
  const roots = isMaster ? audiences.flatMap((audience) => standingIn(state, audience)) : handInsOf(state, me!);
  return idHex(idOf(Buffer.from(JSON.stringify([retired, roots.map(({ id }) => id)]))));
}

async function keepDistributions(open: Open, participant: Participant): Promise<void> {
  for (const audience of sharedAudiences(participant.state)) {
    if (areaPacks(participant.state, audience).retired.length === 0) continue;
    try {
      await bringBack(open, participant, await sharedArea(open, participant, audience));
    } catch (error) {
      // What is lost of it concerns who receives it, and was told there.
      if (!isUnclear(error)) throw error;
    }
  }
  await participant.send(open.work);
}

/** Names retired packs again that are needed, and puts into the area what of standing distributions is in none. Returns those packs. */
export async function bringBack(
  open: Open,
  participant: Participant,
  { audience, upkeep, standing, isLacking }: SharedArea,
): Promise<readonly AreaPack[]> {
  const { back } = upkeep.plan();
  if (back.length > 0) participant.act((acting) => nameContent(acting, audience, back));
  for (const root of isLacking ? standing.map(rootOf) : []) if (isWhole(open.store, root)) await publish(open, participant, audience, root);
  return back;
}

async function keepHandedIn(open: Open, participant: Participant): Promise<void> {
  const { state, belonging } = participant;
  const audience = vaultOf(belonging.log);
  for (const { body } of handInsOf(state, state.members.get(belonging.log)!)) {
    const tree = Buffer.from(body.tree, 'hex');
    if (!isWhole(open.store, tree)) continue;
    const { packs } = await sealForVault(open, participant, tree);
    if (packs.length > 0) participant.act((acting) => nameContent(acting, audience, packs));
  }
  await participant.send(open.work);
}
