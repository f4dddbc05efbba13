import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { mergeText } from '../../../src/space/merge/mergeText.ts';

const LABELS = { mine: 'mine', base: 'base', incoming: 'Master' };

type Content = string | Buffer;

function merge(mine: Content, base: Content | undefined, incoming: Content): { text: string; conflicts: number } | undefined {
  const merged = mergeText(Buffer.from(mine), base === undefined ? undefined : Buffer.from(base), Buffer.from(incoming), LABELS);
  return merged && { text: merged.content.toString(), conflicts: merged.conflicts };
}

const clean = (text: string): unknown => ({ text, conflicts: 0 });

describe('space: merging texts', () => {
  it('takes what either side changed', () => {
    assert.deepEqual(merge('a\nb\nc\nd2\n', 'a\nb\nc\nd\n', 'a2\nb\nc\nd\n'), clean('a2\nb\nc\nd2\n'));
    assert.deepEqual(merge('a\nb\nnew\n', 'a\nb\n', 'b\n'), clean('b\nnew\n'));
    assert.deepEqual(merge('same\n', 'old\n', 'same\n'), clean('same\n'));
  });

  it('puts what both changed between markers', () => {
    assert.deepEqual(merge('a\nmine\nz\n', 'a\nold\nz\n', 'a\nsent\nz\n'), {
      text: 'a\n<<<<<<< mine\nmine\n||||||| base\nold\n=======\nsent\n>>>>>>> Master\nz\n',
      conflicts: 1,
    });
    assert.equal(merge('1\nx\n2\n', '0\nx\n0\n', '3\nx\n4\n')!.conflicts, 2);
  });

  it('names that hold a line end make no line', () => {
    const named = mergeText(Buffer.from('1'), Buffer.from('0'), Buffer.from('2'), { ...LABELS, incoming: 'Ann\nBob' });
    assert.ok(named!.content.toString().endsWith('2\n>>>>>>> Ann Bob\n'));
  });

  it('without a base all that differs is in conflict', () => {
    assert.deepEqual(merge('a\nb\n', undefined, 'a\nc\n'), {
      text: '<<<<<<< mine\na\nb\n||||||| base\n=======\na\nc\n>>>>>>> Master\n',
      conflicts: 1,
    });
    assert.deepEqual(merge('', undefined, 'a'), clean('a'));
    assert.deepEqual(merge('', '', ''), clean(''));
  });

  it('line ends are the file’s: other ones alone are no change of its lines', () => {
    assert.deepEqual(merge('a\r\nb\r\n', 'a\nb\n', 'a\nb2\n'), clean('a\r\nb2\r\n'));
    assert.deepEqual(merge('a\nb2\n', 'a\nb\n', 'a\r\nb\r\n'), clean('a\r\nb2\r\n'));
    assert.deepEqual(merge('a\r\nmine\r\n', 'a\r\nb\r\n', 'a\r\nsent\r\n')!.text.split('\r\n').length, 9);
  });

  it('mixed line ends stay as they are, line by line', () => {
    assert.deepEqual(merge('a\r\nb\nc\n', 'a\r\nb\nc\n', 'a\r\nb\nc2\n'), clean('a\r\nb\nc2\n'));
    assert.deepEqual(merge('x\r\ny\r\nz\n', 'x\r\ny\nz\n', 'x\r\ny\nz2\n')!.conflicts, 1);
  });

  it('a missing end of the last line is kept, or taken where it came', () => {
    assert.deepEqual(merge('a\nb2', 'a\nb', 'a\nb'), clean('a\nb2'));
    assert.deepEqual(merge('a2\nx\nb', 'a\nx\nb', 'a\nx\nb\n'), clean('a2\nx\nb\n'));
    assert.deepEqual(merge('a2\nx\nb', 'a\nx\nb\n', 'a\nx\nb\n'), clean('a2\nx\nb'));
    assert.ok(merge('1', '0', '2')!.text.endsWith('>>>>>>> Master\n'));
    assert.deepEqual(merge('', 'a', 'a'), clean(''));
  });

  it('so is a byte order mark', () => {
    assert.deepEqual(merge('\ufeffa\nx\nb\n', 'a\nx\nb\n', 'a\nx\nb2\n'), clean('\ufeffa\nx\nb2\n'));
    assert.deepEqual(merge('a\nx\nb2\n', 'a\nx\nb\n', '\ufeffa\nx\nb\n'), clean('\ufeffa\nx\nb2\n'));
    assert.deepEqual(merge('a\nx\nb2\n', '\ufeffa\nx\nb\n', '\ufeffa\nx\nb\n'), clean('a\nx\nb2\n'));
  });

  it('what is binary can’t be merged', () => {
    const text = 'a\n';
    for (const binary of [
      Buffer.from([0x61, 0, 0x62]),
      Buffer.from([0xff, 0xfe, 0x61, 0]),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('é', 'latin1'),
    ]) {
      assert.equal(merge(binary, text, text), undefined);
      assert.equal(merge(text, binary, text), undefined);
      assert.equal(merge(text, text, binary), undefined);
    }
    assert.equal(merge(Buffer.alloc(33 << 20, 'a'), text, text), undefined);
  });

  it('lines may be called anything', () => {
    const lines = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '=======', '<<<<<<< x'];
    const text = `${lines.join('\n')}\n`;
    assert.deepEqual(merge(`${text}mine\n`, text, `sent\n${text}`), clean(`sent\n${text}mine\n`));
  });

  it('a long file is merged where little differs, and given up where all does', () => {
    const lines = (change: (i: number) => string): string => Array.from({ length: 300_000 }, (_, i) => `${change(i)}\n`).join('');
    const base = lines((i) => `line ${i}`);
    const mine = lines((i) => (i === 150_000 ? 'mine' : `line ${i}`));
    const incoming = lines((i) => (i === 150_010 ? 'sent' : `line ${i}`));
    assert.equal(merge(mine, base, incoming)!.conflicts, 0);
    assert.equal(
      merge(
        lines((i) => `mine ${i}`),
        base,
        lines((i) => `sent ${i}`),
      ),
      undefined,
    );
  });

  it('never loses a line of either side, and takes one side where the other did nothing', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', 'd e'), { maxLength: 8 })
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, text, text, (mine, base, incoming) => {
        assert.deepEqual(merge(mine, base, base), clean(mine));
        assert.deepEqual(merge(base, base, incoming), clean(incoming));
        assert.deepEqual(merge(mine, base, mine), clean(mine));
        const { text: merged } = merge(mine, base, incoming)!;
        for (const line of new Set([...mine.split('\n'), ...incoming.split('\n')])) {
          const isIn = (one: string): boolean => one.split('\n').includes(line);
          if (!isIn(base)) assert.ok(isIn(merged), `“${line}” is lost`);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('says the same as git where git sees no conflict', () => {
    const folder = fs.mkdtempSync(path.join(tmpdir(), 'snapstage-test-'));
    const line = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const lines = fc.uniqueArray(line, { minLength: 4, maxLength: 7 });
    const change = fc.array(fc.record({ at: fc.nat(6), to: fc.constantFrom('x', 'y', undefined) }), { maxLength: 2 });
    const changed = (all: readonly string[], changes: readonly { at: number; to: string | undefined }[]): string =>
      all
        .flatMap((each, i) => changes.findLast(({ at }) => at === i) ?? { to: each })
        .flatMap(({ to }) => (to === undefined ? [] : [`${to}\n`]))
        .join('');
    try {
      fc.assert(
        fc.property(lines, change, change, (all, one, other) => {
          const [mine, base, incoming] = [changed(all, one), changed(all, []), changed(all, other)];
          const names = Object.entries({ mine, base, incoming }).map(([name, text]) => {
            fs.writeFileSync(path.join(folder, name), text);
            return path.join(folder, name);
          });
          const merged = merge(mine, base, incoming)!;
          if (merged.conflicts > 0) return;
          assert.equal(merged.text, execFileSync('git', ['merge-file', '-p', '-q', ...names], { encoding: 'utf8' }));
        }),
        { numRuns: 150 },
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
