/** How members stand to what was distributed, as far as they have told. Pure. */
import type { DistributionInfo } from '../../engine/deliveryApi.ts';
import type { RecallInfo } from '../../engine/recallApi.ts';
import type { MemberInfo } from '../../engine/spaceApi.ts';

const DAY_MS = 86_400_000;

export interface Standing {
  /** Deliveries that were meant for it and hold. */
  readonly deliveries: number;
  /** Of these, those that it has not answered. */
  readonly unanswered: number;
  /** Of these, those with conflicts that wait there. */
  readonly conflicts: number;
  /** Where something has lain unanswered for a day and nothing was heard since: when that was, as ISO 8601; `null`: never. */
  readonly offline?: string | null;
}

/** What all members are like together. */
export interface Standings {
  readonly upToDate: number;
  readonly behind: number;
  readonly conflicts: number;
  readonly offline: number;
  /** Of those who are offline: since when the first of them is. */
  readonly since: string | null;
}

interface Counted {
  deliveries: number;
  unanswered: number;
  conflicts: number;
  /** When the oldest that is unanswered was made. */
  oldest: string | undefined;
}

type Sent = { readonly distributions: readonly DistributionInfo[]; readonly recalls: readonly RecallInfo[] };

/** By the id of each who is a member and no Master. `now` in milliseconds since 1970. */
export function standingsOf(members: readonly MemberInfo[], sent: Sent, now: number): ReadonlyMap<string, Standing> {
  const counted = countedIn(sent);
  return new Map(
    members
      .filter(({ role, state }) => role !== 'master' && state === 'member')
      .map((member) => [member.id, standingOf(member, counted.get(member.id), now)]),
  );
}

function countedIn({ distributions, recalls }: Sent): ReadonlyMap<string, Counted> {
  const byMember = new Map<string, Counted>();
  const count = (id: string, made: string, state: DistributionInfo['targets'][number]['state']): void => {
    // What later ones replace is not waited for: they are.
    if (state === 'superseded') return;
    const one = byMember.get(id) ?? { deliveries: 0, unanswered: 0, conflicts: 0, oldest: undefined };
    byMember.set(id, one);
    one.deliveries += 1;
    if (state === 'waiting') one.conflicts += 1;
    if (state !== 'sent') return;
    one.unanswered += 1;
    if (one.oldest === undefined || made < one.oldest) one.oldest = made;
  };
  const applied = appliedIn(distributions);
  for (const { made, isVoid, targets } of distributions) {
    // What was taken back before it was applied is not waited for, nor are its conflicts.
    if (!isVoid) for (const target of targets) count(target.id, made, target.state);
  }
  // Who never had it has nothing to take back.
  for (const { made, distributions: named, targets } of recalls)
    for (const target of targets) if (named.some((id) => applied.has(`${id} ${target.id}`))) count(target.id, made, target.state);
  return byMember;
}

/** By the ids of distribution and member. */
function appliedIn(distributions: readonly DistributionInfo[]): ReadonlySet<string> {
  // Of what later ones replaced some may have been applied before.
  const isApplied = ({ state, at }: DistributionInfo['targets'][number]): boolean =>
    state !== 'sent' && (state !== 'superseded' || at !== null);
  return new Set(distributions.flatMap(({ id, targets }) => targets.filter(isApplied).map((target) => `${id} ${target.id}`)));
}

/** Targets of a recall that have something to take back, or may get it first. */
export function concernedBy(
  { distributions: named, targets }: RecallInfo,
  distributions: readonly DistributionInfo[],
): RecallInfo['targets'] {
  const known = distributions.filter(({ id }) => named.includes(id));
  if (known.length < named.length || known.some(({ isVoid }) => !isVoid)) return targets;
  const applied = appliedIn(known);
  return targets.filter(({ id, state }) => state === 'applied' || named.some((one) => applied.has(`${one} ${id}`)));
}

function standingOf(member: MemberInfo, counted: Counted | undefined, now: number): Standing {
  if (counted === undefined) return { deliveries: 0, unanswered: 0, conflicts: 0 };
  const { oldest, ...counts } = counted;
  const heard = heardOf(member, now);
  const isSilent = oldest !== undefined && now - Date.parse(oldest) >= DAY_MS && (heard === null || heard < oldest);
  return isSilent ? { ...counts, offline: heard } : counts;
}

/** The latest moment at which it was there for certain, or says that it was; what it says of the future does not count. */
export function heardOf({ lastSeen }: MemberInfo, now: number): string | null {
  const { said = null, after = null } = lastSeen ?? {};
  const claimed = said !== null && Date.parse(said) <= now ? said : null;
  if (claimed === null || after === null) return claimed ?? after;
  return claimed > after ? claimed : after;
}

export function summaryOf(standings: Iterable<Standing>): Standings {
  const all = [...standings].filter(({ deliveries }) => deliveries > 0);
  const offline = all.filter((one) => one.offline !== undefined);
  const there = all.filter((one) => one.offline === undefined);
  const since = offline.flatMap((one) => one.offline ?? []).toSorted((a, b) => (a < b ? -1 : 1))[0] ?? null;
  return {
    upToDate: there.filter(({ unanswered, conflicts }) => unanswered + conflicts === 0).length,
    behind: there.filter(({ unanswered, conflicts }) => unanswered > 0 && conflicts === 0).length,
    conflicts: there.filter(({ conflicts }) => conflicts > 0).length,
    offline: offline.length,
    since,
  };
}
