import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import { formatNumber } from '../base/format.ts';
import { formatMoment, formatPercent, formatTime } from './formats.ts';
import { changesIn } from './instance.ts';
import { plainLabel } from './pickers.ts';
import { latestOf } from './reference.ts';
import { onReturnToWindow } from './windowReturn.ts';
import type { Work } from './work.ts';
import type { Workspace } from './workspace.ts';
import { changesSince, snapshotFacts, snapshotTitle } from './words.ts';

/** The status bar's item: the work under way, or else the latest snapshot and what has changed since. Hidden where there is none. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('snapstage.status', vscode.StatusBarAlignment.Left);
  readonly #workspace: Workspace;
  readonly #work: Work;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(workspace: Workspace, work: Work) {
    this.#workspace = workspace;
    this.#work = work;
    this.#item.name = vscode.l10n.t('Snapstage: Latest Snapshot and Running Work');
    const update = (): void => this.#update();
    // A time without its date is another one after midnight: looked at again when the window is.
    this.#subscriptions = [workspace.onDidChange(update), work.onDidChange(update), onReturnToWindow(update)];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#item.dispose();
  }

  #update(): void {
    const job = this.#work.current;
    const text = job ? jobText(job.title, job.fraction) : this.#latestText();
    if (text === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.text = text.text;
    this.#item.tooltip = text.tooltip;
    this.#item.accessibilityInformation = { label: text.tooltip };
    this.#item.command = 'snapstage.snapshots.focus';
    this.#item.show();
  }

  #latestText(): { readonly text: string; readonly tooltip: string } | undefined {
    const lines: string[] = [];
    let newest: string | undefined;
    let changes = 0;
    for (const instance of this.#workspace.instances) {
      const { name, state } = instance;
      const latest = state.kind === 'ready' ? latestOf(state.snapshots) : undefined;
      if (state.kind !== 'ready' || !latest) continue;
      const moment = formatMoment(latest.created, vscode.env.language);
      const facts = [...(latest.name === null ? [] : [snapshotTitle(latest)]), moment, ...snapshotFacts(latest)].join(', ');
      lines.push(vscode.l10n.t('Latest snapshot of {0}: {1}', name, facts));
      if (state.changes && !(state.changes instanceof SnapstageError) && state.reference)
        lines.push(changesSince(state.changes.counts, state.reference));
      changes += changesIn(instance);
      if (newest === undefined || latest.created > newest) newest = latest.created;
    }
    if (newest === undefined) return undefined;
    const time = formatTime(newest, new Date(), vscode.env.language);
    const counted = changes === 0 ? '' : ` $(edit) ${formatNumber(changes, vscode.env.language)}`;
    return { text: `$(device-camera) ${time}${counted}`, tooltip: lines.join('\n') };
  }
}

function jobText(title: string, fraction: number | undefined): { readonly text: string; readonly tooltip: string } {
  const percent = fraction === undefined ? '' : formatPercent(fraction, vscode.env.language);
  const text = [title, percent].filter(Boolean).join(' ');
  return { text: `$(loading~spin) ${plainLabel(text)}`, tooltip: text };
}
