/** What a hub in a bucket must do on any real server. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Work } from '../../src/base/work.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { parseBucketPlace, type BucketPlace } from '../../src/space/hub/s3/bucketPlace.ts';
import type { BucketHub } from '../../src/space/hub/s3/bucketHub.ts';
import { fileOf } from '../../src/store/files.ts';
import { BadProxy } from './badProxy.ts';
import { rejected, seededBytes, seededRandom } from './folders.ts';
import { hubContract } from './hubContract.ts';
import { racing, startWriter, type Writer } from './hubWriters.ts';
import type { S3Server } from './s3Servers.ts';

const EACH = 3;
const HOUR_MS = 3_600_000;
const MB = 1 << 20;

/** `keepsNames`: the server refuses to make what is there. Without that two may be told that they made it, in one second of its clock. */
export function bucketTests(name: string, server: () => S3Server, keepsNames: boolean): void {
  async function open(place?: BucketPlace): Promise<BucketHub> {
    const hub = server().hub(place ?? (await server().place()));
    await hub.make();
    return hub;
  }

  const unreachable = async (act: Promise<unknown>, why: RegExp): Promise<void> => {
    const error = await rejected(act, 'io');
    assert.equal(error.details['reason'], 'hub-unreachable');
    assert.match(error.message, why);
  };

  function start(place: string, folder: string, writer: string, count: string, onLine?: (line: string) => void): Writer {
    const { owner, endpoint } = server();
    const env = { AWS_ACCESS_KEY_ID: owner.id, AWS_SECRET_ACCESS_KEY: owner.secret, AWS_ENDPOINT_URL_S3: endpoint };
    return startWriter([place, '', folder, writer, count], env, onLine);
  }

  // More rounds are run on a server in this process: here each step costs the time of several requests.
  hubContract(name, open, ({ place }) => server().hub(parseBucketPlace(place)), undefined, 6);

  it(`of 16 processes at once lose nothing, and each name has ${keepsNames ? 'one maker' : 'what one maker made'}`, async () => {
    const hub = await open();
    await racing((folder, writer, count) => start(hub.place, folder, writer, count), server().hub(parseBucketPlace(hub.place)), keepsNames);
  });

  it('a process that is killed while it sends leaves nothing that others see, and its name free', async () => {
    const { place } = await open();
    for (const after of [1, 20 * MB, 45 * MB]) {
      const writer: Writer = start(place, 'areas/a', 'x', 'large', (bytes) => {
        if (Number(bytes) >= after) writer.kill();
      });
      assert.equal(await writer.ended, null);
      const reader = server().hub(parseBucketPlace(place));
      assert.deepEqual(await reader.list(''), { files: [], folders: [], strangers: 0 });
      assert.equal(await reader.read('areas/a/large', 99), undefined);
    }
    const again = server().hub(parseBucketPlace(place));
    assert.equal(await again.create('areas/a/large', Buffer.alloc(20 * MB, 1)), true);
    assert.deepEqual((await again.list('areas/a')).files, [{ name: 'large', size: 20 * MB }]);
  });

  describe('over a bad network', () => {
    let proxy: BadProxy;
    beforeEach(async () => (proxy = await BadProxy.before(server().port)));
    afterEach(() => proxy[Symbol.asyncDispose]());

    /** A hub, and the same one through the proxy. */
    async function both(): Promise<{ direct: BucketHub; through: BucketHub }> {
      const place = await server().place();
      return { direct: await open(place), through: server().hub(server().at(place.bucket, place.prefix, proxy.port)) };
    }

    async function fetched(hub: BucketHub, file: string, limit: number): Promise<Buffer> {
      const parts: Buffer[] = [];
      await hub.fetch(file, { append: (bytes) => void parts.push(Buffer.from(bytes)) }, limit, new Work());
      return Buffer.concat(parts);
    }

    it('what is cut goes on, both ways, with one maker and nothing left over', async () => {
      const { direct, through } = await both();
      const content = seededBytes(11, 20 * MB);
      // The marker, the proof, the question whether it is there and the beginning come before the parts.
      proxy.mischief = (connection) => (connection < 2 ? { cutRequestAt: 3 * MB } : connection < 4 ? { cutAnswerAt: 0 } : {});
      assert.equal(await through.create('a/1', fileOf(content)), true);
      assert.ok(proxy.count > 3);
      assert.ok((await fetched(direct, 'a/1', content.length)).equals(content));
      const fresh = await both();
      await fresh.direct.create('a/1', content);
      const before = proxy.count;
      proxy.mischief = () => ({ cutAnswerAt: 4 * MB });
      assert.ok((await fetched(fresh.through, 'a/1', content.length)).equals(content));
      assert.ok(proxy.count - before >= 5);
      assert.deepEqual((await direct.list('a')).files, [{ name: '1', size: content.length }]);
    });

    it('cuts at any byte of any request end in what was asked for, or in a clear error, and never in a double', async () => {
      const random = seededRandom(5);
      for (let round = 0; round < 12; round++) {
        const { direct, through } = await both();
        proxy.mischief = () => {
          const at = Math.floor(random() * 1500);
          return random() < 0.5 ? {} : random() < 0.5 ? { cutRequestAt: at } : { cutAnswerAt: at };
        };
        const made = await through.create('a/1', Buffer.from('mine')).catch((error: unknown) => error);
        const there = (await direct.read('a/1', 9))?.toString();
        if (made === true) assert.equal(there, 'mine');
        else await unreachable(Promise.reject(made), /./);
        const again = await through.create('a/1', Buffer.from('other')).catch(() => undefined);
        const { files } = await direct.list('a');
        assert.ok(files.length <= 1 && (made !== true || again !== true), `round ${round}`);
      }
    });

    it('what is late arrives, and nobody who never answers is waited for', async () => {
      const { direct, through } = await both();
      proxy.mischief = () => ({ delay: 150 });
      assert.equal(await through.create('a/1', Buffer.from('mine')), true);
      assert.equal((await direct.read('a/1', 9))?.toString(), 'mine');
      proxy.mischief = () => ({ silent: true });
      const patience = { tries: 2, restMs: 1, longestRestMs: 1, idleMs: 200 };
      const place = parseBucketPlace(through.place);
      await unreachable(server().hub(place, undefined, { patience }).read('a/1', 9), /does not answer/);
    });

    it('what overtakes what was sent before it leaves each name with one maker', async () => {
      const { direct, through } = await both();
      const random = seededRandom(9);
      proxy.mischief = () => ({ delay: Math.floor(random() * 250) });
      const place = parseBucketPlace(through.place);
      const makers = new Map<string, string[]>();
      const make = async (hub: BucketHub, file: string, who: string): Promise<void> => {
        if (await hub.create(file, Buffer.from(who))) makers.set(file, [...(makers.get(file) ?? []), who]);
      };
      const hubs = Array.from({ length: 4 }, () => server().hub(place));
      await Promise.all(
        hubs.flatMap((hub, who) => Array.from({ length: EACH }, async (_, i) => make(hub, `a/${(who + i) % EACH}`, `${who}`))),
      );
      assert.equal((await direct.list('a')).files.length, EACH);
      for (const [file, told] of makers) {
        assert.ok(told.includes((await direct.read(file, 9))!.toString()), `${file} by ${told.join()}`);
        assert.ok(told.length === 1 || !keepsNames, `${file} by ${told.join()}`);
      }
    });

    it('what was given up and arrives after all is no double, and changes nothing', async () => {
      const { direct, through } = await both();
      const patience = { tries: 6, restMs: 1, longestRestMs: 1, idleMs: 1000 };
      const hub = server().hub(parseBucketPlace(through.place), undefined, { patience });
      await hub.create('a/0', Buffer.from('x'));
      // The connection of the first, and so the next try is another's.
      const first = proxy.count;
      proxy.mischief = (connection) => (connection === first ? { delay: 2500 } : {});
      const other = server().hub(parseBucketPlace(through.place), undefined, { patience });
      assert.equal(await other.create('a/1', Buffer.from('mine')), true);
      assert.ok(proxy.count > first + 1, 'the first was not given up');
      assert.equal(await direct.create('a/1', Buffer.from('theirs')), false);
      for (const end = Date.now() + 10_000; Date.now() < end && proxy.late === 0;) await sleep(50);
      assert.ok(proxy.late > 0, 'nothing of it arrived');
      await sleep(500);
      assert.equal((await direct.read('a/1', 9))?.toString(), 'mine');
      assert.deepEqual(
        (await direct.list('a')).files.map(({ name: file }) => file),
        ['0', '1'],
      );
    });

    it('what is changed on the way is noticed: by the server, or by who reads it', async () => {
      const { direct, through } = await both();
      const content = seededBytes(12, 300_000);
      await direct.create('a/1', content);
      proxy.mischief = () => ({ corruptAnswerAt: 100_000 });
      // Once in each connection: the next request in it goes well.
      const limit = { patience: { tries: 1, restMs: 1, longestRestMs: 1, idleMs: 2000 } };
      const place = parseBucketPlace(through.place);
      await unreachable(server().hub(place, undefined, limit).read('a/1', content.length), /what came is not what was sent/);
      await rejected(fetched(server().hub(place, undefined, limit), 'a/1', content.length), 'damaged');
      proxy.mischief = (connection) => (connection % 2 === 0 ? { corruptAnswerAt: 100_000 } : {});
      assert.ok((await server().hub(place).read('a/1', content.length))!.equals(content), 'a small one is asked for again');
      proxy.mischief = (connection) => (connection % 2 === 0 ? { corruptRequestAt: 100_000 } : {});
      assert.equal(await server().hub(place).create('a/2', content), true);
      assert.ok((await direct.read('a/2', content.length))!.equals(content));
      proxy.mischief = () => ({ corruptRequestAt: 100_000 });
      assert.match((await rejected(server().hub(place, undefined, limit).create('a/3', content), 'io')).message, /./);
      assert.deepEqual(
        (await direct.list('a')).files.map(({ name: file }) => file),
        ['1', '2'],
      );
    });
  });

  it('counts strangers, whatever they are called', async () => {
    const place = await server().place();
    const hub = await open(place);
    const strange = ['Notes.txt', 'ö', 'a b', 'a+b', 'a&<b', 'a%2fb', 'x!y', '-a', 'con'];
    for (const key of strange) {
      const at = `/${place.bucket}/${place.prefix}/a/${encodeURIComponent(key).replaceAll('!', '%21')}`;
      assert.ok((await server().ask('PUT', at, 'x')).ok, key);
    }
    await hub.create('a/1', Buffer.from('x'));
    assert.deepEqual(await hub.list('a'), { files: [{ name: '1', size: 1 }], folders: [], strangers: strange.length });
  });

  it('says what is wrong with keys, and with the clock', async () => {
    const place = await server().place();
    await open(place);
    const { id, secret } = server().owner;
    await unreachable(server().hub(place, { id, secret: 'wrong' }).list(''), /the secret of the access key is another one/);
    await unreachable(server().hub(place, { id: 'nobody', secret }).list(''), /access key/);
    for (const off of [-30 * 24 * HOUR_MS, 5 * HOUR_MS]) {
      const host = { ...nodeHost(), now: () => Date.now() + off };
      const late = server().hub(place, server().owner, { host });
      await unreachable(late.list(''), off < 0 ? /30 days behind the server’s; set it/ : /5 hours ahead of the server’s; set it/);
      await unreachable(late.create('a/1', Buffer.from('x')), /clock of this machine/);
    }
  });

  it('says that a bucket has vanished, and comes back with it', async () => {
    const bucket = await server().bucket();
    const place = server().at(bucket, 'hub');
    const hub = await open(place);
    await hub.create('a/1', Buffer.from('x'));
    await hub.remove('a/1');
    assert.ok((await server().ask('DELETE', `/${bucket}/hub/SNAPSTAGE-HUB.txt`)).ok);
    await unreachable(hub.list('a'), /it holds no SNAPSTAGE-HUB\.txt/);
    assert.ok((await server().ask('DELETE', `/${bucket}`)).ok);
    const asked = [
      () => hub.list(''),
      () => hub.read('a/1', 9),
      () => hub.create('a/2', Buffer.from('x')),
      () => hub.hint('bell', Buffer.from('x')),
      () => hub.remove('a/1'),
    ];
    for (const ask of asked) await unreachable(ask(), /there is no bucket/);
    await unreachable(server().hub(place).make(), /there is no bucket/);
  });
}
