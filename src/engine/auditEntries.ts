/** Records of a trail as plain facts: faces put them into words. */
import { itemsIn } from '../space/delivery/distributions.ts';
import { exceptionsIn } from '../space/delivery/exceptions.ts';
import { pathsIn } from '../space/delivery/takings.ts';
import type { TrailEntry } from '../space/audit/trail.ts';
import type { SpaceState } from '../space/members/state.ts';
import type { Body } from '../space/records/bodies.ts';
import type { SignedRecord } from '../space/records/envelope.ts';
import { identityId } from '../space/records/identity.ts';
import type * as api from './auditApi.ts';

/** Paths of one record that are told; the number of all is told beside. */
const MAX_PATHS = 256;

/** A trail as entries. */
export function* auditEntries(state: SpaceState, trail: readonly TrailEntry[]): Generator<api.AuditEntry> {
  const assignmentOf = assignmentsAmong(trail);
  for (const one of trail) yield { ...auditEntry(state, one), assignment: assignmentOf(one) ?? null };
}

/** The assignment that a record is about: what is said of it, of hand-ins to it, and the distribution that it is on. */
function assignmentsAmong(trail: readonly TrailEntry[]): (entry: TrailEntry) => string | undefined {
  const byRecord = new Map<string, string>();
  for (const { record, said } of trail) {
    if (said.kind !== 'body') continue;
    const { body } = said;
    if (body.kind === 'hand-in' || body.kind === 'extend') byRecord.set(record.hash, body.assignment);
    if (body.kind !== 'assign') continue;
    byRecord.set(record.hash, body.of ?? record.hash);
    if (body.of === null && body.distribution !== null) byRecord.set(body.distribution, record.hash);
  }
  return ({ record, said }) => {
    const isReply = said.kind === 'body' && (said.body.kind === 'receipt' || said.body.kind === 'judge' || said.body.kind === 'feedback');
    return byRecord.get(isReply ? said.body.of : record.hash);
  };
}

function auditEntry(state: SpaceState, { record, said, refusal, before }: TrailEntry): Omit<api.AuditEntry, 'assignment'> {
  const { hash, header } = record;
  const body = said.kind === 'body' ? said.body : undefined;
  const about = body && aboutWhom(body, header.audience);
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
    at: timeOf(body),
    after: [...(header.previous === null ? [] : [header.previous]), ...header.seen.map((cited) => cited.hash)],
    before: before ?? null,
    state: refusal ?? 'counts',
  };
}

function timeOf(body: Body | undefined): string | null {
  const time = body?.kind === 'receipt' ? body.received : body !== undefined && 'made' in body ? body.made : undefined;
  return time === undefined ? null : iso(time);
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

function aboutWhom(body: Body, audience: string): string | undefined {
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
    case 'exception':
      return audience.replace(/^vault-/, '');
    default:
      return undefined;
  }
}

function factsOf({ lists }: SpaceState, record: SignedRecord, body: Body): api.AuditFacts {
  switch (body.kind) {
    case 'describe':
      return { name: body.name };
    case 'move':
      return { place: body.place, isDone: String(body.isDone) };
    case 'keys':
      return { audience: body.audience };
    case 'invite':
    case 'welcome':
      return { name: body.name, role: body.role, expires: iso(body.expires) };
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
    case 'exception': {
      const { exceptions } = exceptionsIn({ lists }, { record, body });
      const byStrategy = Map.groupBy(exceptions.slice(0, MAX_PATHS), ({ strategy }) => strategy);
      const named = (some: typeof exceptions): string[] => some.map(({ path, table }) => (table === null ? path : `${path}: ${table}`));
      return Object.fromEntries([...byStrategy].map(([strategy, some]) => [strategy, named(some)]));
    }
    case 'recall': {
      const { distributions, message } = body;
      const { paths } = pathsIn(lists, { record, body });
      return { distributions, message, paths: paths.filter((path) => path !== '').slice(0, MAX_PATHS) };
    }
    case 'undo':
      return { distribution: body.distribution };
    case 'assign':
      return { title: body.title, deadline: iso(body.deadline), isFirst: String(body.of === null), isClosed: String(body.isClosed) };
    case 'extend':
      return { deadline: body.deadline === null ? '' : iso(body.deadline), message: body.reason };
    case 'hand-in':
      return { files: body.files, bytes: Number(body.bytes), taken: iso(body.taken), message: body.note };
    case 'receipt':
      return { handIn: body.of };
    case 'judge':
      return { handIn: body.of, verdict: body.verdict, message: body.reason };
    case 'feedback':
      return { handIn: body.of, visibility: body.visibility, grade: body.grade ?? '' };
    case 'published':
      return { entries: Number(body.entries) };
    case 'acknowledge':
      return { distribution: body.of, ...body.counts };
    default:
      return {};
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
