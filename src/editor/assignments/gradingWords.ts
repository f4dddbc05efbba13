/** What is said to a Master about what was collected and given back. */
import { env, l10n } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import type { CollectedInfo, CollectReport } from '../../engine/assignmentApi.ts';
import { displayText } from '../formats.ts';
import { authorName } from './assignmentWords.ts';

const locale = env.language;
const number = (count: number): string => formatNumber(count, locale);

function handInCount(count: number): string {
  return count === 1 ? l10n.t('1 hand-in') : l10n.t('{0} hand-ins', number(count));
}

export function feedbackCount(count: number): string {
  return count === 1 ? l10n.t('the feedback of 1 member') : l10n.t('the feedback of {0} members', number(count));
}

/** How many are here now, and where. */
export function collectedInWords({ folder, items }: CollectReport): string {
  if (items.length === 0) return l10n.t('Nothing was handed in yet that could be collected.');
  const of = (outcome: CollectedInfo['outcome']): readonly CollectedInfo[] => items.filter((one) => one.outcome === outcome);
  const [fresh, there, failed] = [of('collected'), of('there'), of('failed')];
  const bytes = fresh.reduce((sum, { bytes: size }) => sum + size, 0);
  return [
    fresh.length === 0
      ? l10n.t('Nothing new to collect in {0}.', displayText(folder))
      : l10n.t('Collected {0} ({1}) into {2}.', handInCount(fresh.length), formatSize(bytes, locale), displayText(folder)),
    ...(there.length === 0 ? [] : [l10n.t('There before: {0}.', handInCount(there.length))]),
    ...(failed.length === 0 ? [] : [l10n.t('Failed: {0}.', handInCount(failed.length))]),
  ].join(' ');
}

/** What did not go as one would think, of each member. */
export function troublesIn({ items }: CollectReport): readonly string[] {
  return items.flatMap(({ member, problem, renamed, leftOut }) => {
    const who = authorName(member);
    return [
      ...(problem === null ? [] : [l10n.t('{0}: {1}', who, problem)]),
      ...renamed.map(({ from, to, why }) =>
        why === 'code'
          ? l10n.t('{0}: {1} could run programs, and is called {2} in the copy.', who, displayText(from), displayText(to))
          : l10n.t('{0}: the name {1} can’t be used here; it is {2} in the copy.', who, displayText(from), displayText(to)),
      ),
      ...leftOut.map((path) => l10n.t('{0}: {1} leads out of the copy, and was left out.', who, displayText(path))),
    ];
  });
}
