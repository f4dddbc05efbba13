/** Tables of databases through rows and commands, on real databases with the real engine. */
import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import * as vscode from 'vscode';
import type { SnapshotsNode } from '../../src/editor/snapshots/nodes.ts';
import { pressInWarnings, withAnswers } from './answers.ts';
import { forgetSnapshots, inFolder, internals, labelOf, removeFiles, rowsUnder, rowWith, texts, theInstance, until } from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const odd = `odd "name" [a]\n'b' ; – Größe/\\%`;
const quoted = `"${odd.replaceAll('"', '""')}"`;

/** Runs SQL as another program does. */
function inShop<T>(use: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(inFolder('shop.db'));
  try {
    return use(db);
  } finally {
    db.close();
  }
}

const people = (): unknown[] =>
  inShop((db) =>
    db
      .prepare('SELECT * FROM people ORDER BY id')
      .all()
      .map((row) => ({ ...row })),
  );

describe('tables', () => {
  beforeEach(async () => {
    inShop((db) =>
      db.exec(`
        CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, born INTEGER);
        INSERT INTO people VALUES (1, 'Ada', 1815), (2, 'Grace', 1906), (3, 'Alan', 1912);
        CREATE TABLE many (n INTEGER PRIMARY KEY);
        WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 450) INSERT INTO many SELECT n FROM c;
        CREATE TABLE ${quoted} (a, "b ""c""" TEXT);
        INSERT INTO ${quoted} VALUES (NULL, 'one' || char(10) || 'two'), (9223372036854775807, '${'long '.repeat(100)}'), (2.0, x'00ff'),
          (1e300, zeroblob(5000)), (-7, char(8238) || 'turned'), (9e999, '');
        CREATE TABLE bare (x);
        CREATE VIEW old AS SELECT name FROM people WHERE born < 1900;
        CREATE VIRTUAL TABLE words USING fts5(word);
      `),
    );
    await run('snapstage.take');
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    await removeFiles('shop.db', 'broken.db', 'letter.db');
    await forgetSnapshots();
  });

  const under = async (node: SnapshotsNode): Promise<readonly SnapshotsNode[]> => (await internals()).tree.getChildren(node);

  /** The row of a table in the oldest snapshot, or in the current state. */
  async function tableRow(name: string, state: 'stored' | 'current' = 'stored'): Promise<SnapshotsNode> {
    const snapshot = (await rowsUnder('Today')).at(-1) ?? assert.fail('no snapshot');
    const above = state === 'stored' ? await under(snapshot) : await rowsUnder('Current state');
    const databases = await under(await rowWith(above, 'Tables'));
    return rowWith(await under(await rowWith(databases, 'shop.db')), name);
  }

  const shown = (): string => vscode.window.activeTextEditor?.document.getText() ?? assert.fail('nothing is open');

  function shownSides(): Promise<readonly string[]> {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff, 'no diff is open');
    return Promise.all([input.original, input.modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()));
  }

  it('are rows below every state, after its files, with rows and sizes', async () => {
    const { tree } = await internals();
    for (const state of ['stored', 'current'] as const) {
      const row = await tableRow('people', state);
      assert.match((await texts([row]))[0] ?? '', /^people \| 3 rows · \d/);
      const { command, contextValue, accessibilityInformation, tooltip } = tree.getTreeItem(row);
      assert.equal(command?.command, 'snapstage.previewTable');
      assert.equal(contextValue, `table table ${state}`);
      assert.match(accessibilityInformation?.label ?? '', /^people, table, 3 rows, .+, in shop\.db, /);
      assert.ok(typeof tooltip === 'string');
      assert.match(tooltip, /Columns: id INTEGER, name TEXT, born INTEGER/);
    }
    const snapshot = (await rowsUnder('Today'))[0] ?? assert.fail('no snapshot');
    const last = (await under(snapshot)).at(-2) ?? assert.fail('no rows');
    assert.equal(await labelOf(last), 'Tables');
    const databases = await under(last);
    assert.match((await texts(databases)).join('\n'), /^course\.sqlite \| data · .+ · \d tables\nshop\.db \| .+ · 6 tables$/);
    const tables = await under(await rowWith(databases, 'shop.db'));
    const labels = await Promise.all(tables.map(labelOf));
    assert.equal(labels.length, 6, labels.join());
    assert.ok(!labels.some((label) => label.startsWith('words_')), 'what a virtual table stores is no row');
    assert.deepEqual(await texts([await rowWith(tables, 'old'), await rowWith(tables, 'words')]), ['old | view', 'words | virtual table']);
    assert.equal(new Set(tables.map((node) => tree.getTreeItem(node).id)).size, 6);
  });

  it('of a damaged database are a row with the reason, and the others are there', async () => {
    inShop((db) => db.prepare('VACUUM INTO ?').run(inFolder('broken.db')));
    truncateSync(inFolder('broken.db'), 4096);
    await writeFile(inFolder('letter.db'), 'Dear Ada');
    const databases = await under(await rowWith(await rowsUnder('Current state'), 'Tables'));
    const said = await texts(databases);
    assert.match(said.join('\n'), /letter\.db \| 8 bytes · it is encrypted, or no SQLite database/);
    const below = await under(await rowWith(databases, 'letter.db'));
    assert.deepEqual(await texts(below), ['it is encrypted, or no SQLite database']);
    const broken = await under(await rowWith(databases, 'broken.db'));
    assert.match((await texts(broken))[0] ?? '', /damaged|SQLite can’t read it/);
    assert.match((await texts([await tableRow('people', 'current')]))[0] ?? '', /^people \| 3 rows/);
  });

  it('show their rows, aligned, with columns and row count', async () => {
    await run('snapstage.previewTable', await tableRow('people'));
    await until('the columns', () => shown().includes('Columns:'));
    assert.match(shown(), /^people\nin shop\.db · .+\n3 rows · .+\nColumns: id INTEGER \(key\), name TEXT, born INTEGER\n\n/);
    assert.match(shown(), /id {2}name {3}born\n─+ {2}─+ {2}─+\n 1 {2}Ada {4}1815\n 2 {2}Grace {2}1906\n/);
    await run('snapstage.previewTable', await tableRow('old'));
    assert.match(shown(), /\nAda\n/);
    await run('snapstage.previewTable', await tableRow('bare'));
    assert.match(shown(), /There are no rows\./);
  });

  it('show values of all types and odd names as what they are, long ones with their length', async () => {
    const snapshot = (await rowsUnder('Today'))[0] ?? assert.fail('no snapshot');
    const databases = await under(await rowWith(await under(snapshot), 'Tables'));
    const tables = await under(await rowWith(databases, 'shop.db'));
    const row = tables.find((node) => node.type === 'table' && node.table.name === odd) ?? assert.fail('no row of the odd name');
    await run('snapstage.previewTable', row);
    const text = shown();
    for (const value of [
      'NULL',
      String.raw`one\ntwo`,
      '9223372036854775807',
      '2.0',
      "x'00ff'",
      'Infinity',
      '(5 kB)',
      '(500 characters)',
      'b "c"',
    ])
      assert.ok(text.includes(value), `${value} in ${text}`);
    assert.ok(text.includes(String.raw`\u{202e}turned`));
    assert.ok(!text.includes('\u202e'));
    assert.ok(text.startsWith(odd.replace('\n', String.raw`\n`)));
  });

  it('of many rows are shown page by page', async () => {
    await run('snapstage.previewTable', await tableRow('many'));
    const rows = (): number =>
      shown()
        .split('\n')
        .filter((line) => /^\s*\d+$/.test(line)).length;
    assert.equal(rows(), 200);
    await until('the count', () => shown().includes('450 rows'));
    assert.match(shown(), /200 rows are shown\. There are more: Show More Rows\.\n$/);
    const { document } = vscode.window.activeTextEditor ?? assert.fail('nothing is open');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      ['snapstage.showMoreRows'],
    );
    await run('snapstage.showMoreRows');
    await until('the second page', () => rows() === 400);
    await run('snapstage.showMoreRows');
    await until('all rows', () => rows() === 450 && !shown().includes('Show More Rows'));
  });

  it('of the current state show what another program has written', async () => {
    await run('snapstage.previewTable', await tableRow('people', 'current'));
    assert.ok(shown().includes('Grace'));
    inShop((db) => db.exec("UPDATE people SET name = 'Hopper' WHERE id = 2; INSERT INTO people SELECT n + 100, 'new', n FROM many"));
    await run('snapstage.refresh');
    await run('snapstage.take');
    await until('the new name', () => shown().includes('Hopper'));
  });

  it('are compared with the current state row by row', async () => {
    inShop((db) =>
      db.exec(
        "UPDATE people SET name = 'Augusta' WHERE id = 1; DELETE FROM people WHERE id = 2; INSERT INTO people VALUES (9, 'Edsger', 1930)",
      ),
    );
    inShop((db) => db.exec('CREATE INDEX by_name ON people (name)'));
    await run('snapstage.compareTable', await tableRow('people'));
    const [before = '', after = ''] = await shownSides();
    assert.match(before, /1 row changed, 1 row new, 1 row removed \(compared by primary key\)\nindex “by_name” added\n/);
    assert.match(before, /\nChanged \(1\)\n 1 {2}Ada .*\n\nNew \(1\)\n\nRemoved \(1\)\n 2 {2}Grace /);
    assert.match(after, /\nChanged \(1\)\n 1 {2}Augusta .*\n\nNew \(1\)\n 9 {2}Edsger .*\n\nRemoved \(1\)\n$/);

    await run('snapstage.compareTable', await tableRow('many'));
    assert.ok((await shownSides())[0]?.startsWith('people'), 'where nothing differs, no diff opens');
  });

  it('are compared with another state that is picked, many differences page by page', async () => {
    inShop((db) => db.exec('UPDATE many SET n = n + 1000'));
    await withAnswers(['later', ''], () => run('snapstage.takeDescribed'));
    await withAnswers(['later'], async () => run('snapstage.compareTableWith', await tableRow('many')));
    const [before = ''] = await shownSides();
    assert.match(before, /↔ later\n450 rows new, 450 rows removed \(compared by primary key\)/);
    assert.match(before, /400 rows are shown\. There are more: Show More Rows\./);
    await run('snapstage.showMoreRows');
    await until('the next differences', async () => /800 rows are shown/.test((await shownSides())[0] ?? ''));
    await withAnswers(['later'], async () => run('snapstage.compareTableWith', await tableRow('people', 'current')));
  });

  it('are restored after the plan is agreed to, and the restore can be undone', async () => {
    const before = people();
    inShop((db) =>
      db.exec("UPDATE people SET born = 0; INSERT INTO people VALUES (9, 'Edsger', 1930); UPDATE many SET n = n + 1000 WHERE n = 1"),
    );
    const asked = await withAnswers([undefined], async () => run('snapstage.restoreTable', await tableRow('people')));
    assert.match(
      asked[0]?.text ?? '',
      /^Put 3 rows back, remove 1\. The state now is kept as a snapshot first\.\nRestores the table people of shop\.db from /,
    );
    assert.deepEqual(asked[0]?.choices, ['Compare Instead', 'Restore'], 'where it removes, the harmless button comes first');
    assert.equal(people().length, 4);
    await withAnswers(['Compare Instead'], async () => run('snapstage.restoreTable', await tableRow('people')));
    assert.match((await shownSides())[0] ?? '', /3 rows changed, 1 row new/);
    assert.equal(people().length, 4);

    await withAnswers(['Restore'], async () => run('snapstage.restoreTable', await tableRow('people')));
    assert.deepEqual(people(), before);
    assert.ok(
      inShop((db) => db.prepare('SELECT 1 FROM many WHERE n = 1001').get()),
      'other tables stay as they are',
    );
    await withAnswers([], async () => run('snapstage.restoreTable', await tableRow('people')));

    await withAnswers(['Undo Restore'], () => run('snapstage.undoRestore'));
    assert.equal(people().length, 4);
  });

  it('that travel with their file say so, and offer it', async () => {
    const instance = await theInstance();
    inShop((db) => db.exec("INSERT INTO words VALUES ('later')"));
    const said = await pressInWarnings('Restore File…', () =>
      withAnswers(['Restore'], async () => {
        await run('snapstage.restoreTable', await tableRow('words'));
        await until('the restored file', () => inShop((db) => db.prepare('SELECT count(*) AS n FROM words').get()?.['n'] === 0));
        await until('the end of the restore', () => instance.state.kind === 'ready' && instance.state.status.undo !== null);
      }),
    );
    assert.deepEqual(said, ["words can't be restored alone: it is a virtual table (fts5), which travels with its file."]);
  });

  it('are picked from the palette', async () => {
    const snapshot = await labelOf((await rowsUnder('Today'))[0] ?? assert.fail('no snapshot'));
    await withAnswers(['Current State', 'people'], () => run('snapstage.previewTable'));
    assert.match(shown(), /^people\nin shop\.db · Current State\n/);
    inShop((db) => db.exec('DELETE FROM people WHERE id = 1'));
    await withAnswers([snapshot, 'people'], () => run('snapstage.compareTable'));
    assert.match((await shownSides())[0] ?? '', /1 row removed/);
    await withAnswers([snapshot, 'people', 'Restore'], () => run('snapstage.restoreTable'));
    assert.equal(people().length, 3);
    await withAnswers([snapshot, undefined], () => run('snapstage.previewTable'));
  });
});
