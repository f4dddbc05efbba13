/** What is said of the rules by which automatic snapshots are kept, and of what comes of them. */
import { env, l10n } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import type { RetentionPolicy, ThinPlan } from '../../engine/storageApi.ts';
import { engineWords } from '../engineWords.ts';
import { formatMoment } from '../formats.ts';
import { countOf, kindWord, snapshotTitle } from '../words.ts';

export type Rule = keyof RetentionPolicy;

/** In the order in which they are shown. */
export const rules: readonly Rule[] = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within'];

export function ruleWord(rule: Rule): string {
  switch (rule) {
    case 'last':
      return l10n.t('last');
    case 'hourly':
      return l10n.t('hourly');
    case 'daily':
      return l10n.t('daily');
    case 'weekly':
      return l10n.t('weekly');
    case 'monthly':
      return l10n.t('monthly');
    case 'yearly':
      return l10n.t('yearly');
    case 'within':
      return l10n.t('within');
  }
}

/** What a rule keeps, for who has to choose its number. */
export function ruleMeaning(rule: Rule): string {
  switch (rule) {
    case 'last':
      return l10n.t('so many of the newest');
    case 'hourly':
      return l10n.t('the newest of each of the last so many hours that have any');
    case 'daily':
      return l10n.t('the newest of each of the last so many days that have any');
    case 'weekly':
      return l10n.t('the newest of each of the last so many weeks that have any');
    case 'monthly':
      return l10n.t('the newest of each of the last so many months that have any');
    case 'yearly':
      return l10n.t('the newest of each of the last so many years that have any');
    case 'within':
      return l10n.t('all so far back from the newest: 12h, 30d, 1y6m');
  }
}

/** `last 10, hourly 24, within 30d`. */
export function policyInWords(policy: RetentionPolicy): string {
  return rules.flatMap((rule) => (policy[rule] === undefined ? [] : [`${ruleWord(rule)} ${policy[rule]}`])).join(', ');
}

/** How many of the automatic snapshots the rules keep. */
export function keptInWords({ snapshots, kept }: ThinPlan): string {
  const all = countOf(snapshots.length + kept.length, 'automatic');
  return l10n.t('These rules keep {0} of {1}.', formatNumber(kept.length, env.language), all);
}

/** What goes, and what stays for which reasons, each with a line of its own. */
export function planLines({ policy, snapshots, kept }: ThinPlan): string[] {
  return [
    l10n.t('Kept: {0}', policyInWords(policy)),
    '',
    l10n.t('Go ({0})', formatNumber(snapshots.length, env.language)),
    ...snapshots.map((snapshot) => `    ${snapshotLine(snapshot)}`),
    '',
    l10n.t('Stay ({0})', formatNumber(kept.length, env.language)),
    ...kept.map(({ snapshot, reasons }) => `    ${snapshotLine(snapshot)}: ${reasons.map(reasonInWords).join(', ')}`),
  ];
}

function snapshotLine(snapshot: ThinPlan['snapshots'][number]): string {
  const name = snapshot.name === null ? '' : `${snapshotTitle(snapshot)} · `;
  return `${name}${formatMoment(snapshot.created, env.language)} · ${kindWord(snapshot)}`;
}

/** `daily`, `daily, as the oldest`, `within 30d`, or in words why it can't go. */
function reasonInWords(reason: string): string {
  const [, word, asOldest, span] = /^(\w+)(?:(, as the oldest)| (\d\w*))?$/.exec(reason) ?? [];
  const rule = rules.find((one) => one === word);
  if (rule === undefined) return engineWords(reason);
  if (asOldest !== undefined) return l10n.t('{0} (as the oldest)', ruleWord(rule));
  return [ruleWord(rule), ...(span === undefined ? [] : [span])].join(' ');
}
