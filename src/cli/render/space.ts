/** Spaces and their members in words. */
import type { HubCompaction, InviteInfo, MemberInfo, RightsInfo, SpaceInfo } from '../../engine/spaceApi.ts';
import type { Formats } from './format.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

export function spaceTitle({ id, name }: Pick<SpaceInfo, 'id' | 'name'>): string {
  return name === null ? `the Space ${shortId(id)}` : `“${escapeText(name)}”`;
}

export function memberTitle({ id, name, role }: Pick<MemberInfo, 'id' | 'name' | 'role'>): string {
  if (name === null && role === 'master') return 'Master';
  return name === null ? shortId(id) : escapeText(name);
}

const OBSTACLES: Readonly<Record<string, string>> = {
  'unknown-invite': 'its invite is not known',
  'revoked-invite': 'its invite is by somebody who was no Master any more',
  'bad-proof': 'it does not have the invite that it names',
  withdrawn: 'its invite was withdrawn',
  expired: 'its invite had expired',
  used: 'its invite had been used',
  contested: 'several came by the same invite',
  removed: 'it was removed before',
};

function stateText({ state, obstacle, isMe }: MemberInfo): string {
  const what = state === 'waiting' && obstacle !== null ? `waiting: ${OBSTACLES[obstacle] ?? obstacle}` : state;
  return isMe ? `${what}, this instance` : what;
}

export function memberColumns(formats: Formats): readonly Column<MemberInfo>[] {
  return [
    { title: 'Member', cell: memberTitle, style: () => 'bold' },
    { title: 'Role', cell: ({ role }) => role },
    { title: 'Groups', cell: ({ groups }) => escapeText(groups.join(', ')) },
    { title: 'State', cell: stateText, style: ({ state }) => (state === 'member' ? 'dim' : 'yellow') },
    { title: 'Last heard from', cell: ({ lastSeen }) => heardText(lastSeen, formats) },
    { title: 'Id', cell: ({ id }) => shortId(id), style: () => 'dim' },
  ];
}

/** By the member's own clock, or what a Master's clock proves where that is later. Nothing where it is not for the one who looks. */
function heardText(lastSeen: MemberInfo['lastSeen'], formats: Formats): string {
  if (lastSeen === undefined) return '';
  const { said, after } = lastSeen;
  if (after !== null && (said === null || after > said)) return `after ${formats.time(after)}`;
  return said === null ? 'not yet' : formats.time(said);
}

export function inviteColumns(formats: Formats): readonly Column<InviteInfo>[] {
  return [
    { title: 'Invited', cell: ({ name }) => escapeText(name), style: () => 'bold' },
    { title: 'Role', cell: ({ role }) => role },
    { title: 'Until', cell: ({ expires }) => formats.time(expires) },
    { title: 'Id', cell: ({ id }) => shortId(id), style: () => 'dim' },
  ];
}

function waitingText({ obstacle }: MemberInfo): string {
  return obstacle === null
    ? 'This instance has asked for a place. It is let in when the Master’s Snapstage next looks.'
    : `This instance has asked for a place, and is not let in: ${OBSTACLES[obstacle] ?? obstacle}. Ask a Master for a new invite; then leave the Space here, and join it with that one.`;
}

/** What somebody reads and writes in a hub; who writes something reads it too. */
export function rightsLines({ reads, writes }: RightsInfo): string[] {
  return [...reads.map((name) => `  reads   ${name}`), ...writes.map((name) => `  writes  ${name}`)];
}

function movedText(place: string, isMaster: boolean): string {
  const begun = isMaster ? ' `snapstage space move` with that place goes on with a move that has not ended.' : '';
  return `The Space has gone to the hub ${escapeText(place)}: \`snapstage space follow\` goes there.${begun}`;
}

/** What there is to say of the Space, and of this instance in it. */
export function spaceLines(space: SpaceInfo, formats: Formats): string[] {
  const { me, members, invites, findings, stopped, published } = space;
  const others = members.filter(({ isMe, state }) => !isMe && state === 'member').length;
  const waiting = members.filter(({ isMe, state }) => !isMe && state === 'waiting');
  const open = invites.filter(({ state }) => state === 'open').length;
  const isMaster = me.role === 'master';
  return [
    `${spaceTitle(space)}, hub ${escapeText(space.hub)}`,
    me.state === 'waiting' ? waitingText(me) : `This instance: ${me.role}${me.name === null ? '' : `, called ${escapeText(me.name)}`}`,
    ...(me.state === 'left' || me.state === 'removed'
      ? [`Its membership has ended: it ${me.state === 'left' ? 'left' : 'was removed'}.`]
      : []),
    ...(isMaster ? [`${others} ${others === 1 ? 'member' : 'members'}, ${open} open ${open === 1 ? 'invite' : 'invites'}`] : []),
    ...(space.movedTo === null ? [] : [movedText(space.movedTo, isMaster)]),
    ...(published === undefined
      ? []
      : [`Published for previews what it has: ${formats.count(published.entries, 'object')}, ${formats.size(published.bytes)} sent.`]),
    ...waiting.map(
      (one) =>
        `${memberTitle(one)} waits: ${one.obstacle === null ? 'it is let in with the next look' : (OBSTACLES[one.obstacle] ?? one.obstacle)}.`,
    ),
    ...stopped.map(
      (kind) =>
        `Nothing is done in this Space until Snapstage is updated: it says “${escapeText(kind)}”, which this version does not know.`,
    ),
    ...findings.map((one) => `! ${escapeText(one)}`),
  ];
}

/** What a compaction of the hub would do. */
export function compactionLines(plan: HubCompaction, formats: Formats): string[] {
  const { retired, rewritten, removed } = plan;
  const amount = ({ bytes }: { readonly bytes: number }): string => formats.size(bytes);
  const lines = [
    ...(retired.packs > 0 ? [`${amount(retired)} are needed by nobody any more: they go after the time of grace.`] : []),
    ...(rewritten.packs > 0 ? [`Of ${amount(rewritten)} little is needed: that is sealed anew, and they go after the time of grace.`] : []),
    ...(removed.files > 0
      ? [`${formats.count(removed.files, 'file')}, ${amount(removed)}, are removed: their time of grace is over.`]
      : []),
  ];
  return [...(lines.length > 0 ? lines : ['Nothing in the hub is to go.']), ...leftLines(plan, formats)];
}

export function compactedLines(done: HubCompaction, formats: Formats): string[] {
  const { retired, rewritten, removed } = done;
  const bytes = retired.bytes + rewritten.bytes;
  const lines = [
    ...(bytes > 0 ? [`${formats.size(bytes)} are given up.`] : []),
    ...(removed.files > 0
      ? [`Removed ${formats.count(removed.files, 'file')} from the hub: ${formats.size(removed.bytes)} came back.`]
      : []),
  ];
  return [...(lines.length > 0 ? lines : ['Nothing in the hub was to go.']), ...leftLines(done, formats)];
}

function leftLines({ broughtBack, waiting, heldBy }: HubCompaction, formats: Formats): string[] {
  const until = waiting.until === null ? '' : `; the first go with a compaction after ${formats.time(waiting.until)}`;
  return [
    ...(broughtBack.packs > 0 ? [`${formats.size(broughtBack.bytes)} turned out to be needed: they stay.`] : []),
    ...(waiting.files > 0
      ? [`In their time of grace: ${formats.count(waiting.files, 'file')}, ${formats.size(waiting.bytes)}${until}.`]
      : []),
    ...heldBy.map(
      ({ who, why }) => `Kept, because nobody can tell what ${escapeText(who ?? 'a distribution')} needs of it: ${escapeText(why)}`,
    ),
  ];
}
