/** How an instance stands. */
import { stateOf } from '../instance/restore.ts';
import { storedBytes } from '../store/sizes.ts';
import type * as api from './api.ts';
import { chosen } from './configuring.ts';
import { diffOf, snapshotInfo } from './infos.ts';
import { currentState, type Open } from './open.ts';
import { compare } from './reading.ts';
import { interruptedInfo, undoInfo } from './restoring.ts';
import { diskSpace, roomOf } from './room.ts';

export async function statusOf(open: Open, request: Parameters<api.EngineApi['status']>[0]): Promise<api.Status> {
  const { folder, store } = open;
  const { snapshots } = store.snapshots.list();
  const latest = snapshots[0];
  const wantsChanges = request.changes !== false && latest !== undefined;
  const storeBytes = storedBytes(store.files);
  const budget = request.budget ?? chosen(store).budget;
  return {
    folder,
    initialized: true,
    snapshots: snapshots.length,
    latest: latest === undefined ? null : snapshotInfo(latest),
    changes: wantsChanges ? diffOf(compare(stateOf(store, latest), await currentState(open), '')) : null,
    undo: undoInfo(store, snapshots),
    interrupted: interruptedInfo(store),
    storeBytes,
    room: roomOf({ storeBytes, budget, disk: diskSpace(folder), snapshots: snapshots.map(({ record }) => record) }),
  };
}
