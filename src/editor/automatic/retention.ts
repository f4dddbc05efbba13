import { env, l10n, QuickPickItemKind, window, type QuickPickItem } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { formatNumber } from '../../base/format.ts';
import type { RetentionPolicy, ThinPlan } from '../../engine/storageApi.ts';
import { engineWords } from '../engineWords.ts';
import type { Instance } from '../instance.ts';
import type { ListDocuments } from '../lists.ts';
import type { Work } from '../work.ts';
import { countOf } from '../words.ts';
import { keptInWords, planLines, policyInWords, ruleMeaning, rules, ruleWord, type Rule } from './retentionWords.ts';

/** Much of what is recent, and something of all times. */
const RECOMMENDED: RetentionPolicy = { last: 10, hourly: 24, daily: 14, weekly: 8, monthly: 12 };

type Choice = QuickPickItem & { readonly rule?: Rule; readonly policy?: RetentionPolicy | null };

/** Which automatic snapshots are kept: the engine keeps the rules, and is the judge of them. */
export class Retention {
  readonly #work: Work;
  readonly #lists: ListDocuments;

  constructor(work: Work, lists: ListDocuments) {
    this.#work = work;
    this.#lists = lists;
  }

  /** Shows the rules, and changes what is picked at once, until the user has seen enough. */
  async choose(instance: Instance): Promise<void> {
    await instance.mustList();
    if (instance.state.kind !== 'ready') throw new SnapstageError('usage', l10n.t('There is no snapshot of {0} yet.', instance.name));
    for (;;) {
      const { retention = {} } = await instance.engine.config({});
      const picked = await window.showQuickPick(choices(retention), {
        title: l10n.t('Automatic Snapshots of {0}: What Is Kept', instance.name),
        placeHolder: await this.#summary(instance, retention),
        ignoreFocusOut: true,
      });
      if (!picked) return;
      if (picked.policy !== undefined) await instance.engine.config({ retention: picked.policy });
      else if (picked.rule) await askRule(instance, retention, picked.rule);
    }
  }

  /** Shows what goes by the rules, and deletes it when the user agrees. */
  async thin(instance: Instance): Promise<void> {
    if ((await instance.engine.config({})).retention === undefined) {
      await this.choose(instance);
      if ((await instance.engine.config({})).retention === undefined) return;
    }
    const plan = await instance.engine.planThin({});
    if (plan.snapshots.length === 0) {
      void window.showInformationMessage(l10n.t('No automatic snapshot has to go. {0}', keptInWords(plan)));
      return;
    }
    if (!(await this.#agreed(instance, plan))) return;
    const title = l10n.t('Thinning out the automatic snapshots of {0}', instance.name);
    try {
      await this.#work.run(title, (options) => instance.engine.thin(plan, options));
    } finally {
      await instance.refresh();
    }
    window.setStatusBarMessage(l10n.t('Deleted. Compact the store to get the space back.'), 5000);
  }

  /** The first button has the focus: it changes nothing. */
  async #agreed(instance: Instance, plan: ThinPlan): Promise<boolean> {
    const [show, go] = [l10n.t('Show Details'), l10n.t('Delete')];
    const question = l10n.t('Delete {0} of {1} for good?', countOf(plan.snapshots.length, 'automatic'), instance.name);
    const detail = [
      l10n.t('Kept: {0}', policyInWords(plan.policy)),
      keptInWords(plan),
      l10n.t('Snapshots that you took, imported or pinned stay.'),
    ].join('\n');
    const answer = await window.showWarningMessage(question, { modal: true, detail }, show, go);
    if (answer === show) await this.#lists.show(l10n.t('Automatic Snapshots of {0}', instance.name), planLines(plan));
    return answer === go;
  }

  async #summary(instance: Instance, policy: RetentionPolicy): Promise<string> {
    if (Object.keys(policy).length === 0)
      return l10n.t('All automatic snapshots are kept. Rules say which are, and the others are deleted.');
    const plan = await instance.engine.planThin({});
    const others = l10n.t('The others are deleted after the next automatic snapshot.');
    return plan.snapshots.length === 0 ? keptInWords(plan) : `${keptInWords(plan)} ${others}`;
  }
}

function choices(policy: RetentionPolicy): readonly Choice[] {
  return [
    { label: l10n.t('all at once'), kind: QuickPickItemKind.Separator },
    { label: l10n.t('Recommended'), description: policyInWords(RECOMMENDED), policy: RECOMMENDED },
    { label: l10n.t('Keep All'), description: l10n.t('no rules'), policy: null },
    { label: l10n.t('rules'), kind: QuickPickItemKind.Separator },
    ...rules.map((rule): Choice => ({
      label: capitalized(ruleWord(rule)),
      description: valueOf(policy, rule),
      detail: ruleMeaning(rule),
      rule,
    })),
  ];
}

function valueOf(policy: RetentionPolicy, rule: Rule): string {
  const value = policy[rule];
  if (value === undefined) return '';
  return typeof value === 'number' ? formatNumber(value, env.language) : value;
}

/** Asks until the engine accepts it; an empty answer takes the rule away, and the last one that goes leaves all to be kept. */
async function askRule(instance: Instance, policy: RetentionPolicy, rule: Rule): Promise<void> {
  let value = String(policy[rule] ?? '');
  for (let refusal = ''; ;) {
    const answer = await window.showInputBox({
      title: capitalized(ruleWord(rule)),
      prompt: [refusal, capitalized(ruleMeaning(rule)), l10n.t('empty: no such rule')].filter(Boolean).join('. '),
      value,
      ignoreFocusOut: true,
    });
    if (answer === undefined) return;
    value = answer.trim();
    const others = Object.entries(policy).filter(([name]) => name !== rule);
    const changed = [...others, ...(value === '' ? [] : [[rule, rule === 'within' ? value : Number(value)] as const])];
    try {
      await instance.engine.config({ retention: changed.length === 0 ? null : Object.fromEntries(changed) });
      return;
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.code !== 'usage') throw error;
      refusal = engineWords(error.message).replace(/\.$/, '');
    }
  }
}

function capitalized(word: string): string {
  return `${word.slice(0, 1).toLocaleUpperCase(env.language)}${word.slice(1)}`;
}
