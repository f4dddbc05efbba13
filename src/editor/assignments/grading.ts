import * as path from 'node:path';
import { commands, EventEmitter, l10n, Uri, window, workspace, type Disposable } from 'vscode';
import { plainFileName } from '../../base/format.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { AssignmentInfo, CollectReport, FeedbackRequest, HandInInfo } from '../../engine/assignmentApi.ts';
import { gradesCsv, gradesJson } from '../../engine/gradesFile.ts';
import type { Comparison } from '../compare/comparison.ts';
import { comparedStates } from '../compare/multiDiff.ts';
import type { Viewer } from '../files/viewer.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import type { Spaces } from '../space/spaces.ts';
import type { Work } from '../work.ts';
import { namesInWords } from '../words.ts';
import { assignmentTitle, authorName } from './assignmentWords.ts';
import type { PickedFile } from './dashboard.ts';
import { collectedInWords, feedbackCount, troublesIn } from './gradingWords.ts';
import { sinceHandedOut } from './keptStates.ts';

export interface GradingServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly reporter: Pick<Reporter, 'detached' | 'warning'>;
  readonly comparison: Comparison;
  readonly viewer: Viewer;
}

/** What a Master does with what was handed in: collects, compares, judges, gives feedback. */
export class Grading implements Disposable {
  readonly #services: GradingServices;
  readonly #collected = new EventEmitter<Instance>();
  /** Hand-ins of the instance may be here that were not. The Space as a whole does not tell of that. */
  readonly onDidCollect = this.#collected.event;

  constructor(services: GradingServices) {
    this.#services = services;
  }

  /** Into review copies beside the folder; those that are there already stay as they are. Absent members: all. */
  async collect(instance: Instance, assignment: AssignmentInfo, members?: readonly string[]): Promise<void> {
    const title = l10n.t('Collecting the hand-ins of “{0}”', assignmentTitle(assignment));
    const request = { assignment: assignment.id, ...(members && { members }) };
    try {
      this.#tellCollected(await this.#run(instance, title, (options) => instance.engine.collect(request, options)));
    } finally {
      this.#collected.fire(instance);
    }
  }

  dispose(): void {
    this.#collected.dispose();
  }

  /** In a window of its own, where VS Code asks whether what others wrote is trusted. */
  async openCopy({ copy }: HandInInfo): Promise<void> {
    if (copy !== null) await commands.executeCommand('vscode.openFolder', Uri.file(copy), { forceNewWindow: true });
  }

  /** The one file that is other in the diff editor; several as a list. */
  async compare(instance: Instance, assignment: AssignmentInfo, handIn: HandInInfo): Promise<void> {
    const sides = sinceHandedOut(instance, assignment, handIn);
    if (!sides) return;
    const { from: snapshot, to } = sides;
    const { changes } = await instance.engine.changes({ ...comparedStates(sides), limit: 2 });
    const [only, ...others] = changes.filter(({ kind }) => kind !== 'folder');
    if (only && to && others.length === 0) {
      const { path: at, from = at } = only;
      await this.#services.viewer.compare({ instance, snapshot, to, path: at, from });
    } else await this.#services.comparison.show(sides);
  }

  async judge(instance: Instance, handIn: HandInInfo, verdict: 'on-time' | 'late'): Promise<void> {
    const who = authorName(handIn.member);
    const reason = await window.showInputBox({
      title: verdict === 'late' ? l10n.t('Count the Hand-In of {0} as Late', who) : l10n.t('Count the Hand-In of {0} as On Time', who),
      prompt: l10n.t('A reason, which the member reads (optional)'),
      ignoreFocusOut: true,
      validateInput: (text) => (text.length > 1000 ? l10n.t('At most {0} characters.', 1000) : undefined),
    });
    if (reason === undefined) return;
    await this.#run(instance, l10n.t('Deciding on a hand-in'), (options) =>
      instance.engine.judge({ handIn: handIn.id, verdict, reason: reason.trim() }, options),
    );
  }

  async giveFeedback(instance: Instance, { member }: HandInInfo, request: FeedbackRequest): Promise<void> {
    await this.#run(instance, l10n.t('Saving the feedback for {0}', authorName(member)), (options) =>
      instance.engine.giveFeedback(request, options),
    );
  }

  /** Returns the feedback of several hand-ins, or hides it. Of those without any nothing is returned. */
  async show(
    instance: Instance,
    { isAnonymous }: AssignmentInfo,
    handIns: readonly HandInInfo[],
    visibility: 'returned' | 'hidden',
  ): Promise<void> {
    const concerned = handIns.filter(({ feedback }) => feedback !== null && feedback.visibility !== visibility);
    const without = handIns.filter(({ feedback }) => feedback === null);
    const isReturned = visibility === 'returned';
    const left =
      without.length === 0
        ? []
        : [l10n.t('No feedback yet, so left out: {0}.', namesInWords(without.map(({ member }) => authorName(member))))];
    if (concerned.length === 0) {
      const nothing = isReturned ? l10n.t('There is no feedback to return.') : l10n.t('There is no feedback to hide.');
      void window.showInformationMessage([nothing, ...left].join(' '));
      return;
    }
    const count = feedbackCount(concerned.length);
    const question = isReturned ? l10n.t('Return {0}?', count) : l10n.t('Hide {0}?', count);
    const detail = [
      isReturned
        ? l10n.t('The members are told, and see grade, comment and files.')
        : l10n.t('The members don’t see it any more until it is returned again; who has looked at it in between has seen it.'),
      ...(isReturned && isAnonymous ? [l10n.t('Their names are shown here from then on.')] : []),
      ...left,
    ].join('\n');
    const go = isReturned ? l10n.t('Return') : l10n.t('Hide');
    if ((await window.showWarningMessage(question, { modal: true, detail }, go)) !== go) return;
    const title = isReturned ? l10n.t('Returning {0}', count) : l10n.t('Hiding {0}', count);
    await this.#run(instance, title, async (options) => {
      for (const [done, { id }] of concerned.entries()) {
        options.onProgress?.({ phase: 'write', files: done, totalFiles: concerned.length, bytes: 0 });
        await instance.engine.giveFeedback({ handIn: id, visibility }, options);
      }
    });
    window.setStatusBarMessage(isReturned ? l10n.t('Returned {0}.', count) : l10n.t('Hid {0}.', count), 5000);
  }

  /** Files that go back with a hand-in. */
  async pickFiles(): Promise<readonly PickedFile[] | undefined> {
    const uris = await window.showOpenDialog({
      title: l10n.t('Feedback Files'),
      openLabel: l10n.t('Choose'),
      canSelectMany: true,
    });
    return uris?.map(({ fsPath }) => ({ name: path.basename(fsPath), path: fsPath }));
  }

  /** As CSV, which spreadsheets read, or as JSON, by the ending of the file. VS Code asks before one is replaced. */
  async exportGrades(instance: Instance, assignment: AssignmentInfo): Promise<void> {
    const uri = await window.showSaveDialog({
      title: l10n.t('Export Grades'),
      saveLabel: l10n.t('Export'),
      defaultUri: Uri.joinPath(instance.folder.uri, '..', `${plainFileName(l10n.t('{0} grades', assignment.title))}.csv`),
      filters: { CSV: ['csv'], JSON: ['json'] },
    });
    if (!uri) return;
    const rows = await instance.engine.grades({ assignment: assignment.id });
    // By the mark at its beginning spreadsheets know that it is UTF-8.
    const text = uri.path.toLowerCase().endsWith('.json') ? gradesJson(rows) : `\ufeff${gradesCsv(rows)}`;
    await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    const open = l10n.t('Open');
    const shown = window.showInformationMessage(l10n.t('Exported the grades to {0}.', displayText(uri.fsPath)), open);
    this.#services.reporter.detached(
      Promise.resolve(shown).then((answer) => (answer === open ? commands.executeCommand('vscode.open', uri) : undefined)),
    );
  }

  #tellCollected(report: CollectReport): void {
    const { reporter } = this.#services;
    const said = collectedInWords(report);
    const troubles = troublesIn(report);
    if (troubles.length > 0) {
      reporter.warning(said, troubles);
      return;
    }
    const reveal = l10n.t('Show Folder');
    const choices = report.items.length === 0 ? [] : [reveal];
    const shown = window.showInformationMessage(said, ...choices);
    reporter.detached(
      Promise.resolve(shown).then((answer) =>
        answer === reveal ? commands.executeCommand('revealFileInOS', Uri.file(report.folder)) : undefined,
      ),
    );
  }

  async #run<T>(instance: Instance, title: string, task: (options: CallOptions) => Promise<T>): Promise<T> {
    const { work, spaces } = this.#services;
    try {
      return await work.run(title, task);
    } finally {
      await spaces.refresh(instance);
    }
  }
}
