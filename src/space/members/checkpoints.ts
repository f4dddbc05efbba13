/** What checkpoints may leave out, and whether what they say is so. */
import { extractsOf } from '../logs/checkpoints.ts';
import type { Founded } from '../logs/founded.ts';
import { recordsAmong } from '../logs/link.ts';
import { extractsIn } from '../logs/start.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { MAX_EXTRACTS } from '../records/membership.ts';
import type { Citation } from '../records/shapes.ts';
import type { Acting } from './acts.ts';
import type { Authority } from './authority.ts';
import type { SpaceState } from './state.ts';
import { ofKind } from './statements.ts';

/** The newest checkpoint of a Master's log, as far as that stands. */
export function checkpointOf({ statements }: Pick<SpaceState, 'statements'>, log: string): SignedRecord | undefined {
  const own = ofKind(statements, 'checkpoint').filter(({ record }) => record.header.log === log);
  return own.toSorted((a, b) => a.record.header.sequence - b.record.header.sequence).at(-1)?.record;
}

/** Packs are whole multiples of it, so that what comes after a checkpoint is never in one with what comes before. */
const EACH = 1024;

/** A checkpoint of one's own log, once so many records have come since the last one. */
export function writeCheckpoint({ state, writer }: Acting, each = EACH): void {
  const { chain } = state.masters.get(writer.log) ?? { chain: { standing: [] } };
  const last = checkpointOf(state, writer.log);
  const before = last === undefined ? [] : extractsIn(last);
  const rest = chain.standing.slice(before.at(-1)?.to ?? 0);
  if (rest.length < each || state.stubs.length > 0) return;
  const extracts = [...before.map(({ from, to, hash }) => ({ records: to - from, hash })), ...extractsOf(recordsAmong(rest), each)];
  if (extracts.length <= MAX_EXTRACTS) writer.write({ kind: 'checkpoint', extracts }, { audience: 'clear' });
}

/**
 * Whether what checkpoints say fits all else that is here, so that it makes no difference that all was not read. A log that was cut off by a
 * revocation, or has a fork, before its checkpoint has none that counts: otherwise who has got hold of a revoked Master's key could tell
 * newcomers of another past. What others cite of a log must be in it: otherwise it could hide its own revocation.
 */
export function areBorneOut(checkpoints: ReadonlyMap<string, SignedRecord>, { masters, founded }: Authority, others: Founded): boolean {
  if (checkpoints.size === 0) return true;
  if (founded.unfounded.some(({ why }) => why === 'wrong')) return false;
  const links = [founded, others].flatMap((one) => [...one.links, ...one.unfounded.map(({ link }) => link)]);
  const isThere = ({ log, sequence, hash }: Citation): boolean =>
    sequence >= (checkpoints.get(log)?.header.sequence ?? 0) || founded.byHash.has(hash);
  if (!links.every(({ header }) => header.seen.every(isThere))) return false;
  return [...checkpoints].every(([log, checkpoint]) => {
    const { sequence } = checkpoint.header;
    const master = masters.get(log);
    return master !== undefined && master.chain.standing[sequence - 1]?.hash === checkpoint.hash && sequence > master.after;
  });
}
