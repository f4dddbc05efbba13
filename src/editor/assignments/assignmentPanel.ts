import { l10n, type WebviewPanel } from 'vscode';
import { wallClock } from '../automatic/wallClock.ts';
import type { Instance } from '../instance.ts';
import { parseFromPage } from './assignmentPage.ts';
import { AssignmentPanels, type AssignmentPanelServices } from './assignmentPanels.ts';
import type { HandInHistory } from './handInHistory.ts';
import type { HandingIn } from './handingIn.ts';
import { OpenAssignment } from './openAssignment.ts';
import type { PageState } from './pageState.ts';
import { saveReceipt } from './receipts.ts';

export interface TaskPanelServices extends AssignmentPanelServices {
  readonly handingIn: HandingIn;
  readonly handInHistory: HandInHistory;
}

/** The pages of assignments for whoever hands in, at most one for each. */
export class TaskPanels extends AssignmentPanels<OpenAssignment> {
  readonly #services: TaskPanelServices;

  constructor(services: TaskPanelServices) {
    super('assignment', services);
    this.#services = services;
  }

  protected override titleOf(instance: Instance): string {
    return l10n.t('Assignment in {0}', instance.name);
  }

  protected override open(panel: WebviewPanel, instance: Instance, state: PageState): OpenAssignment {
    const { reporter, handingIn, handInHistory } = this.#services;
    const page = new OpenAssignment(state, instance.name, {
      api: instance.engine,
      handIn: (assignment) => handingIn.handIn(instance, assignment),
      compare: (assignment, handIn) => handInHistory.compare(instance, assignment, handIn),
      restore: (assignment, handIn) => handInHistory.restore(instance, assignment, handIn),
      saveReceipt: (assignment, handIn) => saveReceipt(instance, assignment, handIn),
      openFile: (kept, path) => handInHistory.open(instance, kept, path),
      reporter,
      isSeen: () => panel.visible,
      clock: wallClock,
      send: (message) => {
        panel.title = message.view.title;
        void panel.webview.postMessage(message);
      },
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = parseFromPage(message);
      if (parsed) reporter.detached(page.answer(parsed));
    });
    return page;
  }
}
