/** Collecting what was handed in, into review copies. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SnapstageError, toSnapstageError } from '../base/errors.ts';
import { plainFileName } from '../base/format.ts';
import { unlistedSnapshot } from '../instance/made.ts';
import { readContent, Trees } from '../instance/states.ts';
import type { AreaPack } from '../space/areas/area.ts';
import type { AreaIndex } from '../space/areas/areaIndex.ts';
import { AreaReader } from '../space/areas/areaReader.ts';
import type { Assignment } from '../space/assignments/assignments.ts';
import { extentOf, type Extent } from '../space/assignments/extent.ts';
import { reviewCopy } from '../space/assignments/reviewCopy.ts';
import type { JudgedHandIn, Standing } from '../space/assignments/standing.ts';
import { audiencesOf, vaultPacks } from '../space/assignments/vaultContent.ts';
import { storing } from '../space/delivery/storing.ts';
import { liesIn } from '../space/hub/apart.ts';
import { MASTERS, vaultOf } from '../space/members/audiences.ts';
import type { Member } from '../space/members/membership.ts';
import type { Said } from '../space/members/statements.ts';
import type { Participant } from '../space/participant/participant.ts';
import { readKeeps, writeKeep } from '../store/keeps.ts';
import type { Note } from '../store/snapshots.ts';
import type * as api from './assignmentApi.ts';
import { alsoInRetired, areaIndex } from './areas.ts';
import { AssignmentView, iso } from './assignments.ts';
import { targetsOf } from './targets.ts';
import { copyOf, feedbackKeep, handInKeep, noteCopy } from './handInFiles.ts';
import { hubFolder } from './hubs.ts';
import { keptState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import { asMaster } from './spaces.ts';

/** Beside the instance. */
const FOLDER = 'Assignments';

/**
 * Brings hand-ins here, each once, and makes a copy of each for review; what can't be had of one does not keep the others.
 * @throws SnapstageError `refused` for a folder in the instance or in the hub; those of the hub.
 */
export function collect(open: Open, machine: Machine, request: api.CollectRequest): Promise<api.CollectReport> {
  return asMaster(open, machine, async (participant) => {
    const view = new AssignmentView(open, participant);
    const one = view.named(request.assignment);
    const root = path.resolve(request.to ?? path.join(path.dirname(open.folder), FOLDER));
    refuseInside(root, [open.folder, hubFolder(participant.belonging.hub) ?? []].flat());
    const folders = new CopyFolders(path.join(root, assignmentFolder(view, one)), view, one);
    const bringing = new Bringing(open, participant);
    const items: api.CollectedInfo[] = [];
    for (const standing of chosen(participant, view, one, request.members)) {
      for (const handIn of wanted(standing, request.which ?? 'counting')) {
        const member = view.member(one, standing);
        items.push({ ...(await collected(open, { bringing, folders, assignment: one, standing, handIn })), handIn: handIn.id, member });
        await open.work.pause();
      }
    }
    return { folder: folders.root, items };
  });
}

function refuseInside(folder: string, others: readonly string[]): void {
  const outer = others.find((one) => liesIn(folder, one));
  if (outer === undefined) return;
  const message = `Review copies don’t go into ${outer}: what others wrote is kept out of the instance, and of the hub. Choose another folder.`;
  throw new SnapstageError('refused', message, { reason: 'not-apart', folder });
}

/** By name, id, pseudonym or group; all. */
function chosen(
  participant: Participant,
  view: AssignmentView,
  one: Assignment,
  names: api.CollectRequest['members'],
): readonly Standing[] {
  const all = view.everybody(one);
  if (names === undefined) return all;
  return [...new Set(names.flatMap((name) => standingsNamed(participant, view, one, all, name)))];
}

function standingsNamed(
  participant: Participant,
  view: AssignmentView,
  one: Assignment,
  all: readonly Standing[],
  name: string,
): readonly Standing[] {
  const shown = all.filter((standing) => {
    const member = view.member(one, standing);
    return member.id === name || member.name === name;
  });
  if (shown.length === 1) return shown;
  const targets = targetsOf(participant, [name]);
  const logs = new Set(targets === 'all' ? [] : targets.map(({ log }) => log));
  return all.filter(({ member }) => logs.has(member.log));
}

function wanted({ handIns, counting, onTime }: Standing, which: NonNullable<api.CollectRequest['which']>): readonly JudgedHandIn[] {
  if (which === 'all') return handIns;
  return handIns.filter(({ id }) => id === counting?.id || id === onTime?.id);
}

interface ToCollect {
  readonly bringing: Bringing;
  readonly folders: CopyFolders;
  readonly assignment: Assignment;
  readonly standing: Standing;
  readonly handIn: JudgedHandIn;
}

/** Files and folders of a review copy; nobody looks through more. */
const MAX_ENTRIES = 1_000_000;

/** @throws SnapstageError `damaged` for what is not as its author said, or is more than the assignment takes. */
function checkExtent({ files, bytes, entries }: Extent, { body }: JudgedHandIn, { versions }: Assignment): void {
  const { limit } = versions.get(body.terms)!.body;
  if (files !== body.files || bytes !== Number(body.bytes))
    throw new SnapstageError('damaged', `It is not what its author said: it has ${files} files and ${bytes} bytes.`);
  if (limit !== null && bytes > limit) throw new SnapstageError('damaged', `It has ${bytes} bytes, and ${limit} are allowed.`);
  if (entries > MAX_ENTRIES) throw new SnapstageError('damaged', `It has ${entries} files and folders, more than a review copy takes.`);
}

type Collected = Omit<api.CollectedInfo, 'handIn' | 'member'>;

async function collected(open: Open, { bringing, folders, assignment, standing, handIn }: ToCollect): Promise<Collected> {
  const { files, bytes } = handIn.body;
  const facts = { files, bytes: Number(bytes), fetched: 0, renamed: [], leftOut: [], problem: null };
  const there = copyOf(open.store.files, handIn.id);
  if (there !== undefined) return { ...facts, outcome: 'there', folder: there };
  try {
    const check = (extent: Extent): void => checkExtent(extent, handIn, assignment);
    const fetched = await bringing.bring(standing.member, Buffer.from(handIn.body.tree, 'hex'), handInKeep(handIn.id), check);
    const folder = folders.of(standing, handIn);
    const { renamed, leftOut } = await copied(open, handIn, folder);
    noteCopy(open.store.files, handIn.id, folder);
    return { ...facts, outcome: 'collected', folder, fetched, renamed, leftOut };
  } catch (thrown) {
    const error = toSnapstageError(thrown);
    if (!['not-found', 'damaged', 'io', 'exists', 'no-space'].includes(error.code)) throw error;
    if (error.details['reason'] === 'hub-unreachable') throw error;
    return { ...facts, outcome: 'failed', folder: null, problem: error.message };
  }
}

/** Writes the copy, whole or not at all. One that a killed process finished, and did not note, is there already. */
async function copied(
  { store, session, restorer, work }: Open,
  handIn: JudgedHandIn,
  to: string,
): Promise<Pick<Collected, 'renamed' | 'leftOut'>> {
  const state = keptState(store, handInKeep(handIn.id))!;
  const made = storing(store, (sink) => reviewCopy(state, (link) => readContent(store.reader, link).toString('utf8'), sink));
  if (fs.existsSync(to) && fs.readdirSync(to).length > 0) return made;
  const target = unlistedSnapshot(made.root, handIn.id.slice(0, 32), iso(handIn.body.made));
  const options = { target, paths: [], keepBoth: false, deleteAbsent: false, reason: '', to };
  await restorer.restoreTo(store, session, options, work, refuseProblems);
  return made;
}

/** What is half there is not there: then nothing takes its place. */
export async function refuseProblems(_folder: string, problems: readonly Note[]): Promise<void> {
  const [first] = problems;
  if (first !== undefined) throw new SnapstageError('io', `“${first.path}” could not be written: ${first.reason}.`, { problems });
}

/** Where something may come from. */
interface Sources {
  /** Whose areas may have had more of it. */
  readonly audiences: readonly string[];
  readonly indexes: () => Promise<readonly AreaIndex[]>;
}

/** Brings content of members' vaults here; what all can read is looked up once. */
export class Bringing {
  private readonly open: Open;
  private readonly participant: Participant;
  private readonly shared = new Map<string, AreaIndex>();

  constructor(open: Open, participant: Participant) {
    this.open = open;
    this.participant = participant;
  }

  /**
   * Keeps a tree from a member's vault under this name; what of it others can read too may come from there, and from nowhere else. `check`
   * hears what it comes to before any content is fetched, and may throw. Returns the bytes that were fetched.
   * @throws SnapstageError `not-found`, `damaged`; those of the hub.
   */
  async bring(member: Member, tree: Buffer, name: string, check?: (extent: Extent) => void): Promise<number> {
    const { state } = this.participant;
    const indexes = async (): Promise<readonly AreaIndex[]> => [
      ...(await this.sharedWith(member)),
      await this.indexOf(vaultOf(member.log), vaultPacks(state, member)),
    ];
    return this.keep(tree, name, { audiences: audiencesOf(state, member), indexes }, check);
  }

  /** Keeps the files of what a hand-in got back: from the member's vault, or from what Masters alone can read. */
  async feedback(member: Member, { record, body }: Said<'feedback'>): Promise<void> {
    const tree = Buffer.from(body.tree!, 'hex');
    const name = feedbackKeep(record.hash);
    if (record.header.audience !== MASTERS) await this.bring(member, tree, name);
    else await this.keep(tree, name, { audiences: [MASTERS], indexes: async () => [await this.indexOf(MASTERS)] });
  }

  private async keep(tree: Buffer, name: string, { audiences, indexes }: Sources, check?: (extent: Extent) => void): Promise<number> {
    const { store, work } = this.open;
    const root = tree.toString('hex');
    if (readKeeps(store.files).known.some((keep) => keep.name === name && keep.root === root)) return 0;
    const bytes = await alsoInRetired(this.open, this.participant, audiences, async (besides) => {
      using reader = new AreaReader([...(await indexes()), ...besides], store, work);
      const survey = await reader.survey(tree, 'areas');
      if (check !== undefined) check(await reader.look((objects) => extentOf(new Trees(() => objects), tree)));
      await reader.takeIn(survey);
      return survey.lack.bytes;
    });
    writeKeep(store.files, { name, root });
    return bytes;
  }

  private async sharedWith(member: Member): Promise<readonly AreaIndex[]> {
    const { state } = this.participant;
    const found: AreaIndex[] = [];
    for (const audience of audiencesOf(state, member)) {
      const index = this.shared.get(audience) ?? (await this.indexOf(audience));
      this.shared.set(audience, index);
      found.push(index);
    }
    return found;
  }

  private indexOf(audience: string, packs?: readonly AreaPack[]): Promise<AreaIndex> {
    return areaIndex(this.open, this.participant, audience, packs);
  }
}

/** `<assignment>/<member>/<hand-in>`, in names that every system takes. */
class CopyFolders {
  readonly root: string;
  private readonly view: AssignmentView;
  private readonly assignment: Assignment;
  private readonly names: ReadonlyMap<string, number>;

  constructor(root: string, view: AssignmentView, assignment: Assignment) {
    this.root = root;
    this.view = view;
    this.assignment = assignment;
    const all = view.everybody(assignment).map((standing) => folded(this.nameOf(standing)));
    this.names = new Map([...Map.groupBy(all, (name) => name)].map(([name, same]) => [name, same.length]));
  }

  of(standing: Standing, { number, id }: JudgedHandIn): string {
    const name = this.nameOf(standing);
    const { id: member } = this.view.member(this.assignment, standing);
    const own = (this.names.get(folded(name)) ?? 0) > 1 ? `${name} (${member.slice(0, 8)})` : name;
    return path.join(this.root, own, `${number} (${id.slice(0, 8)})`);
  }

  private nameOf(standing: Standing): string {
    const { id, name } = this.view.member(this.assignment, standing);
    return plainFileName(name ?? id.slice(0, 8));
  }
}

function assignmentFolder({ all }: AssignmentView, one: Assignment): string {
  const nameOf = ({ current }: Assignment): string => plainFileName(current.body.title);
  const isShared = all.some((other) => other !== one && folded(nameOf(other)) === folded(nameOf(one)));
  return isShared ? `${nameOf(one)} (${one.id.slice(0, 8)})` : nameOf(one);
}

/** The same for names that some file system takes for one. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
