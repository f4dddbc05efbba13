import { env, l10n, window } from 'vscode';
import { formatNumber, parseSize } from '../../base/format.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { ReclaimOutcome, ReclaimPlan } from '../../engine/storageApi.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import type { Unfinished } from '../restore/unfinished.ts';
import { agreed, deletionError } from '../snapshots/snapshotEditor.ts';
import type { Work } from '../work.ts';
import { countOf, snapshotInSentence } from '../words.ts';
import { missing, roundSizes } from './roomNeeds.ts';
import { exactSize, sizeText } from './storageWords.ts';

/** Snapshots that a plan names. */
const mostNamed = 10;

export interface SpaceFreerServices {
  readonly work: Work;
  readonly reporter: Reporter;
  readonly unfinished: Unfinished;
}

/** Gives space back: asks how much, shows the plan with the exact bytes, and after two steps does it and says what really came. */
export class SpaceFreer {
  readonly #services: SpaceFreerServices;

  constructor(services: SpaceFreerServices) {
    this.#services = services;
  }

  async freeUp(instance: Instance): Promise<void> {
    const free = await askHowMuch(instance);
    if (free !== undefined) await this.#free(instance, free);
  }

  /** Goes round until the plan that was agreed to is the one that is carried out. */
  async #free(instance: Instance, free: number): Promise<void> {
    for (let isStale = false; ; isStale = true) {
      const plan = await this.#plan(instance, free);
      if (plan === undefined || !(await agreedTo(instance, plan, isStale))) return;
      try {
        this.#tell(await this.#execute(instance, plan));
        return;
      } catch (error) {
        if (!(error instanceof SnapstageError && error.code === 'stale-plan')) throw error;
      }
    }
  }

  /** Nothing where so much can't be freed; as much as can be is offered then. */
  async #plan(instance: Instance, free: number): Promise<ReclaimPlan | undefined> {
    const { work, reporter } = this.#services;
    try {
      const title = l10n.t('Looking for what gives back {0}', sizeText(free));
      return await work.run(title, (options) => instance.engine.planReclaim({ free }, options));
    } catch (error) {
      const most = error instanceof SnapstageError && error.code === 'refused' ? error.details['most'] : undefined;
      if (typeof most !== 'number') throw error;
      const instead = l10n.t('Free Up {0}…', sizeText(most));
      const hint = l10n.t('Pinned snapshots, the newest one and those that a restore needs stay.');
      const sentence = [errorSentence(error), hint].join(' ');
      const shown = window.showWarningMessage(sentence, ...(most > 0 ? [instead] : []));
      reporter.detached(Promise.resolve(shown).then((answer) => (answer === instead ? this.#free(instance, most) : undefined)));
      return undefined;
    }
  }

  async #execute(instance: Instance, plan: ReclaimPlan): Promise<ReclaimOutcome> {
    const { work, unfinished } = this.#services;
    const title = l10n.t('Freeing up space of {0}', instance.name);
    const ids = plan.snapshots.map(({ id }) => id);
    const job = { ids, at: new Date().toISOString() };
    try {
      return await work.run(title, (options) => unfinished.deleting(instance, job, () => reclaim(instance, plan, options)));
    } catch (error) {
      throw await deletionError(error, instance, ids);
    } finally {
      await instance.refresh();
    }
  }

  #tell({ snapshots, bytes, planned, waitingFor }: ReclaimOutcome): void {
    const deleted = snapshots.length === 0 ? l10n.t('Compacted.') : l10n.t('{0} deleted.', countOf(snapshots.length, 'snapshots'));
    const came =
      waitingFor.length === 0
        ? l10n.t('{0} came back; {1} were promised.', exactSize(bytes), exactSize(planned))
        : l10n.t('{0} come back when other windows and programs have ended: compact the store then.', exactSize(planned));
    const sentence = [deleted, came].join(' ');
    void window.showInformationMessage(sentence);
  }
}

/** What this window's own look at the folder has kept back comes with a second compaction, when the look has ended. */
async function reclaim(instance: Instance, plan: ReclaimPlan, options: CallOptions): Promise<ReclaimOutcome> {
  const outcome = await instance.engine.reclaim(plan, options);
  if (outcome.waitingFor.length === 0) return outcome;
  await instance.refreshChanges();
  const { freedBytes, waitingFor } = await instance.engine.compact(options);
  return { ...outcome, bytes: outcome.bytes + freedBytes, waitingFor };
}

/** Bytes; nothing after escape. */
async function askHowMuch(instance: Instance): Promise<number | undefined> {
  await instance.mustList();
  const { state } = instance;
  const room = state.kind === 'ready' ? state.status.room : null;
  const title = l10n.t('Free Up Space of {0}', instance.name);
  const needed = (room === null ? [] : missing(room)).map(({ kind, bytes }) => ({
    label: sizeText(bytes),
    description: kind === 'budget' ? l10n.t('back within the budget') : l10n.t('enough for the next snapshots'),
    bytes,
  }));
  const round = roundSizes(state.kind === 'ready' ? state.status.storeBytes : 0).map((bytes) => ({ label: sizeText(bytes), bytes }));
  const other = { label: l10n.t('Another Amount…'), bytes: undefined };
  const picked = await window.showQuickPick([...needed, ...round, other], { title, placeHolder: l10n.t('How much is to come back?') });
  return picked === undefined ? undefined : (picked.bytes ?? askSize(title));
}

async function askSize(title: string): Promise<number | undefined> {
  const text = await window.showInputBox({
    title,
    prompt: l10n.t('How much is to come back? The plan is shown before anything is deleted.'),
    placeHolder: l10n.t('for example 2 GB'),
    ignoreFocusOut: true,
    validateInput: (typed) => (sizeOf(typed) === undefined ? l10n.t('A size, such as 500 MB, 2 GB or 1 GiB.') : undefined),
  });
  return text === undefined ? undefined : sizeOf(text);
}

function sizeOf(text: string): number | undefined {
  const bytes = parseSize(text);
  return bytes === 0 ? undefined : bytes;
}

/** In two steps where snapshots are deleted, the harmless answer first each time. */
async function agreedTo(instance: Instance, plan: ReclaimPlan, isStale: boolean): Promise<boolean> {
  const gain = l10n.t('{0} come back.', exactSize(plan.bytes));
  const stale = isStale ? [l10n.t('The snapshots have changed meanwhile; this is the new plan.')] : [];
  if (plan.snapshots.length === 0) {
    const question = [...stale, l10n.t('Compact the store of {0}?', instance.name)].join(' ');
    return agreed(question, [gain, l10n.t('No snapshot is deleted.')].join('\n'), l10n.t('Compact'));
  }
  const question = l10n.t('Delete {0} and compact the store?', countOf(plan.snapshots.length, 'snapshots'));
  const more = plan.snapshots.length - mostNamed;
  const detail = [
    gain,
    ...(plan.waitingFor.length > 0 ? [l10n.t('They come back when other windows and programs have ended.')] : []),
    ...(plan.losesUndo ? [l10n.t("The last restore can't be undone after that.")] : []),
    '',
    ...plan.snapshots.slice(0, mostNamed).map((snapshot) => `• ${snapshotInSentence(snapshot)}`),
    ...(more > 0 ? [l10n.t('{0} more', formatNumber(more, env.language))] : []),
    '',
    l10n.t('What no other snapshot holds is gone for good. Your files now are not touched.'),
  ].join('\n');
  if (!(await agreed([...stale, question].join(' '), detail, l10n.t('Delete…')))) return false;
  return agreed(l10n.t("This can't be undone."), `${question}\n${gain}`, l10n.t('I Understand: Delete'));
}
