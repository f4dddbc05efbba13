/** What is said of snapshots that have gone to another place, or come from one. */
import { env, l10n } from 'vscode';
import { formatSize } from '../../base/format.ts';
import type { CopyPlan, TransferReport } from '../../engine/transferApi.ts';
import { countOf, snapshotInSentence } from '../words.ts';

/** What came of a copy, and its plan, where there was a store to plan for. */
export type Copied = Pick<TransferReport, 'outcome' | 'snapshot'> & { readonly plan?: Pick<CopyPlan, 'bytes' | 'presentBytes'> };

export function importedInWords({ outcome, snapshot, storedBytes }: TransferReport): string {
  const title = snapshotInSentence(snapshot);
  const grown = size(storedBytes);
  switch (outcome) {
    case 'present':
      return l10n.t('Nothing to do: {0} is here already.', title);
    case 'mended':
      return l10n.t('{0} was here, but something of it was missing, and is there again. The store grew by {1}.', title, grown);
    case 'imported': {
      const content = `${countOf(snapshot.files, 'files')}, ${size(snapshot.bytes)}`;
      return l10n.t('Imported {0}: {1}. The store grew by {2}.', title, content, grown);
    }
  }
}

/** What moved, and what was there already. */
export function copiedInWords(done: readonly Copied[], to: string): string {
  const [first, ...others] = done;
  if (!first) return '';
  const what = others.length === 0 ? snapshotInSentence(first.snapshot) : countOf(done.length, 'snapshots');
  if (done.every(({ outcome }) => outcome === 'present'))
    return others.length === 0
      ? l10n.t('Nothing to do: {0} is in {1} already.', what, to)
      : l10n.t('Nothing to do: all {0} are in {1} already.', what, to);
  const moved = size(done.reduce((sum, { plan, snapshot }) => sum + (plan?.bytes ?? snapshot.bytes), 0));
  const present = done.reduce((sum, { plan }) => sum + (plan?.presentBytes ?? 0), 0);
  return present === 0
    ? l10n.t('Copied {0} to {1}: {2}.', what, to, moved)
    : l10n.t('Copied {0} to {1}: {2}; {3} of it were there already.', what, to, moved, size(present));
}

function size(bytes: number): string {
  return formatSize(bytes, env.language);
}
