/** Files with several names: what is recorded of them depends on the names alone, not on this disk's numbers. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { Workbench } from '../support/folders.ts';

const bench = new Workbench();

describe('instance: hard links', () => {
  afterEach(() => bench.clear());

  it('give a clone the same folders', async () => {
    const { folder, engine } = await bench.instance({ 'a/one': '1', 'a/other': '2', 'm/plain': '3' });
    fs.linkSync(path.join(folder, 'a/one'), path.join(folder, 'm/also'));
    await engine.take({});
    const to = bench.place();
    await engine.clone({ state: 'latest', to });
    const clone = openEngine({ folder: to });
    assert.deepEqual(await folderIds(clone, 'latest'), await folderIds(engine, 'latest'));
    await clone.dispose();
  });

  it('keep together when only the folder of their first name moves', async () => {
    const { folder, engine } = await bench.instance({ 'a/one': '1', 'm/plain': '3', 'x/far': '4' });
    fs.linkSync(path.join(folder, 'a/one'), path.join(folder, 'm/also'));
    fs.linkSync(path.join(folder, 'a/one'), path.join(folder, 'x/too'));
    await engine.take({});
    fs.renameSync(path.join(folder, 'a'), path.join(folder, 'z'));
    await engine.take({});
    const to = bench.place();
    await engine.restore({ state: 'latest', to });
    assert.deepEqual(fileNames(to), [['m/also', 'x/too', 'z/one']]);
    const again = openEngine({ folder: to });
    await again.init();
    await again.take({});
    assert.deepEqual(await folderIds(again, 'latest'), await folderIds(engine, 'latest'), 'as if taken for the first time');
    await again.dispose();
  });

  it('to something outside the folder are no links in it', async () => {
    const outside = bench.place();
    fs.mkdirSync(outside);
    fs.writeFileSync(path.join(outside, 'f'), 'x');
    fs.utimesSync(path.join(outside, 'f'), 1_000_000, 1_000_000);
    const { folder, engine } = await bench.instance({ 'd/other': 'y' });
    fs.linkSync(path.join(outside, 'f'), path.join(folder, 'd/f'));
    const linked = await engine.take({});
    fs.rmSync(path.join(folder, 'd/f'));
    fs.copyFileSync(path.join(outside, 'f'), path.join(folder, 'd/f'));
    fs.utimesSync(path.join(folder, 'd/f'), 1_000_000, 1_000_000);
    const copied = await engine.take({});
    assert.deepEqual(await folderIds(engine, copied.id), await folderIds(engine, linked.id));
  });
});

async function folderIds(engine: EngineApi, state: string): Promise<Record<string, string>> {
  const entries = await engine.ls({ state, path: '', recursive: true });
  return Object.fromEntries(entries.filter(({ kind }) => kind === 'folder').map((entry) => [entry.path, entry.id]));
}

/** Names of files that have several, file by file. */
function fileNames(folder: string): string[][] {
  const byInode = new Map<number, string[]>();
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = fs.lstatSync(path.join(folder, name));
    if (stat.isFile() && stat.nlink > 1) byInode.set(stat.ino, [...(byInode.get(stat.ino) ?? []), name]);
  }
  return [...byInode.values()];
}
