import { l10n, QuickPickItemKind, window, type QuickPickItem } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { DistributeRequest, DistributionPlan } from '../../engine/deliveryApi.ts';
import type { Strategy } from '../../engine/stageApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import { saveAll, unsavedIn, type Unsaved } from '../restore/unsaved.ts';
import { objectCount, strategyInWords, strategyName } from '../stage/stageWords.ts';
import type { Work } from '../work.ts';
import { asSentence, namesInWords } from '../words.ts';
import type { DirectDelivery } from './directDelivery.ts';
import { groupsOf } from './memberEditor.ts';
import type { Belonging, Spaces } from './spaces.ts';
import { itemTitle, memberCount, memberName, roleWord } from './spaceWords.ts';

const strategies: readonly Strategy[] = ['overwrite', 'skip', 'rename', 'mirror', 'ask'];

export interface DistributorServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly direct: DirectDelivery;
  /** Shows what a distribution would meet. */
  readonly preview: (instance: Instance, request: DistributeRequest) => Promise<void>;
}

/** Hands out what lies on the Stage: to whom, how and with which words is asked, and what will happen is said first. */
export class Distributor {
  readonly #services: DistributorServices;

  constructor(services: DistributorServices) {
    this.#services = services;
  }

  /** What is given is not asked for; who comes from the preview has seen it. */
  async distribute(instance: Instance, given?: DistributeRequest): Promise<void> {
    const { spaces, work, direct, preview } = this.#services;
    const belonging = await spaces.mustBelong(instance);
    if (belonging.space.me.role !== 'master') throw new SnapstageError('refused', l10n.t('Only the Master of the Space can distribute.'));
    const request = await (given ? withMessage(given) : askForRequest(belonging));
    if (!request) return;
    const plan = await work.run(
      l10n.t('Planning the distribution of {0}', instance.name),
      (options) => instance.engine.planDistribution(request, options),
      { isQuiet: true },
    );
    // What is unsaved is in no snapshot.
    const unsaved = plan.takesSnapshot ? unsavedIn(instance) : [];
    const notes = [...unsavedInWords(unsaved), ...(await direct.announced(instance))];
    const answer = await ask(plan, notes, given === undefined);
    if (answer === 'preview') return preview(instance, request);
    if (answer !== 'go') return;
    await saveAll(unsaved, l10n.t('nothing was distributed'));
    try {
      await work.run(l10n.t('Distributing from {0}', instance.name), (options) => instance.engine.distribute(request, options));
    } finally {
      await instance.refresh();
      await spaces.refresh(instance);
    }
    const said = l10n.t(
      'Distributed {0} to {1}. They are applied when they are received; the Space view tells.',
      objectCount(plan.objects.length),
      targetsInWords(plan),
    );
    await direct.deliver(instance, said);
  }
}

/** Where something can be deleted or replaced, the button that is pressed by mistake changes nothing. */
async function ask(plan: DistributionPlan, notes: readonly string[], hasPreview: boolean): Promise<'go' | 'preview' | undefined> {
  const [go, cancel, preview] = [l10n.t('Distribute'), l10n.t('Not Now'), l10n.t('Show Preview')];
  const byStrategy = Map.groupBy(plan.objects, ({ strategy }) => strategy);
  const lines = [...byStrategy].map(([strategy, items]) =>
    l10n.t('{0}: {1}. {2}', asSentence(strategyName(strategy)).slice(0, -1), namesInWords(items.map(itemTitle)), strategyInWords(strategy)),
  );
  const detail = [
    ...lines,
    ...exceptionsInWords(plan),
    l10n.t('What was not edited there is updated.'),
    ...notes,
    ...(plan.takesSnapshot ? [l10n.t('A snapshot of the current state is taken first.')] : []),
  ].join('\n');
  const question = l10n.t('Distribute {0} to {1}?', objectCount(plan.objects.length), targetsInWords(plan));
  const buttons = [...(byStrategy.has('mirror') ? [cancel, go] : [go]), ...(hasPreview ? [preview] : [])];
  const answer = await window.showWarningMessage(question, { modal: true, detail }, ...buttons);
  return answer === go ? 'go' : answer === preview ? 'preview' : undefined;
}

function unsavedInWords(unsaved: readonly Unsaved[]): readonly string[] {
  return unsaved.length === 0 ? [] : [l10n.t('Unsaved changes are saved first: {0}.', namesInWords(unsaved.map(({ path }) => path)))];
}

function exceptionsInWords({ exceptions }: DistributionPlan): readonly string[] {
  const names = exceptions.map(({ target, path, table, strategy }) => {
    const title = itemTitle({ type: table === null ? 'file' : 'table', path, part: table });
    return l10n.t('{0} at {1} ({2})', title, memberName(target), strategyName(strategy));
  });
  return names.length === 0 ? [] : [l10n.t('Exceptions: {0}.', namesInWords(names))];
}

function targetsInWords({ to }: DistributionPlan): string {
  if (to === 'all') return l10n.t('all members');
  return to.length > 3 ? memberCount(to.length) : namesInWords(to.map(memberName));
}

async function askForRequest(belonging: Belonging): Promise<DistributeRequest | undefined> {
  const title = l10n.t('Distribute');
  const to = await pickTargets(belonging, title);
  if (to === undefined) return undefined;
  const items = strategies.map((strategy) => ({
    label: asSentence(strategyName(strategy)).slice(0, -1),
    detail: strategyInWords(strategy),
    strategy,
  }));
  const placeHolder = l10n.t('What happens where a member has edited the same? (What has a strategy of its own keeps it.)');
  const picked = await window.showQuickPick(items, { title, placeHolder, matchOnDetail: true });
  if (!picked) return undefined;
  return withMessage({ to, strategy: picked.strategy });
}

async function withMessage(request: DistributeRequest): Promise<DistributeRequest | undefined> {
  if (request.message !== undefined) return request;
  const message = await window.showInputBox({
    title: l10n.t('Distribute'),
    prompt: l10n.t('A message to those who receive it (optional)'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > 2000 ? l10n.t('At most {0} characters.', 2000) : undefined),
  });
  return message === undefined ? undefined : { ...request, message: message.trim() };
}

type TargetItem = QuickPickItem & { readonly to?: string };

/** To whom; nothing where that was given up. */
export async function pickTargets({ space }: Belonging, title: string): Promise<DistributeRequest['to']> {
  const members = space.members.filter(({ role, state }) => role !== 'master' && state === 'member');
  const groups = groupsOf(members);
  const separator = (label: string): TargetItem => ({ label, kind: QuickPickItemKind.Separator });
  const items: readonly TargetItem[] = [
    { label: l10n.t('All Members'), description: l10n.t('{0}, and those who join later', memberCount(members.length)), to: 'all' },
    ...(groups.length === 0 ? [] : [separator(l10n.t('Groups'))]),
    ...groups.map((group) => ({
      label: plainLabel(group),
      description: memberCount(members.filter((member) => member.groups.includes(group)).length),
      to: `group:${group}`,
    })),
    ...(members.length === 0 ? [] : [separator(l10n.t('Members'))]),
    ...members.map((member) => ({
      label: plainLabel(memberName(member)),
      description: [roleWord(member.role), ...member.groups.map(displayText)].join(' · '),
      to: member.id,
    })),
  ];
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('To whom?'), canPickMany: true, matchOnDescription: true });
  const chosen = (picked ?? []).flatMap(({ to }) => to ?? []);
  if (chosen.length === 0) return undefined;
  return chosen.includes('all') ? 'all' : chosen;
}
