/** Plans and their outcomes in words: the sentence that tells what will happen before it does. */
import type {
  DeletePlan,
  RestoreAction,
  RestoreCounts,
  RestoreItem,
  RestoreOutcome,
  RestorePlan,
  RestoreRequest,
} from '../../engine/api.ts';
import { shownPath } from './changes.ts';
import type { Formats } from './format.ts';
import { snapshotTitle } from './snapshots.ts';
import type { Paint } from './table.ts';
import { escapeText, shortId } from './text.ts';

const actionWords: Readonly<Record<RestoreAction, string>> = {
  add: 'bring back',
  replace: 'replace',
  delete: 'delete',
  attributes: 'attributes',
  keep: 'keep',
};

/** True when carrying out the plan would change nothing. */
export function changesNothing(counts: RestoreCounts): boolean {
  return counts.add + counts.replace + counts.delete + counts.attributes === 0;
}

/** "Replace 3 files, bring back 1, delete 2 that came later. The state now is kept as a snapshot first." */
export function restoreSentence(plan: Pick<RestorePlan, 'request' | 'counts' | 'items'>, formats: Formats): string {
  const { counts, request } = plan;
  if (changesNothing(counts))
    return request.to === undefined ? 'Nothing differs: there is nothing to restore.' : 'Nothing has to be written.';
  const elsewhere = request.to !== undefined;
  const parts: [number, (count: string) => string][] = [
    [counts.replace, (count) => `replace ${count}`],
    [counts.add, (count) => `${elsewhere || request.keepBoth ? 'write' : 'bring back'} ${count}`],
    [counts.delete, (count) => `delete ${count}${elsewhere ? '' : ' that came later'}`],
    [counts.attributes, (count) => `set times or permissions of ${count}`],
    [counts.keep, (count) => `keep ${count}`],
  ];
  const word = plan.items.every((item) => item.kind === 'file') ? 'file' : 'item';
  // The noun is said once, with the first number, as in "Replace 3 files, bring back 1".
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, say], index) => say(index === 0 ? formats.count(count, word) : formats.number(count)));
  const sentence = said.join(', ');
  const written = counts.bytes > 0 ? ` (${formats.size(counts.bytes)})` : '';
  const where = request.to === undefined ? ' The state now is kept as a snapshot first.' : '';
  const into = request.to === undefined ? '' : ` in ${escapeText(request.to)}`;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${into}${written}.${where}`;
}

/** A line for each item of a plan or an outcome. */
export function restoreItemLines(items: readonly RestoreItem[], formats: Formats, paint: Paint): string[] {
  const width = Math.max(...Object.values(actionWords).map((word) => word.length));
  return items.map((item) => {
    const action = actionWords[item.action].padEnd(width);
    const size = item.kind === 'file' ? `  (${formats.size(item.size)})` : '';
    const as = item.as === undefined ? '' : ` as ${shownPath(item.as, item.kind)}`;
    const reason = item.reason === undefined ? '' : `: ${escapeText(item.reason)}`;
    return `${item.action === 'delete' ? paint('red', action) : action}  ${shownPath(item.path, item.kind)}${as}${size}${reason}`;
  });
}

/** What a restore, an undo or a recovery did, and how to take it back. */
export function restoredLines(outcome: RestoreOutcome, request: RestoreRequest | undefined, formats: Formats): string[] {
  const { counts, problems, safety } = outcome;
  const done: [number, string][] = [
    [counts.replace, 'replaced'],
    [counts.add, request?.to === undefined ? 'brought back' : 'written'],
    [counts.delete, 'deleted'],
    [counts.attributes, 'with times or permissions set'],
    [counts.keep, 'kept'],
  ];
  const said = done.filter(([count]) => count > 0).map(([count, word]) => `${formats.number(count)} ${word}`);
  const nothing = problems.length > 0 ? 'Nothing was changed.' : 'Nothing differed: nothing was changed.';
  const lines = [said.length === 0 ? nothing : `Done: ${said.join(', ')}.`];
  if (safety !== undefined) lines.push(`The state before is snapshot ${shortId(safety.id)}; \`snapstage undo\` brings it back.`);
  return lines;
}

/** What a delete would do, or why it can't. */
export function deleteLines(plan: DeletePlan, formats: Formats): string[] {
  const reasons = new Map(plan.blocked.map((each) => [each.id, each.reason]));
  const lines = plan.snapshots.map((snapshot) => {
    const reason = reasons.get(snapshot.id);
    const taken = `taken ${formats.time(snapshot.created)}, ${formats.size(snapshot.bytes)}`;
    return reason === undefined
      ? `delete  ${snapshotTitle(snapshot)}  (${taken})`
      : `keep    ${snapshotTitle(snapshot)}  (${taken}): ${escapeText(reason)}`;
  });
  const sentence =
    plan.blocked.length === 0
      ? `Delete ${formats.count(plan.snapshots.length, 'snapshot')} for good. Space comes back with \`snapstage compact\`, as far as no other snapshot holds the data.`
      : 'Nothing is deleted as long as one of them has to stay.';
  return [...lines, sentence];
}
