import type { IsAfter } from '../logs/causality.ts';
import { byDepth } from '../logs/founded.ts';
import type { Body, BodyOf } from '../records/bodies.ts';
import type { SignedRecord } from '../records/envelope.ts';

/** What somebody said who may say it. */
export interface Statement<What extends Body = Body> {
  readonly record: SignedRecord;
  /** The author's: 0 for the root, larger for Masters; Infinity for what a member says of itself. */
  readonly rank: number;
  readonly body: What;
}

export type Said<Kind extends Body['kind']> = Statement<BodyOf<Kind>>;

export function ofKind<Kind extends Body['kind']>(statements: readonly Statement[], kind: Kind): Said<Kind>[] {
  return statements.filter((one): one is Said<Kind> => one.body.kind === kind);
}

/**
 * The one of several statements on the same thing that holds: nobody who had read it said otherwise; of those that did not know of each
 * other, that of the highest rank, then the last by (depth, log).
 */
export function latest<One extends Statement>(statements: readonly One[], isAfter: IsAfter): One | undefined {
  const newest = statements.filter((one) => !statements.some((other) => isAfter(other.record, one.record)));
  return newest.reduce<One | undefined>((best, one) => (best === undefined || outweighs(one, best, 1) ? one : best), undefined);
}

/** The one of several statements that came first, where the first takes what there is: as `latest`, the other way round. */
export function first<One extends Statement>(statements: readonly One[], isAfter: IsAfter): One | undefined {
  const oldest = statements.filter((one) => !statements.some((other) => isAfter(one.record, other.record)));
  return oldest.reduce<One | undefined>((best, one) => (best === undefined || outweighs(one, best, -1) ? one : best), undefined);
}

function outweighs(one: Statement, best: Statement, direction: 1 | -1): boolean {
  return one.rank === best.rank ? byDepth(one.record, best.record) * direction > 0 : one.rank < best.rank;
}
