/** When members were last there, as far as their own records prove it to a Master. */
import { acknowledgementsOf } from '../space/delivery/acknowledged.ts';
import type { Member } from '../space/members/membership.ts';
import type { SpaceState } from '../space/members/state.ts';
import { publishedBy } from '../space/preview/published.ts';
import type { LastSeen } from './spaceApi.ts';

/** What a Master said at which time, by its own clock. */
interface SaidAt {
  readonly sequence: number;
  readonly made: number;
}

/** What Masters said and when, by log, in the order of each log. */
export function saidBy({ statements }: SpaceState): ReadonlyMap<string, readonly SaidAt[]> {
  const said = statements.flatMap(({ record: { header }, body }) =>
    body.kind === 'distribute' || body.kind === 'recall' || body.kind === 'undo'
      ? [{ log: header.log, sequence: header.sequence, made: body.made }]
      : [],
  );
  return Map.groupBy(
    said.toSorted((a, b) => a.sequence - b.sequence),
    ({ log }) => log,
  );
}

export function lastSeenOf(state: SpaceState, member: Member, said: ReadonlyMap<string, readonly SaidAt[]>): LastSeen {
  const published = publishedBy(state, member);
  const answered = acknowledgementsOf(state, member).at(-1);
  const isAnswer = answered !== undefined && answered.record.header.sequence > (published?.sequence ?? 0);
  const cited = member.chain.standing.at(-1)?.header.seen ?? [];
  const known = cited.flatMap(({ log, sequence }) => said.get(log)?.findLast((one) => one.sequence <= sequence)?.made ?? []);
  return {
    said: iso(isAnswer ? answered.body.made : published?.made),
    what: isAnswer ? 'answered' : published === undefined ? null : 'published',
    after: iso(known.length === 0 ? undefined : Math.max(...known)),
  };
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
