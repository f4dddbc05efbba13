import { env, l10n, Uri, window } from 'vscode';
import { formatSize, plainFileName } from '../../base/format.ts';
import type { AssignmentInfo, HandInInfo, ReceiptInfo } from '../../engine/assignmentApi.ts';
import { displayText, formatMoment } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { countOf } from '../words.ts';
import { assignmentTitle } from './assignmentWords.ts';

/** Writes the receipt of one's own hand-in to a file of one's choice. VS Code asks before a file is replaced. */
export async function saveReceipt(instance: Instance, assignment: AssignmentInfo, handIn: HandInInfo): Promise<void> {
  const name = plainFileName(l10n.t('Receipt {0} {1}', assignmentTitle(assignment), handIn.code));
  const uri = await window.showSaveDialog({
    title: l10n.t('Save Receipt'),
    saveLabel: l10n.t('Save'),
    defaultUri: Uri.joinPath(instance.folder.uri, '..', `${name}.json`),
    filters: fileFilter(),
  });
  if (!uri) return;
  const receipt = await instance.engine.saveReceipt({ handIn: handIn.id, to: uri.fsPath, force: true });
  const where = l10n.t('The receipt {0} was saved to {1}.', receipt.code, displayText(uri.fsPath));
  void window.showInformationMessage([where, countersignedInWords(receipt)].join(' '));
}

/** Says of a receipt's file, whosever it is, what it proves. @throws SnapstageError `damaged` for one that is not as it was signed. */
export async function verifyReceipt(instance: Instance): Promise<void> {
  const [uri] =
    (await window.showOpenDialog({ title: l10n.t('Verify Receipt'), openLabel: l10n.t('Verify'), filters: fileFilter() })) ?? [];
  if (!uri) return;
  const receipt = await instance.engine.verifyReceipt({ from: uri.fsPath });
  const { title, name, author, made, code, files, bytes } = receipt;
  const what = l10n.t(
    'The receipt {0} is as it was signed: “{1}” by {2}, handed in {3} by its author’s clock, {4}.',
    code,
    displayText(title),
    displayText(name ?? author.slice(0, 8)),
    formatMoment(made, env.language),
    `${countOf(files, 'files')}, ${formatSize(bytes, env.language)}`,
  );
  void window.showInformationMessage([what, countersignedInWords(receipt)].join(' '));
}

function fileFilter(): Record<string, string[]> {
  return { [l10n.t('Receipt')]: ['json'] };
}

function countersignedInWords({ countersigned }: ReceiptInfo): string {
  return countersigned
    ? l10n.t('A Master countersigned it {0}.', formatMoment(countersigned.received, env.language))
    : l10n.t('No Master has countersigned it: until then it is its author’s own word.');
}
