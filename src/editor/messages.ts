/** What the editor says when something failed: one sentence for what happened, one for what to do next. */
import { l10n } from 'vscode';
import { toSnapstageError, type SnapstageError } from '../base/errors.ts';
import { engineWords } from './engineWords.ts';
import { displayText } from './formats.ts';

/** The sentence for anything thrown. The engine's own words say what it is about; they are kept within it, translated. */
export function errorSentence(thrown: unknown): string {
  const { what, next } = errorSentences(thrown);
  return next === undefined ? what : `${what} ${next}`;
}

/** The two sentences apart, where each has a line of its own. */
export function errorSentences(thrown: unknown): { readonly what: string; readonly next: string | undefined } {
  const error = toSnapstageError(thrown);
  return { what: displayText(engineWords(error.message)), next: nextStep(error) };
}

function nextStep(error: SnapstageError): string | undefined {
  // Who knows what it is about knows better.
  const { next } = error.details;
  if (typeof next === 'string') return engineWords(next);
  switch (error.code) {
    case 'not-found':
      if (saysWhatNext(error)) return undefined;
      if (error.details['reason'] === 'no-parent') return l10n.t('If it was moved, name its new folder with “Linked Instances…”.');
      return l10n.t('It may have been deleted meanwhile: refresh the view.');
    case 'busy':
      return l10n.t('Another window or program is at work on these snapshots: try again when it is done.');
    case 'in-use':
      return l10n.t('Close what uses it, or take the snapshot as it is.');
    case 'stale-plan':
      return l10n.t('The files have changed since the plan was shown: try again to see the new one.');
    case 'conflict':
      return l10n.t('Something waits for your decision.');
    case 'damaged':
      return l10n.t('The undamaged snapshots can still be restored. Verify the snapshots to see what is affected.');
    case 'newer-format':
      return l10n.t('Update Snapstage to open it.');
    case 'no-space':
      return l10n.t('Nothing is lost: free some space and try again.');
    case 'io':
      if (saysWhatNext(error)) return undefined;
      return l10n.t('The system refused it: the log says more.');
    case 'bug':
      return l10n.t('This is a fault in Snapstage; your snapshots are not affected. The log says more.');
    case 'usage':
    case 'ambiguous':
    case 'exists':
    case 'refused':
    case 'cancelled':
      return undefined;
  }
}

/** Sentences about a Space end with what to do. */
function saysWhatNext({ details: { reason } }: SnapstageError): boolean {
  return (
    reason === 'hub-unreachable' ||
    reason === 'hub-read-only' ||
    reason === 'no-invite' ||
    reason === 'no-space' ||
    reason === 'not-in-hub' ||
    reason === 'lost'
  );
}
