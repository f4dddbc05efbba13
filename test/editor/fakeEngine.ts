/** An engine that says what a test tells it to: for states that a real one gets into only by accident. */
import { countsOf } from '../support/restoreCounts.ts';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Instance } from '../../src/editor/instance.ts';
import type { Change, EngineApi, RestoreItem, RestorePlan, SnapshotInfo, Status } from '../../src/engine/api.ts';

export function fakeSnapshot(change: Partial<SnapshotInfo> = {}): SnapshotInfo {
  return {
    id: 'a'.repeat(32),
    name: null,
    description: null,
    kind: 'quick',
    reason: null,
    created: new Date().toISOString(),
    consistency: 'consistent',
    partial: false,
    pinned: false,
    files: 2,
    folders: 1,
    links: 0,
    bytes: 2000,
    addedBytes: 1000,
    ...change,
  };
}

export function fakeStatus(change: Partial<Status> = {}): Status {
  return {
    folder: '',
    initialized: true,
    snapshots: 1,
    latest: null,
    changes: null,
    undo: null,
    interrupted: null,
    storeBytes: 0,
    room: null,
    ...change,
  };
}

export function fakePlan(items: readonly RestoreItem[], snapshot = fakeSnapshot()): RestorePlan {
  return { request: { state: snapshot.id }, snapshot, from: 'now', counts: countsOf(items), items };
}

/** Tells of these changes, which are in order, a part at a time. */
export function fakeChanges(...all: readonly Change[]): EngineApi['changes'] {
  const counts = { added: 0, changed: 0, removed: 0, moved: 0 };
  for (const { change } of all) counts[change] += 1;
  return async ({ limit, after }) => {
    const from = all.findIndex(({ path }) => path === after) + 1;
    return { counts, changes: all.slice(from, from + limit) };
  };
}

/** What the test doesn't tell fails. */
function fakeEngine(told: Partial<EngineApi>): EngineApi {
  return new Proxy(told as EngineApi, {
    get: (target, name, receiver) =>
      Reflect.get(target, name, receiver) ?? (() => Promise.reject(new Error(`not expected: ${String(name)}`))),
  });
}

/** An instance in a temporary folder that looks like one with a store, read once. `forget` ends it. */
export async function fakeInstance(told: Partial<EngineApi>): Promise<{ instance: Instance; path: string; forget: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'snapstage-fake-'));
  await mkdir(join(path, '.snapstage', 'snapshots'), { recursive: true });
  await writeFile(join(path, '.snapstage', 'format'), '{}');
  const engine = fakeEngine({
    status: async () => fakeStatus(),
    list: async () => [fakeSnapshot()],
    changes: fakeChanges(),
    dispose: async () => undefined,
    ...told,
  });
  const instance = new Instance(
    { uri: vscode.Uri.file(path), name: 'folder', index: 0 },
    () => engine,
    () => undefined,
  );
  await instance.refresh();
  return {
    instance,
    path,
    forget: async () => {
      await instance.dispose();
      await rm(path, { recursive: true });
    },
  };
}
