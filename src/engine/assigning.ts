/** What Masters say of assignments: making them, changing them, extensions, and whether a hand-in was in time. */
import { SnapstageError } from '../base/errors.ts';
import { encodeName, parsePath } from '../base/paths.ts';
import { within } from '../instance/scopes.ts';
import { CURRENT } from '../instance/states.ts';
import type { Part } from '../space/assignments/expectedFiles.ts';
import { distributionsIn, type Distribution } from '../space/delivery/distributions.ts';
import { targetFor } from '../space/members/acts.ts';
import { ALL, EDITORS, vaultOf } from '../space/members/audiences.ts';
import type { Participant } from '../space/participant/participant.ts';
import type { BodyOf } from '../space/records/bodies.ts';
import type * as api from './assignmentApi.ts';
import { AssignmentView } from './assignments.ts';
import { parseDeadline, type Deadline } from './deadline.ts';
import { handOut, setOf } from './distributing.ts';
import { targetInfo, targetsOf, type Targets } from './targets.ts';
import { currentState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import { asMaster, checkedLabel } from './spaces.ts';
import type { StagedObject } from './stageApi.ts';
import { plan as planStage } from './staging.ts';

/** Characters. */
const MAX_DESCRIPTION = 12_000;
const MAX_REASON = 1000;
const MAX_PATTERN = 512;

export function planAssignment(open: Open, machine: Machine, request: api.CreateAssignmentRequest): Promise<api.AssignmentPlan> {
  return asMaster(open, machine, async (participant) => {
    const { terms, targets, distribution, handsOut } = await planned(open, participant, request);
    return {
      terms: termsInfo(terms),
      to: targetInfo(targets),
      distribution: distribution?.id ?? null,
      handsOut: handsOut.map(({ path }) => path),
    };
  });
}

/** @throws SnapstageError `usage` for terms that can't be; `not-found`; `refused`; those of the hub. */
export function createAssignment(open: Open, machine: Machine, request: api.CreateAssignmentRequest): Promise<api.AssignmentInfo> {
  return asMaster(open, machine, async (participant) => {
    const { terms, targets, distribution, handsOut } = await planned(open, participant, request);
    const to = targets === 'all' ? 'all' : targets.map(({ log }) => log);
    const id =
      handsOut.length === 0 ? (distribution?.id ?? null) : await handOut(open, participant, handsOut, { to, message: terms.title });
    const audience = targets === 'all' ? EDITORS : setOf(participant, targets.map(({ log }) => log)); // prettier-ignore
    const made = open.store.host.now();
    const body = bodyOf(terms, { of: null, distribution: id, isClosed: false, made });
    const record = participant.act(({ state, writer }) => writer.write(body, targetFor(state, audience)));
    await participant.send();
    const view = new AssignmentView(open, participant);
    return view.info(view.named(record.hash));
  });
}

export function editAssignment(open: Open, machine: Machine, request: api.EditAssignmentRequest): Promise<api.AssignmentInfo> {
  return asMaster(open, machine, async (participant) => {
    const before = new AssignmentView(open, participant).named(request.assignment);
    const { body } = before.current;
    const due = await dueOf(request, { at: body.deadline, zone: body.zone });
    const terms = checkedTerms({
      title: request.title ?? body.title,
      description: request.description ?? body.description,
      ...due,
      parts: request.parts?.map(checkedPart) ?? before.parts,
      limit: request.limit === undefined ? body.limit : request.limit,
      late: request.late ?? body.late,
      isAnonymous: request.isAnonymous ?? body.isAnonymous,
    });
    const { distribution } = body;
    const made = open.store.host.now();
    const next = bodyOf(terms, { of: before.id, distribution, isClosed: request.isClosed ?? body.isClosed, made });
    participant.act(({ state, writer }) => writer.write(next, targetFor(state, before.audience)));
    await participant.send();
    const view = new AssignmentView(open, participant);
    return view.info(view.named(before.id));
  });
}

export function extend(open: Open, machine: Machine, request: api.ExtendRequest): Promise<api.AssignmentDetails> {
  return asMaster(open, machine, async (participant) => {
    const { id, current } = new AssignmentView(open, participant).named(request.assignment);
    const members = targetsOf(participant, request.to);
    if (members === 'all') throw refusal('An extension is for members: for all, change the deadline.', { assignment: id });
    const { zone } = current.body;
    const due = request.deadline === null ? undefined : await parseDeadline(request.deadline, request.zone ?? zone);
    const reason = checkedText(request.reason ?? '', MAX_REASON);
    const made = open.store.host.now();
    participant.act(({ state, writer }) => {
      for (const { log } of members) {
        const body = { kind: 'extend' as const, assignment: id, deadline: due?.at ?? null, zone: due?.zone ?? zone, reason, made };
        writer.write(body, targetFor(state, vaultOf(log)));
      }
    });
    await participant.send();
    const view = new AssignmentView(open, participant);
    return view.details(view.named(id));
  });
}

export function judge(open: Open, machine: Machine, request: Parameters<api.AssignmentApi['judge']>[0]): Promise<api.HandInInfo> {
  return asMaster(open, machine, async (participant) => {
    const { handIn } = new AssignmentView(open, participant).handIn(request.handIn);
    const { verdict } = request;
    const reason = checkedText(request.reason ?? '', MAX_REASON);
    const made = open.store.host.now();
    participant.act(({ state, writer }) =>
      writer.write({ kind: 'judge', of: handIn.id, verdict, reason, made }, targetFor(state, vaultOf(handIn.log))),
    );
    await participant.send();
    const view = new AssignmentView(open, participant);
    return view.handInInfo(view.handIn(handIn.id));
  });
}

type Terms = Omit<api.AssignmentTerms, 'deadline' | 'zone' | 'parts'> & Deadline & { readonly parts: readonly Part[] };

interface Planned {
  readonly terms: Terms;
  readonly targets: Targets;
  readonly distribution: Distribution | undefined;
  /** What is to be handed out first. */
  readonly handsOut: readonly StagedObject[];
}

async function planned(open: Open, participant: Participant, request: api.CreateAssignmentRequest): Promise<Planned> {
  const all = distributionsIn(participant.state).filter(({ isVoid }) => !isVoid);
  const named = request.distribution === undefined ? undefined : distributionNamed(all, request.distribution);
  const targets =
    request.to === undefined && named !== undefined ? targetsOfAudience(participant, named) : targetsOf(participant, request.to);
  refuseViewers(targets);
  const parts = request.parts?.map(checkedPart) ?? (named === undefined ? [] : partsOfDistribution(named));
  if (parts.length === 0) throw new SnapstageError('usage', 'What is to be handed in? Name files or folders.');
  const due = await parseDeadline(request.deadline, request.zone);
  const { title, description = '', limit = null, late = 'accept', isAnonymous = false } = request;
  const terms = checkedTerms({ title, description, ...due, parts, limit, late, isAnonymous });
  const distribution = named ?? all.findLast((one) => reaches(participant, one, targets) && covers(one, parts));
  return { terms, targets, distribution, handsOut: distribution === undefined ? await presentParts(open, parts) : [] };
}

function distributionNamed(all: readonly Distribution[], text: string): Distribution {
  const found = all.filter(({ id }) => /^[0-9a-f]{4,64}$/.test(text) && id.startsWith(text));
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new SnapstageError('not-found', `There is no distribution ${text}.`, { distribution: text });
  throw new SnapstageError('ambiguous', `“${text}” fits ${found.length} distributions.`, { distribution: text });
}

function targetsOfAudience({ state }: Participant, { audience }: Distribution): Targets {
  if (audience === ALL || audience === EDITORS) return 'all';
  return (state.audiences.get(audience)?.chosen ?? []).map((log) => state.members.get(log)!);
}

/** Whether all of these have it, those among them who come later too. */
function reaches({ state }: Participant, { audience }: Distribution, targets: Targets): boolean {
  if (audience === ALL || audience === EDITORS) return true;
  const chosen = new Set(state.audiences.get(audience)?.chosen);
  return targets !== 'all' && targets.every(({ log }) => chosen.has(log));
}

function covers({ items }: Distribution, parts: readonly Part[]): boolean {
  const isCovered = within(items.filter(({ type }) => type !== 'table').map(({ path }) => path));
  return parts.every(({ path }) => isCovered(path));
}

/** What of these is here now, as if it lay on the Stage. */
async function presentParts(open: Open, parts: readonly Part[]): Promise<readonly StagedObject[]> {
  const { root, trees } = await currentState(open);
  const here = [...new Set(parts.map(({ path }) => path))].filter((path) => path === '' || trees.entry(root, path) !== undefined);
  if (here.length === 0) return [];
  const { changes } = await planStage(open, { objects: here.map((path) => ({ type: 'path', state: CURRENT, path })) });
  const problem = changes.find(({ object }) => object.problem !== null);
  if (problem !== undefined)
    throw refusal(`“${problem.object.path}” can’t be handed out: ${problem.object.problem}.`, { path: problem.object.path });
  return changes.map(({ object }) => ({ ...object, strategy: null }));
}

function partsOfDistribution({ items }: Distribution): readonly Part[] {
  return items.filter(({ type }) => type !== 'table' && type !== 'application').map(({ path }) => ({ path, patterns: [] }));
}

function refuseViewers(targets: Targets): void {
  const viewer = targets === 'all' ? undefined : targets.find(({ described }) => described?.role === 'viewer');
  if (viewer !== undefined) throw refusal(`${viewer.described!.name} is a viewer, who can’t hand in anything.`, { member: viewer.log });
}

function checkedPart({ path, patterns }: api.AssignmentPart): Part {
  const long = patterns.find((pattern) => pattern.length > MAX_PATTERN);
  if (long !== undefined) throw new SnapstageError('usage', `A pattern has ${MAX_PATTERN} characters at most.`, { pattern: long });
  return { path: parsePath(path), patterns };
}

function checkedTerms(terms: Terms): Terms {
  const { limit } = terms;
  if (limit !== null && !(Number.isSafeInteger(limit) && limit > 0))
    throw new SnapstageError('usage', 'The limit is a number of bytes.', { limit });
  return { ...terms, title: checkedLabel(terms.title), description: checkedText(terms.description, MAX_DESCRIPTION) };
}

/** @throws SnapstageError `usage` for a text that is too long for a record. */
export function checkedText(text: string, most: number): string {
  if (text.length <= most && text.isWellFormed()) return text;
  throw new SnapstageError('usage', `A text can have ${most} characters here; this one has ${text.length}.`, { length: text.length, most });
}

async function dueOf({ deadline, zone }: { readonly deadline?: string; readonly zone?: string }, before: Deadline): Promise<Deadline> {
  if (deadline !== undefined) return parseDeadline(deadline, zone ?? before.zone);
  return zone === undefined ? before : parseDeadline(new Date(before.at).toISOString(), zone);
}

function bodyOf(
  { title, description, at, zone, parts, limit, late, isAnonymous }: Terms,
  rest: Pick<BodyOf<'assign'>, 'of' | 'distribution' | 'isClosed' | 'made'>,
): BodyOf<'assign'> {
  const { of, distribution, isClosed, made } = rest;
  const coded = parts.map(({ path, patterns }) => ({ path: encodeName(path).toString('base64url'), patterns: [...patterns] }));
  return {
    kind: 'assign',
    of,
    distribution,
    title,
    description,
    deadline: at,
    zone,
    parts: coded,
    limit,
    late,
    isAnonymous,
    isClosed,
    made,
  };
}

function termsInfo({ at, parts, ...terms }: Terms): api.AssignmentTerms {
  return { ...terms, parts, deadline: new Date(at).toISOString() };
}

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
