import { env, l10n, window, type QuickPickItem } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { DistributionInfo } from '../../engine/deliveryApi.ts';
import type { RecallPlan, RecallRequest } from '../../engine/recallApi.ts';
import { formatTime } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import { agreed } from '../snapshots/snapshotEditor.ts';
import type { Work } from '../work.ts';
import { namesInWords } from '../words.ts';
import type { DirectDelivery } from './directDelivery.ts';
import { distributionTitles, progressOfDistribution, recalledInWords, targetStateWord, whomInWords } from './distributionWords.ts';
import type { Spaces } from './spaces.ts';
import { deliveryTitle, itemTitle, memberName } from './spaceWords.ts';

export interface RecallerServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly direct: DirectDelivery;
}

/** What was chosen before anything was asked. */
export interface Recalled {
  readonly distributions: readonly DistributionInfo[];
  /** Absent: asked for. */
  readonly paths?: readonly string[];
  /** Ids of members. Absent: asked for. */
  readonly to?: readonly string[];
}

interface Running {
  readonly title: string;
  /** When it is done. */
  readonly said: string;
}

/** Takes back what was distributed: what, from whom and how is asked, and what will happen is said first. */
export class Recaller {
  readonly #services: RecallerServices;

  constructor(services: RecallerServices) {
    this.#services = services;
  }

  async recall(instance: Instance, given?: Recalled): Promise<void> {
    const chosen = given ?? (await this.#chosen(instance, l10n.t('Recall')));
    const request = chosen && (await askForRequest(chosen));
    if (!chosen || !request) return;
    const plan = await this.#services.work.run(l10n.t('Planning the recall'), (options) => instance.engine.planRecall(request, options), {
      isQuiet: true,
    });
    const ids = plan.distributions.map(({ id }) => id);
    const titles = distributionTitles(ids, chosen.distributions);
    if (!(await isAgreed(plan, titles))) return;
    const what = plan.paths.length === 0 ? titles : namesInWords(plan.paths);
    const said = l10n.t('Recalled {0}. It is taken back when they receive that; the Space view tells.', what);
    await this.#run(instance, { title: l10n.t('Recalling {0}', titles), said }, (options) => instance.engine.recall(request, options));
  }

  /** Puts back what it changed, wherever nobody has touched that since. */
  async undo(instance: Instance, given?: DistributionInfo): Promise<void> {
    const distribution = given ?? (await this.#chosen(instance, l10n.t('Undo Distribution')))?.distributions[0];
    if (!distribution) return;
    const title = deliveryTitle(distribution);
    const detail = l10n.t(
      'What was there before comes back wherever nobody has touched it since, also what it had replaced. The rest stays, and is told here.',
    );
    if (!(await agreed(l10n.t('Undo the distribution {0}?', title), detail, l10n.t('Undo Distribution')))) return;
    const said = l10n.t('The distribution {0} is undone when they receive that; the Space view tells.', title);
    await this.#run(instance, { title: l10n.t('Undoing the distribution {0}', title), said }, (options) =>
      instance.engine.undoDistribution({ distribution: distribution.id }, options),
    );
  }

  async #run(instance: Instance, words: Running, task: (options: CallOptions) => Promise<unknown>): Promise<void> {
    const { spaces, work, direct } = this.#services;
    try {
      await work.run(words.title, task);
    } finally {
      await spaces.refresh(instance);
    }
    await direct.deliver(instance, words.said);
  }

  async #chosen(instance: Instance, title: string): Promise<Recalled | undefined> {
    const { distributions } = await this.#services.spaces.mustBelong(instance);
    const standing = distributions.filter(({ isVoid }) => !isVoid);
    if (standing.length === 0)
      throw new SnapstageError('usage', l10n.t('Nothing that {0} has distributed could be taken back.', instance.name));
    const items = standing.map((distribution) => ({
      label: plainLabel(deliveryTitle(distribution)),
      description: [progressOfDistribution(distribution), formatTime(distribution.made, new Date(), env.language)].join(' · '),
      detail: namesInWords(distribution.items.map(itemTitle)),
      distribution,
    }));
    const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which distribution?'), matchOnDetail: true });
    return picked && { distributions: [picked.distribution] };
  }
}

async function askForRequest({ distributions, paths: given, to: chosen }: Recalled): Promise<RecallRequest | undefined> {
  const title = l10n.t('Recall');
  const paths = given ?? (await pickPaths(distributions, title));
  if (paths === undefined) return undefined;
  const to = chosen ?? (await pickTargets(distributions, title));
  if (to === undefined) return undefined;
  const how = await pickHow(title);
  if (how === undefined) return undefined;
  const message = await window.showInputBox({
    title,
    prompt: l10n.t('A message to those from whom it is taken back (optional)'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > 2000 ? l10n.t('At most {0} characters.', 2000) : undefined),
  });
  if (message === undefined) return undefined;
  return {
    distributions: distributions.map(({ id }) => id),
    ...(paths.length > 0 && { paths }),
    to,
    ...how,
    message: message.trim(),
  };
}

/** Some of the objects; none stands for all of them. */
async function pickPaths(distributions: readonly DistributionInfo[], title: string): Promise<readonly string[] | undefined> {
  const left = distributions.flatMap(({ items: all, takenBack }) => all.filter(({ path }) => !takenBack.includes(path)));
  const items = [...new Map(left.map((item) => [item.path, item])).values()];
  if (items.length < 2) return [];
  const rows = items.map((item) => ({ label: plainLabel(itemTitle(item)), picked: true, path: item.path }));
  const picked = await window.showQuickPick(rows, { title, placeHolder: l10n.t('What is to be taken back?'), canPickMany: true });
  if (picked === undefined || picked.length === 0) return undefined;
  return picked.length === rows.length ? [] : picked.map(({ path }) => path);
}

type TargetItem = QuickPickItem & { readonly to: string };

async function pickTargets(distributions: readonly DistributionInfo[], title: string): Promise<RecallRequest['to']> {
  const targets = [...new Map(distributions.flatMap((one) => one.targets).map((target) => [target.id, target])).values()];
  const items: readonly TargetItem[] = [
    { label: l10n.t('All Who Got It'), description: l10n.t('and those who join later'), to: 'all' },
    ...targets.map((target) => ({ label: plainLabel(memberName(target)), description: targetStateWord(target.state), to: target.id })),
  ];
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('From whom?'), canPickMany: true });
  const ids = (picked ?? []).map(({ to }) => to);
  if (ids.length === 0) return undefined;
  return ids.includes('all') ? 'all' : ids;
}

async function pickHow(title: string): Promise<Required<Pick<RecallRequest, 'evenEdited' | 'previous'>> | undefined> {
  const stays = l10n.t('What was edited stays, and is told here.');
  const goes = l10n.t('What was edited goes too. A snapshot is taken there first.');
  const before = l10n.t('What was delivered before comes in its place.');
  const items = [
    { label: l10n.t('Take Back What Was Not Edited'), detail: stays, evenEdited: false, previous: false },
    { label: l10n.t('Take Back Even What Was Edited'), detail: goes, evenEdited: true, previous: false },
    { label: l10n.t('Replace by the Previous Version'), detail: `${before} ${stays}`, evenEdited: false, previous: true },
    {
      label: l10n.t('Replace Even What Was Edited by the Previous Version'),
      detail: `${before} ${l10n.t('What was edited goes too.')}`,
      evenEdited: true,
      previous: true,
    },
  ];
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('How?'), matchOnDetail: true });
  return picked && { evenEdited: picked.evenEdited, previous: picked.previous };
}

/** Where what was edited goes too, the button that is pressed by mistake changes nothing. */
async function isAgreed(plan: RecallPlan, titles: string): Promise<boolean> {
  const { paths, to, evenEdited } = plan;
  const question =
    paths.length === 0
      ? l10n.t('Recall {0} from {1}?', titles, whomInWords(to))
      : l10n.t('Recall {0} of {1} from {2}?', namesInWords(paths), titles, whomInWords(to));
  const detail = [recalledInWords(plan), l10n.t('It is done when they receive that.')].join('\n');
  const [go, cancel] = [l10n.t('Recall'), l10n.t('Not Now')];
  const buttons = evenEdited ? [cancel, go] : [go];
  return (await window.showWarningMessage(question, { modal: true, detail }, ...buttons)) === go;
}
