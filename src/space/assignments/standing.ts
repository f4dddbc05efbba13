/** How members stand in an assignment. */
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import { latest, type Said } from '../members/statements.ts';
import { dueFor, type Assignment, type Due } from './assignments.ts';
import { Clock, latenessOf, type Evidence, type Lateness } from './clock.ts';
import { evidenceOf, handInsOf, Replies, type HandIn } from './handIns.ts';

/** Why a hand-in does not count. */
export type Refusal = 'late' | 'closed' | 'forked';

export interface JudgedHandIn extends HandIn {
  /** Of this member's to the assignment, from 1. */
  readonly number: number;
  readonly evidence: Evidence;
  /** As Masters have it: what they decided, or what is proven. */
  readonly lateness: Lateness;
  readonly judgement: Said<'judge'> | undefined;
  readonly receipt: Said<'receipt'> | undefined;
  readonly feedback: Said<'feedback'> | undefined;
  /** Its author sees feedback, if not the last that Masters wrote. */
  readonly isReturned: boolean;
  readonly refusal: Refusal | undefined;
}

/** `returned`: there is feedback that the member sees; `graded`: some that it does not see. */
export type StandingState = 'nothing' | 'handed-in' | 'late' | 'unproven' | 'refused' | 'graded' | 'returned';

export interface Standing {
  readonly member: Member;
  readonly due: Due;
  /** In the order of the member's log. */
  readonly handIns: readonly JudgedHandIn[];
  /** The latest that is not refused. */
  readonly counting: JudgedHandIn | undefined;
  /** The latest that stood at the deadline. */
  readonly onTime: JudgedHandIn | undefined;
  readonly state: StandingState;
}

/** What there is to know of all assignments, read once. */
export class Standings {
  private readonly state: SpaceState;
  private readonly clock: Clock;
  private readonly replies: Replies;
  private readonly handIns = new Map<string, readonly HandIn[]>();

  constructor(state: SpaceState) {
    this.state = state;
    this.clock = new Clock(state);
    this.replies = new Replies(state);
  }

  /** The newest time that a Master has signed, as far as is known here: milliseconds since 1970. */
  get now(): number | undefined {
    return this.clock.newest()?.at;
  }

  of(assignment: Assignment, member: Member): Standing {
    const due = dueFor(assignment, this.replies.extensionsOf(member.log), this.state.isAfter);
    const handIns = this.all(member)
      .filter(({ body }) => body.assignment === assignment.id && assignment.versions.has(body.terms))
      .map((one, at) => this.judged(one, at + 1, { assignment, member, due }));
    const standing = handIns.filter(({ refusal }) => refusal === undefined);
    const counting = standing.at(-1);
    const onTime = standing.findLast(({ lateness }) => lateness === 'on-time');
    return { member, due, handIns, counting, onTime, state: stateOf(handIns, counting) };
  }

  /** All hand-ins of a member, to whatever. */
  all(member: Member): readonly HandIn[] {
    const known = this.handIns.get(member.log) ?? handInsOf(this.state, member);
    this.handIns.set(member.log, known);
    return known;
  }

  private judged(
    handIn: HandIn,
    number: number,
    { assignment, member, due }: { readonly assignment: Assignment; readonly member: Member; readonly due: Due },
  ): JudgedHandIn {
    const evidence = evidenceOf(handIn, member, this.clock, this.replies);
    const judgement = this.replies.judgementOf(handIn);
    const { last: feedback, isReturned } = this.replies.feedbackOf(handIn);
    const lateness = judgement?.body.verdict ?? latenessOf(evidence, due.at);
    return {
      ...handIn,
      number,
      evidence,
      lateness,
      judgement,
      receipt: this.replies.receiptOf(handIn),
      feedback,
      isReturned,
      refusal: this.refusalOf(handIn, assignment, lateness),
    };
  }

  private refusalOf(handIn: HandIn, { versions, current }: Assignment, lateness: Lateness): Refusal | undefined {
    if (handIn.isForked) return 'forked';
    const read = [...versions.values()].filter(({ record: { header } }) => (handIn.cited.get(header.log) ?? 0) >= header.sequence);
    if (latest(read, this.state.isAfter)?.body.isClosed === true) return 'closed';
    return current.body.late === 'refuse' && lateness === 'late' ? 'late' : undefined;
  }
}

function stateOf(handIns: readonly JudgedHandIn[], counting: JudgedHandIn | undefined): StandingState {
  if (counting === undefined) return handIns.length === 0 ? 'nothing' : 'refused';
  if (counting.isReturned) return 'returned';
  if (counting.feedback !== undefined) return 'graded';
  return counting.lateness === 'on-time' ? 'handed-in' : counting.lateness;
}
