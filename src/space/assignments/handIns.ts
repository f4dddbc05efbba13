/** What members handed in, and what Masters said of it. */
import { recordsAmong } from '../logs/link.ts';
import { MASTERS, vaultOf } from '../members/audiences.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import { latest, ofKind, type Said } from '../members/statements.ts';
import type { BodyOf } from '../records/bodies.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { earliest, type Cited, type Clock, type Evidence } from './clock.ts';

/** A hand-in as its author wrote it. */
export interface HandIn {
  /** The hash of its record: 64 hex digits. */
  readonly id: string;
  readonly log: string;
  readonly record: SignedRecord;
  readonly body: BodyOf<'hand-in'>;
  /** It is on a side of a fork of its author's log. */
  readonly isForked: boolean;
  /** How far its author had read the logs of Masters. */
  readonly cited: Cited;
}

/**
 * All hand-ins of a member that this reader can open, in the order of its log; those on sides of a fork at the end. What it said as a
 * viewer is none.
 */
export function handInsOf(
  { keychain, statements, isAfter }: Pick<SpaceState, 'keychain' | 'statements' | 'isAfter'>,
  { log, chain, described }: Pick<Member, 'log' | 'chain' | 'described'>,
): readonly HandIn[] {
  const found: HandIn[] = [];
  const cited = new Map<string, number>();
  const take = (records: readonly SignedRecord[], isForked: boolean): void => {
    for (const record of records) {
      for (const head of record.header.seen) cited.set(head.log, Math.max(cited.get(head.log) ?? 0, head.sequence));
      if (record.header.audience !== vaultOf(log)) continue;
      const read = keychain.read(record);
      if (read.kind !== 'body' || read.body.kind !== 'hand-in') continue;
      const own = isForked ? new Map(record.header.seen.map((head) => [head.log, head.sequence])) : new Map(cited);
      found.push({ id: record.hash, log, record, body: read.body, isForked, cited: own });
    }
  };
  take(recordsAmong(chain.standing), false);
  take(recordsAmong(chain.forked), true);
  if (described?.role !== 'viewer' || found.length === 0) return found;
  const roles = ofKind(statements, 'member').filter(({ body }) => body.log === log);
  return found.filter(({ cited: read }) => {
    const told = roles.filter(({ record: { header } }) => (read.get(header.log) ?? 0) >= header.sequence);
    return latest(told, isAfter)?.body.role === 'editor';
  });
}

/** What Masters said of hand-ins, and to single members of assignments. */
export class Replies {
  private readonly receipts: ReadonlyMap<string, readonly Said<'receipt'>[]>;
  private readonly judgements: ReadonlyMap<string, readonly Said<'judge'>[]>;
  private readonly feedbacks: ReadonlyMap<string, readonly Said<'feedback'>[]>;
  private readonly extensions: ReadonlyMap<string, readonly Said<'extend'>[]>;
  private readonly isAfter: SpaceState['isAfter'];

  constructor({ statements, isAfter }: Pick<SpaceState, 'statements' | 'isAfter'>) {
    this.receipts = Map.groupBy(ofKind(statements, 'receipt'), ({ body }) => body.of);
    this.judgements = Map.groupBy(ofKind(statements, 'judge'), ({ body }) => body.of);
    this.feedbacks = Map.groupBy(ofKind(statements, 'feedback'), ({ body }) => body.of);
    this.extensions = Map.groupBy(ofKind(statements, 'extend'), ({ record }) => record.header.audience);
    this.isAfter = isAfter;
  }

  /** The first by which a Master countersigned it. What is said in another's vault is said to that one. */
  receiptOf(handIn: Pick<HandIn, 'id' | 'log'>): Said<'receipt'> | undefined {
    const all = this.inVault(this.receipts, handIn);
    return all.reduce<Said<'receipt'> | undefined>((a, b) => (a === undefined || b.body.received < a.body.received ? b : a), undefined);
  }

  judgementOf(handIn: Pick<HandIn, 'id' | 'log'>): Said<'judge'> | undefined {
    return latest(this.inVault(this.judgements, handIn), this.isAfter);
  }

  /** What holds of its feedback, as far as this reader can open it, and whether its author sees some. */
  feedbackOf({ id, log }: Pick<HandIn, 'id' | 'log'>): { readonly last: Said<'feedback'> | undefined; readonly isReturned: boolean } {
    const [told, kept] = [vaultOf(log), MASTERS].map((audience) =>
      (this.feedbacks.get(id) ?? []).filter(({ record }) => record.header.audience === audience),
    ) as [Said<'feedback'>[], Said<'feedback'>[]];
    const seen = latest(told, this.isAfter);
    const visibility = seen?.body.visibility;
    // Masters and the author agree on whether it is hidden: what was hidden by one of two that did not know of each other holds for both or neither.
    const open = kept.filter(({ body }) => body.visibility === 'draft' || visibility === 'hidden');
    // What its author is told of something hidden is no more than that.
    const isEmpty = seen === undefined || (visibility === 'hidden' && open.length > 0);
    return { last: latest(isEmpty ? open : [seen, ...open], this.isAfter), isReturned: visibility === 'returned' };
  }

  extensionsOf(log: string): readonly Said<'extend'>[] {
    return this.extensions.get(vaultOf(log)) ?? [];
  }

  private inVault<One extends Said<'receipt' | 'judge'>>(
    said: ReadonlyMap<string, readonly One[]>,
    { id, log }: Pick<HandIn, 'id' | 'log'>,
  ): readonly One[] {
    return (said.get(id) ?? []).filter(({ record }) => record.header.audience === vaultOf(log));
  }
}

/** When a hand-in was made, as far as Masters' records prove it. */
export function evidenceOf(handIn: HandIn, { chain }: Pick<Member, 'chain'>, clock: Clock, replies: Replies): Evidence {
  const receipt = replies.receiptOf(handIn);
  const received = receipt && { at: receipt.body.received, record: receipt.record.hash, kind: 'receipt' };
  const seen = handIn.isForked ? undefined : clock.firstSeen(handIn.log, handIn.record.header.sequence, chain.standing);
  return { notBefore: clock.newestOf(handIn.cited), notAfter: earliest([received, seen]) };
}
