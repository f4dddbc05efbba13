/** What a distribution would meet at its targets, as the contract has it. */
import type { CallOptions } from '../base/progress.ts';
import type { EntryKind } from './api.ts';
import type { DeliveryOutcome, DistributeRequest, ExceptionInfo, ObjectVersion } from './deliveryApi.ts';
import type { ObjectType, Strategy } from './stageApi.ts';

/** As `DeliveredState`, by what the target last published; `unknown` where that does not tell. */
export type PreviewState = 'new' | 'same' | 'safe' | 'edited' | 'deleted-there' | 'kind-clash' | 'unknown';

/** A file, a link, an empty folder or a table that would be delivered. */
export interface PreviewObject {
  readonly path: string;
  /** Of what is staged. */
  readonly type: ObjectType;
  /** A table's name, an application's id. */
  readonly part: string | null;
  readonly kind: EntryKind;
  /** Bytes; a table's database's. */
  readonly size: number;
  readonly strategy: Strategy;
  /** It may run programs, so it always waits for a decision. */
  readonly runsCode: boolean;
  /** At how many targets it is in each state. */
  readonly counts: Readonly<Record<PreviewState, number>>;
}

export interface PreviewTarget {
  readonly id: string;
  readonly name: string | null;
  readonly role: 'editor' | 'viewer';
  /** Of the state that it was compared with: ISO 8601, UTC, by the target's clock; `null` where there is none. */
  readonly published: string | null;
  /** How many objects that state has. What else they are nobody but the target knows. */
  readonly entries: number | null;
  /**
   * Why nothing is known: a viewer, who has no current state; never published; its table is not in the hub; or is not what it must be.
   */
  readonly unknown: 'viewer' | 'never' | 'missing' | 'damaged' | null;
  /** Of each object, in their order. */
  readonly states: readonly PreviewState[];
  /** What would become of each object: `null` where nothing need be done, or it is unknown. The target decides anew when it applies them. */
  readonly becomes: readonly (DeliveryOutcome | null)[];
  /** Objects that have another strategy here than `objects` say, as it was asked for. */
  readonly exceptions: readonly ExceptionInfo[];
  /** What a mirror would delete beside that; `null` where nothing is mirrored, or nothing is known. */
  readonly removed: RemovedInfo | null;
  readonly counts: Readonly<Record<PreviewState, number>>;
  /** Of what would become of them, and of what is known to be deleted beside. */
  readonly outcomes: Readonly<Record<DeliveryOutcome, number>>;
}

export interface DistributionPreview {
  readonly objects: readonly PreviewObject[];
  readonly targets: readonly PreviewTarget[];
  /** A mirror also deletes what is not delivered; what else than earlier distributions brought that is, only the targets know. */
  readonly isMirror: boolean;
  /** All of the targets' folders is mirrored. */
  readonly isWhole: boolean;
}

export interface RemovedInfo {
  /** Files and links that earlier distributions brought there. One that may run programs waits for a decision. */
  readonly count: number;
  /** The first 200 of them. */
  readonly paths: readonly string[];
  /** Objects of the target's state that are not known by name here: those in mirrored folders would go too. */
  readonly others: number;
}

export interface ReceivedRequest {
  /** A member's id. */
  readonly target: string;
  readonly path: string;
}

export interface PreviewApi {
  /**
   * Compares what is on the Stage with what each target last published; writes nothing. Rejects with `refused` where there is nothing to
   * compare, or too much: no more than 4 million pairs of target and object; as
   * `distribute` for exceptions.
   */
  preview(request: DistributeRequest, options?: CallOptions): Promise<DistributionPreview>;
  /**
   * What a target last received at a path, by what it has told: as far as that was delivered from here, and is no folder and no table.
   * Reads nothing but what is known here. Rejects with `not-found` for no member.
   */
  received(request: ReceivedRequest, options?: CallOptions): Promise<ObjectVersion | null>;
  /** Bytes of that; of a link its target. Rejects with `not-found` where there is none. */
  readReceived(request: ReceivedRequest, options?: CallOptions): Promise<Uint8Array>;
}
