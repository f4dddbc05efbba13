/** Records of a trail as plain facts: faces put them into words. */
import { itemsIn } from '../space/delivery/distributions.ts';
import { pathsIn } from '../space/delivery/takings.ts';
import type { TrailEntry } from '../space/audit/trail.ts';
import type { SpaceState } from '../space/members/state.ts';
import type { Body } from '../space/records/bodies.ts';
import type { SignedRecord } from '../space/records/envelope.ts';
import { identityId } from '../space/records/identity.ts';
import type * as api from './auditApi.ts';

/** Paths of one record that are told; the number of all is told beside. */
const MAX_PATHS = 256;

export function auditEntry(state: SpaceState, { record, said, refusal, before }: TrailEntry): api.AuditEntry {
  const { hash, header } = record;
  const body = said.kind === 'body' ? said.body : undefined;
  const about = body && aboutWhom(body);
  return {
    id: hash,
    by: party(state, header.log),
    sequence: header.sequence,
    depth: header.depth,
    audience: header.audience,
    kind: body?.kind ?? (said.kind === 'unknown' ? said.name : null),
    opened: said.kind === 'body' ? 'yes' : said.kind,
    about: about === undefined ? null : party(state, about),
    facts: body === undefined ? {} : factsOf(state, record, body),
    at: body !== undefined && 'made' in body ? new Date(body.made).toISOString() : null,
    after: [...(header.previous === null ? [] : [header.previous]), ...header.seen.map((cited) => cited.hash)],
    before: before ?? null,
    state: refusal ?? 'counts',
  };
}

/** Whoever has this log, or this invite, as far as is known. */
export function party({ space, masters, members, invites }: SpaceState, id: string): api.AuditParty {
  if (id === space) return { id, name: null, role: 'root' };
  const member = members.get(id);
  const name = member?.described?.name ?? invites.get(id)?.name ?? null;
  if (masters.has(id)) return { id, name, role: 'master' };
  const isIn = member !== undefined && member.state !== 'waiting';
  return { id, name, role: isIn ? (member.described?.role ?? 'editor') : null };
}

function aboutWhom(body: Body): string | undefined {
  switch (body.kind) {
    case 'certify':
    case 'invite':
      return identityId(body.keys);
    case 'withdraw':
      return body.invite;
    case 'revoke':
    case 'admit':
    case 'member':
    case 'remove':
      return body.log;
    default:
      return undefined;
  }
}

function factsOf({ lists }: SpaceState, record: SignedRecord, body: Body): api.AuditFacts {
  switch (body.kind) {
    case 'describe':
      return { name: body.name };
    case 'keys':
      return { audience: body.audience };
    case 'invite':
    case 'welcome':
      return { name: body.name, role: body.role, expires: new Date(body.expires).toISOString() };
    case 'member':
      return { name: body.name, role: body.role, groups: body.groups };
    case 'seen':
      return { logs: body.heads.length };
    case 'join':
      return { via: body.via };
    case 'content':
      return { added: body.added.length, removed: body.removed.length };
    case 'distribute': {
      const { items } = itemsIn({ lists }, { record, body });
      return { paths: items.slice(0, MAX_PATHS).map(({ path }) => path), strategy: body.strategy, message: body.message };
    }
    case 'recall': {
      const { distributions, message } = body;
      const { paths } = pathsIn(lists, { record, body });
      return { distributions, message, paths: paths.filter((path) => path !== '').slice(0, MAX_PATHS) };
    }
    case 'undo':
      return { distribution: body.distribution };
    case 'published':
      return { entries: Number(body.entries) };
    case 'acknowledge':
      return { distribution: body.of, ...body.counts };
    default:
      return {};
  }
}
