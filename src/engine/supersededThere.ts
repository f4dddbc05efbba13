/** Deliveries that those whom they are for need not receive any more, as their sender sees it: later ones bring all of it anew. */
import { distributionsIn, type Distribution } from '../space/delivery/distributions.ts';
import { ALL, EDITORS } from '../space/members/audiences.ts';
import type { Member } from '../space/members/membership.ts';
import { EMPTY_ID } from '../space/merge/editTree.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex, idOf } from '../store/ids.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';
import type { Store } from '../store/store.ts';
import type { Open } from './open.ts';
import { keepsMirrors, knownHere, restOf, sharingAfter } from './superseding.ts';

const NOTE = `${SPACE_FOLDER}/superseded-there`;

interface Note {
  /** What was known then. */
  readonly of: string;
  /** By the ids of distributions: the logs of those who need it no more; `null` for all. */
  readonly superseded: Readonly<Record<string, readonly string[] | null>>;
}

export type IsSuperseded = (distribution: string, member: string) => boolean;

/**
 * By what was noted last, whether later distributions by anybody replace all of one by this instance for a member, whether it has received
 * them or not: it will not apply the earlier one any more. Of nothing where other things are known since.
 */
export function supersededThere({ files }: Store, participant: Participant): IsSuperseded {
  const note = decodeChecked(files.read(NOTE)) as Note | undefined;
  const superseded = note?.of === knownThere(participant) ? note.superseded : {};
  return (distribution, member) => superseded[distribution] === null || superseded[distribution]?.includes(member) === true;
}

/** Finds that with the trees that are in the store. */
export function noteSupersededThere(open: Open, participant: Participant): void {
  const { files } = open.store;
  const { belonging, state } = participant;
  const own = distributionsIn(state).filter(({ said }) => said.record.header.log === belonging.log);
  if (own.length === 0) return;
  const of = knownThere(participant);
  if ((decodeChecked(files.read(NOTE)) as Note | undefined)?.of === of) return;
  files.write(NOTE, encodeChecked({ of, superseded: findIn(open, participant, own) } satisfies Note), false);
}

function findIn({ store, work }: Open, { state }: Participant, own: readonly Distribution[]): Note['superseded'] {
  const isHere = ({ said }: Distribution): boolean => store.index.has(Buffer.from(said.body.tree, 'hex'));
  const all = distributionsIn(state).filter(isHere);
  const isMeant = meantIn(state);
  const found: [string, readonly string[] | null][] = [];
  for (const one of own.filter((each) => !each.isVoid && isHere(each))) {
    const later = sharingAfter(all, one);
    const targets = [...state.members.values()].filter((member) => isMeant(member, one.audience));
    const groups = Map.groupBy(targets, (member) => later.flatMap(({ audience }, at) => (isMeant(member, audience) ? [at] : [])).join());
    const done = [...groups].flatMap(([places, members]) => {
      const theirs = places === '' ? [] : places.split(',').map((at) => later[Number(at)]!);
      const isReplaced = keepsMirrors(one, theirs) && restOf(one, theirs, store.reader, () => work.check()).equals(EMPTY_ID);
      return isReplaced ? members.map(({ log }) => log) : [];
    });
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
  return idHex(idOf(Buffer.from(JSON.stringify([knownHere(participant), members]))));
}
