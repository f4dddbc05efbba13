/** Extracts of a log as bytes: what is whole in them, what is not, and what becomes of bytes that are none. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { SnapstageError } from '../../../src/base/errors.ts';
import { decodeExtract, encodeExtract, inviteMark } from '../../../src/space/logs/extract.ts';
import { isRecord, isStub, recordsAmong, type Link } from '../../../src/space/logs/link.ts';
import { admit, certify, countersign, describeMember, invite, remove, targetFor, withdraw } from '../../../src/space/members/acts.ts';
import { ALL } from '../../../src/space/members/audiences.ts';
import { Keychain } from '../../../src/space/members/keychain.ts';
import type { SignedRecord } from '../../../src/space/records/envelope.ts';
import { identityId, publicKeysOf } from '../../../src/space/records/identity.ts';
import { EDITOR, World } from '../../support/spaces.ts';

const world = new World('extracts');
const alice = world.member();
const [open, closed] = [world.invite(), world.invite()];
const bob = world.person();
bob.join(open.keys);
world.first.hear();
world.first.act((acting) => admit(acting, bob.log));
world.first.act((acting) => withdraw(acting, closed.id));
world.first.refresh();
world.first.act((acting) => describeMember(acting, alice.log, { ...EDITOR, groups: ['another'] }));
world.first.act(({ writer, state }) => writer.write({ kind: 'undo', distribution: 'a'.repeat(64), made: 1 }, targetFor(state, ALL)));
world.first.act((acting) => countersign(acting, [{ log: alice.log, sequence: 1, hash: '0'.repeat(64) }]));
const second = world.member();
world.first.hear();
world.first.act((acting) => certify(acting, publicKeysOf(second.keys)));
world.first.refresh();
world.first.act((acting) => remove(acting, bob.log));
world.first.refresh();
world.first.act((acting) => invite(acting, world.first.keys, EDITOR, { expires: world.now, succeeds: null }));

const place = { space: world.space, log: world.first.log };
const records: SignedRecord[] = [...world.records.values()]
  .filter(({ header }) => header.log === place.log)
  .toSorted((a, b) => a.header.sequence - b.header.sequence);
const extract = encodeExtract(records);
const decode = (bytes: Buffer, count = records.length): Link[] => decodeExtract(bytes, place, count, undefined);

describe('extracts', () => {
  it('have what concerns everybody, and of the rest where it stands and what it follows', () => {
    const links = decode(extract);
    const keychain = new Keychain(world.space, [world.first.keys]);
    const kinds = (some: readonly Link[]): Set<string> => {
      const known = recordsAmong(some).map((record) => keychain.read(record));
      return new Set(known.flatMap((read) => (read.kind === 'body' ? [read.body.kind] : ['sealed'])));
    };
    assert.deepEqual(kinds(links), new Set(['keys', 'certify', 'sealed']));
    assert.deepEqual(
      new Set(recordsAmong(links).map(({ header }) => header.audience)),
      new Set(['clear', 'all']),
      'nothing that is sealed for few',
    );
    const left = records.filter((_, at) => isStub(links[at]!));
    assert.ok(left.some(({ header }) => header.audience === 'masters') && left.some(({ header }) => header.audience.startsWith('box-')));
    assert.deepEqual(kinds(left), new Set(['admit', 'withdraw', 'seen', 'remove', 'sealed', 'welcome']));
    for (const [at, { header, hash }] of links.entries()) {
      const { log, sequence, depth, previous, seen } = records[at]!.header;
      assert.deepEqual([header.log, header.sequence, header.depth, header.previous, header.seen], [log, sequence, depth, previous, seen]);
      assert.equal(hash, records[at]!.hash);
    }
    assert.ok(extract.length < records.reduce((sum, { bytes }) => sum + bytes.length, 0) / 2);
  });

  it('mark what concerns an invite: the welcome, and what ends it', () => {
    const links = decode(extract);
    const marked = (id: string): string[] =>
      links.flatMap((link, at) => (isStub(link) && link.invite === inviteMark(id) ? [records[at]!.header.audience] : []));
    assert.deepEqual(marked(open.id), [`box-${open.id}`, 'clear']);
    assert.deepEqual(marked(closed.id), [`box-${closed.id}`, 'clear']);
    assert.deepEqual(marked(identityId(publicKeysOf(world.root.keys))), []);
  });

  it('go on from one another', () => {
    for (let at = 1; at < records.length; at++) {
      const [before, after] = [records.slice(0, at), records.slice(at)];
      const first = decode(encodeExtract(before), at);
      assert.deepEqual([...first, ...decodeExtract(encodeExtract(after), place, after.length, first.at(-1))], decode(extract));
      const isElsewhere = (): Link[] => decode(encodeExtract(after), after.length);
      // Stubs stand wherever they are put: what is whole says where it is.
      if (recordsAmong(decode(extract).slice(at)).length > 0) assert.throws(isElsewhere, { code: 'damaged' });
    }
  });

  it('of another log, another Space or another number of records are none', () => {
    for (const count of [0, 1, records.length - 1, records.length + 1]) assert.throws(() => decode(extract, count), { code: 'damaged' });
    for (const other of [
      { ...place, log: alice.log },
      { ...place, space: '0'.repeat(32) },
    ]) {
      assert.throws(() => decodeExtract(extract, other, records.length, undefined), { code: 'damaged' });
    }
  });

  it('that were changed are refused, or have no other records in them', () => {
    const genuine = new Set(records.map(({ hash }) => hash));
    fc.assert(
      fc.property(fc.nat(extract.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(extract.length), (at, bits, cut) => {
        const bytes = Buffer.from(extract);
        bytes[at]! ^= bits;
        for (const some of [bytes, extract.subarray(0, cut), bytes.subarray(0, cut)]) {
          try {
            for (const link of decode(some)) assert.ok(!isRecord(link) || genuine.has(link.hash));
          } catch (error) {
            assert.ok(error instanceof SnapstageError && ['damaged', 'newer-format'].includes(error.code), String(error));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
