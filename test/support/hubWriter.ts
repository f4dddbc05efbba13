/**
 * A process that makes files in a hub: `place cache folder writer count` makes `count` files of its own in a folder, and as many there that
 * all others try to make too. It names each file that it was told it made, one a line, as soon as it knows. With `large` for `count` it makes
 * one of 60 MB, and writes how many bytes are on their way. Keys for a bucket are in the environment.
 */
import { writeSync } from 'node:fs';
import { Work } from '../../src/base/work.ts';
import { hubAt } from './hubAt.ts';

const LARGE = 60 << 20;

const [place, cache, folder, writer, count] = process.argv.slice(2) as [string, string, string, string, string];
const say = (line: string | number): number => writeSync(1, `${line}\n`);

const hub = hubAt(place, cache);
if (count === 'large') {
  await hub.create(`${folder}/large`, Buffer.alloc(LARGE, 7), new Work({ onProgress: ({ bytes }) => void say(bytes) }));
} else {
  say('begins');
  for (let i = 0; i < Number(count); i++) {
    const own = `${folder}/${writer}-${i}`;
    if (await hub.create(own, Buffer.from(own.repeat(20)))) say(own);
    const shared = `${folder}/shared-${i}`;
    if (await hub.create(shared, Buffer.from(writer))) say(shared);
  }
}
