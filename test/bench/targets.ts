import type { Operation } from './samples.ts';
import type { ToolName } from './tool.ts';
import type { TreeName } from './trees.ts';

/** What is compared: seconds, bytes of memory, bytes of the store (afterwards, or grown by). */
export type Quantity = 'wall' | 'memory' | 'size' | 'growth';

/** What Snapstage is to reach: a share of a peer's figure, or a figure of its own. */
export interface Target {
  readonly trees: readonly TreeName[];
  readonly operation: Operation;
  readonly quantity: Quantity;
  /** At most this share of the peer's figure, or at most this figure (seconds, bytes) when there is no peer. */
  readonly atMost: number;
  readonly peer?: ToolName;
}

const all = ['linux', 'node_modules', 'data'] as const;
const many = ['linux', 'node_modules'] as const;

export const targets: readonly Target[] = [
  { trees: all, operation: 'first', quantity: 'wall', atMost: 1 / 3.5, peer: 'restic' },
  { trees: all, operation: 'first', quantity: 'wall', atMost: 1 / 8, peer: 'git' },
  { trees: all, operation: 'first', quantity: 'size', atMost: 0.8, peer: 'restic' },
  { trees: all, operation: 'first', quantity: 'memory', atMost: 350e6 },
  { trees: many, operation: 'unchanged', quantity: 'wall', atMost: 1 / 7, peer: 'restic' },
  { trees: many, operation: 'unchanged', quantity: 'wall', atMost: 1 / 0.8, peer: 'git' },
  { trees: all, operation: 'changed', quantity: 'wall', atMost: 1 / 5.5, peer: 'restic' },
  { trees: all, operation: 'changed', quantity: 'wall', atMost: 1 / 1.5, peer: 'git' },
  { trees: all, operation: 'changed', quantity: 'growth', atMost: 0.25, peer: 'restic' },
  { trees: all, operation: 'restore', quantity: 'wall', atMost: 1 / 2, peer: 'restic' },
  { trees: all, operation: 'restore', quantity: 'wall', atMost: 1 / 1.5, peer: 'git' },
  { trees: all, operation: 'restore', quantity: 'memory', atMost: 300e6 },
  { trees: ['node_modules'], operation: 'rollback', quantity: 'wall', atMost: 0.6 },
  { trees: ['node_modules'], operation: 'list', quantity: 'wall', atMost: 0.16 },
  { trees: ['node_modules'], operation: 'diff', quantity: 'wall', atMost: 0.1 },
  { trees: many, operation: 'one', quantity: 'wall', atMost: 0.06 },
  { trees: ['data'], operation: 'one', quantity: 'wall', atMost: 1 },
  { trees: ['linux', 'data'], operation: 'verify', quantity: 'wall', atMost: 1 / 1.4, peer: 'restic' },
];
