import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { AssignmentInfo, HandInInfo } from '../../engine/assignmentApi.ts';
import { instanceOf, type Chosen } from '../chosen.ts';
import type { CommandHandler, CommandId } from '../commandTable.ts';
import type { Instance } from '../instance.ts';
import { pickInstance, plainLabel } from '../pickers.ts';
import type { Spaces } from '../space/spaces.ts';
import type { Workspace } from '../workspace.ts';
import type { TaskPanels } from './assignmentPanel.ts';
import { assignmentTitle, handInLateness, handInTitle, standingWord } from './assignmentWords.ts';
import type { HandInHistory } from './handInHistory.ts';
import type { HandingIn } from './handingIn.ts';
import { saveReceipt, verifyReceipt } from './receipts.ts';

/** What the commands put to work. */
export interface AssignmentServices {
  readonly workspace: Workspace;
  readonly spaces: Spaces;
  readonly handingIn: HandingIn;
  readonly handInHistory: HandInHistory;
  readonly assignmentPanels: TaskPanels;
}

interface ChosenHandIn {
  readonly instance: Instance;
  readonly assignment: AssignmentInfo;
  readonly handIn: HandInInfo;
}

/** The commands of those who hand in: on rows of the Assignments view, or on what is picked. */
export function assignmentCommands(services: AssignmentServices) {
  const { handingIn, handInHistory, assignmentPanels } = services;
  const withHandIn =
    (title: string, run: (chosen: ChosenHandIn) => Promise<void>): CommandHandler =>
    async (chosen) => {
      const found = handInOf(chosen) ?? (await pickHandInOf(services, chosen, title));
      if (found) await run(found);
    };
  return {
    'snapstage.handIn': async (chosen) => {
      const [node] = chosen.assigned;
      if (node?.type === 'assignment' || node?.type === 'hand-in') return handingIn.handIn(node.instance, node.assignment);
      const instance = node?.instance ?? (await instanceFor(services, chosen, l10n.t('Hand In')));
      if (instance) await handingIn.handIn(instance);
    },
    'snapstage.showAssignment': async (chosen) => {
      const [node] = chosen.assigned;
      if (node && 'assignment' in node) return assignmentPanels.show(node.instance, node.assignment);
      const title = l10n.t('Show Assignment');
      const instance = await instanceFor(services, chosen, title);
      const assignment = instance && (await pickAssignment(services, instance, title));
      if (instance && assignment) assignmentPanels.show(instance, assignment);
    },
    'snapstage.saveReceipt': withHandIn(l10n.t('Save Receipt'), ({ instance, assignment, handIn }) =>
      saveReceipt(instance, assignment, handIn),
    ),
    'snapstage.verifyReceipt': async (chosen) => {
      const instance = await instanceFor(services, chosen, l10n.t('Verify Receipt'));
      if (instance) await verifyReceipt(instance);
    },
    'snapstage.compareHandIn': withHandIn(l10n.t('Compare Hand-In'), ({ instance, assignment, handIn }) =>
      handInHistory.compare(instance, assignment, handIn),
    ),
    'snapstage.restoreHandIn': withHandIn(l10n.t('Restore Hand-In'), ({ instance, assignment, handIn }) =>
      handInHistory.restore(instance, assignment, handIn),
    ),
    'snapstage.openKept': async ({ assigned: [node] }) => {
      if (node?.type === 'kept-entry') await handInHistory.open(node.instance, node.kept, node.entry.path);
    },
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** That of the chosen row or file, the only one, or the one that is picked. */
export async function instanceFor(
  { workspace }: Pick<AssignmentServices, 'workspace'>,
  chosen: Chosen,
  title: string,
): Promise<Instance | undefined> {
  return chosen.assigned[0]?.instance ?? instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
}

function handInOf({ assigned: [node] }: Chosen): ChosenHandIn | undefined {
  if (node?.type !== 'hand-in' && node?.type !== 'feedback') return undefined;
  const { instance, assignment, handIn } = node;
  return { instance, assignment, handIn };
}

export async function pickAssignment(
  { spaces }: Pick<AssignmentServices, 'spaces'>,
  instance: Instance,
  title: string,
): Promise<AssignmentInfo | undefined> {
  const { assignments } = await spaces.mustBelong(instance);
  if (assignments.length === 0) throw new SnapstageError('usage', l10n.t('There is no assignment in {0} yet.', instance.name));
  const items = assignments.map((assignment) => ({
    label: plainLabel(assignmentTitle(assignment)),
    description: assignment.mine ? standingWord(assignment.mine.state) : '',
    assignment,
  }));
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which assignment?') });
  return picked?.assignment;
}

/** One of one's own, the latest first. */
async function pickHandInOf(services: AssignmentServices, chosen: Chosen, title: string): Promise<ChosenHandIn | undefined> {
  const [node] = chosen.assigned;
  const instance = await instanceFor(services, chosen, title);
  if (!instance) return undefined;
  const { assignments } = await services.spaces.mustBelong(instance);
  const asked = node?.type === 'assignment' ? assignments.filter(({ id }) => id === node.assignment.id) : assignments;
  const items = asked.flatMap((assignment) =>
    (assignment.mine?.handIns ?? []).toReversed().map((handIn) => ({
      label: plainLabel(`${assignmentTitle(assignment)}: ${handInTitle(handIn)}`),
      description: handInLateness(handIn),
      found: { instance, assignment, handIn },
    })),
  );
  if (items.length === 0) throw new SnapstageError('usage', l10n.t('Nothing was handed in from {0} yet.', instance.name));
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which hand-in?'), matchOnDescription: true });
  return picked?.found;
}
