/** Other strategies for single objects at single members, from what is asked for to what is said. */
import { SnapstageError } from '../base/errors.ts';
import { nameOf, type Exception } from '../space/delivery/exceptions.ts';
import { vaultOf } from '../space/members/audiences.ts';
import type { Member } from '../space/members/membership.ts';
import type { Participant } from '../space/participant/participant.ts';
import { isExceptional } from '../space/strategy.ts';
import type * as api from './deliveryApi.ts';
import type { Open } from './open.ts';
import { memberNamed } from './spaces.ts';
import type { StagedObject } from './stageApi.ts';
import { leavesOf, type Leaf } from './stagedLeaves.ts';
import { membersAmong, type Targets } from './targets.ts';

/** By the logs of members. */
export type ExceptionsAt = ReadonlyMap<string, readonly Exception[]>;

type Asked = Pick<api.DistributeRequest, 'exceptions'>;

/** As `exceptionsAt`, of what is staged; looks at that only where there is any. */
export async function exceptionsOf(
  open: Open,
  participant: Participant,
  objects: readonly StagedObject[],
  targets: Targets,
  request: Asked,
): Promise<ExceptionsAt> {
  if ((request.exceptions ?? []).length === 0) return new Map();
  return exceptionsAt(participant, await leavesOf(open, objects), targets, request);
}

/** @throws SnapstageError `refused` for what is not delivered there, and a strategy that one object can't have; `not-found`, `ambiguous`. */
export function exceptionsAt(
  participant: Participant,
  leaves: readonly Leaf[],
  targets: Targets,
  { exceptions = [] }: Asked,
): ExceptionsAt {
  const members = new Set(membersAmong(targets, participant).map(({ log }) => log));
  const offered = new Set(leaves.map(({ path, object }) => nameOf(path, object.table)));
  const problems: { readonly message: string; readonly of: api.ExceptionRequest }[] = [];
  const found = new Map<string, Map<string, Exception>>();
  for (const one of exceptions) {
    const { target, path, table = null, strategy } = one;
    const member = memberNamed(participant, target);
    const problem = problemAt(participant, member, members) ?? problemOf(one, offered);
    if (problem !== undefined) problems.push({ message: problem, of: one });
    else found.set(member.log, (found.get(member.log) ?? new Map<string, Exception>()).set(nameOf(path, table), { path, table, strategy }));
  }
  if (problems.length === 0) return new Map([...found].map(([log, some]) => [log, [...some.values()]]));
  throw new SnapstageError('refused', problems[0]!.message, { reason: 'no-exception', exceptions: problems.map(({ of }) => of) });
}

/** What is wrong with an exception at a member, in words. */
function problemAt({ state }: Participant, member: Member, members: ReadonlySet<string>): string | undefined {
  const name = member.described?.name ?? member.log.slice(0, 8);
  if (!members.has(member.log)) return `Nothing of this goes to ${name}, so there is no strategy for it.`;
  if (member.described?.role === 'viewer')
    return `${name} is a viewer, who has no files that could be in conflict: there is no strategy for it.`;
  const vault = state.audiences.get(vaultOf(member.log));
  if (vault?.secret !== undefined && vault.isCurrent) return undefined;
  return `${name} has not heard of all Masters yet: until it has, nothing can be said to it alone.`;
}

function problemOf({ path, table, strategy }: api.ExceptionRequest, offered: ReadonlySet<string>): string | undefined {
  // Whoever asks may not be of this program.
  if (!isExceptional(strategy)) return `“${path}” can’t have the strategy ${String(strategy)} at one member alone.`;
  if (offered.has(nameOf(path, table))) return undefined;
  return table === undefined
    ? `“${path}” is no file on the Stage, and in no folder there.`
    : `The table ${table} of “${path}” is not on the Stage.`;
}
