import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CancelFlag, Work } from '../../../src/base/work.ts';
import { deriveKey } from '../../../src/space/crypto/derive.ts';
import { openFile, sealFile, type SealedFile } from '../../../src/space/crypto/sealedFile.ts';
import { open, openBody, seal, sealBody, sealedBytes, type Parts, type SealContext } from '../../../src/space/crypto/sealing.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import type { ReadableStoreFile, WritableStoreFile } from '../../../src/store/files.ts';
import { Workbench } from '../../support/folders.ts';

const host = { randomHex: (bytes: number) => randomBytes(bytes).toString('hex') };
const CHUNK = 64 << 10;
const SEALED_CHUNK = CHUNK + 16;
const HEADER = 40;

const context: SealContext = { key: Buffer.alloc(32, 9), space: '0a'.repeat(16), audience: 'all', epoch: 'e1', name: 'areas/all/0b' };

/** One thing of each that is another. */
const OTHERS: readonly SealContext[] = [
  { ...context, key: Buffer.alloc(32, 8) },
  { ...context, space: '0c'.repeat(16) },
  { ...context, audience: 'editors' },
  { ...context, epoch: 'e2' },
  { ...context, name: 'areas/all/0c' },
  { ...context, audience: 'alle', epoch: '1' }, // the same letters, cut elsewhere
];

async function gather(parts: Parts): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

function sealed(plain: Uint8Array): Promise<Buffer> {
  return gather(seal([plain], context, host, new Work()));
}

function opened(file: Uint8Array, as = context): Promise<Buffer> {
  return gather(open([file], as, new Work()));
}

async function isRefused(file: Uint8Array, what: string, as = context): Promise<void> {
  await assert.rejects(opened(file, as), { code: 'damaged' }, what);
}

/** The same bytes in parts of these lengths, over and over; all in the same memory. */
function* inParts(bytes: Uint8Array, lengths: readonly number[]): Generator<Buffer> {
  const memory = Buffer.alloc(Math.max(...lengths));
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const part = bytes.subarray(at, at + lengths[i % lengths.length]!);
    memory.set(part);
    yield memory.subarray(0, part.length);
    memory.fill(0xee);
    at += part.length;
  }
}

const contents = fc
  .oneof(
    fc.integer({ min: 0, max: 600 }),
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -17, max: 17 })).map(([n, off]) => n * CHUNK + off),
  )
  .map((length) => randomBytes(length));

describe('a sealed file', () => {
  it('opens to what was sealed, in whatever parts both come', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 3 * CHUNK }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(contents, lengths, lengths, async (plain, a, b) => {
        const file = await gather(seal(inParts(plain, a), context, host, new Work()));
        assert.equal(file.length, sealedBytes(plain.length));
        assert.ok((await gather(open(inParts(file, b), context, new Work()))).equals(plain));
      }),
      { numRuns: 60 },
    );
  });

  it('is as described', async () => {
    const plain = randomBytes(2 * CHUNK + 5);
    const file = await sealed(plain);
    assert.equal(file.toString('latin1', 0, 8), 'snapseal');
    const { space, audience, epoch, name } = context;
    const key = deriveKey(context.key, 'snapstage sealed file 1', [space, audience, epoch, name], file.subarray(8, HEADER));
    const chunks = [0, 1, 2].map((count) => {
      const bytes = file.subarray(HEADER + count * SEALED_CHUNK, HEADER + (count + 1) * SEALED_CHUNK);
      const nonce = Buffer.from(`${count.toString(16).padStart(22, '0')}0${count === 2 ? 1 : 0}`, 'hex');
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
    });
    assert.ok(Buffer.concat(chunks).equals(plain));
  });

  it('is another one each time', async () => {
    assert.notDeepEqual(await sealed(Buffer.from('same')), await sealed(Buffer.from('same')));
  });

  it('with one changed byte, wherever it is, is refused', async () => {
    for (const plain of ['', 'a', 'A feedback of some words.']) {
      const file = await sealed(Buffer.from(plain));
      for (let at = 0; at < file.length; at++) {
        for (const bit of [1, 0x80]) {
          const changed = Buffer.from(file);
          changed[at]! ^= bit;
          await isRefused(changed, `byte ${at}`);
        }
      }
    }
  });

  it('with any bytes changed, left out or put in anywhere in several chunks is refused', async () => {
    const file = await sealed(randomBytes(2 * CHUNK + 100));
    const place = fc.integer({ min: 0, max: file.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 0, max: 70_000 }), fc.uint8Array({ maxLength: 20 }), async (at, removed, added) => {
        const changed = Buffer.concat([file.subarray(0, at), added, file.subarray(at + removed)]);
        if (!changed.equals(file)) await isRefused(changed, `${removed} bytes at ${at} became ${added.length}`);
      }),
      { numRuns: 100 },
    );
  });

  it('cut off anywhere is refused', async () => {
    const short = await sealed(Buffer.from('A few words.'));
    for (let length = 0; length < short.length; length++) await isRefused(short.subarray(0, length), `${length} bytes`);
    const long = await sealed(randomBytes(3 * CHUNK));
    for (const chunks of [0, 1, 2]) {
      for (const more of [-1, 0, 1, 15, 16, 17])
        await isRefused(long.subarray(0, HEADER + chunks * SEALED_CHUNK + more), `${chunks} chunks ${more}`);
    }
  });

  it('with something after its end is refused', async () => {
    for (const plain of [Buffer.alloc(0), randomBytes(10), randomBytes(CHUNK), randomBytes(CHUNK + 1)]) {
      const file = await sealed(plain);
      for (const more of [
        Buffer.of(0),
        Buffer.alloc(16),
        randomBytes(SEALED_CHUNK),
        file,
        file.subarray(HEADER),
        file.subarray(-SEALED_CHUNK),
      ]) {
        await isRefused(Buffer.concat([file, more]), `${plain.length} and ${more.length}`);
      }
    }
  });

  it('whose chunks are in another order, doubled, missing or of another file is refused', async () => {
    const [file, other] = await Promise.all([sealed(randomBytes(4 * CHUNK)), sealed(randomBytes(4 * CHUNK))]);
    const chunk = (of: Buffer, n: number): Buffer => of.subarray(HEADER + n * SEALED_CHUNK, HEADER + (n + 1) * SEALED_CHUNK);
    const made = (...chunks: Buffer[]): Buffer => Buffer.concat([file.subarray(0, HEADER), ...chunks]);
    const [a, b, c, d] = [0, 1, 2, 3].map((n) => chunk(file, n)) as [Buffer, Buffer, Buffer, Buffer];
    assert.equal((await opened(made(a, b, c, d))).length, 4 * CHUNK);
    const wrong = [
      made(b, a, c, d),
      made(a, c, b, d),
      made(a, a, b, c, d),
      made(a, c, d),
      made(b, c, d),
      made(d),
      made(a, b, d, c),
      made(a, b, c, d, d),
    ];
    for (const [index, bytes] of wrong.entries()) await isRefused(bytes, `order ${index}`);
    for (const n of [0, 1, 3]) await isRefused(made(...[a, b, c, d].map((own, at) => (at === n ? chunk(other, n) : own))), `chunk ${n}`);
    await isRefused(Buffer.concat([other.subarray(0, HEADER), file.subarray(HEADER)]), 'another salt');
  });

  it('in another’s place is refused', async () => {
    const file = await sealed(Buffer.from('For all.'));
    for (const [index, other] of OTHERS.entries()) await isRefused(file, `place ${index}`, other);
  });

  it('that its writer ended with an empty chunk is refused: one content has one number of chunks', async () => {
    const salt = randomBytes(32);
    const { space, audience, epoch, name } = context;
    const key = deriveKey(context.key, 'snapstage sealed file 1', [space, audience, epoch, name], salt);
    const encrypt = (nonce: string, plain: Buffer): Buffer => {
      const cipher = createCipheriv('aes-256-gcm', key, Buffer.from(nonce, 'hex'), { authTagLength: 16 });
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    };
    const head = Buffer.concat([Buffer.from('snapseal'), salt]);
    const plain = randomBytes(CHUNK);
    assert.ok((await opened(Buffer.concat([head, encrypt('000000000000000000000001', plain)]))).equals(plain));
    const doubled = [encrypt('000000000000000000000000', plain), encrypt('000000000000000000000101', Buffer.alloc(0))];
    await isRefused(Buffer.concat([head, ...doubled]), 'an empty chunk');
  });

  it('gives nothing of a chunk that is not genuine', async () => {
    const file = await sealed(randomBytes(3 * CHUNK));
    file[HEADER + SEALED_CHUNK + 7]! ^= 1;
    let chunks = 0;
    await assert.rejects(
      async () => {
        for await (const chunk of open([file], context, new Work())) chunks += chunk.length === CHUNK ? 1 : 0;
      },
      { code: 'damaged' },
    );
    assert.equal(chunks, 1);
  });

  it('can be cancelled while it is made, and while it is opened', async () => {
    const flag = new CancelFlag();
    const work = new Work({ cancelFlag: flag.buffer });
    const making = seal([randomBytes(3 * CHUNK)], context, host, work);
    const file = await sealed(randomBytes(3 * CHUNK));
    const opening = open([file], context, work);
    for (const steps of [making, opening]) await steps.next();
    await making.next();
    flag.cancel();
    for (const steps of [making, opening]) await assert.rejects(steps.next(), { code: 'cancelled' });
  });
});

describe('a sealed file in the store', () => {
  const bench = new Workbench();
  afterEach(() => bench.clear());

  function scene(bytes: number): { plain: Buffer; files: DiskFiles; sealInto: (name: string) => Promise<SealedFile> } {
    const files = new DiskFiles(bench.folder());
    const plain = randomBytes(bytes);
    files.write('plain', plain, false);
    return {
      plain,
      files,
      sealInto: (name) => moved(files, 'plain', name, (from, into) => sealFile(from, into, context, host, new Work())),
    };
  }

  async function moved<T>(
    files: DiskFiles,
    from: string,
    to: string,
    action: (from: ReadableStoreFile, into: WritableStoreFile) => Promise<T>,
  ): Promise<T> {
    const [source, target] = [files.openRead(from), files.create(to)];
    try {
      return await action(source, target);
    } finally {
      source.close();
      target.close();
    }
  }

  it('comes back whole, by the length and hash that a record tells', async () => {
    for (const bytes of [0, 1, CHUNK, 3_000_000]) {
      const { plain, files, sealInto } = scene(bytes);
      const file = await sealInto('sealed');
      const stored = files.read('sealed')!;
      assert.deepEqual(file, { bytes: stored.length, hash: createHash('sha256').update(stored).digest('hex') });
      assert.equal(await moved(files, 'sealed', 'back', (from, into) => openFile(from, into, context, file, new Work())), bytes);
      assert.ok(files.read('back')!.equals(plain));
    }
  });

  it('that is not the record’s is refused, although it was sealed in the same context', async () => {
    const { files, sealInto } = scene(100_000);
    const file = await sealInto('one');
    await sealInto('other');
    let count = 0;
    const isNotTaken = (from: string, as: SealContext, expected: SealedFile): Promise<void> =>
      assert.rejects(
        moved(files, from, `back-${count++}`, (source, into) => openFile(source, into, as, expected, new Work())),
        { code: 'damaged' },
      );
    await isNotTaken('other', context, file);
    await isNotTaken('one', context, { ...file, bytes: file.bytes - 1 });
    await isNotTaken('one', context, { ...file, hash: '00'.repeat(32) });
    await isNotTaken('one', OTHERS[0]!, file);
  });

  it('that becomes shorter while it is read is refused', async () => {
    const { files, sealInto } = scene(3_000_000);
    const file = await sealInto('sealed');
    const stored = files.read('sealed')!;
    const shrinking: ReadableStoreFile = {
      size: file.bytes,
      read: (target, position) => stored.copy(target, 0, Math.min(position, 1_500_000), 1_500_000),
      close: () => undefined,
    };
    await assert.rejects(openFile(shrinking, { append: () => undefined }, context, file, new Work()), { code: 'damaged' });
  });

  it('can be cancelled, and takes the same memory whatever its size', async () => {
    const size = 1 << 30;
    const source: ReadableStoreFile = { size, read: (target) => target.length, close: () => undefined };
    const work = new Work();
    let [appended, largest] = [0, 0];
    const into = {
      append: (bytes: Uint8Array) => {
        appended += bytes.length;
        largest = Math.max(largest, bytes.length);
        if (appended > 20_000_000) work.cancel.cancel();
      },
    };
    await assert.rejects(sealFile(source, into, context, host, work), { code: 'cancelled' });
    assert.ok(appended < 21_000_000 && largest === SEALED_CHUNK);
  });
});

describe('a sealed body', () => {
  it('opens to what was sealed, and its length says little', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), (body) => {
        const file = sealBody(body, context, host);
        assert.equal(file.length, 32 + 256 * (Math.floor(body.length / 256) + 1) + 16);
        assert.deepEqual(openBody(file, context), Buffer.from(body));
      }),
    );
    for (const length of [255, 256, 511, 512])
      assert.equal(openBody(sealBody(Buffer.alloc(length), context, host), context).length, length);
  });

  it('is another one each time', () => {
    const [a, b] = [1, 2].map(() => sealBody(Buffer.from('same'), context, host));
    assert.ok(!a!.subarray(32).equals(b!.subarray(32)));
  });

  it('with one changed byte, cut off, or with more after it is refused', () => {
    const file = sealBody(Buffer.from('{"grade":5}'), context, host);
    for (let at = 0; at < file.length; at++) {
      const changed = Buffer.from(file);
      changed[at]! ^= 1 << (at % 8);
      assert.throws(() => openBody(changed, context), { code: 'damaged' }, `byte ${at}`);
      assert.throws(() => openBody(file.subarray(0, at), context), { code: 'damaged' }, `${at} bytes`);
    }
    for (const more of [1, 16, 256]) assert.throws(() => openBody(Buffer.concat([file, Buffer.alloc(more)]), context), { code: 'damaged' });
  });

  it('in another’s place, or as a file, is refused', async () => {
    const body = sealBody(Buffer.from('For all.'), context, host);
    for (const other of OTHERS) assert.throws(() => openBody(body, other), { code: 'damaged' });
    await isRefused(Buffer.concat([Buffer.from('snapseal'), body]), 'a body as a file');
    const file = await sealed(Buffer.alloc(256));
    assert.throws(() => openBody(file.subarray(8), context), { code: 'damaged' });
  });

  it('whose writer padded it otherwise is refused', () => {
    const { space, audience, epoch, name } = context;
    const salt = randomBytes(32);
    const key = deriveKey(context.key, 'snapstage sealed body 1', [space, audience, epoch, name], salt);
    const made = (padded: Buffer): Buffer => {
      const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12), { authTagLength: 16 });
      return Buffer.concat([salt, cipher.update(padded), cipher.final(), cipher.getAuthTag()]);
    };
    const padded = (length: number, mark: number, ...more: number[]): Buffer =>
      Buffer.from([...Buffer.alloc(length), ...more]).fill(mark, 5, 6);
    assert.equal(openBody(made(padded(256, 0x80)), context).length, 5);
    for (const wrong of [
      Buffer.alloc(0),
      Buffer.alloc(256),
      padded(255, 0x80),
      padded(512, 0x80),
      padded(256, 0x81),
      padded(255, 0x80, 1),
    ]) {
      assert.throws(() => openBody(made(wrong), context), { code: 'damaged' }, `${wrong.length}`);
    }
  });
});
