/** Instances at work over one hub, each with files of its own: from the first record to the last. */
import assert from 'node:assert/strict';
import { hubUnreachable } from '../../../src/space/hub/hub.ts';
import type { Hub } from '../../../src/space/hub/hub.ts';
import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import type { KeyPairs } from '../../../src/space/keys/keyPairs.ts';
import { logFolder, putRecord } from '../../../src/space/logs/hubRecords.ts';
import {
  admissible,
  admit,
  createSpace,
  describeMember,
  invite,
  join,
  leave,
  refreshEpochs,
  remove,
  targetFor,
} from '../../../src/space/members/acts.ts';
import { ALL, vaultOf } from '../../../src/space/members/audiences.ts';
import { SpaceSession } from '../../../src/space/members/session.ts';
import type { Head } from '../../../src/space/records/shapes.ts';
import { MemoryFiles } from '../../support/faultyFiles.ts';
import { Workbench } from '../../support/folders.ts';
import { FaultyHub, MemoryHub } from '../../support/hubs.ts';
import { newKeys, seededRandom } from '../../support/spaces.ts';

const NAMES = [
  'Statistics 101 for geologists',
  'Alice Ågren-Applegarth',
  'Bob Bell-Bottom',
  'group of the early birds',
  'a secret set of words',
];

/** A Space on a hub, and who is in it. */
class Course {
  readonly random = seededRandom('course');
  readonly root = newKeys(this.random);
  readonly hub: Hub;
  now = 1_800_000_000_000;
  space = '';

  constructor(hub: Hub) {
    this.hub = hub;
  }

  async create(): Promise<SpaceSession> {
    const keys = newKeys(this.random);
    const made = createSpace(this.root, keys, NAMES[0]!, this.random);
    this.space = made.space;
    for (const record of made.root) await putRecord(this.hub, record);
    const master = this.session(keys);
    master.act(({ writer }) => writer.written.push(...made.master));
    await master.send();
    await master.look();
    return master;
  }

  session(keys: KeyPairs, otherKeys: readonly KeyPairs[] = [], files = new MemoryFiles(), hub = this.hub): SpaceSession {
    const host = { now: () => this.now, randomHex: (bytes: number) => this.random.randomHex(bytes) };
    const heads = new Map<string, Head>();
    return new SpaceSession({ space: this.space, hub, files, folder: 'space', keys, otherKeys, secrets: [], heads, host });
  }

  async member(master: SpaceSession, name: string): Promise<SpaceSession> {
    const code = newKeys(this.random);
    master.act((acting) =>
      invite(acting, code, { name, role: 'editor', groups: [NAMES[3]!] }, { expires: this.now + 1000, succeeds: null }),
    );
    await master.send();
    const person = this.session(newKeys(this.random), [code]);
    await person.look();
    person.act((acting) => join(acting, 'invite', code));
    await person.send();
    await master.look();
    master.act((acting) => admissible(acting.state).forEach(({ log }) => admit(acting, log)));
    await master.send();
    await person.look();
    return person;
  }
}

const bench = new Workbench();
after(() => bench.clear());

for (const [kind, open] of [
  ['in memory', async () => new MemoryHub()],
  [
    'in a folder',
    async () => {
      const hub = new FolderHub(bench.folder(), seededRandom('hub'));
      await hub.make();
      return hub;
    },
  ],
] as const) {
  describe(`instances over a hub ${kind}`, () => {
    it('create, invite, join, are described, leave and are removed', async () => {
      const course = new Course(await open());
      const master = await course.create();
      const alice = await course.member(master, NAMES[1]!);
      const bob = await course.member(master, NAMES[2]!);
      const { state, findings, lost } = await alice.look();
      assert.equal(state.name, NAMES[0]);
      assert.equal(state.members.get(alice.log)?.described?.name, NAMES[1]);
      assert.equal(state.members.get(bob.log)?.state, 'admitted');
      assert.deepEqual([findings, lost, state.refused], [[], [], []]);
      bob.act((acting) => leave(acting));
      await bob.send();
      const seen = (await master.look()).state;
      assert.equal(seen.members.get(bob.log)?.state, 'left');
      master.act((acting) => remove(acting, bob.log));
      master.act((acting) => refreshEpochs(acting));
      master.act((acting) => describeMember(acting, alice.log, { name: NAMES[1]!, role: 'viewer', groups: [] }));
      await master.send();
      assert.equal((await bob.look()).state.audiences.get(ALL)?.secret, undefined);
      const after = (await alice.look()).state;
      assert.ok(after.audiences.get(ALL)?.secret);
      assert.equal(after.members.get(bob.log)?.state, 'removed');
      assert.equal(after.members.get(alice.log)?.described?.role, 'viewer');
    });
  });
}

describe('what a hub holds', () => {
  it('has no name, no role and nothing else that was sealed', async () => {
    const hub = new MemoryHub();
    const course = new Course(hub);
    const master = await course.create();
    const alice = await course.member(master, NAMES[1]!);
    await course.member(master, NAMES[2]!);
    const distributed = { kind: 'undo' as const, distribution: course.random.randomHex(32), made: 1 };
    master.act(({ writer, state }) => {
      writer.write(distributed, targetFor(state, ALL));
      writer.write({ kind: 'describe', name: NAMES[4]! }, targetFor(state, ALL));
    });
    alice.act(({ writer, state }) =>
      writer.write({ kind: 'published', table: distributed.distribution, entries: '7', made: 1 }, targetFor(state, vaultOf(alice.log))),
    );
    await master.send();
    await alice.send();
    const { state } = await alice.look();
    assert.equal(state.name, NAMES[4]);
    const all = Buffer.concat([...hub.contents].flatMap(([name, bytes]) => [Buffer.from(name), bytes]));
    const secrets = [...state.audiences.values()].flatMap(({ secret }) => secret ?? []);
    assert.ok(secrets.length >= 3);
    for (const word of [...NAMES, 'editor"', 'viewer', distributed.distribution, 'published', 'undo', 'describe']) {
      for (const bytes of [
        Buffer.from(word),
        Buffer.from(word, 'utf16le'),
        Buffer.from(Buffer.from(word).toString('base64url').slice(1, -3)),
      ]) {
        assert.ok(!all.includes(bytes), word);
      }
    }
    for (const secret of secrets) {
      for (const bytes of [secret, Buffer.from(secret.toString('hex')), Buffer.from(secret.toString('base64url'))])
        assert.ok(!all.includes(bytes));
    }
    assert.ok(all.includes(Buffer.from('"admit"')), 'what is meant to be clear can be found this way');
  });
});

describe('an instance', () => {
  it('goes on by what it knows while the hub is gone, and sends later', async () => {
    const inner = new MemoryHub();
    let isGone = false;
    const hub = new FaultyHub(inner, {
      before: () => {
        if (isGone) throw hubUnreachable('memory', 'it is gone');
      },
    });
    const course = new Course(hub);
    const master = await course.create();
    const alice = await course.member(master, NAMES[1]!);
    isGone = true;
    await assert.rejects(alice.look(), { code: 'io' });
    assert.equal(alice.state().name, NAMES[0]);
    alice.act((acting) => leave(acting));
    await assert.rejects(alice.send(), { code: 'io' });
    isGone = false;
    assert.equal((await alice.send()).sent, 1);
    assert.equal((await master.look()).state.members.get(alice.log)?.state, 'left');
  });

  it('started anew knows what it knew, without the hub', async () => {
    const course = new Course(new MemoryHub());
    const master = await course.create();
    const code = newKeys(course.random);
    master.act((acting) => invite(acting, code, { name: NAMES[1]!, role: 'viewer', groups: [] }, { expires: course.now, succeeds: null }));
    await master.send();
    const [keys, files] = [newKeys(course.random), new MemoryFiles()];
    await course.session(keys, [code], files).look();
    const again = course.session(keys, [code], files, new MemoryHub());
    assert.equal(again.state().name, NAMES[0]);
    const { findings, lost } = await again.look();
    assert.deepEqual([findings, lost], [[{ kind: 'emptied' }], []]);
    assert.equal(again.state().name, NAMES[0]);
  });

  it('gives back a log whose folder somebody has emptied, be it the root’s', async () => {
    const hub = new MemoryHub();
    const course = new Course(hub);
    const master = await course.create();
    const alice = await course.member(master, NAMES[1]!);
    const before = new Map(hub.contents);
    for (const log of [course.space, master.log]) {
      for (const name of before.keys()) if (name.startsWith(logFolder(log))) hub.contents.delete(name);
      const { findings, lost, state } = await alice.look();
      assert.deepEqual(
        findings.map((one) => (one.kind === 'lost' ? one.log : one.kind)),
        [log],
      );
      assert.equal(state.name, NAMES[0]);
      await alice.putBack(lost);
      before.delete('bell');
      for (const [name, bytes] of before) assert.deepEqual(hub.contents.get(name), bytes);
    }
  });

  it('a year off by its clock still finds who is in: only invites expire by it', async () => {
    const course = new Course(new MemoryHub());
    const master = await course.create();
    const alice = await course.member(master, NAMES[1]!);
    const year = 366 * 86_400_000;
    for (const off of [-year, year]) {
      course.now += off;
      const { state } = await alice.look();
      assert.equal(state.members.get(alice.log)?.state, 'admitted');
      assert.ok(state.audiences.get(ALL)?.secret);
      course.now -= off;
    }
  });

  it('on two machines with one log is found out, and asks for a second log', async () => {
    const hub = new MemoryHub();
    const course = new Course(hub);
    const master = await course.create();
    const code = newKeys(course.random);
    master.act((acting) => invite(acting, code, { name: NAMES[1]!, role: 'editor', groups: [] }, { expires: course.now, succeeds: null }));
    await master.send();
    const [keys, files] = [newKeys(course.random), new MemoryFiles()];
    const alice = course.session(keys, [code], files);
    await alice.look();
    alice.act((acting) => join(acting, 'invite', code));
    await alice.send();
    const copied = new MemoryFiles();
    for (const [name, bytes] of files.contents) copied.contents.set(name, bytes);
    const copy = course.session(keys, [], copied);
    await master.look();
    master.act((acting) => admissible(acting.state).forEach(({ log }) => admit(acting, log)));
    await master.send();
    await alice.look();
    alice.act((acting) => leave(acting));
    await alice.send();
    const before = hub.contents.size;
    assert.equal((await copy.send()).elsewhere.length, 1);
    assert.equal(hub.contents.size, before, 'nothing was sent');
    const fresh = course.session(newKeys(course.random));
    await fresh.look();
    fresh.act((acting) => join(acting, 'log', keys));
    await fresh.send();
    const { state } = await master.look();
    assert.equal(state.members.get(fresh.log)?.state, 'waiting');
    assert.deepEqual([...hub.contents.keys()].filter((name) => name.startsWith(logFolder(fresh.log))).length, 1);
  });
});
