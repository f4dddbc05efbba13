/** A process that adds keys to a keyring, one after the other, and says each time that one is there: `folder`. Whoever started it kills it. */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { Keyring } from '../../src/space/keys/keyring.ts';

const [folder] = process.argv.slice(2) as [string];
const keyring = new Keyring(folder, nodeHost());
writeSync(1, 'begins\n');
for (;;) writeSync(1, `${await keyring.add('5e'.repeat(16), { signing: randomBytes(32), box: randomBytes(32) }, '/a')}\n`);
