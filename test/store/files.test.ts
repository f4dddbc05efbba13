import assert from 'node:assert/strict';
import fs, { existsSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskFiles } from '../../src/store/disk.ts';
import type { StoreFiles } from '../../src/store/files.ts';
import { Store } from '../../src/store/store.ts';
import { skip } from '../rig/skip.ts';
import { FaultyFiles, MemoryFiles, VolatileFiles } from '../support/faultyFiles.ts';

const isMissing = { code: 'ENOENT' };

/** What every adapter of StoreFiles must do. */
function contract(name: string, open: () => StoreFiles): void {
  describe(`StoreFiles contract: ${name}`, () => {
    let files: StoreFiles;

    beforeEach(() => {
      files = open();
      files.makeFolder('');
      files.makeFolder('packs');
    });

    it('says what is missing in each way it was asked', () => {
      assert.equal(files.read('packs/none'), undefined);
      assert.equal(files.size('packs/none'), undefined);
      assert.deepEqual(files.list('nowhere'), []);
      assert.throws(() => files.openRead('packs/none'), isMissing);
      files.remove('packs/none');
      files.removeFolder('nowhere');
    });

    it('creates a file once, and appends to it', () => {
      const file = files.create('packs/one');
      file.append(Buffer.from('ab'));
      file.append(Buffer.alloc(0));
      file.append(Buffer.from('cde'));
      file.flush();
      file.close();
      assert.equal(files.read('packs/one')?.toString(), 'abcde');
      assert.equal(files.size('packs/one'), 5);
      assert.throws(() => files.create('packs/one'), { code: 'EEXIST' });
      assert.equal(files.read('packs/one')?.toString(), 'abcde');
    });

    it('reads parts, and fewer bytes only at the end', () => {
      files.write('packs/one', Buffer.from('0123456789'), false);
      const file = files.openRead('packs/one');
      const part = Buffer.alloc(4, '.');
      assert.equal(file.size, 10);
      assert.equal(file.read(part, 3), 4);
      assert.equal(part.toString(), '3456');
      assert.equal(file.read(part, 8), 2);
      assert.equal(part.toString(), '8956');
      assert.equal(file.read(part, 10), 0);
      file.close();
    });

    it('replaces a file whole; an open reader keeps what it opened', () => {
      files.write('packs/one', Buffer.from('old content'), true);
      const file = files.openRead('packs/one');
      files.write('packs/one', Buffer.from('new'), true);
      const seen = Buffer.alloc(11);
      assert.equal(file.read(seen, 0), 11);
      assert.equal(seen.toString(), 'old content');
      file.close();
      assert.equal(files.read('packs/one')?.toString(), 'new');
      assert.deepEqual(files.list('packs'), ['one']);
    });

    it('keeps no hold on the bytes it was given', () => {
      const bytes = Buffer.from('abc');
      files.write('one', bytes, false);
      bytes.fill(0);
      assert.equal(files.read('one')?.toString(), 'abc');
    });

    it('lists names, removes files and folders', () => {
      files.makeFolder('journal/staging');
      for (const one of ['packs/a', 'packs/b', 'journal/staging/0', 'format']) files.write(one, Buffer.from('x'), false);
      assert.deepEqual(files.list('packs').toSorted(), ['a', 'b']);
      assert.ok(files.list('').includes('format'));
      files.remove('packs/a');
      assert.deepEqual(files.list('packs'), ['b']);
      files.removeFolder('journal/staging');
      assert.deepEqual(files.list('journal/staging'), []);
      assert.equal(files.read('journal/staging/0'), undefined);
      files.flushFolder('packs');
      files.flushFolder('');
    });
  });
}

describe('StoreFiles', () => {
  let temp: string;
  let folders = 0;

  before(() => (temp = mkdtempSync(join(tmpdir(), 'snapstage-files-'))));
  after(() => rmSync(temp, { recursive: true, force: true }));

  contract('DiskFiles', () => new DiskFiles(join(temp, String(folders++))));
  contract('MemoryFiles', () => new MemoryFiles());
  contract('FaultyFiles', () => new FaultyFiles(new MemoryFiles(), () => undefined));
  contract('VolatileFiles', () => new VolatileFiles());

  it('DiskFiles leaves no temporary file when a write fails', () => {
    const root = join(temp, 'failing');
    const files = new DiskFiles(root);
    files.makeFolder('');
    assert.throws(() => files.write('missing/folder/name', Buffer.from('x'), true), isMissing);
    files.makeFolder('taken');
    assert.throws(() => files.write('taken', Buffer.from('x'), true), { code: 'EISDIR' });
    assert.deepEqual(readdirSync(root), ['taken']);
  });

  it('DiskFiles makes a folder that was lost anew, but not the store’s own', () => {
    const root = join(temp, 'lost');
    const files = new DiskFiles(root);
    for (const name of ['packs/one', 'locks/1']) assert.throws(() => files.create(name), isMissing);
    assert.throws(() => files.write('journal/done', Buffer.from('x'), true), isMissing);
    assert.equal(existsSync(root), false);
    files.makeFolder('');
    files.create('locks/1').close();
    files.write('journal/done', Buffer.from('x'), true);
    assert.deepEqual(files.list('').toSorted(), ['journal', 'locks']);
  });

  it('DiskFiles keeps away from temporary files of others that have its number', () => {
    const root = join(temp, 'numbers');
    const [one, other] = [new DiskFiles(root), new DiskFiles(root)];
    one.makeFolder('cache');
    const theirs = [0, 1].map((number) => `cache/stat.${process.pid}-${number}.tmp`);
    for (const name of theirs) {
      const file = other.create(name);
      file.append(Buffer.from('being written'));
      file.close();
    }
    one.write('cache/stat', Buffer.from('whole'), false);
    assert.equal(one.read('cache/stat')?.toString(), 'whole');
    for (const name of theirs) assert.equal(one.read(name)?.toString(), 'being written');
    assert.equal(one.list('cache').length, 3);
  });

  it('DiskFiles makes a new store’s own entry survive too, in the folder above it', function () {
    if (process.platform !== 'linux') skip(this, 'only Linux tells the path of an open file');
    const above = realpathSync(mkdtempSync(join(temp, 'above-')));
    const flushed: string[] = [];
    const { fsyncSync } = fs;
    fs.fsyncSync = (fd) => {
      flushed.push(readlinkSync(`/proc/self/fd/${fd}`).replace(/\.\d+-\d+\.tmp$/, ''));
      fsyncSync(fd);
    };
    syncBuiltinESMExports();
    try {
      Store.create(new DiskFiles(join(above, '.snapstage')));
    } finally {
      fs.fsyncSync = fsyncSync;
      syncBuiltinESMExports();
    }
    assert.deepEqual(flushed, [join(above, '.snapstage/format'), join(above, '.snapstage'), above]);
  });

  it('VolatileFiles loses exactly what was not flushed', () => {
    const files = new VolatileFiles();
    files.write('snapshots/safe', Buffer.from('1'), true);
    files.write('snapshots/lost', Buffer.from('2'), false);
    const pack = files.create('packs/flushed');
    pack.append(Buffer.from('3'));
    pack.flush();
    pack.append(Buffer.from('4'));
    assert.deepEqual([...files.afterCut('everything').contents.keys()], ['snapshots/safe']);
    files.flushFolder('packs');
    assert.equal(files.afterCut('everything').read('packs/flushed')?.toString(), '3');
    files.remove('snapshots/safe');
    assert.equal(files.afterCut('everything').read('snapshots/safe')?.toString(), '1');
    files.flushFolder('snapshots');
    assert.equal(files.afterCut('everything').read('snapshots/safe'), undefined);
  });
});
