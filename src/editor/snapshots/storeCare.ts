import { env, l10n, window } from 'vscode';
import type { CallOptions } from '../../base/progress.ts';
import type { CompactReport, Damage, VerifyReport } from '../../engine/api.ts';
import { formatNumber, formatSize } from '../../base/format.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import type { ListDocuments } from '../lists.ts';
import type { Reporter } from '../reporter.ts';
import type { Work } from '../work.ts';
import { snapshotTitle } from '../words.ts';

/** Checks the store, and gives back the space of what no snapshot holds any more. */
export class StoreCare {
  readonly #work: Work;
  readonly #reporter: Reporter;
  readonly #lists: ListDocuments;

  constructor(work: Work, reporter: Reporter, lists: ListDocuments) {
    this.#work = work;
    this.#reporter = reporter;
    this.#lists = lists;
  }

  /** Asks how thoroughly. The report opens by itself when there is damage. */
  async verify(instance: Instance): Promise<void> {
    const items = [
      { label: l10n.t('Structure'), description: l10n.t('quick: everything is there'), readData: false },
      { label: l10n.t('Structure and Content'), description: l10n.t('reads every byte and compares it with its hash'), readData: true },
    ];
    const picked = await window.showQuickPick(items, {
      title: l10n.t('Verify the Snapshots of {0}', instance.name),
      placeHolder: l10n.t('How thoroughly?'),
    });
    if (!picked) return;
    const title = l10n.t('Verifying the snapshots of {0}', instance.name);
    const { readData } = picked;
    const report = await this.#work.run(title, (options) => instance.engine.verify({ readData }, options));
    await instance.refresh();
    const lines = reportLines(instance, report);
    const name = l10n.t('Verification of {0}', instance.name);
    const sentence = verdict(report);
    if (report.damage.length > 0) {
      await this.#lists.show(name, lines);
      this.#reporter.warning(sentence, lines);
      return;
    }
    const show = l10n.t('Show Report');
    const shown = window.showInformationMessage(sentence, show);
    this.#reporter.detached(Promise.resolve(shown).then((answer) => (answer === show ? this.#lists.show(name, lines) : undefined)));
  }

  /** Nothing that a snapshot holds is touched. */
  async compact(instance: Instance): Promise<void> {
    const title = l10n.t('Compacting the store of {0}', instance.name);
    const report = await this.#work.run(title, (options) => compactWhole(instance, options));
    await instance.refresh();
    const freed = l10n.t('{0} given back.', formatSize(report.freedBytes, env.language));
    const waiting =
      report.waitingFor.length === 0 ? '' : l10n.t('The rest comes back when other windows and programs have ended: compact again then.');
    void window.showInformationMessage([freed, waiting].filter(Boolean).join(' '));
  }
}

/** What this window's own look at the folder has kept back comes with a second compaction, when the look has ended. */
async function compactWhole(instance: Instance, options: CallOptions): Promise<CompactReport> {
  const first = await instance.engine.compact(options);
  if (first.waitingFor.length === 0) return first;
  await instance.refreshChanges();
  const { freedBytes, waitingFor } = await instance.engine.compact(options);
  return { ...first, freedBytes: first.freedBytes + freedBytes, waitingFor };
}

function verdict({ damage, snapshots }: VerifyReport): string {
  const count = formatNumber(snapshots, env.language);
  if (damage.length === 0) return l10n.t('All is well with {0} snapshots.', count);
  const left = damage.filter(({ healed }) => !healed).length;
  return left === 0
    ? l10n.t('{0} damaged parts were found and put right.', damage.length)
    : l10n.t('{0} damaged parts were found, {1} could not be put right. The report says what they affect.', damage.length, left);
}

function reportLines(instance: Instance, report: VerifyReport): string[] {
  const number = (count: number): string => formatNumber(count, env.language);
  return [
    verdict(report),
    '',
    l10n.t('{0} snapshots, {1} packs, {2} objects', number(report.snapshots), number(report.packs), number(report.objects)),
    report.bytesRead === 0
      ? l10n.t('The content was not read back.')
      : l10n.t('{0} were read back and compared with their hashes.', formatSize(report.bytesRead, env.language)),
    ...report.damage.flatMap((damage) => ['', ...damageLines(instance, damage)]),
  ];
}

function damageLines(instance: Instance, { part, problem, healed, affected }: Damage): string[] {
  const { state } = instance;
  const titleOf = (id: string): string => {
    const snapshot = state.kind === 'ready' ? state.snapshots.find((one) => one.id === id) : undefined;
    return snapshot ? snapshotTitle(snapshot) : id;
  };
  return [
    `${part}: ${problem} (${healed ? l10n.t('put right') : l10n.t('not put right')})`,
    ...affected.map(({ snapshot, path }) => `    ${titleOf(snapshot)}: ${displayText(path)}`),
  ];
}
