import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { baseName } from '../../base/paths.ts';
import type { DeliveredObject, DeliveryInfo } from '../../engine/deliveryApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { senderName } from './spaceWords.ts';

export const sideScheme = 'snapstage-side';

/** More is no text that anybody reads in a diff. */
const mostBytes = 20 * 2 ** 20;

/** Both sides of a delivered object as texts, to be compared. Until the conflict view shows them. */
export class Sides implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString()));
  #next = 1;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** What is here beside what comes; decides nothing. */
  async compare(instance: Instance, delivery: DeliveryInfo, object: DeliveredObject): Promise<void> {
    const name = displayText(baseName(object.place));
    if (![object.mine, object.incoming].some((version) => version !== null && version.kind !== 'folder'))
      throw new SnapstageError('usage', vscode.l10n.t('{0} is a folder: there is nothing to compare.', name));
    const [mine, incoming] = await Promise.all([
      this.#open(instance, delivery, object, 'mine'),
      this.#open(instance, delivery, object, 'incoming'),
    ]);
    const title = vscode.l10n.t('{0} (mine ↔ from {1})', name, senderName(delivery));
    await vscode.commands.executeCommand('vscode.diff', mine, incoming, title, { preview: true });
  }

  dispose(): void {
    this.#closed.dispose();
  }

  async #open(instance: Instance, { id }: DeliveryInfo, object: DeliveredObject, side: 'mine' | 'incoming'): Promise<vscode.Uri> {
    const uri = vscode.Uri.from({ scheme: sideScheme, authority: side, path: `/${this.#next++}/${displayText(object.place)}` });
    this.#texts.set(uri.toString(), await textOf(instance, id, object, side));
    return uri;
  }
}

async function textOf({ engine }: Instance, delivery: string, object: DeliveredObject, side: 'mine' | 'incoming'): Promise<string> {
  const version = object[side];
  if (version === null || version.kind === 'folder') return '';
  const name = displayText(baseName(object.place));
  if (version.size > mostBytes) throw new SnapstageError('usage', vscode.l10n.t('{0} is too large to be compared as a text.', name));
  const bytes = await engine.readSide({ delivery, place: object.place, side });
  if (bytes.includes(0)) throw new SnapstageError('usage', vscode.l10n.t("{0} is no text: its versions can't be compared here.", name));
  return new TextDecoder().decode(bytes);
}
