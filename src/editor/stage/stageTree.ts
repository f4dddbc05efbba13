import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { Instance } from '../instance.ts';
import { firstPage } from '../paging.ts';
import { RowsChanged } from '../rowsChanged.ts';
import type { Workspace } from '../workspace.ts';
import { stageItem } from './stageItems.ts';
import type { MoreStagedNode, StageNode } from './stageNodes.ts';
import type { Stages } from './stages.ts';
import { objectCount } from './stageWords.ts';

/** The content of the Stage view: with several folders, each is a row of its own above what is on its Stage. */
export class StageTree implements vscode.TreeDataProvider<StageNode>, vscode.Disposable {
  readonly #workspace: Pick<Workspace, 'instances'>;
  readonly #stages: Pick<Stages, 'of' | 'onDidChange'>;
  readonly #changed = new RowsChanged<StageNode>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(workspace: Pick<Workspace, 'instances'>, stages: Pick<Stages, 'of' | 'onDidChange'>) {
    this.#workspace = workspace;
    this.#stages = stages;
    const redraw = (): void => this.#changed.fire(undefined);
    this.#subscriptions = [stages.onDidChange(redraw), vscode.workspace.onDidGrantWorkspaceTrust(redraw)];
  }

  /** How many objects there are in all folders. */
  get count(): number {
    return this.#workspace.instances.reduce((sum, instance) => sum + this.#countIn(instance), 0);
  }

  getTreeItem(node: StageNode): vscode.TreeItem {
    return stageItem(node, node.type === 'stage' ? this.#countText(node.instance) : '');
  }

  getChildren(node?: StageNode): StageNode[] {
    if (node?.type === 'more-staged') return [...paged(node.instance, node.rest)];
    if (node) return node.type === 'stage' ? [...this.#rowsOf(node.instance)] : [];
    this.#changed.asked();
    const { instances } = this.#workspace;
    const [only, ...others] = instances;
    if (!only || others.length > 0)
      return instances.filter((instance) => this.#canStage(instance)).map((instance) => ({ type: 'stage', instance }));
    const rows = this.#rowsOf(only);
    return [...(rows.length === 0 && this.#canStage(only) ? hintsFor(only) : rows)];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #rowsOf(instance: Instance): readonly StageNode[] {
    const stage = this.#stages.of(instance);
    if (stage === undefined) return [];
    if (stage instanceof SnapstageError) return [{ type: 'stage-failed', instance, error: stage }];
    const { objects, unreadable } = stage;
    const byId = new Map(objects.map((object) => [object.id, object]));
    return paged(instance, [
      ...objects.map((object): StageNode => {
        const within = object.within === null ? undefined : byId.get(object.within);
        return { type: 'staged', instance, object, ...(within && { within }) };
      }),
      ...unreadable.map(({ id, reason }): StageNode => ({ type: 'unreadable', instance, id, reason })),
    ]);
  }

  /** False while it is not known, or can't be read, what the folder is. */
  #canStage(instance: Instance): boolean {
    return this.#stages.of(instance) !== undefined || instance.state.kind === 'uninitialised';
  }

  #countIn(instance: Instance): number {
    const stage = this.#stages.of(instance);
    return stage === undefined || stage instanceof SnapstageError ? 0 : stage.objects.length + stage.unreadable.length;
  }

  #countText(instance: Instance): string {
    const count = this.#countIn(instance);
    return count === 0 ? vscode.l10n.t('nothing staged') : objectCount(count);
  }
}

/** Where nothing can be staged, there is nothing to be said of how. */
function hintsFor(instance: Instance): readonly StageNode[] {
  if (!vscode.workspace.isTrusted) return [];
  return (['drop', 'choose'] as const).map((how) => ({ type: 'hint', instance, how }));
}

function paged(instance: Instance, rows: readonly StageNode[]): readonly StageNode[] {
  return firstPage(rows, (rest): MoreStagedNode => ({ type: 'more-staged', instance, rest }));
}
