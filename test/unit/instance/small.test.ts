import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mayChangeUnseen } from '../../../src/instance/clockTick.ts';
import { milliseconds } from '../../../src/instance/diskFolder.ts';
import { ExactTimes } from '../../../src/instance/exactTimes.ts';
import { IgnoreRules } from '../../../src/instance/ignoreRules.ts';
import { allocateColumns, StatTable, type FolderRows } from '../../../src/instance/rows.ts';
import { globMatcher } from '../../../src/instance/search.ts';
import { StatCache } from '../../../src/instance/statCache.ts';
import { checkName } from '../../../src/instance/take.ts';
import { Store } from '../../../src/store/store.ts';
import { FakeMachine, memoryStore } from '../../store/hosts.ts';
import { MemoryFiles } from '../../support/faultyFiles.ts';

describe('stat table', () => {
  const name = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 8 })
    .map((text) => text.replaceAll('\0', 'x').replaceAll('/', 'x').toWellFormed());
  const row = fc.record({
    kind: fc.constantFrom(1, 2, 3),
    size: fc.maxSafeNat(),
    mtime: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
    mode: fc.nat(0o7777),
    ctimeMs: fc.oneof(fc.constant(Number.NaN), fc.double()),
    id: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  });
  const folder = fc.record({
    path: fc.oneof(fc.constant('deep/\udcff\udcfe'), name),
    rows: fc.uniqueArray(fc.tuple(name, row), { selector: ([key]) => key, maxLength: 6 }),
  });

  it('gives back what it was built of, also from its bytes alone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(folder, { selector: (one) => one.path, maxLength: 6 }), (folders) => {
        const all = [
          {
            path: '',
            rows: [] as [string, { kind: number; size: number; mtime: bigint; mode: number; ctimeMs: number; id: Uint8Array }][],
          },
          ...folders.filter((one) => one.path !== ''),
        ];
        const table = StatTable.build(
          '0123456789abcdef0123456789abcdef',
          all.map((one) => ({ path: one.path, rows: rowsOf(one.rows) })),
        );
        const copy = new StatTable(structuredClone(table.memory));
        assert.equal(copy.snapshot, '0123456789abcdef0123456789abcdef');
        assert.equal(
          copy.rows,
          all.reduce((sum, one) => sum + one.rows.length, 0),
        );
        for (const { path, rows } of all) {
          const found = copy.folder(path)!;
          assert.deepEqual(
            found.names,
            rows.map(([key]) => key),
          );
          for (const [i, [, wanted]] of rows.entries()) {
            const { columns, start } = found;
            assert.deepEqual(
              [
                columns.kind[start + i],
                columns.size[start + i],
                columns.mtime[start + i],
                columns.mode[start + i],
                columns.ctimeMs[start + i],
              ],
              [wanted.kind, wanted.size, wanted.mtime, wanted.mode, wanted.ctimeMs],
            );
            assert.ok(columns.ids.subarray((start + i) * 32, (start + i + 1) * 32).equals(wanted.id));
          }
        }
        assert.equal(copy.folder('not there at all'), undefined);
      }),
    );
  });

  it('is refused when it is something else or cut off', () => {
    const { memory } = StatTable.build('00'.repeat(16), [{ path: '', rows: rowsOf([]) }]);
    assert.throws(() => new StatTable(memory.slice(0, memory.byteLength - 1)), RangeError);
    assert.throws(() => new StatTable(new SharedArrayBuffer(64)), RangeError);
  });

  it('trusts what it saw in another run of the machine only as far as that was on the disk', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    const store = memoryStore(machine, files);
    const snapshot = '12'.repeat(16);
    files.write(`snapshots/${snapshot}`, Buffer.from('its record'));
    const now = store.host.now();
    const ages = [1_000, 30_000, 61_000, 3_600_000];
    const rows = ages.map((age, i): [string, Parameters<typeof rowsOf>[0][number][1]] => [
      `${i}`,
      { kind: 1, size: 5, mtime: 1n, mode: 0o644, ctimeMs: now - age, id: new Uint8Array(32).fill(i + 1) },
    ]);
    new StatCache().save(store, StatTable.build(snapshot, [{ path: '', rows: rowsOf(rows) }]));
    const again = (bootId: string): number[] => {
      const other = new Store(files, { ...machine.host(1), bootId });
      return [...new StatCache().load(other)!.columns.ctimeMs];
    };
    const all = ages.map((age) => now - age);
    assert.deepEqual(again('boot'), all);
    assert.deepEqual(again('after it'), [Number.NaN, Number.NaN, ...all.slice(2)]);
    const bytes = files.contents.get('cache/stat')!;
    for (let at = 0; at < bytes.length; at++) {
      if (at >= 4 && at < 8) continue; // of no meaning
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      files.contents.set('cache/stat', changed);
      assert.equal(new StatCache().load(store), undefined, `byte ${at}`);
    }
  });

  function rowsOf(
    rows: readonly [string, { kind: number; size: number; mtime: bigint; mode: number; ctimeMs: number; id: Uint8Array }][],
  ): FolderRows {
    const columns = allocateColumns(rows.length);
    for (const [i, [, one]] of rows.entries()) {
      columns.kind[i] = one.kind;
      columns.size[i] = one.size;
      columns.mtime[i] = one.mtime;
      columns.mode[i] = one.mode;
      columns.ctimeMs[i] = one.ctimeMs;
      columns.ids.set(one.id, i * 32);
    }
    return { columns, start: 0, count: rows.length, names: rows.map(([key]) => key) };
  }
});

describe('rules of what is left out', () => {
  it('are those of gitignore', () => {
    const rules = new IgnoreRules('# comment\n*.log\n!keep.log\n/top\nbuild/\ndoc/**/draft\n\\#odd\n');
    for (const [path, isFolder, wanted] of [
      ['a.log', false, true],
      ['deep/a.log', false, true],
      ['keep.log', false, false],
      ['top', false, true],
      ['deep/top', false, false],
      ['build', true, true],
      ['build', false, false],
      ['x/build', true, true],
      ['doc/a/b/draft', false, true],
      ['#odd', false, true],
      ['.hidden', false, false],
    ] as const) {
      assert.equal(rules.excludes(path, isFolder), wanted, path);
    }
  });

  it('leave out nothing when there are none, and never what is to be taken', () => {
    assert.equal(new IgnoreRules(undefined).excludes('a', false), false);
    assert.equal(new IgnoreRules(' \n').excludes('a', false), false);
    const rules = new IgnoreRules('cache/\n', ['cache', 'cache/a']);
    assert.deepEqual(
      [rules.excludes('cache', true), rules.excludes('cache/a', false), rules.excludes('cache/b', false)],
      [false, false, true],
    );
  });
});

describe('patterns', () => {
  it('match names, or paths when they hold a slash; case matters', () => {
    for (const [pattern, path, wanted] of [
      ['*.txt', 'deep/a.txt', true],
      ['*.txt', 'a.TXT', false],
      ['a', 'a/b', false],
      ['a/*', 'a/b', true],
      ['/b', 'a/b', false],
      ['**/b', 'a/x/b', true],
      ['[ab].c', 'b.c', true],
      ['#x', '#x', true],
      ['!x', '!x', true],
    ] as const) {
      assert.equal(globMatcher(pattern)(path), wanted, `${pattern} on ${path}`);
    }
  });
});

describe('times', () => {
  it('in milliseconds are those of Node', () => {
    assert.equal(milliseconds(1_700_000_000_123_456_789n), 1_700_000_000_000 + 123_456_789 / 1e6);
    assert.equal(milliseconds(0n), 0);
  });

  it('need the exact way unless they are whole seconds', () => {
    assert.deepEqual(
      [1_000_000_000n, 0n, 1_795_231_298_141_855_000n, 1n, -1_500_000_000n].map((time) => ExactTimes.isNeeded(time)),
      [false, false, true, true, true],
    );
  });

  it('of a change a moment ago prove nothing', () => {
    assert.deepEqual(
      [1000, 985, 979, 1500, 9000].map((changed) => mayChangeUnseen(changed, 1000)),
      [true, true, false, true, false],
    );
  });
});

describe('names of snapshots', () => {
  it('can’t be mistaken for another way to name one', () => {
    for (const name of ['', 'current', 'latest', 'latest~12', 'a'.repeat(32), 'x\n', 'y'.repeat(201)])
      assert.throws(() => checkName(name), name);
    for (const name of ['Latest', 'latest version', 'abcd', 'é 🐢', 'latest~x']) checkName(name);
  });
});
