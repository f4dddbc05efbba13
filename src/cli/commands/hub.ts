/** space move, follow, rights, compact */
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { hubPlace } from '../place.ts';
import { compactedLines, compactionLines, memberTitle, rightsLines, spaceLines, spaceTitle } from '../render/space.ts';
import { escapeText } from '../render/text.ts';
import { group, hub, mustBelong } from './space.ts';

export const spaceMove: Command = command({
  name: 'space move',
  group,
  summary: 'Copy the whole Space into another hub, and go on there; members are told, and follow',
  arguments: [hub.value],
  options: {},
  cancelled: async () => 'What was copied stays there; the same command goes on.',
  async run({ arguments: [to] }, context) {
    const { engine, call, flags, folder, io, report } = context;
    const space = mustBelong(await engine.space({}, call));
    const place = hubPlace(to, { cwd: io.cwd, roots: [folder] });
    const plan = { from: space.hub, hub: place };
    const lines = [
      `All that is in the hub ${escapeText(space.hub)} is copied into ${escapeText(place)}, and every member has to follow.`,
      'What is in the old hub stays there until you delete it.',
    ];
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    await requireConsent(context, { what: 'Moving a Space', question: 'Move it?', plan, lines });
    const moved = await engine.moveHub({ hub: place }, call);
    await report.result(moved, () => [
      `Copied ${report.formats.count(moved.files, 'file')}, ${report.formats.size(moved.bytes)}. The hub is ${escapeText(moved.space.hub)} now.`,
      'Members read of it in the old hub: leave that until all have followed.',
    ]);
    return exitCodes.done;
  },
});

export const spaceFollow: Command = command({
  name: 'space follow',
  group,
  summary: 'Go to the hub that the Space has moved to',
  arguments: [],
  options: { hub: { ...hub, summary: 'Where the new hub is on this machine (default: where the Master says)' } },
  cancelled: async () => 'This instance stays with the hub that it had.',
  async run({ options }, context) {
    const { engine, call, flags, folder, io, report } = context;
    // It is told where one was, as long as that is there.
    const space = mustBelong(await engine.space({ sync: options.hub === undefined }, call).catch(() => engine.space({}, call)));
    const place = options.hub === undefined ? space.movedTo : hubPlace(options.hub, { cwd: io.cwd, roots: [folder] });
    const plan = { from: space.hub, hub: place };
    const lines = place === null ? [] : [`The Space ${spaceTitle(space)} is in the hub ${escapeText(place)} from now on.`];
    if (flags.dryRun && place !== null) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    // Nothing is contacted before somebody has seen what.
    if (options.hub === undefined && place !== null)
      await requireConsent(context, { what: 'Contacting another hub', question: 'Follow?', plan, lines });
    const followed = await engine.followHub(present({ hub: options.hub && place! }), call);
    await report.result(followed, () => spaceLines(followed, report.formats));
    return exitCodes.done;
  },
});

export const spaceRights = command({
  name: 'space rights',
  group,
  summary: 'List what to grant to whom, where the hub’s server can grant rights by name',
  arguments: [],
  options: {},
  async run(_, { engine, call, report }) {
    const rights = await engine.hubRights(call);
    const { everybody, members } = rights;
    await report.result(rights, () => [
      'Masters read and write everything.',
      'Every member:',
      ...rightsLines(everybody),
      ...members.flatMap((member) => [`${memberTitle({ ...member, role: 'editor' })} (${member.id}), besides:`, ...rightsLines(member)]),
    ]);
    return exitCodes.done;
  },
});

export const spaceCompact: Command = command({
  name: 'space compact',
  group,
  summary: 'Give back room in the hub: what was taken back and nobody needs goes after a time of grace',
  arguments: [],
  options: { grace: { value: 'DAYS', summary: 'How long it stays there all the same (default 30, at least 1)' } },
  cancelled: async () => 'Nothing that anybody needs has gone; the same command goes on.',
  async run({ options: { grace } }, context) {
    const { engine, call, flags, report } = context;
    if (grace !== undefined && !/^[1-9]\d{0,4}$/.test(grace))
      throw usageError(`“${escapeText(grace)}” is no time of grace: write a whole number of days.`, spaceCompact);
    const request = grace === undefined ? {} : { graceDays: Number(grace) };
    const plan = await engine.compactHub({ ...request, isPlan: true }, call);
    const lines = compactionLines(plan, report.formats);
    if (flags.dryRun) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    const { retired, rewritten, removed } = plan;
    if (retired.packs + rewritten.packs + removed.files > 0)
      await requireConsent(context, { what: 'Compacting the hub', question: 'Compact it?', plan, lines });
    const done = await engine.compactHub(request, call);
    await report.result(done, () => compactedLines(done, report.formats));
    return exitCodes.done;
  },
});
