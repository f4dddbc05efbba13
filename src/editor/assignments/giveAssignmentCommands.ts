import { l10n } from 'vscode';
import type { AssignmentInfo, AssignmentPart } from '../../engine/assignmentApi.ts';
import type { AuditPanels } from '../audit/auditPanel.ts';
import { pathsOf, type Chosen } from '../chosen.ts';
import type { CommandHandler, CommandId } from '../commandTable.ts';
import type { Instance } from '../instance.ts';
import type { Spaces } from '../space/spaces.ts';
import type { Workspace } from '../workspace.ts';
import { instanceFor, pickAssignment } from './assignmentCommands.ts';
import type { DashboardPanels } from './dashboardPanel.ts';
import type { AssignmentGiver, GivenParts } from './giveAssignment.ts';
import type { Grading } from './grading.ts';
import type { SimilarityPanels } from './similarityPanel.ts';

/** What the commands put to work. */
export interface GivingServices {
  readonly workspace: Workspace;
  readonly spaces: Spaces;
  readonly assignmentGiver: AssignmentGiver;
  readonly grading: Grading;
  readonly similarityPanels: SimilarityPanels;
  readonly auditPanels: AuditPanels;
  readonly dashboardPanels: DashboardPanels;
}

/** The commands of a Master: on rows of the Assignments view, on what is to be handed in, or on what is picked. */
export function givingCommands(services: GivingServices) {
  const { workspace, assignmentGiver: giver, grading, similarityPanels, auditPanels, dashboardPanels } = services;
  const withAssignment =
    (title: string, run: (instance: Instance, assignment: AssignmentInfo) => Promise<void> | void): CommandHandler =>
    async (chosen) => {
      const [node] = chosen.assigned;
      if (node && 'assignment' in node) return run(node.instance, node.assignment);
      const instance = await instanceFor(services, chosen, title);
      const assignment = instance && (await pickAssignment(services, instance, title));
      if (instance && assignment) await run(instance, assignment);
    };
  return {
    'snapstage.newAssignment': async (chosen) => {
      const title = l10n.t('New Assignment');
      const instance = chosen.inSpace[0]?.instance ?? chosen.staged[0]?.instance ?? (await instanceFor(services, chosen, title));
      if (instance) await giver.create(instance, givenIn(workspace, instance, chosen));
    },
    'snapstage.showDashboard': withAssignment(l10n.t('Open Dashboard'), (instance, assignment) =>
      dashboardPanels.show(instance, assignment),
    ),
    'snapstage.editAssignment': withAssignment(l10n.t('Edit Assignment'), (instance, assignment) => giver.edit(instance, assignment)),
    'snapstage.extendAssignment': withAssignment(l10n.t('Extend Assignment'), (instance, assignment) => giver.extend(instance, assignment)),
    'snapstage.closeAssignment': withAssignment(l10n.t('Close Assignment'), (instance, assignment) =>
      giver.close(instance, assignment, true),
    ),
    'snapstage.reopenAssignment': withAssignment(l10n.t('Reopen Assignment'), (instance, assignment) =>
      giver.close(instance, assignment, false),
    ),
    'snapstage.collect': withAssignment(l10n.t('Collect Hand-Ins'), (instance, assignment) => grading.collect(instance, assignment)),
    'snapstage.showSimilarity': withAssignment(l10n.t('Similarity of Hand-Ins'), (instance, assignment) =>
      similarityPanels.show(instance, assignment),
    ),
    'snapstage.showAssignmentAudit': withAssignment(l10n.t('Audit Trail of an Assignment'), (instance, { id }) =>
      auditPanels.show(instance, id),
    ),
    'snapstage.exportGrades': withAssignment(l10n.t('Export Grades'), (instance, assignment) => grading.exportGrades(instance, assignment)),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** A distribution, or what is to be handed in: files of the explorer, rows of a tree or of the Stage. */
function givenIn(workspace: Workspace, instance: Instance, chosen: Chosen): GivenParts {
  const [node] = chosen.inSpace;
  if (node?.type === 'distribution') return { distribution: node.distribution };
  const staged = chosen.staged.flatMap((row) =>
    row.type === 'staged' && row.object.table === null && row.object.application === null ? [row.object.path] : [],
  );
  const paths = pathsOf(workspace, chosen).flatMap((one) => (one.instance === instance ? one.paths : []));
  const parts = [...new Set([...staged, ...paths])].map((path): AssignmentPart => ({ path, patterns: [] }));
  return parts.length === 0 ? {} : { parts };
}
