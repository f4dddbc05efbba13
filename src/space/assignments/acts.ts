/** What Masters say of hand-ins: by themselves, that they have seen them, and what time it is; and feedback. */
import { sign } from '../crypto/signing.ts';
import { targetFor, type Acting } from '../members/acts.ts';
import { MASTERS, vaultOf } from '../members/audiences.ts';
import { ofKind } from '../members/statements.ts';
import type { BodyOf } from '../records/bodies.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { assignmentsIn } from './assignments.ts';
import { Clock } from './clock.ts';
import { handInsOf, Replies } from './handIns.ts';
import { countersign, statementOf } from './receipt.ts';

const HOUR_MS = 3_600_000;
/** Around a deadline a Master says every hour what time it is. */
const AROUND_MS = 24 * HOUR_MS;

/** Countersigns hand-ins that nobody has countersigned. `now`: milliseconds since 1970. What can't be said to its author yet waits. */
export function writeReceipts({ state, writer }: Acting, now: number): void {
  const assignments = new Map(assignmentsIn(state).map((one) => [one.id, one]));
  if (assignments.size === 0) return;
  const replies = new Replies(state);
  const master = { sign: (label: string, ...parts: readonly Uint8Array[]) => sign(writer.identity.signing, label, ...parts) };
  for (const member of state.members.values()) {
    const vault = state.audiences.get(vaultOf(member.log));
    if (member.state === 'waiting' || vault?.secret === undefined || !vault.isCurrent) continue;
    const target = { audience: vault.name, epoch: vault.current.id, secret: vault.secret };
    for (const handIn of handInsOf(state, member)) {
      const title = assignments.get(handIn.body.assignment)?.versions.get(handIn.body.terms)?.body.title;
      if (title === undefined || replies.receiptOf(handIn) !== undefined) continue;
      const name = member.described?.name ?? null;
      const signature = countersign(statementOf(handIn.record, handIn.body, title), now, name, master);
      writer.write({ kind: 'receipt', of: handIn.id, received: now, name, signature: signature.toString('base64url') }, target);
    }
  }
}

/**
 * Says what time it is, where that may prove something: once a deadline has passed, and hourly in the day before and after one. Whoever hands
 * in then was late, or has read nothing of it.
 */
export function writeBeacon({ state, writer }: Acting, now: number): void {
  const open = assignmentsIn(state).filter(({ current }) => !current.body.isClosed);
  if (open.length === 0) return;
  const ids = new Set(open.map(({ id }) => id));
  const extended = ofKind(state.statements, 'extend').flatMap(({ body }) => (ids.has(body.assignment) ? [body.deadline] : []));
  const deadlines = [...open.map(({ current }) => current.body.deadline), ...extended.filter((at) => at !== null)];
  // One whose clock is ahead does not keep the others from saying what time it is.
  const last = new Clock(state).newest(now)?.at ?? 0;
  const hasPassed = deadlines.some((at) => last <= at && at < now);
  const isAround = now - last >= HOUR_MS && deadlines.some((at) => Math.abs(at - now) <= AROUND_MS);
  if (hasPassed || isAround) writer.write({ kind: 'beacon', made: now }, { audience: 'clear' });
}

/** Gives feedback to the author of a hand-in, whose log this is. Returns the record that says all of it. */
export function writeFeedback({ state, writer }: Acting, log: string, body: BodyOf<'feedback'>): SignedRecord {
  const vault = vaultOf(log);
  if (body.visibility === 'returned') return writer.write(body, targetFor(state, vault));
  if (body.visibility === 'hidden') writer.write({ ...body, grade: null, comment: '', tree: null }, targetFor(state, vault));
  return writer.write(body, targetFor(state, MASTERS));
}
