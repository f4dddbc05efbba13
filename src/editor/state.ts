import type { SnapshotInfo } from '../engine/api.ts';
import type { Instance } from './instance.ts';

/** A state of a folder. */
export interface State {
  readonly instance: Instance;
  /** Absent: the current one. */
  readonly snapshot?: SnapshotInfo;
}

/** All that was distributed in a Space, as far as it is known here. */
export interface DistributedState {
  readonly kind: 'distributed';
  /** As the engine names it. */
  readonly id: 'distributed';
  /** What it is called where people read it. */
  readonly name: string;
  /** When the last distribution of it was made: ISO 8601, UTC. */
  readonly created: string;
}

/** What was handed out, handed in, or given back for it: the store keeps it beside the snapshots. */
export interface KeptState {
  readonly kind: 'kept';
  /** As the engine names it. */
  readonly id: string;
  /** What it is called where people read it. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly created: string;
}

/** A state that lies in the store. */
export type Stored = SnapshotInfo | DistributedState | KeptState;

/** The snapshot that it is, if it is one. */
export function snapshotOf(stored: Stored): SnapshotInfo | undefined {
  return stored.kind === 'distributed' || stored.kind === 'kept' ? undefined : stored;
}

/** The state alone of something in it. */
export function stateOf({ instance, snapshot }: State): State {
  return { instance, ...(snapshot && { snapshot }) };
}

/** A state as the engine names it. */
export function stateName(snapshot: SnapshotInfo | undefined): string {
  return snapshot?.id ?? 'current';
}
