/** Tables delivered by themselves into databases that members work on. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Work } from '../../../src/base/work.ts';
import type { PageSource } from '../../../src/instance/tables/pageSource.ts';
import type { MergedContent } from '../../../src/space/merge/decisions.ts';
import { mergedTree } from '../../../src/space/merge/mergedTree.ts';
import { nextBase } from '../../../src/space/merge/nextBase.ts';
import { planMerge, type MergePlan, type MergeRequest } from '../../../src/space/merge/plan.ts';
import { Staged, type Item, type Strategy } from '../../../src/space/merge/staged.ts';
import { classifyTables } from '../../../src/space/merge/tables/classifyTables.ts';
import { writeExtract } from '../../../src/space/merge/tables/images.ts';
import { extractPath } from '../../../src/space/merge/tables/tablePlaces.ts';
import { databasesOf, writeDatabase } from '../../../src/space/merge/tables/writeDatabase.ts';
import type { TreeEntry } from '../../../src/store/tree.ts';
import { Workbench } from '../../support/folders.ts';
import { bytesOf, entryOf, filesOf, sink, treeOf, trees, type Files } from '../../support/memoryTrees.ts';
import { LINUX, requestOf } from './delivering.ts';

const bench = new Workbench();
const pagesIn = (bytes: Buffer): PageSource => ({
  size: bytes.length,
  read: (at, length) => bytes.subarray(at, at + length),
  [Symbol.dispose]: () => undefined,
});
const pagesOf = (entry: TreeEntry): PageSource => pagesIn(bytesOf(entry));

/** A database as bytes: tables by name, their only column's values. */
type Tables = Readonly<Record<string, readonly number[]>>;

function database(tables: Tables, more = ''): Buffer {
  const file = path.join(bench.folder(), 'made.db');
  const db = new DatabaseSync(file);
  for (const [name, values] of Object.entries(tables)) {
    db.exec(
      `CREATE TABLE "${name}" (id INTEGER PRIMARY KEY); ${values.map((value) => `INSERT INTO "${name}" VALUES (${value});`).join('')}`,
    );
  }
  db.exec(more);
  db.close();
  return fs.readFileSync(file);
}

function tablesIn(root: Buffer, at: string): Tables | undefined {
  const entry = trees.entry(root, at);
  if (entry === undefined) return undefined;
  const file = path.join(bench.folder(), 'read.db');
  fs.writeFileSync(file, bytesOf(entry));
  const db = new DatabaseSync(file);
  try {
    assert.deepEqual(Object.values(db.prepare('PRAGMA integrity_check').get()!), ['ok']);
    const names = db
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
      .all()
      .map(({ name }) => String(name));
    return Object.fromEntries(
      names.map((name) => [
        name,
        db
          .prepare(`SELECT id FROM "${name}"`)
          .all()
          .map(({ id }) => Number(id)),
      ]),
    );
  } finally {
    db.close();
  }
}

/** A delivery of tables, by database. */
async function extracts(databases: Readonly<Record<string, Tables>>): Promise<{ incoming: Files; items: Item[] }> {
  const incoming: Record<string, Buffer> = {};
  const items: Item[] = [];
  for (const [at, tables] of Object.entries(databases)) {
    for (const table of Object.keys(tables)) {
      const file = path.join(bench.folder(), 'extract.db');
      await writeExtract(file, { name: table, pages: pagesIn(database(tables)) }, new Work());
      incoming[extractPath(at, table)] = fs.readFileSync(file);
      items.push({ type: 'table', path: at, table });
    }
  }
  return { incoming, items };
}

interface Played {
  readonly plan: MergePlan;
  readonly root: Buffer;
  readonly base: Buffer;
  readonly told: Readonly<Record<string, string>>;
}

interface Game {
  readonly base?: Files | Buffer;
  readonly mine: Files | Buffer;
  readonly strategy?: Strategy;
  readonly decide?: Readonly<Record<string, 'incoming' | 'mine' | 'both' | MergedContent>>;
  readonly unread?: readonly string[];
}

async function play(
  delivery: { incoming: Files; items: readonly Item[] },
  { decide = {}, unread = [], strategy = 'overwrite', ...game }: Game,
): Promise<Played> {
  const { sides } = requestOf({ ...game, incoming: delivery.incoming, items: delivery.items });
  const staged = new Staged(delivery.items, { overall: strategy });
  const target = { traits: LINUX, unread, unsaved: [] };
  const tables = await classifyTables(sides, staged, target, pagesOf, new Work());
  const decisions = new Map(
    tables.flatMap(({ place, table, triple }) => {
      const choice = decide[`${place}:${table}`];
      if (choice === undefined) return [];
      const decision = typeof choice === 'string' ? { take: choice } : { take: 'merge' as const, content: choice };
      return [[`${place}:${table}`, { triple, decision }] as const];
    }),
  );
  const request: MergeRequest = { sides, staged, tables, target, label: 'Master', decisions, remembered: new Map(), files: 10 };
  const plan = planMerge(request, () => undefined);
  const written = new Map<string, MergedContent>();
  for (const [place, planned] of databasesOf(plan)) {
    const file = path.join(bench.folder(), 'new.db');
    await writeDatabase(file, planned, pagesOf, new Work());
    const { id, size, flags, mtime } = entryOf(place, fs.readFileSync(file));
    written.set(place, { id, size, flags, mtime });
  }
  const told = Object.fromEntries(plan.objects.map(({ name, state, outcome }) => [name, `${state}: ${outcome}`]));
  return { plan, root: mergedTree(request, plan, sink, written), base: nextBase(request, plan, sink), told };
}

describe('space: delivered tables', () => {
  afterEach(() => bench.clear());

  const AT = 'data/app.db';

  it('come into a database that is there, one that is not, and leave all else', async () => {
    const delivery = await extracts({ [AT]: { orders: [1, 2], people: [7] }, 'new.db': { orders: [3] } });
    const mine = { [AT]: database({ own: [5] }), 'data/notes': 'mine' };
    const first = await play(delivery, { mine });
    assert.deepEqual(tablesIn(first.root, AT), { own: [5], orders: [1, 2], people: [7] });
    assert.deepEqual(tablesIn(first.root, 'new.db'), { orders: [3] });
    assert.equal(trees.entry(first.root, 'new.db')!.name, 'new.db');
    assert.deepEqual(Object.keys(filesOf(first.root)), ['data/app.db', 'data/notes', 'new.db']);
    assert.deepEqual(first.told, {
      'data/app.db:orders': 'new: created',
      'data/app.db:people': 'new: created',
      'new.db:orders': 'new: created',
    });
    const again = await play(delivery, { base: first.base, mine: first.root });
    assert.deepEqual([again.told, again.root.equals(first.root), again.base.equals(first.base)], [{}, true, true]);
  });

  describe('follow the table of strategies', () => {
    const cases = [
      {
        name: 'unedited',
        mine: { t: [1], own: [5] },
        state: 'safe',
        results: { overwrite: [2], skip: [2], rename: [2], mirror: [2], ask: [2] },
      },
      {
        name: 'edited',
        mine: { t: [9], own: [5] },
        state: 'edited',
        results: { overwrite: [2], skip: [9], rename: [9], mirror: [2], ask: [9] },
      },
      {
        name: 'dropped',
        mine: { own: [5] },
        state: 'deleted-there',
        results: { overwrite: [2], skip: undefined, rename: undefined, mirror: [2], ask: undefined },
      },
    ] as const;
    for (const { name, mine, state, results } of cases) {
      it(name, async () => {
        const { base } = await play(await extracts({ [AT]: { t: [1] } }), { mine: {} });
        const delivery = await extracts({ [AT]: { t: [2] } });
        for (const [strategy, expected] of Object.entries(results) as [Strategy, readonly number[] | undefined][]) {
          const played = await play(delivery, { base, mine: { [AT]: database(mine) }, strategy });
          assert.deepEqual(tablesIn(played.root, AT), { ...(expected === undefined ? {} : { t: expected }), own: [5] }, strategy);
          assert.match(played.told[`${AT}:t`]!, new RegExp(`^${state}: `));
          const beside = strategy === 'rename' && state !== 'safe' ? { t: [2] } : undefined;
          assert.deepEqual(tablesIn(played.root, 'data/app.t (from Master).db'), beside, strategy);
          const again = await play(delivery, { base: played.base, mine: played.root, strategy });
          assert.ok(again.root.equals(played.root), `${strategy} again`);
        }
      });
    }
  });

  it('bring nothing new where that was received before: what is here stays, unless the sender insists', async () => {
    const delivery = await extracts({ [AT]: { t: [1] } });
    const { base } = await play(delivery, { mine: {} });
    const insisting = { overwrite: [1], mirror: [1], skip: undefined, rename: undefined, ask: undefined };
    for (const mine of [{ t: [9], own: [5] }, { own: [5] }]) {
      for (const [strategy, expected] of Object.entries(insisting) as [Strategy, readonly number[] | undefined][]) {
        const played = await play(delivery, { base, mine: { [AT]: database(mine) }, strategy });
        assert.deepEqual(tablesIn(played.root, AT), expected === undefined ? mine : { ...mine, t: expected }, strategy);
        assert.equal(tablesIn(played.root, 'data/app.t (from Master).db'), undefined, strategy);
        if (expected === undefined) assert.match(played.told[`${AT}:t`]!, /: kept$/);
      }
    }
  });

  it('wait under ask, and do what is decided', async () => {
    const delivery = await extracts({ [AT]: { t: [2] } });
    const game = { mine: { [AT]: database({ t: [9] }) }, strategy: 'ask' } as const;
    const waiting = await play(delivery, game);
    assert.deepEqual([waiting.told, filesOf(waiting.base)], [{ [`${AT}:t`]: 'edited: waiting' }, {}]);
    assert.deepEqual(tablesIn((await play(delivery, { ...game, decide: { [`${AT}:t`]: 'incoming' } })).root, AT), { t: [2] });
    const kept = await play(delivery, { ...game, decide: { [`${AT}:t`]: 'mine' } });
    assert.deepEqual(tablesIn(kept.root, AT), { t: [9] });
    assert.equal(Object.keys(filesOf(kept.base)).length, 1, 'what was sent is the base');
    const both = await play(delivery, { ...game, decide: { [`${AT}:t`]: 'both' } });
    assert.deepEqual([tablesIn(both.root, AT), tablesIn(both.root, 'data/app.t (from Master).db')], [{ t: [9] }, { t: [2] }]);
    const { id, size, flags, mtime } = entryOf('merged', database({ t: [2, 9] }));
    const merged = await play(delivery, { ...game, decide: { [`${AT}:t`]: { id, size, flags, mtime } } });
    assert.deepEqual([tablesIn(merged.root, AT), merged.told], [{ t: [2, 9] }, { [`${AT}:t`]: 'edited: merged' }]);
  });

  it('of a database that came whole have its tables for a base, until one came by itself', async () => {
    const base = { [AT]: database({ t: [1], u: [1] }) };
    const second = await play(await extracts({ [AT]: { t: [2] } }), {
      base,
      mine: { [AT]: database({ t: [1], u: [9] }) },
      strategy: 'skip',
    });
    assert.deepEqual(second.told, { [`${AT}:t`]: 'safe: updated' });
    const third = await play(await extracts({ [AT]: { t: [3], u: [3] } }), { base: second.base, mine: second.root, strategy: 'skip' });
    assert.deepEqual(third.told, { [`${AT}:t`]: 'safe: updated', [`${AT}:u`]: 'edited: kept' });
    const whole = { incoming: { [AT]: database({ t: [4] }) }, items: [{ type: 'file', path: AT }] as const };
    const last = await play(whole, { base: third.base, mine: third.root });
    assert.deepEqual(Object.keys(filesOf(last.base)), [AT], 'extracts go when all of it comes');
  });

  it('of a database that waits, or goes, keep or lose their base with it', async () => {
    const { base } = await play(await extracts({ [AT]: { t: [1] } }), { mine: {} });
    const whole = { incoming: { [AT]: database({ t: [4] }) }, items: [{ type: 'file', path: AT }] as const };
    const waiting = await play(whole, { base, mine: { [AT]: database({ t: [9] }) }, strategy: 'ask' });
    assert.ok(waiting.base.equals(base));
    const mirror = { incoming: { 'data/other': '1' }, items: [{ type: 'folder', path: 'data' }] as const };
    const gone = await play(mirror, { base, mine: { [AT]: database({ t: [1] }) }, strategy: 'mirror' });
    assert.deepEqual([filesOf(gone.root), filesOf(gone.base)], [{ 'data/other': '1' }, { 'data/other': '1' }]);
    const kept = await play(mirror, { base, mine: { [AT]: database({ t: [1] }) } });
    assert.equal(Object.keys(filesOf(kept.base)).length, 2);
  });

  it('wait for good where there is no database that can be read, and never go through a link', async () => {
    const delivery = await extracts({ [AT]: { t: [2] } });
    const bad: [Files, string][] = [
      [{ [AT]: 'no database' }, 'kind-clash: waiting'],
      [{ [AT]: '@/etc/passwd' }, 'kind-clash: waiting'],
      [{ [`${AT}/own`]: '' }, 'kind-clash: waiting'],
      [{ [AT]: database({}, 'CREATE VIEW t AS SELECT 1 AS id') }, 'kind-clash: waiting'],
    ];
    for (const [mine, told] of bad) {
      const played = await play(delivery, { mine, decide: { [`${AT}:t`]: 'incoming' } });
      assert.deepEqual([played.told[`${AT}:t`], played.root.equals(treeOf(mine))], [told, true]);
    }
    const link = await play(delivery, { mine: { data: '@/etc' }, strategy: 'skip' });
    assert.deepEqual([link.told, filesOf(link.root)], [{ data: 'kind-clash: kept' }, { data: '@/etc' }]);
    const over = await play(delivery, { mine: { data: '@/etc' } });
    assert.deepEqual(tablesIn(over.root, AT), { t: [2] });
    const hidden = await play(delivery, { mine: {}, unread: [AT] });
    assert.deepEqual(hidden.told, { [`${AT}:t`]: 'new: waiting' });
  });

  it('are refused where the delivery lacks them', async () => {
    const { incoming } = await extracts({ [AT]: { t: [2] } });
    for (const item of [{ path: AT, table: 'u' }, { path: AT }, { path: AT, table: '' }]) {
      await assert.rejects(play({ incoming, items: [{ type: 'table', ...item }] }, { mine: {} }), { code: 'damaged' });
    }
    const noise = { [extractPath(AT, 't')]: 'no database' };
    await assert.rejects(play({ incoming: noise, items: [{ type: 'table', path: AT, table: 't' }] }, { mine: {} }), { code: 'damaged' });
  });

  it('tell content, not bytes: other pages, order of rows and numbers are the same', async () => {
    const make = (order: string): Buffer =>
      database({}, `PRAGMA page_size = 512; VACUUM; CREATE TABLE t (a, b); INSERT INTO t VALUES ${order}`);
    const file = path.join(bench.folder(), 'extract.db');
    await writeExtract(file, { name: 't', pages: pagesIn(make(`(1, 'x'), (2, 'y'), (1.0, 'x')`)) }, new Work());
    const delivery = {
      incoming: { [extractPath(AT, 't')]: fs.readFileSync(file) },
      items: [{ type: 'table', path: AT, table: 't' }] as const,
    };
    assert.deepEqual((await play(delivery, { mine: { [AT]: make(`(1.0, 'x'), (2, 'y'), (1, 'x')`) } })).told, {});
    for (const other of [`(1, 'x'), (2, 'y')`, `(1, 'x'), (2, 'y'), (1, 'x')`, `(1, 'x'), (2, 'y'), (1.0, 'x'), (NULL, NULL)`]) {
      const { told } = await play(delivery, { mine: { [AT]: make(other) }, strategy: 'skip' });
      assert.deepEqual(told, { [`${AT}:t`]: 'edited: kept' });
    }
  });
});
