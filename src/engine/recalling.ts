/** Taking back what was distributed: recalls, and distributions undone. */
import { SnapstageError } from '../base/errors.ts';
import { decodeName, encodeName, isInside, parsePath } from '../base/paths.ts';
import { withoutNested } from '../instance/scopes.ts';
import { Trees } from '../instance/states.ts';
import { distributionsIn, itemsIn, lostIn, type Distribution } from '../space/delivery/distributions.ts';
import { takingsIn, type Taking } from '../space/delivery/takings.ts';
import { targetFor } from '../space/members/acts.ts';
import { EDITORS } from '../space/members/audiences.ts';
import type { Participant } from '../space/participant/participant.ts';
import { answersTo, audienceInfo, setOf, targetInfo, targetsOf, type Targets } from './distributing.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './recallApi.ts';
import { asMaster, participating } from './spaces.ts';

/** What a record has room for. */
const MAX_PATHS = 256;
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
        const record = participant.act(({ state, writer }) =>
          writer.write(
            {
              kind: 'recall',
              distributions: all.slice(at, at + MAX_DISTRIBUTIONS).map(({ id }) => id),
              paths: paths.includes('') ? null : paths.map((path) => encodeName(path).toString('base64url')),
              evenEdited: request.evenEdited ?? false,
              previous: request.previous ?? false,
              message: request.message ?? '',
              made,
            },
            targetFor(state, meant),
          ),
        );
        ids.push(record.hash);
      }
    }
    await participant.send();
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
  if (paths.length > MAX_PATHS) throw refusal(`No more than ${MAX_PATHS} paths can be recalled at once: name folders.`, {});
  if (paths.includes('') && request.distributions === undefined)
    throw new SnapstageError('usage', 'What is to be recalled? Name paths, or distributions.');
  const targets = targetsOf(participant, request.to);
  const explicit = request.distributions?.map((text) => named(participant, text));
  const all = (explicit ?? distributionsIn(participant.state)).filter((one) => paths.some((path) => delivers(open, one, path)));
  const missing = paths.find((path) => !all.some((one) => delivers(open, one, path)));
  if (missing !== undefined) throw new SnapstageError('not-found', `“${missing}” was not distributed.`, { path: missing });
  const distributions = explicit === undefined && request.previous === true ? lastOf(open, all, paths) : all;
  return { distributions, paths, targets };
}

/** Of each path the last distribution that still holds. @throws SnapstageError `refused` where there is none. */
function lastOf(open: Open, all: readonly Distribution[], paths: readonly string[]): readonly Distribution[] {
  const found = paths.map((path) => {
    const last = all.findLast((one) => delivers(open, one, path) && !lostIn(one)(path));
    if (last === undefined) throw refusal(`“${path}” was taken back already.`, { path });
    return last;
  });
  return all.filter((one) => found.includes(one));
}

/** Whether something was delivered at a path or below; of what another Master sent, as far as its items tell. */
function delivers({ store }: Open, { said: { body } }: Distribution, path: string): boolean {
  if (path === '') return true;
  const items = itemsIn(body);
  if (items.some((item) => item.path === path || isInside(path, item.path))) return true;
  const holds = items.some((item) => item.path === '' || isInside(item.path, path));
  const root = Buffer.from(body.tree, 'hex');
  return holds && (!store.index.has(root) || new Trees(() => store.reader).entry(root, path) !== undefined);
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

/** Those by this instance, newest first. */
export function recallInfos(participant: Participant): readonly api.RecallInfo[] {
  return takingsIn(participant.state)
    .filter(({ said }) => said.record.header.log === participant.belonging.log)
    .map((one) => recallInfo(participant, one))
    .toReversed();
}

function recallInfo(participant: Participant, taking: Taking): api.RecallInfo {
  const { id, kind, audience, said, distributions, paths, evenEdited, previous } = taking;
  return {
    id,
    kind,
    made: new Date(said.body.made).toISOString(),
    message: said.body.kind === 'recall' ? said.body.message : '',
    to: audienceInfo(audience),
    distributions,
    paths: paths.filter((path) => path !== ''),
    evenEdited,
    previous,
    targets: answersTo(participant, id, audience).map(({ answer: { outcomes, at }, ...member }) => ({
      ...member,
      state: at === null ? 'sent' : 'applied',
      at,
      kept: outcomes.filter(({ outcome }) => outcome === 'kept').map(({ path }) => decodeName(Buffer.from(path, 'base64url'))),
    })),
  };
}

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
