/** Rules of retention, and what comes of them, in words. */
import type { RetentionPolicy, ThinPlan } from '../../engine/storageApi.ts';
import type { Formats } from './format.ts';
import { snapshotTitle } from './snapshots.ts';
import { escapeText } from './text.ts';

/** `daily=7 within=30d` */
export function policyText(policy: RetentionPolicy): string {
  return Object.entries(policy)
    .map(([rule, value]) => `${rule}=${value}`)
    .join(' ');
}

/** The other way round. What makes no sense of it is left to the engine, which says what. */
export function parsePolicy(text: string): RetentionPolicy {
  const rules = text.split(/[\s,]+/).filter((one) => one !== '');
  return Object.fromEntries(
    rules.map((one) => {
      const [rule = '', value = ''] = one.split(/=(.*)/s);
      return [rule, rule === 'within' ? value : Number(value === '' ? Number.NaN : value)];
    }),
  );
}

/** What goes, what stays and why. */
export function thinLines({ policy, snapshots, kept }: ThinPlan, formats: Formats): string[] {
  const sentence =
    snapshots.length === 0
      ? 'No automatic snapshot has to go.'
      : `Delete ${formats.count(snapshots.length, 'automatic snapshot')} for good. Space comes back with \`snapstage compact\`.`;
  return [
    `Keep automatic snapshots: ${escapeText(policyText(policy))}`,
    ...snapshots.map((snapshot) => `delete  ${snapshotTitle(snapshot)}  (taken ${formats.time(snapshot.created)})`),
    ...kept.map(
      ({ snapshot, reasons }) =>
        `keep    ${snapshotTitle(snapshot)}  (taken ${formats.time(snapshot.created)}): ${reasons.map(escapeText).join(', ')}`,
    ),
    sentence,
  ];
}
