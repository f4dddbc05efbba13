/** What has to come out right from the first day on, as the protocol names it: each over a hub, by instances with files of their own. */
import assert from 'node:assert/strict';
import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import { hubUnreachable } from '../../../src/space/hub/hub.ts';
import { logFolder, recordName } from '../../../src/space/logs/hubRecords.ts';
import {
  admit,
  certify,
  describeMember,
  join,
  leave,
  refreshEpochs,
  remove,
  revoke,
  targetFor,
  withdraw,
} from '../../../src/space/members/acts.ts';
import { ALL } from '../../../src/space/members/audiences.ts';
import { publicKeysOf } from '../../../src/space/records/identity.ts';
import { Course, HOUR, NAMES, type Instance } from '../../support/course.ts';
import { MemoryFiles } from '../../support/faultyFiles.ts';
import { Workbench } from '../../support/folders.ts';
import { FaultyHub, MemoryHub } from '../../support/hubs.ts';
import { newKeys, seededRandom } from '../../support/spaces.ts';
import * as fs from 'node:fs';
import * as path from 'node:path';

interface Scene {
  readonly hub: MemoryHub;
  readonly course: Course;
  readonly master: Instance;
  readonly alice: Instance;
}

const bench = new Workbench();
after(() => bench.clear());

function stateOfMember({ session }: Instance, member: Instance): string | undefined {
  return session.state().members.get(member.session.log)?.state;
}

function filesOf(hub: MemoryHub, { session }: Instance): string[] {
  return [...hub.contents.keys()].filter((name) => name.startsWith(`${logFolder(session.log)}/`));
}

const CASES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'two Masters at once': async ({ course, master, alice }) => {
    const second = await course.secondMaster(master);
    await second.session.look();
    master.session.act((acting) => describeMember(acting, alice.session.log, { name: 'by the first', role: 'editor', groups: [] }));
    second.session.act((acting) => remove(acting, alice.session.log));
    second.session.act((acting) => refreshEpochs(acting));
    for (const { session } of [master, second]) await session.send();
    for (const one of [master, second, alice]) {
      await one.session.look();
      assert.equal(stateOfMember(one, alice), 'removed');
    }
    assert.deepEqual(master.session.state().heads, second.session.state().heads);
    assert.deepEqual(targetFor(master.session.state(), ALL), targetFor(second.session.state(), ALL));
  },
  'a member on two machines': async ({ course, master, alice }) => {
    const laptop = course.instance();
    await laptop.session.look();
    laptop.session.act((acting) => join(acting, 'log', alice.keys));
    await laptop.session.send();
    assert.equal(await course.admitAll(master), 1);
    await laptop.session.look();
    assert.equal(laptop.session.state().members.get(laptop.session.log)?.described?.name, NAMES[1]);
    assert.equal(stateOfMember(master, alice), 'admitted');
  },
  'a copied folder': async ({ hub, course, alice, master }) => {
    const copy = course.copy(alice);
    alice.session.act((acting) => leave(acting));
    await alice.session.send();
    copy.session.act(({ writer }) => writer.write({ kind: 'withdraw', invite: '0'.repeat(32) }, { audience: 'clear' }));
    const before = hub.contents.size;
    assert.equal((await copy.session.send()).elsewhere.length, 1);
    assert.equal(hub.contents.size, before, 'no fork was made');
    await copy.session.look();
    assert.throws(() => copy.session.act((acting) => leave(acting)), { code: 'refused' });
    await master.session.look();
    assert.equal(stateOfMember(master, alice), 'left');
  },
  'a restored home': async ({ course, alice }) => {
    const backup = course.copy(alice);
    alice.session.act((acting) => leave(acting));
    await alice.session.send();
    await backup.session.look();
    assert.throws(() => backup.session.act((acting) => leave(acting)), /Another copy of this instance/);
    const empty = course.instance(alice.keys);
    assert.equal((await empty.session.send()).elsewhere.length, 2, 'also when nothing of its log was in the backup');
  },
  'the hub rolled back to last week': async ({ hub, course, master, alice }) => {
    const lastWeek = new Map(hub.contents);
    const bob = await course.member(master, NAMES[2]);
    hub.contents.clear();
    for (const [name, bytes] of lastWeek) hub.contents.set(name, bytes);
    const { findings, lost } = await master.session.look();
    assert.ok(findings.length > 0 && findings.every(({ kind }) => kind === 'lost'));
    assert.equal(stateOfMember(master, bob), 'admitted');
    await master.session.putBack(lost);
    await master.session.send();
    await alice.session.look();
    assert.equal(stateOfMember(alice, bob), 'admitted');
  },
  'the hub rolled back, and this copy’s memory of it lost': async ({ hub, course, master, alice }) => {
    const lastWeek = new Map(hub.contents);
    await course.member(master, NAMES[2]);
    await alice.session.look();
    hub.contents.clear();
    for (const [name, bytes] of lastWeek) hub.contents.set(name, bytes);
    const fresh = course.instance(alice.keys, [], new MemoryFiles(), alice.heads);
    const { findings } = await fresh.session.look();
    assert.deepEqual(
      findings.map((one) => (one.kind === 'rolled-back' ? one.log : one.kind)),
      [master.session.log],
    );
  },
  'one byte flipped in a record': async ({ hub, course, master, alice }) => {
    for (const name of filesOf(hub, master)) {
      const good = hub.contents.get(name)!;
      for (const at of [0, 9, 40, good.length >> 1, good.length - 1]) {
        const bad = Buffer.from(good);
        bad[at]! ^= 0x40;
        hub.contents.set(name, bad);
        const { findings, state } = await course.instance().session.look();
        assert.equal(findings.filter(({ kind }) => kind === 'refused').length, 1);
        assert.ok(state.masters.get(master.session.log)!.chain.standing.length < filesOf(hub, master).length);
        assert.equal((await alice.session.look()).state.name, NAMES[0], 'who has read it before is not touched');
      }
      await master.session.send();
      await alice.session.putBack((await alice.session.look()).lost);
      hub.contents.delete(name);
      await master.session.send();
      assert.deepEqual(hub.contents.get(name), good);
    }
  },
  'a classmate’s squatted and deleted files': async ({ hub, course, master, alice }) => {
    for (const name of filesOf(hub, master)) hub.contents.set(name, Buffer.from('mine now'));
    for (const name of filesOf(hub, alice)) hub.contents.delete(name);
    hub.contents.set(`${logFolder(alice.session.log)}/0000000001-${'0'.repeat(32)}`, Buffer.from('nor hers'));
    const stranger = await course.instance().session.look();
    assert.deepEqual(stranger.state.masters.get(master.session.log)?.chain.standing, []);
    assert.equal((await alice.session.look()).state.name, NAMES[0]);
    await alice.session.send();
    for (const name of filesOf(hub, master)) hub.contents.delete(name);
    await master.session.send();
    const after = await course.instance().session.look();
    assert.deepEqual([after.findings, after.state.refused], [[], []]);
    await master.session.look();
    assert.equal(stateOfMember(master, alice), 'admitted');
  },
  'a removed member’s late record': async ({ master, alice }) => {
    master.session.act((acting) => remove(acting, alice.session.log));
    master.session.act((acting) => refreshEpochs(acting));
    await master.session.send();
    alice.session.act((acting) => leave(acting));
    await alice.session.send();
    const { state } = await master.session.look();
    assert.deepEqual(
      state.refused.map(({ why, record }) => [why, recordName(record).slice(0, 10)]),
      [['late', '0000000002']],
    );
    assert.equal(stateOfMember(master, alice), 'removed');
    assert.equal((await alice.session.look()).state.audiences.get(ALL)?.secret, undefined);
  },
  'a clock a year off': async ({ course, master, alice }) => {
    const year = 366 * 24 * HOUR;
    for (const off of [-year, year]) {
      course.now += off;
      const { state } = await alice.session.look();
      assert.equal(stateOfMember(alice, alice), 'admitted');
      assert.ok(state.audiences.get(ALL)?.secret);
      course.now -= off;
    }
    const { code } = await course.invite(master);
    const bob = await course.ask(code);
    course.now += year;
    assert.equal(await course.admitAll(master), 0, 'an invite expires by the Master’s clock');
    course.now -= year;
    assert.equal(await course.admitAll(master), 1);
    await bob.session.look();
    assert.equal(stateOfMember(bob, bob), 'admitted');
  },
  'an invite used twice': async ({ course, master }) => {
    const { code } = await course.invite(master);
    const [one, two] = [await course.ask(code), await course.ask(code)];
    assert.equal(await course.admitAll(master), 0);
    master.session.act((acting) => admit(acting, two.session.log));
    assert.equal(stateOfMember(master, two), 'admitted');
    assert.equal(master.session.state().members.get(one.session.log)?.obstacle, 'used');
  },
  'an invite expired': async ({ course, master }) => {
    const { code } = await course.invite(master);
    course.now += 2 * HOUR;
    const late = await course.ask(code);
    assert.equal(await course.admitAll(master), 0);
    assert.equal(master.session.state().members.get(late.session.log)?.obstacle, 'expired');
    master.session.act((acting) => refreshEpochs(acting));
    master.session.act(({ writer, state }) => writer.write({ kind: 'describe', name: NAMES[4]! }, targetFor(state, ALL)));
    await master.session.send();
    assert.equal((await late.session.look()).state.name, NAMES[0], 'what came later is shut to who has the code');
  },
  'an invite withdrawn': async ({ course, master }) => {
    const { code, id } = await course.invite(master);
    master.session.act((acting) => withdraw(acting, id));
    master.session.act((acting) => refreshEpochs(acting));
    await master.session.send();
    const late = await course.ask(code);
    assert.equal(await course.admitAll(master), 0);
    assert.equal(master.session.state().members.get(late.session.log)?.obstacle, 'withdrawn');
    assert.equal(late.session.state().audiences.get(ALL)?.secret, undefined);
  },
  'an invite whose id was read in the hub': async ({ course, master }) => {
    const { id } = await course.invite(master);
    const thief = course.instance(newKeys(course.random));
    await thief.session.look();
    thief.session.act(({ writer, host }) => {
      const vault = { commitment: host.randomHex(32), wraps: [] };
      const proof = Buffer.alloc(64).toString('base64url');
      writer.write({ kind: 'join', via: `invite-${id}`, proof, vault }, { audience: 'clear' });
    });
    await thief.session.send();
    assert.equal(await course.admitAll(master), 0);
    assert.equal(master.session.state().members.get(thief.session.log)?.obstacle, 'bad-proof');
  },
  'a share that appears empty for a moment': async ({ hub, course, master, alice }) => {
    const all = new Map(hub.contents);
    hub.contents.clear();
    for (const one of [master, alice]) {
      const { findings, lost, state } = await course.open(one).look();
      assert.deepEqual([findings, lost], [[{ kind: 'emptied' }], []]);
      assert.equal(state.name, NAMES[0]);
      assert.equal(state.members.get(alice.session.log)?.state, 'admitted');
    }
    for (const [name, bytes] of all) hub.contents.set(name, bytes);
    assert.deepEqual((await master.session.look()).findings, []);
  },
  'a log whose folder somebody has emptied, be it the root’s': async ({ hub, course, master, alice }) => {
    const before = new Map([...hub.contents].filter(([name]) => name !== 'bell'));
    for (const log of [course.space, master.session.log]) {
      for (const name of before.keys()) if (name.startsWith(logFolder(log))) hub.contents.delete(name);
      const { findings, lost, state } = await alice.session.look();
      assert.deepEqual(
        findings.map((one) => (one.kind === 'lost' ? one.log : one.kind)),
        [log],
      );
      assert.equal(state.name, NAMES[0]);
      await alice.session.putBack(lost);
      for (const [name, bytes] of before) assert.deepEqual(hub.contents.get(name), bytes);
    }
  },
  'a lost Master, replaced with the recovery code': async ({ course, master, alice }) => {
    const root = course.instance(course.root);
    await root.session.look();
    const fresh = course.instance();
    root.session.act((acting) => certify(acting, publicKeysOf(fresh.keys)));
    root.session.act((acting) => revoke(acting, master.session.log));
    await root.session.send();
    const [first] = [course.open(fresh, [course.root])];
    await first.look();
    assert.ok(first.act((acting) => refreshEpochs(acting)).length >= 3);
    await first.send();
    const { state } = await fresh.session.look();
    assert.equal(state.members.get(alice.session.log)?.described?.name, NAMES[1]);
    assert.ok(targetFor(state, ALL));
    await master.session.look();
    assert.throws(() => master.session.act((acting) => targetFor(acting.state, ALL)), { code: 'refused' });
    await alice.session.look();
    assert.deepEqual(targetFor(alice.session.state(), ALL), targetFor(state, ALL));
  },
  'a recovery code used on two machines': async ({ course, master }) => {
    const machines = [course.instance(course.root), course.instance(course.root)];
    const fresh = [course.instance(), course.instance()];
    for (const { session } of machines) await session.look();
    for (const [at, { session }] of machines.entries()) session.act((acting) => certify(acting, publicKeysOf(fresh[at]!.keys)));
    for (const { session } of machines) await session.send();
    const third = course.instance(course.root);
    await third.session.look();
    third.session.act((acting) => revoke(acting, master.session.log));
    await third.session.send();
    const { state } = await course.instance().session.look();
    assert.ok(fresh.every(({ session }) => state.masters.get(session.log)?.rank === 1));
    assert.notEqual(state.masters.get(master.session.log)?.end, undefined);
    assert.deepEqual(
      state.refused.filter(({ record }) => record.header.log === course.space),
      [],
    );
  },
  'a hub that is gone, and comes back': async ({ hub, course, alice, master }) => {
    let isGone = true;
    const before = (): void => {
      if (isGone) throw hubUnreachable('memory', 'it is gone');
    };
    const session = course.open(alice, [], new FaultyHub(hub, { before }));
    await assert.rejects(session.look(), { code: 'io' });
    assert.equal(session.state().name, NAMES[0]);
    session.act((acting) => leave(acting));
    await assert.rejects(session.send(), { code: 'io' });
    isGone = false;
    assert.equal((await session.send()).sent, 1);
    await master.session.look();
    assert.equal(stateOfMember(master, alice), 'left');
  },
};

describe('from the first day on', () => {
  for (const [name, play] of Object.entries(CASES)) {
    it(name, async () => {
      const hub = new MemoryHub();
      const course = new Course(hub);
      const master = await course.create();
      await play({ hub, course, master, alice: await course.member(master, NAMES[1]) });
    });
  }

  it('conflicted-copy names', async () => {
    const folder = bench.folder();
    const hub = new FolderHub(folder, seededRandom('hub'));
    await hub.make();
    const course = new Course(hub);
    const master = await course.create();
    const at = path.join(folder, ...logFolder(master.session.log).split('/'));
    const names = fs.readdirSync(at);
    for (const name of names) fs.copyFileSync(path.join(at, name), path.join(at, `${name} (Ann's conflicted copy 2026-11-21)`));
    const { findings, state } = await course.instance().session.look();
    assert.deepEqual(findings, [{ kind: 'strangers', log: master.session.log, count: names.length }]);
    assert.deepEqual(state.refused, []);
    assert.equal(state.masters.get(master.session.log)?.chain.standing.length, names.length);
  });
});
