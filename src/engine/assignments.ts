/** Assignments as they are told of: what is asked for, and how everybody stands. */
import { SnapstageError } from '../base/errors.ts';
import { idHex, idOf } from '../store/ids.ts';
import type { StoreFiles } from '../store/files.ts';
import { readKeeps } from '../store/keeps.ts';
import { assignmentsIn, type Assignment } from '../space/assignments/assignments.ts';
import type { Moment } from '../space/assignments/clock.ts';
import { receiptCode, statementOf } from '../space/assignments/receipt.ts';
import { Standings, type JudgedHandIn, type Standing } from '../space/assignments/standing.ts';
import { preAuthEncoding } from '../space/crypto/encoding.ts';
import { keepName as deliveredKeep } from '../space/delivery/distributions.ts';
import { ALL, EDITORS } from '../space/members/audiences.ts';
import type { Member } from '../space/members/membership.ts';
import type { SpaceState } from '../space/members/state.ts';
import type { Said } from '../space/members/statements.ts';
import type { Participant } from '../space/participant/participant.ts';
import type * as api from './assignmentApi.ts';
import { copyOf, feedbackKeep, handInKeep, receiptFile } from './handInFiles.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { participating } from './spaces.ts';

export function assignments(open: Open, machine: Machine): Promise<readonly api.AssignmentInfo[]> {
  return participating(open, machine, async (participant) => {
    const view = new AssignmentView(open, participant);
    return view.all.map((one) => view.info(one)).toSorted((a, b) => (a.deadline < b.deadline ? -1 : 1));
  });
}

export function assignment(open: Open, machine: Machine, request: { readonly assignment: string }): Promise<api.AssignmentDetails> {
  return participating(open, machine, async (participant) => {
    const view = new AssignmentView(open, participant);
    return view.details(view.named(request.assignment));
  });
}

/** A hand-in, to what it is one, and by whom. */
export interface FoundHandIn {
  readonly assignment: Assignment;
  readonly standing: Standing;
  readonly handIn: JudgedHandIn;
}

/** All assignments of a Space as this instance sees them. */
export class AssignmentView {
  readonly all: readonly Assignment[];
  readonly standings: Standings;
  private readonly state: SpaceState;
  private readonly participant: Participant;
  private readonly files: StoreFiles;
  private readonly kept: ReadonlySet<string>;

  constructor({ store }: Pick<Open, 'store'>, participant: Participant) {
    this.participant = participant;
    this.state = participant.state;
    this.files = store.files;
    this.kept = new Set(readKeeps(store.files).known.map(({ name }) => name));
    this.standings = new Standings(this.state);
    this.all = assignmentsIn(this.state);
  }

  /** The one whose id begins so, or that is called so. @throws SnapstageError `not-found`, `ambiguous`. */
  named(text: string): Assignment {
    const titled = this.all.filter(({ current }) => current.body.title === text);
    const byId = /^[0-9a-f]{4,64}$/.test(text) ? this.all.filter(({ id }) => id.startsWith(text)) : [];
    const found = byId.length > 0 ? byId : titled;
    if (found.length === 1) return found[0]!;
    if (found.length === 0) throw new SnapstageError('not-found', `There is no assignment “${text}”.`, { assignment: text });
    throw new SnapstageError('ambiguous', `“${text}” fits ${found.length} assignments: use the start of an id.`, { assignment: text });
  }

  /** The hand-in whose id begins so. @throws SnapstageError `not-found`, `ambiguous`. */
  handIn(text: string): FoundHandIn {
    const isMeant = ({ id }: { readonly id: string }): boolean => /^[0-9a-f]{4,64}$/.test(text) && id.startsWith(text);
    const found = [...this.state.members.values()].flatMap((member) => {
      const mine = this.standings.all(member).filter(isMeant);
      if (mine.length === 0) return [];
      return this.all.flatMap((one): FoundHandIn[] => {
        const standing = this.standings.of(one, member);
        return standing.handIns.filter(isMeant).map((handIn) => ({ assignment: one, standing, handIn }));
      });
    });
    if (found.length === 1) return found[0]!;
    if (found.length === 0) throw new SnapstageError('not-found', `There is no hand-in “${text}”.`, { handIn: text });
    throw new SnapstageError('ambiguous', `“${text}” fits ${found.length} hand-ins: use more of the id.`, { handIn: text });
  }

  /** How all stand who can hand in, or have; where names are hidden not in the order in which they joined. */
  everybody(one: Assignment): readonly Standing[] {
    const readers = this.readersOf(one);
    const all = [...this.state.members.values()]
      .map((member) => ({ member, standing: this.standings.of(one, member) }))
      .filter(({ member, standing }) => readers.has(member.log) || standing.handIns.length > 0)
      .map(({ standing }) => standing);
    if (!one.current.body.isAnonymous) return all;
    const shown = (standing: Standing): string => this.member(one, standing).id;
    return all.toSorted((a, b) => (shown(a) < shown(b) ? -1 : 1));
  }

  info(one: Assignment): api.AssignmentInfo {
    const { first, current, parts, id, audience } = one;
    const { title, description, deadline, zone, limit, late, isAnonymous, isClosed, distribution } = current.body;
    const handedOut = distribution === null ? undefined : deliveredKeep(distribution);
    const me = this.state.members.get(this.participant.belonging.log);
    const { isMaster } = this.participant;
    const all = isMaster ? this.everybody(one) : [];
    return {
      id,
      title,
      description,
      deadline: iso(deadline),
      zone,
      parts,
      limit,
      late,
      isAnonymous,
      made: iso(first.body.made),
      edited: current === first ? null : iso(current.body.made),
      isClosed,
      to: audience === ALL || audience === EDITORS ? 'all' : 'chosen',
      distribution,
      handedOut: handedOut !== undefined && this.kept.has(handedOut) ? handedOut : null,
      mine: isMaster || me?.described?.role === 'viewer' || me === undefined ? null : this.standing(one, this.standings.of(one, me)),
      counts: isMaster ? countsOf(all) : null,
      extended: extendedIn(all),
    };
  }

  details(one: Assignment): api.AssignmentDetails {
    const info = this.info(one);
    const standings = this.participant.isMaster ? this.everybody(one).map((standing) => this.standing(one, standing)) : [];
    return { ...info, standings: info.mine === null ? standings : [info.mine] };
  }

  standing(one: Assignment, standing: Standing): api.StandingInfo {
    const { member, due, handIns, state } = standing;
    const isHidden = this.isHidden(one, standing);
    // Who gave it knows to whom, and why.
    const extension = isHidden ? undefined : due.extension;
    return {
      member: this.member(one, standing),
      // Of a small group everybody knows who is in it.
      groups: isHidden ? [] : (member.described?.groups ?? []),
      deadline: iso(due.at),
      extension: extension === undefined ? null : { deadline: iso(due.at), reason: extension.body.reason, made: iso(extension.body.made) },
      state,
      handIns: handIns.map((handIn) => this.handInInfo({ assignment: one, standing, handIn })),
    };
  }

  handInInfo({ assignment: one, standing, handIn }: FoundHandIn): api.HandInInfo {
    const { id, body, record, number, evidence, judgement, receipt } = handIn;
    const isOwn = handIn.log === this.participant.belonging.log;
    const { at } = standing.due;
    const { notBefore, notAfter } = evidence;
    return {
      id,
      assignment: one.id,
      member: this.member(one, standing),
      number,
      made: iso(body.made),
      taken: iso(body.taken),
      snapshot: body.snapshot,
      state: handInKeep(id),
      isHere: this.kept.has(handInKeep(id)),
      files: body.files,
      bytes: Number(body.bytes),
      identifier: body.identifier,
      note: body.note,
      lateness: handIn.lateness,
      lateBy: { least: notBefore ? Math.max(0, notBefore.at - at) : null, most: notAfter ? Math.max(0, notAfter.at - at) : null },
      evidence: { notBefore: point(notBefore), notAfter: point(notAfter) },
      deadline: iso(at),
      judged:
        judgement === undefined ? null : { verdict: judgement.body.verdict, reason: judgement.body.reason, at: iso(judgement.body.made) },
      refused: handIn.refusal ?? null,
      counts: standing.counting?.id === id,
      isQueued: isOwn && !this.participant.isSent(id),
      received: receipt === undefined ? null : iso(receipt.body.received),
      code: receiptCode(statementOf(record, body, one.versions.get(body.terms)!.body.title)),
      receipt: isOwn ? receiptFile(this.files, id) : null,
      feedback: this.feedbackInfo(handIn.feedback),
      copy: copyOf(this.files, id) ?? null,
    };
  }

  member(one: Assignment, standing: Pick<Standing, 'member' | 'handIns'>): api.AssignmentMember {
    const { member } = standing;
    if (!this.isHidden(one, standing)) return { id: member.log, name: member.described?.name ?? null };
    const id = idHex(idOf(preAuthEncoding('snapstage pseudonym 1', one.id, member.log))).slice(0, 32);
    return { id, name: `P-${id.slice(0, 6).toUpperCase()}` };
  }

  /** Whether Masters are not to see who it is. */
  private isHidden({ current }: Assignment, { handIns }: Pick<Standing, 'handIns'>): boolean {
    return current.body.isAnonymous && this.participant.isMaster && !handIns.some(({ isReturned }) => isReturned);
  }

  private feedbackInfo(said: Said<'feedback'> | undefined): api.FeedbackInfo | null {
    if (said === undefined) return null;
    const { record, body } = said;
    const keep = feedbackKeep(record.hash);
    return {
      id: record.hash,
      handIn: body.of,
      grade: body.grade,
      comment: body.comment,
      state: body.tree === null ? null : keep,
      isHere: body.tree !== null && this.kept.has(keep),
      visibility: body.visibility,
      made: iso(body.made),
    };
  }

  private readersOf({ audience }: Assignment): ReadonlySet<string> {
    const { members, audiences, masters } = this.state;
    const chosen = audiences.get(audience)?.chosen ?? [];
    const isMeant = ({ log, state, described }: Member): boolean =>
      state === 'admitted' &&
      described?.role !== 'viewer' &&
      (masters.get(log)?.end !== undefined) === masters.has(log) &&
      (audience === ALL || audience === EDITORS || chosen.includes(log));
    return new Set([...members.values()].filter(isMeant).map(({ log }) => log));
  }
}

const STATES: readonly api.StandingState[] = ['nothing', 'handed-in', 'late', 'unproven', 'refused', 'graded', 'returned'];

function countsOf(standings: readonly Standing[]): Readonly<Record<api.StandingState, number>> {
  const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<api.StandingState, number>;
  for (const { state } of standings) counts[state] += 1;
  return counts;
}

/** Each once: who has which is told of each member, and not where names are hidden. */
function extendedIn(standings: readonly Standing[]): readonly string[] {
  const deadlines = standings.flatMap(({ due }) => (due.extension === undefined ? [] : [due.at]));
  return [...new Set(deadlines)].toSorted((a, b) => a - b).map(iso);
}

function point(moment: Moment | undefined): api.EvidencePoint | null {
  return moment === undefined ? null : { at: iso(moment.at), record: moment.record, kind: moment.kind };
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}
