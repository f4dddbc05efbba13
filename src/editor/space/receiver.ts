import { l10n, window } from 'vscode';
import type { DeliveryInfo, DeliveryPlan, ReceiveReport } from '../../engine/deliveryApi.ts';
import type { Instance } from '../instance.ts';
import { unsavedIn, unsavedPaths } from '../restore/unsaved.ts';
import type { Work } from '../work.ts';
import { asSentence } from '../words.ts';
import type { Applier, Arrival } from './applier.ts';
import { takesAway, touchesPath } from './receivePlan.ts';
import { conflictsIn, openDeliveries, type Spaces } from './spaces.ts';
import { conflictsWaitInWords, deliveryTitle, outcomesInWords } from './spaceWords.ts';

export interface ReceiverServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly applier: Applier;
  /** Opens what the conflicts of a delivery are decided in. */
  readonly decide: (instance: Instance, delivery: DeliveryInfo) => void;
}

/** Receives deliveries. */
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

  /** False when it was not wanted. */
  async receive(instance: Instance, delivery: DeliveryInfo): Promise<boolean> {
    return (await this.#services.applier.run(this.#arrival(instance, delivery), takesAway)) !== undefined;
  }

  /** Carries out a plan that somebody has looked at; nothing where that was given up. @throws SnapstageError `stale-plan`. */
  receiveShown(instance: Instance, plan: DeliveryPlan): Promise<ReceiveReport | undefined> {
    const arrival = this.#arrival(instance, plan.delivery);
    return this.#services.applier.carryOut(arrival, plan, { asks: plan.isMostOfAll, isStale: false });
  }

  /** Without a question, as far as none is needed; false where a person has to look. */
  async receiveQuietly(instance: Instance, delivery: DeliveryInfo): Promise<boolean> {
    const plan = await this.#plan(instance, delivery, true);
    if (plan.isMostOfAll || unsavedIn(instance).some(({ path }) => touchesPath(plan, path))) return false;
    await this.#services.applier.execute(this.#arrival(instance, delivery), plan);
    return true;
  }

  /** What receiving it would do, as a list; changes nothing. */
  async show(instance: Instance, delivery: DeliveryInfo): Promise<void> {
    const plan = await this.#plan(instance, delivery);
    const counted = asSentence(outcomesInWords(plan.counts)) || l10n.t('Everything is here already.');
    const title = deliveryTitle(delivery);
    await this.#services.applier.show(title, [title, counted].join(': '), plan.objects);
  }

  #arrival(instance: Instance, delivery: DeliveryInfo): Arrival<DeliveryPlan, ReceiveReport> {
    const title = deliveryTitle(delivery);
    return {
      instance,
      title,
      question: l10n.t('Receive {0}?', title),
      go: l10n.t('Receive'),
      running: l10n.t('Receiving {0}', title),
      undone: l10n.t('nothing was received'),
      waits: conflictsWaitInWords,
      done: (counted) =>
        counted === '' ? l10n.t('Received {0}: nothing to change.', title) : l10n.t('Received {0}: {1}.', title, counted),
      next: (report) =>
        conflictsIn(report) === 0 ? undefined : { title: l10n.t('Decide…'), run: () => this.#services.decide(instance, delivery) },
      plan: () => this.#plan(instance, delivery),
      execute: ({ from, isMostOfAll }, options) =>
        instance.engine.receive(
          { delivery: delivery.id, from, unsaved: unsavedPaths(instance), ...(isMostOfAll && { confirmed: true }) },
          options,
        ),
    };
  }

  #plan(instance: Instance, delivery: DeliveryInfo, isQuiet = false): Promise<DeliveryPlan> {
    return this.#services.work.run(
      l10n.t('Looking at {0}', deliveryTitle(delivery)),
      (options) => instance.engine.planReceive({ delivery: delivery.id, unsaved: unsavedPaths(instance) }, options),
      { isQuiet },
    );
  }
}
