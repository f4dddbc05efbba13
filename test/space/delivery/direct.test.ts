/** What is handed out is applied at once in other instances of the same user. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DirectDelivery } from '../../../src/engine/directApi.ts';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { Store, STORE_FOLDER } from '../../../src/store/store.ts';
import { skip } from '../../rig/skip.ts';
import { Classroom, Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';

const bench = new Workbench();
let room: Classroom;

/** Another instance of whom the Master is, who is its member too. */
async function own(name: string, files: Readonly<Record<string, string>> = {}): Promise<Person> {
  const person = room.add(new Person(bench.folder(), room.master.home));
  person.write(files);
  await person.engine.init();
  const { code } = await room.master.engine.invite({ name });
  await person.engine.joinSpace({ code });
  await room.master.engine.space({ sync: true });
  await person.engine.space({ sync: true });
  return person;
}

const deliver = (): Promise<readonly DirectDelivery[]> => room.master.engine.deliverDirectly();

async function told(): Promise<string[]> {
  return (await deliver()).map(({ name, state, deliveries }) => `${name} ${state} ${deliveries}`).toSorted();
}

describe('space: directly', () => {
  beforeEach(async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'hw/b': '1' });
  });
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('is what this user’s own instances get, each as by its own engine; others wait until they receive it', async () => {
    const mine = await own('Test student', { 'hw/a': 'mine' });
    const ada = await room.join('Ada');
    const targets = await room.master.engine.directTargets();
    assert.deepEqual(
      targets.map(({ name, folder }) => [name, folder]),
      [['Test student', mine.folder]],
    );
    await room.master.handOut(['hw']);
    const [one, ...others] = await deliver();
    assert.deepEqual([one!.state, one!.reason, one!.deliveries, one!.counts.created, one!.counts.replaced], ['applied', null, 1, 1, 1]);
    assert.deepEqual([others, mine.files['hw/a'], ada.files], [[], '1', {}]);
    const before = (await mine.engine.list()).find(({ reason }) => reason === 'before a delivery');
    assert.equal(Buffer.from(await mine.engine.read({ state: before!.id, path: 'hw/a' })).toString(), 'mine');
    assert.deepEqual(await deliver(), []);
    await room.master.engine.space({ sync: true });
    assert.deepEqual(
      (await room.master.engine.distributions())[0]!.targets.map(({ name, state }) => [name, state]),
      [
        ['Test student', 'applied'],
        ['Ada', 'sent'],
      ],
    );
    await room.master.engine.recall({ paths: ['hw/b'] });
    assert.deepEqual([await told(), mine.files['hw/b']], [['Test student applied 1'], undefined]);
  });

  it('applies all that is new there, conflicts excepted, and asks nobody', async () => {
    const one = await own('One', { 'hw/a': 'mine' });
    await room.master.handOut(['hw'], { strategy: 'ask' });
    room.master.write({ c: '2' });
    await room.master.handOut(['c']);
    assert.deepEqual(await told(), ['One waiting 2']);
    assert.deepEqual(one.files, { 'hw/': '', 'hw/a': 'mine', 'hw/b': '1', c: '2' });
    assert.deepEqual(await deliver(), []);
  });

  it('leaves for later what is to be asked first, or has to be confirmed', async () => {
    const [asked, mirrored] = [await own('Asked'), await own('Mirrored', { 'hw/1': '1', 'hw/2': '2', 'hw/3': '3' })];
    assert.equal((await asked.engine.config({ receive: 'ask' })).receive, 'ask');
    await rejected(asked.engine.config({ receive: 'never' as 'ask' }), 'usage');
    await room.master.handOut(['hw'], { strategy: 'mirror' });
    assert.deepEqual(await told(), ['Asked later 0', 'Mirrored later 0']);
    const reasons = (await deliver()).map(({ reason }) => reason);
    assert.ok(reasons.some((reason) => /asked first/.test(reason!)) && reasons.some((reason) => /more than half/.test(reason!)));
    assert.deepEqual([asked.files, Object.keys(mirrored.files).length], [{}, 4]);
    await asked.engine.config({ receive: null });
    assert.deepEqual((await told())[0], 'Asked applied 1');
  });

  it('leaves for later where somebody is at work, and hinders no other', async () => {
    const [busy, other] = [await own('Busy'), await own('Other')];
    await room.master.handOut(['hw']);
    const store = new Store(new DiskFiles(path.join(busy.folder, STORE_FOLDER)), nodeHost());
    const session = store.begin('write');
    for (const lock of ['restoring', 'speaking'] as const) {
      const held = store[lock].acquire(session);
      const found = await deliver();
      assert.ok(
        found.some(({ name, state, reason }) => name === 'Busy' && state === 'later' && reason !== null),
        lock,
      );
      assert.deepEqual([busy.files, other.files['hw/a']], [{}, '1']);
      held[Symbol.dispose]();
    }
    session[Symbol.dispose]();
    store.close();
    assert.deepEqual([await told(), busy.files['hw/a']], [['Busy applied 1'], '1']);
  });

  it('passes over what is gone, is another’s by now or can’t be read, and says so where it is damaged', async () => {
    const [gone, moved, damaged, fine] = [await own('Gone'), await own('Moved'), await own('Damaged'), await own('Fine')];
    await room.master.handOut(['hw']);
    for (const { engine } of [gone, moved, damaged]) await engine.dispose();
    fs.rmSync(gone.folder, { recursive: true });
    fs.rmSync(path.join(moved.folder, STORE_FOLDER), { recursive: true });
    fs.cpSync(path.join(fine.folder, STORE_FOLDER), path.join(moved.folder, STORE_FOLDER), { recursive: true });
    fs.writeFileSync(path.join(damaged.folder, STORE_FOLDER, 'space/belonging'), 'no record');
    const found = (await deliver()).map(({ name, state }) => `${name} ${state}`).toSorted();
    assert.deepEqual(found, ['Damaged later', 'Fine applied']);
    assert.deepEqual([fs.existsSync(gone.folder), fs.existsSync(path.join(moved.folder, 'hw')), fs.existsSync(path.join(damaged.folder, 'hw'))], [false, false, false]); // prettier-ignore
  });

  it('does nothing in a folder that belongs to another user', async function () {
    if (process.getuid?.() !== 0) return skip(this, 'only root can give a folder away');
    const one = await own('One');
    await room.master.handOut(['hw']);
    fs.chownSync(path.join(one.folder, STORE_FOLDER), 65534, 65534);
    assert.deepEqual([await room.master.engine.directTargets(), await deliver(), one.files], [[], [], {}]);
    fs.chownSync(path.join(one.folder, STORE_FOLDER), 0, 0);
    assert.deepEqual(await told(), ['One applied 1']);
  });
});
