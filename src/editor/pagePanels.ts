import { ViewColumn, window, type Disposable, type Uri, type WebviewPanel, type WebviewPanelSerializer } from 'vscode';
import type { Instance } from './instance.ts';
import type { Reporter } from './reporter.ts';
import { fillWebview } from './webPage.ts';
import type { Workspace } from './workspace.ts';

/** What is kept of a page over a reload of the window, at least. */
export interface KeptPage {
  /** Address of the workspace folder. */
  readonly folder: string;
}

export interface PanelServices {
  readonly workspace: Pick<Workspace, 'instances' | 'onDidChange'>;
  readonly reporter: Pick<Reporter, 'detached' | 'logError'>;
  /** Of the extension. */
  readonly extensionUri: Uri;
}

interface Opened<Page> {
  readonly panel: WebviewPanel;
  readonly page: Page;
  readonly instance: Instance;
}

/** Pages of one kind in panels, at most one for each key. They are there again after the window is reloaded. */
export abstract class PagePanels<State extends KeptPage, Page extends Disposable> implements WebviewPanelSerializer, Disposable {
  readonly #services: PanelServices;
  readonly #name: string;
  readonly #open = new Map<string, Opened<Page>>();
  readonly #subscriptions: readonly Disposable[];

  /** The page's files are `<name>.js` and `<name>.css`. */
  constructor(name: string, services: PanelServices) {
    this.#name = name;
    this.#services = services;
    this.#subscriptions = [
      services.workspace.onDidChange(({ instance }) => {
        if (!instance) this.#closeOthers();
      }),
      window.registerWebviewPanelSerializer(this.#type, this),
    ];
  }

  protected abstract parse(kept: unknown): State | undefined;
  protected abstract titleOf(instance: Instance): string;
  /** Makes the page that the panel shows from now on. */
  protected abstract open(panel: WebviewPanel, instance: Instance, state: State): Page;
  /** Its panel was closed, and its folder is still there. */
  protected closed(_: Instance): Promise<void> | undefined {
    return undefined;
  }
  /** What tells a page from others of its kind. */
  protected keyOf({ folder }: State): string {
    return folder;
  }

  protected openWith(state: State): Page | undefined {
    return this.#open.get(this.keyOf(state))?.page;
  }

  protected get pages(): readonly Opened<Page>[] {
    return [...this.#open.values()];
  }

  /** Opens the page, or shows the one that is open. */
  protected showWith(instance: Instance, state: State): void {
    const known = this.#open.get(this.keyOf(state));
    if (known) known.panel.reveal();
    else this.#fill(window.createWebviewPanel(this.#type, '', ViewColumn.Active), instance, state);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, kept: unknown): Promise<void> {
    const state = this.parse(kept);
    const instance = state && this.instanceAt(state.folder);
    if (!state || !instance || this.#open.has(this.keyOf(state))) panel.dispose();
    else this.#fill(panel, instance, state);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    const { pages } = this;
    this.#open.clear();
    for (const { panel } of pages) panel.dispose();
  }

  protected instanceAt(folder: string): Instance | undefined {
    return this.#services.workspace.instances.find((instance) => instance.folder.uri.toString() === folder);
  }

  get #type(): string {
    return `snapstage.${this.#name}`;
  }

  /** Those of folders that are not open any more. */
  #closeOthers(): void {
    const { instances } = this.#services.workspace;
    for (const { panel, instance } of this.pages) if (!instances.includes(instance)) panel.dispose();
  }

  #fill(panel: WebviewPanel, instance: Instance, state: State): void {
    const { workspace, reporter, extensionUri } = this.#services;
    panel.title = this.titleOf(instance);
    const page = this.open(panel, instance, state);
    this.#open.set(this.keyOf(state), { panel, page, instance });
    panel.onDidDispose(() => {
      page.dispose();
      if (!this.#open.delete(this.keyOf(state)) || !workspace.instances.includes(instance)) return;
      const closing = this.closed(instance);
      if (closing) reporter.detached(closing);
    });
    fillWebview(panel.webview, extensionUri, this.#name, panel.title);
  }
}
