/** Somebody who comes late to a large Space, through the engine: starts at a checkpoint, and takes part as all do. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openEngine } from '../../../src/engine/engine.ts';
import type { Hub } from '../../../src/space/hub/hub.ts';
import { Classroom, Person } from '../../support/classroom.ts';
import { Workbench } from '../../support/folders.ts';
import { HubClass } from '../../support/hubKinds.ts';

const bench = new Workbench();
/** Invites, each of which is two records. */
const MANY = 80;
const EACH = 32;

describe('space: newcomers', () => {
  const hubs: Pick<Hub, 'read'> = HubClass.prototype;
  const { read } = hubs;
  let received: { name: string; bytes: number }[] = [];
  let room: Classroom;

  before(async () => {
    hubs.read = async function (this: Hub, name, limit) {
      const bytes = await read.call(this, name, limit);
      received.push({ name, bytes: bytes?.length ?? 0 });
      return bytes;
    };
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    await room.master.engine.dispose();
    room.master.engine = openEngine({ folder: room.master.folder, home: room.master.home, checkpointEvery: EACH });
    await room.join('Ada');
    for (let number = 0; number < MANY; number++) await room.master.engine.invite({ name: `Guest ${number}` });
    await room.master.handOut(['hw1']);
    for (let times = 0; times < 3; times++) await room.master.engine.space({ sync: true });
  });
  after(async () => {
    hubs.read = read;
    await room.close();
    await bench.clear();
  });

  const starts = ({ folder }: Person): string[] =>
    fs.readdirSync(path.join(folder, '.snapstage', 'space')).filter((name) => name.startsWith('start-'));
  /** What a request for records brought. */
  const bytesRead = (): number => received.filter(({ name }) => !name.startsWith('areas')).reduce((sum, { bytes }) => sum + bytes, 0);
  const come = async (name: string, hasInvite = async (): Promise<void> => undefined): Promise<Person> => {
    const { code } = await room.master.engine.invite({ name });
    const person = room.add(new Person(bench.folder(), bench.folder()));
    await person.engine.init();
    received = [];
    await hasInvite();
    await person.engine.joinSpace({ code });
    return person;
  };
  const state = async (person: Person): Promise<string> => (await person.engine.space({ sync: true }))!.me.state;

  it('start at a checkpoint, receive, are recalled from, and are removed', async () => {
    const eve = await come('Eve');
    const few = bytesRead();
    assert.equal(starts(eve).length, 1);
    await room.master.engine.space({ sync: true });
    assert.equal(await state(eve), 'member');
    await eve.receiveAll();
    assert.equal(eve.files['hw1/task.md'], 'task', 'what was handed out before it came');
    room.master.write({ 'hw2/task.md': 'another task' });
    await room.master.handOut(['hw2']);
    await eve.receiveAll();
    assert.equal(eve.files['hw2/task.md'], 'another task');
    eve.write({ 'hw2/task.md': 'her answer' });
    room.master.write({ 'hw2/task.md': 'corrected' });
    await room.master.handOut(['hw2'], { exceptions: [{ target: 'Eve', path: 'hw2/task.md', strategy: 'skip' }] });
    await eve.receiveAll();
    assert.equal(eve.files['hw2/task.md'], 'her answer');
    eve.write({ 'hw2/task.md': 'corrected' });
    await eve.restart();
    await room.master.engine.space({ sync: true });
    await room.master.engine.recall({ paths: ['hw2'] });
    await eve.receiveAll();
    assert.equal(eve.files['hw2/task.md'], undefined);
    const report = await eve.engine.verifyAudit({ hub: false });
    assert.deepEqual([report.findings, report.isDamaged], [[], false]);
    assert.match(report.limits.join('\n'), /Of \d+ older records of Masters, which concern others, only the hashes are here/);
    const me = (await eve.engine.space({}))!.me.id;
    await room.master.engine.removeMember({ member: me });
    assert.equal(await state(eve), 'removed');

    const bob = await come('Bob', async () => room.hubFiles.remove(...(await room.hubFiles.names('checkpoints'))));
    assert.equal(starts(bob).length, 0);
    assert.ok(few < bytesRead() * 0.6, `${few} of ${bytesRead()} bytes`);
    await room.master.engine.space({ sync: true });
    assert.equal(await state(bob), 'member');
    assert.ok((await room.hubFiles.names('checkpoints')).length > 0, 'the Master has put them back');
  });

  it('read all before they export the audit trail', async () => {
    const dan = await come('Dan');
    assert.equal(starts(dan).length, 1);
    await room.master.engine.space({ sync: true });
    assert.equal(await state(dan), 'member');
    const file = path.join(bench.folder(), 'trail');
    await dan.engine.exportAudit({ to: file });
    assert.equal(starts(dan).length, 0);
    const { findings, isDamaged } = await dan.engine.verifyAuditFile({ from: file });
    assert.equal(isDamaged, false, JSON.stringify(findings));
  });
});
