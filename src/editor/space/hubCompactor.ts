import { env, l10n, window } from 'vscode';
import { formatSize } from '../../base/format.ts';
import type { HubCompaction } from '../../engine/spaceApi.ts';
import { engineWords } from '../engineWords.ts';
import { displayText, formatTime } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { agreed } from '../snapshots/snapshotEditor.ts';
import type { Work } from '../work.ts';
import type { Spaces } from './spaces.ts';
import { spaceName } from './spaceWords.ts';

/** That are told; the command line tells all. */
const MAX_REASONS = 3;

/** Gives back room in the hub, by a Master. */
export class HubCompactor {
  readonly #spaces: Spaces;
  readonly #work: Work;

  constructor(spaces: Spaces, work: Work) {
    this.#spaces = spaces;
    this.#work = work;
  }

  async compact(instance: Instance): Promise<void> {
    const { space } = await this.#spaces.mustBelong(instance);
    const title = l10n.t('Compacting the hub of “{0}”', spaceName(space));
    const run = (isPlan: boolean): Promise<HubCompaction> =>
      this.#work.run(title, (options) => instance.engine.compactHub({ isPlan }, options));
    const plan = await run(true);
    const planned = plannedSentences(plan);
    const question = l10n.t('Compact the hub of “{0}”?', spaceName(space));
    const detail = [...planned, ...leftSentences(plan)].join('\n');
    if (planned.length > 0 && !(await agreed(question, detail, l10n.t('Compact')))) return;
    try {
      const done = await run(false);
      void window.showInformationMessage([...doneSentences(done), ...leftSentences(done)].join(' '));
    } finally {
      await this.#spaces.refresh(instance);
    }
  }
}

function plannedSentences({ retired, rewritten, removed }: HubCompaction): string[] {
  return [
    ...(retired.packs > 0 ? [l10n.t('Nobody needs {0} any more: that goes in 30 days.', sizeOf(retired))] : []),
    ...(rewritten.packs > 0
      ? [l10n.t('Of {0} little is needed: that is sealed anew, and the rest goes in 30 days.', sizeOf(rewritten))]
      : []),
    ...(removed.files > 0 ? [l10n.t('What nobody has needed for 30 days is removed: {0}.', sizeOf(removed))] : []),
  ];
}

function doneSentences({ retired, rewritten, removed }: HubCompaction): string[] {
  const bytes = retired.bytes + rewritten.bytes;
  const sentences = [
    ...(bytes > 0 ? [l10n.t('The hub gives up {0}.', sizeOf({ bytes }))] : []),
    ...(removed.files > 0 ? [l10n.t('{0} came back in the hub.', sizeOf(removed))] : []),
  ];
  return sentences.length > 0 ? sentences : [l10n.t('Nothing in the hub is to go.')];
}

function leftSentences({ waiting, heldBy }: HubCompaction): string[] {
  const from = waiting.until === null ? '' : formatTime(waiting.until, new Date(), env.language);
  return [
    ...(waiting.files > 0
      ? [l10n.t('Waiting to go: {0}, the first of it from {1} on, with the next compaction.', sizeOf(waiting), from)]
      : []),
    ...heldBy.slice(0, MAX_REASONS).map(({ who, why }) => {
      const whose = who === null ? l10n.t('a distribution') : displayText(who);
      return l10n.t('Some of it stays, because nobody can tell what {0} needs of it: {1}', whose, engineWords(why));
    }),
  ];
}

function sizeOf({ bytes }: { readonly bytes: number }): string {
  return formatSize(bytes, env.language);
}
