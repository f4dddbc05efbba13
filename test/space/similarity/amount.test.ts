import assert from 'node:assert/strict';
import fc from 'fast-check';
import { amountOf } from '../../../src/space/similarity/amount.ts';
import { HandedOut } from '../../../src/space/similarity/handedOut.ts';
import { matchesOf, type Matches, type Region } from '../../../src/space/similarity/matches.ts';
import { CLASSES, filesOf, FUNCTIONAL, LOOPS } from './programs.ts';

const region = (path: string, fromLine: number, toLine: number): Region => ({ path, fromLine, toLine });

describe('similarity: how much two hand-ins have in common', () => {
  it('is nothing where nothing is alike', () => {
    const nothing = { passages: 0, largest: 0, linesOfOne: 0, linesOfOther: 0, files: 0, mainFiles: null };
    assert.deepEqual(amountOf({ regions: [], contents: [] }, []), nothing);
  });

  it('is passages, their lines, each once, and the files that they are in', () => {
    const regions = [
      { one: region('a.py', 1, 10), other: region('b.py', 5, 16) },
      { one: region('a.py', 10, 12), other: region('b.py', 30, 32) },
      { one: region('a.py', 20, 24), other: region('c.py', 1, 5) },
    ];
    const contents = [{ one: 'x.bin', other: 'y.bin', shared: 7 }];
    const sameFiles = [
      { one: 'x.bin', other: 'y.bin' },
      { one: 'plot.png', other: 'plot.png' },
    ];
    assert.deepEqual(amountOf({ regions, contents }, sameFiles), {
      passages: 3,
      largest: 12,
      linesOfOne: 17,
      linesOfOther: 20,
      files: 4,
      mainFiles: { one: 'a.py', other: 'b.py' },
    });
  });

  it('names first what has the most: lines, then pieces, then the path', () => {
    const contents = [
      { one: 'a.bin', other: 'a.bin', shared: 1 },
      { one: 'b.bin', other: 'b.bin', shared: 2 },
    ];
    assert.deepEqual(amountOf({ regions: [], contents }, []).mainFiles, { one: 'b.bin', other: 'b.bin' });
    const sameFiles = ['b.png', 'a.png'].map((path) => ({ one: path, other: 'x.png' }));
    assert.deepEqual(amountOf({ regions: [], contents: [] }, sameFiles).mainFiles, { one: 'a.png', other: 'x.png' });
    const regions = [{ one: region('z.py', 1, 1), other: region('z.py', 1, 1) }];
    assert.deepEqual(amountOf({ regions, contents }, sameFiles).mainFiles, { one: 'z.py', other: 'z.py' });
  });

  it('is all lines of what is the same', () => {
    const matches = matchesOf(
      filesOf({ 'a.py': LOOPS, 'b.py': CLASSES }),
      filesOf({ 'a.py': LOOPS, 'c.py': FUNCTIONAL }),
      new HandedOut([]),
      new Set(),
    );
    const { linesOfOne, linesOfOther, largest, files } = amountOf(matches, []);
    assert.deepEqual([linesOfOne, linesOfOther, largest, files], [41, 41, 41, 1]);
  });

  it('counts as one does by hand', () => {
    const lines = fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 12 }), fc.nat(5));
    const anyRegion = lines.map(([path, from, more]) => region(path, from, from + more));
    const regions = fc.array(fc.record({ one: anyRegion, other: anyRegion }), { maxLength: 8 });
    const covered = (all: readonly Region[]): number => {
      const each = all.flatMap(({ path, fromLine, toLine }) =>
        Array.from({ length: toLine - fromLine + 1 }, (_, at) => `${path}:${fromLine + at}`),
      );
      return new Set(each).size;
    };
    fc.assert(
      fc.property(regions, (all) => {
        const matches: Matches = { regions: all, contents: [] };
        const { linesOfOne, linesOfOther, files } = amountOf(matches, []);
        assert.equal(linesOfOne, covered(all.map(({ one }) => one)));
        assert.equal(linesOfOther, covered(all.map(({ other }) => other)));
        assert.equal(files, new Set(all.map(({ one, other }) => `${one.path} ${other.path}`)).size);
      }),
    );
  });
});
