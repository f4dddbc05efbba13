/** What the editor says of room: sizes, warnings, what comes back. */
import { env, l10n } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import type { Room, RoomWarning } from '../../engine/storageApi.ts';

export function sizeText(bytes: number): string {
  return formatSize(bytes, env.language);
}

/** `1.2 MB (1,234,567 bytes)`. */
export function exactSize(bytes: number): string {
  if (Math.abs(bytes) < 1000) return sizeText(bytes);
  return l10n.t('{0} ({1} bytes)', sizeText(bytes), formatNumber(bytes, env.language));
}

/** What is to be said of the budget and the disk; nothing where all is well. */
export function roomSentences(room: Room | null): string[] {
  return (room?.warnings ?? []).map(warningSentence);
}

export function warningSentence(warning: RoomWarning): string {
  return warning.kind === 'budget'
    ? l10n.t('The snapshots take {0}, and their budget is {1}.', sizeText(warning.bytes), sizeText(warning.budget))
    : l10n.t('Only {0} are free on the disk; the next snapshots may need {1}.', sizeText(warning.free), sizeText(warning.wanted));
}
