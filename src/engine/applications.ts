/** Applications of states: what is found in one, how it differs from what is here, how it is recreated. Nothing here changes anything. */
import { readApplications, type ReadOptions } from '../instance/applications/applications.ts';
import { checkApplications } from '../instance/applications/check.ts';
import { findApplication } from '../instance/applications/names.ts';
import { planRecreate } from '../instance/applications/recreate.ts';
import { machineVersions, type Machine } from '../instance/applications/runtimes.ts';
import type { KnownExtensions } from '../instance/applications/kinds/editor.ts';
import { currentFiles, snapshotFiles, type StateFiles } from '../instance/applications/stateFiles.ts';
import { stateOf } from '../instance/restore.ts';
import { CURRENT } from '../instance/states.ts';
import { installedExtensions } from '../store/extensions.ts';
import type * as api from './api.ts';
import type * as applicationsApi from './applicationsApi.ts';
import { namedSnapshot, type Open } from './open.ts';

type Request<Method extends keyof api.EngineApi> = Parameters<api.EngineApi[Method]>[0];

export async function applications(open: Open, request: Request<'applications'>): Promise<applicationsApi.ApplicationList> {
  const { files, extensions } = stateIn(open, request);
  return readApplications(files, optionsOf(extensions), open.work);
}

export async function check(
  open: Open,
  request: Request<'checkApplications'>,
  machine: Machine,
): Promise<applicationsApi.ApplicationsCheck> {
  const [then, now] = [stateIn(open, request), stateIn(open, { ...request, state: CURRENT })];
  // Where one of them has an editor the other has one too, though it may not be known what it has installed.
  const unknown = then.extensions === undefined && now.extensions === undefined ? undefined : 'unknown';
  const read = ({ files, extensions = unknown }: typeof then): Promise<applicationsApi.ApplicationList> =>
    readApplications(files, optionsOf(extensions), open.work);
  const expected = await read(then);
  const here = request.state === CURRENT ? expected : await read(now);
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
  const [then, now] = [stateIn(open, request), stateIn(open, { state: CURRENT })];
  const found = await readApplications(then.files, optionsOf(then.extensions), open.work);
  const application = findApplication(found.applications, request.application);
  const here = request.state === CURRENT ? found : await readApplications(now.files, optionsOf(), open.work);
  return planRecreate(application, here.applications, now.files);
}

/** What applications are read from: a state's files, and which extensions its editor has, as far as somebody said so. */
function stateIn(
  { folder, store }: Open,
  { state, extensions }: Request<'applications'>,
): { readonly files: StateFiles; readonly extensions: KnownExtensions | undefined } {
  if (state === CURRENT) return { files: currentFiles(folder), extensions: extensions && installedExtensions(extensions) };
  const snapshot = namedSnapshot(store, state);
  const files = snapshotFiles(stateOf(store, snapshot), () => store.reader);
  // A record of this store was looked at by its hash alone.
  return { files, extensions: snapshot.record.extensions && installedExtensions(snapshot.record.extensions) };
}

function optionsOf(extensions?: KnownExtensions): ReadOptions {
  return { windows: process.platform === 'win32', ...(extensions === undefined ? {} : { extensions }) };
}
