/** Room in the hub comes back: of what was taken back, after a time of grace, and of nothing that anybody still needs. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { HubCompaction } from '../../../src/engine/spaceApi.ts';
import { areaFolder } from '../../../src/space/delivery/distributions.ts';
import { EDITORS, vaultOf } from '../../../src/space/members/audiences.ts';
import { Classroom, Person } from '../../support/classroom.ts';
import { readFiles, rejected, seededBytes, Workbench } from '../../support/folders.ts';
import { DAY, waitDays } from '../../support/hubAge.ts';
import { inFoldersOnly } from '../../support/hubKinds.ts';

const LARGE = 400_000;

const bench = new Workbench();
let room: Classroom;

const large = (seed: number): Buffer => seededBytes(seed, LARGE);

const wait = ({ folder }: Person, days: number): void => waitDays(folder, days);

/** Retires what is unneeded, and removes it once its time is over. */
async function compact(master: Person): Promise<HubCompaction> {
  const { retired, rewritten, broughtBack, heldBy } = await master.engine.compactHub({});
  wait(master, 30);
  const { removed, waiting } = await master.engine.compactHub({});
  return { retired, rewritten, broughtBack, heldBy, removed, waiting };
}

async function isWhole(...people: readonly Person[]): Promise<void> {
  for (const { engine } of people) {
    assert.deepEqual((await engine.space({ sync: true }))!.findings, []);
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  }
}

function filesIn(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => fs.statSync(path.join(folder, name)).isFile());
}

describe('space: compaction of the hub', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('gives back what was taken back, after the time of grace, and leaves all else to be received', async () => {
    room = await Classroom.open(bench, { 'stays/data': large(1), 'goes/data': large(2), 'goes/more': large(3) });
    const { master } = room;
    const [ada, offline] = [await room.join('Ada'), await room.join('Offline')];
    await master.handOut(['stays']);
    await master.handOut(['goes']);
    await ada.receiveAll();
    const nothing = { packs: 0, bytes: 0 };
    const idle = await master.engine.compactHub({ isPlan: true });
    assert.deepEqual([idle.retired, idle.rewritten, idle.removed.files, idle.waiting.files], [nothing, nothing, 0, 0]);
    await master.engine.recall({ paths: ['goes'] });

    const plan = await master.engine.compactHub({ isPlan: true });
    assert.ok(plan.retired.bytes > 2 * LARGE && plan.retired.bytes < 2.1 * LARGE, `${plan.retired.bytes}`);
    assert.deepEqual([plan.waiting, plan.heldBy], [{ files: 0, bytes: 0, until: null }, []]);
    const first = await master.engine.compactHub({});
    assert.deepEqual(first.retired, plan.retired);
    assert.deepEqual([first.removed.files, first.waiting.files, first.waiting.bytes], [0, 2 * first.retired.packs, first.retired.bytes]);
    const days = (Date.parse(first.waiting.until!) - Date.now()) / DAY;
    assert.ok(days > 29.9 && days <= 30, `${days}`);
    wait(master, 29);
    const early = await master.engine.compactHub({});
    assert.deepEqual([early.retired, early.removed.files, early.waiting.files], [nothing, 0, first.waiting.files]);
    wait(master, 1);
    const planned = await master.engine.compactHub({ isPlan: true });
    const last = await master.engine.compactHub({});
    assert.deepEqual(
      [last.removed, last.waiting],
      [
        { files: first.waiting.files, bytes: first.retired.bytes },
        { files: 0, bytes: 0, until: null },
      ],
    );
    assert.deepEqual(planned.removed, last.removed);

    const [late] = [await room.join('Late')];
    for (const one of [ada, offline, late]) await one.receiveAll();
    const left = { 'stays/': '', 'stays/data': large(1).toString() };
    for (const one of [ada, offline, late]) assert.deepEqual(one.files, left);
    await late.engine.distributed({ sync: true });
    assert.deepEqual(
      (await late.engine.ls({ state: 'distributed', path: '' })).map((entry) => entry.path),
      ['stays'],
    );
    await master.handOut(['goes']);
    await late.receiveAll();
    assert.deepEqual(late.files, { ...left, 'goes/': '', 'goes/data': large(2).toString(), 'goes/more': large(3).toString() });
    await isWhole(master, ada, offline, late);
  });

  it('seals anew what little is left of a pack', async () => {
    room = await Classroom.open(bench, { 'both/large': large(1), 'both/small': seededBytes(2, 5000) });
    const { master } = room;
    const first = await master.handOut(['both']);
    await master.handOut(['both/small']);
    await master.engine.recall({ distributions: [first.id] });
    const done = await compact(master);
    assert.equal(done.retired.packs, 0);
    assert.ok(done.rewritten.bytes > LARGE && done.removed.bytes === done.rewritten.bytes);
    const late = await room.join('Late');
    await late.receiveAll();
    assert.deepEqual(late.files, { 'both/': '', 'both/small': seededBytes(2, 5000).toString() });
    const again = await compact(master);
    assert.deepEqual([again.retired.packs, again.rewritten.packs, again.removed.files], [0, 0, 0]);
    await isWhole(master, late);
  });

  it('leaves alone what of a distribution still stands', async () => {
    room = await Classroom.open(bench, { 'a/large': large(1), 'b/large': large(2) });
    const { master } = room;
    await master.handOut(['a', 'b']);
    await master.engine.recall({ paths: ['a'] });
    assert.deepEqual((await compact(master)).removed.files, 0);
    const late = await room.join('Late');
    await late.receiveAll();
    assert.deepEqual(late.files, { 'b/': '', 'b/large': large(2).toString() });
  });

  it('keeps what hand-ins rely on, of whom it has heard and of whom it has not', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task', 'extra/data': large(1), 'all/data': large(2) });
    const { master } = room;
    const [ada, bob] = [await room.join('Ada'), await room.join('Bob')];
    const deadline = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await master.engine.createAssignment({
      title: 'HW 1',
      deadline,
      parts: [
        { path: 'hw1', patterns: [] },
        { path: 'extra', patterns: [] },
        { path: 'all', patterns: [] },
      ],
      distribution: (await master.handOut(['hw1'])).id,
    });
    const extra = await master.handOut(['extra']);
    // From a snapshot it is for all, viewers too: it lies elsewhere.
    const { id: state } = await master.engine.take({});
    await master.engine.removeFromStage((await master.engine.stage()).objects.map((one) => one.id));
    await master.engine.addToStage({ objects: [{ type: 'path', state, path: 'all' }] });
    await master.engine.distribute({});
    for (const one of [ada, bob]) {
      await one.receiveAll();
      one.write({ 'hw1/answer.md': 'mine' });
    }
    const handedIn = await ada.engine.handIn({ assignment: id });
    assert.ok(handedIn.sealedBytes < LARGE / 10, 'what all can read is not sent again');
    await master.engine.recall({ distributions: [extra.id], evenEdited: true });
    const kept = await compact(master);
    assert.deepEqual([kept.retired.packs, kept.removed.files, kept.heldBy], [0, 0, []], 'Ada has handed it in');
    const to = bench.place();
    const [item] = (await master.engine.collect({ assignment: id, to })).items;
    assert.equal(item!.problem, null);
    assert.equal(readFiles(item!.folder!)['extra/data'], large(1).toString());
  });

  it('lets a member that was away send what its hand-in relied on', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task', 'extra/data': large(1) });
    const { master } = room;
    const ada = await room.join('Ada');
    const deadline = new Date(Date.now() + 3_600_000).toISOString();
    const parts = ['hw1', 'extra'].map((at) => ({ path: at, patterns: [] }));
    const { id } = await master.engine.createAssignment({
      title: 'HW 1',
      deadline,
      parts,
      distribution: (await master.handOut(['hw1'])).id,
    });
    const extra = await master.handOut(['extra']);
    await ada.receiveAll();
    const done = await room.whileAway(() => ada.engine.handIn({ assignment: id }));
    assert.equal(done.isSent, false);
    assert.ok(done.sealedBytes < LARGE / 10);
    await master.engine.recall({ distributions: [extra.id] });
    const { retired, removed } = await compact(master);
    assert.ok(retired.bytes > LARGE && removed.bytes === retired.bytes, 'nobody was known to need it');
    await ada.engine.space({ sync: true });
    await master.engine.space({ sync: true });
    const [item] = (await master.engine.collect({ assignment: id, to: bench.place() })).items;
    assert.equal(item!.problem, null);
    assert.equal(readFiles(item!.folder!)['extra/data'], large(1).toString());
    await isWhole(master, ada);
  });

  it('holds up nothing but what is unclear: what may need it is not to be read', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task', 'extra/data': large(1) });
    const { master } = room;
    const ada = await room.join('Ada');
    const deadline = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await master.engine.createAssignment({ title: 'HW 1', deadline, parts: [{ path: 'hw1', patterns: [] }] });
    const extra = await master.handOut(['extra']);
    await ada.receiveAll();
    ada.write({ 'hw1/answer.md': 'mine' });
    await ada.engine.handIn({ assignment: id });
    const { id: space, me } = (await ada.engine.space({}))!;
    await room.hubFiles.remove(...(await room.hubFiles.names(areaFolder(space, vaultOf(me.id)))));
    await master.engine.recall({ distributions: [extra.id] });
    const held = await compact(master);
    assert.deepEqual([held.retired.packs, held.removed.files, held.heldBy.length], [0, 0, 1]);
    assert.equal(held.heldBy[0]!.who, 'Ada');
    assert.match(held.heldBy[0]!.why, /is not in the hub/);
    await ada.engine.space({ sync: true });
    const done = await compact(master);
    assert.deepEqual([done.removed.bytes > LARGE, done.heldBy], [true, []]);
  });

  it('removes what was never named, once it is old, and nothing that is not its own', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    const { master } = room;
    await room.join('Ada');
    await master.handOut(['hw1']);
    const folder = areaFolder((await master.engine.space({}))!.id, EDITORS);
    for (const name of ['0123456789abcdef0123456789abcdef', 'notes'])
      await room.hubFiles.put(`${folder}/${name}`, Buffer.from('left over'));
    const { waiting } = await master.engine.compactHub({ graceDays: 1 });
    assert.deepEqual([waiting.files, waiting.bytes], [1, 9]);
    wait(master, 1);
    assert.deepEqual((await master.engine.compactHub({ graceDays: 2 })).removed.files, 0);
    assert.deepEqual((await master.engine.compactHub({ graceDays: 1 })).removed, { files: 1, bytes: 9 });
    const named = (await room.hubFiles.names(folder)).filter((name) => path.posix.basename(name).length !== 32);
    assert.deepEqual(named, [`${folder}/notes`]);
  });

  it('leaves what no hub can have made', async function () {
    inFoldersOnly(this, 'only a folder takes files of any name');
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    const { master } = room;
    await room.join('Ada');
    await master.handOut(['hw1']);
    const strange = path.join(room.hub, areaFolder((await master.engine.space({}))!.id, EDITORS), 'Notes.txt');
    fs.writeFileSync(strange, 'left over');
    assert.equal((await compact(master)).removed.files, 0);
    assert.equal(fs.readFileSync(strange, 'utf8'), 'left over');
  });

  it('takes nothing away as long as not all is there that Masters have said', async () => {
    room = await Classroom.solo(bench, { 'goes/data': large(1), 'hw1/data': large(2) });
    const { master } = room;
    const { recoveryCode } = await master.engine.createSpace({ name: 'Econometrics', hub: room.hub });
    const second = room.add(new Person(bench.folder(), bench.folder()));
    await second.engine.init();
    await second.engine.recoverSpace({ code: recoveryCode, hub: room.hub });
    await master.engine.space({ sync: true });
    await second.engine.space({ sync: true });
    await master.handOut(['goes']);
    await master.engine.recall({ paths: ['goes'] });
    await master.engine.compactHub({});
    wait(master, 30);
    second.write({ 'hw1/data': large(3) });
    const { me } = (await second.engine.space({ sync: true }))!;
    const log = `logs/${me.id}`;
    const before = new Set(await room.hubFiles.names(log));
    await second.handOut(['hw1']);
    const [first] = (await room.hubFiles.names(log)).filter((name) => !before.has(name));
    const lost = await room.hubFiles.take(first!);
    const held = await master.engine.compactHub({});
    assert.equal(held.removed.files, 0);
    assert.deepEqual(held.heldBy, [{ who: null, why: 'Not all that Masters have said is here yet.' }]);
    wait(master, 30);
    assert.equal((await master.engine.compactHub({})).removed.files, 0);
    await room.hubFiles.putAll(lost);
    const done = await master.engine.compactHub({});
    assert.ok(done.removed.bytes > LARGE && done.removed.bytes < 1.5 * LARGE);
    const late = await room.join('Late');
    await late.receiveAll();
    assert.deepEqual(late.files, { 'hw1/': '', 'hw1/data': large(3).toString() });
  });

  it('is for Masters, and for whole days', async () => {
    room = await Classroom.open(bench);
    const ada = await room.join('Ada');
    await rejected(ada.engine.compactHub({}), 'refused');
    for (const graceDays of [0, -1, 1.5, Infinity]) await rejected(room.master.engine.compactHub({ graceDays }), 'usage');
  });

  for (const isOver of [false, true]) {
    it(`and a distribution that knew nothing of it make no gap${isOver ? ', even when the time of grace was over' : ''}`, async function () {
      inFoldersOnly(this, 'only clients that keep folders in sync bring two states of a hub together');
      room = await Classroom.solo(bench, { 'both/large': large(1), 'both/small': seededBytes(2, 5000) });
      const { master } = room;
      const { recoveryCode } = await master.engine.createSpace({ name: 'Econometrics', hub: room.hub });
      const second = room.add(new Person(bench.folder(), bench.folder()));
      await second.engine.init();
      await second.engine.recoverSpace({ code: recoveryCode, hub: room.hub });
      await master.engine.space({ sync: true });
      const { id } = await master.handOut(['both']);
      await second.receiveAll();

      const early = await room.join('Early');
      const behind = bench.place();
      fs.cpSync(room.hub, behind, { recursive: true });
      const before = new Set(filesIn(behind));
      await master.engine.recall({ distributions: [id] });
      if (isOver) assert.ok((await compact(master)).removed.bytes > LARGE);
      else assert.ok((await master.engine.compactHub({})).retired.bytes > LARGE);
      const ahead = bench.place();
      fs.renameSync(room.hub, ahead);
      fs.renameSync(behind, room.hub);
      await second.handOut(['both/small']);
      // As a sync client that is late does it: what was made there comes, and what was removed meanwhile goes.
      for (const file of filesIn(room.hub).filter((name) => !before.has(name))) {
        fs.mkdirSync(path.dirname(path.join(ahead, file)), { recursive: true });
        fs.copyFileSync(path.join(room.hub, file), path.join(ahead, file));
      }
      fs.rmSync(room.hub, { recursive: true });
      fs.renameSync(ahead, room.hub);

      if (!isOver) {
        await early.receiveAll();
        assert.deepEqual(early.files, { 'both/': '', 'both/small': seededBytes(2, 5000).toString() }, 'before any Master has looked');
      }
      for (const one of [master, second]) await one.engine.space({ sync: true });
      const late = await room.join('Late');
      await late.receiveAll();
      assert.deepEqual(late.files, { 'both/': '', 'both/small': seededBytes(2, 5000).toString() });
      await compact(master);
      const later = await room.join('Later');
      await later.receiveAll();
      assert.deepEqual(later.files, late.files);
      await isWhole(master, second, late, later);
    });
  }
});
