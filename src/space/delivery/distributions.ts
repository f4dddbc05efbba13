/** What was handed out in a Space, as far as a reader can open it. */
import { decodeName } from '../../base/paths.ts';
import { within } from '../../instance/scopes.ts';
import { idHex, idOf } from '../../store/ids.ts';
import type { StoreFiles } from '../../store/files.ts';
import type { Area, AreaPack } from '../areas/area.ts';
import { preAuthEncoding } from '../crypto/encoding.ts';
import type { Hub } from '../hub/hub.ts';
import { vaultOf } from '../members/audiences.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import { ofKind, type Said } from '../members/statements.ts';
import type { BodyOf } from '../records/bodies.ts';
import { audienceKey } from '../records/sealedBodies.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { ObjectType } from '../stage/stagedObject.ts';
import type { Strategy } from '../strategy.ts';
import { SPACE_FOLDER } from '../participant/belonging.ts';
import { lossesOf, takingsByDistribution, type Losses } from './takings.ts';

/** A distribution with what became of it since. */
export interface Distribution {
  /** The hash of its record: 64 hex digits. */
  readonly id: string;
  readonly audience: string;
  readonly said: Said<'distribute'>;
  /** What later records took back of it. */
  readonly losses: Losses;
  /** All of it. */
  readonly isVoid: boolean;
}

/** In causal order, the oldest first. */
export function distributionsIn(state: SpaceState): readonly Distribution[] {
  const takings = takingsByDistribution(state);
  return ofKind(state.statements, 'distribute').map((said) => {
    const { hash, header } = said.record;
    const { audience } = header;
    const losses = lossesOf({ id: hash, audience }, takings, state);
    const isLost = lostIn({ losses });
    return { id: hash, audience, said, losses, isVoid: itemsIn(said.body).every(({ path }) => isLost(path)) };
  });
}

/** Whether what a distribution delivered at a path was taken back, whatever holds there now. */
export function lostIn({ losses }: Pick<Distribution, 'losses'>): (path: string) => boolean {
  return within([...losses.gone, ...losses.earlier]);
}

/** An object that a distribution names. */
export interface DeliveredItem {
  readonly type: ObjectType;
  readonly path: string;
  readonly part: string | null;
  readonly strategy: Strategy;
}

/** The objects that a distribution names, each with the strategy that holds for it. */
export function itemsIn({ items, strategy, strategies }: BodyOf<'distribute'>): DeliveredItem[] {
  if (!Array.isArray(items)) return [];
  return items.map(({ type, path, part, strategy: own }) => ({
    type,
    path: decodeName(Buffer.from(path, 'base64url')),
    part,
    strategy: own ?? strategies[type] ?? strategy,
  }));
}

/** What the store keeps the delivered tree as. */
export function keepName(distribution: string): string {
  return `delivered-${distribution.slice(0, 32)}`;
}

/** What a member told of a distribution. */
export interface Acknowledged {
  /** Of the record, in the member's log. */
  readonly sequence: number;
  readonly body: BodyOf<'acknowledge'>;
}

/** All that a member told of distributions, in the order of its log: what a Master can read. */
export function acknowledgementsOf(
  { keychain }: Pick<SpaceState, 'keychain'>,
  { log, chain }: Pick<Member, 'log' | 'chain'>,
): Acknowledged[] {
  return chain.standing.flatMap((record) => {
    if (record.header.audience !== vaultOf(log)) return [];
    const read = keychain.read(record);
    return read.kind === 'body' && read.body.kind === 'acknowledge' ? [{ sequence: record.header.sequence, body: read.body }] : [];
  });
}

/** What members said last of a distribution, by log. */
export function acknowledgementsIn(state: SpaceState, distribution: string): ReadonlyMap<string, BodyOf<'acknowledge'>> {
  const found = new Map<string, BodyOf<'acknowledge'>>();
  for (const member of state.members.values()) {
    for (const { body } of acknowledgementsOf(state, member)) if (body.of === distribution) found.set(member.log, body);
  }
  return found;
}

/** The packs of an audience's area, as signed records name them: those by members in their own vaults excepted. */
export function packsIn(state: SpaceState, audience: string): readonly AreaPack[] {
  const packs = new Map<string, AreaPack>();
  for (const { body, record } of ofKind(state.statements, 'content')) {
    if (record.header.audience !== audience) continue;
    for (const pack of body.added) packs.set(pack.pack.name, pack);
    for (const name of body.removed) packs.delete(name);
  }
  return [...packs.values()];
}

/** Where the content of an audience lies. */
export function areaOf(state: SpaceState, audience: string, hub: Hub, files: StoreFiles): Area {
  const { space, keychain } = state;
  const id = idHex(idOf(preAuthEncoding('snapstage area 1', space, audience))).slice(0, 32);
  return {
    hub,
    folder: `areas/${id}`,
    local: files.elsewhere(`${files.place}/${SPACE_FOLDER}/area-${id}`),
    space,
    audience,
    keyOf(epoch) {
      const secret = keychain.secretOf(epoch);
      if (secret !== undefined) return audienceKey(space, audience, secret);
      throw new SnapstageError('refused', 'This instance has no key for what was delivered.', { audience, epoch, reason: 'no-key' });
    },
  };
}
