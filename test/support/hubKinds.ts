/**
 * Where hubs of tests are: in folders, or, as SNAPSTAGE_TEST_HUB says, in git repositories (`git`) or in buckets of a server that is started
 * for that (`s3`).
 */
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FolderHub } from '../../src/space/hub/folderHub.ts';
import { RepositoryHub } from '../../src/space/hub/git/repositoryHub.ts';
import { BucketHub } from '../../src/space/hub/s3/bucketHub.ts';
import { skip } from '../rig/skip.ts';
import { BadProxy } from './badProxy.ts';
import type { Workbench } from './folders.ts';
import { GIT, hubAt } from './hubAt.ts';
import { HubFiles } from './hubFiles.ts';
import { Ceph } from './s3Servers.ts';

const kind = process.env['SNAPSTAGE_TEST_HUB'];

/** What the hubs of this run are. */
export const HubClass = kind === 'git' ? RepositoryHub : kind === 's3' ? BucketHub : FolderHub;

/** A server, and what stands before it so that it can go away. */
let server: { readonly ceph: Ceph; readonly proxy: BadProxy } | undefined;

if (kind === 's3') {
  before(async function () {
    if (Ceph.lacks !== undefined) skip(this, Ceph.lacks);
    const ceph = new Ceph();
    await ceph.start();
    const proxy = await BadProxy.before(ceph.port);
    server = { ceph, proxy };
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: ceph.owner.id,
      AWS_SECRET_ACCESS_KEY: ceph.owner.secret,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${proxy.port}`,
    });
  });
  after(async () => {
    await server?.proxy[Symbol.asyncDispose]();
    await server?.ceph.stop();
  });
}

/** For what only folders do. */
export function inFoldersOnly(context: Mocha.Context, why: string): void {
  if (kind !== undefined) skip(context, why);
}

/** A place with no hub yet. */
export async function newHubPlace(bench: Workbench): Promise<string> {
  const folder = bench.place();
  if (kind === 'git') return `${GIT}file://${folder}.git`;
  if (server === undefined) return folder;
  const { bucket, prefix } = await server.ceph.place();
  return server.ceph.at(bucket, prefix, server.proxy.port).path;
}

/** What lies in the hub at a place. */
export function hubFilesAt(bench: Workbench, place: string): HubFiles {
  const cache = bench.place();
  return new HubFiles(() => hubAt(place, cache));
}

/** Takes the hub at a place away; what it resolves to brings it back as it was. */
export async function takeAway(place: string): Promise<() => Promise<void>> {
  if (server !== undefined) {
    const { proxy } = server;
    await proxy.leave();
    return () => proxy.comeBack();
  }
  const folder = kind === 'git' ? fileURLToPath(place.slice(GIT.length)) : place;
  const away = `${folder}-away`;
  fs.renameSync(folder, away);
  return async () => {
    // What was made in its place has nothing of it.
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(away, folder);
  };
}
