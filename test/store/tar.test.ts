import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeTarFile, MAX_NUMBER, TAR_BLOCK, tarHeader, tarPadding, TarType } from '../../src/store/tar.ts';

/** The records of a header that has some, as POSIX says to read them. */
function recordsOf(bytes: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  assert.equal(bytes.toString('latin1', 156, 157), 'x');
  const size = Number.parseInt(bytes.toString('latin1', 124, 135), 8);
  for (let at = TAR_BLOCK; at < TAR_BLOCK + size;) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 20), 10);
    const record = bytes.subarray(at, at + length);
    const [space, equals] = [record.indexOf(' '), record.indexOf('=')];
    assert.equal(record.at(-1), 0x0a);
    records.set(record.toString('latin1', space + 1, equals), record.subarray(equals + 1, -1));
    at += length;
  }
  assert.equal(bytes.length, 2 * TAR_BLOCK + size + tarPadding(size).length);
  return records;
}

describe('store: tar', () => {
  const member = { name: Buffer.from('a'), type: TarType.file, mode: 0o644, mtime: 0n, size: 0 };

  it('has one header where the fields have room', () => {
    const header = tarHeader({ ...member, name: Buffer.alloc(100, 'n'), mtime: 1_700_000_000_000_000_000n, size: MAX_NUMBER });
    assert.equal(header.length, TAR_BLOCK);
    assert.deepEqual(decodeTarFile(header), { name: 'n'.repeat(100), size: MAX_NUMBER, mtime: 1_700_000_000_000_000_000n });
    assert.equal(decodeTarFile(tarHeader({ ...member, type: TarType.link })), undefined);
    assert.equal(decodeTarFile(Buffer.alloc(TAR_BLOCK)), undefined);
  });

  it('has records for what has no room: any bytes of a name, times, sizes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 101, maxLength: 1200 }), fc.bigInt(-(2n ** 62n), 2n ** 62n), (bytes, mtime) => {
        const name = Buffer.from(bytes);
        const records = recordsOf(tarHeader({ ...member, name, mtime, size: MAX_NUMBER + 1, target: name }));
        assert.deepEqual([records.get('path'), records.get('linkpath')], [name, name]);
        assert.equal(records.get('size')?.toString(), String(MAX_NUMBER + 1));
        const said = records.get('mtime')?.toString();
        if (said === undefined) return;
        const [, sign, seconds, rest] = /^(-?)(\d+)\.(\d{9})$/.exec(said)!;
        const size = BigInt(seconds!) * 1_000_000_000n + BigInt(rest!);
        assert.equal(sign === '-' ? -size : size, mtime);
      }),
    );
  });

  it('counts the digits of a record’s length, wherever their number grows', () => {
    for (let length = 101; length < 10_100; length += length < 1100 ? 1 : 97) {
      const name = Buffer.alloc(length, 'x');
      assert.ok(
        recordsOf(tarHeader({ ...member, name }))
          .get('path')
          ?.equals(name),
      );
    }
  });

  it('knows no header but its own', () => {
    const header = tarHeader({ ...member, size: 5 });
    for (let at = 0; at < TAR_BLOCK; at++) {
      const other = Buffer.from(header);
      other[at]! ^= 1;
      assert.equal(decodeTarFile(other), undefined, `byte ${at}`);
    }
  });
});
