import { workspace as editor, Disposable } from 'vscode';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import type { Workspace } from '../workspace.ts';
import { unsavedPaths } from './unsaved.ts';

/** After a change, which is seldom alone. */
const pauseMilliseconds = 200;

/** Keeps other windows and the command line told of what has unsaved changes here, so that what they bring in leaves it alone. */
export class UnsavedTeller implements Disposable {
  readonly #workspace: Workspace;
  readonly #reporter: Reporter;
  readonly #subscriptions: Disposable;
  readonly #told = new WeakMap<Instance, string>();
  #next: NodeJS.Timeout | undefined;

  constructor(workspace: Workspace, reporter: Reporter) {
    this.#workspace = workspace;
    this.#reporter = reporter;
    const look = (): void => void (this.#next ??= setTimeout(() => this.#look(), pauseMilliseconds));
    this.#subscriptions = Disposable.from(
      workspace.onDidChange(look),
      editor.onDidChangeTextDocument(look),
      editor.onDidSaveTextDocument(look),
      editor.onDidCloseTextDocument(look),
      editor.onDidChangeNotebookDocument(look),
      editor.onDidSaveNotebookDocument(look),
      editor.onDidCloseNotebookDocument(look),
    );
  }

  dispose(): void {
    clearTimeout(this.#next);
    this.#subscriptions.dispose();
  }

  #look(): void {
    this.#next = undefined;
    for (const instance of this.#workspace.instances) {
      if (instance.state.kind !== 'ready') continue;
      const unsaved = unsavedPaths(instance);
      const said = JSON.stringify(unsaved);
      if (said === (this.#told.get(instance) ?? '[]')) continue;
      this.#told.set(instance, said);
      instance.engine.noteUnsaved({ unsaved }).catch((error: unknown) => this.#reporter.logError(error, instance.name));
    }
  }
}
