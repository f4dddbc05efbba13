import * as vscode from 'vscode';
import { SnapstageError, toSnapstageError } from '../../base/errors.ts';
import type { StandingState } from '../../engine/assignmentApi.ts';
import { byFolderAndName } from '../entryOrder.ts';
import type { Instance } from '../instance.ts';
import { firstPage } from '../paging.ts';
import { RowsChanged } from '../rowsChanged.ts';
import { restrictionInWords } from '../space/spaceWords.ts';
import type { Spaces } from '../space/spaces.ts';
import type { KeptState } from '../state.ts';
import type { Workspace } from '../workspace.ts';
import { assignmentsItem } from './assignmentItems.ts';
import { assignmentsNodeId, type AssignmentNode, type AssignmentsNode, type FeedbackNode, type HandInNode } from './assignmentNodes.ts';
import { authorName } from './assignmentWords.ts';
import { feedbackState, handInState } from './keptStates.ts';

/** In the order in which a Master has to look at them. */
const inOrder: readonly StandingState[] = ['unproven', 'late', 'refused', 'handed-in', 'graded', 'returned', 'nothing'];

/** The content of the Assignments view: with several folders, each is a row of its own above its assignments. */
export class AssignmentTree implements vscode.TreeDataProvider<AssignmentsNode>, vscode.Disposable {
  readonly #workspace: Pick<Workspace, 'instances'>;
  readonly #spaces: Spaces;
  readonly #changed = new RowsChanged<AssignmentsNode>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(workspace: Pick<Workspace, 'instances'>, spaces: Spaces) {
    this.#workspace = workspace;
    this.#spaces = spaces;
    this.#subscription = spaces.onDidChange(() => this.redraw());
  }

  /** Says anew how much time is left. */
  redraw(): void {
    this.#changed.fire(undefined);
  }

  getTreeItem(node: AssignmentsNode): vscode.TreeItem {
    return assignmentsItem(node, Date.now());
  }

  async getChildren(node?: AssignmentsNode): Promise<AssignmentsNode[]> {
    if (node === undefined) return this.#roots();
    try {
      return this.#paged(node, await this.#below(node));
    } catch (error) {
      return [{ type: 'assignments-failed', instance: node.instance, above: assignmentsNodeId(node), error: toSnapstageError(error) }];
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #roots(): AssignmentsNode[] {
    this.#changed.asked();
    const { instances } = this.#workspace;
    const [only, ...others] = instances;
    if (only && others.length === 0) return this.#assignmentsOf(only);
    const having = instances.filter((instance) => (this.#spaces.belonging(instance)?.assignments ?? []).length > 0);
    return having.map((instance) => ({ type: 'assignments', instance }));
  }

  #assignmentsOf(instance: Instance): AssignmentsNode[] {
    const state = this.#spaces.of(instance);
    const above = assignmentsNodeId({ type: 'assignments', instance });
    if (state instanceof SnapstageError) return [{ type: 'assignments-failed', instance, above, error: state }];
    return (state?.assignments ?? []).map((assignment) => ({ type: 'assignment', instance, assignment }));
  }

  async #below(node: AssignmentsNode): Promise<readonly AssignmentsNode[]> {
    const { instance } = node;
    switch (node.type) {
      case 'assignments':
        return this.#assignmentsOf(instance);
      case 'assignment':
        return node.assignment.counts ? this.#standingsOf(node) : handInNodes(node, node.assignment.mine?.handIns ?? []);
      case 'standings':
        return node.standings.map((standing) => ({ type: 'standing', instance, assignment: node.assignment, standing }));
      case 'standing':
        return handInNodes(node, node.standing.handIns);
      case 'hand-in':
        return this.#inHandIn(node);
      case 'feedback':
        return this.#inFeedback(node);
      case 'kept-entry':
        return entryNodes(instance, node.kept, node.entry.path);
      case 'more-assignments':
        return node.rest;
      case 'assignments-note':
      case 'assignments-failed':
        return [];
    }
  }

  async #standingsOf({ instance, assignment }: AssignmentNode): Promise<readonly AssignmentsNode[]> {
    const { standings } = await instance.engine.assignment({ assignment: assignment.id });
    const byState = Map.groupBy(standings, ({ state }) => state);
    const names = new Intl.Collator(vscode.env.language, { numeric: true });
    return inOrder.flatMap((state): AssignmentsNode[] => {
      const alike = byState.get(state) ?? [];
      const sorted = alike.toSorted((a, b) => names.compare(authorName(a.member), authorName(b.member)));
      return alike.length === 0 ? [] : [{ type: 'standings', instance, assignment, state, standings: sorted }];
    });
  }

  async #inHandIn(node: HandInNode): Promise<readonly AssignmentsNode[]> {
    const { instance, assignment, handIn } = node;
    const feedback: readonly AssignmentsNode[] = handIn.feedback ? [{ type: 'feedback', instance, assignment, handIn }] : [];
    const kept = handInState(handIn);
    if (kept) return [...feedback, ...(await entryNodes(instance, kept, ''))];
    return [...feedback, note(node, vscode.l10n.t('Its files are not collected yet.'))];
  }

  /** Brought here when it is opened. */
  async #inFeedback(node: FeedbackNode): Promise<readonly AssignmentsNode[]> {
    const { instance, handIn } = node;
    const here = feedbackState(handIn);
    if (here) return entryNodes(instance, here, '');
    if (!vscode.workspace.isTrusted) return [note(node, restrictionInWords())];
    await instance.engine.fetchFeedback({ handIn: handIn.id });
    const brought = handIn.feedback && feedbackState({ ...handIn, feedback: { ...handIn.feedback, isHere: true } });
    return brought ? entryNodes(instance, brought, '') : [];
  }

  #paged(node: AssignmentsNode, rows: readonly AssignmentsNode[]): AssignmentsNode[] {
    const { instance } = node;
    return [...firstPage(rows, (rest): AssignmentsNode => ({ type: 'more-assignments', instance, above: assignmentsNodeId(node), rest }))];
  }
}

/** The latest first. */
function handInNodes(
  { instance, assignment }: Pick<AssignmentNode, 'instance' | 'assignment'>,
  handIns: readonly HandInNode['handIn'][],
): readonly AssignmentsNode[] {
  return handIns.toReversed().map((handIn) => ({ type: 'hand-in', instance, assignment, handIn }));
}

async function entryNodes(instance: Instance, kept: KeptState, path: string): Promise<readonly AssignmentsNode[]> {
  const entries = await instance.engine.ls({ state: kept.id, path });
  return byFolderAndName(entries, vscode.env.language).map((entry) => ({ type: 'kept-entry', instance, kept, entry }));
}

function note(node: AssignmentsNode, text: string): AssignmentsNode {
  return { type: 'assignments-note', instance: node.instance, above: assignmentsNodeId(node), text };
}
