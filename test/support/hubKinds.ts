/**
 * Where hubs of tests are: in folders, or, as SNAPSTAGE_TEST_HUB says, in git repositories (`git`) or in buckets of a server that is started
 * for that (`s3`).
 */
import { skip } from '../rig/skip.ts';
import type { Workbench } from './folders.ts';
import { Ceph } from './s3Servers.ts';

const kind = process.env['SNAPSTAGE_TEST_HUB'];
let server: Ceph | undefined;

if (kind === 's3') {
  before(async function () {
    if (Ceph.lacks !== undefined) skip(this, Ceph.lacks);
    server = new Ceph();
    await server.start();
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: server.owner.id,
      AWS_SECRET_ACCESS_KEY: server.owner.secret,
      AWS_ENDPOINT_URL_S3: server.endpoint,
    });
  });
  after(() => server?.stop());
}

/** For tests that look at a hub's files by themselves. */
export function inFoldersOnly(context: Mocha.Context): void {
  if (kind !== undefined) skip(context, 'it looks at the files of a hub in a folder');
}

/** A place with no hub yet. */
export async function newHubPlace(bench: Workbench): Promise<string> {
  const folder = bench.place();
  if (kind === 'git') return `git+file://${folder}.git`;
  return server === undefined ? folder : (await server.place()).path;
}
