/** Distributions, recalls and acknowledgements of more objects than a record has room for. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openEngine } from '../../../src/engine/engine.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { STORE_FOLDER } from '../../../src/store/store.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import { inFoldersOnly } from '../../support/hubKinds.ts';

const bench = new Workbench();
let room: Classroom;

/** So many small files, in a few folders. */
function many(count: number, text: string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, number) => [`hw/week-${number % 7}/exercise-${number}.md`, `${text} ${number}`]),
  );
}

/** What is on the disk, without waiting until it is there for good: the Stage flushes each of its files. */
class UnflushedFiles extends DiskFiles {
  override write(name: string, bytes: Uint8Array): void {
    super.write(name, bytes, false);
  }
}

function listsInHub(): Promise<string[]> {
  return room.hubFiles.names('lists');
}

/** Nothing of a delivery can be applied, as its list can't be used. */
async function refuses(person: Person, id: string): Promise<void> {
  const { engine } = person;
  await hear(person);
  const [delivery] = await engine.inbox();
  assert.deepEqual([delivery!.id, delivery!.items, delivery!.state], [id, [], 'new']);
  for (const call of [
    () => engine.planReceive({ delivery: id }),
    () => engine.receive({ delivery: id, confirmed: true }),
    () => engine.resolve({ delivery: id, choices: [] }),
  ]) {
    const error = await rejected(call(), 'not-found');
    assert.equal(error.details['reason'], 'no-list');
  }
  assert.equal((await engine.distributed({ sync: true })).distributions, 0);
}

async function hear(...people: readonly Person[]): Promise<void> {
  for (const { engine } of people) await engine.space({ sync: true });
}

describe('space: lists that a record has no room for', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('of 10,000 objects go out, come in, are answered, shown and taken back', async () => {
    const count = 10_000;
    const files = many(count, 'task');
    room = await Classroom.open(bench, files);
    const { master } = room;
    await master.engine.dispose();
    master.engine = openEngine({
      folder: master.folder,
      home: master.home,
      files: new UnflushedFiles(path.join(master.folder, STORE_FOLDER)),
    });
    const ada = await room.join('Ada');
    const paths = Object.keys(files);
    const sent = await master.handOut(paths, { strategy: 'ask' });
    assert.equal(sent.items.length, count);
    await hear(ada);
    const [delivery] = await ada.engine.inbox();
    assert.deepEqual(delivery!.items.map((item) => item.path).toSorted(), paths.toSorted());
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.created, report!.delivery.state], [count, 'applied']);
    assert.equal(ada.files[paths.at(-1)!], files[paths.at(-1)!]);
    // All of it is as it was sent: a count says so.
    assert.equal((await listsInHub()).length, 1);

    ada.write(many(count, 'answer'));
    master.write(many(count, 'corrected'));
    await hear(ada);
    const shown = await master.engine.preview({ strategy: 'ask' });
    assert.deepEqual([shown.targets[0]!.counts.edited, shown.targets[0]!.outcomes.waiting], [count, count]);
    const { id } = await master.handOut(paths, { strategy: 'ask' });
    const [waiting] = await ada.receiveAll();
    assert.equal(waiting!.counts.waiting, count);
    assert.equal(ada.files[paths[0]!], 'answer 0');
    await hear(master);
    assert.equal((await listsInHub()).length, 3);
    assert.equal((await master.engine.distributions())[0]!.targets[0]!.state, 'waiting');
    // What waits was not received, as the list of it says.
    const again = await master.engine.preview({ strategy: 'ask' });
    assert.equal(again.targets[0]!.counts.edited, count);
    const choices = waiting!.objects.map(({ place, triple }) => ({ place, triple, take: 'mine' as const }));
    const resolved = await ada.engine.resolve({ delivery: id, choices });
    assert.equal(resolved.counts.kept, count);
    await ada.receiveAll();
    await hear(master);
    assert.equal((await master.engine.distributions())[0]!.targets[0]!.state, 'applied');

    const half = paths.slice(0, count / 2);
    ada.write(Object.fromEntries(half.slice(0, 300).map((at) => [at, 'edited once more'])));
    const [recall] = await master.engine.recall({ paths: half, evenEdited: true });
    assert.deepEqual(recall!.paths.toSorted(), half.toSorted());
    const [taken] = await ada.receiveAll();
    assert.deepEqual([taken!.delivery.kind, taken!.counts.deleted], ['recall', half.length]);
    assert.deepEqual(
      Object.keys(ada.files)
        .filter((at) => at.endsWith('.md'))
        .toSorted(),
      paths.slice(half.length).toSorted(),
    );
    await hear(master);
    assert.equal((await master.engine.recalls())[0]!.targets[0]!.state, 'applied');
  });

  it('are sealed, and what is kept of very many is told by name', async () => {
    const count = 400;
    const files = many(count, 'task');
    room = await Classroom.open(bench, files);
    const { master } = room;
    const ada = await room.join('Ada');
    await master.handOut(Object.keys(files));
    await ada.receiveAll();
    ada.write(many(count, 'answer'));
    await master.engine.recall({ paths: ['hw'] });
    await ada.receiveAll();
    await hear(master);
    const [recall] = await master.engine.recalls();
    assert.deepEqual(recall!.targets[0]!.kept.toSorted(), Object.keys(files).toSorted());
    for (const [name, bytes] of await room.hubFiles.contents('lists')) assert.ok(!bytes.includes('exercise'), name);
    const [audited] = (await master.engine.audit()).entries.filter(({ kind }) => kind === 'acknowledge').slice(-1);
    assert.deepEqual(audited!.facts['kept'], count);
  });

  it('stop a delivery while they are missing or forged, and change nothing', async () => {
    const count = 300;
    const files = many(count, 'task');
    room = await Classroom.open(bench, files);
    const { master } = room;
    const [ada, bob] = [await room.join('Ada', { own: 'own' }), await room.join('Bob')];
    const { id } = await master.handOut(Object.keys(files));
    const [list] = await listsInHub();
    const bytes = await room.hubFiles.read(list!);
    const refusesAll = async (): Promise<void> => {
      await refuses(ada, id);
      assert.deepEqual(ada.files, { own: 'own' });
    };
    await room.hubFiles.remove(list!);
    await refusesAll();
    for (const forged of [Buffer.alloc(0), bytes.subarray(0, -1), Buffer.from(bytes).fill(7, 40, 41), Buffer.alloc(17 << 20)]) {
      await room.hubFiles.put(list!, forged);
      await refusesAll();
    }
    // Whoever sent it puts it back.
    await room.hubFiles.remove(list!);
    await hear(master);
    assert.deepEqual(await room.hubFiles.read(list!), bytes);
    for (const person of [ada, bob]) assert.equal((await person.receiveAll())[0]!.counts.created, count);

    const half = Object.keys(files).slice(0, 280);
    await master.engine.recall({ paths: half });
    const taking = (await listsInHub()).find((name) => name !== list)!;
    await room.hubFiles.remove(taking);
    await hear(bob);
    const [delivery] = await bob.engine.inbox();
    assert.deepEqual([delivery!.kind, delivery!.state], ['recall', 'new']);
    await rejected(bob.engine.planReceive({ delivery: delivery!.id }), 'not-found');
    await rejected(bob.engine.receive({ delivery: delivery!.id }), 'not-found');
    assert.equal(Object.keys(bob.files).filter((at) => at.endsWith('.md')).length, count);
    await hear(master);
    assert.equal((await bob.receiveAll())[0]!.counts.deleted, half.length);
  });

  it('stop it where a link lies in their place', async function () {
    inFoldersOnly(this, 'only a folder can have links in it');
    const files = many(300, 'task');
    room = await Classroom.open(bench, files);
    const ada = await room.join('Ada', { own: 'own' });
    const { id } = await room.master.handOut(Object.keys(files));
    const list = path.join(room.hub, (await listsInHub())[0]!);
    fs.rmSync(list);
    fs.symlinkSync(path.join(room.master.folder, 'hw'), list);
    await refuses(ada, id);
    assert.deepEqual(ada.files, { own: 'own' });
  });
});
