/** From rows and files to what can be staged of them. */
import type * as vscode from 'vscode';
import type { ObjectRequest } from '../../engine/stageApi.ts';
import { pathsOf, type Chosen } from '../chosen.ts';
import type { HistoryNode } from '../history/historyNodes.ts';
import type { Instance } from '../instance.ts';
import type { SnapshotsNode } from '../snapshots/nodes.ts';
import { snapshotOf, stateName, type Stored } from '../state.ts';
import type { Workspace } from '../workspace.ts';

/** Something to be put on an instance's Stage. */
export interface Stageable {
  readonly instance: Instance;
  readonly request: ObjectRequest;
}

/** What a row stands for; nothing for rows that are no object of a state. */
export function objectOf(node: SnapshotsNode | HistoryNode): Stageable | undefined {
  const { instance } = node;
  const path = (state: string, at: string): Stageable => ({ instance, request: { type: 'path', state, path: at } });
  // Of a comparison; what was distributed or handed in is no object of a snapshot.
  const second = (to: Stored | undefined, at: string): Stageable | undefined => {
    const snapshot = to && snapshotOf(to);
    return to && !snapshot ? undefined : path(stateName(snapshot), at);
  };
  switch (node.type) {
    case 'current':
      return path('current', '');
    case 'snapshot':
      return { instance, request: { type: 'snapshot', state: node.snapshot.id } };
    case 'entry':
      return path(node.snapshot.id, node.entry.path);
    case 'change':
      if (node.change.change !== 'removed') return second(node.to, node.change.path);
      return snapshotOf(node.snapshot) && path(node.snapshot.id, node.change.path);
    case 'changes':
      return second(node.to, node.folder.path);
    case 'database':
      return path(stateName(node.snapshot), node.database.path);
    case 'table':
      return {
        instance,
        request: { type: 'table', state: stateName(node.snapshot), path: node.database, table: node.table.name },
      };
    case 'application': {
      const { kind, path: at } = node.application;
      return {
        instance,
        request: { type: 'application', state: stateName(node.snapshot), application: `${kind}:${at === '' ? '.' : at}` },
      };
    }
    case 'configuration':
      return path(stateName(node.snapshot), node.path);
    case 'version':
      return node.version.entry ? path('current', node.path) : undefined;
    default:
      return undefined;
  }
}

/** What was chosen: rows, and files of the explorer or of a tab. `outside` lies in no folder of this window. */
export function chosenObjects(
  workspace: Workspace,
  { nodes, uris }: Pick<Chosen, 'nodes' | 'uris'>,
): { readonly objects: readonly Stageable[]; readonly outside: readonly vscode.Uri[] } {
  const ofFiles = (uri: vscode.Uri): Stageable[] =>
    pathsOf(workspace, { nodes: [], uris: [uri] }).flatMap(({ instance, snapshot, paths }) =>
      paths.map((path) => ({ instance, request: { type: 'path', state: stateName(snapshot), path } })),
    );
  const found = uris.map((uri) => ({ uri, objects: ofFiles(uri) }));
  return {
    objects: [...nodes.flatMap((node) => objectOf(node) ?? []), ...found.flatMap(({ objects }) => objects)],
    outside: found.flatMap(({ uri, objects }) => (objects.length === 0 ? [uri] : [])),
  };
}

/** How rows of our trees travel to the Stage while they are dragged. */
export const objectsType = 'application/vnd.snapstage.objects';

/** What the rows stand for, as text: each with the folder of its instance. */
export function encodeObjects(nodes: readonly (SnapshotsNode | HistoryNode)[]): string {
  return JSON.stringify(
    nodes.flatMap((node) => objectOf(node) ?? []).map(({ instance, request }) => [instance.folder.uri.toString(), request]),
  );
}

/** Any extension can drag something of this type: what makes no sense, or is of another window, is passed over. */
export function decodeObjects(text: string, instances: readonly Instance[]): readonly Stageable[] {
  const list = parsed(text);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown): Stageable[] => {
    if (!Array.isArray(one)) return [];
    const [folder, request] = one as readonly unknown[];
    const instance = instances.find((candidate) => candidate.folder.uri.toString() === folder);
    return instance && isRequest(request) ? [{ instance, request }] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const fields: { readonly [T in ObjectRequest['type']]: readonly string[] } = {
  path: ['state', 'path'],
  table: ['state', 'path', 'table'],
  application: ['state', 'application'],
  snapshot: ['state'],
};

function isRequest(value: unknown): value is ObjectRequest {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const { type } = value;
  if (typeof type !== 'string' || !Object.hasOwn(fields, type)) return false;
  return fields[type as ObjectRequest['type']].every((name) => typeof (value as Record<string, unknown>)[name] === 'string');
}
