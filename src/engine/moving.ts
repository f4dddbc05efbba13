/** The Space goes to another hub, and its members follow. */
import { SnapstageError } from '../base/errors.ts';
import { byName, listRecords } from '../space/logs/hubRecords.ts';
import { presentIn } from '../space/logs/pack.ts';
import { copyHub } from '../space/moving/copyHub.ts';
import { hiddenFolders, hubRights } from '../space/moving/hubRights.ts';
import { depart, departureIn } from '../space/moving/moves.ts';
import { changeHub } from '../space/participant/belonging.ts';
import { openParticipant } from '../space/participant/founding.ts';
import type { Participant } from '../space/participant/participant.ts';
import { openHub, placeFor } from './hubs.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './spaceApi.ts';
import { asMaster, groundAt, heardOf, participating } from './spaces.ts';

/**
 * Copies all that the new hub lacks, tells the members in the old one, and goes on in the new one. Ended at any moment, it is done or goes on
 * when called again; what a member puts into the old hub meanwhile it puts into the new one when it follows.
 */
export function moveHub(open: Open, machine: Machine, { hub }: api.MoveRequest): Promise<api.SpaceMoved> {
  const place = placeFor(open, hub);
  return asMaster(open, machine, async (participant) => {
    const { hub: from, state, belonging } = participant;
    const isBack = place === belonging.hub;
    if (isBack && departureIn(state) === undefined)
      throw new SnapstageError('usage', `The hub of this Space is ${place} already.`, { hub: place });
    const to = openHub(place, open, machine);
    if (!isBack) await to.make();
    const first = await copyHub(from, to, hiddenFolders(state), open.store, open.work);
    participant.act((acting) => depart(acting, place));
    await participant.send();
    const rest = await copyHub(from, to, hiddenFolders(participant.state), open.store, open.work);
    const space = await settle(open, machine, participant, place);
    return { space, files: first.files + rest.files, bytes: first.bytes + rest.bytes };
  });
}

/**
 * Goes to the hub that the Space has gone to, or to the place where that lies on this machine. @throws SnapstageError `refused` where nothing
 * is known of a move (reason `not-moved`), or where not all of it is there yet; `not-found` where the Space is not there.
 */
export function followHub(open: Open, machine: Machine, { hub }: api.FollowRequest): Promise<api.SpaceInfo> {
  return participating(open, machine, async (participant) => {
    const named = hub ?? departureIn(participant.state);
    if (named === undefined)
      throw new SnapstageError(
        'refused',
        'As far as is known here, the Space has not moved. Say where its hub is, if you know that it has.',
        {
          reason: 'not-moved',
        },
      );
    const place = placeFor(open, named);
    const there = await openParticipant(groundAt(open, machine, place), { ...participant.belonging, hub: place });
    await mustHoldAll(there, departureIn(participant.state));
    return settle(open, machine, participant, place);
  });
}

/** The Space is in this hub, with all that is known here of what Masters have said; it may have gone on from there. */
async function mustHoldAll(there: Participant, departure: string | undefined): Promise<void> {
  const { hub, belonging } = there;
  if (!(await hasLog(there, belonging.space)))
    throw new SnapstageError('not-found', `The Space is not in the hub ${hub.place}.`, { space: belonging.space, hub: hub.place });
  await there.look();
  const { masters } = there.state;
  const isWhole = (await Promise.all([...masters.keys()].map((log) => hasLog(there, log)))).every(Boolean);
  const isOnItsWay = departure !== undefined && departureIn(there.state) === departure;
  if (!isWhole || isOnItsWay)
    throw new SnapstageError('refused', `Not all of the Space is in the hub ${hub.place} yet. Try again later.`, { hub: hub.place });
}

/** Whether the hub has all records of a log that are known here, of which there are some. */
async function hasLog({ hub, records }: Participant, log: string): Promise<boolean> {
  const known = byName(records.filter(({ header }) => header.log === log));
  const present = presentIn(await listRecords(hub, log), known);
  return known.size > 0 && [...known.keys()].every((name) => present.has(name));
}

/** What to grant to whom, where the hub's server can grant rights by name. */
export function rightsInHub(open: Open, machine: Machine): Promise<api.HubRightsInfo> {
  return asMaster(open, machine, async ({ state }) => {
    const { everybody, members } = hubRights(state);
    const isIn = (log: string): boolean => ['waiting', 'admitted'].includes(state.members.get(log)!.state) && !state.masters.has(log);
    return {
      everybody,
      members: [...members]
        .filter(([log]) => isIn(log))
        .map(([id, rights]) => ({ id, name: state.members.get(id)!.described?.name ?? null, ...rights })),
    };
  });
}

async function settle(open: Open, machine: Machine, { belonging }: Participant, place: string): Promise<api.SpaceInfo> {
  const changed = changeHub(open.store.files, belonging, place);
  return heardOf(open, await openParticipant(groundAt(open, machine, place), changed), { sync: true });
}
