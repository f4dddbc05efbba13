import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { DeliveredObject } from '../../engine/deliveryApi.ts';
import type { BringPlan, BringReport } from '../../engine/pullApi.ts';
import type { Instance } from '../instance.ts';
import type { ListDocuments } from '../lists.ts';
import type { Reporter } from '../reporter.ts';
import type { EditorReloader } from '../restore/reload.ts';
import type { Restorer } from '../restore/restore.ts';
import { saveAll, unsavedIn, type Unsaved } from '../restore/unsaved.ts';
import type { Work } from '../work.ts';
import { asSentence, countOf, namesInWords } from '../words.ts';
import { changesSomething, touchesPath, writtenItems } from './receivePlan.ts';
import { conflictsIn, type Spaces } from './spaces.ts';
import { outcomeInWords, outcomesInWords } from './spaceWords.ts';

export interface ApplierServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly reporter: Reporter;
  readonly restorer: Restorer;
  readonly reloader: EditorReloader;
  readonly lists: ListDocuments;
}

/** A change of the folder by what comes from others: how it is planned, carried out and spoken of. */
export interface Arrival<Plan extends BringPlan, Report extends BringReport> {
  readonly instance: Instance;
  /** What comes. */
  readonly title: string;
  readonly question: string;
  readonly go: string;
  /** Said instead, where nothing is to be done; absent: it is carried out all the same. */
  readonly nothing?: string;
  /** While it runs. */
  readonly running: string;
  /** What did not happen where something keeps it from happening, within a sentence. */
  readonly undone: string;
  /** What has to be said of what waits. */
  readonly waits: (count: number) => string;
  /** `counted` is what was done, and may be empty. */
  readonly done: (counted: string) => string;
  /** A button beside *Undo*. */
  readonly next?: (report: Report) => { readonly title: string; readonly run: () => void } | undefined;
  plan(): Promise<Plan>;
  execute(plan: Plan, options: CallOptions): Promise<Report>;
}

interface Asking {
  readonly asks: boolean;
  readonly isStale: boolean;
}

/** Carries out what comes from others: the plan first, in one sentence where somebody's work is concerned; then the change; then a toast with *Undo*. */
export class Applier {
  readonly #services: ApplierServices;

  constructor(services: ApplierServices) {
    this.#services = services;
  }

  /** Nothing when it was not wanted. Goes round until the plan that was agreed to is the one that is carried out. */
  async run<Plan extends BringPlan, Report extends BringReport>(
    arrival: Arrival<Plan, Report>,
    asksFor: (plan: Plan) => boolean,
  ): Promise<Report | undefined> {
    for (let isStale = false; ; isStale = true) {
      const plan = await arrival.plan();
      if (arrival.nothing !== undefined && !changesSomething(plan) && conflictsIn(plan) === 0) {
        void window.showInformationMessage(arrival.nothing);
        return undefined;
      }
      try {
        return await this.carryOut(arrival, plan, { asks: asksFor(plan), isStale });
      } catch (error) {
        if (!(error instanceof SnapstageError && error.code === 'stale-plan')) throw error;
      }
    }
  }

  /** Asks where that is wished for and where unsaved changes are concerned. @throws SnapstageError `stale-plan`. */
  async carryOut<Plan extends BringPlan, Report extends BringReport>(
    arrival: Arrival<Plan, Report>,
    shown: Plan,
    { asks, isStale }: Asking,
  ): Promise<Report | undefined> {
    const unsaved = unsavedIn(arrival.instance).filter(({ path }) => touchesPath(shown, path));
    if ((asks || unsaved.length > 0) && !(await this.#agreed(arrival, shown, unsaved, isStale))) return undefined;
    // Before they are replaced, so that the automatic snapshot holds them.
    await saveAll(unsaved, arrival.undone);
    // What was saved is another state, and may be another plan.
    const plan = unsaved.length === 0 ? shown : await arrival.plan();
    if (!isSame(shown, plan)) throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
    return this.execute(arrival, plan);
  }

  /** Without a question. */
  async execute<Plan extends BringPlan, Report extends BringReport>(arrival: Arrival<Plan, Report>, plan: Plan): Promise<Report> {
    const { work, reloader, spaces } = this.#services;
    const { instance, running } = arrival;
    try {
      const done = await reloader.around(instance, async () => {
        const report = await work.run(running, (options) => arrival.execute(plan, options));
        return { report, items: writtenItems(report.objects) };
      });
      this.#tell(arrival, done.report);
      return done.report;
    } finally {
      await spaces.refresh(instance);
    }
  }

  /** What a plan would do, as a list. */
  async show(title: string, sentence: string, objects: readonly DeliveredObject[]): Promise<void> {
    const lines = objects.map((object) => `${object.place}  ${outcomeInWords(object)}`);
    await this.#services.lists.show(title, [sentence, '', ...lines]);
  }

  /** The plan in one modal sentence. Where it deletes, the button that is pressed by mistake changes nothing. */
  async #agreed<Plan extends BringPlan, Report extends BringReport>(
    { title, question, go, waits }: Arrival<Plan, Report>,
    plan: Plan,
    unsaved: readonly Unsaved[],
    isStale: boolean,
  ): Promise<boolean> {
    const { counts, isMostOfAll, deletedFiles } = plan;
    const conflicts = conflictsIn(plan);
    const counted = asSentence(outcomesInWords(counts));
    const sentence = [
      ...(isStale ? [l10n.t('The files have changed meanwhile; this is the new plan.')] : []),
      counted === '' ? question : `${question} ${counted}`,
      ...(isMostOfAll ? [l10n.t('{0} would be deleted, more than half of all that are here.', countOf(deletedFiles, 'files'))] : []),
      ...(conflicts > 0 ? [waits(conflicts)] : []),
      ...(unsaved.length === 0 ? [] : [l10n.t('Unsaved changes are saved first: {0}.', namesInWords(unsaved.map(({ path }) => path)))]),
      l10n.t('The state now is kept as a snapshot first.'),
    ].join(' ');
    const details = l10n.t('Show Details');
    const buttons = counts.deleted > 0 ? [details, go] : [go, details];
    const detail = namesInWords(
      plan.objects.filter(({ outcome }) => outcome === 'replaced' || outcome === 'deleted').map(({ place }) => place),
    );
    const answer = await window.showWarningMessage(sentence, { modal: true, detail }, ...buttons);
    if (answer === details) await this.show(title, sentence, plan.objects);
    return answer === go;
  }

  /** The toast is not waited for: the command has done its work. */
  #tell<Plan extends BringPlan, Report extends BringReport>({ instance, waits, done, next }: Arrival<Plan, Report>, report: Report): void {
    const { reporter, restorer } = this.#services;
    const conflicts = conflictsIn(report);
    const sentence = [done(outcomesInWords(report.counts)), ...(conflicts > 0 ? [waits(conflicts)] : [])].join(' ');
    const undo = l10n.t('Undo');
    const canUndo = report.safety !== undefined && changesSomething(report);
    const other = next?.(report);
    const buttons = [...(other ? [other.title] : []), ...(canUndo ? [undo] : [])];
    reporter.detached(
      Promise.resolve(window.showInformationMessage(sentence, ...buttons)).then((answer) => {
        if (other && answer === other.title && reporter.requireTrust()) return other.run();
        return answer === undo ? restorer.undoAtOnce(instance) : undefined;
      }),
    );
  }
}

/** True when carrying out either would do the same to the same places. */
function isSame(a: BringPlan, b: BringPlan): boolean {
  const told = ({ objects }: BringPlan): string => JSON.stringify(objects.map(({ place, outcome }) => [place, outcome]));
  return told(a) === told(b);
}
