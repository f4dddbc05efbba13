/** What the editor says of distributions that were sent, of what was taken back of them, and of who has answered. */
import { env, l10n } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import type { DistributionInfo } from '../../engine/deliveryApi.ts';
import type { RecallInfo, RecallPlan } from '../../engine/recallApi.ts';
import type { MemberInfo } from '../../engine/spaceApi.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import { namesInWords } from '../words.ts';
import { deliveryCount, deliveryTitle, memberName } from './spaceWords.ts';
import { concernedBy, heardOf, type Standing, type Standings } from './standings.ts';

const DAY_MS = 86_400_000;
const locale = env.language;
const number = (count: number): string => formatNumber(count, locale);

export function audienceInWords({ to, targets }: Pick<DistributionInfo | RecallInfo, 'to' | 'targets'>): string {
  switch (to) {
    case 'all':
      return l10n.t('to all members');
    case 'editors':
      return l10n.t('to all members but viewers');
    case 'chosen':
      return l10n.t('to {0}', namesInWords(targets.map(memberName)));
  }
}

/** `isVoid`: nothing more is expected. */
export function targetStateWord(state: DistributionInfo['targets'][number]['state'], isVoid = false): string {
  switch (state) {
    case 'sent':
      return isVoid ? l10n.t('never received') : l10n.t('not received yet');
    case 'applied':
      return l10n.t('received');
    case 'waiting':
      return l10n.t('conflicts wait there');
    case 'superseded':
      return l10n.t('replaced by a later one');
  }
}

/** `12 of 28 received, conflicts wait with 1`. */
export function progressOfDistribution({ targets, isVoid }: DistributionInfo): string {
  if (isVoid) return l10n.t('taken back');
  const waiting = targets.filter(({ state }) => state === 'waiting').length;
  const replaced = targets.filter(({ state }) => state === 'superseded').length;
  const received = targets.filter(({ state }) => state === 'applied').length + waiting;
  const done = l10n.t('{0} of {1} received', number(received), number(targets.length));
  const open = waiting === 0 ? done : l10n.t('{0}, conflicts wait with {1}', done, number(waiting));
  return replaced === 0 ? open : l10n.t('{0}, replaced by a later one for {1}', open, number(replaced));
}

/** Those of the distributions that these ids are of; the beginning of an id where it is of another Master's. */
export function distributionTitles(ids: readonly string[], distributions: readonly DistributionInfo[]): string {
  const byId = new Map(distributions.map((one) => [one.id, deliveryTitle(one)]));
  return namesInWords(ids.map((id) => byId.get(id) ?? id.slice(0, 8)));
}

export function recallTitle({ kind, paths, distributions }: RecallInfo, all: readonly DistributionInfo[]): string {
  const titles = paths.length > 0 ? namesInWords(paths) : distributionTitles(distributions, all);
  return kind === 'undo' ? l10n.t('Undo of {0}', titles) : l10n.t('Recall of {0}', titles);
}

/** `12 of 28 done, kept with 3`. */
export function progressOfRecall(recall: RecallInfo, all: readonly DistributionInfo[]): string {
  const targets = concernedBy(recall, all);
  const done = targets.filter(({ state }) => state === 'applied').length;
  const kept = targets.filter((target) => target.kept.length > 0).length;
  const counted = l10n.t('{0} of {1} done', number(done), number(targets.length));
  return kept === 0 ? counted : l10n.t('{0}, kept with {1}', counted, number(kept));
}

/** How it is taken back. */
export function recalledInWords({ evenEdited, previous }: Pick<RecallPlan, 'evenEdited' | 'previous'>): string {
  return [
    ...(previous ? [l10n.t('What was delivered before comes in its place.')] : []),
    evenEdited ? l10n.t('What was edited goes too.') : l10n.t('What was edited stays, and is told here.'),
    l10n.t('Snapshots keep what they hold.'),
  ].join(' ');
}

export function recalledStateWord({ state, kept }: RecallInfo['targets'][number]): string {
  if (state === 'sent') return l10n.t('not done yet');
  return kept.length === 0 ? l10n.t('taken back') : l10n.t('keeps {0}', namesInWords(kept));
}

/** `up to date`; nothing where there was nothing for it. */
export function standingInWords({ deliveries, unanswered, conflicts, offline }: Standing): string | undefined {
  if (deliveries === 0) return undefined;
  if (offline === null) return l10n.t('not heard from yet');
  if (offline !== undefined) return l10n.t('offline since {0}', formatTime(offline, new Date(), locale));
  const facts = [
    ...(unanswered > 0 ? [l10n.t('{0} not received yet', number(unanswered))] : []),
    ...(conflicts > 0 ? [l10n.t('conflicts wait in {0}', deliveryCount(conflicts))] : []),
  ];
  return facts.length === 0 ? l10n.t('up to date') : facts.join(', ');
}

/** `26 up to date · 1 with conflicts · 1 offline 3 d`, its parts. */
export function summaryInWords({ upToDate, behind, conflicts, offline, since }: Standings, now: number): readonly string[] {
  const days = since === null ? 0 : Math.floor((now - Date.parse(since)) / DAY_MS);
  const away = days > 0 ? l10n.t('{0} offline {1} d', number(offline), number(days)) : l10n.t('{0} offline', number(offline));
  return [
    ...(upToDate > 0 ? [l10n.t('{0} up to date', number(upToDate))] : []),
    ...(behind > 0 ? [l10n.t('{0} behind', number(behind))] : []),
    ...(conflicts > 0 ? [l10n.t('{0} with conflicts', number(conflicts))] : []),
    ...(offline > 0 ? [away] : []),
  ];
}

/** What proves when it was last there, a sentence each. */
export function lastSeenInWords(member: MemberInfo): readonly string[] {
  const { lastSeen } = member;
  if (lastSeen === undefined) return [];
  const { said, what, after } = lastSeen;
  const time = (iso: string): string => formatMoment(iso, locale);
  if (heardOf(member, Infinity) === null) return [l10n.t('Nothing was heard from it since it joined.')];
  return [
    ...(said === null
      ? []
      : [
          what === 'answered'
            ? l10n.t('Last heard from on {0}, by its own clock: it told what became of a delivery.', time(said))
            : l10n.t('Last heard from on {0}, by its own clock: it told what it has.', time(said)),
        ]),
    ...(after === null ? [] : [l10n.t('It was there after {0}: what it wrote last names what was distributed then.', time(after))]),
    l10n.t('Who only looks leaves no trace.'),
  ];
}

/** A member of a plan, or everybody. */
export function whomInWords(to: RecallPlan['to']): string {
  return to === 'all' ? l10n.t('all who got it') : namesInWords(to.map((one) => displayText(memberName(one))));
}
