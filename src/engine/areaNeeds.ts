/** What of the areas in the hub is needed, by all that was handed out and handed in. */
import { Trees } from '../instance/states.ts';
import type { AreaIndex } from '../space/areas/areaIndex.ts';
import { AreaReader } from '../space/areas/areaReader.ts';
import { AreaUpkeep, idsOf } from '../space/areas/areaUpkeep.ts';
import { assignmentsIn } from '../space/assignments/assignments.ts';
import { handInsOf } from '../space/assignments/handIns.ts';
import { audiencesOf, vaultPacks } from '../space/assignments/vaultContent.ts';
import { distributionsIn, type Distribution } from '../space/delivery/distributions.ts';
import { ALL, EDITORS, vaultOf } from '../space/members/audiences.ts';
import type { Member } from '../space/members/membership.ts';
import type { SpaceState } from '../space/members/state.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idKey } from '../store/ids.ts';
import type { Inventory } from '../store/inventory.ts';
import { Kind } from '../store/tree.ts';
import { areaIndex, isUnclear, retiredIndex } from './areas.ts';
import type { Open } from './open.ts';

/** An audience that content is handed out to, with what its area has. */
export interface SharedArea {
  readonly audience: string;
  readonly named: AreaIndex;
  /** What it has no more, and what still lies in the hub. */
  readonly retired: AreaIndex;
  /** Distributions that somebody may still receive, or look into. */
  readonly standing: readonly Distribution[];
  readonly upkeep: AreaUpkeep;
  /** Something of them is in no pack of the area any more. */
  readonly isLacking: boolean;
}

/** The audiences that content is handed out to, as far as this reader can open them. */
export function sharedAudiences({ audiences }: Pick<SpaceState, 'audiences'>): string[] {
  const isShared = (name: string): boolean => name === ALL || name === EDITORS || name.startsWith('set-');
  return [...audiences.values()].filter(({ name, secret }) => secret !== undefined && isShared(name)).map(({ name }) => name);
}

/** Distributions to an audience that somebody may still receive: and those that assignments are given on, to compare with. */
export function standingIn(state: SpaceState, audience: string): readonly Distribution[] {
  const assigned = new Set(assignmentsIn(state).flatMap(({ versions }) => [...versions.values()].map(({ body }) => body.distribution)));
  return distributionsIn(state).filter((one) => one.audience === audience && (!one.isVoid || assigned.has(one.id)));
}

/** An area with what its distributions need of it. @throws SnapstageError `damaged`, `not-found` where that can't be told; those of the hub. */
export async function sharedArea(open: Open, participant: Participant, audience: string): Promise<SharedArea> {
  const { state } = participant;
  const named = await areaIndex(open, participant, audience);
  const retired = await retiredIndex(open, participant, audience);
  const standing = standingIn(state, audience);
  const upkeep = new AreaUpkeep(named, retired);
  using reader = new AreaReader([named, retired], open.store, open.work);
  const inventory = await reader.inventoryOf(standing.map(rootOf));
  upkeep.deliver(inventory);
  const stands = new Set(standing.map(({ id }) => id));
  const others = distributionsIn(state).filter((one) => one.audience === audience && !stands.has(one.id));
  for (const one of others) upkeep.rely(await foldersOf(reader, rootOf(one)));
  return { audience, named, retired, standing, upkeep, isLacking: isLacking(inventory, [named, retired]) };
}

function isLacking(inventory: Inventory, indexes: readonly AreaIndex[]): boolean {
  for (const id of idsOf(inventory)) if (!indexes.some((index) => index.has(id))) return true;
  return false;
}

/** A member of whose hand-ins nobody can tell what of these audiences' areas they rely on. */
export interface Unclear {
  readonly member: Member;
  readonly audiences: readonly string[];
  readonly why: string;
}

/** Has the `concerned` ones of all areas keep what members' hand-ins rely on. @throws SnapstageError those of the hub. */
export async function relyOnShared(
  open: Open,
  participant: Participant,
  areas: readonly SharedArea[],
  concerned: ReadonlySet<SharedArea>,
): Promise<readonly Unclear[]> {
  const { state } = participant;
  const unclear: Unclear[] = [];
  for (const member of state.members.values()) {
    const trees = handInsOf(state, member).map(({ body }) => Buffer.from(body.tree, 'hex'));
    const readable = new Set(audiencesOf(state, member));
    const shared = areas.filter(({ audience }) => readable.has(audience));
    if (trees.length === 0 || !shared.some((area) => concerned.has(area))) continue;
    open.work.check();
    try {
      const vault = await areaIndex(open, participant, vaultOf(member.log), vaultPacks(state, member));
      using reader = new AreaReader([...shared.flatMap(({ named, retired }) => [named, retired]), vault], open.store, open.work);
      const outside = [...idsOf(await reader.inventoryOf(trees))].filter((id) => !vault.has(id));
      for (const { upkeep } of shared) upkeep.rely(outside);
    } catch (error) {
      if (!isUnclear(error)) throw error;
      unclear.push({ member, audiences: shared.map(({ audience }) => audience), why: error.message });
    }
  }
  return unclear;
}

/** All folders of a tree: of what was taken back they still say what is taken away. None of one that is lost. */
async function foldersOf(reader: AreaReader, root: Buffer): Promise<readonly Buffer[]> {
  try {
    return await reader.look((objects) => {
      const trees = new Trees(() => objects);
      const found = new Map<string, Buffer>();
      const due = [root];
      for (let id = due.pop(); id !== undefined; id = due.pop()) {
        if (found.has(idKey(id))) continue;
        found.set(idKey(id), id);
        due.push(...trees.get(id).flatMap((entry) => (entry.kind === Kind.folder ? [entry.id] : [])));
      }
      return [...found.values()];
    });
  } catch (error) {
    if (isUnclear(error)) return [];
    throw error;
  }
}

export function rootOf({ said: { body } }: Distribution): Buffer {
  return Buffer.from(body.tree, 'hex');
}
