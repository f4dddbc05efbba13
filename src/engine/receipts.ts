/** What is kept of one's own hand-ins: their content, and their receipts as files beside what else is known of the Space. */
import { assignmentsIn } from '../space/assignments/assignments.ts';
import { handInsOf, Replies, type HandIn } from '../space/assignments/handIns.ts';
import { encodeReceipt, signStatement, statementOf, type Receipt } from '../space/assignments/receipt.ts';
import type { SpaceState } from '../space/members/state.ts';
import { ofKind, type Said } from '../space/members/statements.ts';
import type { Participant } from '../space/participant/participant.ts';
import type { SignedRecord } from '../space/records/envelope.ts';
import { identityId } from '../space/records/identity.ts';
import { readKeeps, writeKeep } from '../store/keeps.ts';
import { isWhole } from '../store/reach.ts';
import { handInKeep, receiptName } from './handInFiles.ts';
import type { Open } from './open.ts';

/**
 * Keeps the content of one's own hand-ins as far as it is here, and writes the receipts that are not there, or that a Master has
 * countersigned since. What a killed process has said and not kept is kept with the next sync.
 */
export function keepHandIns({ store }: Open, participant: Participant): void {
  const { state, belonging } = participant;
  const me = state.members.get(belonging.log);
  if (me === undefined) return;
  const titles = new Map(assignmentsIn(state).flatMap(({ versions }) => [...versions].map(([hash, { body }]) => [hash, body.title])));
  const replies = new Replies(state);
  const kept = new Set(readKeeps(store.files).known.map(({ name }) => name));
  for (const handIn of handInsOf(state, me)) {
    const [name, root] = [handInKeep(handIn.id), handIn.body.tree];
    if (!kept.has(name) && isWhole(store, Buffer.from(root, 'hex'))) writeKeep(store.files, { name, root });
    const title = titles.get(handIn.body.terms);
    if (title === undefined) continue;
    const bytes = encodeReceipt(receiptOf(participant, handIn, title, replies));
    if (store.files.size(receiptName(handIn.id)) !== bytes.length) store.files.write(receiptName(handIn.id), bytes, true);
  }
}

function receiptOf(participant: Participant, handIn: HandIn, title: string, replies: Replies): Receipt {
  const statement = statementOf(handIn.record, handIn.body, title);
  const said = replies.receiptOf(handIn);
  return {
    statement,
    signature: signStatement(statement, participant).toString('base64url'),
    countersigned: said === undefined ? null : countersigned(participant.state, said),
  };
}

function countersigned(state: SpaceState, { record, body }: Said<'receipt'>): NonNullable<Receipt['countersigned']> {
  const { received, name, signature } = body;
  const offices = officesOf(state, record.header.log).map(({ bytes }) => bytes.toString('base64url'));
  return { keys: record.header.keys, name, received, signature, offices };
}

/** The records by which the root, and Masters after it, made somebody a Master. */
function officesOf(state: SpaceState, log: string): SignedRecord[] {
  const by = state.masters.get(log)?.certifiedBy;
  if (by === null || by === undefined) return [];
  const said = ofKind(state.statements, 'certify').find(({ record, body }) => record.header.log === by && identityId(body.keys) === log);
  return said === undefined ? [] : [...officesOf(state, by), said.record];
}
