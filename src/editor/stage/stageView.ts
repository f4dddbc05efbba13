import * as vscode from 'vscode';
import type { Workspace } from '../workspace.ts';
import type { StageNode } from './stageNodes.ts';
import type { Stages } from './stages.ts';
import type { StageTree } from './stageTree.ts';
import { objectCount } from './stageWords.ts';

/** The Stage view around its tree: its message and badge, and the context key that its menus look at. */
export class StageView implements vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #stages: Stages;
  readonly #tree: StageTree;
  readonly #view: vscode.TreeView<StageNode>;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(services: {
    readonly workspace: Workspace;
    readonly stages: Stages;
    readonly tree: StageTree;
    readonly drop: vscode.TreeDragAndDropController<StageNode>;
  }) {
    this.#workspace = services.workspace;
    this.#stages = services.stages;
    this.#tree = services.tree;
    this.#view = vscode.window.createTreeView('snapstage.stage', {
      treeDataProvider: this.#tree,
      canSelectMany: true,
      dragAndDropController: services.drop,
    });
    const update = (): void => this.#update();
    const observe = (): void => {
      this.#stages.observed = this.#view.visible;
    };
    this.#subscriptions = [
      this.#stages.onDidChange(update),
      this.#workspace.onDidChange(update),
      vscode.workspace.onDidGrantWorkspaceTrust(update),
      this.#view.onDidChangeVisibility(observe),
    ];
    observe();
    update();
  }

  /** What is selected in the view: a keybinding passes nothing. */
  get selection(): readonly StageNode[] {
    return this.#view.selection;
  }

  /** How many objects there are, as the icon of the view shows it. */
  get badge(): vscode.ViewBadge | undefined {
    return this.#view.badge;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#view.dispose();
  }

  #update(): void {
    const { count } = this.#tree;
    void vscode.commands.executeCommand('setContext', 'snapstage.staged', count > 0);
    this.#view.badge = count === 0 ? undefined : { value: count, tooltip: vscode.l10n.t('{0} on the Stage', objectCount(count)) };
    this.#view.message = vscode.workspace.isTrusted || this.#workspace.instances.length === 0 ? '' : restriction();
  }
}

function restriction(): string {
  return vscode.l10n.t('Restricted Mode: the Stage can be viewed only.');
}
