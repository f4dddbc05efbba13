/** What a command was called on: rows of a tree, files of the explorer or of a tab, or nothing. */
import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { SnapshotInfo } from '../engine/api.ts';
import { activeFile } from './activeFile.ts';
import { Instance } from './instance.ts';
import { isVersion, type VersionNode } from './history/historyNodes.ts';
import type { SnapshotsNode } from './snapshots/nodes.ts';
import { isAssignmentsNode, type AssignmentsNode } from './assignments/assignmentNodes.ts';
import { isSpaceNode, type SpaceNode } from './space/spaceNodes.ts';
import { isStageNode, type StageNode } from './stage/stageNodes.ts';
import { pathIn, snapshotScheme } from './files/snapshotUris.ts';
import { snapshotOf } from './state.ts';
import type { Workspace } from './workspace.ts';

export interface Chosen {
  /** The one under the pointer first. */
  readonly nodes: readonly SnapshotsNode[];
  readonly uris: readonly vscode.Uri[];
  /** Rows of the Stage view. */
  readonly staged: readonly StageNode[];
  /** Rows of the Space view. */
  readonly inSpace: readonly SpaceNode[];
  /** Rows of the Assignments view. */
  readonly assigned: readonly AssignmentsNode[];
  /** A row of the History view that stands for a version. */
  readonly version?: VersionNode;
}

/** Paths in one snapshot; `snapshot` is absent where none is named, as for a file of the explorer. */
export interface ChosenPaths {
  readonly instance: Instance;
  readonly snapshot?: SnapshotInfo;
  readonly paths: readonly string[];
}

/** What VS Code or another extension passed; what is neither a row nor a file is left alone. */
export function chosenOf(first: unknown, all: unknown): Chosen {
  const several: readonly unknown[] = Array.isArray(all) ? all : [];
  const isFirst = (one: unknown): boolean =>
    one === first || (one instanceof vscode.Uri && first instanceof vscode.Uri && String(one) === String(first));
  // The row under the pointer can lie outside the selection, which then isn't meant.
  const chosen = several.some(isFirst) ? [first, ...several.filter((one) => !isFirst(one))] : [first];
  const uris = chosen.filter((one) => one instanceof vscode.Uri);
  const rows = chosen.filter(isRow);
  const nodes = rows.filter((row) => !isStageNode(row) && !isSpaceNode(row) && !isAssignmentsNode(row));
  return {
    nodes,
    uris,
    staged: rows.filter(isStageNode),
    inSpace: rows.filter(isSpaceNode),
    assigned: rows.filter(isAssignmentsNode),
    ...(isVersion(first) && { version: first }),
  };
}

function isRow(value: unknown): value is SnapshotsNode | StageNode | SpaceNode | AssignmentsNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'instance' in value && value.instance instanceof Instance;
}

/** The instance of the first row or file. */
export function instanceOf(workspace: Workspace, { nodes, uris }: Chosen): Instance | undefined {
  return nodes[0]?.instance ?? (uris[0] && pathsOfUri(workspace, uris[0])?.instance);
}

/** The snapshots chosen, by instance. */
export function snapshotsOf({ nodes }: Chosen): ReadonlyMap<Instance, readonly SnapshotInfo[]> {
  const found = new Map<Instance, SnapshotInfo[]>();
  for (const node of nodes) {
    if (node.type !== 'snapshot') continue;
    const others = found.get(node.instance) ?? [];
    others.push(node.snapshot);
    found.set(node.instance, others);
  }
  return found;
}

/** The files and folders chosen, together where they are of one snapshot. What has been moved counts where it was. */
export function pathsOf(workspace: Workspace, { nodes, uris }: Pick<Chosen, 'nodes' | 'uris'>): readonly ChosenPaths[] {
  const found = [...nodes.flatMap(pathsOfNode), ...uris.flatMap((uri) => pathsOfUri(workspace, uri) ?? [])];
  const together = new Map<string, ChosenPaths>();
  for (const one of found) {
    const key = `${one.instance.folder.uri.toString()} ${one.snapshot?.id ?? ''}`;
    const before = together.get(key);
    together.set(key, before ? { ...before, paths: [...before.paths, ...one.paths] } : one);
  }
  return [...together.values()];
}

/** The files and folders chosen, or else the active editor's file. Throws where there is neither. */
export function mustHavePaths(workspace: Workspace, chosen: Chosen): readonly ChosenPaths[] {
  const found = pathsOf(workspace, chosen);
  if (found.length > 0) return found;
  const active = activeFile();
  const ofActive = active ? pathsOf(workspace, { nodes: [], uris: [active] }) : [];
  if (ofActive.length > 0) return ofActive;
  throw new SnapstageError('usage', vscode.l10n.t('Choose a file in the Snapshots view, or open one of the folder in an editor first.'));
}

function pathsOfNode(node: SnapshotsNode): ChosenPaths[] {
  const { instance } = node;
  if (node.type === 'entry') return [{ instance, snapshot: node.snapshot, paths: [node.entry.path] }];
  const stored = node.type === 'change' || node.type === 'changes' ? snapshotOf(node.snapshot) : undefined;
  if (node.type === 'change') return stored ? [{ instance, snapshot: stored, paths: [node.change.from ?? node.change.path] }] : [];
  if (node.type === 'configuration') return [{ instance, ...(node.snapshot && { snapshot: node.snapshot }), paths: [node.path] }];
  return node.type === 'changes' && stored ? [{ instance, snapshot: stored, paths: [node.folder.path] }] : [];
}

function pathsOfUri(workspace: Workspace, uri: vscode.Uri): ChosenPaths | undefined {
  for (const instance of workspace.instances) {
    const path = pathIn(instance.folder.uri, uri);
    if (path === undefined) continue;
    if (uri.scheme === 'file' && instance === workspace.instanceOf(uri)) return { instance, paths: [path] };
    const { state } = instance;
    const snapshot =
      uri.scheme === snapshotScheme && state.kind === 'ready' ? state.snapshots.find(({ id }) => id === uri.authority) : undefined;
    if (snapshot) return { instance, snapshot, paths: [path] };
  }
  return undefined;
}
