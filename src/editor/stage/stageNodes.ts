import type { StagedObject } from '../../engine/stageApi.ts';
import type { SnapstageError } from '../../base/errors.ts';
import type { Instance } from '../instance.ts';

/** A row of the Stage view. */
export type StageNode = StageFolderNode | StagedNode | UnreadableNode | StageFailedNode | MoreStagedNode | HintNode;

/** A workspace folder, where there are several. */
export interface StageFolderNode {
  readonly type: 'stage';
  readonly instance: Instance;
}

export interface StagedNode {
  readonly type: 'staged';
  readonly instance: Instance;
  readonly object: StagedObject;
  /** The innermost other object on the Stage that holds it. */
  readonly within?: StagedObject;
}

/** Something on the Stage of which nobody can tell any more what it is. */
export interface UnreadableNode {
  readonly type: 'unreadable';
  readonly instance: Instance;
  readonly id: string;
  readonly reason: string;
}

/** Stands for a Stage that can't be read. */
export interface StageFailedNode {
  readonly type: 'stage-failed';
  readonly instance: Instance;
  readonly error: SnapstageError;
}

/** Says what to do where nothing is staged. A message above the rows, or a welcome page in their place, would refuse what is dropped on it. */
export interface HintNode {
  readonly type: 'hint';
  readonly instance: Instance;
  readonly how: 'drop' | 'choose';
}

/** Stands for the rows that are not shown until it is opened. */
export interface MoreStagedNode {
  readonly type: 'more-staged';
  readonly instance: Instance;
  readonly rest: readonly StageNode[];
}

const types: ReadonlySet<unknown> = new Set<StageNode['type']>(['stage', 'staged', 'unreadable', 'stage-failed', 'more-staged', 'hint']);

export function isStageNode(value: unknown): value is StageNode {
  return typeof value === 'object' && value !== null && 'type' in value && types.has(value.type);
}

/** Stays the same for what is the same, so that the selection survives a refresh. */
export function stageNodeId(node: StageNode): string {
  const stage = `${node.instance.folder.uri.toString()}#stage`;
  switch (node.type) {
    case 'stage':
      return stage;
    case 'staged':
      return `${stage}:${node.object.id}`;
    case 'unreadable':
      return `${stage}:${node.id}`;
    case 'stage-failed':
      return `${stage}#failed`;
    case 'hint':
      return `${stage}#${node.how}`;
    case 'more-staged':
      return `${stage}#more${node.rest.length}`;
  }
}
