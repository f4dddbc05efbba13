/** When something was done, by the clocks of Masters: an interval, as nobody else's clock proves anything. */
import type { Link } from '../logs/link.ts';
import type { SpaceState } from '../members/state.ts';
import { ofKind, type Statement } from '../members/statements.ts';

/** A record of a Master that says when it was written. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Hash of the record. */
  readonly record: string;
  readonly kind: string;
}

/** It was done after the one and before the other, as far as anything proves it. */
export interface Evidence {
  readonly notBefore: Moment | undefined;
  readonly notAfter: Moment | undefined;
}

interface Timed extends Moment {
  readonly sequence: number;
}

/** A Master's word that it has seen a log up to a record. */
interface Sighting {
  readonly master: string;
  /** Of the Master's record. */
  readonly sequence: number;
  readonly upTo: number;
  readonly hash: string;
}

/** How far somebody had read each Master's log: the sequence number of the last record, by log. */
export type Cited = ReadonlyMap<string, number>;

/** What Masters have said, with its times. */
export class Clock {
  /** By log, in its order. */
  private readonly timed = new Map<string, Timed[]>();
  /** By the log that was seen. */
  private readonly sightings = new Map<string, Sighting[]>();

  constructor({ statements }: Pick<SpaceState, 'statements'>) {
    for (const statement of statements) {
      const { log, sequence } = statement.record.header;
      const at = timeOf(statement);
      if (at !== undefined) listIn(this.timed, log).push({ at, sequence, record: statement.record.hash, kind: statement.body.kind });
    }
    for (const { record, body } of ofKind(statements, 'seen')) {
      const { log: master, sequence } = record.header;
      for (const head of body.heads) listIn(this.sightings, head.log).push({ master, sequence, upTo: head.sequence, hash: head.hash });
    }
    for (const all of this.timed.values()) all.sort((a, b) => a.sequence - b.sequence);
  }

  /** The newest moment that somebody had read of who had read that much. */
  newestOf(cited: Cited): Moment | undefined {
    return newestAmong([...cited].map(([log, sequence]) => this.timed.get(log)?.findLast((one) => one.sequence <= sequence)));
  }

  /** The newest moment of all that is not after `until` (milliseconds since 1970). */
  newest(until = Infinity): Moment | undefined {
    return newestAmong([...this.timed.values()].map((all) => all.findLast(({ at }) => at <= until)));
  }

  /** When a Master had seen a record that stands in its log: the first that says a time after it has signed for it. */
  firstSeen(log: string, sequence: number, standing: readonly Link[]): Moment | undefined {
    const seen = (this.sightings.get(log) ?? []).filter((one) => one.upTo >= sequence && standing[one.upTo - 1]?.hash === one.hash);
    const moments = seen.map((one) => this.timed.get(one.master)?.find((timed) => timed.sequence > one.sequence));
    return earliest(moments);
  }
}

function newestAmong(moments: readonly (Moment | undefined)[]): Moment | undefined {
  return moments.reduce((best, one) => (best === undefined || (one !== undefined && one.at > best.at) ? one : best), undefined);
}

export function earliest(moments: readonly (Moment | undefined)[]): Moment | undefined {
  return moments.reduce((best, one) => (best === undefined || (one !== undefined && one.at < best.at) ? one : best), undefined);
}

/** `on-time` and `late` are proven. */
export type Lateness = 'on-time' | 'late' | 'unproven';

/** How something stands to a deadline (milliseconds since 1970). */
export function latenessOf({ notBefore, notAfter }: Evidence, deadline: number): Lateness {
  // Where Masters' clocks contradict each other, nothing is proven.
  if (notBefore !== undefined && notAfter !== undefined && notBefore.at > notAfter.at) return 'unproven';
  if (notAfter !== undefined && notAfter.at <= deadline) return 'on-time';
  return notBefore !== undefined && notBefore.at > deadline ? 'late' : 'unproven';
}

function timeOf({ body }: Statement): number | undefined {
  if (body.kind === 'receipt') return body.received;
  return 'made' in body ? body.made : undefined;
}

function listIn<Item>(map: Map<string, Item[]>, key: string): Item[] {
  let list = map.get(key);
  if (list === undefined) map.set(key, (list = []));
  return list;
}
