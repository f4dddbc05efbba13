import type { Disposable } from 'vscode';
import type { AssignmentInfo } from '../../engine/assignmentApi.ts';
import type { Instance } from '../instance.ts';
import { PagePanels, type PanelServices } from '../pagePanels.ts';
import type { Reporter } from '../reporter.ts';
import type { Spaces } from '../space/spaces.ts';
import { parsePageState, type PageState } from './pageState.ts';

export interface AssignmentPanelServices extends PanelServices {
  readonly reporter: Pick<Reporter, 'detached' | 'logError' | 'requireTrust'>;
  readonly spaces: Spaces;
}

/** A page about an assignment. */
export interface AssignmentPage extends Disposable {
  /** There may be news. */
  changed(): Promise<void>;
}

/** Pages of one kind about assignments, at most one for each. They follow what comes. */
export abstract class AssignmentPanels<Page extends AssignmentPage> extends PagePanels<PageState, Page> {
  protected readonly reporter: AssignmentPanelServices['reporter'];
  readonly #subscription: Disposable;

  constructor(name: string, services: AssignmentPanelServices) {
    super(name, services);
    this.reporter = services.reporter;
    this.#subscription = services.spaces.onDidChange((changed) => {
      if (changed) this.changed(changed);
    });
  }

  /** What is open for an assignment. */
  pageOf(instance: Instance, { id }: Pick<AssignmentInfo, 'id'>): Page | undefined {
    return this.openWith(stateOf(instance, id));
  }

  show(instance: Instance, { id }: Pick<AssignmentInfo, 'id'>): void {
    this.showWith(instance, stateOf(instance, id));
  }

  override dispose(): void {
    this.#subscription.dispose();
    super.dispose();
  }

  /** There may be news of the instance's assignments. */
  protected changed(instance: Instance): void {
    for (const { page, instance: own } of this.pages) if (own === instance) this.reporter.detached(page.changed());
  }

  protected override parse(kept: unknown): PageState | undefined {
    return parsePageState(kept);
  }

  protected override keyOf({ folder, assignment }: PageState): string {
    return `${folder} ${assignment}`;
  }
}

function stateOf({ folder }: Instance, assignment: string): PageState {
  return { folder: folder.uri.toString(), assignment };
}
