/** Databases that other programs write to while snapshots are taken and restored. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { skip } from '../rig/skip.ts';
import { readFiles, rejected, Workbench } from '../support/folders.ts';

const bench = new Workbench();
const writers: ChildProcess[] = [];

/** A program that does what the script says with `database` until it is killed; it says `ready` when it begins. */
async function startWriter(file: string, script: string): Promise<ChildProcess> {
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1], { timeout: 5000 });
    ${script}`;
  const writer = spawn(process.execPath, ['--no-warnings', '-e', program, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  writers.push(writer);
  await once(writer.stdout, 'data');
  return writer;
}

/** Inserts in a loop; the row `state` counts the rows, and sums up their lengths, in the same transaction. */
function inserting(mode: string, pageSize = 4096): string {
  return `
    database.exec('PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = ${mode}; PRAGMA synchronous = NORMAL');
    database.exec('CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, note TEXT); CREATE TABLE IF NOT EXISTS state (count INT, sum INT)');
    database.exec('INSERT INTO state SELECT 0, 0 WHERE NOT EXISTS (SELECT * FROM state)');
    const insert = database.prepare('INSERT INTO entries (note) VALUES (?)');
    const update = database.prepare('UPDATE state SET count = count + ?, sum = sum + ?');
    process.stdout.write('ready');
    for (let round = 1; ; round++) {
      const notes = Array.from({ length: 1 + round % 7 }, (_, i) => 'note '.repeat((round * 31 + i) % 300));
      database.exec('BEGIN IMMEDIATE');
      for (const note of notes) insert.run(note);
      update.run(notes.length, notes.join('').length);
      database.exec('COMMIT');
      if (round % 50 === 0) database.exec('BEGIN; DELETE FROM entries; UPDATE state SET count = 0, sum = 0; COMMIT');
    }`;
}

/** What SQLite says of the file: it is sound, and holds a state that the writer made. Returns the number of entries. */
function checkEntries(content: Uint8Array, what: string): number {
  const file = bench.place();
  fs.writeFileSync(file, content);
  const database = new DatabaseSync(file);
  try {
    assert.equal(database.prepare('PRAGMA integrity_check').get()!['integrity_check'], 'ok', what);
    const found = database.prepare('SELECT count(*) AS count, coalesce(sum(length(note)), 0) AS sum FROM entries').get();
    const noted = database.prepare('SELECT count, sum FROM state').get();
    // The row of the state comes right after the tables, before the first entry.
    if (noted !== undefined) assert.deepEqual(found, noted, what);
    return found!['count'] as number;
  } finally {
    database.close();
  }
}

async function stopWriters(): Promise<void> {
  for (const writer of writers.splice(0)) {
    if (writer.exitCode !== null || writer.signalCode !== null) continue;
    writer.kill('SIGKILL');
    await once(writer, 'exit');
  }
}

/** A copy of a database with all that lies beside it, as SQLite itself reads it. Returns the rows of `entries`. */
function rowsBySqlite(folder: string, name: string): unknown[] {
  const copy = bench.folder();
  for (const file of fs.readdirSync(folder).filter((one) => one.startsWith(name))) {
    fs.copyFileSync(path.join(folder, file), path.join(copy, file));
  }
  const database = new DatabaseSync(path.join(copy, name));
  try {
    const isMade = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entries'").get() !== undefined;
    return isMade ? database.prepare('SELECT * FROM entries ORDER BY id').all() : [];
  } finally {
    database.close();
  }
}

function rowsIn(content: Uint8Array): unknown[] {
  const folder = bench.folder();
  fs.writeFileSync(path.join(folder, 'image.db'), content);
  return rowsBySqlite(folder, 'image.db');
}

/** Content of what lies in the folder, by name; what SQLite keeps in memory of a log aside. */
function contents(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder).filter((name) => name !== '.snapstage' && !name.endsWith('-shm'));
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), 'base64')]));
}

describe('instance: databases in use', () => {
  afterEach(async () => {
    await stopWriters();
    await bench.clear();
  });

  for (const [mode, rounds] of [
    ['WAL', 200],
    ['DELETE', 200],
    ['TRUNCATE', 30],
    ['PERSIST', 30],
  ] as const) {
    it(`a writer in ${mode} mode goes on during ${rounds} snapshots, each with one of its states`, async () => {
      const { folder, engine } = await bench.instance({ 'notes.txt': 'beside it' });
      const writer = await startWriter(path.join(folder, 'app.db'), inserting(mode));
      const ids: string[] = [];
      for (let i = 0; i < rounds; i++) {
        const { id, evidence } = await engine.take({ force: true });
        ids.push(id);
        assert.equal(evidence.filter(({ reason }) => reason.startsWith('changed')).length, 0, JSON.stringify(evidence));
      }
      assert.equal(writer.exitCode, null, 'the writer failed');
      await stopWriters();
      const counts = new Set<number>();
      for (const id of ids) counts.add(checkEntries(await engine.read({ state: id, path: 'app.db' }), `${mode} ${id}`));
      assert.ok(counts.size > 3, `only ${counts.size} different states were seen`);
    });
  }

  for (const pageSize of [512, 1024, 8192, 65536]) {
    it(`a log of pages of ${pageSize} bytes belongs to the database, of which it is a part`, async () => {
      const { folder, engine } = await bench.instance();
      const script = `
        database.exec('PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
        database.exec('CREATE TABLE entries (id INTEGER PRIMARY KEY, note BLOB)');
        const insert = database.prepare('INSERT INTO entries (note) VALUES (?)');
        for (let i = 0; i < 300; i++) insert.run(Buffer.alloc(i * 37 % 3000, i));
        database.exec('PRAGMA wal_checkpoint(PASSIVE)');
        for (let i = 0; i < 300; i++) insert.run(Buffer.alloc(i * 17 % 5000, i));
        database.exec('DELETE FROM entries WHERE id % 7 = 0');
        process.stdout.write('ready'); process.stdin.resume();`;
      await startWriter(path.join(folder, 'app.db'), script);
      const before = contents(folder);
      const { excluded, consistency } = await engine.take({ force: true });
      assert.deepEqual(contents(folder), before);
      assert.equal(consistency, 'crash-consistent');
      assert.deepEqual(
        excluded.map((note) => note.path),
        ['app.db-shm', 'app.db-wal'],
      );
      assert.deepEqual(rowsIn(await engine.read({ state: 'latest', path: 'app.db' })), rowsBySqlite(folder, 'app.db'));
      assert.deepEqual((await engine.diff({ a: 'latest' })).changed, []);
    });
  }

  it('a transaction that a crash cut off is rolled back in the snapshot, and left as it is in the folder', async () => {
    const { folder, engine } = await bench.instance();
    const script = `
      database.exec('PRAGMA cache_size = 5; CREATE TABLE entries (id INTEGER PRIMARY KEY, note BLOB)');
      const insert = database.prepare('INSERT INTO entries (note) VALUES (?)');
      database.exec('BEGIN');
      for (let i = 0; i < 500; i++) insert.run(Buffer.alloc(900, i));
      database.exec('COMMIT; BEGIN; UPDATE entries SET note = zeroblob(1500); INSERT INTO entries (note) SELECT note FROM entries');
      process.stdout.write('ready'); process.stdin.resume();`;
    await startWriter(path.join(folder, 'app.db'), script);
    await stopWriters();
    const before = contents(folder);
    assert.deepEqual(Object.keys(before), ['app.db', 'app.db-journal']);
    await engine.take({});
    assert.deepEqual(contents(folder), before);
    const rows = rowsIn(await engine.read({ state: 'latest', path: 'app.db' }));
    assert.equal(rows.length, 500);
    assert.deepEqual(rows, rowsBySqlite(folder, 'app.db'));
    assert.ok(!before['app.db']!.startsWith(Buffer.from(await engine.read({ state: 'latest', path: 'app.db' })).toString('base64')));
  });

  it('a large database, written to all the time, is one of its states', async () => {
    const { folder, engine } = await bench.instance();
    const script = (mode: string): string => `
      database.exec('PRAGMA journal_mode = ${mode}; PRAGMA synchronous = OFF; CREATE TABLE ballast (content BLOB)');
      const ballast = database.prepare('INSERT INTO ballast VALUES (?)');
      for (let i = 0; i < 25; i++) ballast.run(require('node:crypto').randomBytes(1 << 20));
      ${inserting(mode)}`;
    const file = path.join(folder, 'app.db');
    for (const mode of ['WAL', 'DELETE']) {
      const writer = await startWriter(file, script(mode));
      for (let i = 0; i < 3; i++) {
        const { evidence } = await engine.take({ force: true });
        assert.ok(
          evidence.every(({ reason }) => reason.startsWith('open for writing by')),
          JSON.stringify(evidence),
        );
        checkEntries(await engine.read({ state: 'latest', path: 'app.db' }), mode);
      }
      assert.equal(writer.exitCode, null);
      await stopWriters();
      for (const name of fs.readdirSync(folder)) if (name.startsWith('app.db')) fs.rmSync(path.join(folder, name));
    }
    assert.deepEqual(fs.readdirSync(path.join(folder, '.snapstage/cache')), ['stat']);
  });

  /** Settings of a database of 25 MB, and what a program does to it again and again. */
  const hardAtWork = {
    'it lets go of for moments only': [
      'PRAGMA synchronous = OFF; PRAGMA cache_size = 1',
      `database.exec('BEGIN EXCLUSIVE');
       for (let i = 0; i < 100; i++) { update.run(noise(), 1 + Math.floor(Math.random() * 25_000)); sleep(2); }
       database.exec('COMMIT'); sleep(10);`,
    ],
    'it begins the log of anew with each transaction': [
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF',
      `insert.run(noise()); database.exec('PRAGMA wal_checkpoint(PASSIVE)'); sleep(10);`,
    ],
  };
  for (const [what, [settings, work]] of Object.entries(hardAtWork)) {
    it(`so is one that ${what}`, async () => {
      const { folder, engine } = await bench.instance();
      const file = path.join(folder, 'app.db');
      await startWriter(
        file,
        `database.exec('${settings}; CREATE TABLE entries (note BLOB)');
        const noise = () => require('node:crypto').randomBytes(1000);
        const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
        const insert = database.prepare('INSERT INTO entries VALUES (?)');
        const update = database.prepare('UPDATE entries SET note = ? WHERE rowid = ?');
        database.exec('BEGIN'); for (let i = 0; i < 25_000; i++) insert.run(noise()); database.exec('COMMIT');
        process.stdout.write('ready');
        for (;;) { ${work} }`,
      );
      for (let i = 0; i < 3; i++) {
        const { evidence } = await engine.take({ force: true });
        assert.deepEqual(
          evidence.map(({ reason }) => reason.replace(/ by .*/, '')).filter((reason) => reason !== 'open for writing'),
          [],
        );
        const copy = bench.place();
        fs.writeFileSync(copy, await engine.read({ state: 'latest', path: 'app.db' }));
        using database = new DatabaseSync(copy);
        assert.equal(database.prepare('PRAGMA integrity_check').get()!['integrity_check'], 'ok');
        assert.ok((database.prepare('SELECT count(*) AS count FROM entries').get()!['count'] as number) >= 25_000);
      }
    });
  }

  it('a large database is read in parts, as a file and by its tables, with what lies beside it', async () => {
    const { folder, engine } = await bench.instance();
    const script = `
      database.exec('PRAGMA page_size = 65536; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
      database.exec('CREATE TABLE entries (id INTEGER PRIMARY KEY, note BLOB)');
      const insert = database.prepare('INSERT INTO entries (note) VALUES (?)');
      for (let i = 0; i < 24; i++) insert.run(require('node:crypto').randomBytes(1 << 20));
      database.exec('PRAGMA wal_checkpoint(PASSIVE); UPDATE entries SET note = zeroblob(700000) WHERE id % 5 = 0');
      for (let i = 0; i < 3; i++) insert.run(Buffer.alloc(1 << 20, i));
      process.stdout.write('ready'); process.stdin.resume();`;
    await startWriter(path.join(folder, 'app.db'), script);
    await engine.take({ force: true });
    const image = Buffer.from(await engine.read({ state: 'latest', path: 'app.db' }));
    assert.deepEqual(rowsIn(image), rowsBySqlite(folder, 'app.db'));
    for (const [offset, length] of [
      [0, 100],
      [65_530, 12],
      [3_000_001, 2_000_003],
      [image.length - 5, 5],
      [image.length - 5, 50],
      [image.length + 5, 50],
    ] as const) {
      const part = Buffer.from(await engine.read({ state: 'current', path: 'app.db', offset, length }));
      assert.ok(part.equals(image.subarray(offset, offset + length)), `${length} bytes from ${offset}`);
    }
    assert.ok(Buffer.from(await engine.read({ state: 'current', path: 'app.db' })).equals(image));
    for (const state of ['current', 'latest']) {
      const [database] = await engine.tables({ state });
      assert.deepEqual([database!.problem, database!.tables.map(({ name, rows }) => [name, rows])], [null, [['entries', 27]]], state);
    }
  });

  it('is no database: what only looks like one, or is encrypted, is kept as it is, with what lies beside it', async () => {
    const noise = Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 7919) % 256));
    const files = { 'secret.db': noise, 'secret.db-wal': noise.subarray(0, 4152), 'text-wal': 'x', text: 'y', 'alone-journal': 'z' };
    const { folder, engine } = await bench.instance(files);
    const { excluded } = await engine.take({});
    assert.deepEqual(excluded, []);
    const to = bench.place();
    await engine.restore({ state: 'latest', to });
    assert.deepEqual(readFiles(to), readFiles(folder));
  });

  it('a log that is cut off or damaged counts up to its last whole transaction', async () => {
    const { folder, engine } = await bench.instance();
    const script = `
      database.exec('PRAGMA journal_mode = WAL; CREATE TABLE entries (id INTEGER PRIMARY KEY, note TEXT)');
      const insert = database.prepare('INSERT INTO entries (note) VALUES (?)');
      for (let i = 0; i < 40; i++) insert.run('note '.repeat(i));
      process.stdout.write('ready'); process.stdin.resume();`;
    await startWriter(path.join(folder, 'app.db'), script);
    await stopWriters();
    const wal = fs.readFileSync(path.join(folder, 'app.db-wal'));
    const counts = new Set<number>();
    for (let cut = 0; cut <= wal.length; cut += 4001) {
      fs.writeFileSync(path.join(folder, 'app.db-wal'), wal.subarray(0, cut));
      const damaged = Buffer.from(wal);
      if (cut < wal.length) damaged[cut]! ^= 0x40;
      for (const content of [wal.subarray(0, cut), damaged]) {
        fs.writeFileSync(path.join(folder, 'app.db-wal'), content);
        await engine.take({});
        const image = await engine.read({ state: 'latest', path: 'app.db' });
        const expected = rowsBySqlite(folder, 'app.db');
        assert.deepEqual(rowsIn(image), expected, `cut at ${cut}`);
        counts.add(expected.length);
      }
    }
    assert.ok(counts.size > 10, `${counts.size} different states`);
  });

  it('a restore brings a database back without what lay beside it, and the undo all that was in it', async () => {
    const { folder, engine } = await bench.instance({ 'notes.txt': '1' });
    const file = path.join(folder, 'app.db');
    const add = (count: number): string => `
      database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
      database.exec('CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, note TEXT)');
      const insert = database.prepare('INSERT INTO entries (note) VALUES (?)');
      for (let i = 0; i < ${count}; i++) insert.run('note ' + i);
      process.stdout.write('ready'); process.stdin.resume();`;
    await startWriter(file, add(10));
    await stopWriters();
    await engine.take({ name: 'ten' });
    await startWriter(file, add(90));
    await stopWriters();
    assert.ok(fs.statSync(`${file}-wal`).size > 0);
    await sleep(50); // what has changed a moment ago may be changing still
    assert.deepEqual((await engine.restore({ state: 'ten', paths: ['app.db'] })).problems, []);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.startsWith('app.db')),
      ['app.db'],
    );
    assert.equal(rowsBySqlite(folder, 'app.db').length, 10);
    await engine.undo();
    assert.equal(rowsBySqlite(folder, 'app.db').length, 100);
  });

  it('a database that a program has open is not replaced under it', async () => {
    const { folder, engine } = await bench.instance({ 'notes.txt': '1' });
    const file = path.join(folder, 'app.db');
    const onRequest = `
      database.exec('PRAGMA journal_mode = WAL; CREATE TABLE entries (id INTEGER PRIMARY KEY, note TEXT)');
      process.stdout.write('ready');
      process.stdin.on('data', (text) => {
        database.prepare('INSERT INTO entries (note) VALUES (?)').run(String(text));
        process.stdout.write('done');
      });`;
    const writer = await startWriter(file, onRequest);
    const write = async (text: string): Promise<void> => {
      writer.stdin!.write(text);
      await once(writer.stdout!, 'data');
    };
    await write('first');
    await engine.take({ name: 'in use', force: true });
    await write('second');
    await sleep(50);
    fs.writeFileSync(path.join(folder, 'notes.txt'), '2');
    const { problems } = await engine.restore({ state: 'in use' });
    assert.deepEqual(
      problems.map((note) => [note.path, note.reason.replace(/by .*/, 'by')]),
      [['app.db', 'left as it is: open for writing by']],
    );
    assert.equal(fs.readFileSync(path.join(folder, 'notes.txt'), 'utf8'), '1');
    await write('third');
    await stopWriters();
    assert.equal(rowsBySqlite(folder, 'app.db').length, 3);
    await sleep(50);
    assert.deepEqual((await engine.restore({ state: 'in use' })).problems, []);
    assert.equal(rowsBySqlite(folder, 'app.db').length, 1);
    await engine.undo();
    assert.equal(rowsBySqlite(folder, 'app.db').length, 3);
  });

  it('what is in use is told, and the snapshot refused unless it is wanted all the same', async function () {
    if (process.platform !== 'linux') skip(this, 'only Linux tells who has a file open');
    const { folder, engine } = await bench.instance({ 'notes.txt': '1', '.snapstageignore': '*.log\n' });
    await startWriter(
      path.join(folder, 'app.db'),
      "database.exec('CREATE TABLE a (b)'); process.stdout.write('ready'); process.stdin.resume();",
    );
    const log = fs.openSync(path.join(folder, 'server.log'), 'w');
    const notes = fs.openSync(path.join(folder, 'notes.txt'), 'a');
    try {
      const error = await rejected(engine.take({}), 'in-use');
      const inUse = error.details['inUse'] as { path: string; reason: string }[];
      assert.deepEqual(inUse.map((note) => note.path).sort(), ['app.db', 'notes.txt']);
      assert.match(inUse.find((note) => note.path === 'app.db')!.reason, /^open for writing by .* \(process \d+\)$/);
      assert.deepEqual(await engine.list(), []);
      const { consistency, evidence } = await engine.take({ force: true });
      assert.equal(consistency, 'crash-consistent');
      assert.deepEqual(
        evidence.map((note) => note.path),
        ['app.db', 'notes.txt'],
      );
    } finally {
      fs.closeSync(notes);
      fs.closeSync(log);
    }
    await stopWriters();
    assert.equal((await engine.take({})).consistency, 'consistent');
  });
});
