/** A table restore that dies: the table is the old one or the new one, never between, and what was there before can be had. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { FaultyFiles, isRead, Killed, killer } from '../support/faultyFiles.ts';
import { judge, type Judgement } from '../support/judge.ts';
import { bury, random, tempFolder } from './scene.ts';

const CRASH = join(import.meta.dirname, '..', 'support', 'crash.ts');

function fill(file: string, rows: number, text: string, journal = 'DELETE'): void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = ${journal}; DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b UNIQUE)`);
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO t (a, b) SELECT '${text}', i || '${text}' FROM n; CREATE INDEX ta ON t (a, b)`);
  db.close();
}

/** What whoever opens the database next finds: SQLite undoes what was not committed. */
function found(file: string): Judgement {
  const db = new DatabaseSync(file);
  db.prepare('SELECT count(*) FROM t').get();
  db.close();
  return judge(file, 't');
}

describe('a table restore that is killed', () => {
  let folder: string;
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  for (const journal of ['DELETE', 'WAL']) {
    it(`at any moment, by the system, with ${journal === 'WAL' ? 'a log' : 'a journal'}: old or new`, async () => {
      folder = tempFolder('table-template');
      const template = join(folder, 'template');
      fs.mkdirSync(template);
      const engine = openEngine({ folder: template });
      await engine.init();
      fill(join(template, 'app.db'), 30_000, 'then', journal);
      const { id } = await engine.take({});
      const after = found(join(template, 'app.db'));
      fill(join(template, 'app.db'), 20_000, 'now', journal);
      const before = found(join(template, 'app.db'));
      await engine.dispose();
      const next = random(journal.length);
      let [killed, old, lasts] = [0, 0, 0];
      for (let tries = 0; killed < 8; tries++) {
        assert.ok(tries < 60, `only ${killed} were killed in time`);
        const copy = join(folder, `copy-${tries}`);
        fs.cpSync(template, copy, { recursive: true, preserveTimestamps: true });
        const child = spawn(process.execPath, [CRASH, copy, 'restoreTable', 'any', 'whole', id], { stdio: ['ignore', 'pipe', 'inherit'] });
        const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
        await Promise.race([once(child.stdout, 'data'), ended]);
        const began = performance.now();
        // The first one tells how long it takes.
        const timer = tries === 0 ? undefined : setTimeout(() => child.kill('SIGKILL'), lasts * next());
        const [, signal] = await ended;
        clearTimeout(timer);
        if (signal === 'SIGKILL') killed += 1;
        else lasts = performance.now() - began;
        const state = found(join(copy, 'app.db'));
        const isOld = JSON.stringify(state) === JSON.stringify(before);
        if (isOld) old += 1;
        else assert.deepEqual(state, after);
        const again = openEngine({ folder: copy });
        const status = await again.status({ changes: false });
        assert.equal(status.interrupted, null);
        if (!isOld) assert.notEqual(status.undo, null, 'what was done can be undone');
        if (status.undo !== null) await again.undo();
        assert.deepEqual(found(join(copy, 'app.db')), before);
        assert.deepEqual((await again.verify({ readData: true })).damage, []);
        await again.restoreTable({ state: id, database: 'app.db', table: 't' });
        assert.deepEqual(found(join(copy, 'app.db')), after);
        await again.dispose();
        fs.rmSync(copy, { recursive: true });
      }
      assert.ok(old > 0, 'all were killed too late');
    });
  }

  it('at each of its writes to the store: old or new, and an undo leads back', async () => {
    let over = 0;
    for (let at = 1, ended = false; !ended; at++) {
      folder = tempFolder('table-kill');
      const file = join(folder, 'app.db');
      const first = openEngine({ folder });
      await first.init();
      fill(file, 20, 'then');
      const { id } = await first.take({});
      await first.dispose();
      const after = found(file);
      fill(file, 10, 'now');
      const before = found(file);
      const kill = killer(at, false);
      let isDead = false;
      const files = new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), (operation) => {
        if (isDead) throw new Killed(0);
        if (isRead(operation)) return;
        try {
          kill.before(operation);
        } catch (error) {
          isDead = true;
          throw error;
        }
      });
      const dying = openEngine({ folder, files });
      ended = await dying.restoreTable({ state: id, database: 'app.db', table: 't' }).then(
        () => !isDead,
        () => false,
      );
      bury(folder);
      const state = found(file);
      if (JSON.stringify(state) !== JSON.stringify(before)) {
        assert.deepEqual(state, after);
        over += 1;
      }
      const engine = openEngine({ folder });
      const status = await engine.status({ changes: false });
      assert.equal(status.interrupted, null, `killed at ${at}`);
      if (status.undo === null) assert.deepEqual(state, before, `killed at ${at}: it was done, and can’t be undone`);
      else await engine.undo();
      assert.deepEqual(found(file), before, `killed at ${at}`);
      assert.deepEqual((await engine.verify({ readData: true })).damage, []);
      await engine.dispose();
      fs.rmSync(folder, { recursive: true });
    }
    assert.ok(over > 0);
  });
});
