import { skip } from '../../rig/skip.ts';
import { bucketTests } from '../../support/bucketTests.ts';
import { Swift } from '../../support/s3Servers.ts';

describe('a hub in a bucket of Swift', () => {
  let server: Swift;

  before(async function () {
    if (Swift.lacks !== undefined) skip(this, Swift.lacks);
    server = new Swift();
    await server.start();
  });
  after(() => server?.stop());

  bucketTests('BucketHub on Swift', () => server, false);
});
