import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { InviteInfo, InviteRequest, MemberInfo, MemberRole } from '../../engine/spaceApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import { agreed } from '../snapshots/snapshotEditor.ts';
import type { Work } from '../work.ts';
import { asSentence } from '../words.ts';
import { askForRecoveryCode, showCodes } from './codes.ts';
import type { Spaces } from './spaces.ts';
import { memberName, memberStateInWords, obstacleInWords, roleInWords, roleWord } from './spaceWords.ts';

const roles: readonly MemberRole[] = ['editor', 'viewer'];

/** What a Master says of who belongs to the Space. */
export class MemberEditor {
  readonly #spaces: Spaces;
  readonly #work: Work;

  constructor(spaces: Spaces, work: Work) {
    this.#spaces = spaces;
    this.#work = work;
  }

  async invite(instance: Instance): Promise<void> {
    const { space } = await this.#spaces.mustBelong(instance);
    const title = l10n.t('Invite');
    const name = await askForName(title, l10n.t('Whom? The name that the member has in the Space'), '');
    if (name === undefined) return;
    const role = await pickRole(title);
    if (role === undefined) return;
    const groups = await askForGroups(title, [], groupsOf(space.members));
    if (groups === undefined) return;
    await this.#invite(instance, { name, role, groups });
  }

  /** For a member that has lost its keys: it comes back as what it was, and what it was before ends then. */
  async inviteAgain(instance: Instance, given?: MemberInfo): Promise<void> {
    const member =
      given ?? (await this.#pickMember(instance, l10n.t('Invite Again'), ({ role, state }) => role !== 'master' && state === 'member'));
    if (!member || member.role === 'master') return;
    const called = memberName(member);
    const detail = l10n.t(
      'Do this when it has lost its keys: by the new invite it comes back with its name, role and groups. With that its place of before ends: whoever has the old keys reads nothing that comes then.',
    );
    const go = l10n.t('Invite Again');
    if ((await window.showWarningMessage(l10n.t('Invite {0} again?', called), { modal: true, detail }, go)) !== go) return;
    const { id, name, role, groups } = member;
    await this.#invite(instance, { name: name ?? id.slice(0, 8), role, groups, succeeds: id });
  }

  async #invite(instance: Instance, request: InviteRequest): Promise<void> {
    const { name } = request;
    const made = await this.#run(instance, l10n.t('Inviting {0}', displayText(name)), (options) =>
      instance.engine.invite(request, options),
    );
    await showCodes({
      message: l10n.t('The invite of {0} is made.', displayText(name)),
      detail: l10n.t(
        'Send the code or the link to {0} alone, as you would a password: whoever has it can read what it opens. It can be used once, within 30 days, and is not shown again.',
        displayText(name),
      ),
      done: l10n.t('Done'),
      copies: [
        { title: l10n.t('Copy Code'), text: made.code },
        { title: l10n.t('Copy Link'), text: made.link },
      ],
    });
  }

  async withdraw(instance: Instance, given?: InviteInfo): Promise<void> {
    const invite = given ?? (await this.#pickInvite(instance));
    if (!invite) return;
    const detail = l10n.t('The code that was sent opens nothing any more. Whoever has it could read what it opened until now.');
    if (!(await agreed(l10n.t('Withdraw the invite of {0}?', displayText(invite.name)), detail, l10n.t('Withdraw')))) return;
    await this.#run(instance, l10n.t('Withdrawing the invite of {0}', displayText(invite.name)), (options) =>
      instance.engine.withdrawInvite({ invite: invite.id }, options),
    );
  }

  async admit(instance: Instance, given?: MemberInfo): Promise<void> {
    const member = given ?? (await this.#pickMember(instance, l10n.t('Admit'), ({ state }) => state === 'waiting'));
    if (!member) return;
    const detail =
      member.obstacle === null
        ? l10n.t('It came by an invite of yours.')
        : l10n.t(
            'What stands in the way: {0}. Make sure that it is who it should be: its id is {1}.',
            obstacleInWords(member.obstacle),
            member.id,
          );
    if (!(await agreed(l10n.t('Admit {0} to the Space?', memberName(member)), detail, l10n.t('Admit')))) return;
    await this.#run(instance, l10n.t('Admitting {0}', memberName(member)), (options) =>
      instance.engine.admitMember({ member: member.id }, options),
    );
  }

  async change(instance: Instance, given?: MemberInfo): Promise<void> {
    const title = l10n.t('Change Role or Groups');
    const { space } = await this.#spaces.mustBelong(instance);
    const member = given ?? (await this.#pickMember(instance, title, ({ role, state }) => role !== 'master' && state === 'member'));
    if (!member) return;
    const items = [
      { label: l10n.t('Role'), description: roleWord(member.role), what: 'role' as const },
      { label: l10n.t('Groups'), description: member.groups.map(displayText).join(', ') || l10n.t('none'), what: 'groups' as const },
      { label: l10n.t('Name'), description: memberName(member), what: 'name' as const },
    ];
    const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('What of {0} is to be changed?', memberName(member)) });
    if (!picked) return;
    const change = await askForChange(picked.what, title, member, groupsOf(space.members));
    if (!change) return;
    await this.#run(instance, l10n.t('Changing {0}', memberName(member)), (options) =>
      instance.engine.changeMember({ member: member.id, ...change }, options),
    );
  }

  async remove(instance: Instance, given?: MemberInfo): Promise<void> {
    const title = l10n.t('Remove Member');
    const isRemovable = ({ state, isMe }: MemberInfo): boolean => !isMe && state !== 'removed' && state !== 'left';
    const member = given ?? (await this.#pickMember(instance, title, isRemovable));
    if (!member) return;
    const code = member.role === 'master' ? await askForRecoveryCode(title) : '';
    if (code === undefined) return;
    const detail = l10n.t(
      'It reads nothing that comes from now on; what it has received it keeps. Take away its rights to the folder of the hub as well: sizes and times can be read there.',
    );
    if (!(await agreed(l10n.t('Remove {0} from the Space?', memberName(member)), detail, l10n.t('Remove')))) return;
    await this.#run(instance, l10n.t('Removing {0}', memberName(member)), (options) =>
      instance.engine.removeMember({ member: member.id, ...(code !== '' && { code }) }, options),
    );
  }

  async #run<T>(instance: Instance, title: string, task: (options: CallOptions) => Promise<T>): Promise<T> {
    try {
      return await this.#work.run(title, task);
    } finally {
      await this.#spaces.refresh(instance);
    }
  }

  async #pickInvite(instance: Instance): Promise<InviteInfo | undefined> {
    const { space } = await this.#spaces.mustBelong(instance);
    const open = space.invites.filter(({ state }) => state === 'open');
    if (open.length === 0) throw new SnapstageError('usage', l10n.t('There is no open invite.'));
    const items = open.map((invite) => ({ label: plainLabel(invite.name), description: roleWord(invite.role), invite }));
    return (await window.showQuickPick(items, { title: l10n.t('Withdraw Invite'), placeHolder: l10n.t('Whose invite?') }))?.invite;
  }

  async #pickMember(instance: Instance, title: string, fits: (member: MemberInfo) => boolean): Promise<MemberInfo | undefined> {
    const { space } = await this.#spaces.mustBelong(instance);
    const members = space.members.filter(fits);
    if (members.length === 0) throw new SnapstageError('usage', l10n.t('There is no member with whom this could be done.'));
    const items = members.map((member) => ({
      label: plainLabel(memberName(member)),
      description: [roleWord(member.role), ...member.groups.map(displayText), memberStateInWords(member) ?? ''].filter(Boolean).join(' · '),
      member,
    }));
    return (await window.showQuickPick(items, { title, placeHolder: l10n.t('Whom?'), matchOnDescription: true }))?.member;
  }
}

type Change = { readonly name: string } | { readonly role: MemberRole } | { readonly groups: readonly string[] };

async function askForChange(
  what: 'name' | 'role' | 'groups',
  title: string,
  member: MemberInfo,
  known: readonly string[],
): Promise<Change | undefined> {
  if (what === 'name') {
    const name = await askForName(title, l10n.t('The name that the member has in the Space'), member.name ?? '');
    return name === undefined ? undefined : { name };
  }
  if (what === 'role') {
    const role = await pickRole(title, member);
    return role === undefined ? undefined : { role };
  }
  const groups = await askForGroups(title, member.groups, known);
  return groups === undefined ? undefined : { groups };
}

async function askForName(title: string, prompt: string, value: string): Promise<string | undefined> {
  const name = await window.showInputBox({
    title,
    prompt,
    value,
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > 200 ? l10n.t('At most 200 characters.') : undefined),
  });
  return name?.trim() || undefined;
}

async function pickRole(title: string, member?: MemberInfo): Promise<MemberRole | undefined> {
  const items = roles.map((role) => ({
    label: asSentence(roleWord(role)).slice(0, -1),
    ...(member?.role === role && { description: l10n.t('now') }),
    detail: roleInWords(role),
    role,
  }));
  return (await window.showQuickPick(items, { title, placeHolder: l10n.t('Which role?') }))?.role;
}

async function askForGroups(title: string, own: readonly string[], known: readonly string[]): Promise<readonly string[] | undefined> {
  const text = await window.showInputBox({
    title,
    prompt:
      known.length === 0
        ? l10n.t('Groups, with commas between; may be left empty')
        : l10n.t('Groups, with commas between; may be left empty. There are: {0}', known.map(displayText).join(', ')),
    value: own.join(', '),
    ignoreFocusOut: true,
  });
  return text
    ?.split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
}

/** All groups that some member is in. */
export function groupsOf(members: readonly MemberInfo[]): readonly string[] {
  return [...new Set(members.filter(({ state }) => state === 'member').flatMap(({ groups }) => groups))].sort((a, b) => a.localeCompare(b));
}
