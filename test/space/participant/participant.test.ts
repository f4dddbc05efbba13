/** Instances in a Space, over a hub in a folder. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import { inviteCode, parseInvite } from '../../../src/space/keys/inviteCode.ts';
import { Keyring } from '../../../src/space/keys/keyring.ts';
import { keyPairsOf } from '../../../src/space/keys/keyPairs.ts';
import { describeMember, invite, leave, remove, withdraw } from '../../../src/space/members/acts.ts';
import type { Described } from '../../../src/space/members/membership.ts';
import { readBelonging } from '../../../src/space/participant/belonging.ts';
import { foundSpace, joinSpace, openParticipant, readWelcome, recoverSpace } from '../../../src/space/participant/founding.ts';
import type { Ground, Participant } from '../../../src/space/participant/participant.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { rejected, Workbench } from '../../support/folders.ts';

const bench = new Workbench();
const DAY = 86_400_000;

/** A person at a machine of their own, with an instance. */
class Person {
  readonly folder = bench.folder();
  readonly home = bench.folder();
  readonly ground: Ground;
  private readonly place: string;

  constructor(place: string) {
    const host = nodeHost();
    fs.mkdirSync(path.join(this.folder, '.snapstage'));
    this.place = place;
    this.ground = {
      files: new DiskFiles(path.join(this.folder, '.snapstage')),
      host,
      keyring: new Keyring(this.home, host),
      hub: new FolderHub(place, host),
    };
  }

  get entry(): { folder: string; hub: string } {
    return { folder: this.folder, hub: this.place };
  }

  /** Opened anew, as each command and window does. */
  open(): Promise<Participant> {
    return openParticipant(this.ground, readBelonging(this.ground.files)!);
  }

  async sync(): Promise<Participant> {
    const participant = await this.open();
    await participant.sync();
    return participant;
  }

  join(code: string): Promise<Participant> {
    return joinSpace(this.ground, this.entry, parseInvite(code));
  }
}

describe('space: participants', () => {
  let place: string;
  beforeEach(async () => {
    place = path.join(bench.folder(), 'hub');
    await new FolderHub(place, nodeHost()).make();
  });
  afterEach(() => bench.clear());

  async function course(): Promise<{ master: Person; recovery: string }> {
    const master = new Person(place);
    const { recovery } = await foundSpace(master.ground, master.entry, 'Econometrics 2026');
    return { master, recovery };
  }

  async function invited(
    master: Person,
    described: Partial<Described> = {},
    succeeds: string | null = null,
  ): Promise<{ code: string; id: string }> {
    const secret = Buffer.from(master.ground.host.randomHex(32), 'hex');
    const participant = await master.sync();
    const expires = Date.now() + DAY;
    const who = { name: 'Ada', role: 'editor', groups: [], ...described } as const;
    const id = participant.act((acting) => invite(acting, keyPairsOf('invite', secret), who, { expires, succeeds }));
    await participant.send();
    return { id, code: inviteCode(secret, participant.belonging.space, place) };
  }

  const namesOf = ({ state }: Participant): string[] =>
    [...state.members.values()].map((one) => `${one.described?.name} ${one.state}`).sort();

  it('make a Space, invite, join and are let in, and each sees what it may', async () => {
    const { master } = await course();
    const { code } = await invited(master);
    const ada = new Person(place);
    const welcome = await readWelcome(ada.ground, parseInvite(code));
    assert.deepEqual([welcome.name, welcome.role, welcome.called], ['Econometrics 2026', 'editor', 'Ada']);
    const joined = await ada.join(code);
    assert.equal(joined.state.name, 'Econometrics 2026');
    assert.equal(joined.state.members.get(joined.belonging.log)?.state, 'waiting');
    const seen = await master.sync();
    assert.deepEqual(namesOf(seen), ['Ada admitted']);
    const after = await ada.sync();
    const me = after.state.members.get(after.belonging.log)!;
    assert.deepEqual([me.state, me.described?.role, after.isMaster, seen.isMaster], ['admitted', 'editor', false, true]);
    assert.notEqual(after.state.audiences.get('editors')?.secret, undefined);
    assert.equal(after.state.audiences.get('masters')?.secret, undefined);
    assert.deepEqual([...after.state.invites], []);
  });

  it('let nobody in twice by one invite, nor by one that was withdrawn', async () => {
    const { master } = await course();
    const first = await invited(master);
    const [ada, eve, bob] = [new Person(place), new Person(place), new Person(place)];
    await ada.join(first.code);
    await master.sync();
    const over = await rejected(eve.join(first.code), 'refused');
    assert.match(over.message, /it has been used/);
    assert.equal(readBelonging(eve.ground.files), undefined);
    assert.deepEqual(await eve.ground.keyring.list(), []);
    const second = await invited(master, { name: 'Bob' });
    const participant = await master.sync();
    participant.act((acting) => withdraw(acting, second.id));
    await participant.send();
    assert.match((await rejected(bob.join(second.code), 'refused')).message, /withdrawn/);
  });

  it('that leave or are removed can’t read what comes then', async () => {
    const { master } = await course();
    const people = [];
    for (const name of ['Ada', 'Bob', 'Eve']) {
      const person = new Person(place);
      await person.join((await invited(master, { name })).code);
      people.push(person);
    }
    const [ada, bob, eve] = people as [Person, Person, Person];
    let boss = await master.sync();
    for (const person of people) await person.sync();
    const before = boss.state.audiences.get('all')!.current.id;
    const leaving = await bob.open();
    leaving.act(leave);
    await leaving.send();
    boss = await master.sync();
    boss.act((acting) => remove(acting, readBelonging(eve.ground.files)!.log));
    await boss.send();
    assert.deepEqual(namesOf(boss), ['Ada admitted', 'Bob left', 'Eve removed']);
    const after = boss.state.audiences.get('all')!.current.id;
    assert.notEqual(after, before);
    for (const [person, may] of [
      [ada, true],
      [bob, false],
      [eve, false],
    ] as const) {
      const { state } = await person.sync();
      assert.equal(state.audiences.get('all')!.current.id, after);
      assert.equal(state.audiences.get('all')!.secret !== undefined, may);
    }
  });

  it('get another role, and then the keys that go with it', async () => {
    const { master } = await course();
    const ada = new Person(place);
    await ada.join((await invited(master, { role: 'viewer' })).code);
    await master.sync();
    const viewer = await ada.sync();
    assert.equal(viewer.state.audiences.get('editors')?.secret, undefined);
    const boss = await master.sync();
    boss.act((acting) => describeMember(acting, viewer.belonging.log, { name: 'Ada L.', role: 'editor', groups: ['tutors'] }));
    await boss.send();
    const editor = await ada.sync();
    assert.notEqual(editor.state.audiences.get('editors')?.secret, undefined);
    assert.deepEqual(editor.state.members.get(viewer.belonging.log)?.described?.groups, ['tutors']);
  });

  it('who lost their keys come back by a new invite, in place of the old', async () => {
    const { master } = await course();
    const ada = new Person(place);
    const { belonging } = await ada.join((await invited(master)).code);
    await master.sync();
    fs.rmSync(ada.home, { recursive: true });
    assert.equal((await rejected(ada.open(), 'refused')).details['reason'], 'no-keys');
    const { code } = await invited(master, {}, belonging.log);
    await ada.join(code);
    const boss = await master.sync();
    assert.deepEqual(namesOf(boss), ['Ada admitted', 'Ada removed']);
    assert.equal((await ada.sync()).state.members.get(readBelonging(ada.ground.files)!.log)?.state, 'admitted');
  });

  it('get a Master back by the recovery code when it is lost', async () => {
    const { master, recovery } = await course();
    const ada = new Person(place);
    await ada.join((await invited(master)).code);
    await master.sync();
    const other = new Person(place);
    await rejected(recoverSpace(other.ground, other.entry, 'R1'), 'usage');
    const boss = await recoverSpace(other.ground, other.entry, recovery.toLowerCase());
    assert.equal(boss.isMaster, true);
    assert.deepEqual(namesOf(await other.sync()), ['Ada admitted']);
    const bob = new Person(place);
    await bob.join((await invited(other, { name: 'Bob' })).code);
    assert.deepEqual(namesOf(await other.sync()), ['Ada admitted', 'Bob admitted']);
    assert.deepEqual(namesOf(await master.sync()), ['Ada admitted', 'Bob admitted']);
    assert.equal((await bob.sync()).state.members.get(readBelonging(bob.ground.files)!.log)?.state, 'admitted');
    const lost = new Person(path.join(bench.folder(), 'hub'));
    await rejected(recoverSpace(lost.ground, lost.entry, recovery), 'io');
  });

  it('work on without the hub, and send what they said when it is there again', async () => {
    const { master } = await course();
    const ada = new Person(place);
    await ada.join((await invited(master)).code);
    await master.sync();
    await ada.sync();
    fs.renameSync(place, `${place}-gone`);
    assert.equal((await rejected(ada.sync(), 'io')).details['reason'], 'hub-unreachable');
    const offline = await ada.open();
    assert.equal(offline.state.members.get(offline.belonging.log)?.state, 'admitted');
    offline.act(leave);
    fs.renameSync(`${place}-gone`, place);
    await ada.sync();
    assert.deepEqual(namesOf(await master.sync()), ['Ada left']);
  });

  it('give the hub back what it lost, and hide from it who and what they are', async () => {
    const { master } = await course();
    const ada = new Person(place);
    await ada.join((await invited(master, { name: 'Ada Lovelace' })).code);
    await master.sync();
    const logs = path.join(place, 'logs');
    for (const log of fs.readdirSync(logs))
      for (const name of fs.readdirSync(path.join(logs, log)).slice(1)) fs.rmSync(path.join(logs, log, name));
    await master.sync();
    await ada.sync();
    const bob = new Person(place);
    await bob.join((await invited(master, { name: 'Bob' })).code);
    assert.deepEqual(namesOf(await master.sync()), ['Ada Lovelace admitted', 'Bob admitted']);
    for (const name of fs.readdirSync(place, { recursive: true }) as string[]) {
      const full = path.join(place, name);
      if (!fs.statSync(full).isFile()) continue;
      const bytes = fs.readFileSync(full, 'latin1');
      for (const secret of ['Lovelace', 'Bob', 'Econometrics', 'editor"', master.folder, ada.folder])
        assert.ok(!bytes.includes(secret), `${name} tells “${secret}”`);
    }
  });
});
