import type { SnapshotInfo } from '../engine/api.ts';
import type { Instance } from './instance.ts';

/** A state of a folder. */
export interface State {
  readonly instance: Instance;
  /** Absent: the current one. */
  readonly snapshot?: SnapshotInfo;
}

/** The state alone of something in it. */
export function stateOf({ instance, snapshot }: State): State {
  return { instance, ...(snapshot && { snapshot }) };
}

/** A state as the engine names it. */
export function stateName(snapshot: SnapshotInfo | undefined): string {
  return snapshot?.id ?? 'current';
}
