/** Hubs by the places that people and invites name. */
import { hash } from 'node:crypto';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SnapstageError } from '../base/errors.ts';
import { refuseUnlessApart } from '../space/hub/apart.ts';
import { FolderHub } from '../space/hub/folderHub.ts';
import { AreaRepositories } from '../space/hub/git/areaRepositories.ts';
import { AREA } from '../space/hub/git/gitPlace.ts';
import { RepositoryHub } from '../space/hub/git/repositoryHub.ts';
import type { Hub } from '../space/hub/hub.ts';
import { needsNetwork, parseHubPlace, type HubPlace } from '../space/hub/hubPlace.ts';
import { Pace } from '../space/hub/pace.ts';
import { BucketHub } from '../space/hub/s3/bucketHub.ts';
import type { KeySource } from '../space/hub/s3/bucket.ts';
import { bucketAddress } from '../space/hub/s3/bucketPlace.ts';
import { environmentKeys } from '../space/hub/s3/environmentKeys.ts';
import { readConfig } from '../store/config.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { findProgram, programEnvironment } from './programs.ts';

/** One that can be made where there is none. */
interface MakeableHub extends Hub {
  make(): Promise<void>;
}

/** The hub at a place that `placeFor` gave. Nothing is contacted yet. */
export function openHub(place: string, { folder, store }: Pick<Open, 'folder' | 'store'>, { hubs, bucketKeys }: Machine): MakeableHub {
  const { env, platform } = process;
  const { host } = store;
  const pace = new Pace(readConfig(store.files).bandwidth);
  const parsed = parsePlace(place);
  switch (parsed.kind) {
    case 'git': {
      const around = { instance: folder, env, platform };
      const program = { file: findProgram('git', around) ?? 'git', env: programEnvironment(around) };
      const options = { place: parsed, cache: path.join(hubs, hash('sha256', parsed.address)), program, host, pace };
      return parsed.address.includes(AREA) ? new AreaRepositories(options) : new RepositoryHub(options);
    }
    case 's3':
      return new BucketHub(parsed, { host, keys: keysFrom(bucketKeys, environmentKeys(env, os.homedir())), env, pace });
    case 'folder':
    case 'share':
    case 'elsewhere':
      return new FolderHub(place, host);
  }
}

/** Those that a person entered for the bucket count more than what is around for all of its server. */
function keysFrom(entered: Machine['bucketKeys'], others: KeySource): KeySource {
  return async (place) => (await entered?.(bucketAddress(place))) ?? others(place);
}

/**
 * The place as it is kept and shown. @throws SnapstageError `usage` for what is no place of this system; `refused` for one in the folder of
 * the instance, or around it.
 */
export function placeFor({ folder }: { readonly folder: string }, hub: string | HubPlace): string {
  const place = typeof hub === 'string' ? parsePlace(hub) : hub;
  if (place.kind === 'elsewhere') {
    const message = `The hub ${place.path} is a place on another kind of system. Say where it is on this machine.`;
    throw new SnapstageError('usage', message, { reason: 'hub-elsewhere', hub: place.path });
  }
  const own = folderOf(place);
  if (own !== undefined) refuseUnlessApart(own, folder);
  return place.kind === 'git' ? place.path : (own ?? place.path);
}

/** The folder that a hub is in, on this machine or on a share; `undefined` for one that is reached otherwise. */
export function hubFolder(place: string): string | undefined {
  return folderOf(parsePlace(place));
}

/** Whether it takes a network to reach a hub; of a share or a synced folder the system knows. */
export function hubNeedsNetwork(place: string): boolean {
  return needsNetwork(parsePlace(place));
}

function folderOf(place: HubPlace): string | undefined {
  if (place.kind === 'git') return place.protocol === 'file' ? fileURLToPath(place.address) : undefined;
  return place.kind === 's3' ? undefined : path.normalize(place.path);
}

function parsePlace(place: string): HubPlace {
  return parseHubPlace(place, { shares: true });
}
