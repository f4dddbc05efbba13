import type { Link } from './link.ts';

/** True when the author of `later` had read `earlier`, or what follows it in its log. */
export type IsAfter = (later: Link, earlier: Link) => boolean;

/** Which records come after which, of founded ones in their order, of which links are enough; others are after nothing. */
export function causalityOf(links: readonly Link[]): IsAfter {
  /** By record, the sequence number up to which it follows each log. */
  const follows = new Map<string, ReadonlyMap<string, number>>();
  for (const { header, hash } of links) {
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
