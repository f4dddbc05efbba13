/** What every hub must do: each adapter runs this. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Work } from '../../src/base/work.ts';
import { createAll, type Hub } from '../../src/space/hub/hub.ts';
import { fileOf } from '../../src/store/files.ts';
import { rejected, seededBytes } from './folders.ts';

const BAD_NAMES = [
  '',
  '/',
  'a/',
  '/a',
  'a//b',
  '..',
  'a/../b',
  '.',
  'A',
  'ä',
  'a b',
  'a.b',
  'a\\b',
  'a\0',
  '-a',
  'a-',
  'con',
  'x/nul',
  'com1',
  'a:b',
  '~a',
  'x'.repeat(81),
  'ab/'.repeat(60) + 'a',
];

/**
 * `open` gives a new hub with nothing in it, and `again` what another instance has of the same one. Each test runs in `around`. `runs`: how
 * many random orders of operations are tried.
 */
export function hubContract<H extends Hub>(
  name: string,
  open: () => Promise<H>,
  again: (hub: H) => Hub,
  around: (test: () => Promise<void>) => Promise<void> = (test) => test(),
  runs = 30,
): void {
  const it = (title: string, test: () => Promise<void>): unknown => globalThis.it(title, () => around(test));
  describe(`Hub contract: ${name}`, () => {
    let hub: H;

    beforeEach(async () => (hub = await open()));

    it('says what is missing in each way it was asked', async () => {
      assert.deepEqual(await hub.list(''), { files: [], folders: [], strangers: 0 });
      assert.deepEqual(await hub.list('logs/a1'), { files: [], folders: [], strangers: 0 });
      assert.equal(await hub.read('logs/a1/1', 10), undefined);
      assert.equal(await hub.fetch('logs/a1/1', { append: () => assert.fail('there is nothing') }, 10, new Work()), undefined);
      await hub.remove('logs/a1/1');
    });

    it('removes several at once, of which some are not there', async () => {
      const names = ['areas/a1/1', 'areas/a1/2', 'areas/b2/1', 'logs/c3/1'];
      for (const file of [...names, 'areas/a1/3']) assert.equal(await hub.create(file, Buffer.from(file)), true);
      await hub.remove(...names, 'areas/a1/4');
      const isLeft = async (file: string): Promise<boolean> => (await again(hub).read(file, 100)) !== undefined;
      for (const file of names) assert.equal(await isLeft(file), false, file);
      await hub.remove();
      await rejected(hub.remove('areas/a1/3', '../x'), 'usage');
      assert.equal(await isLeft('areas/a1/3'), true);
    });

    it('makes a file once', async () => {
      assert.equal(await hub.create('logs/a1/1-ff', Buffer.from('first')), true);
      assert.equal(await hub.create('logs/a1/1-ff', Buffer.from('other')), false);
      assert.equal((await again(hub).read('logs/a1/1-ff', 5))?.toString(), 'first');
      assert.equal(await hub.create('empty', Buffer.alloc(0)), true);
      assert.equal((await hub.read('empty', 0))?.length, 0);
    });

    it('makes several files of a folder, but none whose name is taken', async () => {
      await again(hub).create('areas/a1/2', Buffer.from('theirs'));
      const large = seededBytes(2, 100_000);
      const files = [Buffer.from('first'), Buffer.from('mine'), large].map((content, i) => ({ name: `areas/a1/${i + 1}`, content }));
      const { work, bytes } = counting();
      assert.deepEqual(await createAll(hub, files, work), [true, false, true]);
      assert.ok(bytes() >= 5 + large.length, `${bytes()}`);
      const other = again(hub);
      const there = await Promise.all(files.map(async (file) => other.read(file.name, large.length)));
      assert.deepEqual(there, [Buffer.from('first'), Buffer.from('theirs'), large]);
      assert.deepEqual(await createAll(other, files), [false, false, false]);
      assert.deepEqual(await createAll(hub, []), []);
      await rejected(
        createAll(hub, [
          { name: 'areas/a1/4', content: large },
          { name: '../x', content: large },
        ]),
        'usage',
      );
    });

    it('sends a large file and brings it back, telling of every byte', async () => {
      const content = seededBytes(1, (3 << 20) + 17);
      const [sent, fetched] = [counting(), counting()];
      assert.equal(await hub.create('areas/all/1', fileOf(content), sent.work), true);
      const parts: Buffer[] = [];
      const into = { append: (bytes: Uint8Array) => void parts.push(Buffer.from(bytes)) };
      assert.equal(await again(hub).fetch('areas/all/1', into, content.length, fetched.work), content.length);
      assert.ok(Buffer.concat(parts).equals(content));
      assert.deepEqual([sent.bytes(), fetched.bytes()], [content.length, content.length]);
    });

    it('gives nobody more than was asked for', async () => {
      await hub.create('a/1', Buffer.alloc(1001));
      assert.equal((await rejected(hub.read('a/1', 1000), 'damaged')).details['part'], 'a/1');
      await rejected(hub.fetch('a/1', { append: () => undefined }, 1000, new Work()), 'damaged');
    });

    it('lists files with their sizes, and what lies deeper by its first name', async () => {
      for (const [file, size] of [
        ['b/2', 2],
        ['b/10', 10],
        ['b/c/3', 3],
        ['a', 1],
        ['bb/1', 0],
      ] as const)
        await hub.create(file, Buffer.alloc(size));
      const other = again(hub);
      assert.deepEqual(await other.list(''), { files: [{ name: 'a', size: 1 }], folders: ['b', 'bb'], strangers: 0 });
      assert.deepEqual(await other.list('b'), {
        files: [
          { name: '10', size: 10 },
          { name: '2', size: 2 },
        ],
        folders: ['c'],
        strangers: 0,
      });
      await other.remove('b/2');
      assert.deepEqual((await hub.list('b')).files, [{ name: '10', size: 10 }]);
      assert.equal(await hub.read('b/2', 10), undefined);
    });

    it('replaces what is only a hint', async () => {
      await hub.hint('bell', Buffer.from('one'));
      await hub.hint('bell', Buffer.from('three'));
      assert.equal((await again(hub).read('bell', 10))?.toString(), 'three');
    });

    it('takes no name that is none', async () => {
      for (const bad of BAD_NAMES) {
        if (bad !== '') await rejected(hub.list(bad), 'usage');
        await rejected(hub.read(bad, 1), 'usage');
        await rejected(hub.fetch(bad, { append: () => undefined }, 1, new Work()), 'usage');
        await rejected(hub.create(bad, Buffer.alloc(1)), 'usage');
        await rejected(hub.remove(bad), 'usage');
        await rejected(hub.hint(bad, Buffer.alloc(1)), 'usage');
      }
      assert.deepEqual(await hub.list(''), { files: [], folders: [], strangers: 0 });
    });

    it('leaves nothing of what was cancelled while it was sent', async () => {
      const work = new Work();
      const slow = {
        size: 5 << 20,
        read: (target: Uint8Array, position: number) => (position > 0 && work.cancel.cancel(), target.length),
        close: () => undefined,
      };
      await rejected(hub.create('a/1', slow, work), 'cancelled');
      assert.deepEqual((await hub.list('a')).files, []);
      assert.equal(await hub.create('a/1', Buffer.from('x')), true);
    });

    it('lets several make the same name at once, and keeps one of them whole', async () => {
      const hubs = [hub, again(hub), again(hub), again(hub)];
      const made = await Promise.all(hubs.map((one, i) => one.create('a/1', Buffer.alloc(200_000, i))));
      const content = (await hub.read('a/1', 200_000))!;
      assert.ok(made[content[0]!] && content.every((byte) => byte === content[0]));
    });

    it('does as a hub in memory does, whatever comes in whatever order', async () => {
      const names = fc.constantFrom('a', 'b/1', 'b/2', 'b/c/1', 'd/e/f');
      const step = fc.oneof(
        fc.record({ kind: fc.constant('create' as const), name: names, bytes: fc.uint8Array({ maxLength: 9 }) }),
        fc.record({ kind: fc.constant('remove' as const), name: names }),
        fc.record({ kind: fc.constant('hint' as const), name: fc.constantFrom('h', 'b/h'), bytes: fc.uint8Array({ maxLength: 9 }) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const one = await open();
          const model = new Map<string, Buffer>();
          for (const { kind, name: at, ...rest } of steps) {
            const bytes = 'bytes' in rest ? Buffer.from(rest.bytes) : Buffer.alloc(0);
            if (kind === 'create') assert.equal(await one.create(at, bytes), !model.has(at));
            else if (kind === 'hint') await one.hint(at, bytes);
            else await one.remove(at);
            if (kind === 'remove') model.delete(at);
            else if (kind === 'hint' || !model.has(at)) model.set(at, bytes);
          }
          for (const folder of ['', 'b', 'b/c', 'd/e']) {
            const prefix = folder === '' ? '' : `${folder}/`;
            const direct = [...model.keys()].filter((at) => at.startsWith(prefix) && !at.slice(prefix.length).includes('/'));
            const { files } = await one.list(folder);
            assert.deepEqual(
              files,
              direct.sort().map((at) => ({ name: at.slice(prefix.length), size: model.get(at)!.length })),
            );
          }
          for (const [at, bytes] of model) assert.deepEqual(await one.read(at, 9), bytes);
        }),
        { numRuns: runs },
      );
    });
  });
}

/** Work that remembers the bytes it was told of. */
function counting(): { work: Work; bytes: () => number } {
  let last = 0;
  let time = 0;
  const work = new Work({ onProgress: ({ bytes }) => (last = bytes) }, () => (time += 1000));
  return { work, bytes: () => last };
}
