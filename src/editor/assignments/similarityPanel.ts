import { l10n, type Disposable, type WebviewPanel } from 'vscode';
import type { Instance } from '../instance.ts';
import { AssignmentPanels, type AssignmentPanelServices } from './assignmentPanels.ts';
import type { Grading } from './grading.ts';
import { OpenSimilarity } from './openSimilarity.ts';
import type { PageState } from './pageState.ts';
import type { SimilarFiles } from './similarFiles.ts';
import { parseFromPage } from './similarityPage.ts';

export interface SimilarityPanelServices extends AssignmentPanelServices {
  readonly grading: Grading;
  readonly similarFiles: SimilarFiles;
}

/** The pages on how alike hand-ins are, at most one for each assignment. */
export class SimilarityPanels extends AssignmentPanels<OpenSimilarity> {
  readonly #services: SimilarityPanelServices;
  readonly #collected: Disposable;

  constructor(services: SimilarityPanelServices) {
    super('similarity', services);
    this.#services = services;
    this.#collected = services.grading.onDidCollect((instance) => this.changed(instance));
  }

  override dispose(): void {
    this.#collected.dispose();
    super.dispose();
  }

  protected override titleOf(instance: Instance): string {
    return l10n.t('Similarity: {0}', instance.name);
  }

  protected override open(panel: WebviewPanel, instance: Instance, state: PageState): OpenSimilarity {
    const { reporter, grading, similarFiles } = this.#services;
    const page = new OpenSimilarity(state, {
      api: instance.engine,
      named: (title) => {
        panel.title = l10n.t('Similarity: {0}', title);
      },
      showBeside: (assignment, chosen) => similarFiles.show(instance, assignment, chosen),
      collect: (assignment) => grading.collect(instance, assignment),
      reporter,
      isSeen: () => panel.visible,
      send: (message) => void panel.webview.postMessage(message),
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = parseFromPage(message);
      if (parsed) reporter.detached(page.answer(parsed));
    });
    return page;
  }
}
