/** The audit trail in words. */
import type { AuditEntry, AuditFinding, AuditParty, AuditReport } from '../../engine/auditApi.ts';
import type { Formats } from './format.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

function partyTitle({ id, name, role }: AuditParty): string {
  if (role === 'root') return 'recovery code';
  if (name !== null) return escapeText(name);
  return role === 'master' ? 'Master' : shortId(id);
}

const AUDIENCES: Readonly<Record<string, string>> = {
  all: 'all members',
  editors: 'editors',
  masters: 'Masters',
  set: 'chosen members',
  vault: 'one member and the Masters',
  box: 'one who is invited',
};

function audienceText(audience: string): string {
  return AUDIENCES[audience.replace(/-.*$/, '')] ?? audience;
}

const REFUSALS: Readonly<Record<Exclude<AuditEntry['state'], 'counts'>, string>> = {
  missing: 'waits: what it follows is not here',
  wrong: 'not counted: it cites what is not so',
  forked: 'not counted: one side of a fork',
  late: 'not counted: after the end of its author’s time',
  'not-allowed': 'not counted: its author may not say this',
  unreadable: 'not counted: it makes no sense',
  outranked: 'not counted: against somebody of no lower rank',
  overruled: 'not counted: withdrawn, or taken by another',
};

/** What was done, as a sentence without its subject. */
export function actionText(entry: AuditEntry): string {
  if (entry.opened === 'sealed') return `something sealed for ${audienceText(entry.audience)}`;
  if (entry.opened === 'unknown') return `something that this version does not know: ${escapeText(entry.kind ?? '')}`;
  if (entry.opened === 'bad') return 'something that makes no sense';
  const { facts } = entry;
  const whom = entry.about === null ? '' : partyTitle(entry.about);
  const all = (name: string): readonly string[] => [facts[name] ?? ''].flat().map(String);
  const fact = (name: string): string => escapeText(all(name).join(', '));
  const short = (name: string): string => escapeText(all(name).map(shortId).join(', '));
  const message = facts['message'] === undefined || facts['message'] === '' ? '' : `: “${fact('message')}”`;
  switch (entry.kind) {
    case 'genesis':
      return 'made the Space';
    case 'certify':
      return `made ${whom} a Master`;
    case 'revoke':
      return `ended the office of ${whom}`;
    case 'keys':
      return `made a new key for ${audienceText(fact('audience'))}`;
    case 'describe':
      return `called the Space “${fact('name')}”`;
    case 'move':
      return fact('isDone') === 'true' ? `moved the Space to ${fact('place')}` : `is moving the Space to ${fact('place')}`;
    case 'invite':
      return `invited ${fact('name')} as ${fact('role')}`;
    case 'welcome':
      return `sealed the invite of ${fact('name')}`;
    case 'withdraw':
      return `withdrew the invite of ${whom}`;
    case 'admit':
      return `let ${whom} in`;
    case 'member':
      return `made ${fact('name')} ${fact('role')}${fact('groups') === '' ? '' : ` in ${fact('groups')}`}`;
    case 'remove':
      return `removed ${whom}`;
    case 'seen':
      return `signed to have seen ${fact('logs')} ${facts['logs'] === 1 ? 'log' : 'logs'}`;
    case 'checkpoint':
      return 'made a checkpoint, where newcomers start';
    case 'join':
      return 'asked for a place';
    case 'leave':
      return 'left the Space';
    case 'content':
      return fact('added') === '0' && fact('removed') !== '0'
        ? `gave up content for ${audienceText(entry.audience)} in the hub`
        : `put content for ${audienceText(entry.audience)} into the hub`;
    case 'distribute':
      return `distributed ${fact('paths') || 'a whole snapshot'} to ${audienceText(entry.audience)} (${fact('strategy')})${message}`;
    case 'exception':
      return `made exceptions for ${whom}: ${Object.keys(facts)
        .map((strategy) => `${strategy} for ${fact(strategy)}`)
        .join('; ')}`;
    case 'recall':
      return `recalled ${fact('paths') || 'all'} of ${short('distributions')}${message}`;
    case 'undo':
      return `undid the distribution ${short('distribution')}`;
    case 'published':
      return `published its state for previews (${fact('entries')} objects)`;
    case 'acknowledge':
      return `applied ${short('distribution')}${outcomeText(facts)}`;
    case 'assign':
      return `${facts['isFirst'] === 'true' ? 'gave' : facts['isClosed'] === 'true' ? 'closed' : 'changed'} the assignment “${fact('title')}”, until ${fact('deadline')}`;
    case 'extend':
      return `${fact('deadline') === '' ? 'took an extension back' : `gave an extension until ${fact('deadline')}`}${message}`;
    case 'hand-in':
      return `handed in ${fact('files')} ${facts['files'] === 1 ? 'file' : 'files'}${message}`;
    case 'receipt':
      return `countersigned the hand-in ${short('handIn')}`;
    case 'judge':
      return `took the hand-in ${short('handIn')} for ${fact('verdict')}${message}`;
    case 'feedback':
      return `gave feedback for the hand-in ${short('handIn')} (${fact('visibility')})`;
    case 'beacon':
      return 'said what time it is';
    default:
      return escapeText(entry.kind ?? '');
  }
}

function outcomeText({ distribution: _, ...counts }: AuditEntry['facts']): string {
  const parts = Object.entries(counts).map(([outcome, count]) => `${String(count)} ${outcome}`);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

export function auditColumns(entries: readonly AuditEntry[], formats: Formats): readonly Column<AuditEntry>[] {
  const logs = new Map(entries.map(({ id, by }) => [id, by.id]));
  // That a record follows the one before it in its log goes without saying.
  const others = ({ after, by }: AuditEntry): string =>
    after
      .filter((id) => logs.get(id) !== by.id)
      .map(shortId)
      .join(' ');
  return [
    { title: 'Record', cell: ({ id }) => shortId(id), style: () => 'dim' },
    { title: 'Who', cell: ({ by }) => partyTitle(by), style: () => 'bold' },
    { title: 'No.', align: 'right', cell: ({ sequence }) => formats.number(sequence) },
    { title: 'What', cell: actionText },
    { title: 'By its clock', cell: ({ at }) => (at === null ? '' : formats.time(at)) },
    { title: 'After', cell: others, style: () => 'dim' },
    { title: 'State', cell: ({ state }) => (state === 'counts' ? '' : REFUSALS[state]), style: () => 'yellow' },
  ];
}

export function reportLines(report: AuditReport, formats: Formats): string[] {
  const { space, name, records, logs, exported, findings, limits } = report;
  const title = name === null ? `the Space ${shortId(space)}` : `“${escapeText(name)}” (Space ${shortId(space)})`;
  const damage = findings.filter(({ isDamage }) => isDamage).length;
  const verdict = damage === 0 ? 'all well' : formats.count(damage, 'part') + ' damaged';
  return [
    `Checked ${formats.count(records, 'record')} of ${formats.count(logs, 'log')} of ${title}: ${verdict}.`,
    ...(exported === null ? [] : [`Exported by ${partyTitle(exported.by)}, ${formats.time(exported.at)} by its clock.`]),
    ...findings.map(findingLine),
    'What no check can tell:',
    ...limits.map((one) => `  ${escapeText(one)}`),
  ];
}

function findingLine({ isDamage, message }: AuditFinding): string {
  return `${isDamage ? 'damaged' : 'noted'}  ${escapeText(message)}`;
}
