/** To whom something goes. */
import { SnapstageError } from '../base/errors.ts';
import type { Member } from '../space/members/membership.ts';
import type { Participant } from '../space/participant/participant.ts';
import type * as api from './deliveryApi.ts';
import { memberNamed } from './spaces.ts';

export type Targets = 'all' | readonly Member[];

/** `group:NAME` is a group, everything else a member. */
export function targetsOf(participant: Participant, to: api.DistributeRequest['to']): Targets {
  if (to === undefined || to === 'all') return 'all';
  const members = [...participant.state.members.values()].filter(({ state }) => state === 'admitted');
  const chosen = new Map<string, Member>();
  for (const text of to) {
    const group = /^group:(?<name>.+)$/s.exec(text)?.groups?.['name'];
    const found =
      group === undefined ? [memberNamed(participant, text)] : members.filter(({ described }) => described?.groups.includes(group));
    if (found.length === 0) throw new SnapstageError('not-found', `Nobody is in the group “${group}”.`, { group });
    for (const member of found) chosen.set(member.log, member);
  }
  const gone = [...chosen.values()].find(({ state }) => state !== 'admitted');
  if (gone !== undefined) throw refused(`${gone.described?.name ?? gone.log.slice(0, 8)} is no member.`, { member: gone.log });
  if (chosen.size === 0) throw refused('Nobody was chosen to deliver to.', {});
  return [...chosen.values()];
}

export function targetInfo(targets: Targets): api.DistributionPlan['to'] {
  return targets === 'all' ? 'all' : targets.map(memberInfo);
}

export function memberInfo({ log, described }: Member): { readonly id: string; readonly name: string | null } {
  return { id: log, name: described?.name ?? null };
}

/** Those of them that are members by now. */
export function membersAmong(targets: Targets, { state, belonging }: Participant): readonly Member[] {
  if (targets !== 'all') return targets;
  return [...state.members.values()].filter((member) => member.state === 'admitted' && member.log !== belonging.log);
}

function refused(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
