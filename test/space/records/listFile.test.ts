/** Lists that records have no room for, as sealed files. */
import assert from 'node:assert/strict';
import { zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { SnapstageError } from '../../../src/base/errors.ts';
import { sealBody } from '../../../src/space/crypto/sealing.ts';
import { path } from '../../../src/space/records/shapes.ts';
import type { Header } from '../../../src/space/records/envelope.ts';
import { firstOf, MAX_LISTED, openList, sealList } from '../../../src/space/records/listFile.ts';
import { audienceKey } from '../../../src/space/records/sealedBodies.ts';
import { seededRandom } from '../../support/spaces.ts';

const host = seededRandom('lists');
const [space, log, epoch] = ['1'.repeat(32), '2'.repeat(32), '3'.repeat(64)];
const secret = Buffer.alloc(32, 4);
const audience = 'editors';
const made = 1_700_000_000_000;
const target = { audience, epoch, secret };
const record = { header: { space, log, audience, epoch } as Header };

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** A file that holds these bytes in the place of a list. */
function holding(json: Uint8Array): Buffer {
  const context = { key: audienceKey(space, audience, secret), space, audience, epoch, name: `lists/${log}/${made}` };
  return sealBody(zstdCompressSync(json), context, host);
}

function isDamaged(error: unknown): boolean {
  return error instanceof SnapstageError && error.code === 'damaged';
}

describe('a list of its own', () => {
  it('comes back as it was, and is not the same twice', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1, maxLength: 30 }).filter((text) => /^[a-z]+$/.test(text) || text === 'a b'),
          { maxLength: 50 },
        ),
        (names) => {
          const list = names.map(encoded);
          const file = sealList(list, target, { space, log, made }, host);
          assert.deepEqual(openList(file, path, record, made, secret), list);
          assert.ok(!file.equals(sealList(list, target, { space, log, made }, host)));
        },
      ),
    );
  });

  it('is of one record alone: of its log, its audience, its epoch and its time', () => {
    const file = sealList([encoded('a')], target, { space, log, made }, host);
    const others: readonly Partial<Header>[] = [
      { space: '9'.repeat(32) },
      { log: '9'.repeat(32) },
      { audience: 'all' },
      { epoch: '9'.repeat(64) },
    ];
    for (const other of others)
      assert.throws(() => openList(file, path, { header: { ...record.header, ...other } }, made, secret), isDamaged);
    assert.throws(() => openList(file, path, record, made + 1, secret), isDamaged);
    assert.throws(() => openList(file, path, record, made, Buffer.alloc(32)), isDamaged);
  });

  it('is refused where a byte is another one, or it is cut off', () => {
    const file = sealList([encoded('a'), encoded('b')], target, { space, log, made }, host);
    for (let at = 0; at < file.length; at += 7) {
      const changed = Buffer.from(file);
      changed[at]! ^= 1;
      assert.throws(() => openList(changed, path, record, made, secret), isDamaged);
    }
    for (const length of [0, 1, 40, file.length - 1])
      assert.throws(() => openList(file.subarray(0, length), path, record, made, secret), isDamaged);
  });

  it('is refused where its writer put something else there', () => {
    const forged: readonly unknown[] = [{}, 'a', [1], [encoded('../up')], [encoded('/etc/passwd')], [`${encoded('a')}=`]];
    for (const one of forged)
      assert.throws(() => openList(holding(Buffer.from(JSON.stringify(one))), path, record, made, secret), isDamaged);
    assert.throws(() => openList(holding(Buffer.from(`[ "${encoded('a')}"]`)), path, record, made, secret), isDamaged);
    // A file that says nothing at great length.
    assert.throws(() => openList(holding(Buffer.alloc(200 << 20, ' ')), path, record, made, secret), isDamaged);
    const many = Buffer.from(JSON.stringify(Array.from({ length: MAX_LISTED + 1 }, () => encoded('a'))));
    assert.throws(() => openList(holding(many), path, record, made, secret), isDamaged);
  });

  it('has an end, which whoever writes one is told', () => {
    const long = encoded(Array.from({ length: 40 }, () => 'x'.repeat(99)).join('/'));
    for (const list of [Array.from({ length: MAX_LISTED + 1 }, () => encoded('a')), Array.from({ length: 4000 }, () => long)]) {
      assert.throws(() => sealList(list, target, { space, log, made }, host), { code: 'refused' });
      const fitting = firstOf(list);
      assert.ok(fitting.length > 1000 && fitting.length < list.length);
      assert.equal(openList(sealList(fitting, target, { space, log, made }, host), path, record, made, secret).length, fitting.length);
    }
  });
});
