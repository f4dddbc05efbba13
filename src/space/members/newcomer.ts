/** What an instance need not read of what Masters said before it came. */
import type { Newcomer } from '../logs/logReader.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { clearBody } from '../records/sealedBodies.ts';

const INVITE = 'invite-';

export interface Comer {
  readonly space: string;
  readonly log: string;
  /** Of the keys that it has: its own, and an invite's before it has asked for a place. */
  readonly ids: readonly string[];
  /** Its log's first record; nothing before that is written. `damaged` where nobody knows. */
  readonly first: () => SignedRecord | 'damaged' | undefined;
}

/**
 * Its first record, which asks for a place, cites what it had read: nothing of that can name its log yet, and of its invite alone could it be
 * about it. So that part may be left out, of Masters' logs, and all while there is no first record. Who came by another log of its own reads all.
 */
export function newcomer({ space, log: own, ids, first }: Comer): Newcomer {
  return {
    mayLeaveOut: (log) => {
      if (log === own || log === space) return 0;
      const entry = first();
      if (entry === undefined) return Infinity;
      if (entry === 'damaged' || !viaIn(entry).startsWith(INVITE)) return 0;
      return entry.header.seen.find((cited) => cited.log === log)?.sequence ?? 0;
    },
    invites: () => {
      const entry = first();
      const via = entry === undefined || entry === 'damaged' ? '' : viaIn(entry);
      return via.startsWith(INVITE) ? [...ids, via.slice(INVITE.length)] : ids;
    },
  };
}

function viaIn(entry: SignedRecord): string {
  const said = clearBody(entry);
  return said?.kind === 'join' ? said.via : '';
}
