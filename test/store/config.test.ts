import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { changeConfig, readConfig } from '../../src/store/config.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { rejected, Workbench, writeFiles } from '../support/folders.ts';

const bench = new Workbench();

describe('choices for a store', () => {
  it('hold until they are taken back, and leave those of newer versions alone', () => {
    const folder = bench.folder();
    writeFiles(folder, { config: '{ "later": true }' });
    const files = new DiskFiles(folder);
    assert.deepEqual(readConfig(files), { compression: 3 });
    assert.deepEqual(changeConfig(files, { compression: 7 }), { compression: 7 });
    assert.deepEqual(JSON.parse(files.read('config')!.toString()), { later: true, compression: 7 });
    assert.deepEqual(changeConfig(files, { compression: undefined }), { compression: 3 });
  });

  it('are the defaults where nothing else can be understood', () => {
    for (const text of [
      '',
      'no json',
      '[]',
      'null',
      '7',
      '{"compression":0}',
      '{"compression":"9"}',
      '{"compression":2.5}',
      '{"compression":99}',
      '{"budget":0}',
      '{"budget":"20GB"}',
      '{"bandwidth":31999}',
      '{"bandwidth":"1MB"}',
    ]) {
      const folder = bench.folder();
      writeFiles(folder, { config: text });
      assert.deepEqual(readConfig(new DiskFiles(folder)), { compression: 3 }, text);
      assert.deepEqual(changeConfig(new DiskFiles(folder), { compression: 1 }), { compression: 1 }, text);
    }
  });

  it('must make sense', async () => {
    const { engine } = await bench.instance({});
    for (const compression of [0, 20, 2.5, Number.NaN]) await rejected(engine.config({ compression }), 'usage');
    for (const budget of [0, -1, 2.5, Number.NaN, 2 ** 60]) await rejected(engine.config({ budget }), 'usage');
    for (const bandwidth of [0, 31_999, 1e6 + 0.5, Number.NaN]) await rejected(engine.config({ bandwidth }), 'usage');
    assert.deepEqual(await engine.config({ bandwidth: 32_000 }), { compression: 3, bandwidth: 32_000 });
    assert.deepEqual(await engine.config({ bandwidth: null }), { compression: 3 });
    assert.deepEqual(await engine.config({}), { compression: 3 });
  });

  it('make what is stored smaller', async () => {
    const text = fs.readFileSync(new URL('../../package-lock.json', import.meta.url));
    const sizes: number[] = [];
    for (const compression of [1, 19]) {
      const { engine } = await bench.instance({ 'a.txt': text });
      await engine.config({ compression });
      await engine.take({});
      assert.deepEqual((await engine.verify({ readData: true })).damage, []);
      sizes.push((await engine.status({ changes: false })).storeBytes);
    }
    assert.ok(sizes[1]! < sizes[0]! * 0.95, sizes.join());
  });
});
