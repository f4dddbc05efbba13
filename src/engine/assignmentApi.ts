/** Assignments, as the contract has them: for Masters, and for those who hand in. */
import type { CallOptions } from '../base/progress.ts';
import type { RenamedPath } from '../space/assignments/reviewCopy.ts';
import type { SnapshotInfo } from './api.ts';

export type { RenamedPath } from '../space/assignments/reviewCopy.ts';

/** What may be handed in: a file, or what is in a folder. */
export interface AssignmentPart {
  /** In the instance; `''` is all of it. */
  readonly path: string;
  /** Of a folder: what in it belongs to it, in the syntax of gitignore; none: all. */
  readonly patterns: readonly string[];
}

export interface AssignmentTerms {
  readonly title: string;
  /** Markdown. */
  readonly description: string;
  /** ISO 8601, UTC. */
  readonly deadline: string;
  /** In which the deadline was set, and is shown: `Europe/Berlin`, or an offset such as `+01:00`. */
  readonly zone: string;
  readonly parts: readonly AssignmentPart[];
  /** Bytes of one hand-in at most. */
  readonly limit: number | null;
  readonly late: 'refuse' | 'accept';
  /** Whoever grades sees no names until the feedback is returned. */
  readonly isAnonymous: boolean;
}

export interface CreateAssignmentRequest extends Partial<Omit<AssignmentTerms, 'title' | 'deadline' | 'parts'>> {
  readonly title: string;
  /** ISO 8601 with an offset; or without one, in `zone` (default: that of this computer). */
  readonly deadline: string;
  /** Absent: what the distribution delivered. */
  readonly parts?: readonly AssignmentPart[];
  /** As for `distribute`; absent: those of the distribution, or all. */
  readonly to?: 'all' | readonly string[];
  /** The distribution that it is about; absent: the newest that delivered all its parts to these; where there is none, they are handed out now. */
  readonly distribution?: string;
}

/** What creating an assignment would do. */
export interface AssignmentPlan {
  readonly terms: AssignmentTerms;
  readonly to: 'all' | readonly AssignmentMember[];
  /** The distribution that it is about. */
  readonly distribution: string | null;
  /** What is handed out with it, as it is here now; a snapshot is taken first. */
  readonly handsOut: readonly string[];
}

export interface EditAssignmentRequest extends Partial<Omit<AssignmentTerms, 'deadline'>> {
  readonly assignment: string;
  readonly deadline?: string;
  /** Closed: nobody hands in any more, whatever the deadline is. */
  readonly isClosed?: boolean;
}

export interface ExtendRequest {
  readonly assignment: string;
  /** Members, `group:NAME`. Who comes into a group later has no extension. */
  readonly to: readonly string[];
  /** As for `createAssignment`; `null`: the assignment's own again. */
  readonly deadline: string | null;
  readonly zone?: string;
  /** What the member is told. */
  readonly reason?: string;
}

/** `on-time` and `late` are proven; `unproven`: it may be either, by what is known. */
export type Lateness = 'on-time' | 'late' | 'unproven';

/** What proves when a hand-in was made, by the clocks of Masters. */
export interface EvidenceInfo {
  /** It was made after this: what it cites of a Master. ISO 8601, UTC. */
  readonly notBefore: EvidencePoint | null;
  /** It was made before this: when a Master first saw it. */
  readonly notAfter: EvidencePoint | null;
}

export interface EvidencePoint {
  readonly at: string;
  /** Id of the record that says so. */
  readonly record: string;
  /** What was done by it: the kind of the record. */
  readonly kind: string;
}

/** A member as an assignment shows it: by name, or by a pseudonym until the feedback is returned. */
export interface AssignmentMember {
  /** Of the member's log, 32 hex digits; of a pseudonym, another that stays the same in this assignment. */
  readonly id: string;
  readonly name: string | null;
}

export interface HandInInfo {
  /** 64 hex digits: the hash of its record. */
  readonly id: string;
  readonly assignment: string;
  readonly member: AssignmentMember;
  /** Of this member's hand-ins to the assignment, from 1. */
  readonly number: number;
  /** By the author's clock: ISO 8601, UTC. */
  readonly made: string;
  /** When its snapshot was taken, by the author's clock. */
  readonly taken: string;
  /** Id of the snapshot, in the author's instance. */
  readonly snapshot: string;
  /** What it is called among states, once its content is here: `ls`, `cat` and `diff` take it. */
  readonly state: string;
  readonly isHere: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly identifier: string | null;
  readonly note: string;
  readonly lateness: Lateness;
  /** Milliseconds that it is late by, at least and at most, as far as it is proven. */
  readonly lateBy: { readonly least: number | null; readonly most: number | null };
  readonly evidence: EvidenceInfo;
  /** That it is measured by: ISO 8601, UTC. */
  readonly deadline: string;
  /** What a Master decided where it was unproven, or in spite of what is proven. */
  readonly judged: { readonly verdict: 'on-time' | 'late'; readonly reason: string; readonly at: string } | null;
  /** Why it does not count: late where that is refused; after the end; on a side of a fork that does not stand. */
  readonly refused: 'late' | 'closed' | 'forked' | null;
  /** It is the one that counts. */
  readonly counts: boolean;
  /** Of one's own: it waits until the hub can be reached. */
  readonly isQueued: boolean;
  /** When a Master countersigned it; `null` where none has yet: ISO 8601, UTC. */
  readonly received: string | null;
  /** What is compared of a receipt, by eye. */
  readonly code: string;
  /** The file of the receipt, absolute, where this is one's own. */
  readonly receipt: string | null;
  readonly feedback: FeedbackInfo | null;
  /** The folder of the review copy, absolute, where there is one. */
  readonly copy: string | null;
}

export interface FeedbackInfo {
  /** 64 hex digits: the hash of its record. */
  readonly id: string;
  readonly handIn: string;
  readonly grade: string | null;
  readonly comment: string;
  /** Of feedback files: what they are called among states, once they are here; `null`: none. */
  readonly state: string | null;
  readonly isHere: boolean;
  /** `draft`: for Masters alone. `hidden`: returned, and not to be seen by the member now. */
  readonly visibility: 'draft' | 'hidden' | 'returned';
  readonly made: string;
}

/**
 * `returned`: there is feedback that the member sees; `graded`: some that it does not see. Of what was returned and changed since, the hand-in's
 * feedback is the change: a draft.
 */
export type StandingState = 'nothing' | 'handed-in' | 'late' | 'unproven' | 'refused' | 'graded' | 'returned';

/** How a member stands in an assignment. */
export interface StandingInfo {
  readonly member: AssignmentMember;
  readonly groups: readonly string[];
  /** That holds for this member: ISO 8601, UTC. */
  readonly deadline: string;
  readonly extension: { readonly deadline: string; readonly reason: string; readonly made: string } | null;
  readonly state: StandingState;
  /** The oldest first. */
  readonly handIns: readonly HandInInfo[];
}

export interface AssignmentInfo extends AssignmentTerms {
  /** 64 hex digits: the hash of its first record. */
  readonly id: string;
  readonly made: string;
  /** When it was last changed; `null`: never. */
  readonly edited: string | null;
  readonly isClosed: boolean;
  readonly to: 'all' | 'chosen';
  readonly distribution: string | null;
  /** What the handed-out version is called among states, where it is here. */
  readonly handedOut: string | null;
  /** How this member stands; `null` for a Master, and for who can't hand in. */
  readonly mine: StandingInfo | null;
  /** How many members stand how, for a Master; else `null`. */
  readonly counts: Readonly<Record<StandingState, number>> | null;
  /** Deadlines that hold for single members, for a Master, the next one first; else none. ISO 8601, UTC. */
  readonly extended: readonly string[];
}

export interface AssignmentDetails extends AssignmentInfo {
  /** Of all members, for a Master; else one's own. */
  readonly standings: readonly StandingInfo[];
}

export interface HandInRequest {
  readonly assignment: string;
  /** A snapshot; absent: the current state. */
  readonly from?: string;
  readonly note?: string;
  readonly identifier?: string;
  /** Also when this computer's clock says that it is too late: the Master decides. */
  readonly force?: boolean;
}

export type HandInWarning =
  /** Nothing is other than as it was handed out. */
  | { readonly kind: 'unchanged' }
  /** The same was handed in before. */
  | { readonly kind: 'again'; readonly handIn: string }
  | { readonly kind: 'missing'; readonly path: string }
  /** Cells of a notebook, by their number from 1. */
  | { readonly kind: 'not-run'; readonly path: string; readonly cells: readonly number[] }
  | { readonly kind: 'stale'; readonly path: string; readonly cells: readonly number[] }
  | { readonly kind: 'broken-notebook'; readonly path: string }
  /** By this computer's clock the deadline has passed: it counts as late. */
  | { readonly kind: 'late' };

/** What handing in would do now. Inert. */
export interface HandInPlan {
  readonly assignment: AssignmentInfo;
  /** The state that it is for: `handIn` refuses another with `stale-plan`. */
  readonly from: string;
  readonly takesSnapshot: boolean;
  /** What is sent. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly bytes: number;
  /** What lies in the folders of the assignment and does not belong to it: the first 200. */
  readonly extra: readonly string[];
  readonly warnings: readonly HandInWarning[];
  /** Why it is not possible; each by itself is enough. */
  readonly obstacles: readonly HandInObstacle[];
}

export type HandInObstacle =
  | { readonly kind: 'over-limit'; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'nothing' }
  /** The snapshot lacks what could not be read. */
  | { readonly kind: 'partial'; readonly paths: readonly string[] }
  | { readonly kind: 'closed' }
  /** `isProven`: no Master could take it for timely; else `force` hands it in all the same. */
  | { readonly kind: 'late'; readonly deadline: string; readonly isProven: boolean };

export interface HandInDone {
  readonly handIn: HandInInfo;
  readonly snapshot: SnapshotInfo;
  /** False: the hub could not be reached. It is sent with the next sync. */
  readonly isSent: boolean;
  /** Bytes that had to be sealed for it: what nobody who reads it has yet. */
  readonly sealedBytes: number;
}

/** What a receipt says. */
export interface ReceiptInfo {
  readonly space: string;
  readonly assignment: string;
  readonly title: string;
  readonly author: string;
  /** The author's name, as the Master who countersigned it knows it. */
  readonly name: string | null;
  readonly handIn: string;
  /** Hash of all that was handed in. */
  readonly root: string;
  readonly files: number;
  readonly bytes: number;
  readonly made: string;
  readonly taken: string;
  readonly code: string;
  /** By a Master: until then it is its author's claim. */
  readonly countersigned: { readonly by: string; readonly received: string } | null;
}

export interface CollectRequest {
  readonly assignment: string;
  /** Members by name, id or pseudonym, `group:NAME`; absent: all. */
  readonly members?: readonly string[];
  /** `counting` (default): of each member the one that counts, and the last one before the deadline if that is another. */
  readonly which?: 'counting' | 'all';
  /** Folder for the review copies; absent: `Assignments` beside the instance. */
  readonly to?: string;
}

export interface CollectedInfo {
  readonly handIn: string;
  readonly member: AssignmentMember;
  /** `there`: the copy was made before. */
  readonly outcome: 'collected' | 'there' | 'failed';
  /** The review copy, absolute. */
  readonly folder: string | null;
  readonly files: number;
  readonly bytes: number;
  /** Bytes that came from the hub for it. */
  readonly fetched: number;
  readonly renamed: readonly RenamedPath[];
  /** Links that lead out of it and were left out. */
  readonly leftOut: readonly string[];
  readonly problem: string | null;
}

export interface CollectReport {
  readonly folder: string;
  readonly items: readonly CollectedInfo[];
}

/** Files of a hand-in against those that were handed out, of what its assignment asks for. */
export interface HandInChanges {
  readonly handIn: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export interface FeedbackRequest {
  readonly handIn: string;
  /** A number, letters, a word; `null`: none. What is absent stays as it was. */
  readonly grade?: string | null;
  readonly comment?: string;
  /** Files and folders, absolute; absent: those that there were. */
  readonly files?: readonly string[];
  readonly visibility: FeedbackInfo['visibility'];
}

export interface FetchedFeedback {
  /** What the files are called among states; `null`: there are none. */
  readonly state: string | null;
  readonly files: number;
  /** In the folder that they were written into, if one was named; `leftOut`: links that lead out of it. */
  readonly renamed: readonly RenamedPath[];
  readonly leftOut: readonly string[];
}

export interface GradeRow {
  readonly assignment: string;
  readonly title: string;
  readonly member: AssignmentMember;
  readonly state: StandingState;
  readonly handIn: string | null;
  readonly identifier: string | null;
  readonly made: string | null;
  readonly lateness: Lateness | null;
  readonly grade: string | null;
  readonly comment: string | null;
  readonly visibility: FeedbackInfo['visibility'] | null;
}

/** How alike the hand-ins of two members are, but for what was handed out and what nearly all have. A help for a person, never a verdict. */
export interface SimilarPair {
  readonly one: SimilarSide;
  readonly other: SimilarSide;
  /** Parts of what they have in common: passages of text, and pieces of other content. */
  readonly shared: number;
  /** Paths in both of files with the very same content. */
  readonly sameFiles: readonly { readonly one: string; readonly other: string }[];
  /** Passages of text that are alike. */
  readonly passages: number;
  /** Lines of the largest passage, in the hand-in where it has more; 0 where none is alike. */
  readonly largest: number;
  /** Pairs of files, one of each hand-in, that have something in common. */
  readonly files: number;
  /** Those with the most in common; `null` where nothing can be shown. */
  readonly mainFiles: { readonly one: string; readonly other: string } | null;
}

export interface SimilarSide {
  readonly handIn: string;
  readonly member: AssignmentMember;
  /** How much of its own the other one has too, from 0 to 1. */
  readonly part: number;
  /** Its lines in passages that are alike. */
  readonly lines: number;
}

export interface SimilarityReport {
  readonly assignment: string;
  /** Hand-ins that were compared. */
  readonly compared: number;
  /** Those that are not collected yet: nothing is said of them. */
  readonly notHere: readonly string[];
  /** Pairs with something in common. */
  readonly found: number;
  /** The most alike of them first, 200 at most. */
  readonly pairs: readonly SimilarPair[];
}

/** Lines of a file from 1, both included; of a notebook those of its cells' sources. */
export interface SimilarRegion {
  readonly path: string;
  readonly fromLine: number;
  readonly toLine: number;
}

export interface SimilarMatches {
  readonly regions: readonly { readonly one: SimilarRegion; readonly other: SimilarRegion }[];
  /** Files of other content, and how many pieces they have in common. */
  readonly contents: readonly { readonly one: string; readonly other: string; readonly shared: number }[];
}

export interface AssignmentApi {
  planAssignment(request: CreateAssignmentRequest, options?: CallOptions): Promise<AssignmentPlan>;
  createAssignment(request: CreateAssignmentRequest, options?: CallOptions): Promise<AssignmentInfo>;
  /** Members are told. */
  editAssignment(request: EditAssignmentRequest, options?: CallOptions): Promise<AssignmentInfo>;
  extend(request: ExtendRequest, options?: CallOptions): Promise<AssignmentDetails>;
  /** As far as is known here, the next deadline first. */
  assignments(options?: CallOptions): Promise<readonly AssignmentInfo[]>;
  assignment(request: { readonly assignment: string }, options?: CallOptions): Promise<AssignmentDetails>;
  planHandIn(request: HandInRequest, options?: CallOptions): Promise<HandInPlan>;
  /** @throws SnapstageError `refused` with the obstacle as `reason`; `stale-plan`. */
  handIn(request: HandInRequest & { readonly expected?: string }, options?: CallOptions): Promise<HandInDone>;
  /** Writes the receipt of one's own hand-in to another file. */
  saveReceipt(
    request: { readonly handIn: string; readonly to: string; readonly force?: boolean },
    options?: CallOptions,
  ): Promise<ReceiptInfo>;
  /** Needs no instance and no hub. @throws SnapstageError `damaged` for one that is not as it was signed. */
  verifyReceipt(request: { readonly from: string }, options?: CallOptions): Promise<ReceiptInfo>;
  collect(request: CollectRequest, options?: CallOptions): Promise<CollectReport>;
  /** Of those that are here, where the handed-out version is; the others are left out. */
  handInChanges(request: { readonly handIns: readonly string[] }, options?: CallOptions): Promise<readonly HandInChanges[]>;
  judge(
    request: { readonly handIn: string; readonly verdict: 'on-time' | 'late'; readonly reason?: string },
    options?: CallOptions,
  ): Promise<HandInInfo>;
  giveFeedback(request: FeedbackRequest, options?: CallOptions): Promise<HandInInfo>;
  /** Brings the feedback files of a hand-in here, and writes them into a folder if one is named. */
  fetchFeedback(request: { readonly handIn: string; readonly to?: string }, options?: CallOptions): Promise<FetchedFeedback>;
  /** Of one assignment, or of all; for Masters all members', else one's own. */
  grades(request: { readonly assignment?: string }, options?: CallOptions): Promise<readonly GradeRow[]>;
  /** Compares the hand-ins that count, of what was collected. */
  similarity(request: { readonly assignment: string }, options?: CallOptions): Promise<SimilarityReport>;
  /** What two hand-ins of one assignment have in common, place by place. */
  similarMatches(request: { readonly one: string; readonly other: string }, options?: CallOptions): Promise<SimilarMatches>;
}
