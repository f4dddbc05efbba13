import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { Instance } from '../instance.ts';
import { firstPage } from '../paging.ts';
import type { Workspace } from '../workspace.ts';
import { stageItem } from './stageItems.ts';
import type { MoreStagedNode, StageNode } from './stageNodes.ts';
import type { Stages } from './stages.ts';
import { objectCount } from './stageWords.ts';

/** The content of the Stage view: with several folders, each is a row of its own above what is on its Stage. */
export class StageTree implements vscode.TreeDataProvider<StageNode>, vscode.Disposable {
  readonly #workspace: Pick<Workspace, 'instances'>;
  readonly #stages: Stages;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(workspace: Pick<Workspace, 'instances'>, stages: Stages) {
    this.#workspace = workspace;
    this.#stages = stages;
    this.#subscription = stages.onDidChange(() => this.#changed.fire(undefined));
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
    const [only, ...others] = this.#workspace.instances;
    if (only && others.length === 0) return [...this.#rowsOf(only)];
    return this.#workspace.instances
      .filter((instance) => this.#rowsOf(instance).length > 0)
      .map((instance) => ({ type: 'stage', instance }));
  }

  /** For the row that is brought into sight. */
  getParent(node: StageNode): StageNode | undefined {
    return node.type === 'stage' || this.#workspace.instances.length === 1 ? undefined : { type: 'stage', instance: node.instance };
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #rowsOf(instance: Instance): readonly StageNode[] {
    const stage = this.#stages.of(instance);
    if (stage === undefined) return instance.state.kind === 'uninitialised' ? hintsFor(instance) : [];
    if (stage instanceof SnapstageError) return [{ type: 'stage-failed', instance, error: stage }];
    const { objects, unreadable } = stage;
    if (objects.length + unreadable.length === 0) return hintsFor(instance);
    const byId = new Map(objects.map((object) => [object.id, object]));
    return paged(instance, [
      ...objects.map((object): StageNode => {
        const within = object.within === null ? undefined : byId.get(object.within);
        return { type: 'staged', instance, object, ...(within && { within }) };
      }),
      ...unreadable.map(({ id, reason }): StageNode => ({ type: 'unreadable', instance, id, reason })),
    ]);
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

function hintsFor(instance: Instance): readonly StageNode[] {
  return (['drop', 'choose'] as const).map((how) => ({ type: 'hint', instance, how }));
}

function paged(instance: Instance, rows: readonly StageNode[]): readonly StageNode[] {
  return firstPage(rows, (rest): MoreStagedNode => ({ type: 'more-staged', instance, rest }));
}
