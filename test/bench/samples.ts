import type { Difference } from './compare.ts';
import type { Measurement } from './measure.ts';
import type { StoreSize, ToolName } from './tool.ts';
import type { TreeName } from './trees.ts';

/** In the order in which they run. */
export const operations = [
  'first',
  'unchanged',
  'changed',
  'diff',
  'list',
  'one',
  'edit',
  'restore',
  'rollback',
  'verify',
  'compact',
] as const;
export type Operation = (typeof operations)[number];

export const titles: Readonly<Record<Operation, string>> = {
  first: 'first',
  unchanged: 'unchanged',
  changed: '1 % changed',
  diff: 'diff of 1 %',
  list: 'list every file',
  one: 'restore one file',
  edit: 'one line inserted',
  restore: 'full restore',
  rollback: 'roll back 1 %',
  verify: 'verify every byte',
  compact: 'delete and compact',
};

/** Which tool did what on which tree. */
export interface Subject {
  readonly tree: TreeName;
  readonly tool: ToolName;
  readonly operation: Operation;
}

/** One timed run. */
export interface Sample extends Subject, Measurement {
  readonly round: number;
  /** Of the store afterwards, where the operation changes it. */
  readonly size?: StoreSize;
  /** What it has grown by. */
  readonly growth?: StoreSize;
}

/** How a restored tree compares with what was saved; no differences: equal. */
export interface Comparison extends Subject {
  readonly round: number;
  readonly differences: readonly Difference[];
}

/** What was not measured. */
export interface Omission extends Subject {
  readonly reason: string;
  /** The tool should have been able to. */
  readonly failed: boolean;
}

export interface TreeFacts {
  readonly tree: TreeName;
  readonly files: number;
  readonly bytes: number;
}

/** Everything that a run found out. */
export interface Results {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Partial<Record<ToolName, string>>>;
  readonly trees: TreeFacts[];
  readonly samples: Sample[];
  readonly comparisons: Comparison[];
  readonly omissions: Omission[];
}
