import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { SnapstageError } from '../../../src/base/errors.ts';
import { sign } from '../../../src/space/crypto/signing.ts';
import { decodeBody, encodeBody, type Body } from '../../../src/space/records/bodies.ts';
import { MAX_HEADS, MAX_WRAPS } from '../../../src/space/records/membership.ts';
import { MAX_RECORD, parseRecord, readRecord, writeRecord, type SignedRecord } from '../../../src/space/records/envelope.ts';
import { identityId, publicKeysOf } from '../../../src/space/records/identity.ts';
import { readBoxed, readClear, readSealed, storeBody } from '../../../src/space/records/sealedBodies.ts';
import { newKeys, seededRandom } from '../../support/spaces.ts';

const host = seededRandom('envelope');
const author = newKeys(host);
const space = host.randomHex(16);
const place = { space, log: identityId(publicKeysOf(author)) };
const cited = { log: '0'.repeat(32), sequence: 3, depth: 6, hash: host.randomHex(32) };
const header = {
  space,
  sequence: 2,
  depth: 7,
  previous: host.randomHex(32),
  seen: [cited],
  audience: 'clear',
  epoch: null,
  critical: false,
};
const body: Body = { kind: 'leave' };
const record = writeRecord(header, storeBody(body, { audience: 'clear' }, { ...place, sequence: 2 }, host), author);

function flawOf(bytes: Buffer, where = place): unknown {
  try {
    readRecord(bytes, where);
  } catch (error) {
    assert.ok(error instanceof SnapstageError && (error.code === 'damaged' || error.code === 'newer-format'), String(error));
    return error.details['flaw'];
  }
  return undefined;
}

/** The bytes with this header, signed by this author: what somebody can make who has a key and another program. */
function signedAs(changed: unknown, by = author, json = Buffer.from(JSON.stringify(changed))): Buffer {
  const start = Buffer.alloc(12);
  start.write('SNAPREC\n', 'latin1');
  start.writeUInt32BE(json.length, 8);
  return Buffer.concat([start, json, record.stored, sign(by.signing, 'snapstage record 1', json, record.stored)]);
}

describe('a record', () => {
  it('is read as it was written', () => {
    const read = readRecord(record.bytes, place);
    assert.deepEqual(read, record);
    assert.deepEqual(readClear(read), body);
    assert.equal(read.header.log, place.log);
    assert.deepEqual(parseRecord(record.bytes, place), record);
    assert.deepEqual(signedAs(record.header), record.bytes, 'what the tests below start from');
  });

  it('with any byte changed, cut off or added is none', () => {
    for (let at = 0; at < record.bytes.length; at++) {
      const changed = Buffer.from(record.bytes);
      changed[at]! ^= 1;
      assert.notEqual(flawOf(changed), undefined, `byte ${at}`);
      assert.notEqual(flawOf(record.bytes.subarray(0, at)), undefined, `first ${at}`);
    }
    assert.notEqual(flawOf(Buffer.concat([record.bytes, Buffer.of(0)])), undefined);
  });

  it('of whatever bytes is an error with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, marked) => {
        const whole = marked ? Buffer.concat([record.bytes.subarray(0, 12), bytes]) : Buffer.from(bytes);
        assert.notEqual(flawOf(whole), undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('belongs to one Space and one log', () => {
    assert.equal(flawOf(record.bytes, { ...place, space: 'f'.repeat(32) }), 'other-place');
    assert.equal(flawOf(record.bytes, { ...place, log: 'f'.repeat(32) }), 'other-place');
  });

  const other = newKeys(host);
  const changes: readonly [name: string, change: (header: Record<string, unknown>) => unknown, flaw?: string][] = [
    ['without a field', ({ epoch: _, ...rest }) => rest],
    ['with a field more', (fields) => ({ ...fields, more: 1 })],
    ['with fields in another order', ({ version, ...rest }) => ({ ...rest, version })],
    ['with a sequence number of 0', (fields) => ({ ...fields, sequence: 0 })],
    ['with a sequence number that is no whole number', (fields) => ({ ...fields, sequence: 1.5 })],
    ['with a sequence number of eleven digits', (fields) => ({ ...fields, sequence: 10_000_000_000 })],
    ['that is the second and follows none', (fields) => ({ ...fields, previous: null })],
    ['that is the first and follows one', (fields) => ({ ...fields, sequence: 1 })],
    ['no deeper than what it cites', (fields) => ({ ...fields, depth: 6 })],
    ['that cites its own log', (fields) => ({ ...fields, seen: [{ ...cited, log: place.log }] })],
    ['that cites a log twice', (fields) => ({ ...fields, seen: [cited, cited] })],
    ['that cites logs out of order', (fields) => ({ ...fields, seen: [{ ...cited, log: '1'.repeat(32) }, cited] })],
    [
      'that cites too many',
      (fields) => ({ ...fields, seen: Array.from({ length: 65 }, (_, at) => ({ ...cited, log: String(at).padStart(32, '0') })) }),
    ],
    ['for an audience that there is none of', (fields) => ({ ...fields, audience: 'everybody' })],
    ['with a hash in upper case', (fields) => ({ ...fields, previous: String(fields['previous']).toUpperCase() })],
    ['with another’s keys', (fields) => ({ ...fields, keys: publicKeysOf(other) }), 'other-place'],
    [
      'with one of another’s keys',
      (fields) => ({ ...fields, keys: { ...publicKeysOf(author), box: publicKeysOf(other).box } }),
      'other-place',
    ],
    ['of a later version', (fields) => ({ ...fields, version: 2, whatever: true }), 'newer-format'],
    ['with the hash of another body', (fields) => ({ ...fields, body: '0'.repeat(64) }), 'changed'],
    ['with an epoch though it is clear', (fields) => ({ ...fields, epoch: '0'.repeat(64) })],
    ['for all without an epoch', (fields) => ({ ...fields, audience: 'all' })],
    ['that is no object', () => 7],
  ];
  for (const [name, change, flaw] of changes) {
    it(`${name} is refused, however well it is signed`, () => {
      assert.equal(flawOf(signedAs(change({ ...record.header }))), flaw ?? 'malformed');
    });
  }

  it('whose header is written otherwise is refused: spaces, a second key, escapes', () => {
    const json = JSON.stringify(record.header);
    for (const odd of [` ${json}`, json.replace('{', '{"version":1,'), json.replace('clear', 'cle\\u0061r'), `\ufeff${json}`]) {
      assert.equal(flawOf(signedAs(undefined, author, Buffer.from(odd))), 'malformed', odd.slice(0, 40));
    }
  });

  it('signed by another is refused', () => {
    assert.equal(flawOf(signedAs(record.header, other)), 'bad-signature');
  });

  it('can’t be larger than 64 KiB', () => {
    const room = MAX_RECORD - record.bytes.length + record.stored.length;
    assert.equal(writeRecord(header, Buffer.alloc(room), author).bytes.length, MAX_RECORD);
    assert.throws(() => writeRecord(header, Buffer.alloc(room + 1), author), /can hold 65536 bytes/);
    assert.equal(flawOf(Buffer.alloc(MAX_RECORD + 1)), 'too-large');
  });
});

describe('a body', () => {
  it('of each kind fits into a record with as much as its schema lets in', () => {
    const id = '0'.repeat(64);
    const file = { name: '0'.repeat(32), bytes: 2 ** 31, hash: id };
    const wraps = Array.from({ length: MAX_WRAPS }, () => ({ to: '0'.repeat(32), box: Buffer.alloc(80).toString('base64url') }));
    const previous = Array.from({ length: 8 }, () => ({ epoch: id, box: Buffer.alloc(80).toString('base64url') }));
    const shards = Array.from({ length: 256 }, () => id);
    const largest: Body[] = [
      {
        kind: 'content',
        added: Array.from({ length: 96 }, () => ({ epoch: id, pack: file, index: file })),
        removed: Array.from({ length: 512 }, () => file.name),
      },
      { kind: 'keys', audience: 'all', commitment: id, wraps: wraps.slice(0, MAX_WRAPS - 1), public: id, previous, shards: [] },
      { kind: 'keys', audience: 'all', commitment: id, wraps: wraps.slice(0, 2), public: id, previous, shards },
      { kind: 'seen', heads: Array.from({ length: MAX_HEADS }, () => ({ log: file.name, sequence: 9_999_999_999, hash: id })) },
    ];
    const seen = Array.from({ length: 20 }, (_, at) => ({ ...cited, log: String(at).padStart(32, '0') }));
    for (const one of largest) {
      const target = { audience: 'all', epoch: id, secret: Buffer.alloc(32) };
      const stored = storeBody(one, target, { ...place, sequence: 2 }, host);
      assert.ok(writeRecord({ ...header, seen, audience: 'all', epoch: id }, stored, author).bytes.length <= MAX_RECORD, one.kind);
    }
  });

  const secret = Buffer.from(host.randomHex(32), 'hex');
  const epoch = host.randomHex(32);
  const target = { audience: 'all', epoch, secret };
  const named: Body = { kind: 'describe', name: 'Statistics 101' };

  function sealed(what: Body, sequence = 2): SignedRecord {
    const stored = storeBody(what, target, { ...place, sequence }, host);
    return writeRecord({ ...header, sequence, audience: 'all', epoch }, stored, author);
  }

  it('sealed is opened with the audience’s secret, and by nothing else', () => {
    assert.deepEqual(readSealed(sealed(named), secret), named);
    assert.throws(() => readSealed(sealed(named), Buffer.from(host.randomHex(32), 'hex')), SnapstageError);
  });

  it('says little by its length, and nothing by its bytes', () => {
    const [one, two] = [sealed(named), sealed({ ...named, name: 'A' })];
    assert.equal(one.bytes.length, two.bytes.length);
    assert.ok(!one.bytes.includes('Statistics') && !one.bytes.includes('describe'));
    assert.notDeepEqual(sealed(named).stored, one.stored);
  });

  it('moved to another record, log or audience can’t be opened', () => {
    const { stored } = sealed(named);
    const moved = [
      writeRecord({ ...header, sequence: 3, audience: 'all', epoch }, stored, author),
      writeRecord({ ...header, audience: 'editors', epoch }, stored, author),
      writeRecord({ ...header, audience: 'all', epoch: host.randomHex(32) }, stored, author),
      writeRecord({ ...header, audience: 'all', epoch }, stored, newKeys(host)),
    ];
    for (const one of moved) assert.throws(() => readSealed(one, secret), SnapstageError);
  });

  it('sealed to a key is opened with it alone, in its place', () => {
    const reader = newKeys(host);
    const audience = `box-${identityId(publicKeysOf(reader))}`;
    const stored = storeBody(named, { audience, publicKey: reader.box.publicKey }, { ...place, sequence: 2 }, host);
    const boxed = writeRecord({ ...header, audience }, stored, author);
    assert.deepEqual(readBoxed(boxed, reader.box), named);
    assert.throws(() => readBoxed(boxed, newKeys(host).box), SnapstageError);
    assert.throws(() => readBoxed(writeRecord({ ...header, sequence: 5, audience }, stored, author), reader.box), SnapstageError);
    assert.throws(() => readBoxed(writeRecord({ ...header, audience }, Buffer.alloc(20), author), reader.box), SnapstageError);
  });

  it('of an unknown kind is kept, if it is written as bodies are', () => {
    assert.deepEqual(decodeBody(Buffer.from('{"kind":"future","x":[1,{"y":null}]}')), { unknown: 'future' });
    for (const odd of [
      '{"kind": "future"}',
      '{"x":1}',
      '{"kind":7}',
      '[]',
      'null',
      '',
      '{',
      '{"kind":"future","kind":"other"}',
      '{"kind":""}',
    ]) {
      assert.throws(() => decodeBody(Buffer.from(odd)), /can’t be read/, odd);
    }
    assert.throws(() => decodeBody(Buffer.from([0x7b, 0xff, 0x7d])), /can’t be read/);
    assert.throws(() => decodeBody(Buffer.from('{"kind":"toString","x":1} ')), /can’t be read/);
  });

  it('of a known kind is exactly as its schema says', () => {
    const exception = (items: string): string => `{"kind":"exception","tree":"${'0'.repeat(64)}","items":[${items}],"made":1}`;
    const wrong = [
      '{"kind":"leave","more":1}',
      '{"kind":"describe"}',
      '{"name":"A","kind":"describe"}',
      '{"kind":"describe","name":""}',
      '{"kind":"describe","name":" A"}',
      `{"kind":"describe","name":"${'x'.repeat(201)}"}`,
      '{"kind":"describe","name":"A\\u202eB"}',
      '{"kind":"describe","name":"A\\nB"}',
      '{"kind":"describe","name":"\\ud800"}',
      '{"kind":"withdraw","invite":"ABC"}',
      '{"kind":"published","table":"0","entries":"1","made":1}',
      `{"kind":"published","table":"${'0'.repeat(64)}","entries":"18446744073709551616","made":1}`,
      `{"kind":"published","table":"${'0'.repeat(64)}","entries":"007","made":1}`,
      `{"kind":"published","table":"${'0'.repeat(64)}","entries":7,"made":1}`,
      exception('{"path":"YQ","table":null,"strategy":"mirror"}'),
      exception('{"path":"YQ","strategy":"skip"}'),
      exception('{"path":"","table":null,"strategy":"skip"}'),
      exception(Array(257).fill('{"path":"YQ","table":null,"strategy":"skip"}').join()),
      // What is no number at all must not be asked how large it is.
      ...['x', '', '-1', '1e3', '99999999999999999999'].map(
        (count) => `{"kind":"published","table":"${'0'.repeat(64)}","entries":"${count}","made":1}`,
      ),
    ];
    for (const json of wrong) assert.throws(() => decodeBody(Buffer.from(json)), /can’t be read/, json);
    assert.ok(decodeBody(Buffer.from(exception('{"path":"YQ","table":"orders","strategy":"skip"}'))));
    assert.deepEqual(
      decodeBody(Buffer.from(`{"kind":"published","table":"${'0'.repeat(64)}","entries":"18446744073709551615","made":1}`)),
      {
        kind: 'published',
        table: '0'.repeat(64),
        entries: '18446744073709551615',
        made: 1,
      },
    );
    assert.throws(() => encodeBody({ kind: 'describe', name: '' }), /not as its schema says/);
  });

  it('has paths that lead nowhere else, as bytes', () => {
    const undone = (path: Buffer): Buffer =>
      Buffer.from(
        `{"kind":"recall","distributions":["${'0'.repeat(64)}"],"paths":["${path.toString('base64url')}"],"evenEdited":false,"previous":false,"message":"","made":1}`,
      );
    for (const good of ['a', 'hw1/a b.txt', '.git', 'caf\xe9']) assert.ok(decodeBody(undone(Buffer.from(good, 'latin1'))));
    for (const bad of ['..', 'a/../b', '/a', 'a//b', 'a/', '', '.', 'a\0b']) {
      assert.throws(() => decodeBody(undone(Buffer.from(bad))), /can’t be read/, bad);
    }
    const odd = undone(Buffer.from('a')).toString().replace('"YQ"', '"YQ=="');
    assert.throws(() => decodeBody(Buffer.from(odd)), /can’t be read/);
  });

  it('is written the same whatever the order in which it was put together', () => {
    const [one, two] = [encodeBody({ kind: 'describe', name: 'A' }), encodeBody({ name: 'A', kind: 'describe' })];
    assert.deepEqual(one, two);
    assert.deepEqual(decodeBody(one), { kind: 'describe', name: 'A' });
  });
});
