/** How members and invites look in the Space view. */
import { env, l10n, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import { warningIcon } from '../snapshots/notes.ts';
import type { Row } from '../snapshots/row.ts';
import { lastSeenInWords, standingInWords, summaryInWords } from './distributionWords.ts';
import type { InviteNode, MemberNode } from './spaceNodes.ts';
import type { Belonging } from './spaces.ts';
import { memberName, memberStateInWords, obstacleInWords, roleWord } from './spaceWords.ts';
import { summaryOf, type Standing } from './standings.ts';

const { None, Expanded } = TreeItemCollapsibleState;
const number = (count: number): string => formatNumber(count, env.language);
const time = (iso: string): string => formatTime(iso, new Date(), env.language);

export function membersRow(belonging: Belonging | undefined): Row {
  const members = belonging?.space.members ?? [];
  const waiting = members.filter(({ state }) => state === 'waiting').length;
  const facts = [
    number(members.filter(({ state }) => state === 'member').length),
    ...(belonging ? summaryInWords(summaryOf(belonging.standings.values()), Date.now()) : []),
    ...(waiting > 0 ? [l10n.t('{0} waiting', number(waiting))] : []),
  ];
  return {
    label: l10n.t('Members'),
    description: facts.join(' · '),
    spoken: facts.join(', '),
    icon: new ThemeIcon('organization'),
    state: Expanded,
    context: 'members',
  };
}

export function memberRow({ member }: MemberNode, belonging: Belonging | undefined): Row {
  const { id, name, role, groups, state, obstacle, isMe } = member;
  const said = memberStateInWords(member);
  const standing = belonging?.standings.get(id);
  const stands = standing && standingInWords(standing);
  const facts = [
    ...(name === null && role === 'master' ? [] : [roleWord(role)]),
    ...groups.map(displayText),
    ...(said === undefined ? [] : [said]),
    ...(stands === undefined ? [] : [stands]),
    ...(isMe ? [l10n.t('this instance')] : []),
  ];
  const isHeld = state === 'waiting' && obstacle !== null;
  return {
    label: memberName(member),
    description: facts.join(' · '),
    spoken: facts.join(', '),
    tooltip: [
      [memberName(member), ...facts].join(' · '),
      ...(state === 'waiting' ? [l10n.t('It has asked for a place: {0}.', obstacleInWords(obstacle))] : []),
      ...lastSeenInWords(member),
      l10n.t('Id: {0}', id),
    ].join('\n\n'),
    icon: isHeld || (standing?.conflicts ?? 0) > 0 ? warningIcon : new ThemeIcon(memberIcon(member, standing)),
    state: None,
    context: ['member', role, state, ...(isMe ? ['me'] : [])].join(' '),
  };
}

function memberIcon({ role, state }: MemberNode['member'], standing: Standing | undefined): string {
  if (standing?.offline !== undefined) return 'debug-disconnect';
  if (state === 'left' || state === 'removed') return 'circle-slash';
  if (state === 'waiting') return 'watch';
  return role === 'master' ? 'star-full' : role === 'viewer' ? 'eye' : 'account';
}

export function inviteRow({ invite }: InviteNode): Row {
  const facts = [roleWord(invite.role), ...invite.groups.map(displayText), l10n.t('until {0}', time(invite.expires))];
  return {
    label: displayText(invite.name),
    description: facts.join(' · '),
    spoken: [l10n.t('invited'), ...facts].join(', '),
    tooltip: [
      l10n.t('Nobody has used it yet.'),
      l10n.t('Open until {0}.', formatMoment(invite.expires, env.language)),
      l10n.t('Id: {0}', invite.id),
    ].join('\n\n'),
    icon: new ThemeIcon('mail'),
    state: None,
    context: 'invite',
  };
}
