import { l10n, type Uri, type UriHandler } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { pickInstance } from '../pickers.ts';
import type { Reporter } from '../reporter.ts';
import type { Workspace } from '../workspace.ts';
import type { SpaceEditor } from './spaceEditor.ts';

/** Links that open the editor with an invite: `vscode://snapstage.snapstage/join?code=…`. Anybody can write one: nothing happens without a yes. */
export class JoinLinks implements UriHandler {
  readonly #workspace: Workspace;
  readonly #editor: SpaceEditor;
  readonly #reporter: Reporter;

  constructor(workspace: Workspace, editor: SpaceEditor, reporter: Reporter) {
    this.#workspace = workspace;
    this.#editor = editor;
    this.#reporter = reporter;
  }

  /** Never rejects: what is wrong with the link is told. */
  async handleUri(uri: Uri): Promise<void> {
    if (!this.#reporter.requireTrust()) return;
    try {
      const code = codeIn(uri);
      const instance = await pickInstance(this.#workspace, l10n.t('Join Space'));
      if (instance) await this.#editor.join(instance, code);
    } catch (error) {
      this.#reporter.error(error);
    }
  }
}

/** @throws SnapstageError `usage` for a link to something else */
function codeIn({ path, query }: Uri): string {
  const code = path === '/join' ? new URLSearchParams(query).get('code') : null;
  if (code !== null && code !== '') return code;
  throw new SnapstageError('usage', l10n.t('This link is no invite of Snapstage: ask for it to be sent again.'));
}
