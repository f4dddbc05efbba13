/** How an instance stands, in words. */
import type { InterruptedRestore, Status } from '../../engine/api.ts';
import { changeLines, changesSummary, firstLines } from './changes.ts';
import type { Formats } from './format.ts';
import { contentText, snapshotTitle } from './snapshots.ts';
import { roomLines } from './storage.ts';
import type { Paint } from './table.ts';
import { escapeText, shortId } from './text.ts';

const shownChanges = 20;

/** The lines of `status`; an interrupted restore comes first. */
export function statusLines(status: Status, formats: Formats, paint: Paint): string[] {
  const lines = [`Instance ${escapeText(status.folder)}`];
  if (status.interrupted !== null) lines.push(...interruptedLines(status.interrupted, formats).map((line) => paint('red', line)));
  if (status.latest === null) {
    lines.push('No snapshot yet: `snapstage take` takes one.');
    if (status.storeBytes > 0) lines.push(`The store takes ${formats.size(status.storeBytes)}: \`snapstage compact\` gives them back.`);
    return lines;
  }
  lines.push(
    `${formats.count(status.snapshots, 'snapshot')}, the store takes ${formats.size(status.storeBytes)}`,
    `Latest: ${snapshotTitle(status.latest)}, taken ${formats.time(status.latest.created)}: ${contentText(status.latest, formats)}`,
  );
  if (status.room !== null) lines.push(...roomLines(status.room, formats).map((line) => paint('yellow', line)));
  if (status.changes !== null) {
    const summary = changesSummary(status.changes, formats);
    lines.push(summary === '' ? 'Nothing changed since.' : `Since then: ${summary}`);
    lines.push(
      ...firstLines(changeLines(status.changes, formats, paint), shownChanges, formats, '`snapstage diff latest`').map(
        (line) => `  ${line}`,
      ),
    );
  }
  if (status.undo !== null) {
    lines.push(
      `The restore of ${snapshotTitle(status.undo.snapshot)} (${formats.time(status.undo.at)}) can be taken back: \`snapstage undo\``,
    );
  }
  return lines;
}

/** What an interrupted restore left, and the two ways out. */
export function interruptedLines(interrupted: InterruptedRestore, formats: Formats): string[] {
  const what = interrupted.paths.length === 0 ? 'everything' : interrupted.paths.map(escapeText).join(', ');
  const safety = interrupted.safety === null ? '' : ` The state before is snapshot ${shortId(interrupted.safety)}.`;
  return [
    `A restore of ${what} from ${escapeText(shownState(interrupted.state))}, begun ${formats.time(interrupted.at)}, was interrupted.${safety}`,
    '`snapstage recover --finish` goes on with it, `snapstage recover --undo` puts back what was there.',
  ];
}

/** A state as shown: an id is cut, a name stays. */
export function shownState(state: string): string {
  return /^[0-9a-f]{32}$/.test(state) ? shortId(state) : state;
}
