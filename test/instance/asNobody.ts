/** Run by `unreadable.test.ts` as an ordinary user, who, unlike root, may not read everything. Prints what it found as JSON. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openEngine } from '../../src/engine/engine.ts';
import { readFiles } from '../support/folders.ts';

const folder = process.argv[2]!;
const at = (name: string): string => path.join(folder, name);
const engine = openEngine({ folder });
await engine.init();
await engine.take({ name: 'whole' });

fs.chmodSync(at('secret.txt'), 0);
fs.chmodSync(at('secret-large.bin'), 0);
fs.chmodSync(at('locked'), 0);
fs.chmodSync(at('listed only'), 0o444);
const partial = await engine.take({ name: 'partial' });
const hinted = await engine.take({ hint: ['read-only/a.txt'] });
const named = await engine.take({ hint: ['secret.txt'] });
const report = await engine.verify({ readData: true });

for (const name of ['secret.txt', 'secret-large.bin', 'locked', 'listed only']) fs.chmodSync(at(name), 0o755);
fs.writeFileSync(at('open.txt'), 'edited');
const back = await engine.restore({ state: 'partial' });
for (const name of ['locked', 'listed only']) fs.chmodSync(at(name), 0o755);
const afterPartial = readFiles(folder);

// A folder that its owner may not write to is no obstacle: it is the owner's.
for (const name of ['read-only/a.txt', 'read-only/deep/b.txt']) fs.writeFileSync(at(name), 'edited');
fs.chmodSync(at('read-only/deep'), 0o555);
fs.chmodSync(at('read-only'), 0o555);
const readOnly = await engine.restore({ state: 'whole', paths: ['read-only'] });
const mode = fs.statSync(at('read-only')).mode & 0o7777;
const contents = [fs.readFileSync(at('read-only/a.txt'), 'utf8'), fs.readFileSync(at('read-only/deep/b.txt'), 'utf8')];
const copy = await engine.restore({ state: 'latest', to: `${folder}-copy` });

process.stdout.write(
  JSON.stringify({ partial, hinted, named, damage: report.damage, back, afterPartial, readOnly, mode, contents, copy: copy.problems }),
);
await engine.dispose();
