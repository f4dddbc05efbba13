import type { SignedRecord } from '../records/envelope.ts';

/** True when the author of `later` had read `earlier`, or what follows it in its log. */
export type IsAfter = (later: SignedRecord, earlier: SignedRecord) => boolean;

/** Which records come after which, of founded ones in their order; others are after nothing. */
export function causalityOf(records: readonly SignedRecord[]): IsAfter {
  /** By record, the sequence number up to which it follows each log. */
  const follows = new Map<string, ReadonlyMap<string, number>>();
  for (const { header, hash } of records) {
    const known = new Map(follows.get(header.previous ?? ''));
    if (header.previous !== null) known.set(header.log, header.sequence - 1);
    for (const cited of header.seen) {
      for (const [log, sequence] of [...(follows.get(cited.hash) ?? []), [cited.log, cited.sequence] as const]) {
        known.set(log, Math.max(known.get(log) ?? 0, sequence));
      }
    }
    follows.set(hash, known);
  }
  return (later, earlier) => (follows.get(later.hash)?.get(earlier.header.log) ?? 0) >= earlier.header.sequence;
}
