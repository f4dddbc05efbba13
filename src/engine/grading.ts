/** What hand-ins get back: grades, comments, files. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isSystemError, SnapstageError } from '../base/errors.ts';
import { unlistedSnapshot } from '../instance/made.ts';
import { readContent } from '../instance/states.ts';
import { writeFeedback } from '../space/assignments/acts.ts';
import { reviewCopy, type ReviewCopy } from '../space/assignments/reviewCopy.ts';
import { ownPacks } from '../space/assignments/vaultContent.ts';
import { storeFile, storing } from '../space/delivery/storing.ts';
import { MASTERS, vaultOf } from '../space/members/audiences.ts';
import { putFolder } from '../space/merge/editTree.ts';
import type { BodyOf } from '../space/records/bodies.ts';
import { idHex } from '../store/ids.ts';
import { writeKeep } from '../store/keeps.ts';
import type { ObjectSink } from '../store/objectWriter.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import type * as api from './assignmentApi.ts';
import { checkedText } from './assigning.ts';
import { AssignmentView, iso } from './assignments.ts';
import { Bringing, refuseProblems } from './collecting.ts';
import { publish } from './areas.ts';
import { feedbackKeep } from './handInFiles.ts';
import { keptState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import { asMaster, participating } from './spaces.ts';

/** Characters. */
const MAX_COMMENT = 12_000;
const MAX_GRADE = 100;

/**
 * Gives feedback, or changes what there is. What is not returned is sealed for Masters; of what is hidden the member learns that it is there.
 * What was returned once and is hidden now was readable in between.
 */
export function giveFeedback(open: Open, machine: Machine, request: api.FeedbackRequest): Promise<api.HandInInfo> {
  return asMaster(open, machine, async (participant) => {
    const { store, work } = open;
    const { visibility } = request;
    const { handIn, standing } = new AssignmentView(open, participant).handIn(request.handIn);
    const before = handIn.feedback?.body;
    const grade =
      request.grade === undefined ? (before?.grade ?? null) : request.grade === null ? null : checkedText(request.grade, MAX_GRADE);
    const comment = request.comment === undefined ? (before?.comment ?? '') : checkedText(request.comment, MAX_COMMENT);
    const { files } = request;
    const fresh = files === undefined ? undefined : storing(store, (sink) => treeOfFiles(files, sink, () => work.check()));
    const tree = files === undefined ? (before?.tree ?? null) : fresh === undefined ? null : idHex(fresh);
    const vault = vaultOf(handIn.log);
    const isReturned = visibility === 'returned';
    if (tree !== null) {
      if (fresh === undefined) await new Bringing(open, participant).feedback(standing.member, handIn.feedback!);
      const others = isReturned ? ownPacks(participant.state, standing.member) : [];
      await publish(open, participant, isReturned ? vault : MASTERS, Buffer.from(tree, 'hex'), { others, isCompared: isReturned });
    }
    const made = store.host.now();
    const body: BodyOf<'feedback'> = { kind: 'feedback', of: handIn.id, grade, comment, tree, visibility, made };
    const record = participant.act((acting) => writeFeedback(acting, handIn.log, body));
    if (tree !== null) writeKeep(store.files, { name: feedbackKeep(record.hash), root: tree });
    await participant.send(work);
    const view = new AssignmentView(open, participant);
    return view.handInInfo(view.handIn(handIn.id));
  });
}

/** Brings the files of what a hand-in got back here, and writes them into a new folder if one is named. Returns what they are called among states. */
export function fetchFeedback(
  open: Open,
  machine: Machine,
  { handIn: id, to }: { readonly handIn: string; readonly to?: string },
): Promise<api.FetchedFeedback> {
  return participating(open, machine, async (participant) => {
    const { handIn, standing } = new AssignmentView(open, participant).handIn(id);
    const said = handIn.feedback;
    if (said === undefined || said.body.tree === null) return { state: null, files: 0, renamed: [], leftOut: [] };
    await new Bringing(open, participant).feedback(standing.member, said);
    const { store, session, restorer, work } = open;
    const name = feedbackKeep(said.record.hash);
    const state = keptState(store, name)!;
    const files = [...state.trees.walk(state.root)].filter(({ entry }) => entry.kind === Kind.file).length;
    let changed: Pick<ReviewCopy, 'renamed' | 'leftOut'> = { renamed: [], leftOut: [] };
    if (to !== undefined) {
      const { root, renamed, leftOut } = storing(store, (sink) =>
        reviewCopy(state, (link) => readContent(store.reader, link).toString('utf8'), sink),
      );
      const target = unlistedSnapshot(root, name, iso(said.body.made));
      const options = { target, paths: [], keepBoth: false, deleteAbsent: false, reason: '', to: path.resolve(to) };
      await restorer.restoreTo(store, session, options, work, refuseProblems);
      changed = { renamed, leftOut };
    }
    return { state: name, files, ...changed };
  });
}

/** Of one assignment, or of all. */
export function grades(open: Open, machine: Machine, request: { readonly assignment?: string }): Promise<readonly api.GradeRow[]> {
  return participating(open, machine, async (participant) => {
    const view = new AssignmentView(open, participant);
    const all = request.assignment === undefined ? view.all : [view.named(request.assignment)];
    return all.flatMap((one) => {
      const { id, title, standings } = view.details(one);
      return standings.map(({ member, state, handIns }): api.GradeRow => {
        const counting = handIns.find(({ counts }) => counts);
        const feedback = counting?.feedback;
        return {
          assignment: id,
          title,
          member,
          state,
          handIn: counting?.id ?? null,
          identifier: counting?.identifier ?? null,
          made: counting?.made ?? null,
          lateness: counting?.lateness ?? null,
          grade: feedback?.grade ?? null,
          comment: feedback?.comment ?? null,
          visibility: feedback?.visibility ?? null,
        };
      });
    });
  });
}

/** A tree of files and folders of this computer, by their last names; nothing where there are none. */
function treeOfFiles(files: readonly string[], sink: ObjectSink, check: () => void): Buffer | undefined {
  const entries = new Map<string, TreeEntry>();
  for (const file of files) {
    const name = path.basename(path.resolve(file));
    if (entries.has(name)) throw new SnapstageError('usage', `Two of the files are called “${name}”.`, { file });
    entries.set(name, entryOf(path.resolve(file), name, sink, check));
  }
  return entries.size === 0 ? undefined : putFolder(sink, entries);
}

/** @throws SnapstageError `usage` for what is neither a file nor a folder; `not-found`; those of the system. */
function entryOf(file: string, name: string, sink: ObjectSink, check: () => void): TreeEntry {
  check();
  const stat = statOf(file);
  const common = { name, mode: stat.mode & 0o777, mtime: BigInt(Math.trunc(stat.mtimeMs)) * 1_000_000n, group: 0n };
  if (stat.isFile()) return { ...common, kind: Kind.file, ...storeFile(sink, file, check) };
  if (!stat.isDirectory()) throw new SnapstageError('usage', `“${file}” is neither a file nor a folder.`, { file });
  const below = fs.readdirSync(file).map((each) => entryOf(path.join(file, each), each, sink, check));
  return { ...common, kind: Kind.folder, flags: 0, size: 0, id: putFolder(sink, new Map(below.map((one) => [one.name, one]))) };
}

function statOf(file: string): fs.Stats {
  try {
    return fs.lstatSync(file);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) throw new SnapstageError('not-found', `There is no “${file}”.`, { file }, error);
    throw error;
  }
}
