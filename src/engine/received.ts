/** What members last received, by what they have told. */
import { SnapstageError } from '../base/errors.ts';
import { readContent } from '../instance/states.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { version } from './applying.ts';
import type { ObjectVersion } from './deliveryApi.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import type { ReceivedRequest } from './previewApi.ts';
import { basesIn } from './previewing.ts';
import { memberNamed, participating } from './spaces.ts';

export async function received(open: Open, machine: Machine, request: ReceivedRequest): Promise<ObjectVersion | null> {
  return version(request.path, await lastReceived(open, machine, request));
}

/** @throws SnapstageError `not-found` where nothing is known of it. */
export async function readReceived(open: Open, machine: Machine, request: ReceivedRequest): Promise<Uint8Array> {
  const entry = await lastReceived(open, machine, request);
  const { target, path } = request;
  if (entry === undefined)
    throw new SnapstageError('not-found', `What was last received at “${path}” is not known here.`, { target, path });
  return readContent(open.store.reader, entry);
}

function lastReceived(open: Open, machine: Machine, { target, path }: ReceivedRequest): Promise<TreeEntry | undefined> {
  return participating(open, machine, async (participant) => {
    const entry = basesIn(open, participant).of(memberNamed(participant, target)).at(path);
    return entry === 'unknown' || entry?.kind === Kind.folder ? undefined : entry;
  });
}
