/** Folders that change: just after a take, and while one runs. What is recorded is right, or said not to be. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineApi, SnapshotDetails } from '../../src/engine/api.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { StatCache } from '../../src/instance/statCache.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { Store } from '../../src/store/store.ts';
import { Kind } from '../../src/store/tree.ts';
import { readFiles, seededBytes, Workbench, writeFiles } from '../support/folders.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';
import { skip } from '../rig/skip.ts';

const bench = new Workbench();

/** Runs a script in another process until `stop`; it changes things below its first argument as fast as it can. */
async function changing(folder: string, script: string): Promise<() => Promise<void>> {
  const source = `const fs = require('node:fs'), path = require('node:path'); const root = process.argv[1]; const at = (n) => path.join(root, n);
    const end = Date.now() + 60000; process.stdout.write('ready'); for (let i = 0; Date.now() < end; i++) { try { ${script} } catch (e) { if (!e.code) throw e; } }`;
  const child: ChildProcess = spawn(process.execPath, ['-e', source, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
}

async function contentOf(engine: EngineApi, state: string, at: string): Promise<Buffer | undefined> {
  return engine.read({ state, path: at }).then(
    (bytes) => Buffer.from(bytes),
    () => undefined,
  );
}

/** What reading found; that somebody had it open says nothing of that. */
const notesOf = (snapshot: SnapshotDetails, at: string): string[] =>
  [...snapshot.evidence, ...snapshot.unreadable]
    .filter((note) => note.path === at && !note.reason.startsWith('open for writing'))
    .map((note) => note.reason);

describe('instance: a changing folder', () => {
  before(function () {
    if (process.platform === 'win32') skip(this, 'links, permissions and pipes of this kind are POSIX');
  });
  afterEach(() => bench.clear());

  it('is read again once when it changed right before a snapshot, and is known by its times from then on', async () => {
    const { folder, engine } = await bench.instance({ small: 'small', large: seededBytes(4, 2_000_000), 'b/c': 'c' });
    await engine.take({});
    const unproven = (): number => {
      const table = new StatCache().load(new Store(new DiskFiles(path.join(folder, '.snapstage')), nodeHost()));
      return [...table!.columns.ctimeMs].filter((time, row) => table!.columns.kind[row] === Kind.file && Number.isNaN(time)).length;
    };
    assert.equal(unproven(), 3);
    await sleep(2100);
    assert.equal((await engine.status({})).changes?.changed.length, 0);
    assert.equal(unproven(), 0);
    const { mtime } = fs.statSync(path.join(folder, 'large'));
    fs.writeFileSync(path.join(folder, 'large'), seededBytes(5, 2_000_000));
    fs.utimesSync(path.join(folder, 'large'), mtime, mtime);
    assert.deepEqual(
      (await engine.status({})).changes?.changed.map((change) => change.path),
      ['large'],
    );
  });

  it('is read by one look after a restore, whose table goes with the snapshot that it is of', async () => {
    const { folder, engine } = await bench.instance({ a: 'one', 'b/c': seededBytes(6, 100_000) });
    const table = () => new StatCache().load(new Store(new DiskFiles(path.join(folder, '.snapstage')), nodeHost()));
    const first = await engine.take({});
    writeFiles(folder, { a: 'two', 'b/c': 'two', 'b/d': 'two' });
    const second = await engine.take({});
    assert.equal(table()?.snapshot, second.id);
    await engine.restore({ state: first.id });
    await sleep(2100);
    await engine.status({});
    const { snapshot, columns } = table()!;
    assert.equal(snapshot, first.id);
    assert.deepEqual([columns.kind.length, columns.ctimeMs.some(Number.isNaN)], [3, false]);
    fs.utimesSync(path.join(folder, 'a'), 1, 1);
    await engine.status({});
    assert.equal(table()?.snapshot, first.id, 'no snapshot is as the folder is now');
    await engine.delete([first.id]);
    await engine.compact();
    assert.equal(table(), undefined);
    const { id } = await engine.take({});
    assert.equal((await contentOf(engine, id, 'a'))?.toString(), 'one');
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });

  it('edits of the same size right after a take are noticed by the next', async () => {
    const { folder, engine } = await bench.instance({ a: '0000', b: 'same' });
    await engine.take({});
    for (let i = 1; i < 60; i++) {
      writeFiles(folder, { a: String(i).padStart(4, '0') });
      const { id } = await engine.take({});
      assert.equal((await contentOf(engine, id, 'a'))?.toString(), String(i).padStart(4, '0'));
    }
  });

  it('folders that went with all that was in them before a take are no sign of a change during it', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`lib/part/deep/d${i % 40}/e/f${i}`, `${i}`]));
    const { folder, engine } = await bench.instance({ ...files, 'other/x/y': 'stays' });
    await engine.take({});
    fs.rmSync(path.join(folder, 'lib'), { recursive: true });
    const { evidence, consistency, folders } = await engine.take({});
    assert.deepEqual([evidence, consistency, folders], [[], 'consistent', 2]);
  });

  it('edits that put size and time back are noticed, also when the times had been trusted', async () => {
    const { folder, engine } = await bench.instance({ a: '0000', 'd/e': '0000' });
    const times = fs.statSync(path.join(folder, 'a'));
    for (let i = 1; i < 4; i++) {
      await sleep(i === 1 ? 0 : 2100);
      await engine.take({});
      await engine.take({});
      for (const name of ['a', 'd/e']) {
        writeFiles(folder, { [name]: `${i}${i}${i}${i}` });
        fs.utimesSync(path.join(folder, name), times.atime, times.mtime);
      }
      const diff = await engine.diff({ a: 'latest' });
      assert.deepEqual(
        diff.changed.map((one) => one.path),
        ['a', 'd/e'],
        `round ${i}`,
      );
      const { id } = await engine.take({});
      assert.equal((await contentOf(engine, id, 'd/e'))?.toString(), `${i}${i}${i}${i}`);
    }
  });

  it('every kind of change is noticed once times are trusted', async () => {
    const before = {
      edit: 'v1',
      gone: 'v1',
      grow: 'v1',
      'sub/kind': 'v1',
      'sub/mode': 'v1',
      'sub/deep/name': 'v1',
      swap1: 'one',
      swap2: 'two',
      time: 'v1',
    };
    const { folder, engine } = await bench.instance(before);
    const first = await engine.take({});
    await sleep(2100);
    await engine.take({});
    const at = (name: string): string => path.join(folder, name);
    writeFiles(folder, { edit: 'v2', grow: 'v1 and more', 'sub/deep/new': 'new' });
    fs.rmSync(at('gone'));
    fs.rmSync(at('sub/kind'));
    fs.symlinkSync('v1', at('sub/kind'));
    fs.chmodSync(at('sub/mode'), 0o755);
    fs.renameSync(at('sub/deep/name'), at('sub/deep/name2'));
    for (const [from, to] of [
      ['swap1', 'x'],
      ['swap2', 'swap1'],
      ['x', 'swap2'],
    ] as const)
      fs.renameSync(at(from), at(to));
    fs.utimesSync(at('time'), 1, 1);
    fs.linkSync(at('edit'), at('edit too'));
    const wanted = readManifest(folder);
    const second = await engine.take({});
    const to = bench.place();
    await engine.restore({ state: second.id, to });
    assert.deepEqual(manifestDifferences(wanted, readManifest(to), { anyTime: (name) => name === '' }), []);
    await engine.restore({ state: first.id });
    assert.deepEqual(readFiles(folder), { ...before, 'sub/': '', 'sub/deep/': '' });
  });

  it('a hinted take looks only at what is named, and finds all of it', async () => {
    const { folder, engine } = await bench.instance({ 'a/b/c': '1', 'a/b/d': '1', 'x/y': '1', 'gone/z': '1', top: '1' });
    await engine.take({});
    writeFiles(folder, { 'a/b/c': '2', 'new/deep/er': 'n', top: '2', 'x/y': 'unnamed' });
    fs.rmSync(path.join(folder, 'gone'), { recursive: true });
    const { id, evidence, files, folders } = await engine.take({ hint: ['a/b/c', 'new/deep/er', 'gone/z', 'top', 'never/was'] });
    const seen = Object.fromEntries(
      await Promise.all(
        ['a/b/c', 'a/b/d', 'new/deep/er', 'top', 'gone/z'].map(async (at) => [at, (await contentOf(engine, id, at))?.toString()]),
      ),
    );
    assert.deepEqual(seen, { 'a/b/c': '2', 'a/b/d': '1', 'new/deep/er': 'n', top: '2', 'gone/z': undefined });
    assert.equal(evidence.length, 1);
    assert.deepEqual([files, folders], [5, 5]);
    const full = await engine.take({});
    assert.equal((await contentOf(engine, full.id, 'x/y'))?.toString(), 'unnamed');
    assert.equal((await engine.verify({ readData: true })).damage.length, 0);
  });

  it('a file that is rewritten all the time is never a mixture that is called consistent', async () => {
    const { folder, engine } = await bench.instance();
    // Emptied and written anew in pieces: on the disk there is never more than one version, so a mixture was torn by the reader.
    const size = 400_000;
    const stop = await changing(
      folder,
      `const b = Buffer.alloc(50000, 33 + (i % 90)); const fd = fs.openSync(at('f'), 'w'); for (let j = 0; j < 8; j++) fs.writeSync(fd, b); fs.closeSync(fd);`,
    );
    const wrong: string[] = [];
    let noted = 0;
    try {
      const end = Date.now() + 5000;
      for (let i = 0; Date.now() < end; i++) {
        const taken = await engine.take({ force: true });
        const content = await contentOf(engine, taken.id, 'f');
        assert.equal(taken.consistency, taken.evidence.length > 0 ? 'crash-consistent' : 'consistent');
        if (notesOf(taken, 'f').length > 0) noted += 1;
        else if (content !== undefined && !content.every((byte) => byte === content[0]))
          wrong.push(`take ${i}: ${content.length} of ${size} bytes, a mixture`);
      }
    } finally {
      await stop();
    }
    assert.ok(noted > 0, 'it never changed while it was read');
    assert.deepEqual(wrong, []);
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });

  it('a large file that is rewritten while it is read is recorded as such', async () => {
    const { folder, engine } = await bench.instance({ large: Buffer.alloc(40_000_000, 1) });
    const stop = await changing(
      folder,
      `const fd = fs.openSync(at('large'), 'r+'); fs.writeSync(fd, Buffer.alloc(500000, i % 250), 0, 500000, (i % 80) * 500000); fs.closeSync(fd);`,
    );
    let noted = 0;
    try {
      for (let i = 0; i < 4; i++) {
        const taken = await engine.take({ force: true });
        noted += notesOf(taken, 'large').length > 0 ? 1 : 0;
        const [entry] = await engine.ls({ state: taken.id, path: 'large' });
        assert.equal((await contentOf(engine, taken.id, 'large'))!.length, entry!.size);
        assert.equal(taken.consistency, taken.evidence.length > 0 ? 'crash-consistent' : 'consistent');
      }
    } finally {
      await stop();
    }
    assert.ok(noted >= 3, `noted ${noted} times of 4`);
    const quiet = await engine.take({});
    assert.deepEqual([quiet.evidence, quiet.consistency], [[], 'consistent']);
    assert.ok((await contentOf(engine, quiet.id, 'large'))!.equals(fs.readFileSync(path.join(folder, 'large'))));
  });

  const storms: Readonly<Record<string, string>> = {
    'grows and shrinks across every border of size': `fs.writeFileSync(at('f'), Buffer.alloc([0, 1, 1000, 524287, 524288, 600000, 3000000][i % 7], i % 250));`,
    'vanishes and comes again': `fs.rmSync(at('f'), { force: true }); fs.writeFileSync(at('f'), 'text ' + i); fs.renameSync(at('f'), at('g')); fs.renameSync(at('g'), at('f'));`,
    'turns into a folder, a link, and back': `fs.rmSync(at('f'), { recursive: true, force: true }); if (i % 3 === 0) { fs.mkdirSync(at('f/inside'), { recursive: true }); fs.writeFileSync(at('f/inside/x'), 'x'); } else if (i % 3 === 1) fs.symlinkSync('/etc/hostname', at('f')); else fs.writeFileSync(at('f'), Buffer.alloc(i % 2 ? 100 : 700000, 7));`,
    'is a folder whose entries come and go': `fs.rmSync(at('d'), { recursive: true, force: true }); for (let j = 0; j < 5; j++) { fs.mkdirSync(at('d/e' + j + '/deep'), { recursive: true }); fs.writeFileSync(at('d/e' + j + '/deep/f' + (i % 3)), 'x' + i); }`,
    'is a folder that turns into a file': `fs.rmSync(at('d'), { recursive: true, force: true }); if (i % 2) fs.writeFileSync(at('d'), 'file'); else { fs.mkdirSync(at('d')); for (let j = 0; j < 9; j++) fs.writeFileSync(at('d/' + j), 'x'); }`,
    'is a pipe now and then': `fs.rmSync(at('f'), { force: true }); if (i % 8 === 0) require('node:child_process').execFileSync('mkfifo', [at('f')]); else fs.writeFileSync(at('f'), 'x');`,
  };
  for (const [what, script] of Object.entries(storms)) {
    it(`something that ${what} ends in snapshots that restore`, async () => {
      const { folder, engine } = await bench.instance({ steady: 'steady', 'sub/steady': seededBytes(5, 600_000) });
      const stop = await changing(folder, script);
      const ids: string[] = [];
      try {
        const end = Date.now() + 1500;
        while (Date.now() < end) {
          const taken = await engine.take({ force: true });
          ids.push(taken.id);
          for (const note of [...taken.unreadable, ...taken.evidence]) assert.match(note.path, /^([fgd]\b|$)/, JSON.stringify(note));
          assert.equal(taken.partial, taken.unreadable.length > 0);
        }
      } finally {
        await stop();
      }
      for (const id of ids.slice(-8)) {
        const to = bench.place();
        const outcome = await engine.restore({ state: id, to });
        assert.deepEqual(outcome.problems, []);
        assert.equal(fs.readFileSync(path.join(to, 'steady'), 'utf8'), 'steady');
        const shown = await engine.show(id);
        const entries = await engine.ls({ state: id, path: '', recursive: true });
        const counted = (kind: string): number => entries.filter((entry) => entry.kind === kind).length;
        assert.deepEqual([shown.files, shown.folders, shown.links], [counted('file'), counted('folder'), counted('link')]);
        assert.equal(
          shown.bytes,
          entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.size : 0), 0),
        );
      }
      assert.deepEqual((await engine.verify({ readData: true })).damage, []);
      const wanted = readManifest(folder);
      const last = await engine.take({});
      const to = bench.place();
      await engine.restore({ state: last.id, to });
      assert.deepEqual(
        manifestDifferences(wanted, readManifest(to), {
          onlyFirst: (name) => wanted.get(name)!.kind === 'pipe',
          anyTime: (name) => name === '',
        }),
        [],
      );
    });
  }
});
