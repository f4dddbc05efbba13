import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isInside } from '../../../src/base/paths.ts';
import { decodeRecord, encodeRecord, parseStaged, Unreadable } from '../../../src/space/stage/stageBorder.ts';
import { holderAmong, placeId, type Place, type StagedRecord } from '../../../src/space/stage/stagedObject.ts';

const path = fc.array(fc.constantFrom('a', 'b', 'A', 'é', 'e\u0301', '\udc80'), { maxLength: 4 }).map((names) => names.join('/'));
const place: fc.Arbitrary<Place> = fc.oneof(
  path.map((at) => ({ path: at })),
  path.map((at) => ({ path: at, table: 't' })),
  path.map((at) => ({ path: at, application: 'python' as const })),
);

describe('space: a staged object', () => {
  it('is held by the innermost path that it lies in, a table also by its own file', () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 12 }), place, (staged, one) => {
        const isPath = ({ table, application }: Place): boolean => table === undefined && application === undefined;
        const holders = staged.filter((other) => {
          const isItself = isPath(one) && other.path === one.path;
          return isPath(other) && !isItself && isInside(other.path, one.path);
        });
        const innermost = holders.reduce<string | undefined>(
          (longest, { path: at }) => (longest === undefined || at.length > longest.length ? at : longest),
          undefined,
        );
        assert.equal(holderAmong(staged)(one)?.path, innermost);
      }),
    );
  });

  it('has one place for a path, whatever it is there, and other ones for what is in it', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const isSame = a.path === b.path && a.table === b.table && a.application === b.application;
        assert.equal(placeId(a) === placeId(b), isSame);
      }),
    );
    assert.notEqual(placeId({ path: 'a', table: 'é' }), placeId({ path: 'a', table: 'e\u0301' }));
  });

  const good: StagedRecord = { type: 'file', state: 'current', path: 'a/b', strategy: 'skip', added: '2026-11-21T10:00:00.000Z' };
  const id = 'a'.repeat(32);

  it('comes back from its record as it was', () => {
    const all: readonly StagedRecord[] = [
      good,
      { ...good, type: 'folder', path: '', strategy: null },
      { ...good, type: 'file', path: 'raw \udc80\udcff and “quotes”\n', state: id },
      { ...good, type: 'table', path: 'app.db', table: 'or"ders: x' },
      { ...good, type: 'table', path: 'app.db', table: '' },
      { ...good, type: 'application', path: '', application: 'dev-container' },
      { ...good, type: 'snapshot', path: '', state: id, strategy: 'mirror' },
    ];
    for (const record of all) assert.deepEqual(parseStaged(decodeRecord(encodeRecord(record))), record);
  });

  it('is not taken out of what makes no sense', () => {
    const bad: readonly (readonly [string, unknown])[] = [
      ['no fields', 7],
      ['a list', [good]],
      ['null', null],
      ['a type that there is not', { ...good, type: 'link' }],
      ['no state', { ...good, state: undefined }],
      ['a name for a state', { ...good, state: 'latest' }],
      ['a long id', { ...good, state: `${id}a` }],
      ['a path that leads out', { ...good, path: '../x' }],
      ['an absolute path', { ...good, path: '/etc/passwd' }],
      ['a path of Windows', { ...good, path: 'C:\\x' }],
      ['a path with dots', { ...good, path: 'a/./b' }],
      ['a path with a zero byte', { ...good, path: 'a\0b' }],
      ['a path that ends in a slash', { ...good, path: 'a/' }],
      ['a file that is everything', { ...good, path: '' }],
      ['no time', { ...good, added: 'soon' }],
      ['no strategy that there is', { ...good, strategy: 'delete' }],
      ['no strategy at all', { ...good, strategy: undefined }],
      ['a file with a table', { ...good, table: 't' }],
      ['a table without one', { ...good, type: 'table' }],
      ['an application without one', { ...good, type: 'application' }],
      ['an application that there is not', { ...good, type: 'application', application: 'cobol' }],
      ['a snapshot below a path', { ...good, type: 'snapshot', state: id }],
      ['a snapshot of the current state', { ...good, type: 'snapshot', path: '' }],
    ];
    for (const [what, value] of bad) assert.equal(parseStaged(value), undefined, what);
  });

  it('is not read out of other bytes, and those of a newer version are told from damage', () => {
    const bytes = encodeRecord(good);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      assert.ok(decodeRecord(changed) instanceof Unreadable, `byte ${at}`);
      assert.ok(decodeRecord(bytes.subarray(0, at)) instanceof Unreadable, `cut at ${at}`);
    }
    assert.deepEqual(decodeRecord(encodeRecord({ ...good, version: 2 })), new Unreadable('it was written by a newer Snapstage'));
    for (const version of ['1', 0, -1, 1.5, null]) assert.deepEqual(decodeRecord(encodeRecord({ ...good, version })), new Unreadable());
  });
});
