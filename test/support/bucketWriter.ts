/**
 * A process that writes to a hub in a bucket: `place id secret own count` makes `count` files of its own below `logs/<own>`, and as many that
 * all others try to make too, below `shared`. Then it prints, as JSON, which of those it was told that it made. With `large` for `count` it
 * makes one of 60 MB, and is killed by who started it.
 */
import { Work } from '../../src/base/work.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { BucketHub } from '../../src/space/hub/s3/bucketHub.ts';
import { parseBucketPlace } from '../../src/space/hub/s3/bucketPlace.ts';

const LARGE = 60 << 20;

const [place, id, secret, own, count] = process.argv.slice(2) as [string, string, string, string, string];
const hub = new BucketHub(parseBucketPlace(place), { host: nodeHost(), keys: () => Promise.resolve({ id, secret }) });
if (count === 'large') {
  const work = new Work({ onProgress: ({ bytes }) => void process.stdout.write(`${bytes}\n`) });
  await hub.create('areas/a/large', Buffer.alloc(LARGE, 7), work);
} else {
  const made: string[] = [];
  for (let i = 0; i < Number(count); i++) {
    await hub.create(`logs/${own}/${i}`, Buffer.from(`${own} ${i}`));
    if (await hub.create(`shared/${i}`, Buffer.from(own))) made.push(`shared/${i}`);
  }
  process.stdout.write(JSON.stringify(made));
}
