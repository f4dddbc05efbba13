/** Trees and folders that were made to lead a restore astray. Nothing may be written outside the target folder. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SnapstageError } from '../../src/base/errors.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { Claims } from '../../src/store/claims.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { ObjectWriter } from '../../src/store/objectWriter.ts';
import { Store } from '../../src/store/store.ts';
import { encodeTree, Kind, type TreeEntry } from '../../src/store/tree.ts';
import { readFiles, rejected, Workbench, writeFiles } from '../support/folders.ts';
import { record } from '../support/forge.ts';
import { skip } from '../rig/skip.ts';

const bench = new Workbench();

interface Forged {
  readonly name: string;
  readonly content: string | readonly Forged[] | { readonly link: string };
}

/** Stores a snapshot with this tree, through the store's own writer, which trusts its caller. Returns its id. */
function forge(folder: string, tree: readonly Forged[]): string {
  const host = nodeHost();
  const files = new DiskFiles(path.join(folder, '.snapstage'));
  const store = new Store(files, host);
  const writer = new ObjectWriter({
    files,
    index: store.index,
    claims: Claims.forObjects(100),
    reader: store.reader,
    newName: () => host.randomHex(16),
    level: 3,
  });
  const put = (entries: readonly Forged[]): Buffer => writer.put(encodeTree(entries.map((entry) => entryOf(entry))), 'meta');
  const entryOf = ({ name, content }: Forged): TreeEntry => {
    const common = { name, mode: 0o755, flags: 0, mtime: 1_700_000_000_000_000_000n, group: 0n };
    if (typeof content === 'string')
      return { ...common, kind: Kind.file, size: content.length, id: writer.put(Buffer.from(content), 'data') };
    if ('link' in content)
      return { ...common, kind: Kind.link, size: content.link.length, id: writer.put(Buffer.from(content.link), 'data') };
    return { ...common, kind: Kind.folder, size: 0, id: put(content) };
  };
  const root = put(tree).toString('hex');
  writer.finish();
  const forged = { ...record, root, rootMtime: '1700000000000000000', created: new Date().toISOString(), sequence: 1000 };
  const id = store.snapshots.add(forged, { name: 'forged', description: null, pinned: false });
  store.close();
  return id;
}

describe('instance: hostile input', () => {
  before(function () {
    if (process.platform === 'win32') skip(this, 'links, permissions and pipes of this kind are POSIX');
  });
  let outside: string;
  beforeEach(() => {
    outside = bench.folder();
    writeFiles(outside, { sentinel: 'untouched', 'folder/inner': 'untouched' });
  });
  afterEach(async () => {
    assert.deepEqual(readFiles(outside), { sentinel: 'untouched', 'folder/': '', 'folder/inner': 'untouched' });
    assert.deepEqual([fs.statSync(outside).mode & 0o7777, fs.statSync(path.join(outside, 'folder')).mode & 0o7777], [0o700, 0o755]);
    await bench.clear();
  });

  const file = (name: string): Forged => ({ name, content: 'evil' });
  const trees: Readonly<Record<string, readonly Forged[]>> = {
    'a name that leads upward': [file('..')],
    'a name that is the folder itself': [{ name: '.', content: [file('x')] }],
    'an upward path as a name': [file('../escaped')],
    'an upward path below a folder': [{ name: 'a', content: [{ name: '..', content: [file('escaped')] }] }],
    'an absolute path as a name': [file('/tmp/snapstage-escaped')],
    'a path as a name': [file('a/b')],
    'an empty name': [file('')],
    'a name with a zero byte': [file('a\0b')],
    'a name twice': [
      { name: 'x', content: { link: '..' } },
      { name: 'x', content: [file('escaped')] },
    ],
    'names out of order': [file('b'), file('a')],
  };
  for (const [what, tree] of Object.entries(trees)) {
    it(`${what} in a stored folder is damage, and nothing is written`, async () => {
      const { folder, engine } = await bench.instance({ 'mine.txt': 'mine' });
      await engine.take({});
      const parent = fs.readdirSync(path.dirname(folder));
      forge(folder, tree);
      const to = bench.place();
      for (const call of [
        () => engine.restore({ state: 'forged' }),
        () => engine.restore({ state: 'forged', to }),
        () => engine.planRestore({ state: 'forged' }),
      ]) {
        await rejected(call(), 'damaged');
      }
      await rejected(engine.clone({ state: 'forged', to }), 'damaged');
      await rejected(engine.ls({ state: 'forged', path: '', recursive: true }), 'damaged');
      assert.deepEqual(readFiles(folder), { 'mine.txt': 'mine' });
      assert.deepEqual(fs.readdirSync(path.dirname(to)), []);
      assert.deepEqual(
        fs.readdirSync(path.dirname(folder)).filter((name) => name.includes('escaped')),
        parent.filter((name) => name.includes('escaped')),
      );
      const report = await engine.verify({});
      assert.ok(report.damage.length > 0, 'verify finds nothing');
    });
  }

  it('a store inside a stored folder never gets into the store here', async () => {
    const { folder, engine } = await bench.instance({ 'mine.txt': 'mine' });
    await engine.take({ name: 'good' });
    forge(folder, [
      { name: '.snapstage', content: [file('format'), { name: 'snapshots', content: [file('00000000000000000000000000000000')] }] },
      file('mine.txt'),
    ]);
    const to = bench.place();
    for (const request of [
      { state: 'forged' },
      { state: 'forged', to },
      { state: 'forged', paths: ['.snapstage'] },
      { state: 'forged', paths: ['.snapstage/format'] },
    ]) {
      await rejected(engine.restore(request), 'damaged');
    }
    await rejected(engine.clone({ state: 'forged', to }), 'damaged');
    assert.ok(!fs.existsSync(path.join(folder, '.snapstage/snapshots/00000000000000000000000000000000')));
    assert.equal((await engine.show('good')).name, 'good');
  });

  it('links that lead outside are links, and what is stored under their names replaces them', async () => {
    const { folder, engine } = await bench.instance({ sentinel: 'inside' });
    forge(folder, [
      { name: 'abs', content: { link: outside } },
      { name: 'dir', content: [{ name: 'folder', content: [file('inner')] }, file('sentinel')] },
      file('sentinel'),
    ]);
    for (const name of ['dir', 'sentinel']) {
      fs.rmSync(path.join(folder, name), { force: true });
      fs.symlinkSync(name === 'dir' ? outside : path.join(outside, 'sentinel'), path.join(folder, name));
    }
    const outcome = await engine.restore({ state: 'forged' });
    assert.deepEqual(outcome.problems, []);
    const expected = {
      abs: `-> ${outside}`,
      'dir/': '',
      'dir/sentinel': 'evil',
      'dir/folder/': '',
      'dir/folder/inner': 'evil',
      sentinel: 'evil',
    };
    assert.deepEqual(readFiles(folder), expected);
    await engine.undo();
    assert.deepEqual(readFiles(folder), { dir: `-> ${outside}`, sentinel: `-> ${path.join(outside, 'sentinel')}` });
    const to = bench.place();
    await engine.restore({ state: 'forged', to });
    assert.deepEqual(readFiles(to), expected);
  });

  it('permissions taken from a folder for the while are not given to what a new link leads to', async () => {
    const { folder, engine } = await bench.instance({});
    fs.symlinkSync(outside, path.join(folder, 'dir'));
    await engine.take({ name: 'link' });
    fs.unlinkSync(path.join(folder, 'dir'));
    writeFiles(folder, { 'dir/folder/inner': 'inside' });
    fs.chmodSync(path.join(folder, 'dir/folder'), 0o500);
    const { mode } = fs.statSync(path.join(outside, 'folder'));
    assert.notEqual(mode & 0o7777, 0o500);
    assert.deepEqual((await engine.restore({ state: 'link' })).problems, []);
    assert.equal(fs.statSync(path.join(outside, 'folder')).mode, mode);
  });

  it('a link to itself is in the way of no restore', async () => {
    const { folder, engine } = await bench.instance({ 'a/a/inner': 'stored' });
    await engine.take({ name: 'a' });
    fs.rmSync(path.join(folder, 'a'), { recursive: true });
    fs.symlinkSync('a', path.join(folder, 'a'));
    await rejected(engine.restore({ state: 'a', paths: ['a/a/inner'] }), 'refused');
    assert.deepEqual((await engine.restore({ state: 'a' })).problems, []);
    assert.deepEqual(readFiles(folder), { 'a/': '', 'a/a/': '', 'a/a/inner': 'stored' });
  });

  it('a part is not written through a link above it, here or elsewhere', async () => {
    const { folder, engine } = await bench.instance({ 'sub/folder/inner': 'stored', 'sub/sentinel': 'stored', 'sub/empty/': '' });
    fs.chmodSync(path.join(folder, 'sub'), 0o777);
    fs.chmodSync(path.join(folder, 'sub/folder'), 0o777);
    await engine.take({ name: 'a' });
    fs.rmSync(path.join(folder, 'sub'), { recursive: true });
    fs.symlinkSync(outside, path.join(folder, 'sub'));
    await rejected(engine.restore({ state: 'a', paths: ['sub/folder/inner'] }), 'refused');
    const to = bench.folder();
    fs.symlinkSync(outside, path.join(to, 'sub'));
    for (const at of ['sub/folder/inner', 'sub/sentinel', 'sub/empty', 'sub/folder', 'sub']) {
      const outcome = await engine.restore({ state: 'a', paths: [at], to }).catch((error: unknown) => error);
      const isRefused =
        outcome instanceof SnapstageError ? outcome.code === 'exists' : (outcome as { problems: unknown[] }).problems.length > 0;
      assert.ok(isRefused, `${at}: ${JSON.stringify(outcome)}`);
    }
    assert.deepEqual(fs.readdirSync(to), ['sub']);
  });

  for (const phase of ['write', 'finish']) {
    it(`a folder that becomes a link when the restore comes to “${phase}” is not written through`, async () => {
      const inside = { 'folder/inner': 'v1', 'folder/gone': 'v1', 'folder/mode': 'v1', 'folder/deep/x': 'v1' };
      const { folder, engine } = await bench.instance(inside);
      writeFiles(outside, { 'folder/mode': 'v1' });
      try {
        fs.chmodSync(path.join(folder, 'folder/mode'), 0o777);
        fs.chmodSync(path.join(folder, 'folder'), 0o777);
        await engine.take({ name: 'a' });
        writeFiles(folder, { 'folder/inner': 'v2', 'folder/new': 'v2' });
        fs.rmSync(path.join(folder, 'folder/gone'));
        fs.chmodSync(path.join(folder, 'folder/mode'), 0o600);
        fs.chmodSync(path.join(folder, 'folder'), 0o700);
        let swapped = false;
        const onProgress = (progress: { phase: string }): void => {
          if (progress.phase !== phase || swapped) return;
          if (!fs.existsSync(path.join(folder, '.snapstage/journal/restore'))) return;
          swapped = true;
          fs.renameSync(path.join(folder, 'folder'), path.join(folder, 'moved'));
          fs.symlinkSync(path.join(outside, 'folder'), path.join(folder, 'folder'));
        };
        const outcome = await engine.restore({ state: 'a' }, { onProgress });
        assert.ok(swapped);
        assert.ok(outcome.problems.length > 0);
        assert.equal(fs.statSync(path.join(outside, 'folder/mode')).mode & 0o7777, 0o644);
        assert.equal(fs.readFileSync(path.join(outside, 'folder/mode'), 'utf8'), 'v1');
      } finally {
        fs.rmSync(path.join(outside, 'folder/mode'));
      }
    });
  }

  it('what changes between the automatic snapshot and the writing is left as it is, and reported', async () => {
    const { folder, engine } = await bench.instance({ edit: 'v1', gone: 'v1', kind: 'v1' });
    await engine.take({ name: 'a' });
    writeFiles(folder, { edit: 'v2', new: 'v2', kind: 'v2' });
    fs.rmSync(path.join(folder, 'gone'));
    const late = (): void => {
      writeFiles(folder, { edit: 'late edit', new: 'late new', gone: 'late gone' });
      fs.rmSync(path.join(folder, 'kind'));
      writeFiles(folder, { 'kind/late': 'late kind' });
    };
    let done = false;
    const onProgress = (progress: { phase: string }): void => {
      if (progress.phase !== 'write' || done) return;
      done = true;
      late();
    };
    const outcome = await engine.restore({ state: 'a' }, { onProgress });
    assert.deepEqual(readFiles(folder), { edit: 'late edit', new: 'late new', gone: 'late gone', 'kind/': '', 'kind/late': 'late kind' });
    assert.deepEqual(outcome.problems.map((problem) => problem.path).sort(), ['edit', 'gone', 'kind', 'new']);
  });
});
