/**
 * A process that makes files in a hub in a git repository: `address cache folder writer count`. It names each file that it was told it
 * made, one a line, as soon as it knows.
 */
import { writeSync } from 'node:fs';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { RepositoryHub } from '../../src/space/hub/git/repositoryHub.ts';
import { placeAt, program } from './gitHubs.ts';

const [address, cache, folder, writer, count] = process.argv.slice(2) as [string, string, string, string, string];
const hub = new RepositoryHub({ place: placeAt(address), cache, program, host: nodeHost() });
writeSync(1, 'begins\n');
for (let i = 0; i < Number(count); i++) {
  const name = `${folder}/${writer}-${i}`;
  if (await hub.create(name, Buffer.from(name.repeat(20)))) writeSync(1, `${name}\n`);
}
