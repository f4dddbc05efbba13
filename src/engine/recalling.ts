/** Taking back what was distributed: recalls, and distributions undone. */
import { SnapstageError } from '../base/errors.ts';
import { encodeName, parsePath } from '../base/paths.ts';
import { foldersAbove, withoutNested } from '../instance/scopes.ts';
import { Trees } from '../instance/states.ts';
import { lastAcknowledged, pathsThatWere, type Acknowledged } from '../space/delivery/acknowledged.ts';
import { distributionsIn, lostIn, type Distribution } from '../space/delivery/distributions.ts';
import { takingsIn, type Taking } from '../space/delivery/takings.ts';
import { targetFor } from '../space/members/acts.ts';
import { EDITORS } from '../space/members/audiences.ts';
import type { Participant } from '../space/participant/participant.ts';
import { MAX_LISTED } from '../space/records/listFile.ts';
import { isOwn } from './applying.ts';
import { answersTo, audienceInfo, setOf, type Told } from './distributing.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './recallApi.ts';
import { asMaster, participating } from './spaces.ts';
import { noteSupersededThere } from './supersededThere.ts';
import { targetInfo, targetsOf, type Targets } from './targets.ts';

/** What a record has room for. */
const MAX_DISTRIBUTIONS = 64;

export function planRecall(open: Open, machine: Machine, request: api.RecallRequest): Promise<api.RecallPlan> {
  return asMaster(open, machine, async (participant) => {
    const { distributions, paths, targets } = wanted(open, participant, request);
    return {
      distributions: distributions.map(({ id, said: { body } }) => ({
        id,
        message: body.message,
        made: new Date(body.made).toISOString(),
      })),
      paths: paths.filter((path) => path !== ''),
      to: targetInfo(targets),
      evenEdited: request.evenEdited ?? false,
      previous: request.previous ?? false,
    };
  });
}

/** @throws SnapstageError `refused` for who is no Master, `not-found` for what was not distributed; those of the hub. */
export function recall(open: Open, machine: Machine, request: api.RecallRequest): Promise<readonly api.RecallInfo[]> {
  return asMaster(open, machine, async (participant) => {
    const { distributions, paths, targets } = wanted(open, participant, request);
    const made = open.store.host.now();
    const ids: string[] = [];
    for (const { audience, members, all } of audiencesOf(participant, distributions, targets)) {
      const meant = audience ?? setOf(participant, members);
      for (let at = 0; at < all.length; at += MAX_DISTRIBUTIONS) {
        const record = participant.act(({ state, writer }) => {
          const target = targetFor(state, meant);
          const encoded = paths.map((path) => encodeName(path).toString('base64url'));
          return writer.write(
            {
              kind: 'recall',
              distributions: all.slice(at, at + MAX_DISTRIBUTIONS).map(({ id }) => id),
              paths: paths.includes('') ? null : writer.list(encoded, target, made),
              evenEdited: request.evenEdited ?? false,
              previous: request.previous ?? false,
              message: request.message ?? '',
              made,
            },
            target,
          );
        });
        ids.push(record.hash);
      }
    }
    await participant.send();
    await noteSupersededThere(open, participant);
    return recallInfos(participant)
      .filter(({ id }) => ids.includes(id))
      .toReversed();
  });
}

/** @throws SnapstageError `refused` for what was taken back, and for what is no distribution; those of the hub. */
export function undoDistribution(
  open: Open,
  machine: Machine,
  { distribution: text }: { readonly distribution: string },
): Promise<api.RecallInfo> {
  return asMaster(open, machine, async (participant) => {
    const isMeant = ({ id }: { readonly id: string }): boolean => /^[0-9a-f]{4,64}$/.test(text) && id.startsWith(text);
    if (takingsIn(participant.state).some(isMeant))
      throw refusal('What was taken back is not put back by an undo: distribute it again.', { distribution: text });
    const { id, audience, isVoid } = named(participant, text);
    if (isVoid) throw refusal('It was taken back already. What was taken back is distributed again to be there.', { distribution: id });
    const record = participant.act(({ state, writer }) =>
      writer.write({ kind: 'undo', distribution: id, made: open.store.host.now() }, targetFor(state, audience)),
    );
    await participant.send();
    await noteSupersededThere(open, participant);
    return recallInfos(participant).find((one) => one.id === record.hash)!;
  });
}

export function recalls(open: Open, machine: Machine): Promise<readonly api.RecallInfo[]> {
  return participating(open, machine, async (participant) => recallInfos(participant));
}

interface Wanted {
  readonly distributions: readonly Distribution[];
  readonly paths: readonly string[];
  readonly targets: Targets;
}

/** What is to be taken back, and from whom. @throws SnapstageError `usage`, `not-found`, `refused`. */
function wanted(open: Open, participant: Participant, request: api.RecallRequest): Wanted {
  const paths = withoutNested((request.paths ?? ['']).map(parsePath));
  if (paths.length > MAX_LISTED) throw refusal(`No more than ${MAX_LISTED} paths can be recalled at once: name folders.`, {});
  if (paths.includes('') && request.distributions === undefined)
    throw new SnapstageError('usage', 'What is to be recalled? Name paths, or distributions.');
  const targets = targetsOf(participant, request.to);
  const explicit = request.distributions?.map((text) => named(participant, text));
  const known = (explicit ?? distributionsIn(participant.state)).map((one) => ({ one, delivers: whatDelivers(open, one) }));
  const all = known.filter(({ delivers }) => paths.some(delivers));
  const missing = paths.find((path) => !all.some(({ delivers }) => delivers(path)));
  if (missing !== undefined) throw new SnapstageError('not-found', `“${missing}” was not distributed.`, { path: missing });
  const last = explicit === undefined && request.previous === true ? lastOf(all, paths) : all;
  return { distributions: last.map(({ one }) => one), paths, targets };
}

interface Delivering {
  readonly one: Distribution;
  /** Whether something was delivered at a path or below. */
  readonly delivers: (path: string) => boolean;
}

/** Of each path the last distribution that still holds. @throws SnapstageError `refused` where there is none. */
function lastOf(all: readonly Delivering[], paths: readonly string[]): readonly Delivering[] {
  const holding = all.map((one) => ({ one, isLost: lostIn(one.one) }));
  const found = new Set(
    paths.map((path) => {
      const last = holding.findLast(({ one, isLost }) => one.delivers(path) && !isLost(path));
      if (last === undefined) throw refusal(`“${path}” was taken back already.`, { path });
      return last.one;
    }),
  );
  return all.filter((one) => found.has(one));
}

/** Of what another Master sent as far as its items tell. */
function whatDelivers({ store }: Open, { items, said: { body } }: Distribution): (path: string) => boolean {
  const within = new Set(items.map(({ path }) => path));
  const above = new Set(items.flatMap(({ path }) => foldersAbove(path)));
  const root = Buffer.from(body.tree, 'hex');
  const trees = store.index.has(root) ? new Trees(() => store.reader) : undefined;
  return (path) => {
    if (path === '' || within.has(path) || above.has(path)) return true;
    const isHeld = within.has('') || foldersAbove(path).some((each) => within.has(each));
    return isHeld && (trees === undefined || trees.entry(root, path) !== undefined);
  };
}

/** For everybody each distribution goes back the way that it came; for chosen ones to those of them who got it. */
function audiencesOf(
  participant: Participant,
  distributions: readonly Distribution[],
  targets: Targets,
): readonly { readonly audience?: string; readonly members: readonly string[]; readonly all: readonly Distribution[] }[] {
  const groups = Map.groupBy(distributions, ({ audience }) => audience);
  if (targets === 'all') return [...groups].map(([audience, all]) => ({ audience, members: [], all }));
  const byMembers = Map.groupBy(distributions, ({ audience }) => {
    const chosen = participant.state.audiences.get(audience)?.chosen ?? [];
    const got = targets.filter(({ log, described }) =>
      audience.startsWith('set-') ? chosen.includes(log) : audience !== EDITORS || described?.role === 'editor',
    );
    return got
      .map(({ log }) => log)
      .toSorted()
      .join();
  });
  const found = [...byMembers].flatMap(([logs, all]) => (logs === '' ? [] : [{ members: logs.split(','), all }]));
  if (found.length === 0) throw refusal('Nobody of those got it.', {});
  return found;
}

/** @throws SnapstageError `not-found`, `ambiguous`. */
function named({ state }: Participant, text: string): Distribution {
  const found = /^[0-9a-f]{4,64}$/.test(text) ? distributionsIn(state).filter(({ id }) => id.startsWith(text)) : [];
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new SnapstageError('not-found', `There is no distribution ${text}.`, { distribution: text });
  throw new SnapstageError('ambiguous', `“${text}” fits ${found.length} distributions.`, { distribution: text });
}

/** All that Masters have taken back, for a Master; newest first. */
export function recallInfos(participant: Participant): readonly api.RecallInfo[] {
  const told = lastAcknowledged(participant.state);
  return takingsIn(participant.state)
    .filter((one) => participant.isMaster || isOwn(participant, one))
    .map((one) => recallInfo(participant, one, told))
    .toReversed();
}

function recallInfo(participant: Participant, taking: Taking, told: Told): api.RecallInfo {
  const { id, kind, audience, said, distributions, paths, evenEdited, previous } = taking;
  return {
    id,
    kind,
    isOwn: isOwn(participant, taking),
    made: new Date(said.body.made).toISOString(),
    message: said.body.kind === 'recall' ? said.body.message : '',
    to: audienceInfo(audience),
    distributions,
    paths: paths.filter((path) => path !== ''),
    evenEdited,
    previous,
    targets: answersTo(participant, { id, audience }, told).map(({ answer, at, ...member }) => ({
      ...member,
      state: answer === undefined ? 'sent' : 'applied',
      at,
      kept: answer === undefined ? [] : keptIn(participant, answer),
    })),
  };
}

/** As far as its list is here. */
function keptIn({ state }: Participant, answer: Acknowledged): readonly string[] {
  const paths = pathsThatWere(state, answer, 'kept');
  return typeof paths === 'string' ? [] : paths;
}

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
