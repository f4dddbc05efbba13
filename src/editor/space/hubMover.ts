import { env, l10n, window } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { agreed } from '../snapshots/snapshotEditor.ts';
import type { Work } from '../work.ts';
import { pickHub } from './pickHub.ts';
import type { Spaces } from './spaces.ts';
import { spaceName } from './spaceWords.ts';

/** Takes a Space to another hub, and follows one that was taken there. */
export class HubMover {
  readonly #spaces: Spaces;
  readonly #work: Work;

  constructor(spaces: Spaces, work: Work) {
    this.#spaces = spaces;
    this.#work = work;
  }

  /** By a Master. */
  async move(instance: Instance): Promise<void> {
    const { space } = await this.#spaces.mustBelong(instance);
    const hub = await pickHub(l10n.t('The New Hub'));
    if (hub === undefined) return;
    const question = l10n.t('Move the Space “{0}” to the hub {1}?', spaceName(space), displayText(hub));
    const detail = l10n.t(
      'All that is in {0} is copied there, and every member has to follow. The old hub stays as it is: leave it until all have.',
      displayText(space.hub),
    );
    if (!(await agreed(question, detail, l10n.t('Move')))) return;
    const title = l10n.t('Moving the Space “{0}”', spaceName(space));
    const { files, bytes } = await this.#run(instance, title, (options) => instance.engine.moveHub({ hub }, options));
    void window.showInformationMessage(
      l10n.t(
        'The Space “{0}” is in {1} now. Copied: {2} files, {3}.',
        spaceName(space),
        displayText(hub),
        formatNumber(files, env.language),
        formatSize(bytes, env.language),
      ),
    );
  }

  /** To where the Master says, or to where people say that it is on this machine. */
  async follow(instance: Instance): Promise<void> {
    await this.#spaces.mustBelong(instance);
    // It is told where one was, as long as that is there.
    await this.#spaces.sync(instance).catch(() => undefined);
    const { space } = await this.#spaces.mustBelong(instance);
    const { movedTo } = space;
    const hub = movedTo === null ? await pickHub(l10n.t('Where Is the Hub Now?')) : await agreeOnNewHub(instance, movedTo);
    if (hub === undefined) return;
    const title = l10n.t('Following the Space “{0}”', spaceName(space));
    const follow = (place: string | undefined): Promise<unknown> =>
      this.#run(instance, title, (options) => instance.engine.followHub({ ...(place !== undefined && { hub: place }) }, options));
    try {
      await follow(hub === movedTo ? undefined : hub);
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.details['reason'] !== 'hub-elsewhere') throw error;
      const found = await pickHub(l10n.t('Where Is the Hub on This Machine?'));
      if (found === undefined) return;
      await follow(found);
    }
    window.setStatusBarMessage(l10n.t('{0} has followed the Space “{1}”.', instance.name, spaceName(space)), 5000);
  }

  async #run<T>(instance: Instance, title: string, task: (options: CallOptions) => Promise<T>): Promise<T> {
    try {
      return await this.#work.run(title, task);
    } finally {
      await this.#spaces.refresh(instance);
    }
  }
}

/** The place to go to: the one that is named, which nobody has contacted yet, or where people say that it is on this machine. */
export async function agreeOnNewHub(instance: Instance, named: string): Promise<string | undefined> {
  const [follow, elsewhere] = [l10n.t('Follow'), l10n.t('Hub Is Elsewhere…')];
  const answer = await window.showWarningMessage(
    l10n.t('The Space has gone to the hub {0}. Let {1} follow?', displayText(named), displayText(instance.name)),
    {
      modal: true,
      detail: l10n.t('Nothing was contacted there yet. The Master names the place; it may be called otherwise on this machine.'),
    },
    follow,
    elsewhere,
  );
  if (answer === follow) return named;
  return answer === elsewhere ? pickHub(l10n.t('Where Is the Hub on This Machine?')) : undefined;
}
