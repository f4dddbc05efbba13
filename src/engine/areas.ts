/** What lies in the hub for audiences: looking into it, and putting something there. */
import { SnapstageError } from '../base/errors.ts';
import type { Area, AreaPack } from '../space/areas/area.ts';
import { AreaIndex } from '../space/areas/areaIndex.ts';
import { sendMissing } from '../space/areas/areaSending.ts';
import { sealMissing } from '../space/areas/areaWriter.ts';
import { areaOf, areaPacks, packsIn } from '../space/delivery/distributions.ts';
import { targetFor, type Acting } from '../space/members/acts.ts';
import type { Participant } from '../space/participant/participant.ts';
import { Inventory } from '../store/inventory.ts';
import type { Open } from './open.ts';

/** Packs that one record names. */
const MAX_ADDED = 96;
const MAX_REMOVED = 512;

/** What the packs of an audience's area hold: of all that signed records name, or of these. @throws SnapstageError as `AreaIndex.load`. */
export function areaIndex(
  { store, work }: Open,
  { state, hub }: Participant,
  audience: string,
  packs: readonly AreaPack[] = packsIn(state, audience),
): Promise<AreaIndex> {
  return AreaIndex.load(areaOf(state, audience, hub, store.files), packs, work);
}

/** As `areaIndex`, of the packs that the area has no more, as far as they still lie in the hub. */
export async function retiredIndex(open: Open, participant: Participant, audience: string): Promise<AreaIndex> {
  const { state, hub } = participant;
  const { retired } = areaPacks(state, audience);
  if (retired.length === 0) return areaIndex(open, participant, audience, []);
  const { files } = await hub.list(areaOf(state, audience, hub, open.store.files).folder);
  const sizes = new Map(files.map(({ name, size }) => [name, size]));
  const isThere = ({ pack, index }: AreaPack): boolean => [pack, index].every(({ name, bytes }) => sizes.get(name) === bytes);
  return areaIndex(open, participant, audience, retired.filter(isThere));
}

/** For what may be so by the doing of somebody else, and must not keep this instance from the rest. */
export function isUnclear(error: unknown): error is SnapstageError {
  return error instanceof SnapstageError && (error.code === 'damaged' || error.code === 'not-found');
}

/**
 * Looks into areas, and where something is missing also into what was retired of them: whoever relied on it may not have known. `look` gets
 * the indexes to look into besides.
 */
export async function alsoInRetired<T>(
  open: Open,
  participant: Participant,
  audiences: readonly string[],
  look: (besides: readonly AreaIndex[]) => Promise<T>,
): Promise<T> {
  try {
    return await look([]);
  } catch (error) {
    if (!isUnclear(error)) throw error;
    const retired: AreaIndex[] = [];
    for (const audience of audiences) retired.push(await retiredIndex(open, participant, audience));
    if (retired.every(({ packs }) => packs.size === 0)) throw error;
    return look(retired);
  }
}

/**
 * Sees to it that an audience's area has all of a tree: only what it lacks is sealed and sent. `others`: packs in it that are not Masters'.
 * `isCompared`: what was sent before is read back.
 */
export async function publish(
  open: Open,
  participant: Participant,
  audience: string,
  tree: Buffer,
  { others = [], isCompared = false }: { readonly others?: readonly AreaPack[]; readonly isCompared?: boolean } = {},
): Promise<void> {
  const known = packsIn(participant.state, audience);
  const index = await areaIndex(open, participant, audience, [...known, ...others]);
  const { area } = index;
  const packs = await sealTree(open, participant, area, tree, [index]);
  // In the hub before anybody is told of them.
  await sendMissing(area, [...known, ...packs], open.work, () => isCompared);
  participant.act((acting) => nameContent(acting, audience, packs));
}

/** Seals for an area what these indexes do not have of a tree. Nothing is sent. */
export function sealTree(
  { store, work }: Open,
  participant: Participant,
  area: Area,
  tree: Buffer,
  indexes: readonly Pick<AreaIndex, 'has'>[],
): Promise<AreaPack[]> {
  const inventory = new Inventory({ index: store.index, reader: store.reader, check: () => work.check() });
  inventory.add(tree);
  const { epoch } = targetFor(participant.state, area.audience);
  return sealMissing(area, { epoch, store, inventory, has: (id) => indexes.some((index) => index.has(id)) }, work);
}

/** Says which packs an audience's area has from now on, and then the names of those that it has no more. */
export function nameContent(
  { state, writer }: Acting,
  audience: string,
  packs: readonly AreaPack[],
  removed: readonly string[] = [],
): void {
  const target = targetFor(state, audience);
  for (let at = 0; at < packs.length; at += MAX_ADDED)
    writer.write({ kind: 'content', added: packs.slice(at, at + MAX_ADDED), removed: [] }, target);
  for (let at = 0; at < removed.length; at += MAX_REMOVED)
    writer.write({ kind: 'content', added: [], removed: removed.slice(at, at + MAX_REMOVED) }, target);
}
