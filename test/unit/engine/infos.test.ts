import assert from 'node:assert/strict';
import fc from 'fast-check';
import { comparePaths } from '../../../src/base/paths.ts';
import { changesOf, isoNanoseconds, restoreCounts, restoreItems } from '../../../src/engine/infos.ts';
import { NO_ID } from '../../../src/store/ids.ts';
import { Kind, type TreeEntry } from '../../../src/store/tree.ts';

describe('what the engine tells', () => {
  it('times to the nanosecond, also before 1970', () => {
    assert.equal(isoNanoseconds(0n), '1970-01-01T00:00:00.000000000Z');
    assert.equal(isoNanoseconds(1_700_000_000_123_456_789n), '2023-11-14T22:13:20.123456789Z');
    assert.equal(isoNanoseconds(-1n), '1969-12-31T23:59:59.999999999Z');
    assert.equal(isoNanoseconds(-1_500_000_000n), '1969-12-31T23:59:58.500000000Z');
    assert.equal(isoNanoseconds(4_102_444_800_000_000_000n), '2100-01-01T00:00:00.000000000Z');
  });

  it('any time that a file can have, in order', () => {
    const time = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(time, (at) => {
        const text = isoNanoseconds(at);
        assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
        const seconds = BigInt(Date.parse(`${text.slice(0, 19)}Z`)) / 1000n;
        assert.equal(seconds * 1_000_000_000n + BigInt(text.slice(20, 29)), at);
      }),
    );
  });

  it('steps as items and counts', () => {
    const entry = (kind: Kind, size: number): TreeEntry => ({ name: 'x', kind, mode: 0, flags: 0, mtime: 0n, size, group: 0n, id: NO_ID });
    const steps = [
      { path: 'a', action: 'add', from: undefined, to: entry(Kind.file, 10) },
      { path: 'b', action: 'replace', from: entry(Kind.folder, 0), to: entry(Kind.file, 5) },
      { path: 'c', action: 'delete', from: entry(Kind.link, 3), to: undefined },
      { path: 'e', action: 'add', from: undefined, to: entry(Kind.folder, 0), original: 'd', reason: 'why' },
    ] as const;
    assert.deepEqual(restoreCounts(steps), {
      add: 2,
      replace: 1,
      delete: 1,
      attributes: 0,
      keep: 0,
      folders: { add: 1, replace: 0, delete: 0, attributes: 0, keep: 0 },
      bytes: 15,
    });
    assert.deepEqual(
      restoreItems(steps, { limit: 1, about: ['d/in', 'b'] }).map(({ path }) => path),
      ['a', 'b', 'd'],
    );
    assert.deepEqual(restoreItems(steps).slice(2), [
      { path: 'c', action: 'delete', kind: 'link', size: 3 },
      { path: 'd', action: 'add', kind: 'folder', size: 0, as: 'e', reason: 'why' },
    ]);
  });

  it('changes in parts, which are all of them in the order of a walk', () => {
    const name = fc.stringMatching(/^[a./-]{1,6}$/);
    const change = fc.tuple(name, fc.constantFrom('added', 'changed', 'removed', 'moved'));
    const entry: TreeEntry = { name: 'x', kind: Kind.file, mode: 0, flags: 0, mtime: 0n, size: 1, group: 0n, id: NO_ID };
    fc.assert(
      fc.property(fc.uniqueArray(change, { selector: ([path]) => path }), fc.integer({ min: 1, max: 4 }), (changes, limit) => {
        const sorted = changes.toSorted(([a], [b]) => comparePaths(a, b));
        const of = (kind: string) => sorted.filter(([, one]) => one === kind).map(([path]) => ({ path, from: 'was', entry }));
        const lists = { added: of('added'), changed: of('changed'), removed: of('removed'), moved: of('moved') };
        const told: string[][] = [];
        for (let after: string | undefined; ;) {
          const part = changesOf(lists, limit, after);
          assert.equal(
            Object.values(part.counts).reduce((sum, count) => sum + count),
            changes.length,
          );
          assert.ok(part.changes.length <= limit);
          if (part.changes.length === 0) break;
          told.push(...part.changes.map((one) => [one.path, one.change]));
          after = part.changes.at(-1)?.path;
        }
        assert.deepEqual(told, sorted);
      }),
    );
  });
});
