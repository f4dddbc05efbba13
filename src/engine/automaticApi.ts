/** Snapshots that are taken by themselves, as the contract has them. */
import type { CallOptions } from '../base/progress.ts';
import type { InstalledExtension } from './applicationsApi.ts';
import type { PathNote, SnapshotDetails } from './api.ts';

export interface AutomaticRequest {
  /** The occasion: `scheduled`, `idle`, `before debugging NAME`, … */
  readonly reason: string;
  /** What the caller knows to be in use: it is on record, and does not stop it. */
  readonly inUse?: readonly PathNote[];
  /** What the editor's profile has installed. */
  readonly extensions?: readonly InstalledExtension[];
}

export interface AutomaticApi {
  /**
   * Takes a snapshot that nobody asked for, of the kind `automatic`. None, and `null`, when some snapshot holds all that is there now
   * already (a different time alone is no change), while another is taken so, also by another window or program, and while a restore
   * runs or waits to be ended. Rejects with `no-space` where little is free on the disk: what is left is for the user's own work.
   */
  takeAutomatic(request: AutomaticRequest, options?: CallOptions): Promise<SnapshotDetails | null>;
}
