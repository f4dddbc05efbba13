/** The hub at a place, for tests. */
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { FolderHub } from '../../src/space/hub/folderHub.ts';
import { RepositoryHub } from '../../src/space/hub/git/repositoryHub.ts';
import type { Hub } from '../../src/space/hub/hub.ts';
import { BucketHub } from '../../src/space/hub/s3/bucketHub.ts';
import { parseBucketPlace } from '../../src/space/hub/s3/bucketPlace.ts';
import { environmentKeys } from '../../src/space/hub/s3/environmentKeys.ts';
import { placeAt, program } from './gitHubs.ts';

export const GIT = 'git+';

/** `cache`: a folder for what was fetched from a git repository. Keys for a bucket are in the environment. Nothing is contacted yet. */
export function hubAt(place: string, cache: string): Hub {
  const host = nodeHost();
  if (place.startsWith(GIT)) return new RepositoryHub({ place: placeAt(place.slice(GIT.length)), cache, program, host });
  if (place.startsWith('s3:')) return new BucketHub(parseBucketPlace(place), { host, keys: environmentKeys(process.env, cache) });
  return new FolderHub(place, host);
}
