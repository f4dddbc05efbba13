/** Spaces and who belongs to them, as the contract has it. */
import type { CallOptions } from '../base/progress.ts';

export type Role = 'master' | 'editor' | 'viewer';
export type MemberRole = Exclude<Role, 'master'>;

/** `waiting`: has asked for a place, which a Master's engine gives. */
export type MemberState = 'waiting' | 'member' | 'left' | 'removed';

export interface MemberInfo {
  /** 32 hex digits: the id of the log that the instance writes. */
  readonly id: string;
  readonly name: string | null;
  readonly role: Role;
  readonly groups: readonly string[];
  readonly state: MemberState;
  /** Of one that waits: why it is not let in by itself; of this instance, why it never will be, as far as that can be told here. */
  readonly obstacle: string | null;
  /** This instance itself. */
  readonly isMe: boolean;
  /** Known to Masters alone, of others than Masters. */
  readonly lastSeen?: LastSeen;
}

/** What its own records prove of when a member was there. Who only looks leaves no trace. ISO 8601, UTC. */
export interface LastSeen {
  /** When it last told what it has, or what became of a delivery: by its own clock. */
  readonly said: string | null;
  readonly what: 'published' | 'answered' | null;
  /** What it wrote last names what a Master had said by then, by that Master's clock: it was there later than this. */
  readonly after: string | null;
}

export interface InviteInfo {
  readonly id: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly groups: readonly string[];
  /** ISO 8601, UTC. */
  readonly expires: string;
  readonly state: 'open' | 'used' | 'withdrawn' | 'expired';
}

export interface SpaceInfo {
  /** 32 hex digits. */
  readonly id: string;
  /** `null` until it is known here. */
  readonly name: string | null;
  /** Where the hub is. */
  readonly hub: string;
  /** Whether it takes a network to reach the hub; of a share or a synced folder the system knows. */
  readonly needsNetwork: boolean;
  /** Where the Space has gone, or is going: this instance is to follow. */
  readonly movedTo: string | null;
  readonly me: MemberInfo;
  /** Those that this instance may know of: a Master all, others themselves and the Masters. */
  readonly members: readonly MemberInfo[];
  /** Known to Masters alone. */
  readonly invites: readonly InviteInfo[];
  /** What is odd in the hub: forged, lost or changed records, in words. */
  readonly findings: readonly string[];
  /** Why nothing is done in this Space until Snapstage is updated; empty for none. */
  readonly stopped: readonly string[];
  /** What this sync published of the current state; absent: nothing, as nothing has changed, or nobody may see it. */
  readonly published?: PublishedInfo;
}

/**
 * `sync`: the hub is asked first. `isPolled`: nobody waits for it, so what costs is done now and then only, and the hub is asked for no more
 * than what it says is new; once an hour for all.
 */
export interface SpaceRequest {
  readonly sync?: boolean;
  readonly isPolled?: boolean;
}

/** What was published for previews. */
export interface PublishedInfo {
  /** Objects of the current state. */
  readonly entries: number;
  /** That were sent. */
  readonly bytes: number;
}

export interface CreateSpaceRequest {
  readonly name: string;
  /** The hub: an absolute path of a folder. */
  readonly hub: string;
}

export interface SpaceCreated {
  readonly space: SpaceInfo;
  /** To be written down: whoever has it can take the Master's place. It is kept nowhere. */
  readonly recoveryCode: string;
}

export interface InviteRequest {
  readonly name: string;
  readonly role?: MemberRole;
  readonly groups?: readonly string[];
  /** ISO 8601. Absent: in 30 days. */
  readonly expires?: string;
  /** Id of the member who lost its keys and comes back by this. */
  readonly succeeds?: string;
}

export interface InviteMade {
  readonly id: string;
  /** Whoever has it can read what it opens: to be sent as a password would. */
  readonly code: string;
  /** Opens the editor with it. */
  readonly link: string;
}

/** What an invite says by itself: nobody is asked. */
export interface InviteContents {
  readonly space: string;
  /** Where its hub is, as its author names it. */
  readonly hub: string;
}

export interface JoinRequest {
  readonly code: string;
  /** Where the hub is on this machine; absent: where the invite says. */
  readonly hub?: string;
}

export interface MoveRequest {
  /** The new hub: a place as for `createSpace`. */
  readonly hub: string;
}

export interface SpaceMoved {
  readonly space: SpaceInfo;
  /** That the new hub did not have. */
  readonly files: number;
  readonly bytes: number;
}

export interface CompactHubRequest {
  /** Whole days that what is unneeded stays in the hub, 1 at least; absent: 30. */
  readonly graceDays?: number;
  /** Nothing is changed. */
  readonly isPlan?: boolean;
}

/** Packs, with their indexes. */
export interface PackTotals {
  readonly packs: number;
  readonly bytes: number;
}

export interface FileTotals {
  readonly files: number;
  readonly bytes: number;
}

/** Something of which nobody can tell what it needs. */
export interface HeldUp {
  /** The member that handed it in; `null` where it was handed out. */
  readonly who: string | null;
  /** A sentence. */
  readonly why: string;
}

/** What a compaction of the hub did, or would do. */
export interface HubCompaction {
  /** That nobody needs any more, and that begin to wait. */
  readonly retired: PackTotals;
  /** Of which little is needed: that was sealed anew, and they begin to wait. */
  readonly rewritten: PackTotals;
  /** Retired ones that turned out to be needed. */
  readonly broughtBack: PackTotals;
  /** From the hub. */
  readonly removed: FileTotals;
  /** That are removed once their time of grace is over; of the first of them it is at `until`, an ISO 8601 time. */
  readonly waiting: FileTotals & { readonly until: string | null };
  /** Why some content stays though nobody may need it. */
  readonly heldBy: readonly HeldUp[];
}

export interface FollowRequest {
  /** Where the new hub is on this machine; absent: where the Master says. */
  readonly hub?: string;
}

/** Names in a hub: files, and folders with all that is in them. */
export interface RightsInfo {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export interface HubRightsInfo {
  readonly everybody: RightsInfo;
  /** What each has besides, of those that are members or wait. Masters read and write everything. */
  readonly members: readonly (RightsInfo & { readonly id: string; readonly name: string | null })[];
}

export interface SpaceApi {
  /** The Space that this instance belongs to, as far as is known here, or `null`. */
  space(request: SpaceRequest, options?: CallOptions): Promise<SpaceInfo | null>;
  /** Makes a Space with this instance as its Master. Rejects with `exists` where it belongs to one. */
  createSpace(request: CreateSpaceRequest, options?: CallOptions): Promise<SpaceCreated>;
  /** Rejects with `usage` for what is no invite. */
  readInvite(request: { readonly code: string }, options?: CallOptions): Promise<InviteContents>;
  /** Rejects with `refused` for an invite that is over, `not-found` for one that its hub does not know. */
  joinSpace(request: JoinRequest, options?: CallOptions): Promise<SpaceInfo>;
  /** Makes this instance a Master by the Space's recovery code. */
  recoverSpace(request: { readonly code: string; readonly hub: string }, options?: CallOptions): Promise<SpaceInfo>;
  invite(request: InviteRequest, options?: CallOptions): Promise<InviteMade>;
  withdrawInvite(request: { readonly invite: string }, options?: CallOptions): Promise<SpaceInfo>;
  /** Lets in one that waits: of several who came by one invite, or one that came too late. */
  admitMember(request: { readonly member: string }, options?: CallOptions): Promise<SpaceInfo>;
  /** Changes what is given. */
  changeMember(
    request: { readonly member: string; readonly name?: string; readonly role?: MemberRole; readonly groups?: readonly string[] },
    options?: CallOptions,
  ): Promise<SpaceInfo>;
  /**
   * Ends a membership. What was sent stays with who has it; what comes is sealed with new keys. Another Master's takes the recovery `code`.
   */
  removeMember(request: { readonly member: string; readonly code?: string }, options?: CallOptions): Promise<SpaceInfo>;
  /** Copies all of the Space into another hub, and goes on there. Masters alone; ended early, it goes on when called again. */
  moveHub(request: MoveRequest, options?: CallOptions): Promise<SpaceMoved>;
  /**
   * By a Master: what was taken back, and nobody needs, is removed from the hub after a time of grace, which begins when this is first
   * called. Rejects with `refused` for others, `usage` for no time of grace.
   */
  compactHub(request: CompactHubRequest, options?: CallOptions): Promise<HubCompaction>;
  /** Goes to the hub that the Space has moved to. Rejects with `not-found` where it is not there, `refused` while not all of it is. */
  followHub(request: FollowRequest, options?: CallOptions): Promise<SpaceInfo>;
  /** For Masters: what to grant to whom, where the hub's server can grant rights by name. */
  hubRights(options?: CallOptions): Promise<HubRightsInfo>;
  /** Ends the own membership. Rejects with `refused` for the last Master. */
  leaveSpace(options?: CallOptions): Promise<void>;
}
