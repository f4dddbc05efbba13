/** What members told of what was said to them. */
import { decodeName } from '../../base/paths.ts';
import { recordsAmong } from '../logs/link.ts';
import { vaultOf } from '../members/audiences.ts';
import type { ListFlaw } from '../members/lists.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import type { BodyOf } from '../records/bodies.ts';
import { outcome, type OutcomeName } from '../records/delivery.ts';
import type { SignedRecord } from '../records/envelope.ts';

/** What a member told of a distribution, a recall or an undo. */
export interface Acknowledged {
  readonly record: SignedRecord;
  readonly body: BodyOf<'acknowledge'>;
}

/** All that a member told of distributions, in the order of its log: what a Master can read. */
export function acknowledgementsOf(
  { keychain }: Pick<SpaceState, 'keychain'>,
  { log, chain }: Pick<Member, 'log' | 'chain'>,
): Acknowledged[] {
  return recordsAmong(chain.standing).flatMap((record) => {
    if (record.header.audience !== vaultOf(log)) return [];
    const read = keychain.read(record);
    return read.kind === 'body' && read.body.kind === 'acknowledge' ? [{ record, body: read.body }] : [];
  });
}

/** What members said last of each thing that was said to them, by its record and by their log. */
export function lastAcknowledged(state: SpaceState): ReadonlyMap<string, ReadonlyMap<string, Acknowledged>> {
  const found = new Map<string, Map<string, Acknowledged>>();
  for (const member of state.members.values()) {
    for (const told of acknowledgementsOf(state, member)) {
      const byMember = found.get(told.body.of) ?? new Map<string, Acknowledged>();
      found.set(told.body.of, byMember.set(member.log, told));
    }
  }
  return found;
}

/** The paths of those objects that had this outcome, as far as that was told. */
export function pathsThatWere(
  { lists }: Pick<SpaceState, 'lists'>,
  { record, body }: Acknowledged,
  name: OutcomeName,
): readonly string[] | ListFlaw {
  const all = lists.items(record, body.made, body.outcomes, outcome);
  return typeof all === 'string'
    ? all
    : all.filter((one) => one.outcome === name).map(({ path }) => decodeName(Buffer.from(path, 'base64url')));
}
