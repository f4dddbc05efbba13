import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeName, encodeName } from '../../src/base/paths.ts';
import { NO_ID } from '../../src/store/ids.ts';
import { decodeTree, encodeTree, Flag, Kind, Tree, type TreeEntry } from '../../src/store/tree.ts';

const damaged = { code: 'damaged' };
const COLUMNS = 60;

/** Names as a disk has them: any bytes but a slash and zero. */
const name = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 12 }),
    fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).map((text) => Buffer.from(text)),
  )
  .map((bytes) => decodeName(Uint8Array.from(bytes)))
  .filter((text) => !text.includes('/') && !text.includes('\0') && text !== '.' && text !== '..');

const entry: fc.Arbitrary<TreeEntry> = fc
  .record({
    name,
    kind: fc.constantFrom(Kind.file, Kind.folder, Kind.link),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    flags: fc.constantFrom(0, Flag.chunked, Flag.sparse, Flag.chunked | Flag.sparse),
    mtime: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    size: fc.maxSafeNat(),
    group: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
  })
  .map((one) => (one.id.equals(NO_ID) ? { ...one, kind: Kind.file, size: 0 } : { ...one }));

const entries = fc
  .uniqueArray(entry, { selector: (one) => one.name, maxLength: 30 })
  .map((some) => some.toSorted((a, b) => (a.name < b.name ? -1 : 1)));

function plain(named: string, over: Partial<TreeEntry> = {}): TreeEntry {
  return { name: named, kind: Kind.file, mode: 0o644, flags: 0, mtime: 1n, size: 3, group: 0n, id: Buffer.alloc(32, 1), ...over };
}

describe('names', () => {
  it('keep every byte, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => assert.deepEqual(encodeName(decodeName(bytes)), Buffer.from(bytes))),
    );
  });

  it('that are not UTF-8 carry their bytes as lone surrogates', () => {
    assert.equal(decodeName(Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3])), 'a\uDCFFé\uDCC3');
    assert.equal(decodeName(Buffer.from([0xed, 0xb2, 0x80])), '\uDCED\uDCB2\uDC80'); // a surrogate written as UTF-8 is not UTF-8
    assert.equal(decodeName(Buffer.from('😀')), '😀');
  });
});

describe('tree', () => {
  it('gives back every entry', () => {
    fc.assert(
      fc.property(entries, (some) => {
        assert.deepEqual(decodeTree(encodeTree(some)), some);
      }),
    );
  });

  it('tells of each row what its entry says', () => {
    fc.assert(
      fc.property(entries, fc.nat(3), (some, shift) => {
        // Wherever the bytes lie in memory.
        const tree = new Tree(Buffer.concat([Buffer.alloc(shift), encodeTree(some)]).subarray(shift));
        assert.equal(tree.idsHex(), some.map((one) => one.id.toString('hex')).join(''));
        for (const [row, one] of some.entries()) {
          const { seconds, nanoseconds } = tree.mtime(row);
          assert.equal(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds), one.mtime);
          assert.ok(nanoseconds >= 0 && nanoseconds < 1e9);
          assert.deepEqual([tree.names[row], tree.kind(row), tree.size(row), tree.mode(row)], [one.name, one.kind, one.size, one.mode]);
          assert.ok(tree.id(row).equals(one.id));
        }
      }),
    );
  });

  it('tells whether a row is the same in another version of it', () => {
    const was = plain('b', { mtime: -5n, size: 2 ** 40 });
    const changes: Partial<TreeEntry>[] = [
      { kind: Kind.link },
      { mode: 0o600 },
      { mtime: -5n + 2n ** 40n },
      { size: 2 ** 41 },
      { id: Buffer.concat([Buffer.alloc(31, 1), Buffer.of(2)]) },
    ];
    const tree = new Tree(encodeTree([plain('a'), was]));
    for (const change of changes) {
      const other = new Tree(encodeTree([{ ...was, ...change }, plain('c')]), tree);
      assert.equal(tree.isSame(1, other, 0), false);
      assert.equal(other.isSame(0, tree, 1), false);
    }
    const same = new Tree(encodeTree([{ ...was, group: 7n }]), tree);
    assert.deepEqual([tree.isSame(1, same, 0), tree.isSame(0, same, 0)], [true, false]);
  });

  it('takes names from another version only where they are the same', () => {
    fc.assert(
      fc.property(entries, entries, (some, others) => {
        const like = new Tree(encodeTree(others));
        assert.deepEqual(new Tree(encodeTree(some), like).entries(), some);
        const renewed = some.map((one) => ({ ...one, mtime: 0n }));
        assert.deepEqual(new Tree(encodeTree(renewed), new Tree(encodeTree(some))).entries(), renewed);
      }),
    );
  });

  it('is refused when cut off anywhere or longer than it says', () => {
    const bytes = encodeTree([plain('a'), plain('b\uDCFF'), plain('c', { kind: Kind.folder })]);
    for (let length = 0; length < bytes.length; length++)
      assert.throws(() => decodeTree(bytes.subarray(0, length)), damaged, `cut at ${length}`);
    assert.throws(() => decodeTree(Buffer.concat([bytes, Buffer.of(0)])), damaged);
  });

  it('is refused with names that lead elsewhere, are empty, come twice or out of order', () => {
    const hostile = [['..'], ['.'], [''], ['a/b'], ['/etc'], ['a', 'a'], ['b', 'a'], ['a', '../x'], ['a\0b']];
    for (const names of hostile)
      assert.throws(() => decodeTree(encodeTree(names.map((one) => plain(one)))), damaged, JSON.stringify(names));
  });

  it('is refused with an unknown kind, version or count, an impossible size, a missing content', () => {
    const good = encodeTree([plain('a')]);
    const changed = (at: number, value: number): Buffer => {
      const bytes = Buffer.from(good);
      bytes[at] = value;
      return bytes;
    };
    const kindAt = 12 + 8 + 8 + 8 + 2;
    for (const kind of [0, 4, 255]) assert.throws(() => decodeTree(changed(kindAt, kind)), damaged);
    for (const at of [0, 4, 8]) assert.throws(() => decodeTree(changed(at, 9)), damaged);
    assert.throws(() => decodeTree(changed(12 + 8 + 7, 0xff)), damaged);
    for (const kind of [Kind.folder, Kind.link])
      assert.throws(() => decodeTree(encodeTree([plain('a', { kind, id: NO_ID, size: 0 })])), damaged);
    assert.throws(() => decodeTree(encodeTree([plain('a', { id: NO_ID, size: 1 })])), damaged);
    assert.equal(decodeTree(encodeTree([plain('a', { id: NO_ID, size: 0 })])).length, 1);
  });

  it('whatever the bytes: entries with harmless names, or `damaged`', () => {
    const good = encodeTree(['a', 'b', 'c'].map((one) => plain(one)));
    assert.equal(good.length, 12 + 3 * COLUMNS + 6);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        let found: TreeEntry[] = [];
        try {
          found = decodeTree(bytes);
        } catch (error) {
          assert.equal((error as { code: string }).code, 'damaged');
        }
        for (const one of found) assert.match(one.name, /^[^/\0]+$/);
        assert.ok(found.every((one) => one.name !== '.' && one.name !== '..'));
      }),
      { numRuns: 2000 },
    );
  });
});
