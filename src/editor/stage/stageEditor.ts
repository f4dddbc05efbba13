import { env, l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { StagePlan, StageRequest, Strategy } from '../../engine/stageApi.ts';
import { installedExtensions } from '../applications/installedExtensions.ts';
import { engineWords } from '../engineWords.ts';
import { displayText, formatTime } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import type { Reporter } from '../reporter.ts';
import { agreed } from '../snapshots/snapshotEditor.ts';
import type { Work } from '../work.ts';
import { asSentence, namesInWords } from '../words.ts';
import type { Stageable } from './objects.ts';
import type { StagedNode, UnreadableNode } from './stageNodes.ts';
import type { Stages } from './stages.ts';
import {
  bundleCount,
  fromTitle,
  objectCount,
  objectTitle,
  replacedInWords,
  stagedInWords,
  strategyInWords,
  strategyName,
} from './stageWords.ts';

const strategies: readonly Strategy[] = ['overwrite', 'skip', 'rename', 'mirror', 'ask'];

/** Puts on the Stage, takes off it, and keeps it as bundles: asks where something would be lost, and tells what was done. */
export class StageEditor {
  readonly #stages: Stages;
  readonly #work: Work;
  readonly #reporter: Reporter;

  constructor(stages: Stages, work: Work, reporter: Reporter) {
    this.#stages = stages;
    this.#work = work;
    this.#reporter = reporter;
  }

  /** Each on the Stage of its own folder, which becomes an instance where it is none yet. */
  async add(objects: readonly Stageable[]): Promise<void> {
    const byInstance = Map.groupBy(objects, ({ instance }) => instance);
    for (const [instance, own] of byInstance) {
      await instance.ensureInitialised();
      const plan = await this.#put(instance, { objects: own.map(({ request }) => request), extensions: installedExtensions() });
      window.setStatusBarMessage(stagedInWords(plan), 5000);
      const replaced = replacedInWords(plan);
      if (replaced !== undefined) this.#reporter.detached(Promise.resolve(window.showInformationMessage(replaced)));
    }
  }

  async #put(instance: Instance, request: StageRequest): Promise<StagePlan> {
    const title = l10n.t('Adding to the Stage of {0}', instance.name);
    try {
      return await this.#work.run(title, (options) => instance.engine.addToStage(request, options), { isQuiet: true });
    } finally {
      if (instance.state.kind === 'ready') await this.#stages.refresh(instance);
      else await instance.refresh();
    }
  }

  async remove(nodes: readonly (StagedNode | UnreadableNode)[]): Promise<void> {
    for (const [instance, own] of Map.groupBy(nodes, (node) => node.instance))
      await this.#takeOff(
        instance,
        own.map((node) => (node.type === 'staged' ? node.object.id : node.id)),
      );
  }

  /** Asks first: to choose everything again takes time. */
  async clear(instance: Instance): Promise<void> {
    const stage = await instance.engine.stage();
    const ids = [...stage.objects, ...stage.unreadable].map(({ id }) => id);
    if (ids.length === 0) throw emptyStage(instance);
    const question = l10n.t('Take {0} off the Stage of {1}?', objectCount(ids.length), displayText(instance.name));
    const detail = l10n.t('Nothing happens to the files themselves. To use this Stage again later, save it as a bundle first.');
    if (await agreed(question, detail, l10n.t('Clear the Stage'))) await this.#takeOff(instance, ids);
  }

  async #takeOff(instance: Instance, ids: readonly string[]): Promise<void> {
    try {
      await instance.engine.removeFromStage(ids);
    } finally {
      await this.#stages.refresh(instance);
    }
    window.setStatusBarMessage(l10n.t('Taken off the Stage: {0}', objectCount(ids.length)), 5000);
  }

  /** One strategy for all of them, picked. */
  async chooseStrategy(nodes: readonly [StagedNode, ...StagedNode[]]): Promise<void> {
    const title =
      nodes.length === 1 ? l10n.t('Strategy of {0}', objectTitle(nodes[0].object)) : l10n.t('Strategy of {0}', objectCount(nodes.length));
    const own = new Set(nodes.map(({ object }) => object.strategy));
    const items = [null, ...strategies].map((strategy) => ({
      label: strategy === null ? l10n.t('As the Distribution') : asSentence(strategyName(strategy)).slice(0, -1),
      ...(own.size === 1 && own.has(strategy) && { description: l10n.t('chosen') }),
      detail: strategy === null ? l10n.t('What is chosen for all of it when it is distributed.') : strategyInWords(strategy),
      strategy,
    }));
    const placeHolder = l10n.t('What happens where the target holds something else?');
    const picked = await window.showQuickPick(items, { title, placeHolder, matchOnDetail: true });
    if (!picked) return;
    for (const [instance, some] of Map.groupBy(nodes, (node) => node.instance)) {
      try {
        await instance.engine.setStrategy({ ids: some.map(({ object }) => object.id), strategy: picked.strategy });
      } finally {
        await this.#stages.refresh(instance);
      }
    }
  }

  async saveBundle(instance: Instance): Promise<void> {
    const { objects } = await instance.engine.stage();
    if (objects.length === 0) throw emptyStage(instance);
    const { bundles } = await instance.engine.bundles();
    const name = await window.showInputBox({
      title: l10n.t('Save as Bundle'),
      prompt: l10n.t('A name for the {0} on the Stage, to use them again', objectCount(objects.length)),
      ignoreFocusOut: true,
      validateInput: (text) => (text.length > 200 ? l10n.t('At most 200 characters.') : undefined),
    });
    const wanted = name?.trim() ?? '';
    if (wanted === '') return;
    const known = bundles.find((bundle) => bundle.name === wanted);
    const question = l10n.t('Replace the bundle “{0}”?', displayText(wanted));
    const detail =
      known && l10n.t('It holds {0}, saved {1}.', objectCount(known.objects), formatTime(known.saved, new Date(), env.language));
    if (detail !== undefined && !(await agreed(question, detail, l10n.t('Replace')))) return;
    const saved = await instance.engine.saveBundle({ name: wanted, replace: known !== undefined });
    window.setStatusBarMessage(l10n.t('Saved as the bundle “{0}”: {1}', displayText(saved.name), objectCount(saved.objects)), 5000);
  }

  /** Puts what the picked bundle holds on the Stage, where all else stays. */
  async useBundle(instance: Instance): Promise<void> {
    const picked = await this.#pickBundles(instance, l10n.t('Use Bundle'), false);
    const bundle = picked[0]?.bundle;
    if (bundle === undefined) return;
    const plan = await this.#put(instance, { bundle });
    window.setStatusBarMessage(stagedInWords(plan), 5000);
    if (plan.missing.length > 0) {
      const names = plan.missing.map(objectTitle);
      const details = plan.missing.map((object) => `${objectTitle(object)} (${fromTitle(object)}): ${engineWords(object.problem ?? '')}`);
      this.#reporter.warning(
        l10n.t('Of the bundle “{0}” this is not there any more: {1}.', displayText(bundle), namesInWords(names)),
        details,
      );
    }
  }

  async deleteBundles(instance: Instance): Promise<void> {
    const picked = await this.#pickBundles(instance, l10n.t('Delete Bundles'), true);
    if (picked.length === 0) return;
    const question =
      picked.length === 1 ? l10n.t('Delete the bundle “{0}”?', picked[0]!.label) : l10n.t('Delete {0}?', bundleCount(picked.length));
    const detail = l10n.t("This can't be undone. Nothing happens to the files themselves, nor to the Stage.");
    if (!(await agreed(question, detail, l10n.t('Delete')))) return;
    await instance.engine.deleteBundles(picked.map(({ bundle, id }) => bundle ?? id ?? ''));
    window.setStatusBarMessage(l10n.t('Deleted: {0}', bundleCount(picked.length)), 5000);
  }

  async #pickBundles(
    instance: Instance,
    title: string,
    many: boolean,
  ): Promise<readonly { readonly label: string; readonly bundle?: string; readonly id?: string }[]> {
    const { bundles, unreadable } = await instance.engine.bundles();
    const items = [
      ...bundles.map(({ name, saved, objects }) => ({
        label: plainLabel(name),
        description: [objectCount(objects), l10n.t('saved {0}', formatTime(saved, new Date(), env.language))].join(' · '),
        bundle: name,
      })),
      ...(many ? unreadable : []).map(({ id, reason }) => ({ label: l10n.t('Unreadable bundle'), description: engineWords(reason), id })),
    ];
    if (items.length === 0)
      throw new SnapstageError('usage', l10n.t('There is no bundle yet: “Save as Bundle…” keeps what is on the Stage as one.'));
    const options = { title, placeHolder: many ? l10n.t('Which bundles?') : l10n.t('Which bundle?'), matchOnDescription: true };
    if (many) return (await window.showQuickPick(items, { ...options, canPickMany: true })) ?? [];
    const picked = await window.showQuickPick(items, options);
    return picked ? [picked] : [];
  }
}

function emptyStage(instance: Instance): SnapstageError {
  return new SnapstageError('usage', l10n.t('The Stage of {0} is empty.', displayText(instance.name)));
}
