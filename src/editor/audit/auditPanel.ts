import { env, l10n, Uri, window, workspace as vscodeWorkspace, type Disposable, type WebviewPanel } from 'vscode';
import { formatSize } from '../../base/format.ts';
import type { AuditTrail } from '../../engine/auditApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { PagePanels, type PanelServices } from '../pagePanels.ts';
import type { Reporter } from '../reporter.ts';
import type { Spaces } from '../space/spaces.ts';
import { spaceName } from '../space/spaceWords.ts';
import { plainFileName } from '../../base/format.ts';
import type { Work } from '../work.ts';
import { parseFromPage, parsePageState, type PageState } from './auditPage.ts';
import { recordCount } from './auditWords.ts';
import { OpenAudit, type Checked } from './openAudit.ts';

export interface AuditPanelServices extends PanelServices {
  readonly reporter: Pick<Reporter, 'detached' | 'logError' | 'requireTrust'>;
  readonly spaces: Spaces;
  readonly work: Work;
}

/** The audit trails, at most one for each folder. */
export class AuditPanels extends PagePanels<PageState, OpenAudit> {
  readonly #services: AuditPanelServices;
  readonly #subscription: Disposable;

  constructor(services: AuditPanelServices) {
    super('audit', services);
    this.#services = services;
    this.#subscription = services.spaces.onDidChange((changed) => {
      for (const { page, instance } of this.pages) if (instance === changed) services.reporter.detached(page.changed());
    });
  }

  /** What is open for a folder. */
  pageOf(instance: Instance): OpenAudit | undefined {
    return this.openWith(stateOf(instance));
  }

  /** All that was done, or what was done about one assignment. @throws SnapstageError where the instance belongs to no Space. */
  async show(instance: Instance, assignment?: string): Promise<void> {
    await this.#services.spaces.mustBelong(instance);
    this.showWith(instance, stateOf(instance));
    if (assignment !== undefined) this.pageOf(instance)?.showAssignment(assignment);
  }

  override dispose(): void {
    this.#subscription.dispose();
    super.dispose();
  }

  protected override parse(kept: unknown): PageState | undefined {
    return parsePageState(kept);
  }

  protected override titleOf(instance: Instance): string {
    return l10n.t('Audit Trail: {0}', instance.name);
  }

  protected override open(panel: WebviewPanel, instance: Instance, state: PageState): OpenAudit {
    const { reporter } = this.#services;
    const page = new OpenAudit(state, instance.name, {
      api: instance.engine,
      verify: () => this.#verify(instance),
      export: (trail) => this.#export(instance, trail),
      reporter,
      isSeen: () => panel.visible,
      now: () => new Date(),
      send: (message) => void panel.webview.postMessage(message),
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = parseFromPage(message);
      if (parsed) reporter.detached(page.answer(parsed));
    });
    return page;
  }

  /** The hub's place comes from the folder: it is asked only where that is trusted. */
  async #verify(instance: Instance): Promise<Checked> {
    const hub = vscodeWorkspace.isTrusted;
    const report = await this.#services.work.run(l10n.t('Verifying the audit trail of {0}', instance.name), (options) =>
      instance.engine.verifyAudit({ hub }, options),
    );
    return { report, isHubAsked: hub };
  }

  /** VS Code asks before a file is replaced. */
  async #export(instance: Instance, { space, name }: AuditTrail): Promise<void> {
    const title = l10n.t('Export Audit Trail');
    const file = `${plainFileName(l10n.t('{0} audit trail', spaceName({ id: space, name })))}.jsonl`;
    const uri = await window.showSaveDialog({
      title,
      saveLabel: l10n.t('Export'),
      defaultUri: Uri.joinPath(instance.folder.uri, '..', file),
      filters: { [l10n.t('Audit trail')]: ['jsonl'] },
    });
    if (!uri) return;
    const to = uri.fsPath;
    const { records, bytes } = await this.#services.work.run(l10n.t('Exporting the audit trail of {0}', instance.name), (options) =>
      instance.engine.exportAudit({ to, force: true }, options),
    );
    const done = l10n.t('Exported {0} to {1}: {2}.', recordCount(records), displayText(to), formatSize(bytes, env.language));
    const advice = l10n.t(
      'It holds in words what this instance can read: whoever has the file can read that too. “snapstage audit --verify FILE” checks it anywhere.',
    );
    const copy = l10n.t('Copy Command');
    const said = [done, advice].join(' ');
    const shown = window.showInformationMessage(said, copy);
    const command = `snapstage audit --verify "${to}"`;
    this.#services.reporter.detached(
      Promise.resolve(shown).then((answer) => (answer === copy ? env.clipboard.writeText(command) : undefined)),
    );
  }
}

function stateOf({ folder }: Instance): PageState {
  return { folder: folder.uri.toString() };
}
