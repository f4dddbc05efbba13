/** A Space over a bucket, in which each member has keys of their own with the rights that the policy gives them. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { areaOf } from '../../../src/space/delivery/distributions.ts';
import { parseBucketPlace, type BucketPlace } from '../../../src/space/hub/s3/bucketPlace.ts';
import type { Keys } from '../../../src/space/hub/s3/signature.ts';
import { inviteCode, parseInvite } from '../../../src/space/keys/inviteCode.ts';
import { keyPairsOf } from '../../../src/space/keys/keyPairs.ts';
import { Keyring } from '../../../src/space/keys/keyring.ts';
import { describeMember, invite, remove } from '../../../src/space/members/acts.ts';
import { EDITORS, vaultOf } from '../../../src/space/members/audiences.ts';
import { readBelonging } from '../../../src/space/participant/belonging.ts';
import { foundSpace, joinSpace, openParticipant } from '../../../src/space/participant/founding.ts';
import type { Ground, Heard, Participant } from '../../../src/space/participant/participant.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { skip } from '../../rig/skip.ts';
import { bucketPolicy, type PolicyMember } from '../../support/bucketPolicy.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import { Ceph } from '../../support/s3Servers.ts';

const DAY_MS = 86_400_000;
const arn = ({ id }: Keys): string => `arn:aws:iam:::user/${id}`;

describe('a Space over a bucket with rights of each member’s own', () => {
  const bench = new Workbench();
  let server: Ceph;
  let place: BucketPlace;

  before(async function () {
    if (Ceph.lacks !== undefined) skip(this, Ceph.lacks);
    server = new Ceph();
    await server.start();
    place = server.at(await server.bucket(), 'course');
    await server.hub(place).make();
  });
  after(async () => {
    await server?.stop();
    await bench.clear();
  });

  function groundOf(keys: Keys): Ground {
    const [folder, host] = [bench.folder(), nodeHost()];
    fs.mkdirSync(path.join(folder, '.snapstage'));
    const files = new DiskFiles(path.join(folder, '.snapstage'));
    return { files, host, keyring: new Keyring(bench.folder(), host), hub: server.hub(place, keys) };
  }

  async function synced(ground: Ground): Promise<{ participant: Participant; heard: Heard }> {
    const participant = await openParticipant(ground, readBelonging(ground.files)!);
    return { participant, heard: await participant.sync() };
  }

  async function grant(distributed: string, members: readonly PolicyMember[], joining: readonly Keys[]): Promise<void> {
    const policy = bucketPolicy(place, { master: arn(server.owner), distributed, members, joining: joining.map(arn) });
    const set = await server.ask('PUT', `/${place.bucket}?policy=`, policy);
    assert.ok(set.ok, await set.text());
  }

  it('is joined, worked in and left by members who can do no more than they must', async () => {
    const people = ['ada', 'eve'].map((id): Keys => ({ id, secret: `${id}-secret` }));
    for (const keys of people) await server.user(keys);
    const master = groundOf(server.owner);
    await foundSpace(master, { folder: bench.folder(), hub: place.path }, 'Econometrics 2026');
    const state = (await synced(master)).participant.state;
    const folderOf = (audience: string): string => areaOf(state, audience, master.hub, master.files).folder.slice('areas/'.length);
    const distributed = folderOf(EDITORS);

    await grant(distributed, [], people);
    const grounds = people.map(groundOf);
    for (const [i, ground] of grounds.entries()) {
      const secret = Buffer.from(master.host.randomHex(32), 'hex');
      const { participant } = await synced(master);
      const who = { name: people[i]!.id, role: 'editor', groups: [] } as const;
      participant.act((acting) => invite(acting, keyPairsOf('invite', secret), who, { expires: Date.now() + DAY_MS, succeeds: null }));
      await participant.send();
      const code = parseInvite(inviteCode(secret, participant.belonging.space, place.path));
      assert.deepEqual(code.hub, parseBucketPlace(place.path));
      await joinSpace(ground, { folder: bench.folder(), hub: place.path }, code);
    }
    await synced(master);

    const members = grounds.map((ground, i): PolicyMember => {
      const { log } = readBelonging(ground.files)!;
      return { principal: arn(people[i]!), log, vault: folderOf(vaultOf(log)) };
    });
    await grant(distributed, members, []);
    const [ada, eve] = grounds as [Ground, Ground];
    for (const ground of grounds) {
      const { participant, heard } = await synced(ground);
      assert.equal(participant.state.members.get(participant.belonging.log)?.state, 'admitted');
      assert.deepEqual([heard.findings, heard.unwritten], [[], undefined]);
    }

    const { participant } = await synced(master);
    const eveLog = members[1]!.log;
    participant.act((acting) => describeMember(acting, eveLog, { name: 'Eva', role: 'viewer', groups: [] }));
    await participant.send();
    assert.equal((await synced(eve)).participant.state.members.get(eveLog)?.described?.name, 'Eva');

    await ada.hub.create(`areas/${members[0]!.vault}/1`, Buffer.from('a sealed hand-in'));
    assert.match((await rejected(eve.hub.read(`areas/${members[0]!.vault}/1`, 99), 'io')).message, /may not read/);
    assert.equal((await rejected(eve.hub.create(`areas/${distributed}/1`, Buffer.from('x')), 'io')).details['reason'], 'hub-read-only');
    assert.equal((await master.hub.read(`areas/${members[0]!.vault}/1`, 99))?.toString(), 'a sealed hand-in');

    participant.act((acting) => remove(acting, eveLog));
    await participant.send();
    await grant(distributed, members.slice(0, 1), []);
    await rejected(synced(eve), 'io');
    assert.equal((await synced(ada)).participant.state.members.get(eveLog)?.state, 'removed');
  });
});
