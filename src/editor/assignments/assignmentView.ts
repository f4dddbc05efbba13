import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { AssignmentInfo } from '../../engine/assignmentApi.ts';
import type { Clock } from '../automatic/automaticSnapshots.ts';
import { restrictionInWords } from '../space/spaceWords.ts';
import type { Spaces } from '../space/spaces.ts';
import type { Workspace } from '../workspace.ts';
import type { AssignmentsNode } from './assignmentNodes.ts';
import type { AssignmentTree } from './assignmentTree.ts';
import { nextChange } from './timeLeft.ts';

/** At most, between two times that the time left is said anew: in milliseconds. */
const longestWait = 3_600_000;

export interface AssignmentViewServices {
  readonly workspace: Workspace;
  readonly spaces: Spaces;
  readonly tree: AssignmentTree;
  readonly clock: Clock;
}

/** The Assignments view around its tree: message and badge, and the time left that is said anew as it goes by. */
export class AssignmentView implements vscode.Disposable {
  readonly #services: AssignmentViewServices;
  readonly #view: vscode.TreeView<AssignmentsNode>;
  readonly #subscriptions: vscode.Disposable;
  #timer: vscode.Disposable | undefined;

  constructor(services: AssignmentViewServices) {
    this.#services = services;
    const { tree, spaces, workspace } = services;
    this.#view = vscode.window.createTreeView('snapstage.assignments', {
      treeDataProvider: tree,
      canSelectMany: true,
      showCollapseAll: true,
    });
    const update = (): void => this.#update();
    this.#subscriptions = vscode.Disposable.from(
      this.#view,
      spaces.onDidChange(update),
      workspace.onDidChange(update),
      vscode.workspace.onDidGrantWorkspaceTrust(update),
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) tree.redraw();
        this.#plan();
      }),
    );
    update();
  }

  get title(): { readonly message: string; readonly badge: vscode.ViewBadge | undefined } {
    const { message, badge } = this.#view;
    return { message: typeof message === 'string' ? message : '', badge };
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#subscriptions.dispose();
  }

  #update(): void {
    const all = this.#assignments;
    const hasFailed = this.#services.workspace.instances.some((instance) => this.#services.spaces.of(instance) instanceof SnapstageError);
    // What needs a hand-in is not offered before there is one: it would stand before *Hand In…*.
    const hasHandedIn = all.some(({ mine }) => mine !== null && mine.handIns.length > 0);
    void vscode.commands.executeCommand('setContext', 'snapstage.hasHandedIn', hasHandedIn);
    void vscode.commands.executeCommand('setContext', 'snapstage.assignmentState', all.length > 0 ? 'some' : hasFailed ? 'failed' : 'none');
    this.#view.message = vscode.workspace.isTrusted || all.length === 0 ? '' : restrictionInWords();
    const now = this.#services.clock.now();
    const open = all.filter((one) => waits(one, now)).length;
    const tooltip = open === 1 ? vscode.l10n.t('1 assignment to hand in') : vscode.l10n.t('{0} assignments to hand in', open);
    this.#view.badge = open === 0 ? undefined : { value: open, tooltip };
    this.#plan();
  }

  get #assignments(): readonly AssignmentInfo[] {
    const { workspace, spaces } = this.#services;
    return workspace.instances.flatMap((instance) => spaces.belonging(instance)?.assignments ?? []);
  }

  #plan(): void {
    this.#timer?.dispose();
    const { clock, tree } = this.#services;
    const now = clock.now();
    const changes = this.#assignments.flatMap(({ mine, deadline }) => nextChange(Date.parse(mine?.deadline ?? deadline), now) ?? []);
    if (!this.#view.visible || changes.length === 0) return;
    this.#timer = clock.after(Math.min(Math.min(...changes) - now, longestWait), () => {
      tree.redraw();
      this.#update();
    });
  }
}

/** Whether a member has something to do about it. */
function waits({ mine, isClosed }: AssignmentInfo, now: number): boolean {
  return mine !== null && !isClosed && (mine.state === 'nothing' || mine.state === 'refused') && Date.parse(mine.deadline) >= now;
}
