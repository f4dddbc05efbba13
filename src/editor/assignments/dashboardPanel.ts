import { l10n, type Disposable, type WebviewPanel } from 'vscode';
import type { Clock } from '../automatic/automaticSnapshots.ts';
import type { Instance } from '../instance.ts';
import { AssignmentPanels, type AssignmentPanelServices } from './assignmentPanels.ts';
import { assignmentTitle } from './assignmentWords.ts';
import { OpenDashboard, type DashboardActions } from './dashboard.ts';
import { parseFromPage } from './dashboardPage.ts';
import type { AssignmentGiver } from './giveAssignment.ts';
import type { Grading } from './grading.ts';
import type { PageState } from './pageState.ts';
import type { SimilarityPanels } from './similarityPanel.ts';

export interface DashboardPanelServices extends AssignmentPanelServices {
  readonly giver: AssignmentGiver;
  readonly grading: Grading;
  readonly similarityPanels: SimilarityPanels;
  readonly clock: Clock;
}

/** The dashboards, at most one for each assignment. */
export class DashboardPanels extends AssignmentPanels<OpenDashboard> {
  readonly #services: DashboardPanelServices;
  readonly #collected: Disposable;

  constructor(services: DashboardPanelServices) {
    super('dashboard', services);
    this.#services = services;
    this.#collected = services.grading.onDidCollect((instance) => this.changed(instance));
  }

  override dispose(): void {
    this.#collected.dispose();
    super.dispose();
  }

  protected override titleOf(instance: Instance): string {
    return l10n.t('Dashboard: {0}', instance.name);
  }

  protected override open(panel: WebviewPanel, instance: Instance, state: PageState): OpenDashboard {
    const { reporter, spaces, clock } = this.#services;
    const named = spaces.belonging(instance)?.assignments.find(({ id }) => id === state.assignment);
    if (named) panel.title = l10n.t('Dashboard: {0}', assignmentTitle(named));
    const page = new OpenDashboard(state, {
      api: instance.engine,
      actions: this.#actionsOf(instance),
      reporter,
      isSeen: () => panel.visible,
      clock,
      send: (message) => void panel.webview.postMessage(message),
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = parseFromPage(message);
      if (parsed) reporter.detached(page.answer(parsed));
    });
    return page;
  }

  #actionsOf(instance: Instance): DashboardActions {
    const { giver, grading, similarityPanels, spaces } = this.#services;
    return {
      extend: (assignment, members) => giver.extend(instance, assignment, members),
      edit: (assignment) => giver.edit(instance, assignment),
      close: (assignment, isClosed) => giver.close(instance, assignment, isClosed),
      collect: (assignment, members) => grading.collect(instance, assignment, members),
      openCopy: (handIn) => grading.openCopy(handIn),
      compare: (assignment, handIn) => grading.compare(instance, assignment, handIn),
      judge: (handIn, verdict) => grading.judge(instance, handIn, verdict),
      show: (assignment, handIns, visibility) => grading.show(instance, assignment, handIns, visibility),
      giveFeedback: (handIn, request) => grading.giveFeedback(instance, handIn, request),
      pickFiles: () => grading.pickFiles(),
      similarity: (assignment) => similarityPanels.show(instance, assignment),
      export: (assignment) => grading.exportGrades(instance, assignment),
      sync: () => spaces.sync(instance),
    };
  }
}
