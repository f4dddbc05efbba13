import assert from 'node:assert/strict';
import { Work } from '../../../src/base/work.ts';
import { RepositoryHub } from '../../../src/space/hub/git/repositoryHub.ts';
import type { Hub } from '../../../src/space/hub/hub.ts';
import { Pace } from '../../../src/space/hub/pace.ts';
import { rejected, seededBytes, Workbench } from '../../support/folders.ts';
import { newPathHub } from '../../support/gitHubs.ts';
import { MemoryS3 } from '../../support/memoryS3.ts';

/** Milliseconds. */
async function timed(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

describe('the pace of a hub', () => {
  const bench = new Workbench();
  afterEach(() => bench.clear());

  it('lets no more pass than it may, of all transfers together', async () => {
    const pace = new Pace(200_000);
    const took = await timed(() => Promise.all([1, 2, 3].map(() => pace.pass(20_000, new Work()))));
    assert.ok(took >= 290, `${took} ms`);
    assert.equal(pace.slice(1 << 20), 25_000);
  });

  it('saves nothing up while nothing passes', async () => {
    const pace = new Pace(1_000_000);
    await pace.pass(1, new Work());
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok((await timed(() => pace.pass(200_000, new Work()))) >= 190);
  });

  it('is as quick as can be without a limit, and ends when it is cancelled', async () => {
    const pace = new Pace();
    await pace.pass(Number.MAX_SAFE_INTEGER, new Work());
    assert.equal(pace.slice(77), 77);
    const work = new Work();
    setTimeout(() => work.cancel.cancel(), 50);
    await rejected(new Pace(1).pass(1_000_000, work), 'cancelled');
  });

  /** What one sends, another one gets, each in no fewer milliseconds. */
  async function takeTheirTime(least: number, content: Buffer, sender: Hub, getter: Hub): Promise<void> {
    assert.ok((await timed(() => sender.create('logs/a1/1', content))) >= least);
    const parts: Buffer[] = [];
    const into = { append: (part: Uint8Array) => parts.push(Buffer.from(part)) };
    assert.ok((await timed(() => getter.fetch('logs/a1/1', into, content.length, new Work()))) >= least);
    assert.ok(Buffer.concat(parts).equals(content));
  }

  it('holds for what goes to a bucket and comes from it', async () => {
    await using server = await MemoryS3.start();
    const hub = server.hub({ pace: new Pace(400_000) });
    await hub.make();
    // What went last is answered at once: the next one waits for it.
    await takeTheirTime(370, seededBytes(1, 200_000), hub, hub);
    const work = new Work();
    setTimeout(() => work.cancel.cancel(), 100);
    await rejected(hub.create('logs/a1/2', seededBytes(2, 4_000_000), work), 'cancelled');
    assert.equal(await hub.read('logs/a1/2', 4_000_000), undefined);
  });

  it('holds for what goes to a repository and comes from it', async () => {
    const { options } = await newPathHub(bench);
    const paced = (cache: string): Hub => new RepositoryHub({ ...options, cache, pace: new Pace(1_000_000) });
    await takeTheirTime(490, seededBytes(3, 500_000), paced(options.cache), paced(bench.place()));
  });
});
