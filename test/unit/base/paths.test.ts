import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SnapstageError } from '../../../src/base/errors.ts';
import {
  badName,
  baseName,
  decodeName,
  encodeName,
  hasRawBytes,
  isInside,
  joinPath,
  parentPath,
  parsePath,
} from '../../../src/base/paths.ts';

/** Bytes that are often nearly UTF-8: whole characters, cut ones, overlong and surrogate forms, and any others. */
const nameBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => Buffer.from(text, 'utf8')),
      fc
        .constantFrom('eda080', 'edb280', 'c0af', 'f0808080', 'f4908080', 'f09f90', 'efbbbf', 'efbfbd', 'ed9fbf', 'ee8080', '80', 'ff')
        .map((hex) => Buffer.from(hex, 'hex')),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

describe('names and paths', () => {
  it('any bytes survive as a string and back', () => {
    fc.assert(
      fc.property(nameBytes, (bytes) => {
        const name = decodeName(bytes);
        assert.ok(encodeName(name).equals(bytes), `${bytes.toString('hex')} became ${encodeName(name).toString('hex')}`);
        assert.equal(hasRawBytes(name), !isUtf8(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('different bytes are different strings', () => {
    fc.assert(
      fc.property(nameBytes, nameBytes, (a, b) => assert.equal(decodeName(a) === decodeName(b), a.equals(b))),
      { numRuns: 1000 },
    );
  });

  it('joined names decode as one by one, so that lists of them may be saved together', () => {
    const names = fc.array(
      nameBytes.map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0))),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(names, (all) => {
        const joined = Buffer.concat(all.flatMap((one, i) => (i === 0 ? [one] : [Buffer.of(0), one])));
        assert.deepEqual(decodeName(joined).split('\0'), all.map(decodeName));
      }),
    );
  });

  it('raw bytes are lone surrogates, as in PEP 383', () => {
    assert.equal(decodeName(Buffer.from('61ff62', 'hex')), 'a\udcffb');
    assert.equal(decodeName(Buffer.from('eda080', 'hex')), '\udced\udca0\udc80');
    assert.equal(decodeName(Buffer.from('efbbbf61', 'hex')), '\ufeffa');
  });

  it('paths come apart and together', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1 }).filter((name) => badName(name) === undefined),
          { minLength: 1, maxLength: 5 },
        ),
        (names) => {
          const path = names.reduce(joinPath, '');
          assert.equal(path, names.join('/'));
          assert.equal(baseName(path), names.at(-1));
          assert.equal(parentPath(path), names.slice(0, -1).join('/'));
          assert.ok(isInside(parentPath(path), path) && isInside(path, path) && isInside('', path));
          assert.ok(!isInside(`${path}x`, path) && !isInside(path, `${path}x`));
        },
      ),
    );
  });

  it('a path from outside is normalised, and never leads out', () => {
    assert.equal(parsePath('./a//b/./c/'), 'a/b/c');
    assert.equal(parsePath('.'), '');
    assert.equal(parsePath('a..b/...'), 'a..b/...');
    for (const bad of ['/', '/a', '..', 'a/..', 'a/../b', '../a', 'C:/x', 'c:\\x', 'a\0']) {
      assert.throws(
        () => parsePath(bad),
        (error) => error instanceof SnapstageError && error.code === 'usage',
        bad,
      );
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const path = parsePath(text);
          assert.ok(path === '' || path.split('/').every((name) => badName(name) === undefined));
          assert.equal(parsePath(path), path);
        } catch (error) {
          assert.ok(error instanceof SnapstageError);
        }
      }),
    );
  });
});

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
