/** Tables that were delivered by themselves, taken back. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DeliveryPlan } from '../../../src/engine/deliveryApi.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { Workbench } from '../../support/folders.ts';

const bench = new Workbench();
let room: Classroom;
let ada: Person;
let bob: Person;

function run({ folder }: Person, sql: string): void {
  using db = new DatabaseSync(path.join(folder, 'shop.db'));
  db.exec(sql);
}

/** Notes by table; nothing where there is no database. */
function notes({ folder }: Person): Record<string, unknown[]> | undefined {
  const file = path.join(folder, 'shop.db');
  if (!fs.existsSync(file)) return undefined;
  using db = new DatabaseSync(file, { readOnly: true });
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  return Object.fromEntries(
    names.map(({ name }) => [String(name), db.prepare(`SELECT note FROM ${String(name)} ORDER BY id`).all().map(({ note }) => note)]), // prettier-ignore
  );
}

async function handOut(table: string): Promise<string> {
  const { engine } = room.master;
  await engine.removeFromStage((await engine.stage()).objects.map(({ id }) => id));
  await engine.addToStage({ objects: [{ type: 'table', state: 'current', path: 'shop.db', table }] });
  return (await engine.distribute({})).id;
}

const told = ({ objects }: Pick<DeliveryPlan, 'objects'>): string[] =>
  objects.map(({ type, place, part, state, outcome }) => `${type} ${place}:${part} ${state} ${outcome}`);

/** What the newest delivery would do, and does. */
async function receive(person: Person): Promise<string[]> {
  await person.engine.space({ sync: true });
  const { id: delivery } = (await person.engine.inbox())[0]!;
  const planned = told(await person.engine.planReceive({ delivery }));
  assert.deepEqual(told(await person.engine.receive({ delivery })), planned);
  return planned;
}

const table = (name: string): string => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, note TEXT);`;

describe('space: tables that are taken back', () => {
  beforeEach(async () => {
    room = await Classroom.open(bench);
    run(
      room.master,
      `${table('orders')} INSERT INTO orders VALUES (1, 'a'), (2, 'b'); ${table('prices')} INSERT INTO prices VALUES (1, 'p');`,
    );
    ada = await room.join('Ada');
    bob = await room.join('Bob');
    run(ada, `${table('own')} INSERT INTO own VALUES (1, 'hers');`);
  });
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('go where nobody edited them, and with them a database of which nothing is left', async () => {
    await handOut('orders');
    for (const person of [ada, bob]) await person.receiveAll();
    run(ada, "INSERT INTO own VALUES (2, 'since')");
    await room.master.engine.recall({ paths: ['shop.db'] });
    for (const person of [ada, bob]) assert.deepEqual(await receive(person), ['table shop.db:orders safe deleted']);
    assert.deepEqual([notes(ada), notes(bob)], [{ own: ['hers', 'since'] }, undefined]);
    await ada.engine.undo();
    assert.deepEqual(notes(ada), { orders: ['a', 'b'], own: ['hers', 'since'] });
    // As if it had never been: the next one is new.
    await ada.engine.undo();
    await handOut('orders');
    assert.deepEqual(await receive(ada), ['table shop.db:orders new created']);
    assert.deepEqual((await ada.engine.verify({ readData: true })).damage, []);
  });

  it('stay where they were edited, and are told of, unless the sender insists', async () => {
    await handOut('orders');
    await handOut('prices');
    for (const person of [ada, bob]) await person.receiveAll();
    run(ada, "UPDATE orders SET note = 'mine' WHERE id = 1");
    run(bob, 'DROP TABLE orders');
    await room.master.engine.recall({ paths: ['shop.db'] });
    assert.deepEqual(await receive(ada), ['table shop.db:orders edited kept', 'table shop.db:prices safe deleted']);
    assert.deepEqual(await receive(bob), ['table shop.db:prices safe deleted']);
    assert.deepEqual([notes(ada), notes(bob)], [{ orders: ['mine', 'b'], own: ['hers'] }, undefined]);
    await room.master.engine.space({ sync: true });
    const { targets } = (await room.master.engine.recalls())[0]!;
    assert.deepEqual(
      targets.map(({ name, kept }) => [name, kept]),
      [
        ['Ada', ['shop.db']],
        ['Bob', []],
      ],
    );
    await room.master.engine.recall({ paths: ['shop.db'], evenEdited: true });
    assert.deepEqual(await receive(ada), ['table shop.db:orders edited deleted']);
    assert.deepEqual(notes(ada), { own: ['hers'] });
    await ada.engine.undo();
    assert.deepEqual(notes(ada), { orders: ['mine', 'b'], own: ['hers'] });
  });

  it('become what was delivered before', async () => {
    await handOut('orders');
    await ada.receiveAll();
    run(room.master, "UPDATE orders SET note = 'second' WHERE id = 1");
    await handOut('orders');
    for (const person of [ada, bob]) await person.receiveAll();
    assert.deepEqual(notes(ada), { orders: ['second', 'b'], own: ['hers'] });
    await room.master.engine.recall({ paths: ['shop.db'], previous: true });
    assert.deepEqual(await receive(ada), ['table shop.db:orders safe updated']);
    assert.deepEqual(notes(ada), { orders: ['a', 'b'], own: ['hers'] });
  });

  it('are as they were here when their distribution is undone, whatever else was changed in the database', async () => {
    run(ada, `${table('orders')} INSERT INTO orders VALUES (9, 'her own');`);
    const id = await handOut('orders');
    for (const person of [ada, bob]) await person.receiveAll();
    assert.deepEqual(notes(ada), { orders: ['a', 'b'], own: ['hers'] });
    run(ada, "INSERT INTO own VALUES (2, 'since')");
    await room.master.engine.undoDistribution({ distribution: id });
    assert.deepEqual(await receive(ada), ['table shop.db:orders safe updated']);
    assert.deepEqual(await receive(bob), ['table shop.db:orders safe deleted']);
    assert.deepEqual([notes(ada), notes(bob)], [{ orders: ['her own'], own: ['hers', 'since'] }, undefined]);
    await handOut('orders');
    assert.deepEqual(await receive(bob), ['table shop.db:orders new created']);
  });

  it('stay where other tables refer to them', async () => {
    await handOut('orders');
    await ada.receiveAll();
    run(ada, "CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT REFERENCES orders(id)); INSERT INTO notes VALUES (1, '1');");
    await room.master.engine.recall({ paths: ['shop.db'] });
    await ada.receiveAll();
    assert.deepEqual(notes(ada), { notes: ['1'], orders: ['a', 'b'], own: ['hers'] });
  });

  it('count as edited while the database has unsaved changes in an editor', async () => {
    await handOut('orders');
    await ada.receiveAll();
    await room.master.engine.recall({ paths: ['shop.db'] });
    await ada.engine.space({ sync: true });
    const { id } = (await ada.engine.inbox())[0]!;
    assert.deepEqual(told(await ada.engine.receive({ delivery: id, unsaved: ['shop.db'] })), ['table shop.db:orders edited kept']);
  });
});
