import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import type { Workspace } from '../workspace.ts';
import type { SpaceNode } from './spaceNodes.ts';
import { openDeliveries, type Spaces } from './spaces.ts';
import type { SpaceTree } from './spaceTree.ts';
import { deliveryCount, restrictionInWords, roleWord, spaceName, stoppedInWords } from './spaceWords.ts';

/** The Space view around its tree: title, message and badge, and the context keys that its welcome pages and menus look at. */
export class SpaceView implements vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #spaces: Spaces;
  readonly #view: vscode.TreeView<SpaceNode>;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(workspace: Workspace, spaces: Spaces, tree: SpaceTree) {
    this.#workspace = workspace;
    this.#spaces = spaces;
    this.#view = vscode.window.createTreeView('snapstage.space', { treeDataProvider: tree, canSelectMany: true, showCollapseAll: true });
    const update = (): void => this.#update();
    this.#subscriptions = [spaces.onDidChange(update), workspace.onDidChange(update), vscode.workspace.onDidGrantWorkspaceTrust(update)];
    update();
  }

  get selection(): readonly SpaceNode[] {
    return this.#view.selection;
  }

  get title(): { readonly description: string; readonly message: string; readonly badge: vscode.ViewBadge | undefined } {
    const { description = '', message, badge } = this.#view;
    return { description, message: typeof message === 'string' ? message : '', badge };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#view.dispose();
  }

  #update(): void {
    const { instances } = this.#workspace;
    const all = instances.map((instance) => this.#spaces.of(instance));
    const known = instances.flatMap((instance) => this.#spaces.belonging(instance) ?? []);
    const isNone = instances.length > 0 && instances.every((instance, i) => all[i] === null || instance.state.kind === 'uninitialised');
    setContext(
      'snapstage.spaceState',
      isNone ? 'none' : known.length > 0 ? 'in' : all.some((one) => one instanceof SnapstageError) ? 'failed' : 'unread',
    );
    setContext(
      'snapstage.isMaster',
      known.some(({ space }) => space.me.role === 'master'),
    );
    const open = known.reduce((sum, { inbox }) => sum + openDeliveries(inbox).length, 0);
    setContext('snapstage.hasDeliveries', open > 0);
    const [only, ...others] = instances;
    this.#view.description = only && others.length === 0 ? this.#describe(only) : '';
    this.#view.message = [...this.#restriction(known.length > 0), ...instances.flatMap((instance) => this.#problems(instance))].join(' ');
    this.#view.badge = open === 0 ? undefined : { value: open, tooltip: vscode.l10n.t('{0} in the Inbox', deliveryCount(open)) };
  }

  /** `Econometrics · Master · /srv/hub` */
  #describe(instance: Instance): string {
    const belonging = this.#spaces.belonging(instance);
    if (!belonging) return '';
    const { space } = belonging;
    return [spaceName(space), roleWord(space.me.role), displayText(space.hub)].join(' · ');
  }

  /** Of which folder it is said where there are several. */
  #problems(instance: Instance): string[] {
    const belonging = this.#spaces.belonging(instance);
    const stopped = belonging && stoppedInWords(belonging.space);
    const { unreachable } = this.#spaces.hub(instance);
    const sentences = [...(stopped === undefined ? [] : [stopped]), ...(belonging && unreachable ? [errorSentence(unreachable)] : [])];
    return this.#workspace.instances.length > 1 ? sentences.map((sentence) => `${instance.name}: ${sentence}`) : sentences;
  }

  #restriction(some: boolean): string[] {
    if (vscode.workspace.isTrusted || !some) return [];
    return [restrictionInWords()];
  }
}

function setContext(key: string, value: string | boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
