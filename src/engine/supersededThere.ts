/** Deliveries that those whom they are for need not receive any more, as Masters see it: later ones bring all of it anew. */
import { SnapstageError } from '../base/errors.ts';
import { distributionsIn, keepName, type Distribution } from '../space/delivery/distributions.ts';
import { ALL, EDITORS } from '../space/members/audiences.ts';
import type { Member } from '../space/members/membership.ts';
import { EMPTY_ID } from '../space/merge/editTree.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex, idOf } from '../store/ids.ts';
import { readKeeps } from '../store/keeps.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';
import type { Store } from '../store/store.ts';
import { isOwn } from './applying.ts';
import type { Open } from './open.ts';
import { isReplaced, keepsMirrors, knownHere, restOf, sharingAfter } from './superseding.ts';

const NOTE = `${SPACE_FOLDER}/superseded-there`;

interface Note {
  /** What was known then. */
  readonly of: string;
  /** By the ids of distributions: the logs of those who need it no more; `null` for all. */
  readonly superseded: Readonly<Record<string, readonly string[] | null>>;
}

export type IsSuperseded = (distribution: string, member: string) => boolean;

/**
 * By what was noted last, whether later distributions by anybody replace all of one for a member, whether it has received them or not: it
 * will not apply the earlier one any more. Of nothing where other things are known since.
 */
export function supersededThere({ files }: Store, participant: Participant): IsSuperseded {
  const note = decodeChecked(files.read(NOTE)) as Note | undefined;
  const superseded = note?.of === knownThere(participant) ? note.superseded : {};
  return (distribution, member) => superseded[distribution] === null || superseded[distribution]?.includes(member) === true;
}

/** Finds that, of all that a Master is shown, with the trees that are here or in the hub; without it there, another time. */
export async function noteSupersededThere(open: Open, participant: Participant): Promise<void> {
  const { files } = open.store;
  const shown = distributionsIn(participant.state).filter((one) => participant.isMaster || isOwn(participant, one));
  if (shown.length === 0) return;
  const of = knownThere(participant);
  if ((decodeChecked(files.read(NOTE)) as Note | undefined)?.of === of) return;
  try {
    files.write(NOTE, encodeChecked({ of, superseded: await findIn(open, participant, shown) } satisfies Note), false);
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.code !== 'io') throw error;
  }
}

async function findIn(open: Open, participant: Participant, shown: readonly Distribution[]): Promise<Note['superseded']> {
  const { store, work } = open;
  const { state } = participant;
  const all = distributionsIn(state);
  const isMeant = meantIn(state);
  const kept = new Set(readKeeps(store.files).known.map(({ name }) => name));
  const isReplacedBy = async (one: Distribution, later: readonly Distribution[]): Promise<boolean> => {
    const areHere = [one, ...later].every(({ id }) => kept.has(keepName(id)));
    if (!areHere) return isReplaced(open, participant, one, later);
    return restOf(one, later, store.reader, () => work.check()).equals(EMPTY_ID);
  };
  const found: [string, readonly string[] | null][] = [];
  for (const one of shown.filter((each) => !each.isVoid)) {
    const later = sharingAfter(all, one);
    const targets = [...state.members.values()].filter((member) => isMeant(member, one.audience));
    const groups = Map.groupBy(targets, (member) => later.flatMap(({ audience }, at) => (isMeant(member, audience) ? [at] : [])).join());
    const done: string[] = [];
    for (const [places, members] of groups) {
      const theirs = places === '' ? [] : places.split(',').map((at) => later[Number(at)]!);
      if (keepsMirrors(one, theirs) && (await isReplacedBy(one, theirs))) done.push(...members.map(({ log }) => log));
    }
    if (done.length > 0) found.push([one.id, done.length === targets.length ? null : done]);
  }
  return Object.fromEntries(found);
}

/** Whether what is said to an audience is for a member. */
function meantIn(state: Participant['state']): (member: Member, audience: string) => boolean {
  const chosen = new Map([...state.audiences.values()].map(({ name, chosen: logs }) => [name, new Set(logs)]));
  return ({ log, state: now, described }, audience) => {
    if (now !== 'admitted') return false;
    if (audience === ALL || audience === EDITORS) return audience === ALL || described?.role === 'editor';
    return chosen.get(audience)?.has(log) === true;
  };
}

/** All that it depends on. */
function knownThere(participant: Participant): string {
  const members = [...participant.state.members.values()].map(({ log, state, described }) => [log, state, described?.role]);
  return idHex(idOf(Buffer.from(JSON.stringify([knownHere(participant), participant.isMaster, members]))));
}
