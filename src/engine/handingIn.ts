/** Handing in: what would be sent, and sending it. */
import { SnapstageError } from '../base/errors.ts';
import { sameContent } from '../instance/diff.ts';
import { stateOf } from '../instance/restore.ts';
import { CURRENT, readContent, readCurrent, Trees, type State } from '../instance/states.ts';
import type { AreaFile, AreaPack } from '../space/areas/area.ts';
import { sendMissing } from '../space/areas/areaSending.ts';
import type { Assignment } from '../space/assignments/assignments.ts';
import { expectedFiles } from '../space/assignments/expectedFiles.ts';
import { notebookWarnings } from '../space/assignments/notebookWarnings.ts';
import type { Standing } from '../space/assignments/standing.ts';
import { ownPacks } from '../space/assignments/vaultContent.ts';
import { deliveredTree } from '../space/delivery/deliveredTree.ts';
import { areaOf, keepName as deliveredKeep } from '../space/delivery/distributions.ts';
import { storing } from '../space/delivery/storing.ts';
import { targetFor } from '../space/members/acts.ts';
import { vaultOf } from '../space/members/audiences.ts';
import type { Member } from '../space/members/membership.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex } from '../store/ids.ts';
import { NO_LABELS, type StoredSnapshot } from '../store/snapshots.ts';
import { Kind } from '../store/tree.ts';
import type * as api from './assignmentApi.ts';
import { AssignmentView } from './assignments.ts';
import { checkedText } from './assigning.ts';
import { nameContent } from './areas.ts';
import { leavesOf, type Leaves } from './handInChanges.ts';
import { handInKeep } from './handInFiles.ts';
import { snapshotInfo } from './infos.ts';
import { keptState, namedSnapshot, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import { keepHandIns } from './receipts.ts';
import { checkedLabel, participating } from './spaces.ts';
import { sealForVault, unlessAway } from './vaultSealing.ts';

const MAX_NOTE = 4000;
/** Paths that are named of what does not belong to a hand-in. */
const MAX_EXTRA = 200;
/** A larger notebook is not looked into, in bytes. */
const MAX_NOTEBOOK = 32 << 20;

export function planHandIn(open: Open, machine: Machine, request: api.HandInRequest): Promise<api.HandInPlan> {
  return participating(open, machine, async (participant) => {
    const what = asked(open, participant, request);
    return planOf(open, what, await stateFor(open, request));
  });
}

type ExpectedHandIn = api.HandInRequest & { readonly expected?: string };

/**
 * Takes a snapshot (or uses one), seals what of it is asked for, and says so. Where the hub can't be reached it goes with the next sync.
 * @throws SnapstageError `refused` with the first obstacle's kind as `reason`; `stale-plan`; `partial` content is never handed in.
 */
export function handIn(open: Open, machine: Machine, request: ExpectedHandIn): Promise<api.HandInDone> {
  return participating(open, machine, async (participant) => {
    await unlessAway(() => participant.sync());
    const what = asked(open, participant, request);
    const note = checkedText(request.note ?? '', MAX_NOTE);
    const identifier = request.identifier === undefined ? null : checkedLabel(request.identifier);
    const snapshot = await snapshotFor(open, request, what);
    const found = { state: stateOf(open.store, snapshot), unreadable: snapshot.record.unreadable.map(({ path }) => path) };
    refuseStale(found, request);
    const plan = planOf(open, what, found);
    refuseObstacles(plan, request.force === true);

    const { store } = open;
    const sent = plan.files.map(({ path }) => ({ path, state: found.state }));
    const tree = storing(store, (sink) => deliveredTree(sent, sink));
    const { packs, bytes } = await sealed(open, participant, tree);
    const made = store.host.now();
    const record = participant.act((acting) => {
      const audience = vaultOf(acting.writer.log);
      nameContent(acting, audience, packs);
      return acting.writer.write(
        {
          kind: 'hand-in',
          assignment: what.one.id,
          terms: what.one.current.record.hash,
          tree: idHex(tree),
          files: plan.files.length,
          bytes: String(plan.bytes),
          snapshot: snapshot.id,
          taken: Date.parse(snapshot.record.created),
          identifier,
          note,
          made,
        },
        targetFor(acting.state, audience),
      );
    });
    keepHandIns(open, participant);
    const isSent = await unlessAway(() => participant.send(open.work));
    const view = new AssignmentView(open, participant);
    return { handIn: view.handInInfo(view.handIn(record.hash)), snapshot: snapshotInfo(snapshot), isSent, sealedBytes: bytes };
  });
}

/** The assignment that something is to be handed in to, and how this member stands in it. */
interface Asked {
  readonly view: AssignmentView;
  readonly one: Assignment;
  readonly standing: Standing;
  readonly me: Member;
}

function asked(open: Open, participant: Participant, request: api.HandInRequest): Asked {
  const { state, belonging, isMaster } = participant;
  const view = new AssignmentView(open, participant);
  const one = view.named(request.assignment);
  const me = state.members.get(belonging.log);
  if (isMaster) throw refusal('A Master gives assignments and can’t hand in.', { reason: 'master' });
  if (me?.state !== 'admitted' || me.described?.role === 'viewer')
    throw refusal('Only members who are editors can hand in.', { reason: 'not-editor' });
  return { view, one, standing: view.standings.of(one, me), me };
}

interface FoundState {
  readonly state: State;
  /** What could not be read of it. */
  readonly unreadable: readonly string[];
}

async function stateFor({ store, taker, work }: Open, { from }: api.HandInRequest): Promise<FoundState> {
  if (from !== undefined && from !== CURRENT) {
    const snapshot = namedSnapshot(store, from);
    return { state: stateOf(store, snapshot), unreadable: snapshot.record.unreadable.map(({ path }) => path) };
  }
  const look = await taker.look(store, work);
  const state = { id: CURRENT, root: look.root, trees: new Trees(() => store.reader, look.trees), at: '' };
  return { state, unreadable: look.unreadable.map(({ path }) => path) };
}

/** Nothing is taken for what can't be handed in anyway, nor once more what one that did not come to its end has taken. */
async function snapshotFor(open: Open, request: ExpectedHandIn, what: Asked): Promise<StoredSnapshot> {
  const { store, taker, work } = open;
  if (request.from !== undefined && request.from !== CURRENT) return namedSnapshot(store, request.from);
  const found = await stateFor(open, request);
  refuseStale(found, request);
  refuseObstacles(planOf(open, what, found), request.force === true);
  const left = leftSnapshot(open, what, idHex(found.state.root));
  if (left !== undefined) return left;
  const { title } = what.one.current.body;
  const { snapshot } = await taker.take(store, { kind: 'hand-in', labels: { ...NO_LABELS, name: title } }, work);
  return snapshot;
}

/** One of this very state that was taken to be handed in to this, and was not. */
function leftSnapshot({ store }: Open, { one, view, me }: Asked, root: string): StoredSnapshot | undefined {
  const { title } = one.current.body;
  const used = new Set(view.standings.all(me).map(({ body }) => body.snapshot));
  return store.snapshots.list().snapshots.find(({ id, record, labels }) => {
    const isMeant = record.kind === 'hand-in' && labels.name === title && labels.imported === undefined;
    return isMeant && record.root === root && record.unreadable.length === 0 && !used.has(id);
  });
}

function refuseStale({ state }: FoundState, { expected }: ExpectedHandIn): void {
  if (expected !== undefined && idHex(state.root) !== expected)
    throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
}

function planOf(open: Open, { view, one, standing }: Asked, { state, unreadable }: FoundState): api.HandInPlan {
  const leaves = leavesOf(state);
  const { sent, missing, extra } = expectedFiles(one.parts, leaves.keys());
  const files = sent.map((path) => ({ path, size: leaves.get(path)!.size }));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const due = dueObstacle(one, standing, view.standings.now, open.store.host.now());
  const { limit, isClosed } = one.current.body;
  const obstacles: readonly (api.HandInObstacle | undefined)[] = [
    isClosed ? { kind: 'closed' } : undefined,
    due?.kind === 'obstacle' ? { kind: 'late', deadline: new Date(standing.due.at).toISOString(), isProven: due.isProven } : undefined,
    files.length === 0 ? { kind: 'nothing' } : undefined,
    unreadable.length > 0 ? { kind: 'partial', paths: unreadable } : undefined,
    limit !== null && bytes > limit ? { kind: 'over-limit', bytes, limit } : undefined,
  ];
  return {
    assignment: view.info(one),
    from: idHex(state.root),
    takesSnapshot: state.id === CURRENT,
    files,
    bytes,
    extra: extra.slice(0, MAX_EXTRA),
    warnings: [
      ...(due?.kind === 'warning' ? [{ kind: 'late' as const }] : []),
      ...missing.map((path) => ({ kind: 'missing' as const, path })),
      ...sameAsBefore(open, { one, standing, sent, leaves }),
      ...notebooks(open, state, sent, leaves),
    ],
    obstacles: obstacles.filter((obstacle) => obstacle !== undefined),
  };
}

function dueObstacle(
  { current }: Assignment,
  { due }: Standing,
  masters: number | undefined,
  now: number,
): { readonly kind: 'obstacle' | 'warning'; readonly isProven: boolean } | undefined {
  const isProven = masters !== undefined && masters > due.at;
  if (!isProven && now <= due.at) return undefined;
  return { kind: current.body.late === 'refuse' ? 'obstacle' : 'warning', isProven };
}

interface ToCompare {
  readonly one: Assignment;
  readonly standing: Standing;
  readonly sent: readonly string[];
  readonly leaves: Leaves;
}

function sameAsBefore({ store }: Open, { one, standing, sent, leaves }: ToCompare): readonly api.HandInWarning[] {
  const isSameAs = (keep: string): boolean => {
    const before = keptState(store, keep);
    if (before === undefined || sent.length === 0) return false;
    const known = leavesOf(before);
    const expected = expectedFiles(one.parts, known.keys()).sent;
    return expected.length === sent.length && sent.every((path) => known.has(path) && sameContent(known.get(path)!, leaves.get(path)!));
  };
  const { distribution } = one.current.body;
  const last = standing.counting;
  return [
    ...(distribution !== null && isSameAs(deliveredKeep(distribution)) ? [{ kind: 'unchanged' as const }] : []),
    ...(last !== undefined && isSameAs(handInKeep(last.id)) ? [{ kind: 'again' as const, handIn: last.id }] : []),
  ];
}

function notebooks({ store, folder }: Open, state: State, sent: readonly string[], leaves: Leaves): readonly api.HandInWarning[] {
  const all = sent.filter((path) => path.toLowerCase().endsWith('.ipynb'));
  return all.flatMap((path): readonly api.HandInWarning[] => {
    const entry = leaves.get(path)!;
    if (entry.kind !== Kind.file || entry.size > MAX_NOTEBOOK) return [];
    const content = state.id === CURRENT ? readCurrent(folder, path, Kind.file, 0, undefined) : readContent(store.reader, entry);
    const { isBroken, neverRun, stale } = notebookWarnings(content);
    return [
      ...(isBroken ? [{ kind: 'broken-notebook' as const, path }] : []),
      ...(neverRun.length > 0 ? [{ kind: 'not-run' as const, path, cells: neverRun }] : []),
      ...(stale.length > 0 ? [{ kind: 'stale' as const, path, cells: stale }] : []),
    ];
  });
}

function refuseObstacles({ obstacles, assignment }: api.HandInPlan, force: boolean): void {
  const first = obstacles.find((one) => !(force && one.kind === 'late' && !one.isProven));
  if (first !== undefined)
    throw refusal(`Nothing was handed in to “${assignment.title}”: ${sentenceOf(first)}`, { ...first, reason: first.kind });
}

function sentenceOf(obstacle: api.HandInObstacle): string {
  switch (obstacle.kind) {
    case 'closed':
      return 'it is closed.';
    case 'late':
      return obstacle.isProven
        ? 'its deadline has passed.'
        : 'by this computer’s clock its deadline has passed. It can be sent all the same; the Master decides then.';
    case 'nothing':
      return 'none of the files that it asks for is here.';
    case 'partial':
      return `“${obstacle.paths[0]!}” could not be read.`;
    case 'over-limit':
      return `it has ${obstacle.bytes} bytes, and ${obstacle.limit} are allowed.`;
  }
}

/** Seals what a tree still takes to be in the hub, and sees to it that the rest of it is there. */
async function sealed(
  open: Open,
  participant: Participant,
  tree: Buffer,
): Promise<{ readonly packs: readonly AreaPack[]; readonly bytes: number }> {
  const { state, belonging, hub } = participant;
  const me = state.members.get(belonging.log)!;
  const area = areaOf(state, vaultOf(me.log), hub, open.store.files);
  const { packs, relied } = await sealForVault(open, participant, tree);
  const isHere = ({ name, bytes }: AreaFile): boolean => area.local.size(name) === bytes;
  const mine = ownPacks(state, me).filter(({ pack, index }) => isHere(pack) && isHere(index));
  const compared = new Set([...relied, ...mine.map(({ index }) => index.name)]);
  // What is relied on is compared byte by byte: somebody may have changed it, and then it would never be collected.
  await unlessAway(() => sendMissing(area, mine, open.work, ({ name }) => compared.has(name)));
  return { packs, bytes: packs.reduce((sum, { pack }) => sum + pack.bytes, 0) };
}

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
