/**
 * What a record says: JSON with the kind first, in the order of its schema. Kinds that this version does not know are kept as they are.
 */
import * as z from 'zod';
import { SnapstageError } from '../../base/errors.ts';
import { assign, beacon, extend, feedback, handIn, judge, receipt } from './assignment.ts';
import { acknowledge, content, distribute, exception, published, recall, undo } from './delivery.ts';
import { isWrittenAs, parseJson } from './envelope.ts';
import * as membership from './membership.ts';

/** Who may say it; a Master may also say what members say of themselves. */
type Author = 'root' | 'master' | 'member';
/** `set-…`, `vault-…` and `box-…` without what comes after the dash. */
type AudienceClass = 'clear' | 'all' | 'editors' | 'masters' | 'set' | 'vault' | 'box';

interface Rule {
  readonly by: readonly Author[];
  readonly for: readonly AudienceClass[];
}

const delivered: Rule = { by: ['master'], for: ['all', 'editors', 'set'] };
const membersOwn: Rule = { by: ['member'], for: ['vault'] };
const toOneMember: Rule = { by: ['master'], for: ['vault'] };

const RULES: Readonly<Record<Body['kind'], Rule>> = {
  genesis: { by: ['root'], for: ['clear'] },
  certify: { by: ['root', 'master'], for: ['clear'] },
  revoke: { by: ['root', 'master'], for: ['clear'] },
  keys: { by: ['master', 'member'], for: ['clear'] },
  describe: { by: ['master'], for: ['all'] },
  move: { by: ['master'], for: ['all'] },
  invite: { by: ['master'], for: ['masters'] },
  welcome: { by: ['master'], for: ['box'] },
  withdraw: { by: ['master'], for: ['clear'] },
  admit: { by: ['master'], for: ['clear'] },
  member: { by: ['master'], for: ['vault'] },
  remove: { by: ['master'], for: ['clear'] },
  seen: { by: ['master'], for: ['clear'] },
  checkpoint: { by: ['master'], for: ['clear'] },
  distribute: delivered,
  exception: toOneMember,
  recall: delivered,
  undo: delivered,
  join: { by: ['member'], for: ['clear'] },
  leave: { by: ['member'], for: ['clear'] },
  assign: delivered,
  extend: toOneMember,
  receipt: toOneMember,
  judge: toOneMember,
  feedback: { by: ['master'], for: ['masters', 'vault'] },
  beacon: { by: ['master'], for: ['clear'] },
  content: { by: ['master', 'member'], for: ['all', 'editors', 'masters', 'set', 'vault'] },
  published: membersOwn,
  acknowledge: membersOwn,
  'hand-in': membersOwn,
};

const bodyShape = z.discriminatedUnion('kind', [
  membership.genesis,
  membership.certify,
  membership.revoke,
  membership.keys,
  membership.describeSpace,
  membership.move,
  membership.invite,
  membership.welcome,
  membership.withdraw,
  membership.admit,
  membership.member,
  membership.remove,
  membership.seenHeads,
  membership.checkpoint,
  membership.join,
  membership.leave,
  content,
  distribute,
  exception,
  recall,
  undo,
  published,
  acknowledge,
  assign,
  extend,
  handIn,
  receipt,
  judge,
  feedback,
  beacon,
]);

const kindShape = z.looseObject({ kind: z.string().min(1).max(64) });

export type Body = z.infer<typeof bodyShape>;
export type BodyOf<Kind extends Body['kind']> = Extract<Body, { readonly kind: Kind }>;

/** A body of a kind that this version does not know. */
export interface UnknownBody {
  readonly unknown: string;
}

/** The bytes of a body before it is sealed. @throws SnapstageError `bug` for what no reader would take. */
export function encodeBody(body: Body): Buffer {
  const checked = bodyShape.safeParse(body);
  if (!checked.success) throw new SnapstageError('bug', `A record of the kind ${body.kind} is not as its schema says.`, {}, checked.error);
  return Buffer.from(JSON.stringify(checked.data));
}

/** The body with these bytes. @throws SnapstageError `damaged` when they are not what a writer of its kind writes. */
export function decodeBody(json: Uint8Array): Body | UnknownBody {
  const found = parseJson(json);
  const kind = kindShape.safeParse(found).data?.kind;
  if (kind === undefined) throw damagedBody('it says no kind');
  if (!Object.hasOwn(RULES, kind)) {
    if (!isWrittenAs(found, json)) throw damagedBody('it is not written as bodies are');
    return { unknown: kind };
  }
  const body = bodyShape.safeParse(found).data;
  if (body === undefined) throw damagedBody(`it makes no sense as “${kind}”`);
  if (!isWrittenAs(body, json)) throw damagedBody('it is not written as bodies are');
  return body;
}

/** True when this author may say this to this audience. */
export function isAllowed(kind: Body['kind'], author: Author, audience: string): boolean {
  const rule = RULES[kind];
  return rule.by.includes(author) && rule.for.includes(audience.replace(/-.*$/, '') as AudienceClass);
}

function damagedBody(why: string): SnapstageError {
  return new SnapstageError('damaged', `What a record says can’t be read: ${why}.`, { flaw: 'bad-body' });
}
