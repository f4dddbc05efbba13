/** space create, join, recover, status, members, invite, withdraw, admit, set, remove, leave */
import * as fs from 'node:fs';
import type { ReceiveReport } from '../../engine/deliveryApi.ts';
import type { MemberInfo, MemberRole, SpaceInfo } from '../../engine/spaceApi.ts';
import { SnapstageError } from '../../base/errors.ts';
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { deliveryTitle, receivedSentence } from '../render/delivery.ts';
import { hubPlace } from '../place.ts';
import { inviteColumns, memberColumns, memberTitle, spaceLines, spaceTitle } from '../render/space.ts';
import { escapeText } from '../render/text.ts';

export const group = 'stage, space';
export const hub = { value: 'PLACE', summary: 'Where the instances of the Space meet: a folder, a git repository, a bucket' } as const;
const role = { value: 'ROLE', summary: 'editor (default), or viewer: sees what comes from snapshots alone' } as const;
const groups = { value: 'GROUP', many: true, summary: 'A group to be in' } as const;

export const spaceCreate: Command = command({
  name: 'space create',
  group,
  summary: 'Make a Space (a course, a project) with this instance as its Master',
  needs: 'nothing',
  arguments: ['NAME'],
  options: { hub },
  cancelled: async () => 'There is no new Space.',
  async run({ arguments: [name], options }, context) {
    const { engine, call, flags, folder, io, report } = context;
    if (options.hub === undefined) throw usageError('Where do its instances meet? Name a place with --hub.', spaceCreate);
    const place = hubPlace(options.hub, { cwd: io.cwd, roots: [folder] });
    if (flags.dryRun) {
      await report.result({ plan: { name, hub: place } }, () => [
        `Would make the Space “${escapeText(name)}” with its hub in ${escapeText(place)}.`,
      ]);
      return exitCodes.done;
    }
    await madeInstance(context);
    const made = await engine.createSpace({ name, hub: place }, call);
    await report.result(made, () => [
      `This instance is the Master of ${spaceTitle(made.space)}. Its hub is ${escapeText(made.space.hub)}.`,
      'Write this recovery code down, and keep it apart from this computer. Whoever has it can take the Master’s place; it is kept nowhere:',
      `  ${made.recoveryCode}`,
      '`snapstage space invite NAME` invites somebody.',
    ]);
    return exitCodes.done;
  },
});

export const spaceJoin: Command = command({
  name: 'space join',
  group,
  summary: 'Ask for a place in a Space by an invite; a folder that is no instance becomes one, and starts with what was distributed',
  needs: 'nothing',
  arguments: ['CODE'],
  options: { hub: { ...hub, summary: 'Where the hub is on this machine (default: where the invite says)' } },
  cancelled: async () => 'This instance belongs to no Space.',
  async run({ arguments: [code], options }, context) {
    const { engine, call, flags, folder, io, report } = context;
    const contents = await engine.readInvite({ code }, call);
    const place = options.hub === undefined ? contents.hub : hubPlace(options.hub, { cwd: io.cwd, roots: [folder] });
    const plan = { space: contents.space, hub: place };
    const lines = [`The invite is to the Space ${contents.space.slice(0, 8)}, whose hub is ${escapeText(place)}.`];
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    // A stranger may have written it: nothing is contacted before somebody has seen what.
    if (options.hub === undefined)
      await requireConsent(context, { what: 'Contacting the hub of an invite', question: 'Join?', plan, lines });
    const isNew = await madeInstance(context);
    const space = await engine.joinSpace({ code, ...present({ hub: options.hub && place }) }, call);
    const received = isNew ? await receivedAll(context) : [];
    await report.result({ ...space, received }, () => [
      ...spaceLines(space, report.formats),
      ...received.map((one) => `${deliveryTitle(one.delivery)}: ${receivedSentence(one.counts)}`),
    ]);
    return exitCodes.done;
  },
});

/** Makes the folder an instance where it is none. Returns whether it was none. */
async function madeInstance({ engine, call, folder }: Context): Promise<boolean> {
  fs.mkdirSync(folder, { recursive: true });
  if ((await engine.status({ changes: false }, call)).initialized) return false;
  await engine.init(call);
  return true;
}

/** Applies what was distributed to all, the oldest first: nothing of it can be in the way of anything that a snapshot does not hold. */
async function receivedAll({ engine, call }: Context): Promise<readonly ReceiveReport[]> {
  const reports: ReceiveReport[] = [];
  for (const { id, state } of (await engine.inbox(call)).toReversed()) {
    if (state === 'new') reports.push(await engine.receive({ delivery: id, confirmed: true }, call));
  }
  return reports;
}

export const spaceRecover: Command = command({
  name: 'space recover',
  group,
  summary: 'Make this instance the Master with the recovery code, when the Master is lost',
  arguments: ['CODE'],
  options: { hub },
  cancelled: async () => 'This instance belongs to no Space.',
  async run({ arguments: [code], options }, context) {
    const { engine, call, flags, folder, io, report } = context;
    if (options.hub === undefined) throw usageError('Where is the hub of the Space? Name it with --hub.', spaceRecover);
    const place = hubPlace(options.hub, { cwd: io.cwd, roots: [folder] });
    if (flags.dryRun) {
      await report.result({ plan: { hub: place } }, () => [`Would make this instance a Master of the Space in ${escapeText(place)}.`]);
      return exitCodes.done;
    }
    const space = await engine.recoverSpace({ code, hub: place }, call);
    await report.result(space, () => spaceLines(space, report.formats));
    return exitCodes.done;
  },
});

export const spaceStatus = command({
  name: 'space status',
  group,
  summary: 'Show the Space that this instance belongs to, after asking the hub what is new',
  arguments: [],
  options: { offline: { summary: 'As far as is known here, without asking the hub' } },
  async run({ options: { offline } }, { engine, call, report }) {
    const space = await engine.space({ sync: !offline }, call);
    await report.result(space, () => (space === null ? ['This instance belongs to no Space.'] : spaceLines(space, report.formats)));
    return exitCodes.done;
  },
});

export const spaceMembers = command({
  name: 'space members',
  group,
  summary: 'List who belongs to the Space, and who is invited',
  arguments: [],
  options: { offline: { summary: 'As far as is known here, without asking the hub' } },
  async run({ options: { offline } }, { engine, call, report }) {
    const { members, invites } = mustBelong(await engine.space({ sync: !offline }, call));
    const open = invites.filter(({ state }) => state === 'open');
    await report.result({ members, invites }, () => [
      ...report.table(members, memberColumns(report.formats)),
      ...(open.length === 0 ? [] : report.table(open, inviteColumns(report.formats))),
    ]);
    return exitCodes.done;
  },
});

export const spaceInvite: Command = command({
  name: 'space invite',
  group,
  summary: 'Invite somebody by a code, which is to be sent as a password would',
  arguments: ['NAME'],
  options: {
    role,
    group: groups,
    expires: { value: 'TIME', summary: 'Until when, such as 2026-12-24T18:00 (default: 30 days)' },
    succeeds: { value: 'MEMBER', summary: 'The member who has lost its keys and comes back by this' },
  },
  async run({ arguments: [name], options }, { engine, call, flags, report }) {
    const expires = options.expires === undefined ? undefined : timeOf(options.expires);
    const request = {
      name,
      groups: options.group,
      ...present({ role: roleOf(options.role, spaceInvite), expires, succeeds: options.succeeds }),
    };
    if (flags.dryRun) {
      await report.result({ plan: request }, () => [`Would invite ${escapeText(name)}.`]);
      return exitCodes.done;
    }
    const made = await engine.invite(request, call);
    await report.result(made, () => [`For ${escapeText(name)} alone; whoever has it can read what it opens:`, made.code, made.link]);
    return exitCodes.done;
  },
});

export const spaceWithdraw = command({
  name: 'space withdraw',
  group,
  summary: 'Take an invite back that nobody has used',
  arguments: ['INVITE'],
  options: {},
  run: ({ arguments: [invite] }, context) =>
    change(context, { invite }, `Would take the invite ${escapeText(invite)} back.`, (call) =>
      context.engine.withdrawInvite({ invite }, call),
    ),
});

export const spaceAdmit = command({
  name: 'space admit',
  group,
  summary: 'Let in somebody who waits: of several who came by one invite, or one who came too late',
  arguments: ['MEMBER'],
  options: {},
  run: ({ arguments: [member] }, context) =>
    change(context, { member }, `Would let ${escapeText(member)} in.`, (call) => context.engine.admitMember({ member }, call)),
});

export const spaceSet: Command = command({
  name: 'space set',
  group,
  summary: 'Change what a member is called, may do, or which groups it is in',
  arguments: ['MEMBER'],
  options: { name: { value: 'NAME', summary: 'What it is called' }, role, group: groups, 'no-groups': { summary: 'In no group any more' } },
  run({ arguments: [member], options }, context) {
    const names = options.group.length > 0 || options['no-groups'] ? options.group : undefined;
    const request = { member, ...present({ name: options.name, role: roleOf(options.role, spaceSet), groups: names }) };
    if (Object.keys(request).length === 1)
      throw usageError('What is to be changed? Give --name, --role, --group or --no-groups.', spaceSet);
    return change(context, request, `Would change ${escapeText(member)}.`, (call) => context.engine.changeMember(request, call));
  },
});

export const spaceRemove = command({
  name: 'space remove',
  group,
  summary: 'End a membership; what was sent stays with who has it',
  arguments: ['MEMBER'],
  options: { code: { value: 'CODE', summary: 'The recovery code of the Space: without it no Master can be removed' } },
  async run({ arguments: [member], options: { code } }, context) {
    const found = await find(member, context);
    const lines = [
      `${memberTitle(found)} will read nothing that comes from now on. What it has received it keeps.`,
      'Take away its rights to the folder of the hub as well: sizes and times can be read there.',
    ];
    if (!context.flags.dryRun)
      await requireConsent(context, { what: 'Removing a member', question: 'Remove it?', plan: { member: found }, lines });
    return change(context, { member: found }, lines[0]!, (call) =>
      context.engine.removeMember({ member: found.id, ...present({ code }) }, call),
    );
  },
});

export const spaceLeave = command({
  name: 'space leave',
  group,
  summary: 'Leave the Space; the files of this instance stay as they are',
  arguments: [],
  options: {},
  async run(_, context) {
    const { engine, call, flags, report } = context;
    const space = mustBelong(await engine.space({}, call).catch(withoutKeys));
    const name = space.name === undefined ? 'its Space' : spaceTitle({ id: space.id, name: space.name });
    const lines = [
      space.name === undefined
        ? 'The keys of this instance are lost, so nothing can be said in its Space any more: the Master removes the member. Its files stay as they are.'
        : `This instance will receive nothing more from ${name}, and its keys are removed. Its files stay as they are.`,
    ];
    if (flags.dryRun) {
      await report.result({ plan: { space: space.id } }, () => lines);
      return exitCodes.done;
    }
    await requireConsent(context, { what: 'Leaving a Space', question: 'Leave it?', plan: { space: space.id }, lines });
    await engine.leaveSpace(call);
    await report.result({ left: space.id }, () => [`Left ${name}.`]);
    return exitCodes.done;
  },
});

/** Of one that has lost its keys only the Space's id is known. */
function withoutKeys(error: unknown): { readonly id: string; readonly name: undefined } {
  if (error instanceof SnapstageError && error.details['reason'] === 'no-keys')
    return { id: String(error.details['space']), name: undefined };
  throw error;
}

async function change(context: Context, plan: unknown, would: string, act: (call: Context['call']) => Promise<SpaceInfo>): Promise<number> {
  const { call, flags, report } = context;
  if (flags.dryRun) {
    await report.result({ plan }, () => [would]);
    return exitCodes.done;
  }
  const space = await act(call);
  await report.result(space, () => spaceLines(space, report.formats));
  return exitCodes.done;
}

async function find(text: string, { engine, call }: Context): Promise<MemberInfo> {
  const { members } = mustBelong(await engine.space({ sync: true }, call));
  const found = members.filter(({ id, name }) => name === text || (text.length >= 4 && id.startsWith(text)));
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new SnapstageError('not-found', `There is no member “${text}”.`, { member: text });
  throw new SnapstageError('ambiguous', `“${text}” fits ${found.length} members: use the start of an id.`, { member: text });
}

export function mustBelong<T>(space: T | null): T {
  if (space !== null) return space;
  throw new SnapstageError('not-found', 'This instance belongs to no Space. Make one with “space create”, or join one with an invite.', {
    reason: 'no-space',
  });
}

function roleOf(text: string | undefined, of: Command): MemberRole | undefined {
  if (text === undefined || text === 'editor' || text === 'viewer') return text;
  throw usageError(`There is no role “${escapeText(text)}”: it is editor or viewer.`, of);
}

/** Without a zone it is this machine's time. */
function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw usageError(`“${escapeText(text)}” is no time: write 2026-12-24T18:00.`, spaceInvite);
  return time.toISOString();
}
