import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fingerprintsOf } from '../../../src/space/similarity/fingerprints.ts';
import { HandedOut } from '../../../src/space/similarity/handedOut.ts';
import { matchesOf, type Region } from '../../../src/space/similarity/matches.ts';
import { readText } from '../../../src/space/similarity/passages.ts';
import { CLASSES, DISGUISED, fileOf, filesOf, FUNCTIONAL, LOOPS, notebookOf, PANDAS } from './programs.ts';

const NOTHING = new HandedOut([]);
const NONE: ReadonlySet<number> = new Set();

type Contents = Readonly<Record<string, string | Uint8Array>>;

function matches(one: Contents, other: Contents, { handedOut = NOTHING, common = NONE } = {}) {
  return matchesOf(filesOf(one), filesOf(other), handedOut, common);
}

/** As `path:from-to`. */
function words({ path, fromLine, toLine }: Region): string {
  return `${path}:${fromLine}-${toLine}`;
}

/** Where something stands in a text. */
function linesOf(text: string, part: string): string {
  const from = text.slice(0, text.indexOf(part)).split('\n').length;
  return `${from}-${from + part.trimEnd().split('\n').length - 1}`;
}

describe('similarity: what is alike in two hand-ins', () => {
  it('is all of a file with itself', () => {
    assert.deepEqual(matches({ 'a.py': LOOPS }, { 'b.py': LOOPS }), {
      regions: [{ one: { path: 'a.py', fromLine: 1, toLine: 41 }, other: { path: 'b.py', fromLine: 1, toLine: 41 } }],
      contents: [],
    });
  });

  it('is each function of a disguised copy, where it went', () => {
    const { regions } = matches({ 'a.py': LOOPS }, { 'b.py': DISGUISED });
    for (const [name, disguise] of [
      ['read_measurements', 'load'],
      ['means_by_group', 'average'],
      ['print_table', 'show'],
    ] as const) {
      const [from, to] = [LOOPS, DISGUISED].map(
        (text, i) => text.split('\n').findIndex((line) => line.startsWith(`def ${[name, disguise][i]}(`)) + 3,
      );
      const holds = ({ fromLine, toLine }: Region, line: number): boolean => fromLine <= line && line <= toLine;
      assert.ok(
        regions.some(({ one, other }) => holds(one, from! + 1) && holds(other, to! + 3)),
        name,
      );
    }
  });

  it('is a part in its lines, in several files, in the order of the first', () => {
    const [one, other] = [`${CLASSES}\n${LOOPS}`, `${PANDAS}\n\n${LOOPS}`];
    const { regions } = matches({ 'x.py': FUNCTIONAL, 'a.py': one }, { 'z.py': FUNCTIONAL, 'b.py': other });
    assert.deepEqual(
      regions.map((match) => [words(match.one), words(match.other)]),
      [
        [`a.py:${linesOf(one, LOOPS)}`, `b.py:${linesOf(other, LOOPS)}`],
        ['x.py:1-16', 'z.py:1-16'],
      ],
    );
  });

  it('is nothing of what was handed out, also in the middle of what is alike', () => {
    const [start, middle, end] = [FUNCTIONAL, LOOPS, CLASSES];
    const text = `${start}${middle}${end}`;
    const handedOut = new HandedOut(filesOf({ 'main.py': middle, 'a.bin': Buffer.alloc(1000, 'handed out') }));
    const contents = { 'a.py': text, 'a.bin': Buffer.alloc(1000, 'handed out') };
    const { regions, contents: data } = matches(contents, contents, { handedOut });
    const found = regions.map(({ one }) => [one.fromLine, one.toLine]);
    const [from, to] = [start.split('\n').length - 1, (start + middle).split('\n').length];
    assert.deepEqual(found, [
      [1, from],
      [to, text.trimEnd().split('\n').length],
    ]);
    assert.deepEqual(data, []);
  });

  it('is nothing of what is common', () => {
    const common = new Set(fingerprintsOf(filesOf({ 'a.py': LOOPS }), NOTHING).text.values);
    assert.deepEqual(matches({ 'a.py': LOOPS }, { 'a.py': LOOPS }, { common }).regions, []);
    const { regions } = matches({ 'a.py': LOOPS, 'b.py': CLASSES }, { 'a.py': LOOPS, 'b.py': CLASSES }, { common });
    assert.deepEqual(
      regions.map(({ one }) => one.path),
      ['b.py'],
    );
  });

  it('is told by the lines of a notebook’s text', () => {
    const notebook = notebookOf('# Task', 'x = 1', LOOPS);
    const { regions } = matches({ 'a.ipynb': notebook }, { 'b.py': LOOPS });
    const { text } = readText(fileOf('a.ipynb', notebook))!;
    assert.deepEqual(
      regions.map((match) => [words(match.one), words(match.other)]),
      [[`a.ipynb:${linesOf(text, LOOPS)}`, 'b.py:1-41']],
    );
  });

  it('counts the objects that other files share, each once', () => {
    const bytes = Buffer.concat(['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(1000, letter)));
    const one = [fileOf('one.db', bytes, 1000), fileOf('too.db', bytes, 1000)];
    const other = [
      fileOf('x.db', bytes.subarray(1000), 1000),
      fileOf('y.db', bytes.subarray(2000), 1000),
      fileOf('z', bytes.subarray(0, 1000)),
    ];
    assert.deepEqual(matchesOf(one, other, NOTHING, NONE).contents, [
      { one: 'one.db', other: 'z', shared: 1 },
      { one: 'one.db', other: 'x.db', shared: 3 },
    ]);
  });

  it('is found in time in proportion to what repeats, and each place once', () => {
    const line = 'print(x, y, z) if x < y else f(x[0], y[1], z)\n';
    const { regions } = matches({ 'a.py': line.repeat(20_000) }, { 'b.py': `${line.repeat(10_000)}${CLASSES}${line.repeat(9_000)}` });
    const covered = regions.reduce((sum, { one }) => sum + one.toLine - one.fromLine + 1, 0);
    assert.ok(covered >= 18_990 && covered <= 19_010, `${covered}`);
  });

  describe('of any programs', () => {
    const lines = [LOOPS, CLASSES, FUNCTIONAL].flatMap((text) => text.split('\n'));
    const part = fc.nat(lines.length - 8).map((at) => lines.slice(at, at + 8).join('\n'));
    const program = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('\n'));
    const contents = fc.record({ 'a.py': program, 'b.py': program, 'c.md': program });

    it('regions are lines of the files, in order', () => {
      fc.assert(
        fc.property(contents, contents, (one, other) => {
          const { regions } = matches(one, other);
          for (const [i, match] of regions.entries()) {
            for (const [{ path, fromLine, toLine }, all] of [
              [match.one, one],
              [match.other, other],
            ] as const) {
              const count = all[path as keyof typeof all].split('\n').length;
              assert.ok(fromLine >= 1 && fromLine <= toLine && toLine <= count);
            }
            const before = regions[i - 1]?.one;
            if (before?.path === match.one.path) assert.ok(before.fromLine <= match.one.fromLine);
            else assert.ok(before === undefined || before.path < match.one.path);
          }
        }),
      );
    });

    it('there are regions exactly where fingerprints are shared', () => {
      fc.assert(
        fc.property(contents, contents, (one, other) => {
          const [a, b] = [one, other].map((all) => new Set(fingerprintsOf(filesOf(all), NOTHING).text.values));
          const isShared = [...a!].some((value) => b!.has(value));
          assert.equal(matches(one, other).regions.length > 0, isShared);
        }),
      );
    });

    it('a copied part is found wherever it stands', () => {
      const others = [CLASSES, FUNCTIONAL].flatMap((text) => text.split('\n'));
      const around = fc.array(fc.constantFrom(...others), { maxLength: 30 }).map((some) => some.join('\n'));
      const copied = LOOPS.trimEnd().split('\n');
      fc.assert(
        fc.property(around, around, around, around, (a, b, c, d) => {
          const { regions } = matches({ 'a.py': [a, ...copied, b].join('\n') }, { 'a.py': [c, ...copied, d].join('\n') });
          const start = a.split('\n').length + 1;
          const isFound = (line: number): boolean => regions.some(({ one: { fromLine, toLine } }) => fromLine <= line && line <= toLine);
          const missed = copied.filter((text, i) => text !== '' && !text.startsWith('#') && !isFound(start + i));
          // Its first and last tokens may be in a match of what stands beside.
          assert.deepEqual(
            missed.slice(0, -4).filter((text) => !copied.slice(0, 4).includes(text)),
            [],
          );
        }),
      );
    });
  });
});
