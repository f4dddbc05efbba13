/** Instances that count on what another one has stored. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import type { EngineApi } from '../../src/engine/api.ts';
import { skip } from '../rig/skip.ts';
import { readFiles, rejected, seededBytes, storeFiles, Workbench, writeFiles } from '../support/folders.ts';
import { makeFullTree } from '../support/fullTree.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';

const bench = new Workbench();

interface Pair {
  readonly base: string;
  readonly parent: { readonly folder: string; readonly engine: EngineApi };
  readonly child: { readonly folder: string; readonly engine: EngineApi };
  /** Id of the snapshot that the child depends on. */
  readonly snapshot: string;
}

/** An instance and one that is linked to its only snapshot, beside one another in a folder. */
async function pair(files: Readonly<Record<string, string | Buffer>>): Promise<Pair> {
  const base = bench.folder();
  const [folder, to] = ['parent', 'child'].map((name) => path.join(base, name)) as [string, string];
  writeFiles(folder, files);
  const engine = bench.engine(folder);
  await engine.init();
  const { id } = await engine.take({ name: 'one' });
  await engine.clone({ state: id, to, linked: true });
  return { base, parent: { folder, engine }, child: { folder: to, engine: bench.engine(to) }, snapshot: id };
}

const packBytes = (folder: string): number =>
  storeFiles(folder)
    .filter((name) => name.startsWith('packs/'))
    .reduce((sum, name) => sum + Number(name.split(' ')[1]), 0);

const text = async (engine: EngineApi, state: string, at: string): Promise<string> =>
  Buffer.from(await engine.read({ state, path: at })).toString();

const content = { a: 'a', 'b/c': 'c', 'empty/': '', large: seededBytes(1, 3_000_000) };

describe('instance: a linked instance', () => {
  afterEach(() => bench.clear());

  it('is an instance like any other, and stores nothing of what its parent has', async () => {
    const { parent, child, snapshot } = await pair(content);
    assert.deepEqual(manifestDifferences(readManifest(parent.folder), readManifest(child.folder)), []);
    assert.equal(packBytes(child.folder), 0);
    const [first] = await child.engine.list();
    assert.deepEqual([first?.name, first?.files, first?.addedBytes], ['one', 3, 0]);
    assert.deepEqual((await child.engine.status({})).changes, { added: [], changed: [], removed: [], moved: [] });
    writeFiles(child.folder, { a: 'mine', new: 'new' });
    fs.rmSync(path.join(child.folder, 'large'));
    await child.engine.take({ name: 'two' });
    assert.ok(packBytes(child.folder) < 20_000);
    assert.equal(await text(child.engine, 'one', 'b/c'), 'c');
    await child.engine.restore({ state: 'one' });
    assert.deepEqual(manifestDifferences(readManifest(parent.folder), readManifest(child.folder)), []);
    await child.engine.undo();
    assert.equal(readFiles(child.folder)['a'], 'mine');
    assert.deepEqual((await child.engine.verify({ readData: true })).damage, []);
    assert.deepEqual(await child.engine.links(), { parent: { folder: parent.folder, snapshot, found: true }, dependants: [] });
    const { parent: none, dependants } = await parent.engine.links();
    assert.deepEqual([none, dependants.map(({ folder, found }) => [folder, found])], [null, [[child.folder, true]]]);
  });

  it('can be made without its files, which come when they are restored', async () => {
    const { base, parent } = await pair(content);
    const to = path.join(base, 'empty');
    const made = await parent.engine.clone({ state: 'one', to, linked: true, withoutFiles: true });
    assert.deepEqual([made.folder, made.files, made.snapshot.addedBytes], [to, 3, 0]);
    assert.deepEqual(fs.readdirSync(to), ['.snapstage']);
    assert.deepEqual([packBytes(to), readFiles(to)], [0, {}]);
    const engine = bench.engine(to);
    assert.deepEqual(
      (await engine.status({})).changes?.removed.map((change) => change.path),
      ['a', 'b', 'b/c', 'empty', 'large'],
    );
    assert.equal(await text(engine, 'latest', 'b/c'), 'c');
    await engine.restore({ state: 'latest', paths: ['b/c'] });
    assert.deepEqual(Object.keys(readFiles(to)), ['b/', 'b/c']);
    await engine.restore({ state: 'one' });
    assert.deepEqual(manifestDifferences(readManifest(parent.folder), readManifest(to)), []);
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    await rejected(parent.engine.delete(['one']), 'refused');
    await engine.detach();
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    const refused = path.join(base, 'refused');
    await rejected(parent.engine.clone({ state: 'one', to: refused, withoutFiles: true }), 'usage');
    await rejected(parent.engine.clone({ state: 'one', to, linked: true, withoutFiles: true }), 'exists');
    assert.equal(fs.existsSync(refused), false);
  });

  it('has everything that a workspace can hold', async () => {
    const base = bench.folder();
    const folder = path.join(base, 'parent');
    fs.mkdirSync(folder);
    makeFullTree(folder, bench.folder(), 10_000_000);
    const engine = bench.engine(folder);
    await engine.init();
    const { id } = await engine.take({});
    const to = path.join(base, 'child');
    await engine.clone({ state: id, to, linked: true });
    // Pipes and sockets are in no snapshot.
    const differences = (at: string): string[] =>
      manifestDifferences(readManifest(folder), readManifest(at)).filter((one) => !/^"specials\/(pipe|socket)"/.test(one));
    assert.deepEqual(differences(to), []);
    const child = bench.engine(to);
    assert.equal(packBytes(to), 0);
    await child.detach();
    assert.deepEqual((await child.verify({ readData: true })).damage, []);
    const again = path.join(base, 'again');
    await child.restore({ state: 'latest', to: again });
    assert.deepEqual(differences(again), []);
  });

  it('keeps its snapshot in the parent from being deleted, thinned, reclaimed and compacted away', async () => {
    const { parent, child, snapshot } = await pair(content);
    fs.rmSync(path.join(parent.folder, 'large'));
    await parent.engine.take({ name: 'without' });
    const plan = await parent.engine.planDelete(['one']);
    assert.deepEqual(plan.blocked, [{ id: snapshot, reason: `the linked instance in ${child.folder} depends on it` }]);
    assert.match((await rejected(parent.engine.delete([snapshot]), 'refused')).message, /linked instance/);
    assert.match((await rejected(parent.engine.planReclaim({ free: 1_000_000 }), 'refused')).message, /./);
    await parent.engine.compact();
    assert.deepEqual((await child.engine.verify({ readData: true })).damage, []);
    await child.engine.restore({ state: 'one', to: path.join(bench.folder(), 'to') });
  });

  it('is kept whole by the parent’s compaction even when the snapshot is gone', async () => {
    const { parent, child, snapshot } = await pair(content);
    fs.rmSync(path.join(parent.folder, 'large'));
    await parent.engine.take({});
    for (const name of [snapshot, `${snapshot}.labels`]) fs.rmSync(path.join(parent.folder, '.snapstage/snapshots', name), { force: true });
    await parent.engine.compact();
    const to = bench.place();
    await child.engine.restore({ state: 'one', to });
    assert.deepEqual(fs.readFileSync(path.join(to, 'large')), content.large);
  });

  it('reads on while the parent is compacted to other packs', async () => {
    const { parent, child } = await pair(content);
    writeFiles(parent.folder, { gone: seededBytes(2, 900_000) });
    const { id } = await parent.engine.take({});
    await parent.engine.delete([id]);
    const reads = Promise.all(Array.from({ length: 20 }, () => child.engine.read({ state: 'one', path: 'large' })));
    await parent.engine.compact();
    for (const read of await reads) assert.deepEqual(Buffer.from(read), content.large);
    assert.deepEqual(Buffer.from(await child.engine.read({ state: 'one', path: 'large' })), content.large);
  });

  it('is detached: it has a copy of everything, also of what only a later snapshot could need, and frees the snapshot', async () => {
    const { parent, child, snapshot } = await pair(content);
    writeFiles(child.folder, { a: 'mine' });
    await child.engine.take({ name: 'two' });
    const { objects, bytes } = await child.engine.detach();
    assert.ok(objects > 5 && bytes > 3_000_000);
    assert.deepEqual(await child.engine.links(), { parent: null, dependants: [] });
    await rejected(child.engine.detach(), 'refused');
    assert.deepEqual(await parent.engine.links(), { parent: null, dependants: [] });
    await parent.engine.take({ name: 'later' });
    await parent.engine.delete([snapshot]);
    await parent.engine.dispose();
    fs.rmSync(parent.folder, { recursive: true });
    assert.deepEqual((await child.engine.verify({ readData: true })).damage, []);
    await child.engine.restore({ state: 'one' });
    assert.deepEqual(fs.readFileSync(path.join(child.folder, 'large')), content.large);
  });

  it('and its own linked instances are linked in a row, of which any can be detached first', async () => {
    const { base, parent, child, snapshot } = await pair(content);
    const to = path.join(base, 'grandchild');
    writeFiles(child.folder, { own: 'of the child' });
    const { id } = await child.engine.take({ name: 'own' });
    await child.engine.clone({ state: 'own', to, linked: true });
    const grandchild = bench.engine(to);
    assert.equal(packBytes(to), 0);
    assert.equal(await text(grandchild, 'latest', 'own'), 'of the child');
    assert.equal(await text(grandchild, 'latest', 'b/c'), 'c');
    await rejected(child.engine.delete([id]), 'refused');
    await child.engine.detach();
    await parent.engine.delete([snapshot]);
    await parent.engine.compact();
    await child.engine.compact();
    assert.deepEqual((await grandchild.verify({ readData: true })).damage, []);
    await grandchild.detach();
    await child.engine.take({});
    await child.engine.delete([id]);
    await child.engine.compact();
    assert.deepEqual((await grandchild.verify({ readData: true })).damage, []);
    assert.deepEqual(Buffer.from(await grandchild.read({ state: 'latest', path: 'large' })), content.large);
  });

  it('compares, finds, exports and is copied from, with what lies in the parent', async () => {
    const { child } = await pair(content);
    writeFiles(child.folder, { a: 'mine' });
    await child.engine.take({ name: 'two' });
    assert.deepEqual(
      (await child.engine.diff({ a: 'one', b: 'two' })).changed.map((change) => change.path),
      ['a'],
    );
    assert.equal((await child.engine.find({ pattern: 'c' })).count, 1);
    assert.equal((await child.engine.history('a')).length, 2);
    const why = await child.engine.why('large');
    assert.equal(why.versions[0]?.stored, 0);
    assert.ok((await child.engine.storage({})).bytes < 50_000);
    const file = bench.place();
    await child.engine.exportSnapshot({ state: 'two', to: file, format: 'bundle' });
    const { engine: other } = await bench.instance();
    await other.importSnapshot({ from: file });
    assert.deepEqual(Buffer.from(await other.read({ state: 'two', path: 'large' })), content.large);
    const { folder, engine: third } = await bench.instance();
    await child.engine.copySnapshot({ state: 'two', to: folder });
    assert.deepEqual((await third.verify({ readData: true })).damage, []);
  });
});

describe('instance: a linked instance that is moved', () => {
  afterEach(() => bench.clear());

  const move = (from: string, to: string): string => {
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.renameSync(from, to);
    return to;
  };

  it('finds its parent, which learns where it is', async () => {
    const { base, parent, child } = await pair(content);
    await child.engine.dispose();
    const moved = move(child.folder, path.join(base, 'deep/er/child'));
    const [before] = (await parent.engine.links()).dependants;
    assert.equal(before?.found, false);
    assert.equal(await text(bench.engine(moved), 'one', 'a'), 'a');
    const [after] = (await parent.engine.links()).dependants;
    assert.deepEqual([after?.folder, after?.found, after?.id], [moved, true, before.id]);
  });

  it('together with its parent finds it', async () => {
    const { base, parent, child } = await pair(content);
    await Promise.all([parent.engine.dispose(), child.engine.dispose()]);
    const moved = move(base, path.join(bench.folder(), 'elsewhere'));
    assert.equal(await text(bench.engine(path.join(moved, 'child')), 'one', 'a'), 'a');
    const { dependants } = await bench.engine(path.join(moved, 'parent')).links();
    assert.deepEqual(
      dependants.map(({ folder, found }) => [folder, found]),
      [[path.join(moved, 'child'), true]],
    );
  });

  it('says that the parent is gone when that was moved, until somebody works there, or names its place', async () => {
    const { base, parent, child, snapshot } = await pair(content);
    writeFiles(child.folder, { own: 'own' });
    await child.engine.take({ name: 'two' });
    await parent.engine.dispose();
    const first = move(parent.folder, path.join(base, 'first'));
    const error = await rejected(child.engine.read({ state: 'one', path: 'a' }), 'not-found');
    assert.deepEqual([error.details['reason'], error.details['folder']], ['no-parent', parent.folder]);
    assert.match(error.message, /links --parent DIR/);
    const { engine: linked } = child;
    for (const call of [() => linked.take({}), () => linked.verify({}), () => linked.compact(), () => linked.detach()])
      assert.equal((await rejected(call(), 'not-found')).details['reason'], 'no-parent');
    assert.equal((await child.engine.list()).length, 2);
    assert.deepEqual((await child.engine.links()).parent, { folder: parent.folder, snapshot, found: false });
    const engine = bench.engine(first);
    await engine.take({ name: 'work goes on' });
    assert.equal(await text(child.engine, 'one', 'a'), 'a');
    await engine.dispose();
    const second = move(first, path.join(bench.folder(), 'second'));
    await rejected(child.engine.read({ state: 'one', path: 'a' }), 'not-found');
    assert.deepEqual((await child.engine.relink({ parent: second })).parent, { folder: second, snapshot, found: true });
    assert.equal(await text(child.engine, 'one', 'a'), 'a');
    assert.deepEqual((await child.engine.verify({ readData: true })).damage, []);
  });

  it('is linked to a copy of its parent when the parent is lost, not to what has not all that it counts on, nor to itself', async () => {
    const { base, parent, child, snapshot } = await pair(content);
    await parent.engine.dispose();
    const copy = path.join(base, 'backup');
    fs.cpSync(parent.folder, copy, { recursive: true, preserveTimestamps: true });
    fs.rmSync(path.join(copy, '.snapstage/dependants'), { recursive: true });
    fs.rmSync(parent.folder, { recursive: true });
    const { folder: other, engine: stranger } = await bench.instance({ a: 'a' });
    await stranger.take({});
    await rejected(child.engine.relink({ parent: other }), 'damaged');
    assert.deepEqual((await stranger.links()).dependants, []);
    await rejected(child.engine.relink({ parent: child.folder }), 'usage');
    await rejected(child.engine.relink({ parent: base }), 'not-found');
    await child.engine.relink({ parent: copy });
    assert.deepEqual((await child.engine.verify({ readData: true })).damage, []);
    const backup = bench.engine(copy);
    await rejected(backup.delete([snapshot]), 'refused');
    await rejected(backup.relink({ parent: other }), 'refused');
  });

  it('and copied has a link of its own, which lasts when the other’s ends', async () => {
    const { base, parent, child, snapshot } = await pair(content);
    const copy = path.join(base, 'copy');
    fs.cpSync(child.folder, copy, { recursive: true, preserveTimestamps: true });
    const engine = bench.engine(copy);
    assert.equal(await text(engine, 'one', 'a'), 'a');
    assert.equal((await parent.engine.links()).dependants.length, 2);
    await child.engine.detach();
    await rejected(parent.engine.delete([snapshot]), 'refused');
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    await engine.detach();
    await parent.engine.delete([snapshot]);
  });

  it('is the same through a link to its folder', async () => {
    const { base, parent, child } = await pair(content);
    fs.symlinkSync(child.folder, path.join(base, 'alias'));
    assert.equal(await text(bench.engine(path.join(base, 'alias')), 'one', 'a'), 'a');
    assert.equal((await parent.engine.links()).dependants.length, 1);
  });

  it('can be forgotten when it is gone for good, not while it is there', async () => {
    const { parent, child, snapshot } = await pair(content);
    const [dependant] = (await parent.engine.links()).dependants;
    await rejected(parent.engine.forget({ dependant: dependant!.id }), 'refused');
    await rejected(parent.engine.forget({ dependant: 'ffff' }), 'not-found');
    await child.engine.dispose();
    fs.rmSync(child.folder, { recursive: true });
    await rejected(parent.engine.delete([snapshot]), 'refused');
    assert.deepEqual(await parent.engine.forget({ dependant: dependant!.id.slice(0, 8) }), { parent: null, dependants: [] });
    await parent.engine.delete([snapshot]);
  });
});

describe('instance: links that are forged or damaged', () => {
  afterEach(() => bench.clear());

  it('are named, and nothing is taken away before they are understood', async () => {
    const { parent, child } = await pair(content);
    const [record] = fs.readdirSync(path.join(parent.folder, '.snapstage/dependants'));
    fs.appendFileSync(path.join(parent.folder, '.snapstage/dependants', record!), 'x');
    for (const call of [() => parent.engine.compact(), () => parent.engine.planDelete(['one'])])
      assert.equal((await rejected(call(), 'damaged')).details['part'], `dependants/${record}`);
    const { damage } = await parent.engine.verify({});
    assert.deepEqual(
      damage.map(({ part, healed }) => [part, healed]),
      [[`dependants/${record}`, false]],
    );
    const unknown = { id: record!, folder: null, snapshot: null, found: false };
    assert.deepEqual((await parent.engine.links()).dependants, [unknown]);
    await rejected(child.engine.read({ state: 'one', path: 'a' }), 'not-found');
    // From there it is linked anew; then the record can go.
    await child.engine.relink({ parent: parent.folder });
    assert.equal((await parent.engine.links()).dependants.length, 2);
    await parent.engine.forget({ dependant: record! });
    await parent.engine.compact();
    assert.deepEqual((await child.engine.verify({ readData: true })).damage, []);
    fs.writeFileSync(path.join(child.folder, '.snapstage/link'), 'nonsense');
    assert.equal((await rejected(child.engine.read({ state: 'one', path: 'a' }), 'damaged')).details['part'], 'link');
  });

  it('that lead in a circle end with an error', async () => {
    const { parent, child } = await pair(content);
    const link = fs.readFileSync(path.join(child.folder, '.snapstage/link'));
    fs.mkdirSync(path.join(child.folder, '.snapstage/dependants'));
    for (const name of fs.readdirSync(path.join(parent.folder, '.snapstage/dependants')))
      fs.copyFileSync(path.join(parent.folder, '.snapstage/dependants', name), path.join(child.folder, '.snapstage/dependants', name));
    fs.writeFileSync(path.join(parent.folder, '.snapstage/link'), link);
    await rejected(child.engine.read({ state: 'one', path: 'a' }), 'refused');
  });

  it('do not let it count on more than it was granted', async () => {
    const { parent, child } = await pair({ a: 'a' });
    const lent = seededBytes(9, 200_000);
    writeFiles(parent.folder, { later: lent });
    await parent.engine.take({ name: 'later' });
    writeFiles(child.folder, { same: lent });
    await child.engine.take({ name: 'two' });
    assert.ok(packBytes(child.folder) > 150_000, 'it is stored, though the parent has it');
    fs.rmSync(path.join(parent.folder, 'later'));
    await parent.engine.take({});
    const later = (await parent.engine.list()).find(({ name }) => name === 'later');
    await parent.engine.delete([later!.id]);
    await parent.engine.compact();
    assert.deepEqual((await child.engine.verify({ readData: true })).damage, []);
  });
});

describe('instance: linked instances in random order', () => {
  afterEach(() => bench.clear());

  it('lose nothing, whatever is taken, deleted, compacted, detached and linked anew', async () => {
    const step = fc.record({
      what: fc.constantFrom('take', 'take', 'clone', 'delete', 'compact', 'detach', 'move'),
      who: fc.nat(50),
      which: fc.nat(50),
      seed: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
        const base = bench.folder();
        const folders = [path.join(base, '0')];
        /** Of each folder, by its snapshots' ids: what is in them. */
        const expected = new Map<string, Map<string, Record<string, string>>>();
        writeFiles(folders[0]!, { start: seededBytes(7, 40_000).toString('hex') });
        const run = async <T>(folder: string, call: (engine: EngineApi) => Promise<T>): Promise<T> => {
          const engine = bench.engine(folder);
          try {
            return await call(engine);
          } finally {
            await engine.dispose();
          }
        };
        await run(folders[0]!, async (engine) => {
          await engine.init();
          expected.set(folders[0]!, new Map([[(await engine.take({})).id, readFiles(folders[0]!)]]));
        });
        for (const { what, who, which, seed } of steps) {
          const at = who % folders.length;
          const folder = folders[at]!;
          const known = expected.get(folder)!;
          const id = [...known.keys()][which % known.size]!;
          await run(folder, async (engine) => {
            if (what === 'take') {
              writeFiles(folder, { [`f${which % 4}`]: seededBytes(seed, 30_000).toString('hex') });
              known.set((await engine.take({})).id, readFiles(folder));
            } else if (what === 'clone' && folders.length < 5) {
              const to = path.join(base, `${folders.length}`);
              const { snapshot } = await engine.clone({ state: id, to, linked: true });
              folders.push(to);
              expected.set(to, new Map([[snapshot.id, known.get(id)!]]));
            } else if (what === 'delete' && known.size > 1) {
              if ((await engine.planDelete([id])).blocked.length > 0) return;
              await engine.delete([id]);
              known.delete(id);
            } else if (what === 'compact') await engine.compact();
            else if (what === 'detach' && (await engine.links()).parent !== null) await engine.detach();
          });
          if (what === 'move') {
            const to = path.join(base, `moved-${which}-${seed}`);
            if (fs.existsSync(to)) continue;
            fs.renameSync(folder, to);
            folders[at] = to;
            expected.delete(folder);
            expected.set(to, known);
            // Somebody works there: those that are linked to it learn of it.
            await run(to, (engine) => engine.links());
          }
        }
        for (const folder of folders) {
          await run(folder, async (engine) => {
            assert.deepEqual((await engine.verify({ readData: true })).damage, []);
            for (const [id, files] of expected.get(folder)!) {
              const to = bench.place();
              await engine.restore({ state: id, to });
              assert.deepEqual(readFiles(to), files);
            }
          });
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe('instance: a new folder on a file system that shares blocks', () => {
  afterEach(() => bench.clear());
  const mounted: string[] = [];
  after(() => {
    for (const folder of mounted) if (spawnSync('umount', [folder]).status === 0) fs.rmdirSync(folder);
  });

  /** A Btrfs in a file, mounted; `undefined` where that is not possible. */
  function btrfs(): string | undefined {
    const image = path.join(bench.folder(), 'image');
    fs.closeSync(fs.openSync(image, 'w'));
    fs.truncateSync(image, 512 << 20);
    const folder = fs.mkdtempSync('/tmp/snapstage-btrfs-');
    const made = spawnSync('mkfs.btrfs', ['-q', image]).status === 0 && spawnSync('mount', ['-o', 'loop', image, folder]).status === 0;
    if (made) mounted.push(folder);
    else fs.rmdirSync(folder);
    return made ? folder : undefined;
  }

  it('gets its large files without a byte being written, unless they have changed meanwhile', async function () {
    const base = btrfs();
    if (base === undefined) return skip(this, 'no Btrfs can be mounted here (mkfs.btrfs, and the right to mount)');
    const used = (): number => {
      spawnSync('sync', ['-f', base]);
      const { blocks, bfree, bsize } = fs.statfsSync(base);
      return (blocks - bfree) * bsize;
    };
    const folder = path.join(base, 'parent');
    const large = seededBytes(5, 60_000_000);
    writeFiles(folder, { large, changed: large.subarray(0, 200_000), small: 'small' });
    const engine = bench.engine(folder);
    await engine.init();
    await new Promise((resolve) => setTimeout(resolve, 2100)); // until times prove that the files are at rest
    await engine.take({});
    const before = used();
    fs.writeFileSync(path.join(folder, 'changed'), large.subarray(1, 200_001));
    const to = path.join(base, 'child');
    await engine.clone({ state: 'latest', to, linked: true });
    assert.ok(used() - before < 10_000_000, `${used() - before} bytes more`);
    assert.deepEqual(fs.readFileSync(path.join(to, 'large')), large);
    assert.deepEqual(fs.readFileSync(path.join(to, 'changed')), large.subarray(0, 200_000));
    fs.appendFileSync(path.join(to, 'large'), 'more');
    assert.deepEqual(fs.readFileSync(path.join(folder, 'large')), large);
    await engine.dispose();
  });
});
