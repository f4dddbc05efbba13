/** The content that lies in members' vaults: hand-ins by members, feedback by Masters. */
import type { AreaPack } from '../areas/area.ts';
import { packsIn } from '../delivery/distributions.ts';
import { recordsAmong } from '../logs/link.ts';
import { ALL, EDITORS, vaultOf } from '../members/audiences.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';

/** The packs of a member's vault that the member's own records name. */
export function ownPacks({ keychain }: Pick<SpaceState, 'keychain'>, { log, chain }: Pick<Member, 'log' | 'chain'>): readonly AreaPack[] {
  const packs = new Map<string, AreaPack>();
  for (const record of recordsAmong([...chain.standing, ...chain.forked])) {
    if (record.header.audience !== vaultOf(log)) continue;
    const read = keychain.read(record);
    if (read.kind !== 'body' || read.body.kind !== 'content') continue;
    for (const pack of read.body.added) packs.set(pack.pack.name, pack);
    for (const name of read.body.removed) packs.delete(name);
  }
  return [...packs.values()];
}

/** All packs of a member's vault, as signed records name them; those that Masters name first, whom nobody can replace. */
export function vaultPacks(state: SpaceState, member: Pick<Member, 'log' | 'chain'>): readonly AreaPack[] {
  const byMasters = packsIn(state, vaultOf(member.log));
  const names = new Set(byMasters.map(({ pack }) => pack.name));
  return [...byMasters, ...ownPacks(state, member).filter(({ pack }) => !names.has(pack.name))];
}

/** The audiences that a member can read besides its vault: what they hold, its hand-ins need not bring again. */
export function audiencesOf({ audiences }: Pick<SpaceState, 'audiences'>, { log, described }: Pick<Member, 'log' | 'described'>): string[] {
  const mayRead = [ALL, ...(described?.role === 'viewer' ? [] : [EDITORS])];
  const sets = [...audiences.values()].filter(({ name, chosen }) => name.startsWith('set-') && chosen.includes(log));
  return [...mayRead, ...sets.map(({ name }) => name)].filter((name) => audiences.has(name));
}
