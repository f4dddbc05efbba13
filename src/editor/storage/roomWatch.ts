import { l10n, window, type Disposable, type Memento } from 'vscode';
import type { RoomWarning } from '../../engine/storageApi.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import type { Workspace } from '../workspace.ts';
import { compareWarnings, keyOf } from './roomNeeds.ts';
import { warningSentence } from './storageWords.ts';

const memoryKey = 'snapstage.roomWarnings';

/** What has been told of each folder, by its address. */
type Told = Readonly<Record<string, readonly string[]>>;

export interface RoomWatchServices {
  readonly workspace: Pick<Workspace, 'onDidChange'>;
  readonly memory: Memento;
  readonly reporter: Reporter;
  readonly freeUp: (instance: Instance) => Promise<void>;
  readonly showStorage: (instance: Instance) => Promise<void>;
}

/** Tells when the snapshots pass their budget or the disk gets full: once, and again only when it was well in between. */
export class RoomWatch implements Disposable {
  readonly #services: RoomWatchServices;
  readonly #subscription: Disposable;

  constructor(services: RoomWatchServices) {
    this.#services = services;
    this.#subscription = services.workspace.onDidChange(({ instance }) => {
      if (instance) this.#look(instance);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #look(instance: Instance): void {
    const { state } = instance;
    if (state.kind !== 'ready' || state.status.room === null) return;
    const { memory } = this.#services;
    const told = memory.get<Told>(memoryKey, {});
    const address = instance.folder.uri.toString();
    const before = told[address] ?? [];
    const { stays, fresh } = compareWarnings(state.status.room, before);
    const now = [...stays, ...fresh.map(keyOf)];
    if (now.join(' ') !== before.join(' ')) void memory.update(memoryKey, { ...told, [address]: now });
    for (const warning of fresh) this.#tell(instance, warning);
  }

  #tell(instance: Instance, warning: RoomWarning): void {
    const { reporter, freeUp, showStorage } = this.#services;
    const [free, show] = [l10n.t('Free Up Space…'), l10n.t('Show Storage')];
    const sentence = `${instance.name}: ${warningSentence(warning)}`;
    const shown =
      warning.kind === 'disk' ? window.showWarningMessage(sentence, free, show) : window.showInformationMessage(sentence, free, show);
    reporter.detached(
      Promise.resolve(shown).then((answer) => {
        if (answer === free && reporter.requireTrust()) return freeUp(instance);
        return answer === show ? showStorage(instance) : undefined;
      }),
    );
  }
}
