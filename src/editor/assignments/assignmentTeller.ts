import { commands, env, l10n, window, workspace as vscodeWorkspace, Disposable, type Memento } from 'vscode';
import type { Clock } from '../automatic/automaticSnapshots.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import type { Spaces } from '../space/spaces.ts';
import type { Workspace } from '../workspace.ts';
import { displayText, formatMoment } from '../formats.ts';
import type { AssignmentNode } from './assignmentNodes.ts';
import { newsOf, nextNews, toTell, type News } from './assignmentNews.ts';
import { assignmentTitle, deadlineInWords, timeLeftInWords } from './assignmentWords.ts';

const memoryKey = 'snapstage.toldOfAssignments';
/** Timers take no month. */
const longestWait = 24 * 3_600_000;

/** Keys of what was told, by the address of the folder. */
type Told = Readonly<Record<string, readonly string[]>>;

export interface AssignmentTellerServices {
  readonly workspace: Workspace;
  readonly spaces: Spaces;
  readonly memory: Memento;
  readonly reporter: Reporter;
  readonly clock: Clock;
}

/** Tells a member of each new or changed assignment, of deadlines that come near, and of feedback, once. */
export class AssignmentTeller implements Disposable {
  readonly #services: AssignmentTellerServices;
  readonly #subscriptions: Disposable;
  #timer: Disposable | undefined;

  constructor(services: AssignmentTellerServices) {
    this.#services = services;
    const look = (): void => this.#look();
    this.#subscriptions = Disposable.from(services.spaces.onDidChange(look), vscodeWorkspace.onDidGrantWorkspaceTrust(look));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#timer?.dispose();
  }

  #look(): void {
    const { workspace, spaces, clock } = this.#services;
    this.#timer?.dispose();
    if (!vscodeWorkspace.isTrusted) return;
    const now = clock.now();
    const moments = workspace.instances.flatMap((instance) => {
      const assignments = spaces.belonging(instance)?.assignments;
      if (!assignments) return [];
      this.#tellOf(instance, newsOf(assignments, now));
      return nextNews(assignments, now) ?? [];
    });
    if (moments.length > 0) this.#timer = clock.after(Math.min(Math.min(...moments) - now, longestWait), () => this.#look());
  }

  #tellOf(instance: Instance, news: readonly News[]): void {
    const { memory } = this.#services;
    const all = memory.get<Told>(memoryKey, {});
    const address = instance.folder.uri.toString();
    const before = new Set(all[address]);
    const fresh = toTell(news, before);
    if (fresh.length === 0) return;
    // What there is no more, as after leaving the Space, is forgotten.
    void memory.update(memoryKey, { ...all, [address]: news.map(({ key }) => key) });
    for (const one of fresh) this.#tell(instance, one);
  }

  #tell(instance: Instance, one: News): void {
    const { reporter, clock } = this.#services;
    const sentence = newsInWords(one, clock.now());
    const node: AssignmentNode = { type: 'assignment', instance, assignment: one.assignment };
    const [show, handIn] = [l10n.t('Show'), l10n.t('Hand In…')];
    const isUrgent = one.kind === 'day' || one.kind === 'hour';
    const shown = isUrgent ? window.showWarningMessage(sentence, handIn, show) : window.showInformationMessage(sentence, show);
    const answered = async (answer: string | undefined): Promise<void> => {
      if (answer === show) await commands.executeCommand('snapstage.showAssignment', node);
      if (answer === handIn) await commands.executeCommand('snapstage.handIn', node);
    };
    reporter.detached(Promise.resolve(shown).then(answered));
  }
}

function newsInWords({ kind, assignment }: News, now: number): string {
  const { mine } = assignment;
  const title = assignmentTitle(assignment);
  const deadline = mine?.deadline ?? assignment.deadline;
  const due = deadlineInWords({ ...assignment, deadline });
  switch (kind) {
    case 'new':
      return l10n.t('New assignment “{0}”, deadline {1}.', title, due);
    case 'changed':
      return l10n.t('The assignment “{0}” was changed. Its deadline is {1}.', title, due);
    case 'closed':
      return l10n.t('The assignment “{0}” was closed.', title);
    case 'extended': {
      const reason = mine?.extension?.reason ?? '';
      const said = l10n.t('Your deadline of the assignment “{0}” is {1} now.', title, formatMoment(deadline, env.language));
      return reason === '' ? said : l10n.t('{0} Reason: {1}', said, displayText(reason));
    }
    case 'day':
    case 'hour':
      return l10n.t(
        'Nothing is handed in to the assignment “{0}” yet: {1}.',
        title,
        timeLeftInWords({ isClosed: false }, deadline, now, true),
      );
    case 'returned':
      return l10n.t('There is feedback to the assignment “{0}”.', title);
  }
}
