import { commands, l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { SpaceCreated, SpaceInfo } from '../../engine/spaceApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { agreed } from '../snapshots/snapshotEditor.ts';
import type { Work } from '../work.ts';
import { askForRecoveryCode, showCodes } from './codes.ts';
import { agreeOnNewHub } from './hubMover.ts';
import { pickHub } from './pickHub.ts';
import { hasLostKeys, type Spaces } from './spaces.ts';
import { ownStateInWords, spaceName } from './spaceWords.ts';

/** Makes Spaces, joins and leaves them, and asks the hub what is new. */
export class SpaceEditor {
  readonly #spaces: Spaces;
  readonly #work: Work;

  constructor(spaces: Spaces, work: Work) {
    this.#spaces = spaces;
    this.#work = work;
  }

  async create(instance: Instance): Promise<void> {
    await this.#mustBeFree(instance);
    const title = l10n.t('Create Space');
    const name = await window.showInputBox({
      title,
      prompt: l10n.t('A name for the Space: the course, or the project. {0} becomes its Master.', instance.name),
      ignoreFocusOut: true,
      validateInput: (text) => (text.length > 200 ? l10n.t('At most 200 characters.') : undefined),
    });
    if (name === undefined || name.trim() === '') return;
    const hub = await pickHub(l10n.t('Hub: Where the Instances of the Space Meet'));
    if (hub === undefined) return;
    const made = await this.#run(instance, l10n.t('Creating a Space for {0}', instance.name), async (options): Promise<SpaceCreated> => {
      await instance.ensureInitialised();
      return instance.engine.createSpace({ name: name.trim(), hub }, options);
    });
    await commands.executeCommand('snapstage.space.focus');
    await showCodes({
      message: l10n.t('Recovery code of the Space “{0}”:\n{1}', spaceName(made.space), made.recoveryCode),
      detail: l10n.t(
        "Write it down, and keep it apart from this computer. Whoever has it can take the Master's place; without it a lost Master can't be replaced. It is kept nowhere, and not shown again.",
      ),
      done: l10n.t('I Have Written It Down'),
      copies: [{ title: l10n.t('Copy'), text: made.recoveryCode }],
    });
  }

  /** By a code or a link; one that is not given is asked for. The hub is shown before anything is contacted. */
  async join(instance: Instance, given?: string): Promise<void> {
    await this.#mustBeFree(instance);
    const code = given ?? (await askForCode());
    if (code === undefined || code.trim() === '') return;
    const { space: id, hub: named } = await instance.engine.readInvite({ code });
    const hub = await this.#agreeOnHub(instance, id, named);
    if (hub === undefined) return;
    const space = await this.#join(instance, code, hub);
    if (space === undefined) return;
    await commands.executeCommand('snapstage.space.focus');
    const said = ownStateInWords(space) ?? l10n.t('This instance is a member of the Space “{0}”.', spaceName(space));
    void window.showInformationMessage(said);
  }

  /** By the recovery code, where the Master is lost: this instance takes its place. */
  async recover(instance: Instance): Promise<void> {
    await this.#mustBeFree(instance);
    const title = l10n.t('Recover Space');
    const code = await askForRecoveryCode(title);
    if (code === undefined) return;
    const hub = await pickHub(l10n.t('Where Is the Hub on This Machine?'));
    if (hub === undefined) return;
    const question = l10n.t('Make {0} a Master of the Space in {1}?', displayText(instance.name), displayText(hub));
    const detail = l10n.t(
      'It can distribute, invite and remove from then on. Masters that there are stay what they are until they are removed, and its files stay as they are.',
    );
    const go = l10n.t('Recover');
    if ((await window.showWarningMessage(question, { modal: true, detail }, go)) !== go) return;
    const space = await this.#run(instance, l10n.t('Recovering a Space with {0}', instance.name), async (options) => {
      await instance.ensureInitialised();
      return instance.engine.recoverSpace({ code, hub }, options);
    });
    await commands.executeCommand('snapstage.space.focus');
    void window.showInformationMessage(l10n.t('This instance is a Master of the Space “{0}” now.', spaceName(space)));
  }

  async #agreeOnHub(instance: Instance, id: string, named: string): Promise<{ readonly chosen?: string } | undefined> {
    const [join, elsewhere] = [l10n.t('Join'), l10n.t('Hub Is Elsewhere…')];
    const answer = await window.showWarningMessage(
      l10n.t('Let {0} join the Space {1}, whose hub is {2}?', displayText(instance.name), id.slice(0, 8), displayText(named)),
      {
        modal: true,
        detail: l10n.t(
          'A stranger can have written the invite: nothing was contacted yet. Whoever leads the Space can send files to this folder; they are applied when they are received.',
        ),
      },
      join,
      elsewhere,
    );
    if (answer === join) return {};
    const chosen = answer === elsewhere ? await pickHub(l10n.t('Where Is the Hub on This Machine?')) : undefined;
    return chosen === undefined ? undefined : { chosen };
  }

  async #join(instance: Instance, code: string, { chosen }: { readonly chosen?: string }): Promise<SpaceInfo | undefined> {
    try {
      return await this.#run(instance, l10n.t('Joining a Space with {0}', instance.name), async (options) => {
        await instance.ensureInitialised();
        return instance.engine.joinSpace({ code, ...(chosen !== undefined && { hub: chosen }) }, options);
      });
    } catch (error) {
      const reason = error instanceof SnapstageError ? error.details['reason'] : undefined;
      if (!(error instanceof SnapstageError) || (reason !== 'hub-elsewhere' && reason !== 'hub-moved')) throw error;
      // Its place is one of another kind of system: people have to say where it is here.
      const found =
        reason === 'hub-moved'
          ? await agreeOnNewHub(instance, String(error.details['hub']))
          : await pickHub(l10n.t('Where Is the Hub on This Machine?'));
      return found === undefined ? undefined : this.#join(instance, code, { chosen: found });
    }
  }

  async leave(instance: Instance): Promise<void> {
    if (hasLostKeys(this.#spaces.of(instance))) return this.#leaveWithoutKeys(instance);
    const { space } = await this.#spaces.mustBelong(instance);
    const question = l10n.t('Leave the Space “{0}” with {1}?', spaceName(space), displayText(instance.name));
    const detail = l10n.t(
      'This instance receives nothing more from it, and its keys are removed: only a new invite leads back. Its files stay as they are.',
    );
    if (!(await agreed(question, detail, l10n.t('Leave')))) return;
    await this.#run(instance, l10n.t('Leaving the Space “{0}”', spaceName(space)), (options) => instance.engine.leaveSpace(options));
    window.setStatusBarMessage(l10n.t('Left the Space “{0}”.', spaceName(space)), 5000);
  }

  async #leaveWithoutKeys(instance: Instance): Promise<void> {
    const question = l10n.t('Leave the Space with {0}, whose keys are lost?', displayText(instance.name));
    const detail = l10n.t('Nothing can be said there without them: the Master removes the member. Its files stay as they are.');
    if (!(await agreed(question, detail, l10n.t('Leave')))) return;
    await this.#run(instance, l10n.t('Leaving the Space with {0}', instance.name), (options) => instance.engine.leaveSpace(options));
  }

  async sync(instance: Instance): Promise<void> {
    await this.#spaces.mustBelong(instance);
    await window.withProgress({ location: { viewId: 'snapstage.space' } }, () => this.#spaces.sync(instance));
    window.setStatusBarMessage(l10n.t('The Space of {0} is up to date.', instance.name), 5000);
  }

  async #run<T>(instance: Instance, title: string, task: (options: CallOptions) => Promise<T>): Promise<T> {
    try {
      return await this.#work.run(title, task);
    } finally {
      await instance.refresh();
      await this.#spaces.refresh(instance);
    }
  }

  /** Before anything is asked. @throws SnapstageError `exists` where it belongs to a Space. */
  async #mustBeFree(instance: Instance): Promise<void> {
    await instance.mustList();
    const state = this.#spaces.of(instance);
    if (!state || state instanceof SnapstageError) return;
    throw new SnapstageError(
      'exists',
      l10n.t('{0} belongs to the Space “{1}” already. Leave that one first, or use another folder.', instance.name, spaceName(state.space)),
    );
  }
}

async function askForCode(): Promise<string | undefined> {
  return window.showInputBox({
    title: l10n.t('Join Space'),
    prompt: l10n.t('The code or the link of the invite'),
    password: true,
    ignoreFocusOut: true,
  });
}
