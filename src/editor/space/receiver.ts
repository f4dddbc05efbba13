import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { DeliveryInfo, DeliveryPlan, ReceiveReport } from '../../engine/deliveryApi.ts';
import type { Instance } from '../instance.ts';
import type { ListDocuments } from '../lists.ts';
import type { Reporter } from '../reporter.ts';
import type { EditorReloader } from '../restore/reload.ts';
import type { Restorer } from '../restore/restore.ts';
import { saveAll, unsavedIn, type Unsaved } from '../restore/unsaved.ts';
import type { Work } from '../work.ts';
import { asSentence, countOf, namesInWords } from '../words.ts';
import { changesSomething, takesAway, touchesPath, writtenItems } from './receivePlan.ts';
import { conflictsIn, openDeliveries, type Spaces } from './spaces.ts';
import { conflictsWaitInWords, deliveryTitle, outcomeInWords, outcomesInWords } from './spaceWords.ts';

export interface ReceiverServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly reporter: Reporter;
  readonly restorer: Restorer;
  readonly reloader: EditorReloader;
  readonly lists: ListDocuments;
  /** Opens what the conflicts of a delivery are decided in. */
  readonly decide: (instance: Instance, delivery: DeliveryInfo) => void;
}

/** Receives deliveries: the plan first, in one sentence where somebody's work is concerned; then the change; then a toast with *Undo*. */
export class Receiver {
  readonly #services: ReceiverServices;

  constructor(services: ReceiverServices) {
    this.#services = services;
  }

  /** All that is new or waits in the instance, the oldest first. */
  async receiveAll(instance: Instance): Promise<void> {
    const { inbox } = await this.#services.spaces.mustBelong(instance);
    const open = openDeliveries(inbox).toReversed();
    if (open.length === 0) {
      void window.showInformationMessage(l10n.t('There is nothing new in the Inbox of {0}.', instance.name));
      return;
    }
    for (const delivery of open) if (!(await this.receive(instance, delivery))) return;
  }

  /** False when it was not wanted. Goes round until the plan that was agreed to is the one that is carried out. */
  async receive(instance: Instance, delivery: DeliveryInfo): Promise<boolean> {
    for (let isStale = false; ; isStale = true) {
      const plan = await this.#plan(instance, delivery);
      try {
        return (await this.#carryOut(instance, plan, { asks: takesAway(plan), isStale })) !== undefined;
      } catch (error) {
        if (!(error instanceof SnapstageError && error.code === 'stale-plan')) throw error;
      }
    }
  }

  /** Carries out a plan that somebody has looked at; nothing where that was given up. @throws SnapstageError `stale-plan`. */
  receiveShown(instance: Instance, plan: DeliveryPlan): Promise<ReceiveReport | undefined> {
    return this.#carryOut(instance, plan, { asks: plan.isMostOfAll, isStale: false });
  }

  /** Without a question, as far as none is needed; false where a person has to look. */
  async receiveQuietly(instance: Instance, delivery: DeliveryInfo): Promise<boolean> {
    const plan = await this.#plan(instance, delivery, true);
    if (plan.isMostOfAll || unsavedIn(instance).some(({ path }) => touchesPath(plan, path))) return false;
    this.#tell(instance, await this.#execute(instance, plan));
    return true;
  }

  /** Asks where that is wished for and where unsaved changes are concerned. @throws SnapstageError `stale-plan`. */
  async #carryOut(
    instance: Instance,
    shown: DeliveryPlan,
    { asks, isStale }: { readonly asks: boolean; readonly isStale: boolean },
  ): Promise<ReceiveReport | undefined> {
    const unsaved = unsavedIn(instance).filter(({ path }) => touchesPath(shown, path));
    if ((asks || unsaved.length > 0) && !(await this.#agreed(shown, unsaved, isStale))) return undefined;
    // Before they are replaced, so that the automatic snapshot holds them.
    await saveAll(unsaved, l10n.t('nothing was received'));
    // What was saved is another state, and may be another plan.
    const plan = unsaved.length === 0 ? shown : await this.#plan(instance, shown.delivery);
    if (!isSame(shown, plan)) throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
    const report = await this.#execute(instance, plan);
    this.#tell(instance, report);
    return report;
  }

  #plan(instance: Instance, delivery: DeliveryInfo, isQuiet = false): Promise<DeliveryPlan> {
    return this.#services.work.run(
      l10n.t('Looking at {0}', deliveryTitle(delivery)),
      (options) => instance.engine.planReceive({ delivery: delivery.id, unsaved: unsavedPaths(instance) }, options),
      { isQuiet },
    );
  }

  async #execute(instance: Instance, { delivery, from, isMostOfAll }: DeliveryPlan): Promise<ReceiveReport> {
    const { work, reloader, spaces } = this.#services;
    const receive = (options: CallOptions): Promise<ReceiveReport> =>
      instance.engine.receive(
        { delivery: delivery.id, from, unsaved: unsavedPaths(instance), ...(isMostOfAll && { confirmed: true }) },
        options,
      );
    try {
      const done = await reloader.around(instance, async () => {
        const report = await work.run(l10n.t('Receiving {0}', deliveryTitle(delivery)), receive);
        return { report, items: writtenItems(report.objects) };
      });
      return done.report;
    } finally {
      await spaces.refresh(instance);
    }
  }

  /** The plan in one modal sentence. Where it deletes, the button that is pressed by mistake changes nothing. */
  async #agreed(plan: DeliveryPlan, unsaved: readonly Unsaved[], isStale: boolean): Promise<boolean> {
    const { delivery, counts, isMostOfAll, deletedFiles } = plan;
    const conflicts = conflictsIn(plan);
    const sentence = [
      ...(isStale ? [l10n.t('The files have changed meanwhile; this is the new plan.')] : []),
      l10n.t('Receive {0}? {1}', deliveryTitle(delivery), asSentence(outcomesInWords(counts))),
      ...(isMostOfAll ? [l10n.t('{0} would be deleted, more than half of all that are here.', countOf(deletedFiles, 'files'))] : []),
      ...(conflicts > 0 ? [conflictsWaitInWords(conflicts)] : []),
      ...(unsaved.length === 0 ? [] : [l10n.t('Unsaved changes are saved first: {0}.', namesInWords(unsaved.map(({ path }) => path)))]),
      l10n.t('The state now is kept as a snapshot first.'),
    ].join(' ');
    const [go, details] = [l10n.t('Receive'), l10n.t('Show Details')];
    const buttons = counts.deleted > 0 ? [details, go] : [go, details];
    const detail = namesInWords(
      plan.objects.filter(({ outcome }) => outcome === 'replaced' || outcome === 'deleted').map(({ place }) => place),
    );
    const answer = await window.showWarningMessage(sentence, { modal: true, detail }, ...buttons);
    if (answer === details) await this.#show(plan, sentence);
    return answer === go;
  }

  /** What receiving it would do, as a list; changes nothing. */
  async show(instance: Instance, delivery: DeliveryInfo): Promise<void> {
    const plan = await this.#plan(instance, delivery);
    const counted = asSentence(outcomesInWords(plan.counts)) || l10n.t('Everything is here already.');
    await this.#show(plan, [deliveryTitle(delivery), counted].join(': '));
  }

  async #show({ delivery, objects }: DeliveryPlan, sentence: string): Promise<void> {
    const lines = objects.map((object) => `${object.place}  ${outcomeInWords(object)}`);
    await this.#services.lists.show(deliveryTitle(delivery), [sentence, '', ...lines]);
  }

  /** Tells what was received. The toast is not waited for: the command has done its work. */
  #tell(instance: Instance, report: ReceiveReport): void {
    const { reporter, restorer, decide } = this.#services;
    const { delivery, counts, safety } = report;
    const counted = outcomesInWords(counts);
    const conflicts = conflictsIn(report);
    const sentence = [
      counted === ''
        ? l10n.t('Received {0}: nothing to change.', deliveryTitle(delivery))
        : l10n.t('Received {0}: {1}.', deliveryTitle(delivery), counted),
      ...(conflicts > 0 ? [conflictsWaitInWords(conflicts)] : []),
    ].join(' ');
    const [open, undo] = [l10n.t('Decide…'), l10n.t('Undo')];
    const canUndo = safety !== undefined && changesSomething(report);
    const buttons = [...(conflicts > 0 ? [open] : []), ...(canUndo ? [undo] : [])];
    reporter.detached(
      Promise.resolve(window.showInformationMessage(sentence, ...buttons)).then((answer) => {
        if (answer === open && reporter.requireTrust()) return decide(instance, delivery);
        return answer === undo ? restorer.undoAtOnce(instance) : undefined;
      }),
    );
  }
}

function unsavedPaths(instance: Instance): readonly string[] {
  return unsavedIn(instance).map(({ path }) => path);
}

/** True when carrying out either would do the same to the same places. */
function isSame(a: DeliveryPlan, b: DeliveryPlan): boolean {
  const told = ({ objects }: DeliveryPlan): string => JSON.stringify(objects.map(({ place, outcome }) => [place, outcome]));
  return told(a) === told(b);
}
