import type { SnapstageError } from '../../base/errors.ts';
import type { EntryInfo } from '../../engine/api.ts';
import type { AssignmentInfo, HandInInfo, StandingInfo, StandingState } from '../../engine/assignmentApi.ts';
import type { Instance } from '../instance.ts';
import type { KeptState } from '../state.ts';

/** A row of the Assignments view. */
export type AssignmentsNode =
  | AssignmentsFolderNode
  | AssignmentNode
  | StandingsNode
  | StandingNode
  | HandInNode
  | FeedbackNode
  | KeptEntryNode
  | AssignmentsNoteNode
  | AssignmentsFailedNode
  | MoreAssignmentsNode;

/** A workspace folder, where there are several. */
export interface AssignmentsFolderNode {
  readonly type: 'assignments';
  readonly instance: Instance;
}

export interface AssignmentNode {
  readonly type: 'assignment';
  readonly instance: Instance;
  readonly assignment: AssignmentInfo;
}

/** Stands for the members who stand alike, for a Master. */
export interface StandingsNode {
  readonly type: 'standings';
  readonly instance: Instance;
  readonly assignment: AssignmentInfo;
  readonly state: StandingState;
  readonly standings: readonly StandingInfo[];
}

/** How one member stands, for a Master. */
export interface StandingNode {
  readonly type: 'standing';
  readonly instance: Instance;
  readonly assignment: AssignmentInfo;
  readonly standing: StandingInfo;
}

export interface HandInNode {
  readonly type: 'hand-in';
  readonly instance: Instance;
  readonly assignment: AssignmentInfo;
  readonly handIn: HandInInfo;
}

export interface FeedbackNode {
  readonly type: 'feedback';
  readonly instance: Instance;
  readonly assignment: AssignmentInfo;
  readonly handIn: HandInInfo;
}

/** A file, folder or link of a hand-in or of feedback. */
export interface KeptEntryNode {
  readonly type: 'kept-entry';
  readonly instance: Instance;
  readonly kept: KeptState;
  readonly entry: EntryInfo;
}

/** Says what is to be known of the row above. */
export interface AssignmentsNoteNode {
  readonly type: 'assignments-note';
  readonly instance: Instance;
  /** Of the row above. */
  readonly above: string;
  readonly text: string;
}

/** Stands for what can't be read. */
export interface AssignmentsFailedNode {
  readonly type: 'assignments-failed';
  readonly instance: Instance;
  /** Of the row above. */
  readonly above: string;
  readonly error: SnapstageError;
}

/** Stands for the rows that are not shown until it is opened. */
export interface MoreAssignmentsNode {
  readonly type: 'more-assignments';
  readonly instance: Instance;
  /** Of the row above. */
  readonly above: string;
  readonly rest: readonly AssignmentsNode[];
}

const types: ReadonlySet<unknown> = new Set<AssignmentsNode['type']>([
  'assignments',
  'assignment',
  'standings',
  'standing',
  'hand-in',
  'feedback',
  'kept-entry',
  'assignments-note',
  'assignments-failed',
  'more-assignments',
]);

export function isAssignmentsNode(value: unknown): value is AssignmentsNode {
  return typeof value === 'object' && value !== null && 'type' in value && types.has(value.type);
}

/** Stays the same for what is the same, so that selection and what is open survive a refresh. */
export function assignmentsNodeId(node: AssignmentsNode): string {
  const top = `${node.instance.folder.uri.toString()}#assignments`;
  switch (node.type) {
    case 'assignments':
      return top;
    case 'assignment':
      return `${top}:${node.assignment.id}`;
    case 'standings':
      return `${top}:${node.assignment.id}:${node.state}`;
    case 'standing':
      return `${top}:${node.assignment.id}:${node.standing.member.id}`;
    case 'hand-in':
      return `${top}:${node.handIn.id}`;
    case 'feedback':
      return `${top}:${node.handIn.id}:feedback`;
    case 'kept-entry':
      return `${top}:${node.kept.id}:${node.entry.path}`;
    case 'assignments-note':
      return `${node.above}#note:${node.text}`;
    case 'assignments-failed':
      return `${node.above}#failed`;
    case 'more-assignments':
      return `${node.above}#more${node.rest.length}`;
  }
}
