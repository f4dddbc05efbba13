import * as vscode from 'vscode';

export const listScheme = 'snapstage-list';

/** Lists too long for a message, as read-only documents. */
export class ListDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #closed = vscode.workspace.onDidCloseTextDocument((document) => this.#texts.delete(document.uri.toString()));
  #next = 1;

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.#texts.get(uri.toString());
  }

  /** Opens the lines under the title that the tab shall show. */
  async show(title: string, lines: readonly string[]): Promise<void> {
    const uri = vscode.Uri.from({ scheme: listScheme, path: `/${this.#next++}/${title.replaceAll(/[/\\]/g, ' ')}` });
    this.#texts.set(uri.toString(), `${lines.join('\n')}\n`);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  dispose(): void {
    this.#closed.dispose();
    this.#texts.clear();
  }
}
