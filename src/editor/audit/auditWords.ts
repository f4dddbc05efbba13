/** What is said of the audit trail: the same as the command line says. */
import { env, l10n } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import type { AuditEntry, AuditFinding, AuditParty, AuditRefusal, AuditReport, AuditTrail } from '../../engine/auditApi.ts';
import type { DeliveryOutcome } from '../../engine/deliveryApi.ts';
import type { Role } from '../../engine/spaceApi.ts';
import { countInWords } from '../conflicts/conflictWords.ts';
import { displayText, formatMoment } from '../formats.ts';
import { roleWord, spaceName } from '../space/spaceWords.ts';
import { strategyName } from '../stage/stageWords.ts';
import type { Strategy } from '../../engine/stageApi.ts';
import type { Moment } from './timeline.ts';

const locale = env.language;
const number = (count: number): string => formatNumber(count, locale);

export function partyTitle({ id, name, role }: AuditParty): string {
  if (role === 'root') return l10n.t('recovery code');
  if (name !== null) return displayText(name);
  return role === 'master' ? roleWord('master') : id.slice(0, 8);
}

/** Who can open it. */
export function audienceInWords(audience: string): string {
  switch (audience.replace(/-.*$/, '')) {
    case 'clear':
      return l10n.t('everybody');
    case 'all':
      return l10n.t('all members');
    case 'editors':
      return l10n.t('editors');
    case 'masters':
      return l10n.t('Masters');
    case 'set':
      return l10n.t('chosen members');
    case 'vault':
      return l10n.t('one member and the Masters');
    case 'box':
      return l10n.t('one who is invited');
    default:
      return displayText(audience);
  }
}

function refusalInWords(state: AuditRefusal): string {
  switch (state) {
    case 'missing':
      return l10n.t('waits: what it follows is not here');
    case 'wrong':
      return l10n.t('not counted: it cites what is not so');
    case 'forked':
      return l10n.t('not counted: one side of a fork');
    case 'late':
      return l10n.t('not counted: after the end of its author’s time');
    case 'not-allowed':
      return l10n.t('not counted: its author may not say this');
    case 'unreadable':
      return l10n.t('not counted: it makes no sense');
    case 'outranked':
      return l10n.t('not counted: against somebody of no lower rank');
    case 'overruled':
      return l10n.t('not counted: withdrawn, or taken by another');
  }
}

/** Why a record is to be doubted; `''` for nothing. */
export function cautionInWords({ entry, after, isContradicted }: Moment): string {
  if (entry.state !== 'counts') return refusalInWords(entry.state);
  if (!isContradicted || !after) return '';
  return l10n.t('a clock is wrong: it was written after {0}, which says a later time', recordTitle(after));
}

/** Of a filter: what was done, in general. */
export function kindWord(kind: string | null): string {
  switch (kind) {
    case null:
      return l10n.t('Sealed');
    case 'genesis':
      return l10n.t('Space made');
    case 'certify':
    case 'revoke':
      return l10n.t('Masters');
    case 'keys':
      return l10n.t('Keys');
    case 'describe':
      return l10n.t('Names of the Space');
    case 'move':
      return l10n.t('Moves to another hub');
    case 'invite':
    case 'welcome':
    case 'withdraw':
      return l10n.t('Invites');
    case 'admit':
    case 'member':
    case 'remove':
    case 'join':
    case 'leave':
      return l10n.t('Members');
    case 'seen':
      return l10n.t('Seen');
    case 'checkpoint':
      return l10n.t('Checkpoints');
    case 'content':
      return l10n.t('Content');
    case 'distribute':
    case 'exception':
      return l10n.t('Distributions');
    case 'recall':
    case 'undo':
      return l10n.t('Taken back');
    case 'published':
      return l10n.t('Published');
    case 'acknowledge':
      return l10n.t('Received');
    case 'assign':
    case 'extend':
      return l10n.t('Assignments');
    case 'hand-in':
    case 'receipt':
    case 'judge':
      return l10n.t('Hand-ins');
    case 'feedback':
      return l10n.t('Feedback');
    case 'beacon':
      return l10n.t('Time');
    default:
      return displayText(kind);
  }
}

/** What was done, as a sentence without its subject. */
export function actionInWords(entry: AuditEntry): string {
  const { opened, facts, kind, audience } = entry;
  if (opened === 'sealed') return l10n.t('something sealed for {0}', audienceInWords(audience));
  if (opened === 'unknown') return l10n.t('something that this version does not know: {0}', displayText(kind ?? ''));
  if (opened === 'bad') return l10n.t('something that makes no sense');
  const whom = entry.about === null ? '' : partyTitle(entry.about);
  const fact = (name: string): string => factText(facts[name]);
  const message = fact('message') === '' ? [] : [l10n.t('“{0}”', fact('message'))];
  const said = (what: string): string => [what, ...message].join(': ');
  switch (kind) {
    case 'genesis':
      return l10n.t('made the Space');
    case 'certify':
      return l10n.t('made {0} a Master', whom);
    case 'revoke':
      return l10n.t('ended the office of {0}', whom);
    case 'keys':
      return l10n.t('made a new key for {0}', audienceInWords(fact('audience')));
    case 'describe':
      return l10n.t('called the Space “{0}”', fact('name'));
    case 'move':
      return fact('isDone') === 'true'
        ? l10n.t('moved the Space to {0}', fact('place'))
        : l10n.t('is moving the Space to {0}', fact('place'));
    case 'invite':
      return l10n.t('invited {0} as {1}', fact('name'), roleInWords(fact('role')));
    case 'welcome':
      return l10n.t('sealed the invite of {0}', fact('name'));
    case 'withdraw':
      return l10n.t('withdrew the invite of {0}', whom);
    case 'admit':
      return l10n.t('let {0} in', whom);
    case 'member':
      if (fact('groups') === '') return l10n.t('made {0} {1}', fact('name'), roleInWords(fact('role')));
      return l10n.t('made {0} {1} in {2}', fact('name'), roleInWords(fact('role')), fact('groups'));
    case 'remove':
      return l10n.t('removed {0}', whom);
    case 'seen':
      return facts['logs'] === 1 ? l10n.t('signed to have seen 1 log') : l10n.t('signed to have seen {0} logs', fact('logs'));
    case 'checkpoint':
      return l10n.t('made a checkpoint, where newcomers start');
    case 'join':
      return l10n.t('asked for a place');
    case 'leave':
      return l10n.t('left the Space');
    case 'content':
      return facts['added'] === 0 && facts['removed'] !== 0
        ? l10n.t('gave up content for {0} in the hub', audienceInWords(audience))
        : l10n.t('put content for {0} into the hub', audienceInWords(audience));
    case 'distribute': {
      const what = fact('paths') === '' ? l10n.t('a whole snapshot') : fact('paths');
      return said(l10n.t('distributed {0} to {1} ({2})', what, audienceInWords(audience), strategyInWords(fact('strategy'))));
    }
    case 'exception': {
      const each = Object.keys(facts).map((strategy) => l10n.t('{0} for {1}', strategyInWords(strategy), fact(strategy)));
      return l10n.t('made exceptions for {0}: {1}', whom, each.join('; '));
    }
    case 'recall':
      return said(l10n.t('recalled {0} of {1}', fact('paths') === '' ? l10n.t('all') : fact('paths'), fact('distributions').slice(0, 8)));
    case 'undo':
      return l10n.t('undid the distribution {0}', fact('distribution').slice(0, 8));
    case 'published':
      return l10n.t('published its state for previews ({0} objects)', fact('entries'));
    case 'acknowledge':
      return [l10n.t('applied the distribution {0}', fact('distribution').slice(0, 8)), ...outcomesInWords(facts)].join(': ');
    case 'assign': {
      const [title, deadline] = [fact('title'), moment(facts['deadline'])];
      if (facts['isFirst'] === 'true') return l10n.t('gave the assignment “{0}”, until {1}', title, deadline);
      if (facts['isClosed'] === 'true') return l10n.t('closed the assignment “{0}”', title);
      return l10n.t('changed the assignment “{0}”, until {1}', title, deadline);
    }
    case 'extend':
      return said(
        facts['deadline'] === '' ? l10n.t('took an extension back') : l10n.t('gave an extension until {0}', moment(facts['deadline'])),
      );
    case 'hand-in':
      return said(facts['files'] === 1 ? l10n.t('handed in 1 file') : l10n.t('handed in {0} files', fact('files')));
    case 'receipt':
      return l10n.t('countersigned the hand-in {0}', fact('handIn').slice(0, 8));
    case 'judge': {
      const handIn = fact('handIn').slice(0, 8);
      return said(
        facts['verdict'] === 'late' ? l10n.t('took the hand-in {0} for late', handIn) : l10n.t('took the hand-in {0} for timely', handIn),
      );
    }
    case 'feedback':
      return feedbackInWords(fact('visibility'), fact('handIn').slice(0, 8));
    case 'beacon':
      return l10n.t('said what time it is');
    default:
      return displayText(kind ?? '');
  }
}

function feedbackInWords(visibility: string, handIn: string): string {
  if (visibility === 'returned') return l10n.t('returned feedback for the hand-in {0}', handIn);
  if (visibility === 'hidden') return l10n.t('returned feedback for the hand-in {0}, to be seen later', handIn);
  return l10n.t('noted feedback for the hand-in {0}', handIn);
}

function moment(iso: AuditEntry['facts'][string] | undefined): string {
  return typeof iso === 'string' ? formatMoment(iso, locale) : '';
}

function factText(value: AuditEntry['facts'][string] | undefined): string {
  if (typeof value === 'number') return number(value);
  return displayText(typeof value === 'object' ? value.join(', ') : (value ?? ''));
}

const roles: Readonly<Record<string, Role>> = { master: 'master', editor: 'editor', viewer: 'viewer' };

function roleInWords(role: string): string {
  const known = roles[role];
  return known ? roleWord(known) : role;
}

const strategies: Readonly<Record<string, Strategy>> = {
  overwrite: 'overwrite',
  skip: 'skip',
  rename: 'rename',
  mirror: 'mirror',
  ask: 'ask',
};

function strategyInWords(strategy: string): string {
  const known = strategies[strategy];
  return known ? strategyName(known) : strategy;
}

const outcomes: readonly DeliveryOutcome[] = ['created', 'updated', 'replaced', 'merged', 'saved-beside', 'kept', 'deleted', 'waiting'];

function outcomesInWords(facts: AuditEntry['facts']): readonly string[] {
  const told = outcomes.flatMap((outcome) => (typeof facts[outcome] === 'number' ? [countInWords(outcome, facts[outcome])] : []));
  return told.length === 0 ? [] : [told.join(', ')];
}

/** `Ada no. 12`: a record within a sentence. */
export function recordTitle({ by, sequence }: AuditEntry): string {
  return l10n.t('{0} no. {1}', partyTitle(by), number(sequence));
}

/** `after Master no. 4, before Master no. 9`. */
export function provenInWords({ after, before, entry }: Moment): string {
  const earlier = after && recordTitle(after);
  const later = before && recordTitle(before);
  if (earlier !== undefined && later !== undefined) return l10n.t('after {0}, before {1}', earlier, later);
  if (earlier !== undefined) return l10n.t('after {0}', earlier);
  if (later !== undefined) return l10n.t('before {0}', later);
  return entry.after.length === 0 ? l10n.t('the first of its log') : l10n.t('nothing by others yet');
}

/** A record that says when another was written at the earliest or at the latest, with the clock that says so. */
export function boundInWords(entry: AuditEntry): string {
  const { at, by } = entry;
  const when = at === null ? l10n.t('no time is said') : l10n.t('{0} by the clock of {1}', formatMoment(at, locale), partyTitle(by));
  return l10n.t('{0}: {1} ({2})', recordTitle(entry), actionInWords(entry), when);
}

export function recordCount(count: number): string {
  return count === 1 ? l10n.t('1 record') : l10n.t('{0} records', number(count));
}

export function countedInWords(shown: number, all: number): string {
  return shown < all ? l10n.t('{0} of {1} shown', number(shown), recordCount(all)) : recordCount(all);
}

/** Whose records there are. */
export function readsInWords({ reads }: Pick<AuditTrail, 'reads'>): string {
  return reads === 'all'
    ? l10n.t('The logs of everybody, as far as they are known here.')
    : l10n.t('Your own log and those of the Masters; what is sealed for others can’t be opened here. A Master sees all.');
}

export function verdictInWords(report: AuditReport): string {
  const { records, logs, findings } = report;
  const checked = l10n.t(
    'Checked {0} of {1} of {2}',
    recordCount(records),
    logCount(logs),
    spaceName({ id: report.space, name: report.name }),
  );
  const damage = findings.filter(({ isDamage }) => isDamage).length;
  if (damage === 0) return l10n.t('{0}: all well.', checked);
  return damage === 1 ? l10n.t('{0}: 1 part damaged.', checked) : l10n.t('{0}: {1} parts damaged.', checked, number(damage));
}

function logCount(count: number): string {
  return count === 1 ? l10n.t('1 log') : l10n.t('{0} logs', number(count));
}

export function findingWord({ isDamage }: Pick<AuditFinding, 'isDamage'>): string {
  return isDamage ? l10n.t('damaged') : l10n.t('noted');
}
