import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { simpleGit } from 'simple-git';
import initSqlJs from 'sql.js';
import { openEngine } from '../../src/engine/engine.ts';
import type { EngineApi } from '../../src/engine/api.ts';

describe('instance: what is inside', () => {
  let folder: string;
  let engine: EngineApi;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'snapstage-contents-'));
    engine = openEngine({ folder });
  });
  afterEach(async () => {
    await engine.dispose();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('a database is read straight out of a snapshot, as it was then', async () => {
    const rows = (count: number): void => {
      const database = new DatabaseSync(path.join(folder, 'app.db'));
      database.exec('CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, note TEXT)');
      const insert = database.prepare('INSERT INTO orders (note) VALUES (?)');
      database.exec('BEGIN');
      for (let i = 0; i < count; i++) insert.run(`order ${i} `.repeat(20));
      database.exec('COMMIT');
      database.close();
    };
    rows(10_000);
    await engine.init();
    await engine.take({ name: 'then' });
    rows(5);
    await engine.take({ name: 'later' });

    const sql = await initSqlJs();
    for (const [state, expected] of [
      ['then', 10_000],
      ['later', 10_005],
    ] as const) {
      const database = new sql.Database(await engine.read({ state, path: 'app.db' }));
      assert.equal(database.exec('SELECT count(*) FROM orders')[0]?.values[0]?.[0], expected);
      assert.equal(database.exec('PRAGMA integrity_check')[0]?.values[0]?.[0], 'ok');
      database.close();
    }
  });

  it('a repository comes back with its history, its index and what was not committed', async () => {
    const repository = path.join(folder, 'tools');
    fs.mkdirSync(repository);
    const git = simpleGit(repository);
    await git.init();
    await git.addConfig('user.name', 'Course').addConfig('user.email', 'course@example.org').addConfig('commit.gpgsign', 'false');
    for (const text of ['one\n', 'two\n']) {
      fs.writeFileSync(path.join(repository, 'a.txt'), text);
      await git.add('a.txt').commit(text.trim());
    }
    fs.writeFileSync(path.join(repository, 'staged.txt'), 'staged\n');
    await git.add('staged.txt');
    fs.writeFileSync(path.join(repository, 'a.txt'), 'not committed\n');
    const before = await git.status();
    await engine.init();
    await engine.take({});

    fs.rmSync(repository, { recursive: true });
    await engine.restore({ state: 'latest' });
    const after = await git.status();
    assert.deepEqual(after.files, before.files);
    assert.deepEqual(
      (await git.log()).all.map((commit) => commit.message),
      ['two', 'one'],
    );
    await git.raw('fsck', '--strict');
  });
});
