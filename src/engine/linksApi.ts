/** Instances that are linked to one another, as the contract has them. */
import type { CallOptions } from '../base/progress.ts';

export interface LinkedTo {
  /** Folder of the parent, absolute, where it was last. */
  readonly folder: string;
  /** Id of the snapshot there. */
  readonly snapshot: string;
  /** False when it is not there any more, or does not know of this instance. */
  readonly found: boolean;
}

export interface DependantInfo {
  readonly id: string;
  /** Folder of the linked instance, absolute, where it was last; `null` where the record is damaged. */
  readonly folder: string | null;
  /** Id of the snapshot that it depends on; `null` where the record is damaged. */
  readonly snapshot: string | null;
  /** False when it is not there any more: moved, on a disk that was taken out, or gone for good. */
  readonly found: boolean;
}

export interface Links {
  readonly parent: LinkedTo | null;
  readonly dependants: readonly DependantInfo[];
}

export interface DetachReport {
  /** What was brought over. */
  readonly objects: number;
  /** When decompressed. */
  readonly bytes: number;
}

export interface LinksApi {
  /** What this instance is linked to, and what is linked to it. */
  links(options?: CallOptions): Promise<Links>;
  /** Brings over all that this instance counts on in its parent, and ends the link. Rejects with `refused` when it is not linked. */
  detach(options?: CallOptions): Promise<DetachReport>;
  /** Names the folder that the parent has been moved to; one that does not know of this instance must have all that it counts on. */
  relink(request: { readonly parent: string }, options?: CallOptions): Promise<Links>;
  /** Ends what a linked instance that is gone for good holds here. Rejects with `refused` for one that is found. */
  forget(request: { readonly dependant: string }, options?: CallOptions): Promise<Links>;
}
