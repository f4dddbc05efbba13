/** Which Space an instance belongs to, as its own store knows it. */
import { SnapstageError } from '../../base/errors.ts';
import type { StoreFiles } from '../../store/files.ts';
import { decodeChecked, encodeChecked } from '../../store/reservations.ts';
import { LAST_LOOK } from '../members/session.ts';

export interface Belonging {
  /** 32 hex digits. */
  readonly space: string;
  /** Of the log that this instance writes: 32 hex digits. */
  readonly log: string;
  /** Where the hub is, as `parseHubPlace` takes it. */
  readonly hub: string;
}

/** The folder, in the store, of what is known of the Space. */
export const SPACE_FOLDER = 'space';
const FILE = `${SPACE_FOLDER}/belonging`;
const ID = /^[0-9a-f]{32}$/;

/** Nothing for an instance of no Space. @throws SnapstageError `damaged`. */
export function readBelonging(files: StoreFiles): Belonging | undefined {
  const bytes = files.read(FILE);
  if (bytes === undefined) return undefined;
  const { space, log, hub } = (decodeChecked(bytes) ?? {}) as Partial<Record<keyof Belonging, unknown>>;
  if (typeof space === 'string' && ID.test(space) && typeof log === 'string' && ID.test(log) && typeof hub === 'string')
    return { space, log, hub };
  throw new SnapstageError('damaged', `The store is damaged (${FILE}: which Space this instance belongs to is not known). Join it again.`, {
    part: FILE,
  });
}

/** From now on the instance belongs there, durably. */
export function writeBelonging(files: StoreFiles, belonging: Belonging): void {
  files.write(FILE, encodeChecked(belonging), true);
}

/** The same place in the Space, in another hub from now on, which was not looked at yet. */
export function changeHub(files: StoreFiles, belonging: Belonging, hub: string): Belonging {
  files.remove(`${SPACE_FOLDER}/${LAST_LOOK}`);
  const changed = { ...belonging, hub };
  writeBelonging(files, changed);
  return changed;
}

/** Ends it; what is known of the Space stays until it is joined anew. */
export function removeBelonging(files: StoreFiles): void {
  files.remove(FILE);
}

/** @throws SnapstageError `not-found` with the reason `no-space`. */
export function mustBelong(belonging: Belonging | undefined): Belonging {
  if (belonging !== undefined) return belonging;
  throw new SnapstageError('not-found', 'This instance belongs to no Space. Make one with “space create”, or join one with an invite.', {
    reason: 'no-space',
  });
}
