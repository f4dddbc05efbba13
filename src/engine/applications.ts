/** Applications of states: what is found in one, how it differs from what is here, how it is recreated. Nothing here changes anything. */
import type { ReadOptions } from '../instance/applications/applications.ts';
import { readApplications } from '../instance/applications/applications.ts';
import { checkApplications } from '../instance/applications/check.ts';
import { findApplication } from '../instance/applications/names.ts';
import { planRecreate } from '../instance/applications/recreate.ts';
import { machineVersions, type Machine } from '../instance/applications/runtimes.ts';
import { currentFiles, snapshotFiles, type StateFiles } from '../instance/applications/stateFiles.ts';
import { stateOf } from '../instance/restore.ts';
import { CURRENT } from '../instance/states.ts';
import type * as api from './api.ts';
import type * as applicationsApi from './applicationsApi.ts';
import { namedSnapshot, type Open } from './open.ts';

type Request<Method extends keyof api.EngineApi> = Parameters<api.EngineApi[Method]>[0];

export async function applications(open: Open, request: Request<'applications'>): Promise<applicationsApi.ApplicationList> {
  return readApplications(filesOf(open, request.state), optionsOf(request), open.work);
}

export async function check(
  open: Open,
  request: Request<'checkApplications'>,
  machine: Machine,
): Promise<applicationsApi.ApplicationsCheck> {
  const expected = await readApplications(filesOf(open, request.state), optionsOf(request), open.work);
  const here = request.state === CURRENT ? expected : await readApplications(filesOf(open, CURRENT), optionsOf(request), open.work);
  const runtimes = await machineVersions(
    machine,
    expected.applications.map(({ runtime }) => runtime),
  );
  const checked = checkApplications(expected.applications, here.applications, runtimes);
  return {
    same: checked.every(({ differences }) => differences.length === 0),
    applications: checked,
    more: Math.max(expected.more, here.more),
    machine: Object.fromEntries(runtimes),
  };
}

export async function recreate(open: Open, request: Request<'planRecreate'>): Promise<applicationsApi.RecreatePlan> {
  const found = await readApplications(filesOf(open, request.state), optionsOf({}), open.work);
  const application = findApplication(found.applications, request.application);
  const here = request.state === CURRENT ? found : await readApplications(filesOf(open, CURRENT), optionsOf({}), open.work);
  return planRecreate(application, here.applications, filesOf(open, CURRENT));
}

function filesOf({ folder, store }: Open, state: string): StateFiles {
  if (state === CURRENT) return currentFiles(folder);
  return snapshotFiles(stateOf(store, namedSnapshot(store, state)), () => store.reader);
}

function optionsOf({ extensions }: { readonly extensions?: readonly applicationsApi.InstalledExtension[] }): ReadOptions {
  return { windows: process.platform === 'win32', ...(extensions === undefined ? {} : { extensions }) };
}
