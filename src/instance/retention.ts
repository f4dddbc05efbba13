/**
 * Which snapshots to keep, by rules as `restic forget` and `borg prune` have them: the last n; of each of the last n hours, days, weeks
 * (from Monday), months, years that have any, the newest; and all within a span. Each rule is applied to all of them, and what one keeps
 * is kept. As there, while a rule has not found its n, the oldest one counts for it too, so that there is one as old as the rule wants some
 * day. As with restic, a span reaches back from the newest snapshot: a folder that was not opened for long loses nothing.
 * (https://restic.readthedocs.io/en/stable/060_forget.html, https://borgbackup.readthedocs.io/en/stable/usage/prune.html)
 */
export interface RetentionPolicy {
  readonly last?: number;
  readonly hourly?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  /** As restic writes it, with weeks: `2y5m3w7d12h`, any of them. */
  readonly within?: string;
}

/** Something taken at a time (ISO 8601). */
interface Taken {
  readonly created: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPAN = /^(?=.)(?:(?<y>\d{1,4})y)?(?:(?<m>\d{1,5})m)?(?:(?<w>\d{1,5})w)?(?:(?<d>\d{1,6})d)?(?:(?<h>\d{1,7})h)?$/;

/** A moment as the clock on the wall shows it, in milliseconds as if that were UTC, and how far that is ahead of UTC. */
interface Wall {
  readonly time: number;
  readonly offset: number;
}

type Rule = Exclude<keyof RetentionPolicy, 'within'>;

/** What snapshots have in common of which a rule keeps one. An hour that the clock shows twice is two. */
const BUCKETS: { readonly [R in Rule]: (wall: Wall, index: number) => string | number } = {
  last: (_, index) => index,
  hourly: ({ time, offset }) => `${Math.floor(time / HOUR)} ${offset}`,
  daily: ({ time }) => Math.floor(time / DAY),
  weekly: ({ time }) => Math.floor((Math.floor(time / DAY) + 3) / 7),
  monthly: ({ time }) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth(),
  yearly: ({ time }) => new Date(time).getUTCFullYear(),
};

const RULES = Object.keys(BUCKETS) as Rule[];

/** What is wrong with a policy, in words; `undefined` for a good one, which has one rule at least. */
export function policyProblem(policy: RetentionPolicy): string | undefined {
  const { within } = policy;
  for (const rule of RULES) {
    const count = policy[rule];
    if (count !== undefined && !(Number.isSafeInteger(count) && count > 0)) return `${rule} must be a whole number above 0`;
  }
  if (within !== undefined && (typeof within !== 'string' || !SPAN.test(within))) return 'within must be a span such as 30d or 1y6m';
  const unknown = Object.keys(policy).find((key) => key !== 'within' && !Object.hasOwn(BUCKETS, key));
  if (unknown !== undefined) return `there is no rule “${unknown}”`;
  return RULES.some((rule) => policy[rule] !== undefined) || within !== undefined ? undefined : 'it has no rule';
}

/**
 * Why each is kept, in the rules' words; one for which there is nothing may go. `zone` is the IANA name of the time zone in which hours and
 * days are counted, `now` is in milliseconds since 1970: a clock that was wrong once, and far ahead, has no part in it.
 */
export function thin<T extends Taken>(snapshots: readonly T[], policy: RetentionPolicy, zone: string, now: number): Map<T, string[]> {
  const wallOf = wallClock(zone);
  const dated = snapshots.map((snapshot) => ({ snapshot, at: Date.parse(snapshot.created), kept: [] as string[] }));
  dated.sort((a, b) => b.at - a.at);
  const walls = dated.map(({ at }) => wallOf(at));
  for (const rule of RULES) {
    let left = policy[rule] ?? 0;
    let before: string | number | undefined;
    for (const [index, one] of dated.entries()) {
      const bucket = BUCKETS[rule](walls[index]!, index);
      if (left === 0) break;
      if (bucket === before && index < dated.length - 1) continue;
      one.kept.push(bucket === before ? `${rule}, as the oldest` : rule);
      before = bucket;
      left -= 1;
    }
  }
  const newest = dated[0];
  if (policy.within !== undefined && newest !== undefined) {
    const since = earlier(wallOf, Math.min(now, newest.at), policy.within);
    for (const [index, one] of dated.entries()) if (walls[index]!.time >= since) one.kept.push(`within ${policy.within}`);
  }
  return new Map(dated.map(({ snapshot, kept }) => [snapshot, kept]));
}

/** What the clock on the wall showed a span before, by the calendar: a month before the 31st is the 31st of the month before, or what that comes to. */
function earlier(wallOf: (at: number) => Wall, at: number, span: string): number {
  const { y = '0', m = '0', w = '0', d = '0', h = '0' } = SPAN.exec(span)?.groups ?? {};
  const wall = new Date(wallOf(at - Number(h) * HOUR).time);
  wall.setUTCFullYear(wall.getUTCFullYear() - Number(y), wall.getUTCMonth() - Number(m), wall.getUTCDate() - 7 * Number(w) - Number(d));
  return wall.getTime();
}

/** @throws RangeError for a zone that is not known. */
function wallClock(zone: string): (at: number) => Wall {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type)!;
    const time = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return { time, offset: time - Math.floor(at / 1000) * 1000 };
  };
}
