/** What is handed out, received, and what becomes of edits. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Progress } from '../../../src/base/progress.ts';
import type { DeliveryPlan } from '../../../src/engine/deliveryApi.ts';
import { openEngine } from '../../../src/engine/engine.ts';
import { Classroom, Person } from '../../support/classroom.ts';
import { rejected, seededBytes, Workbench } from '../../support/folders.ts';
import { manifestDifferences, readManifest } from '../../support/manifest.ts';

const bench = new Workbench();
let room: Classroom;

const hw1 = { 'hw1/task.md': 'task', 'hw1/data.csv': 'a,b\n1,2\n', 'notes.md': 'not for others' };

describe('space: deliveries', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('bring what was staged and nothing else, between two snapshots, and can be undone', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada', { 'own.txt': 'own' });
    const sent = await room.master.handOut(['hw1'], { message: 'Week 1' });
    assert.deepEqual([sent.to, sent.targets.map(({ name, state }) => [name, state])], ['editors', [['Ada', 'sent']]]);
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.created, report!.delivery.message, report!.delivery.state], [2, 'Week 1', 'applied']);
    assert.deepEqual(ada.files, { 'own.txt': 'own', 'hw1/': '', 'hw1/task.md': 'task', 'hw1/data.csv': 'a,b\n1,2\n' });
    await room.master.engine.space({ sync: true });
    const [now] = await room.master.engine.distributions();
    assert.equal(now!.targets[0]!.state, 'applied');
    assert.deepEqual(await ada.receiveAll(), []);
    await ada.engine.undo();
    assert.deepEqual(ada.files, { 'own.txt': 'own' });
    assert.deepEqual(
      (await ada.engine.inbox()).map(({ state }) => state),
      ['undone'],
    );
    // What was undone was not received: the next one comes as something new.
    await room.master.handOut(['hw1'], { strategy: 'ask' });
    const [next] = await ada.receiveAll();
    assert.deepEqual([next!.counts.created, next!.counts.waiting], [2, 0]);
    await ada.engine.undo();
    assert.deepEqual((await ada.engine.verify({ readData: true })).damage, []);
  });

  it('update what nobody has edited, whatever the strategy, and keep edits for a decision', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    ada.write({ 'hw1/task.md': 'my answer' });
    room.master.write({ 'hw1/task.md': 'task, corrected', 'hw1/data.csv': 'a,b\n3,4\n', 'hw1/new': 'new' });
    const { id } = await room.master.handOut(['hw1'], { strategy: 'ask' });
    const [report] = await ada.receiveAll();
    const { created, updated, waiting } = report!.counts;
    assert.deepEqual([created, updated, waiting, report!.delivery.state], [1, 1, 1, 'waiting']);
    assert.equal(ada.files['hw1/task.md'], 'my answer');
    await room.master.engine.space({ sync: true });
    assert.equal((await room.master.engine.distributions())[0]!.targets[0]!.state, 'waiting');

    const plan = await ada.engine.planReceive({ delivery: id });
    const [conflict] = plan.objects;
    assert.deepEqual(
      [conflict!.place, conflict!.state, conflict!.outcome, conflict!.choices],
      ['hw1/task.md', 'edited', 'waiting', ['incoming', 'mine', 'both', 'merge']],
    );
    const sides = await Promise.all(
      (['base', 'incoming', 'mine'] as const).map(async (side) =>
        Buffer.from(await ada.engine.readSide({ delivery: id, place: 'hw1/task.md', side })).toString(),
      ),
    );
    assert.deepEqual(sides, ['task', 'task, corrected', 'my answer']);
    const choice = { place: 'hw1/task.md', triple: conflict!.triple };
    const stale = await ada.engine.resolve({ delivery: id, choices: [{ ...choice, triple: 'another', take: 'incoming' }] });
    assert.equal(stale.objects[0]!.chosen, null);
    const pending = await ada.engine.resolve({ delivery: id, choices: [{ ...choice, take: 'merge' }] });
    assert.deepEqual(
      pending.objects.map(({ outcome, chosen }) => [outcome, chosen]),
      [['waiting', 'merge']],
    );
    const resolved = await ada.engine.resolve({ delivery: id, choices: [{ ...choice, take: 'both' }] });
    assert.deepEqual([resolved.objects[0]!.outcome, resolved.objects[0]!.as], ['saved-beside', 'hw1/task (from Master).md']);
    await ada.restart();
    await ada.receiveAll();
    assert.deepEqual([ada.files['hw1/task.md'], ada.files['hw1/task (from Master).md']], ['my answer', 'task, corrected']);
    assert.deepEqual(await ada.receiveAll(), []);
  });

  it('ask and save nothing where nothing new comes, also of what can run programs', async () => {
    room = await Classroom.open(bench, { ...hw1, 'hw1/.vscode/tasks.json': '{}' });
    const ada = await room.join('Ada');
    const first = await room.master.handOut(['hw1']);
    await ada.receiveAll();
    const [code] = (await ada.engine.planReceive({ delivery: first.id })).objects;
    await ada.engine.resolve({ delivery: first.id, choices: [{ place: code!.place, triple: code!.triple, take: 'incoming' }] });
    await ada.receiveAll();
    ada.write({ 'hw1/task.md': 'my answer', 'hw1/.vscode/tasks.json': '{"mine":1}' });
    ada.remove('hw1/data.csv');
    const mine = ada.files;
    for (const strategy of ['ask', 'rename', 'skip'] as const) {
      await room.master.handOut(['hw1'], { strategy });
      const [report] = await ada.receiveAll();
      assert.deepEqual([report!.counts.kept, report!.counts.waiting, report!.delivery.state], [3, 0, 'applied'], strategy);
      assert.deepEqual([report!.objects.flatMap(({ choices }) => choices), ada.files], [[], mine]);
    }
    await room.master.handOut(['hw1'], { strategy: 'overwrite' });
    await ada.receiveAll();
    assert.deepEqual(
      [ada.files['hw1/task.md'], ada.files['hw1/data.csv'], ada.files['hw1/.vscode/tasks.json']],
      ['task', 'a,b\n1,2\n', '{"mine":1}'],
    );
  });

  it('count what has unsaved changes in an editor as edited', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    room.master.write({ 'hw1/task.md': 'corrected', 'hw1/data.csv': 'corrected' });
    const { id } = await room.master.handOut(['hw1'], { strategy: 'ask' });
    await ada.engine.space({ sync: true });
    const at = { delivery: id, unsaved: ['hw1/task.md'] };
    const states = ({ objects }: Pick<DeliveryPlan, 'objects'>): string[] =>
      objects.map(({ place, state, outcome }) => `${place} ${state} ${outcome}`);
    const expected = ['hw1/data.csv safe updated', 'hw1/task.md edited waiting'];
    assert.deepEqual(states(await ada.engine.planReceive(at)), expected);
    await rejected(ada.engine.receive({ delivery: id, unsaved: ['../elsewhere'] }), 'usage');
    assert.deepEqual(states(await ada.engine.receive(at)), expected);
    const [conflict] = (await ada.engine.planReceive(at)).objects;
    const choice = { place: conflict!.place, triple: conflict!.triple, take: 'mine' } as const;
    assert.deepEqual(states(await ada.engine.resolve({ ...at, choices: [choice] })), ['hw1/task.md edited kept']);
    assert.equal(ada.files['hw1/task.md'], 'task');
    await ada.engine.distributed({ sync: true });
    assert.deepEqual(states(await ada.engine.planPull({ paths: ['hw1'], unsaved: ['hw1/task.md'] })), ['hw1/task.md edited replaced']);
    assert.deepEqual(states(await ada.engine.planPull({ paths: ['hw1'] })), ['hw1/task.md safe updated']);
    await room.master.engine.recall({ paths: ['hw1/data.csv'] });
    await ada.engine.space({ sync: true });
    const [recall] = await ada.engine.inbox();
    const taken = await ada.engine.receive({ delivery: recall!.id, unsaved: ['hw1/data.csv'] });
    assert.deepEqual([states(taken), ada.files['hw1/data.csv']], [['hw1/data.csv edited kept'], 'corrected']);
  });

  it('count what has unsaved changes in another window as edited, as long as that is open', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    room.master.write({ 'hw1/task.md': 'corrected' });
    const { id } = await room.master.handOut(['hw1'], { strategy: 'ask' });
    await ada.engine.space({ sync: true });
    const outcomes = async (): Promise<string[]> => (await ada.engine.planReceive({ delivery: id })).objects.map(({ outcome }) => outcome);
    const window = openEngine({ folder: ada.folder });
    await rejected(window.noteUnsaved({ unsaved: ['../elsewhere'] }), 'usage');
    await window.noteUnsaved({ unsaved: ['hw1/task.md', 'hw1/new.md'] });
    assert.deepEqual(await outcomes(), ['waiting']);
    await window.noteUnsaved({ unsaved: ['hw1/new.md'] });
    assert.deepEqual(await outcomes(), ['updated']);
    await window.noteUnsaved({ unsaved: ['hw1/task.md'] });
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.waiting, ada.files['hw1/task.md']], [1, 'task']);
    await window.dispose();
    assert.deepEqual(await outcomes(), ['updated']);
  });

  it('are merged with edits of other lines, and where both changed the same as a person says', async () => {
    const text = ['one', 'two', 'three', 'four', 'five', ''];
    const lines = (change: Readonly<Record<number, string>>): string => text.map((line, i) => change[i] ?? line).join('\n');
    room = await Classroom.open(bench, { 'a.txt': lines({}), 'b.txt': lines({}), 'c.bin': Buffer.from([0, 1]) });
    const ada = await room.join('Ada');
    await room.master.handOut(['a.txt', 'b.txt', 'c.bin']);
    await ada.receiveAll();
    ada.write({ 'a.txt': lines({ 0: 'mine' }), 'b.txt': lines({ 2: 'mine' }), 'c.bin': Buffer.from([0, 2]) });
    room.master.write({ 'a.txt': lines({ 4: 'theirs' }), 'b.txt': lines({ 2: 'theirs' }), 'c.bin': Buffer.from([0, 3]) });
    const { id } = await room.master.handOut(['a.txt', 'b.txt', 'c.bin'], { strategy: 'ask' });
    await ada.engine.space({ sync: true });
    const { objects } = await ada.engine.planReceive({ delivery: id });
    assert.deepEqual(
      objects.map(({ place, mergeable }) => [place, mergeable]),
      [
        ['a.txt', 'text'],
        ['b.txt', 'text'],
        ['c.bin', null],
      ],
    );
    const [a, b, c] = objects.map(({ place, triple }) => ({ place, triple }));
    await rejected(ada.engine.resolve({ delivery: id, choices: [{ ...c!, take: 'merge' }] }), 'usage');
    await rejected(ada.engine.mergeText({ delivery: id, place: 'c.bin' }), 'refused');
    await ada.engine.resolve({ delivery: id, choices: [{ ...a!, take: 'merge' }] });
    const { isClean, conflicts, text: marked } = await ada.engine.mergeText({ delivery: id, place: 'b.txt' });
    assert.deepEqual([isClean, conflicts, /<<<<<<< mine\nmine\n[^]*=======\ntheirs\n>>>>>>> from Master\n/.test(marked)], [false, 1, true]);
    const content = Buffer.from(lines({ 2: 'both of us' }));
    await rejected(ada.engine.keepMerged({ delivery: id, ...b!, triple: 'another', content }), 'stale-plan');
    const plan = await ada.engine.keepMerged({ delivery: id, ...b!, content });
    assert.deepEqual(
      plan.objects.map(({ outcome, chosen }) => [outcome, chosen]),
      [
        ['merged', 'merge'],
        ['merged', 'merge'],
        ['waiting', null],
      ],
    );
    await ada.engine.compact();
    await ada.restart();
    await ada.receiveAll();
    assert.deepEqual([ada.files['a.txt'], ada.files['b.txt']], [lines({ 0: 'mine', 4: 'theirs' }), lines({ 2: 'both of us' })]);
  });

  it('update notebooks that were only run here, and keep what they gave', async () => {
    const notebook = (source: string, output: string): string =>
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [
          {
            cell_type: 'code',
            id: 'a',
            metadata: {},
            source: ['x = 1'],
            execution_count: output === '' ? null : 1,
            outputs: output === '' ? [] : [{ output_type: 'stream', name: 'stdout', text: [output] }],
          },
          { cell_type: 'markdown', id: 'b', metadata: {}, source: [source] },
        ],
      });
    room = await Classroom.open(bench, { 'a.ipynb': notebook('task', '') });
    const ada = await room.join('Ada');
    await room.master.handOut(['a.ipynb']);
    await ada.receiveAll();
    ada.write({ 'a.ipynb': notebook('task', '1') });
    room.master.write({ 'a.ipynb': notebook('task, corrected', '') });
    await room.master.handOut(['a.ipynb'], { strategy: 'ask' });
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.merged, report!.counts.waiting], [1, 0]);
    assert.deepEqual(JSON.parse(ada.files['a.ipynb']!), JSON.parse(notebook('task, corrected', '1')));
  });

  it('of an application bring its configuration and locks', async () => {
    room = await Classroom.open(bench, {
      'tool/package.json': '{"name":"tool","version":"1.0.0"}',
      'tool/package-lock.json': '{"name":"tool","lockfileVersion":3,"packages":{}}',
      'tool/src/index.js': 'not of it',
    });
    const ada = await room.join('Ada');
    const { master } = room;
    await master.engine.addToStage({ objects: [{ type: 'application', state: 'current', application: 'node' }] });
    const sent = await master.engine.distribute({});
    assert.deepEqual(
      sent.items.map(({ type, path: at, part }) => [type, at, part]),
      [
        ['application', 'tool/package.json', 'node:tool'],
        ['application', 'tool/package-lock.json', 'node:tool'],
      ],
    );
    await ada.receiveAll();
    assert.deepEqual(Object.keys(ada.files).sort(), ['tool/', 'tool/package-lock.json', 'tool/package.json']);
    assert.equal((await ada.engine.applications({ state: 'current' })).applications[0]!.kind, 'node');
  });

  it('of a table come into the database that is there, and leave its other tables', async () => {
    const make = (folder: string, sql: string): void => {
      const db = new DatabaseSync(path.join(folder, 'shop.db'));
      db.exec(sql);
      db.close();
    };
    const rows = (folder: string, table: string): unknown[] => {
      const db = new DatabaseSync(path.join(folder, 'shop.db'), { readOnly: true });
      try {
        return db
          .prepare(`SELECT note FROM ${table} ORDER BY id`)
          .all()
          .map(({ note }) => note);
      } finally {
        db.close();
      }
    };
    const schema = 'CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT); CREATE TABLE own (id INTEGER PRIMARY KEY, note TEXT);';
    room = await Classroom.open(bench);
    const { master } = room;
    make(master.folder, `${schema} INSERT INTO orders VALUES (1, 'a'), (2, 'b'); INSERT INTO own VALUES (1, 'not for others');`);
    const ada = await room.join('Ada');
    const bob = await room.join('Bob');
    make(ada.folder, `${schema} INSERT INTO own VALUES (1, 'ada');`);
    await master.engine.addToStage({ objects: [{ type: 'table', state: 'current', path: 'shop.db', table: 'orders' }] });
    const first = await master.engine.distribute({});
    assert.deepEqual(
      first.items.map(({ type, path: at, part }) => [type, at, part]),
      [['table', 'shop.db', 'orders']],
    );
    await ada.engine.space({ sync: true });
    const plan = await ada.engine.planReceive({ delivery: first.id });
    assert.deepEqual(
      plan.objects.map(({ type, place, part, state }) => [type, place, part, state]),
      [['table', 'shop.db', 'orders', 'edited']],
    );
    await ada.receiveAll();
    await bob.receiveAll();
    assert.deepEqual([rows(ada.folder, 'orders'), rows(ada.folder, 'own'), rows(bob.folder, 'orders')], [['a', 'b'], ['ada'], ['a', 'b']]);
    assert.throws(() => rows(bob.folder, 'own'), /no such table/);

    make(ada.folder, "UPDATE orders SET note = 'mine' WHERE id = 1; INSERT INTO own VALUES (2, 'more');");
    make(master.folder, "UPDATE orders SET note = 'theirs' WHERE id = 2");
    const second = await master.engine.distribute({ strategy: 'ask' });
    await ada.receiveAll();
    await bob.receiveAll();
    assert.deepEqual(
      [rows(ada.folder, 'orders'), rows(bob.folder, 'orders')],
      [
        ['mine', 'b'],
        ['a', 'theirs'],
      ],
    );
    const [conflict] = (await ada.engine.planReceive({ delivery: second.id })).objects;
    const choice = { place: 'shop.db', part: 'orders', triple: conflict!.triple, take: 'incoming' } as const;
    await ada.engine.resolve({ delivery: second.id, choices: [choice] });
    await ada.receiveAll();
    assert.deepEqual(
      [rows(ada.folder, 'orders'), rows(ada.folder, 'own')],
      [
        ['a', 'theirs'],
        ['ada', 'more'],
      ],
    );
    await ada.engine.undo();
    assert.deepEqual(rows(ada.folder, 'orders'), ['mine', 'b']);

    // By row: what only one side changed needs no choice.
    make(master.folder, "UPDATE orders SET note = 'theirs too' WHERE id = 1; INSERT INTO orders VALUES (3, 'new')");
    const third = await master.engine.distribute({ strategy: 'ask' });
    await ada.receiveAll();
    const [table] = (await ada.engine.planReceive({ delivery: third.id })).objects;
    assert.deepEqual([table!.mergeable, table!.choices], ['table', ['incoming', 'mine', 'both', 'merge']]);
    const at = { delivery: third.id, place: 'shop.db', part: 'orders' };
    const conflicts = await ada.engine.tableConflicts(at);
    assert.deepEqual([conflicts.columns, conflicts.total, conflicts.incomingOnly], [['id', 'note'], 1, 2]);
    assert.deepEqual(conflicts.rows, [{ key: ['1'], mine: ['1', 'mine'], base: ['1', 'a'], incoming: ['1', 'theirs too'], chosen: null }]);
    const merge = { place: 'shop.db', part: 'orders', triple: table!.triple, take: 'merge' } as const;
    const pending = await ada.engine.resolve({ delivery: third.id, choices: [merge] });
    assert.deepEqual(
      pending.objects.map(({ outcome, chosen }) => [outcome, chosen]),
      [['waiting', 'merge']],
    );
    const all = await ada.engine.resolveRows({ ...at, triple: table!.triple, rows: [], others: 'incoming' });
    assert.equal(all.objects[0]!.outcome, 'merged');
    const resolved = await ada.engine.resolveRows({ ...at, triple: table!.triple, rows: [{ key: ['1'], take: 'mine' }] });
    assert.deepEqual([resolved.objects[0]!.outcome, (await ada.engine.tableConflicts(at)).rows[0]!.chosen], ['merged', 'mine']);
    await ada.receiveAll();
    assert.deepEqual(
      [rows(ada.folder, 'orders'), rows(ada.folder, 'own')],
      [
        ['mine', 'theirs', 'new'],
        ['ada', 'more'],
      ],
    );
    assert.deepEqual((await ada.engine.verify({ readData: true })).damage, []);
  });

  it('are written to the hub once, however many there are to read them', async () => {
    room = await Classroom.open(bench, { 'large.bin': seededBytes(1, 3_000_000), 'a.txt': 'a' });
    const people = [];
    for (const name of ['Ada', 'Bob', 'Eve']) people.push(await room.join(name));
    await room.master.handOut(['large.bin', 'a.txt']);
    const first = await room.hubFiles.bytes('areas');
    assert.ok(first > 3_000_000 && first < 3_100_000, `${first}`);
    for (const person of people) {
      await person.receiveAll();
      const differences = manifestDifferences(readManifest(room.master.folder), readManifest(person.folder));
      assert.deepEqual(
        differences.filter((one) => !one.startsWith('""')),
        [],
      );
    }
    room.master.write({ 'a.txt': 'another' });
    await room.master.handOut(['large.bin', 'a.txt']);
    assert.ok((await room.hubFiles.bytes('areas')) - first < 20_000);
  });

  it('go to chosen members and groups alone, and nothing of a current state to viewers', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada', {}, { groups: ['tutors'] });
    const bob = await room.join('Bob');
    const eve = await room.join('Eve', {}, { role: 'viewer' });
    await room.master.handOut(['hw1/task.md'], { to: ['group:tutors'] });
    await room.master.handOut(['hw1/data.csv']);
    const { id } = await room.master.engine.take({ name: 'week 1' });
    const { objects } = await room.master.engine.stage();
    await room.master.engine.removeFromStage(objects.map((one) => one.id));
    await room.master.engine.addToStage({ objects: [{ type: 'path', state: id, path: 'notes.md' }] });
    await room.master.engine.distribute({});
    for (const person of [ada, bob, eve]) await person.receiveAll();
    assert.deepEqual(Object.keys(ada.files).sort(), ['hw1/', 'hw1/data.csv', 'hw1/task.md', 'notes.md']);
    assert.deepEqual(Object.keys(bob.files).sort(), ['hw1/', 'hw1/data.csv', 'notes.md']);
    assert.deepEqual(Object.keys(eve.files).sort(), ['notes.md']);
    await rejected(room.master.handOut(['hw1'], { to: ['Eve'] }), 'refused');
    await rejected(room.master.handOut(['hw1'], { to: ['group:nobody'] }), 'not-found');
    await rejected(ada.handOut(['hw1']), 'refused');
  });

  it('reach those who come later, and who was offline for several', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    for (const week of [1, 2, 3]) {
      room.master.write({ 'hw1/task.md': `task ${week}`, [`hw1/week${week}`]: 'x' });
      await room.master.handOut(['hw1']);
    }
    const late = await room.join('Late');
    for (const person of [ada, late]) {
      await person.receiveAll();
      assert.deepEqual([person.files['hw1/task.md'], person.files['hw1/week1'], person.files['hw1/week3']], ['task 3', 'x', 'x']);
    }
  });

  it('that mirror a folder delete what is not in it, and ask before that is most of all', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada', { 'hw1/own': 'own', 'hw1/other': 'other', 'hw1/third': 'third' });
    const { id } = await room.master.handOut(['hw1'], { strategy: 'mirror' });
    await ada.engine.space({ sync: true });
    const plan = await ada.engine.planReceive({ delivery: id });
    assert.deepEqual([plan.deletedFiles, plan.isMostOfAll], [3, true]);
    const before = ada.files;
    const refused = await rejected(ada.engine.receive({ delivery: id }), 'refused');
    assert.equal(refused.details['reason'], 'most-of-all');
    assert.deepEqual(ada.files, before);
    const { safety } = await ada.engine.receive({ delivery: id, from: plan.from, confirmed: true });
    assert.deepEqual(Object.keys(ada.files).sort(), ['hw1/', 'hw1/data.csv', 'hw1/task.md']);
    assert.equal(Buffer.from(await ada.engine.read({ state: safety!.id, path: 'hw1/own' })).toString(), 'own');
  });

  it('are applied as planned, or not at all', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada', { 'own.txt': 'own' });
    const { id } = await room.master.handOut(['hw1']);
    await ada.engine.space({ sync: true });
    const plan = await ada.engine.planReceive({ delivery: id });
    ada.write({ 'own.txt': 'changed since' });
    await rejected(ada.engine.receive({ delivery: id, from: plan.from }), 'stale-plan');
    assert.deepEqual(ada.files, { 'own.txt': 'changed since' });
    // Somebody writes where something new comes, in the last moment.
    let isDone = false;
    const onProgress = ({ phase }: Progress): void => {
      if (phase !== 'write' || isDone || !fs.existsSync(path.join(ada.folder, '.snapstage/journal/restore'))) return;
      isDone = true;
      ada.write({ 'hw1/task.md': 'mine, just now' });
    };
    const conflict = await rejected(ada.engine.receive({ delivery: id }, { onProgress }), 'conflict');
    assert.match(conflict.message, /hw1\/task\.md.*Nothing was applied/);
    assert.deepEqual(ada.files, { 'own.txt': 'changed since', 'hw1/': '', 'hw1/task.md': 'mine, just now' });
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.created, report!.counts.replaced], [1, 1]);
  });

  it('that hold what can run programs wait for a decision', async () => {
    room = await Classroom.open(bench, { 'hw1/.vscode/tasks.json': '{}', 'hw1/task.md': 'task' });
    const ada = await room.join('Ada');
    const { id } = await room.master.handOut(['hw1']);
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.created, report!.counts.waiting], [1, 1]);
    assert.deepEqual(Object.keys(ada.files).sort(), ['hw1/', 'hw1/task.md']);
    const plan = await ada.engine.planReceive({ delivery: id });
    const [waiting] = plan.objects;
    assert.deepEqual([waiting!.hold, waiting!.place], ['code', 'hw1/.vscode/tasks.json']);
    await ada.engine.resolve({ delivery: id, choices: [{ place: waiting!.place, triple: waiting!.triple, take: 'incoming' }] });
    await ada.receiveAll();
    assert.equal(ada.files['hw1/.vscode/tasks.json'], '{}');
  });

  it('come to a copy of an instance too, which gets a log of its own; a copy of the Master’s is refused', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    await room.master.handOut(['hw1/task.md']);
    await ada.receiveAll();
    const copyOf = (person: Person): Person => {
      const folder = bench.place();
      fs.cpSync(person.folder, folder, { recursive: true, preserveTimestamps: true });
      return room.add(new Person(folder, person.home));
    };
    const copy = copyOf(ada);
    const first = (await ada.engine.space({}))!.me;
    const second = (await copy.engine.space({ sync: true }))!.me;
    assert.notEqual(second.id, first.id);
    const { members } = (await room.master.engine.space({ sync: true }))!;
    assert.deepEqual(members.map(({ name, state }) => `${name} ${state}`).toSorted(), ['Ada member', 'Ada member', 'null member']);
    room.master.write({ 'hw1/task.md': 'for both' });
    await room.master.handOut(['hw1/task.md']);
    for (const person of [ada, copy]) {
      await person.receiveAll();
      assert.equal(person.files['hw1/task.md'], 'for both');
    }
    assert.equal((await rejected(copyOf(room.master).engine.space({ sync: true }), 'refused')).details['reason'], 'copy-of-master');
    const moved = bench.place();
    await ada.engine.dispose();
    fs.renameSync(ada.folder, moved);
    const same = room.add(new Person(moved, ada.home));
    assert.equal((await same.engine.space({ sync: true }))!.me.id, first.id);
  });

  it('say what is missing or changed in the hub, and change nothing then', async () => {
    room = await Classroom.open(bench, { 'a.bin': seededBytes(1, 100_000) });
    const ada = await room.join('Ada', { 'own.txt': 'own' });
    const { id } = await room.master.handOut(['a.bin']);
    await ada.engine.space({ sync: true });
    const sealed = await room.hubFiles.contents('areas');
    for (const [name, bytes] of sealed) await room.hubFiles.put(name, Buffer.from(bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte))));
    await rejected(ada.engine.receive({ delivery: id }), 'damaged');
    await room.hubFiles.remove(...sealed.keys());
    await rejected(ada.engine.receive({ delivery: id }), 'not-found');
    await room.hubFiles.putAll(sealed);
    assert.deepEqual(ada.files, { 'own.txt': 'own' });
    assert.equal((await ada.engine.list()).length, 0);
    await ada.receiveAll();
    assert.deepEqual(Object.keys(ada.files).sort(), ['a.bin', 'own.txt']);
  });
});
