import assert from 'node:assert/strict';
import { Work } from '../../../src/base/work.ts';
import type { BucketHub } from '../../../src/space/hub/s3/bucketHub.ts';
import type { BucketPlace } from '../../../src/space/hub/s3/bucketPlace.ts';
import { skip } from '../../rig/skip.ts';
import { bucketPolicy } from '../../support/bucketPolicy.ts';
import { bucketTests } from '../../support/bucketTests.ts';
import { rejected } from '../../support/folders.ts';
import { Ceph } from '../../support/s3Servers.ts';

describe('a hub in a bucket of Ceph', () => {
  let server: Ceph;

  before(async function () {
    if (Ceph.lacks !== undefined) skip(this, Ceph.lacks);
    server = new Ceph();
    await server.start();
  });
  after(() => server?.stop());

  bucketTests('BucketHub on Ceph', () => server, true);

  describe('with keys and rights of each member’s own', () => {
    const OWNER = 'arn:aws:iam:::user/owner';
    const DISTRIBUTED = 'd'.repeat(32);
    const people = ['alice', 'bob'].map((id, i) => ({
      keys: { id, secret: `${id}-secret` },
      principal: `arn:aws:iam:::user/${id}`,
      log: String(i + 1).repeat(32),
      vault: String(i + 7).repeat(32),
    }));
    const [alice, bob] = people as [(typeof people)[0], (typeof people)[0]];
    let place: BucketPlace;
    let master: BucketHub;
    let member: BucketHub;

    before(async function () {
      if (server === undefined) skip(this, Ceph.lacks!);
      for (const { keys } of people) await server.user(keys);
    });

    beforeEach(async () => {
      place = server.at(await server.bucket(), 'course');
      master = server.hub(place);
      await master.make();
      for (const { log, vault } of people) {
        await master.create(`logs/${log}/0`, Buffer.from('a record'));
        await master.create(`areas/${vault}/0`, Buffer.from('a hand-in'));
        await master.create(`previews/${log}/0`, Buffer.from('a table'));
      }
      await master.create(`areas/${DISTRIBUTED}/0`, Buffer.from('a task'));
      await master.hint('bell', Buffer.from('ding'));
      const set = await server.ask(
        'PUT',
        `/${place.bucket}?policy=`,
        bucketPolicy(place, { master: OWNER, distributed: DISTRIBUTED, members: people }),
      );
      assert.ok(set.ok, await set.text());
      member = server.hub(place, alice.keys);
    });

    const text = async (name: string): Promise<string | undefined> => (await member.read(name, 99))?.toString();

    it('a member does all that it has to do', async () => {
      assert.equal(await text('bell'), 'ding');
      assert.equal(await text(`logs/${bob.log}/0`), 'a record');
      assert.equal(await text(`areas/${DISTRIBUTED}/0`), 'a task');
      assert.deepEqual((await member.list('logs')).folders, [alice.log, bob.log]);
      assert.deepEqual((await member.list(`areas/${DISTRIBUTED}`)).files, [{ name: '0', size: 6 }]);
      for (const folder of [`logs/${alice.log}`, `areas/${alice.vault}`, `previews/${alice.log}`, `lists/${alice.log}`]) {
        assert.equal(await member.create(`${folder}/1`, Buffer.from('mine')), true);
        assert.equal(await member.create(`${folder}/1`, Buffer.from('again')), false);
        assert.equal(await text(`${folder}/1`), 'mine');
        assert.deepEqual((await member.list(folder)).files.at(-1), { name: '1', size: 4 });
        await member.remove(`${folder}/1`);
        assert.equal(await text(`${folder}/1`), undefined);
      }
      assert.equal(await member.create(`areas/${alice.vault}/large`, Buffer.alloc(20 << 20, 1)), true);
      assert.equal((await master.list(`areas/${alice.vault}`)).files.at(-1)!.size, 20 << 20);
      await member.create(`logs/${alice.log}/2`, Buffer.from('mine'));
      const other = server.hub(place, bob.keys);
      assert.equal((await other.read(`logs/${alice.log}/2`, 9))?.toString(), 'mine');
      await member.hint('bell', Buffer.from('dong'));
      await other.hint('bell', Buffer.from('dong'));
      assert.equal((await master.read('bell', 9))?.toString(), 'dong');
    });

    it('a member reads nothing of another’s area, and learns no names there', async () => {
      const into = { append: () => assert.fail('it was read') };
      for (const name of [`areas/${bob.vault}/0`, `areas/${bob.vault}/none`, `previews/${bob.log}/0`]) {
        for (const act of [() => member.read(name, 99), () => member.fetch(name, into, 99, new Work())]) {
          const error = await rejected(act(), 'io');
          assert.match(error.message, /may not read/);
          assert.equal(error.details['reason'], undefined, 'the rest of the hub is there');
        }
      }
      for (const folder of [`areas/${bob.vault}`, `previews/${bob.log}`, 'areas', 'previews', ''])
        assert.match((await rejected(member.list(folder), 'io')).message, /may not read/);
    });

    it('a member writes nothing to Distributed, to another’s log or area, or to the marker', async () => {
      const names = [
        `areas/${DISTRIBUTED}/0`,
        `areas/${DISTRIBUTED}/1`,
        `areas/${bob.vault}/0`,
        `logs/${bob.log}/0`,
        `logs/${bob.log}/1`,
        'keys/1',
        'x',
      ];
      const isRefused = async (act: Promise<unknown>): Promise<void> =>
        assert.equal((await rejected(act, 'io')).details['reason'], 'hub-read-only');
      for (const name of names) {
        await isRefused(member.create(name, Buffer.from('forged')));
        await isRefused(member.create(name, Buffer.alloc(20 << 20)));
        await isRefused(member.hint(name, Buffer.from('forged')));
        await isRefused(member.remove(name));
      }
      await isRefused(server.hub(place, alice.keys).create(`areas/${DISTRIBUTED}/1`, Buffer.from('forged')));
      for (const path of ['SNAPSTAGE-HUB.txt', `areas/${DISTRIBUTED}/0`]) {
        assert.equal((await server.ask('PUT', `/${place.bucket}/course/${path}`, 'forged', alice.keys)).status, 403);
        assert.equal((await server.ask('DELETE', `/${place.bucket}/course/${path}`, '', alice.keys)).status, 403);
      }
      assert.equal((await server.ask('PUT', `/${place.bucket}?policy=`, '{}', alice.keys)).status, 403);
      assert.equal((await master.read(`areas/${DISTRIBUTED}/0`, 99))?.toString(), 'a task');
      assert.equal((await master.read(`logs/${bob.log}/0`, 99))?.toString(), 'a record');
    });

    it('whoever is no member gets nothing', async () => {
      const stranger = { id: `stranger-${place.bucket}`, secret: 'stranger-secret' };
      await server.user(stranger);
      const other = server.hub(place, stranger);
      assert.match((await rejected(other.read('bell', 9), 'io')).message, /may not read/);
      assert.equal((await rejected(other.hint('bell', Buffer.from('x')), 'io')).details['reason'], 'hub-unreachable');
    });

    it('rights that were taken away are gone', async () => {
      await member.create(`logs/${alice.log}/1`, Buffer.from('mine'));
      const set = await server.ask(
        'PUT',
        `/${place.bucket}?policy=`,
        bucketPolicy(place, { master: OWNER, distributed: DISTRIBUTED, members: [bob] }),
      );
      assert.ok(set.ok);
      assert.equal((await rejected(member.create(`logs/${alice.log}/2`, Buffer.from('x')), 'io')).details['reason'], 'hub-read-only');
      await rejected(member.read('bell', 9), 'io');
      assert.equal((await server.hub(place, bob.keys).read('bell', 9))?.toString(), 'ding');
    });
  });

  it('says that it is full when its owner’s quota is used up', async () => {
    const keys = { id: 'small', secret: 'small-secret' };
    await server.user(keys);
    assert.ok((await server.ask('PUT', '/small-bucket', '', keys)).ok);
    const hub = server.hub(server.at('small-bucket', 'hub'), keys);
    await hub.make();
    await server.admin('quota', 'set', '--quota-scope=user', '--uid=small', '--max-size=100K');
    await server.admin('quota', 'enable', '--quota-scope=user', '--uid=small');
    await rejected(hub.create('a/1', Buffer.alloc(500_000)), 'no-space');
    await rejected(hub.create('a/1', Buffer.alloc(20 << 20)), 'no-space');
    assert.deepEqual((await hub.list('a')).files, []);
  });
});
