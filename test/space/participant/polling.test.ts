/** What it costs to ask the hub again and again, through the engine, in requests to the hub. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import { Classroom, Person } from '../../support/classroom.ts';
import { Workbench } from '../../support/folders.ts';

const bench = new Workbench();
const METHODS = ['list', 'read', 'fetch', 'create', 'remove', 'hint'] as const;
const HOUR = 3_600_000;

describe('space: polls', () => {
  const original = Object.fromEntries(METHODS.map((method) => [method, FolderHub.prototype[method]]));
  const { now } = Date;
  let requests: string[] = [];
  let room: Classroom;
  let ada: Person;

  before(() => {
    for (const method of METHODS) {
      const asked = original[method] as (...values: unknown[]) => unknown;
      Object.assign(FolderHub.prototype, {
        [method](this: FolderHub, name: string, ...rest: unknown[]) {
          requests.push(`${method} ${name}`);
          return asked.call(this, name, ...rest);
        },
      });
    }
  });
  after(() => Object.assign(FolderHub.prototype, original));

  beforeEach(async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    ada = await room.join('Ada', { notes: 'mine' });
    await room.join('Bob');
    for (const one of [room.master, ada, room.master]) await one.engine.space({ sync: true });
  });
  afterEach(async () => {
    Date.now = now;
    await room.close();
    await bench.clear();
  });

  async function poll(person: Person): Promise<string[]> {
    requests = [];
    await person.engine.space({ sync: true, isPolled: true });
    return requests;
  }

  const idle = ['read bell'];

  it('are one request where nothing is new, by a member and by a Master, also in a window opened later', async () => {
    for (const person of [ada, room.master, ada, room.master]) assert.deepEqual(await poll(person), idle);
    await ada.restart();
    assert.deepEqual(await poll(ada), idle);
  });

  it('ask for what the bell says is new, and send what is not sent', async () => {
    await room.master.handOut(['hw1']);
    const asked = await poll(ada);
    const masterLog = (await room.master.engine.space({}))!.me.id;
    assert.ok(asked.length <= 12 && asked.includes(`list logs/${masterLog}`), asked.join('\n'));
    assert.deepEqual(
      (await ada.engine.inbox()).map(({ state }) => state),
      ['new'],
    );
    assert.deepEqual(await poll(ada), idle);
    await ada.receiveAll();
    const heard = await poll(room.master);
    assert.ok(
      heard.some((request) => request.startsWith('create logs/')),
      'it signs to have seen it',
    );
    const [sent] = await room.master.engine.distributions();
    assert.ok(
      sent!.targets.some(({ state }) => state === 'applied'),
      JSON.stringify(sent!.targets),
    );
    assert.deepEqual(await poll(room.master), idle);
  });

  it('hear of who asks for a place, and of a Master who comes by the recovery code', async () => {
    const { code } = await room.master.engine.invite({ name: 'Eve' });
    await poll(room.master);
    const eve = room.add(new Person(bench.folder(), bench.folder()));
    await eve.engine.init();
    await eve.engine.joinSpace({ code });
    await poll(room.master);
    await poll(eve);
    assert.equal((await eve.engine.space({}))!.me.state, 'member');

    const other = await Classroom.solo(bench);
    const place = path.join(bench.folder(), 'hub');
    const { recoveryCode } = await other.master.engine.createSpace({ name: 'Another', hub: place });
    const ann = other.add(new Person(bench.folder(), bench.folder()));
    await ann.engine.init();
    await ann.engine.joinSpace({ code: (await other.master.engine.invite({ name: 'Ann' })).code });
    for (const one of [other.master, ann]) await one.engine.space({ sync: true });
    const heir = other.add(new Person(bench.folder(), bench.folder()));
    await heir.engine.init();
    await heir.engine.recoverSpace({ code: recoveryCode, hub: place });
    await poll(ann);
    const masters = (await ann.engine.space({}))!.members.filter(({ role }) => role === 'master');
    assert.equal(masters.length, 2);
    await other.close();
  });

  it('of a Master sign for what was published with what the member says next', async () => {
    const creates = (asked: readonly string[]): string[] => asked.filter((request) => request.startsWith('create'));
    ada.write({ notes: 'mine, and more' });
    assert.ok((await ada.engine.space({ sync: true }))!.published);
    assert.deepEqual(creates(await poll(room.master)), []);
    assert.deepEqual(await poll(ada), idle);
    const published = (await ada.engine.audit()).entries.findLast(({ kind }) => kind === 'published')!;
    assert.equal(published.before, null, 'nobody has signed to have seen it');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    assert.equal(creates(await poll(room.master)).length, 1);
    await poll(ada);
    const signed = (await ada.engine.audit()).entries.find(({ id }) => id === published.id)!;
    assert.notEqual(signed.before, null);
  });

  it('look at all once an hour, whatever the bell says, and when the clock was put back', async () => {
    await room.master.handOut(['hw1']);
    fs.writeFileSync(path.join(room.hub, 'bell'), '');
    assert.deepEqual(
      (await poll(ada)).filter((request) => request.startsWith('list')).length > 0,
      true,
      'a bell that lost Masters is no news of them',
    );
    for (const later of [HOUR + 1, -1000]) {
      Date.now = () => now() + later;
      assert.ok((await poll(ada)).length > 3);
      assert.deepEqual(await poll(ada), idle);
    }
  });

  it('go on telling what was found to be odd, until it is not so any more', async () => {
    const masterLog = (await room.master.engine.space({}))!.me.id;
    const odd = path.join(room.hub, 'logs', masterLog, `0000000099-${'0'.repeat(32)}`);
    fs.writeFileSync(odd, 'no record');
    const first = await ada.engine.space({ sync: true });
    assert.match(first!.findings.join('\n'), /is no record that can be used/);
    const polled = await ada.engine.space({ sync: true, isPolled: true });
    assert.deepEqual(polled!.findings, first!.findings);
    fs.rmSync(odd);
    assert.deepEqual((await ada.engine.space({ sync: true }))!.findings, []);
  });

  it('ask again for what the bell announced before it came', async () => {
    await room.master.handOut(['hw1']);
    const masterLog = (await room.master.engine.space({}))!.me.id;
    const folder = path.join(room.hub, 'logs', masterLog);
    const last = fs.readdirSync(folder).toSorted().at(-1)!;
    const bytes = fs.readFileSync(path.join(folder, last));
    fs.rmSync(path.join(folder, last));
    await poll(ada);
    assert.deepEqual(await ada.engine.inbox(), []);
    fs.writeFileSync(path.join(folder, last), bytes);
    await poll(ada);
    assert.equal((await ada.engine.inbox()).length, 1);
    assert.deepEqual(await poll(ada), idle);
  });
});
