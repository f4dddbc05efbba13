/** What was handed out in a Space, as far as a reader can open it. */
import { decodeName } from '../../base/paths.ts';
import { within } from '../../instance/scopes.ts';
import { idHex, idOf } from '../../store/ids.ts';
import type { StoreFiles } from '../../store/files.ts';
import type { Area, AreaPack } from '../areas/area.ts';
import { preAuthEncoding } from '../crypto/encoding.ts';
import type { Hub } from '../hub/hub.ts';
import type { ListFlaw } from '../members/lists.ts';
import type { SpaceState } from '../members/state.ts';
import { ofKind, type Said } from '../members/statements.ts';
import { item } from '../records/delivery.ts';
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
  /** The objects that it names, each with the strategy that holds for it. */
  readonly items: readonly DeliveredItem[];
  /** Why they are not known: then there are none. */
  readonly flaw: ListFlaw | undefined;
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
    const { items, flaw } = itemsIn(state, said);
    const isVoid = flaw === undefined ? items.every(({ path }) => isLost(path)) : isLost('');
    return { id: hash, audience, said, items, flaw, losses, isVoid };
  });
}

/** @throws SnapstageError `not-found`, `damaged` when nobody can tell here what it brings. */
export function checkListed({ id, flaw }: Pick<Distribution, 'id' | 'flaw'>): void {
  if (flaw !== undefined) throw unlisted(id, flaw);
}

/** For something whose list can't be read. */
function unlisted(id: string, flaw: ListFlaw): SnapstageError {
  const details = { delivery: id, reason: 'no-list' };
  if (flaw === 'damaged') {
    const message = 'The list of what belongs to this delivery makes no sense. Nothing was changed. Ask whoever sent it to send it again.';
    return new SnapstageError('damaged', message, details);
  }
  const message =
    'The list of what belongs to this delivery is not in the hub. Nothing was changed. It may still be on its way; it comes again when its sender next looks at the Space.';
  return new SnapstageError('not-found', message, details);
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
export function itemsIn(
  { lists }: Pick<SpaceState, 'lists'>,
  { record, body }: Pick<Said<'distribute'>, 'record' | 'body'>,
): Pick<Distribution, 'items' | 'flaw'> {
  const { strategy, strategies, made } = body;
  const listed = lists.items(record, made, body.items, item);
  if (typeof listed === 'string') return { items: [], flaw: listed };
  const items = listed.map(({ type, path, part, strategy: own }) => ({
    type,
    path: decodeName(Buffer.from(path, 'base64url')),
    part,
    strategy: own ?? strategies[type] ?? strategy,
  }));
  return { items, flaw: undefined };
}

/** What the store keeps the delivered tree as. */
export function keepName(distribution: string): string {
  return `delivered-${distribution.slice(0, 32)}`;
}

/** The packs of an audience's area by what Masters' records say. */
export interface AreaPacks {
  readonly named: readonly AreaPack[];
  /** Those that were named once, and that the area has no more: what is needed of them after all can be named again while it is there. */
  readonly retired: readonly AreaPack[];
}

/** Those by members in their own vaults excepted. */
export function areaPacks(state: SpaceState, audience: string): AreaPacks {
  const named = new Map<string, AreaPack>();
  const retired = new Map<string, AreaPack>();
  for (const { body, record } of ofKind(state.statements, 'content')) {
    if (record.header.audience !== audience) continue;
    for (const pack of body.added) {
      named.set(pack.pack.name, pack);
      retired.delete(pack.pack.name);
    }
    for (const name of body.removed) {
      const pack = named.get(name);
      if (pack !== undefined) retired.set(name, pack);
      named.delete(name);
    }
  }
  return { named: [...named.values()], retired: [...retired.values()] };
}

/** The packs of an audience's area, as Masters' records name them. */
export function packsIn(state: SpaceState, audience: string): readonly AreaPack[] {
  return areaPacks(state, audience).named;
}

/** The id of an audience's area, which tells nobody whose it is: 32 hex digits. */
function areaId(space: string, audience: string): string {
  return idHex(idOf(preAuthEncoding('snapstage area 1', space, audience))).slice(0, 32);
}

/** The folder in the hub of what an audience is sent. */
export function areaFolder(space: string, audience: string): string {
  return `areas/${areaId(space, audience)}`;
}

/** Where the content of an audience lies. */
export function areaOf(state: SpaceState, audience: string, hub: Hub, files: StoreFiles): Area {
  const { space, keychain } = state;
  const id = areaId(space, audience);
  return {
    hub,
    folder: areaFolder(space, audience),
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
