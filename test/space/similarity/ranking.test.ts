import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ComparedFile } from '../../../src/space/similarity/comparedFile.ts';
import { fingerprintsOf, MOST_FINGERPRINTS, type Fingerprints } from '../../../src/space/similarity/fingerprints.ts';
import { HandedOut } from '../../../src/space/similarity/handedOut.ts';
import { rank, type Entrant, type Pair, type Ranking } from '../../../src/space/similarity/ranking.ts';
import { DISGUISED, fileOf, filesOf, LOOPS, notebookOf, SOLUTIONS } from './programs.ts';

const NOTHING = new HandedOut([]);

function entrant(handIn: string, files: readonly ComparedFile[], { author = handIn, handedOut = NOTHING } = {}): Entrant {
  return { handIn, author, ...fingerprintsOf(files, handedOut) };
}

function ranked(entrants: readonly Entrant[], limit = 1000): Ranking {
  return rank(entrants, limit, () => undefined);
}

/** Two hand-ins with these files. */
function pairOf(one: Readonly<Record<string, string | Uint8Array>>, other: typeof one, handedOut = NOTHING): Pair | undefined {
  const pairs = ranked([entrant('one', filesOf(one), { handedOut }), entrant('other', filesOf(other), { handedOut })]).pairs;
  assert.ok(pairs.length <= 1);
  return pairs[0];
}

/** Words that come in no dictionary, the same ones for a number. */
function words(seed: number, count: number): string {
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  return Array.from({ length: count }, () => (next() >>> 8).toString(36)).join(' ');
}

function noise(seed: number, length: number): Buffer {
  return Buffer.from(words(seed, length)).subarray(0, length);
}

describe('similarity: how alike hand-ins are', () => {
  it('finds a copy with other names, comments, formatting and order of functions', () => {
    const pair = pairOf({ 'main.py': LOOPS }, { 'solution/work.py': DISGUISED });
    assert.ok(pair!.score > 0.6, `${pair!.score}`);
  });

  it('finds a copy that was spread over files, or put into a notebook', () => {
    const [read, mean, print] = LOOPS.split(/(?=^def )/m).slice(1);
    assert.ok(pairOf({ 'main.py': LOOPS }, { 'a.py': read!, 'b.py': print!, 'c.py': mean! })!.score > 0.6);
    assert.ok(pairOf({ 'main.py': LOOPS }, { 'a.ipynb': notebookOf('# Task', print!, '# Mean', mean!, read!) })!.score > 0.6);
  });

  it('finds a copied part by what it is of the smaller one', () => {
    const pair = pairOf({ 'a.py': LOOPS }, { 'a.py': LOOPS, 'b.py': SOLUTIONS.CLASSES, 'c.py': SOLUTIONS.FUNCTIONAL })!;
    assert.equal(pair.ofOne, 1);
    assert.equal(pair.score, 1);
    assert.ok(pair.ofOther > 0.2 && pair.ofOther < 0.6, `${pair.ofOther}`);
  });

  it('says nothing of solutions that were written by themselves', () => {
    assert.deepEqual(ranked(Object.entries(SOLUTIONS).map(([name, text]) => entrant(name, [fileOf('main.py', text)]))).pairs, []);
  });

  it('finds copied prose, whatever its punctuation, and none that is not', () => {
    const [copied, one, other] = [words(1, 60), words(2, 60), words(3, 60)];
    const shouted = copied.toUpperCase().replaceAll(' ', ',\n');
    assert.ok(pairOf({ 'a.md': `${one}\n${copied}` }, { 'b.tex': `${shouted}\n${other}` })!.score > 0.3);
    assert.equal(pairOf({ 'a.md': one }, { 'b.md': other }), undefined);
  });

  it('says nothing where too little is common', () => {
    assert.equal(pairOf({ 'a.py': 'print(1)\n' }, { 'a.py': 'print(1)\n' }), undefined);
    assert.equal(pairOf({ 'a.py': '' }, { 'a.py': '' }), undefined);
    assert.equal(pairOf({}, {}), undefined);
    assert.deepEqual(ranked([]).pairs, []);
  });

  describe('what was handed out', () => {
    const handedOut = new HandedOut(filesOf({ 'main.py': LOOPS, 'data.bin': noise(1, 3000) }));

    it('counts for nothing, where it stands in whatever is own', () => {
      const half = LOOPS.indexOf('def print_table');
      const around = (own: string): string => LOOPS.slice(0, half) + own + LOOPS.slice(half);
      const [one, other] = [SOLUTIONS.FUNCTIONAL, SOLUTIONS.PANDAS].map(around);
      assert.equal(pairOf({ 'main.py': one! }, { 'main.py': other! }, handedOut), undefined);
      assert.ok(pairOf({ 'main.py': one! }, { 'main.py': other! })!.score > 0.5);
      assert.equal(pairOf({ 'main.py': one! }, { 'main.py': around(SOLUTIONS.FUNCTIONAL) }, handedOut)!.score, 1);
    });

    it('counts for nothing as a file, under any name', () => {
      const [one, other] = ['a', 'b'].map((name) => ({ [`${name}.py`]: LOOPS, [`${name}.bin`]: noise(1, 3000) }));
      assert.equal(pairOf(one!, other!, handedOut), undefined);
      assert.deepEqual(pairOf(one!, other!)!.sameFiles, [
        { one: 'a.bin', other: 'b.bin' },
        { one: 'a.py', other: 'b.py' },
      ]);
    });

    it('is not read where a file is the same', () => {
      const unreadable: ComparedFile = { ...fileOf('x.py', LOOPS), read: () => assert.fail('read') };
      assert.deepEqual(fingerprintsOf([unreadable], handedOut).text.values.length, 0);
    });
  });

  describe('other content', () => {
    it('is found by being the same, and told by its paths', () => {
      const pair = pairOf(
        { 'a.png': noise(1, 5000), 'own.dat': noise(2, 300) },
        { 'img/b.jpg': noise(1, 5000), 'own.dat': noise(3, 300) },
      )!;
      assert.deepEqual(pair.sameFiles, [{ one: 'a.png', other: 'img/b.jpg' }]);
      assert.deepEqual([pair.score, pair.shared], [0.5, 1]);
    });

    it('is told by the first path where it is in a hand-in twice', () => {
      const twice = [fileOf('b.png', noise(1, 500)), fileOf('a.png', noise(1, 500)), fileOf('c.png', noise(1, 500))];
      for (const order of [twice, twice.toReversed()]) {
        const { sameFiles } = ranked([entrant('1', order), entrant('2', [fileOf('x', noise(1, 500))])]).pairs[0]!;
        assert.deepEqual(sameFiles, [{ one: 'a.png', other: 'x' }]);
      }
    });

    it('is found by the objects of a large file', () => {
      const [one, other] = [noise(1, 8000), Buffer.concat([noise(1, 6000), noise(2, 2000)])];
      const handIn = (name: string, bytes: Buffer): Entrant => entrant(name, [fileOf('a.db', bytes, 1000)]);
      const { score, shared, sameFiles } = ranked([handIn('a', one), handIn('b', other)]).pairs[0]!;
      assert.deepEqual([score, shared, sameFiles], [0.75, 6, []]);
    });

    it('says nothing of tiny files', () => {
      assert.equal(pairOf({ 'a.json': '{}' }, { 'a.json': '{}' }), undefined);
    });

    it('is what a broken notebook is', () => {
      const broken = notebookOf(LOOPS).slice(1);
      assert.deepEqual(pairOf({ 'a.ipynb': broken }, { 'b.ipynb': broken })!.sameFiles, [{ one: 'a.ipynb', other: 'b.ipynb' }]);
    });
  });

  it('compares nobody with themselves', () => {
    const files = filesOf({ 'a.py': LOOPS, 'a.bin': noise(1, 1000) });
    const two = [entrant('1', files, { author: 'ann' }), entrant('2', files, { author: 'ann' }), entrant('3', files, { author: 'bob' })];
    assert.deepEqual(
      ranked(two).pairs.map(({ one, other, score }) => [one, other, score]),
      [
        ['1', '3', 1],
        ['2', '3', 1],
      ],
    );
  });

  it('takes what too many authors have for common, and not what one has handed in many times', () => {
    const files = filesOf({ 'a.py': LOOPS, 'a.bin': noise(1, 1000) });
    const ten = Array.from({ length: 10 }, (_, i) => entrant(`${i}`, files));
    assert.equal(ranked(ten).pairs.length, 45);
    const twelve = [
      ...ten,
      entrant('x', [...files, ...filesOf({ 'b.md': words(1, 100) })]),
      entrant('y', [...files, ...filesOf({ 'c.md': words(1, 100) })]),
    ];
    const { pairs, common } = ranked(twelve);
    assert.deepEqual(
      pairs.map(({ one, other, score, sameFiles }) => [one, other, score, sameFiles.length]),
      [['x', 'y', 1, 1]],
    );
    assert.ok(common.size > 10);
    const again = Array.from({ length: 11 }, (_, i) => entrant(`${i}`, files, { author: 'ann' }));
    assert.equal(ranked([...again, entrant('z', files)]).pairs.length, 11);
  });

  it('gives the first of all pairs, in one order', () => {
    const all = Array.from({ length: 8 }, (_, i) => entrant(`${i}`, filesOf({ 'a.py': LOOPS, 'b.md': words(i >> 1, 100) })));
    const { pairs } = ranked(all);
    assert.deepEqual(
      pairs
        .slice(0, 4)
        .map(({ one, other }) => one + other)
        .sort(),
      ['01', '23', '45', '67'],
    );
    assert.ok(pairs.every(({ score }, i) => i === 0 || score <= pairs[i - 1]!.score));
    assert.deepEqual(ranked(all, 5).pairs, pairs.slice(0, 5));
    assert.deepEqual(ranked(all, 0).pairs, []);
  });

  it('gives the first of very many pairs', () => {
    const size = 370;
    // Each two share a value of their own, and the later ones among them have less that is theirs alone.
    const data = Array.from({ length: size }, (_, a) => {
      const common = Array.from({ length: size }, (__, b) => Math.min(a, b) * size + Math.max(a, b)).filter((__, b) => b !== a);
      const own = Array.from({ length: size - a }, (__, i) => (a + 1) * 1e6 + i);
      return Float64Array.from([...common, ...own], (value) => value * 1e6).sort();
    });
    const all = data.map((values, i): Entrant => {
      const [handIn, none] = [String(i).padStart(3, '0'), { values: new Float64Array(), bound: Infinity }];
      return { handIn, author: handIn, text: none, data: { values, bound: Infinity }, files: new Map() };
    });
    const { pairs } = ranked(all, Infinity);
    assert.equal(pairs.length, (size * (size - 1)) / 2);
    assert.equal(`${pairs[0]!.one} ${pairs[0]!.other}`, '000 369');
    const most = ranked(all, 100);
    assert.deepEqual(most.pairs, pairs.slice(0, 100));
    assert.equal(most.found, pairs.length);
  });

  it('can be ended', () => {
    const all = [entrant('a', [fileOf('a.py', LOOPS)]), entrant('b', [fileOf('a.py', LOOPS)])];
    assert.throws(() => rank(all, 5, () => assert.fail('ended')), /ended/);
  });

  it('finds a copy in a hand-in of which only a part can be kept', () => {
    const copied = words(1, 3000);
    const large = entrant('large', filesOf({ 'a.md': words(2, 700_000), 'b.md': copied }));
    assert.equal(large.text.values.length, MOST_FINGERPRINTS);
    assert.ok(large.text.bound < 2 ** 52);
    for (const handIn of ['copy', 'so too']) {
      const { score, ofOne, ofOther } = ranked([large, entrant(handIn, [fileOf('c.md', copied)])]).pairs[0]!;
      assert.equal(score, 1);
      assert.ok(Math.min(ofOne, ofOther) < 0.01);
    }
  });

  describe('of any hand-ins', () => {
    const lines = LOOPS.split('\n').concat(SOLUTIONS.CLASSES.split('\n'));
    const program = fc
      .array(
        fc.nat(lines.length - 10).map((at) => lines.slice(at, at + 10).join('\n')),
        { maxLength: 6 },
      )
      .map((parts) => parts.join('\n'));
    const data = fc.integer({ min: 1, max: 4 }).map((seed) => noise(seed, 400));
    const contents = fc.record({ 'a.py': program, 'b.py': program, 'c.bin': data }).map((one) => ({ ...one, 'd.py': one['a.py'] }));
    const several = fc.array(fc.record({ contents, author: fc.nat(4) }), { maxLength: 6 });

    const entrants = (
      some: readonly { contents: Readonly<Record<string, string | Buffer>>; author: number }[],
      order: <T>(all: T[]) => T[],
    ): Entrant[] => order(some.map((one, i) => entrant(`${i}`, order(filesOf(one.contents)), { author: `${one.author}` })));

    it('no order matters', () => {
      fc.assert(
        fc.property(several, (some) => {
          assert.deepEqual(ranked(entrants(some, (all) => all.toReversed())), ranked(entrants(some, (all) => all)));
        }),
      );
    });

    it('which of two comes first does not matter', () => {
      fc.assert(
        fc.property(contents, contents, (one, other) => {
          const [there, back] = [pairOf(one, other), pairOf(other, one)];
          assert.deepEqual(
            [back?.score, back?.shared, back?.ofOne, back?.ofOther],
            [there?.score, there?.shared, there?.ofOther, there?.ofOne],
          );
        }),
      );
    });

    it('parts are from 0 to 1, and 1 of what is the same', () => {
      fc.assert(
        fc.property(contents, contents, (one, other) => {
          const pair = pairOf(one, other);
          if (pair === undefined) return;
          assert.equal(pair.score, Math.max(pair.ofOne, pair.ofOther));
          assert.ok(pair.ofOne > 0 && pair.ofOther > 0 && pair.score <= 1);
          const self = pairOf(one, one)!;
          assert.deepEqual([self.score, self.ofOne, self.ofOther], [1, 1, 1]);
        }),
      );
    });

    it('counts as two sets are counted', () => {
      fc.assert(
        fc.property(contents, contents, (one, other) => {
          const [a, b] = [one, other].map((all) => fingerprintsOf(filesOf(all), NOTHING));
          const values = ({ text, data: rest }: Fingerprints): number[] => [...text.values, ...rest.values];
          const both = new Set(values(b!));
          const shared = values(a!).filter((value) => both.has(value)).length;
          const pair = pairOf(one, other);
          if (pair === undefined) assert.ok(shared < 5);
          else assert.deepEqual([pair.shared, pair.ofOne, pair.ofOther], [shared, shared / values(a!).length, shared / values(b!).length]);
        }),
      );
    });

    it('what was handed out says nothing', () => {
      fc.assert(
        fc.property(contents, (one) => {
          assert.equal(pairOf(one, one, new HandedOut(filesOf(one))), undefined);
        }),
      );
    });
  });
});
