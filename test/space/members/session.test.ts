/** Instances at work over one hub, each with files of its own: from the first record to the last. */
import assert from 'node:assert/strict';
import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import { logFolder, putRecord } from '../../../src/space/logs/hubRecords.ts';
import { recordsAmong } from '../../../src/space/logs/link.ts';
import { describeMember, invite, leave, refreshEpochs, remove, targetFor, withdraw } from '../../../src/space/members/acts.ts';
import { ALL, vaultOf } from '../../../src/space/members/audiences.ts';
import { writeRecord } from '../../../src/space/records/envelope.ts';
import { Course, HOUR, NAMES } from '../../support/course.ts';
import { Workbench } from '../../support/folders.ts';
import { FaultyHub, MemoryHub } from '../../support/hubs.ts';
import { newKeys, seededRandom } from '../../support/spaces.ts';

const bench = new Workbench();
after(() => bench.clear());

async function folderHub(): Promise<FolderHub> {
  const hub = new FolderHub(bench.folder(), seededRandom('hub'));
  await hub.make();
  return hub;
}

for (const [kind, open] of [
  ['in memory', async () => new MemoryHub()],
  ['in a folder', folderHub],
] as const) {
  it(`instances over a hub ${kind} create, invite, join, are described, leave and are removed`, async () => {
    const course = new Course(await open());
    const { session: master, ...rest } = await course.create();
    const { session: alice } = await course.member({ session: master, ...rest }, NAMES[1]);
    const { session: bob } = await course.member({ session: master, ...rest }, NAMES[2]);
    const { state, findings, lost } = await alice.look();
    assert.equal(state.name, NAMES[0]);
    assert.equal(state.members.get(alice.log)?.described?.name, NAMES[1]);
    assert.equal(state.members.get(bob.log)?.state, 'admitted');
    assert.deepEqual([findings, lost, state.refused], [[], [], []]);
    bob.act((acting) => leave(acting));
    await bob.send();
    assert.equal((await master.look()).state.members.get(bob.log)?.state, 'left');
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
}

it('a hub holds no name, no role and nothing else that was sealed', async () => {
  const hub = new MemoryHub();
  const course = new Course(hub);
  const master = await course.create();
  const alice = await course.member(master, NAMES[1]);
  await course.member(master, NAMES[2]);
  const named = course.random.randomHex(32);
  master.session.act(({ writer, state }) => {
    writer.write({ kind: 'undo', distribution: named, made: 1 }, targetFor(state, ALL));
    writer.write({ kind: 'describe', name: NAMES[4]! }, targetFor(state, ALL));
  });
  alice.session.act(({ writer, state }) =>
    writer.write({ kind: 'published', table: named, entries: '7', made: 1 }, targetFor(state, vaultOf(alice.session.log))),
  );
  await master.session.send();
  await alice.session.send();
  const { state } = await alice.session.look();
  assert.equal(state.name, NAMES[4]);
  const all = Buffer.concat([...hub.contents].flatMap(([name, bytes]) => [Buffer.from(name), bytes]));
  for (const word of [...NAMES, 'editor"', 'viewer', named, 'published', 'undo', 'describe']) {
    for (const bytes of [
      Buffer.from(word),
      Buffer.from(word, 'utf16le'),
      Buffer.from(Buffer.from(word).toString('base64url').slice(0, -3)),
    ]) {
      assert.ok(!all.includes(bytes), word);
    }
  }
  const secrets = [...state.audiences.values()].flatMap(({ secret }) => secret ?? []);
  assert.ok(secrets.length >= 3);
  for (const secret of secrets) {
    for (const bytes of [secret, Buffer.from(secret.toString('hex')), Buffer.from(secret.toString('base64url'))])
      assert.ok(!all.includes(bytes));
  }
  assert.ok(all.includes(Buffer.from('"admit"')), 'what is meant to be clear can be found this way');
});

it('an instance that the bell names others to has nothing to read', async () => {
  const inner = new MemoryHub();
  const course = new Course(inner);
  const master = await course.create();
  const [alice, bob] = [await course.member(master), await course.member(master)];
  let requests = 0;
  const session = course.open(alice, [], new FaultyHub(inner, { before: () => void (requests += 1) }));
  await session.look();
  requests = 0;
  await session.look([bob.session.log]);
  assert.equal(requests, 0);
  bob.session.act((acting) => leave(acting));
  await bob.session.send();
  const { state } = await master.session.look([bob.session.log]);
  assert.equal(state.members.get(bob.session.log)?.state, 'left');
});

it('an instance reads no more of who was not let in than what they ask for', async () => {
  const inner = new MemoryHub();
  const course = new Course(inner);
  const master = await course.create();
  const stranger = await course.ask(newKeys(course.random));
  for (let i = 0; i < 5; i++) stranger.session.act((acting) => acting.writer.write({ kind: 'leave' }, { audience: 'clear' }));
  await stranger.session.send();
  const read: string[] = [];
  const hub = new FaultyHub(inner, { before: ({ kind, name }) => void (kind === 'read' && read.push(name)) });
  await course.open(master, [], hub).look();
  assert.deepEqual(
    read.filter((name) => name.startsWith(logFolder(stranger.session.log))).map((name) => name.slice(-43, -33)),
    ['0000000001'],
  );
});

it('an instance that does not know what a Master says does nothing more there, and reads on', async () => {
  const course = new Course(new MemoryHub());
  const master = await course.create();
  const alice = await course.member(master);
  const { header, hash } = recordsAmong(master.session.state().masters.get(master.session.log)!.chain.standing).at(-1)!;
  const next = { ...header, sequence: header.sequence + 1, depth: header.depth + 1, previous: hash, audience: 'clear', epoch: null };
  await putRecord(course.hub, writeRecord({ ...next, seen: [], critical: true }, Buffer.from('{"kind":"future"}'), master.keys));
  assert.deepEqual((await alice.session.look()).state.stopped, ['future']);
  assert.throws(() => alice.session.act((acting) => leave(acting)), { code: 'newer-format' });
  assert.equal(alice.session.state().name, NAMES[0]);
});

it('wraps of keys that others have followed are nobody’s burden, and everybody has the keys', async () => {
  const hub = new MemoryHub();
  const course = new Course(hub);
  const master = await course.create();
  const alice = await course.member(master);
  const options = { expires: course.now + HOUR, succeeds: null };
  const invited = Array.from({ length: 260 }, () => newKeys(course.random));
  const ids = master.session.act((acting) =>
    invited.map((keys) => invite(acting, keys, { name: 'A', role: 'viewer', groups: [] }, options)),
  );
  const rotated = async (id: string): Promise<string[]> => {
    master.session.act((acting) => withdraw(acting, id));
    master.session.act((acting) => refreshEpochs(acting));
    await master.session.send();
    const wanted = master.session.state().audiences.get(ALL)!.current.shards;
    assert.ok(wanted.length > 1);
    const here = [...hub.contents.keys()].filter((name) => name.startsWith('keys/')).map((name) => name.slice('keys/'.length));
    assert.deepEqual(here.toSorted(), [...new Set(wanted)].toSorted());
    return here;
  };
  const before = await rotated(ids[0]!);
  const secret = (await alice.session.look()).state.audiences.get(ALL)!.secret!;
  const after = await rotated(ids[1]!);
  assert.ok(before.every((hash) => !after.includes(hash)));
  const { state } = await alice.session.look();
  assert.notDeepEqual(state.audiences.get(ALL)!.secret, secret);
  await alice.session.send();
  for (const { files } of [master, alice]) {
    assert.ok(before.every((hash) => ![...files.contents.keys()].some((name) => name.endsWith(hash))));
  }
  const [late] = [course.instance(newKeys(course.random), [invited[5]!])];
  assert.ok((await late.session.look()).state.audiences.get(ALL)!.secret, 'also who comes later, by an invite of before');
  hub.contents.delete(`keys/${after[0]}`);
  hub.contents.set(`keys/${after[1]}`, Buffer.from('[]'));
  await master.session.send();
  assert.ok(
    hub.contents.get(`keys/${after[0]}`)!.length > 2 && hub.contents.get(`keys/${after[1]}`)!.length > 2,
    'what is lost or cut off is sent again',
  );
});
