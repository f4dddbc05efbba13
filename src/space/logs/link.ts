import type { Header, SignedRecord } from '../records/envelope.ts';

/** What others rely on in a record: which one it is, and what it follows. */
export interface Link {
  readonly header: Pick<Header, 'log' | 'sequence' | 'depth' | 'previous' | 'seen'>;
  /** SHA-256 of all bytes of the record. */
  readonly hash: string;
}

/** A record that is not here: all that is known of it. Its author vouches for that by a checkpoint. */
export interface Stub extends Link {
  /** Of one that concerns an invite: the first digits of the invite's id. */
  readonly invite: string | undefined;
}

/** True for a record that is here, whose signature is good. */
export function isRecord(link: Link): link is SignedRecord {
  return 'bytes' in link;
}

export function isStub(link: Link): link is Stub {
  return 'invite' in link;
}

/** Those of the links that are records, in their order. */
export function recordsAmong(links: readonly Link[]): SignedRecord[] {
  return links.filter(isRecord);
}
