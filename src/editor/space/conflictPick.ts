import { l10n, window, type QuickPickItem } from 'vscode';
import type { DeliveredObject, DeliveryInfo, DeliveryPlan, Resolution } from '../../engine/deliveryApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import type { Work } from '../work.ts';
import type { Sides } from './sides.ts';
import type { Spaces } from './spaces.ts';
import { conflictCount, conflictInWords, conflictsWaitInWords, deliveryTitle, outcomesInWords } from './spaceWords.ts';

export interface ConflictPickServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly sides: Sides;
  readonly receive: (instance: Instance, delivery: DeliveryInfo) => Promise<boolean>;
}

type Answer = QuickPickItem & { readonly take?: Resolution; readonly isDiff?: true; readonly isAll?: true };

/** Decides conflicts one after the other by quick picks. Every choice is noted at once; applying them comes after, or later. */
export class ConflictPick {
  readonly #services: ConflictPickServices;

  constructor(services: ConflictPickServices) {
    this.#services = services;
  }

  async show(instance: Instance, delivery: DeliveryInfo): Promise<void> {
    const { work, receive } = this.#services;
    let plan = await work.run(l10n.t('Looking at {0}', deliveryTitle(delivery)), (options) =>
      instance.engine.planReceive({ delivery: delivery.id }, options),
    );
    for (;;) {
      const open = undecided(plan);
      const [first] = open;
      if (!first) break;
      const answer = await this.#ask(delivery, first, open.length);
      if (!answer) return;
      if (answer.isDiff) {
        await this.#services.sides.compare(instance, delivery, first);
        continue;
      }
      plan = await this.#decide(instance, delivery, answer, answer.isAll ? open : [first]);
    }
    if (plan.objects.some(({ chosen, choices }) => chosen !== null && choices.length > 0)) await receive(instance, delivery);
    else await tellNothing(plan);
  }

  async #ask(delivery: DeliveryInfo, object: DeliveredObject, open: number): Promise<Answer | undefined> {
    const can = (take: Resolution): boolean => object.choices.includes(take);
    const takes: readonly (Answer | false)[] = [
      can('incoming') && { label: l10n.t('Take Incoming'), description: l10n.t('replaces what is here'), take: 'incoming' },
      can('mine') && { label: l10n.t('Keep Mine'), description: l10n.t('leaves what is here'), take: 'mine' },
      can('both') && { label: l10n.t('Keep Both'), description: l10n.t('saves the incoming one beside what is here'), take: 'both' },
    ];
    const own = takes.flatMap((item) => item || []);
    const all = open < 2 ? [] : own.map((item): Answer => ({ ...item, label: l10n.t('{0}, for All {1}', item.label, open), isAll: true }));
    const diff: readonly Answer[] = [{ label: l10n.t('Show Difference'), description: l10n.t('decides nothing'), isDiff: true }];
    return window.showQuickPick([...own, ...diff, ...all], {
      title: l10n.t('{0}: {1}', deliveryTitle(delivery), conflictCount(open)),
      placeHolder: l10n.t('{0}: {1}', displayText(object.place), conflictInWords(object)),
      ignoreFocusOut: true,
    });
  }

  async #decide(instance: Instance, { id }: DeliveryInfo, { take }: Answer, objects: readonly DeliveredObject[]): Promise<DeliveryPlan> {
    const choices = objects
      .filter((object) => take !== undefined && object.choices.includes(take))
      .map(({ place, part, triple }) => ({ place, ...(part !== null && { part }), triple, take: take ?? null }));
    try {
      await instance.engine.resolve({ delivery: id, choices });
      return await instance.engine.planReceive({ delivery: id });
    } finally {
      await this.#services.spaces.refresh(instance);
    }
  }
}

function undecided({ objects }: DeliveryPlan): readonly DeliveredObject[] {
  return objects.filter(({ outcome, choices }) => outcome === 'waiting' && choices.length > 0);
}

/** What waits for good can't be decided: it can't be touched here. */
async function tellNothing(plan: DeliveryPlan): Promise<void> {
  const { counts } = plan;
  const said = counts.waiting > 0 ? conflictsWaitInWords(counts.waiting) : outcomesInWords(counts);
  await window.showInformationMessage(plainLabel(said === '' ? l10n.t('There is no conflict.') : said));
}
