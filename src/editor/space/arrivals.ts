import { l10n, window, type Disposable, type Memento, commands, workspace } from 'vscode';
import type { DeliveryInfo } from '../../engine/deliveryApi.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { setting } from '../settings.ts';
import type { Receiver } from './receiver.ts';
import { openDeliveries, type Spaces } from './spaces.ts';
import { deliveryCount, deliveryTitle, itemsInWords, senderName } from './spaceWords.ts';

const memoryKey = 'snapstage.toldDeliveries';

/** Ids of deliveries that were told of, by the address of the folder. */
type Told = Readonly<Record<string, readonly string[]>>;

export interface ArrivalsServices {
  readonly spaces: Spaces;
  readonly memory: Memento;
  readonly reporter: Reporter;
  readonly receiver: Receiver;
}

/** Tells of each delivery that comes, once; or receives it, where the user wishes so. */
export class Arrivals implements Disposable {
  readonly #services: ArrivalsServices;
  readonly #subscription: Disposable;
  /** What is received in each folder without a question, one delivery after the other. */
  readonly #receiving = new Map<Instance, Promise<void>>();

  constructor(services: ArrivalsServices) {
    this.#services = services;
    this.#subscription = services.spaces.onDidChange((instance) => {
      if (instance) this.#look(instance);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #look(instance: Instance): void {
    const { spaces, memory } = this.#services;
    const inbox = spaces.belonging(instance)?.inbox;
    if (!inbox || !workspace.isTrusted) return;
    const told = memory.get<Told>(memoryKey, {});
    const address = instance.folder.uri.toString();
    const before = new Set(told[address]);
    const fresh = openDeliveries(inbox).filter(({ id, state }) => state === 'new' && !before.has(id));
    if (fresh.length === 0) return;
    // Those that are there no more, as after leaving the Space, are forgotten.
    const still = inbox.flatMap(({ id }) => (before.has(id) ? [id] : []));
    void memory.update(memoryKey, { ...told, [address]: [...still, ...fresh.map(({ id }) => id)] });
    if (setting('space.receive', instance.folder.uri) === 'automatically') this.#receive(instance, fresh.toReversed());
    else this.#tell(instance, fresh);
  }

  #receive(instance: Instance, deliveries: readonly DeliveryInfo[]): void {
    const { receiver, reporter } = this.#services;
    const run = async (): Promise<void> => {
      for (const delivery of deliveries) {
        try {
          if (!(await receiver.receiveQuietly(instance, delivery))) this.#tell(instance, [delivery]);
        } catch (error) {
          reporter.error(error);
          this.#tell(instance, [delivery]);
        }
      }
    };
    this.#receiving.set(instance, (this.#receiving.get(instance) ?? Promise.resolve()).then(run));
  }

  #tell(instance: Instance, fresh: readonly DeliveryInfo[]): void {
    const { reporter, receiver } = this.#services;
    const [only] = fresh;
    const sentence =
      only && fresh.length === 1
        ? l10n.t('{0} has come from {1}: {2}.', deliveryTitle(only), senderName(only), itemsInWords(only.items))
        : l10n.t('{0} have come to {1}.', deliveryCount(fresh.length), instance.name);
    const [receive, show] = [l10n.t('Receive'), l10n.t('Show')];
    const answered = async (answer: string | undefined): Promise<void> => {
      if (answer === show) await commands.executeCommand('snapstage.space.focus');
      if (answer !== receive || !reporter.requireTrust()) return;
      for (const delivery of fresh.toReversed()) if (!(await receiver.receive(instance, delivery))) return;
    };
    reporter.detached(Promise.resolve(window.showInformationMessage(sentence, receive, show)).then(answered));
  }
}
