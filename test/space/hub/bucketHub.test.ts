import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapstageError } from '../../../src/base/errors.ts';
import { Work } from '../../../src/base/work.ts';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import type { Hub } from '../../../src/space/hub/hub.ts';
import type { BucketHub } from '../../../src/space/hub/s3/bucketHub.ts';
import { fileOf } from '../../../src/store/files.ts';
import { skip } from '../../rig/skip.ts';
import { rejected, seededBytes, Workbench } from '../../support/folders.ts';
import { hubContract } from '../../support/hubContract.ts';
import { startWriter } from '../../support/hubWriters.ts';
import { MemoryS3, refusal, type Asked, type Fault } from '../../support/memoryS3.ts';
import { QUICK } from '../../support/s3Servers.ts';

const MARKER = 'hub/SNAPSTAGE-HUB.txt';
const MB = 1 << 20;
const CONDITIONS = ['kept', 'refused', 'ignored'] as const;

describe('a hub in a bucket', () => {
  const bench = new Workbench();
  let server: MemoryS3;
  let hub: BucketHub;

  const open = async (): Promise<BucketHub> => {
    server.objects.clear();
    const made = server.hub();
    await made.make();
    return made;
  };

  beforeEach(async () => {
    server = await MemoryS3.start();
    hub = await open();
  });
  afterEach(() => server[Symbol.asyncDispose]());
  afterEach(() => bench.clear());

  for (const conditions of CONDITIONS) {
    hubContract(
      `BucketHub, pages of two, conditions ${conditions}`,
      () => {
        server.conditions = conditions;
        server.pageSize = 2;
        return open();
      },
      () => server.hub(),
    );
  }

  /** Everything that can be asked of a hub, with a name that is there or not. */
  const reading = (of: Hub): (() => Promise<unknown>)[] => [
    () => of.list('a'),
    () => of.read('a/1', 9),
    () => of.fetch('a/1', { append: () => undefined }, 9, new Work()),
  ];
  const writing = (of: Hub): (() => Promise<unknown>)[] => [
    () => of.create('a/2', Buffer.from('y')),
    () => of.remove('a/1'),
    () => of.hint('bell', Buffer.from('y')),
  ];

  /** Does something to the first requests that fit. */
  function once(fits: (asked: Asked) => boolean, ...faults: Fault[]): void {
    server.fault = (asked) => (fits(asked) ? faults.shift() : undefined);
  }

  describe('that is there', () => {
    it('is made once, and found by others', async () => {
      await hub.create('a/1', Buffer.from('x'));
      const marker = server.objects.get(MARKER)!;
      assert.match(marker.bytes.toString(), /^Snapstage hub, version 1\n/);
      await server.hub().make();
      assert.equal(server.objects.get(MARKER), marker, 'it is not written again');
      assert.equal((await server.hub().read('a/1', 1))?.toString(), 'x');
      assert.deepEqual(await hub.list(''), { files: [], folders: ['a'], strangers: 0 });
    });

    it('costs one request for what is there, and its marker is looked for before anything is said to be missing', async () => {
      await hub.hint('bell', Buffer.from('x'));
      await hub.create('a/1', Buffer.from('x'));
      const cost = async (act: () => Promise<unknown>): Promise<number> => {
        const before = hub.requests;
        await act();
        return hub.requests - before;
      };
      assert.equal(await cost(() => hub.read('bell', 9)), 1);
      assert.equal(await cost(() => hub.list('a')), 1);
      assert.equal(await cost(() => hub.create('a/3', Buffer.from('x'))), 1);
      server.asked.length = 0;
      assert.equal(await hub.read('a/2', 9), undefined);
      assert.equal(server.asked.at(-1)!.key, MARKER);
    });

    it('counts what no hub made, and no folder that a console made', async () => {
      await hub.create('a/1', Buffer.from('x'));
      for (const key of ['hub/a/', 'hub/a/Notes.txt', 'hub/a/x!y', 'hub/a/ö', 'hub/a/\u0001', 'hub/a/Sub/x', 'hub/ab', 'hubbub', 'other/x'])
        server.put(key, 'x');
      assert.deepEqual(await hub.list('a'), { files: [{ name: '1', size: 1 }], folders: [], strangers: 5 });
      assert.deepEqual(await hub.list(''), { files: [{ name: 'ab', size: 1 }], folders: ['a'], strangers: 0 });
    });

    it('of a newer Snapstage is left alone', async () => {
      server.put(MARKER, 'Snapstage hub, version 2\n');
      const keys = server.objects.size;
      const other = server.hub();
      for (const act of [() => other.make(), () => other.list('nowhere'), ...writing(other)]) await rejected(act(), 'newer-format');
      assert.equal(server.objects.size, keys);
    });

    it('signs with what it is given, and shows it nowhere', async () => {
      const keys = { id: 'AKIAEXAMPLE', secret: 'very-secret', token: 'the-token' };
      const other = server.hub({ keys: () => Promise.resolve(keys) });
      await other.list('');
      const { headers } = server.asked.at(-1)!;
      assert.match(headers.authorization!, /Credential=AKIAEXAMPLE\/\d{8}\/us-east-1\/s3\/aws4_request,/);
      assert.equal(headers['x-amz-security-token'], 'the-token');
      server.fault = () => refusal(403, 'AccessDenied');
      const error = await rejected(other.read('a/1', 1), 'io');
      assert.doesNotMatch(JSON.stringify(error) + other.place + JSON.stringify(server.asked), /very-secret/);
    });
  });

  describe('that is not there', () => {
    const isGone = async (act: () => Promise<unknown>, why: RegExp): Promise<void> => {
      const error = await rejected(act(), 'io');
      assert.equal(error.details['reason'], 'hub-unreachable');
      assert.match(error.message, why);
    };

    it('is an error in every way it is asked', async () => {
      server.objects.clear();
      for (const one of [server.hub(), hub]) for (const act of reading(one)) await isGone(act, /it holds no SNAPSTAGE-HUB\.txt/);
      for (const act of writing(server.hub())) await isGone(act, /it holds no SNAPSTAGE-HUB\.txt/);
      assert.equal(server.objects.size, 0);
      server.fault = () => refusal(404, 'NoSuchBucket');
      for (const act of [...reading(hub), ...writing(hub), () => server.hub().make()]) await isGone(act, /there is no bucket “course”/);
    });

    it('is an error where nobody listens, and where somebody else does', async () => {
      const { place } = server;
      await server[Symbol.asyncDispose]();
      const other = await MemoryS3.start();
      other.fault = () => ({ status: 404, body: '<html>Not Found</html>' });
      for (const act of [...reading(hub), ...writing(hub)]) await isGone(act, /no server answers there/);
      await rejected(other.hub().create('a/1', Buffer.from('x')), 'io');
      assert.equal(place.bucket, 'course');
      server = other;
    });

    it('is an error while it does not answer, which a cancellation ends at once', async () => {
      server.fault = () => 'silent';
      await isGone(() => server.hub({ patience: { ...QUICK, tries: 2, idleMs: 100 } }).list(''), /does not answer/);
      const work = new Work();
      setTimeout(() => work.cancel.cancel(), 50);
      const began = performance.now();
      await rejected(hub.fetch('a/1', { append: () => undefined }, 9, work), 'cancelled');
      assert.ok(performance.now() - began < QUICK.idleMs);
    });
  });

  describe('that refuses', () => {
    for (const [status, code, expected, why] of [
      [403, 'InvalidAccessKeyId', 'hub-unreachable', /does not know the access key/],
      [403, 'SignatureDoesNotMatch', 'hub-unreachable', /the secret of the access key is another one/],
      [400, 'ExpiredToken', 'hub-unreachable', /the keys have expired/],
      [400, 'InvalidToken', 'hub-unreachable', /the keys have expired/],
      [503, 'SlowDown', 'hub-unreachable', /too busy, or out of order \(SlowDown\)/],
      [500, 'InternalError', 'hub-unreachable', /InternalError/],
      [502, '', 'hub-unreachable', /502/],
      [507, 'InsufficientStorage', 'no-space', /is full/],
      [403, 'QuotaExceeded', 'no-space', /is full/],
      [400, 'InvalidBucketState', undefined, /refused: Refused\./],
    ] as const) {
      it(`with ${status} ${code} says what that means`, async () => {
        server.fault = () => refusal(status, code);
        for (const act of [...reading(server.hub()), ...writing(hub)]) {
          const error = await rejected(act(), expected === 'no-space' ? 'no-space' : 'io');
          if (expected !== 'no-space') assert.equal(error.details['reason'], expected);
          assert.match(error.message, why);
        }
      });
    }

    it('what may only be read, is read all the same', async () => {
      await hub.create('a/1', Buffer.from('x'));
      server.fault = ({ method }) => (method === 'GET' || method === 'HEAD' ? undefined : refusal(403, 'AccessDenied'));
      for (const one of [hub, server.hub()]) {
        assert.equal((await one.read('a/1', 1))?.toString(), 'x');
        for (const act of writing(one)) assert.equal((await rejected(act(), 'io')).details['reason'], 'hub-read-only');
      }
    });

    it('what belongs to others, does not keep the rest from being read', async () => {
      await hub.create('a/1', Buffer.from('x'));
      server.fault = ({ key, query }) =>
        `${key}${query.get('prefix') ?? ''}`.startsWith('hub/b/') ? refusal(403, 'AccessDenied') : undefined;
      assert.equal((await hub.read('a/1', 1))?.toString(), 'x');
      for (const act of [() => hub.read('b/1', 1), () => hub.list('b')]) {
        const error = await rejected(act(), 'io');
        assert.equal(error.details['reason'], undefined);
        assert.match(error.message, /may not read “b(?:\/1)?” there/);
      }
      server.fault = () => refusal(403, 'AccessDenied');
      assert.equal((await rejected(server.hub().list('nowhere'), 'io')).details['reason'], undefined);
      server.fault = ({ key }) => (key === MARKER ? refusal(403, 'AccessDenied') : undefined);
      assert.equal((await rejected(server.hub().create('a/2', Buffer.from('x')), 'io')).details['reason'], 'hub-unreachable');
    });

    it('to tell what is missing from what is hidden, is asked for a list', async () => {
      // As Amazon does where somebody may list some prefixes alone.
      server.fault = ({ method, key }) =>
        key !== '' && method !== 'PUT' && !server.objects.has(key)
          ? { status: 403, body: method === 'HEAD' ? '' : refusal(403, 'AccessDenied').body! }
          : undefined;
      const other = server.hub();
      assert.equal(await other.read('a/1', 9), undefined);
      assert.equal(await other.fetch('a/1', { append: () => undefined }, 9, new Work()), undefined);
      assert.equal(await other.create('a/1', Buffer.alloc(2 * MB)), true);
      assert.equal(await other.create('a/1', Buffer.alloc(2 * MB)), false);
    });

    it('a request of another time says how far off the clock is', async () => {
      const hour = 3_600_000;
      for (const [off, why] of [
        [-3 * hour, /is 3 hours behind the server’s; set it/],
        [400 * 24 * hour, /is 400 days ahead of the server’s/],
        [20 * 60_000, /is 20 minutes ahead/],
      ] as const) {
        const late = server.hub({ host: { ...nodeHost(), now: () => Date.now() + off } });
        server.fault = () => refusal(403, 'RequestTimeTooSkewed');
        assert.match((await rejected(late.list(''), 'io')).message, why);
      }
    });

    it('an address in another region says which it is', async () => {
      server.fault = () => refusal(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-central-1', location: 'http://evil.example/' });
      assert.match((await rejected(hub.list(''), 'io')).message, /the bucket is in the region eu-central-1/);
    });

    it('keys that have expired asks for new ones once', async () => {
      const keys = ['old', 'new'];
      const other = server.hub({ keys: () => Promise.resolve({ id: keys.shift()!, secret: 'secret' }) });
      server.fault = ({ headers }) => (headers.authorization!.includes('Credential=old/') ? refusal(400, 'ExpiredToken') : undefined);
      assert.deepEqual((await other.list('')).files, []);
      assert.deepEqual(keys, []);
    });

    it('to keep a name is found out before anything is made, and a new server is asked anew', async () => {
      for (const conditions of CONDITIONS) {
        server.conditions = conditions;
        const other = server.hub();
        await other.create(`c/${conditions}`, Buffer.from('x'));
        const made = server.keys().find((key) => key.startsWith(`c/${conditions}`))!;
        assert.equal(made === `c/${conditions}`, conditions === 'kept', made);
        assert.match(server.objects.get(MARKER)!.bytes.toString(), /^Snapstage hub, version 1\n/);
      }
      server.conditions = 'kept';
      server.fault = ({ method, key }) => (method === 'PUT' && key === MARKER ? refusal(403, 'AccessDenied') : undefined);
      await server.hub().create('d/1', Buffer.from('x'));
      assert.deepEqual(
        server.keys().filter((key) => key.startsWith('d/')),
        ['d/!probe', 'd/1'],
      );
      assert.deepEqual(await hub.list('d'), { files: [{ name: '1', size: 1 }], folders: [], strangers: 0 });
    });
  });

  describe('over a bad network', () => {
    const isPut = ({ method, key }: Asked): boolean => method === 'PUT' && key.startsWith('hub/a/');
    const isGet = ({ method, key }: Asked): boolean => method === 'GET' && key.startsWith('hub/a/');

    it('tries what may go well the next time, and not for ever', async () => {
      await hub.create('b/1', Buffer.from('x'));
      for (const fault of [
        'cut',
        refusal(503, 'SlowDown'),
        refusal(500, 'InternalError'),
        refusal(429, ''),
        refusal(400, 'RequestTimeout'),
      ] as const) {
        once(() => true, fault, fault, fault);
        assert.equal((await hub.read('b/1', 1))?.toString(), 'x');
      }
      server.fault = () => 'cut';
      const before = hub.requests;
      await rejected(hub.read('b/1', 1), 'io');
      assert.equal(hub.requests - before, QUICK.tries);
    });

    it('knows what it made when the answer was lost', async () => {
      for (const conditions of CONDITIONS) {
        server.conditions = conditions;
        const other = server.hub();
        await other.create('b/1', Buffer.from('x'));
        once(isPut, 'cut-after');
        assert.equal(await other.create(`a/${conditions}`, Buffer.from('mine')), true);
        assert.equal(server.keys().filter((key) => key.startsWith(`a/${conditions}`)).length, 1);
        once(isPut, 'cut-after');
        assert.equal(await other.create(`a/${conditions}`, Buffer.from('again')), false);
        assert.equal((await other.read(`a/${conditions}`, 9))?.toString(), 'mine');
      }
    });

    it('does not take another’s for its own', async () => {
      await hub.create('b/1', Buffer.from('x'));
      server.fault = (asked) => {
        if (!isPut(asked)) return undefined;
        server.fault = () => undefined;
        server.put(asked.key, 'other');
        return 'cut';
      };
      assert.equal(await hub.create('a/1', Buffer.from('mine')), false);
      assert.equal((await hub.read('a/1', 9))?.toString(), 'other');
    });

    it('sends a part again, and not what was sent', async () => {
      const content = seededBytes(3, 40 * MB + 5);
      let last = 0;
      let time = 0;
      const work = new Work({ onProgress: ({ bytes }) => (last = bytes) }, () => (time += 1000));
      once(({ query }) => query.get('partNumber') === '3', 'cut', refusal(500, 'InternalError'), 'cut-after');
      assert.equal(await hub.create('a/1', fileOf(content), work), true);
      assert.equal(last, content.length);
      const parts = server.asked.flatMap(({ method, query }) => (method === 'PUT' ? (query.get('partNumber') ?? []) : []));
      assert.deepEqual(parts, ['1', '2', '3', '3', '3', '3', '4', '5', '6']);
      assert.ok(server.objects.get('hub/a/1')!.bytes.equals(content));
      assert.equal(server.uploads.size, 0);
    });

    it('knows what it completed when the answer was lost, and what was refused after all', async () => {
      const content = Buffer.alloc(17 * MB, 1);
      const isEnd = ({ method, query }: Asked): boolean => method === 'POST' && query.has('uploadId');
      once(isEnd, 'cut-after');
      assert.equal(await hub.create('a/1', content), true);
      once(isEnd, { status: 200, body: '<Error><Code>InternalError</Code><Message>x</Message></Error>' });
      assert.equal(await hub.create('a/2', content), true);
      once(isEnd, refusal(501, 'NotImplemented'));
      await rejected(hub.create('a/3', content), 'io');
      assert.equal(server.uploads.size, 0, 'what failed leaves nothing');
      server.fault = (asked) => (isEnd(asked) && server.put(asked.key, 'quicker'), undefined);
      assert.equal(await hub.create('a/3', content), false);
      assert.equal((await hub.read('a/3', 9))?.toString(), 'quicker');
      assert.equal(server.uploads.size, 0);
    });

    it('leaves nothing of what was cancelled in its parts, and ends what dead writers began', async () => {
      const work = new Work();
      server.fault = ({ query }) => (query.get('partNumber') === '2' && work.cancel.cancel(), undefined);
      await rejected(hub.create('a/1', Buffer.alloc(40 * MB), work), 'cancelled');
      assert.deepEqual([server.uploads.size, server.keys()], [0, []]);
      server.fault = () => undefined;
      const day = 86_400_000;
      for (const age of [1, 8]) {
        const headers = { begun: new Date(Date.now() - age * day).toISOString() };
        server.uploads.set(`upload-${age}`, { key: 'hub/a/9', headers, parts: new Map() });
      }
      await server.hub().create('a/1', Buffer.alloc(17 * MB));
      assert.deepEqual([...server.uploads.keys()], ['upload-1']);
    });

    it('goes on with what it fetches where it was cut', async () => {
      const content = seededBytes(4, 3 * MB);
      await hub.create('a/1', content);
      const fetched = async (): Promise<Buffer> => {
        const parts: Buffer[] = [];
        assert.equal(
          await hub.fetch('a/1', { append: (bytes) => void parts.push(Buffer.from(bytes)) }, content.length, new Work()),
          content.length,
        );
        return Buffer.concat(parts);
      };
      server.fault = (asked) => (isGet(asked) ? { cutAt: 200_000 } : undefined);
      assert.ok((await fetched()).equals(content), 'however often');
      const ranges = server.asked.flatMap(({ headers }) => headers.range ?? []);
      assert.ok(ranges.length > 10 && new Set(ranges).size === ranges.length);
      once(isGet, { cutAt: 1_000_000 }, { changed: (told) => ({ ...told, status: 200, body: content }) });
      assert.ok((await fetched()).equals(content), 'also where a server sends all again');
    });

    it('mixes no two files, and passes nothing off as whole that is not', async () => {
      await hub.create('a/1', seededBytes(5, MB));
      const fetch = (): Promise<unknown> => hub.fetch('a/1', { append: () => undefined }, 2 * MB, new Work());
      const between = (act: () => void): void => {
        once(isGet, { cutAt: 500_000 });
        const cut = server.fault;
        server.fault = (asked) => {
          if (asked.headers.range !== undefined) act();
          return cut(asked);
        };
      };
      between(() => server.put('hub/a/1', seededBytes(6, MB)));
      assert.match((await rejected(fetch(), 'damaged')).message, /was replaced while/);
      server.fault = (asked) => {
        if (!isGet(asked)) return undefined;
        server.fault = () => undefined;
        queueMicrotask(() => server.put('hub/a/1', seededBytes(7, MB)));
        return { cutAt: 0 };
      };
      assert.equal(await fetch(), MB, 'nothing had come of the old one');
      await hub.remove('a/1');
      await hub.create('a/1', seededBytes(5, MB));
      between(() => server.objects.delete('hub/a/1'));
      assert.match((await rejected(fetch(), 'damaged')).message, /was removed while/);
      await hub.create('a/1', seededBytes(5, MB));
      const flip = {
        changed: (told: { status: number; headers?: object; body?: string | Buffer }) => ({ ...told, body: flipped(told.body as Buffer) }),
      };
      once(isGet, flip as Fault);
      assert.match((await rejected(fetch(), 'damaged')).message, /came otherwise/);
      once(isGet, flip as Fault);
      assert.ok((await hub.read('a/1', MB))!.equals(seededBytes(5, MB)), 'a small one is asked for again');
    });

    it('does not download what is larger than it may be', async () => {
      server.put('hub/a/1', Buffer.alloc(20 * MB));
      let bytes = 0;
      await rejected(hub.fetch('a/1', { append: (part) => void (bytes += part.length) }, MB, new Work()), 'damaged');
      await rejected(hub.read('a/1', MB), 'damaged');
      assert.equal(bytes, 0);
    });

    it('shows nothing of what a server says that does not show as itself', async () => {
      const body = '<Error><Code>x\u001b[31m</Code><Message>first\u001bsecond\u202e</Message></Error>';
      server.fault = () => ({ status: 418, body });
      const error = await rejected(hub.list(''), 'io');
      assert.match(error.message, /refused: first.second.\.$/);
      assert.doesNotMatch(JSON.stringify(error.toJSON()), /u001b|\\n|\u202e/);
    });

    it('does not follow a list that never ends', async () => {
      const body = '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken></ListBucketResult>';
      server.fault = ({ key }) => (key === '' ? { status: 200, body } : undefined);
      await rejected(hub.list(''), 'io');
    });

    it('does not take a garbled answer for one', async () => {
      await hub.create('b/1', Buffer.from('x'));
      const garbled = [
        '',
        '<ListBucketResult>',
        '{}',
        '<ListBucketResult><Contents><Key>b</Key><Size>-1</Size></Contents></ListBucketResult>',
        '<a/>',
      ];
      once(({ key }) => key === '', ...garbled.map((body) => ({ status: 200, body })));
      assert.deepEqual((await hub.list('b')).files, [{ name: '1', size: 1 }]);
    });

    it('stops where what is fetched can’t be kept', async () => {
      await hub.create('a/1', Buffer.alloc(10));
      const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      const before = hub.requests;
      const append = (): never => {
        throw full;
      };
      await rejected(hub.fetch('a/1', { append }, 10, new Work()), 'no-space');
      assert.equal(hub.requests - before, 1);
    });
  });

  describe('whose server keeps no names', () => {
    beforeEach(() => (server.conditions = 'refused'));

    it('never lets a late write replace what was there', async () => {
      const [one, two] = [server.hub(), server.hub()];
      await one.create('b/1', Buffer.from('x'));
      await two.create('b/2', Buffer.from('x'));
      const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      server.fault = async ({ method, key }) => {
        if (method !== 'PUT' || !key.startsWith('hub/a/')) return;
        server.fault = () => undefined;
        held.resolve();
        await free.promise;
      };
      const late = two.create('a/1', Buffer.from('late')); // has looked, and is held up while the other writes
      await held.promise;
      assert.equal(await one.create('a/1', Buffer.from('first')), true);
      free.resolve();
      assert.equal(await late, false);
      for (const any of [one, two, server.hub()]) assert.equal((await any.read('a/1', 9))?.toString(), 'first');
      assert.equal(server.keys().filter((key) => key.startsWith('a/')).length, 1, 'the other is removed');
    });

    it('reads the first of several that writers left, plain ones before', async () => {
      const [early, late] = ['f', '0'].map((digit) => `hub/a/1!${digit.repeat(32)}`) as [string, string];
      server.put(early, 'early');
      server.put(late, 'later');
      const read = async (): Promise<unknown> => [(await server.hub().read('a/1', 9))?.toString(), (await server.hub().list('a')).files];
      assert.deepEqual(await read(), ['early', [{ name: '1', size: 5 }]]);
      server.put('hub/a/1', 'plain');
      assert.deepEqual(await read(), ['plain', [{ name: '1', size: 5 }]]);
      server.conditions = 'kept';
      assert.equal(await server.hub().create('a/1', Buffer.from('x')), false);
      await server.hub().remove('a/1');
      assert.deepEqual(server.keys(), []);
      assert.equal(await server.hub().read('a/1', 9), undefined);
    });

    it('knows after a listing where files are, and notices when they have moved', async () => {
      await hub.create('a/1', Buffer.from('x'));
      const other = server.hub();
      await other.list('a');
      const before = other.requests;
      await other.read('a/1', 9);
      assert.equal(other.requests - before, 1);
      await hub.remove('a/1');
      await hub.create('a/1', Buffer.from('anew'));
      assert.equal((await other.read('a/1', 9))?.toString(), 'anew');
    });
  });

  it('is contacted with TLS, and only if its certificate is trusted', async function () {
    const folder = bench.folder();
    const [key, cert] = ['key', 'cert'].map((name) => join(folder, `${name}.pem`)) as [string, string];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', ...subject];
    if (spawnSync('openssl', [...args, '-keyout', key, '-out', cert]).status !== 0) skip(this, 'no openssl here makes certificates');
    await using secure = await MemoryS3.start({ key: readFileSync(key), cert: readFileSync(cert) });
    const error = await rejected(secure.hub().make(), 'io');
    assert.match(error.message, /its certificate is not trusted here \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    assert.equal(secure.asked.length, 0);
    // Node reads it when it starts.
    const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_ENDPOINT_URL_S3: secure.place.endpoint };
    secure.put(MARKER, 'Snapstage hub, version 1\n');
    const writer = startWriter([secure.place.path, '', 'logs/x', 'w', '1'], { ...keys, NODE_EXTRA_CA_CERTS: cert });
    assert.equal(await writer.ended, 0);
    assert.deepEqual(secure.keys().sort(), ['logs/x/shared-0', 'logs/x/w-0']);
  });

  it('throws nothing but errors of Snapstage, whatever a server answers', async () => {
    const texts = ['', 'x', '<Error/>', '<Error><Code>x</Code></Error>', '<ListBucketResult/>', '\0'];
    for (const status of [200, 204, 206, 301, 400, 401, 404, 405, 411, 416, 418, 501]) {
      for (const body of status === 204 ? [''] : texts) {
        server.fault = () => ({ status, body });
        const fresh = server.hub({ patience: { ...QUICK, tries: 1 } });
        for (const act of [...reading(fresh), ...writing(fresh), () => fresh.make()]) {
          const error = await act().then(
            () => undefined,
            (reason: unknown) => reason,
          );
          assert.ok(error === undefined || (error instanceof SnapstageError && error.code !== 'bug'), String(error));
        }
      }
    }
  });
});

function flipped(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  other[other.length >> 1]! ^= 1;
  return other;
}
