import { l10n, window } from 'vscode';
import { toSnapstageError } from '../../base/errors.ts';
import type { DirectDelivery as Delivered, DirectTarget } from '../../engine/directApi.ts';
import { engineWords } from '../engineWords.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { setting } from '../settings.ts';
import type { Work } from '../work.ts';
import { namesInWords } from '../words.ts';
import { conflictsIn, type Spaces } from './spaces.ts';
import { conflictsWaitInWords, memberName, outcomesInWords } from './spaceWords.ts';

export interface DirectDeliveryServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly reporter: Reporter;
}

/** What is handed out or taken back is done at once in other folders of the same user on this computer, unless a setting says no. */
export class DirectDelivery {
  readonly #services: DirectDeliveryServices;

  constructor(services: DirectDeliveryServices) {
    this.#services = services;
  }

  /** The folders it would look at, in a sentence; nothing where there are none. */
  async announced(instance: Instance): Promise<readonly string[]> {
    const targets = isWanted(instance) ? await instance.engine.directTargets() : [];
    return targets.length === 0 ? [] : [l10n.t('At once, where it is for them: {0}.', namesInWords(targets.map(place)))];
  }

  /** Has it done, and tells what became of it after what is to be said in any case. @throws SnapstageError those of the hub. */
  async deliver(instance: Instance, said: string): Promise<void> {
    const { spaces, reporter } = this.#services;
    const delivered = isWanted(instance) ? await this.#delivered(instance) : [];
    const sentences = [said, ...delivered.map(inWords)];
    reporter.detached(Promise.resolve(window.showInformationMessage(sentences.join(' '))));
    if (delivered.length > 0) await spaces.sync(instance);
  }

  async #delivered(instance: Instance): Promise<readonly Delivered[]> {
    try {
      return await this.#services.work.run(l10n.t('Delivering to other folders on this computer'), (options) =>
        instance.engine.deliverDirectly(options),
      );
    } catch (error) {
      // It was handed out all the same: what is given up here comes when they receive it.
      if (toSnapstageError(error).code === 'cancelled') return [];
      throw error;
    }
  }
}

function isWanted(instance: Instance): boolean {
  return setting('space.deliverDirectly', instance.folder.uri);
}

function place(target: DirectTarget): string {
  return l10n.t('{0} in {1}', displayText(memberName(target)), displayText(target.folder));
}

function inWords(delivered: Delivered): string {
  const at = place(delivered);
  if (delivered.state === 'later') return l10n.t('Left for later at {0}: {1}', at, engineWords(delivered.reason ?? ''));
  const done = outcomesInWords(delivered.counts);
  const conflicts = conflictsIn(delivered);
  return [
    l10n.t('Applied at {0}: {1}.', at, done === '' ? l10n.t('nothing to change') : done),
    ...(conflicts > 0 ? [conflictsWaitInWords(conflicts)] : []),
  ].join(' ');
}
