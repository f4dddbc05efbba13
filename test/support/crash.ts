/**
 * A process that works on an instance and kills itself at one of its store operations: `folder action at torn [argument [to]]`.
 * With `any` for `at` it says that it begins, works as always, and is killed by who started it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../src/engine/engine.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { STORE_FOLDER } from '../../src/store/store.ts';
import { FaultyFiles } from './faultyFiles.ts';

const actions: Readonly<Record<string, (engine: EngineApi, argument: string, to: string) => Promise<unknown>>> = {
  take: (engine) => engine.take({ name: 'last' }),
  takeAutomatic: (engine, reason) => engine.takeAutomatic({ reason }),
  restore: (engine, state) => engine.restore({ state }),
  restoreCarefully: (engine, state) => engine.restore({ state, careful: true }),
  restoreTo: (engine, state, to) => engine.restore({ state, to }),
  restoreInto: (engine, state, to) => engine.restore({ state, to, paths: ['large', 'data'] }),
  restoreTable: (engine, state) => engine.restoreTable({ state, database: 'app.db', table: 't' }),
  clone: (engine, state, to) => engine.clone({ state, to }),
  cloneLinked: (engine, state, to) => engine.clone({ state, to, linked: true }),
  detach: (engine) => engine.detach(),
  export: (engine, state, to) => engine.exportSnapshot({ state, to, format: 'bundle' }),
  exportTar: (engine, state, to) => engine.exportSnapshot({ state, to, format: 'tar' }),
  import: (engine, from) => engine.importSnapshot({ from }),
  copy: (engine, state, to) => engine.copySnapshot({ state, to }),
  delete: (engine, id) => engine.delete([id]),
  compact: (engine) => engine.compact(),
};

const [folder, action, at, torn, argument = '', to = ''] = process.argv.slice(2) as [string, string, string, string, string?, string?];
let count = 0;
if (at === 'any') writeFileSync(1, 'begins\n');
const files = new FaultyFiles(new DiskFiles(join(folder, STORE_FOLDER)), (operation) => {
  count += 1;
  if (count !== Number(at)) return;
  if (torn === 'torn') operation.tear();
  process.kill(process.pid, 'SIGKILL');
});
const engine = openEngine(at === 'any' ? { folder } : { folder, files });
await actions[action]!(engine, argument, to);
await engine.dispose();
// Nobody was killed: how many operations there are to be killed at.
writeFileSync(1, String(count));
