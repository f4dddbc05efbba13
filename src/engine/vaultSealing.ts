/** Sealing what a member hands in. */
import { SnapstageError } from '../base/errors.ts';
import type { AreaPack } from '../space/areas/area.ts';
import type { AreaIndex } from '../space/areas/areaIndex.ts';
import { keepOnly } from '../space/areas/areaWriter.ts';
import { audiencesOf, vaultPacks } from '../space/assignments/vaultContent.ts';
import { areaOf, packsIn } from '../space/delivery/distributions.ts';
import { vaultOf } from '../space/members/audiences.ts';
import type { Participant } from '../space/participant/participant.ts';
import { areaIndex, sealTree } from './areas.ts';
import type { Open } from './open.ts';

export interface SealedForVault {
  /** New ones, which nobody names yet. */
  readonly packs: readonly AreaPack[];
  /** Names of packs of the vault in which the rest of it is. */
  readonly relied: ReadonlySet<string>;
}

/** Seals for the own vault what neither it nor anything that this member can read has of a tree. */
export async function sealForVault(open: Open, participant: Participant, tree: Buffer): Promise<SealedForVault> {
  const { state, belonging, hub } = participant;
  const me = state.members.get(belonging.log)!;
  const audience = vaultOf(me.log);
  const area = areaOf(state, audience, hub, open.store.files);
  const known = vaultPacks(state, me);
  keepOnly(area, known);
  const own = await indexOf(open, participant, audience, known);
  const indexes: AreaIndex[] = [];
  for (const each of audiencesOf(state, me)) indexes.push(await indexOf(open, participant, each, packsIn(state, each)));
  const relied = new Set<string>();
  const has = (id: Buffer): boolean => {
    for (const { pack } of own.packsWith(id)) relied.add(pack.name);
    return own.has(id);
  };
  return { packs: await sealTree(open, participant, area, tree, [{ has }, ...indexes]), relied };
}

/** Where the hub is not there, of what is known here already. */
async function indexOf(open: Open, participant: Participant, audience: string, packs: readonly AreaPack[]): Promise<AreaIndex> {
  let index: AreaIndex | undefined;
  const isThere = await unlessAway(async () => void (index = await areaIndex(open, participant, audience, packs)));
  if (isThere) return index!;
  const { local } = areaOf(participant.state, audience, participant.hub, open.store.files);
  return areaIndex(
    open,
    participant,
    audience,
    packs.filter((one) => local.size(one.index.name) === one.index.bytes),
  );
}

/** Returns whether the hub was there, and could be written to. */
export async function unlessAway(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    const reason = error instanceof SnapstageError ? error.details['reason'] : undefined;
    if (reason === 'hub-unreachable' || reason === 'hub-read-only') return false;
    throw error;
  }
}
