import { createCipheriv, createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pick, seededRandom, type Random } from './random.ts';

export const csvName = 'data.csv';
export const databaseName = 'app.db';
const countries = ['US', 'DE', 'FR', 'UK', 'JP', 'IN', 'BR'];

/** Makes a researcher's data folder: a CSV, a SQLite database and a file of random bytes, each of about `bytes`. */
export function makeDataset(folder: string, bytes: number): void {
  mkdirSync(folder, { recursive: true });
  writeCsv(join(folder, csvName), bytes);
  writeDatabase(join(folder, databaseName), bytes);
  writeRandomBytes(join(folder, 'random.bin'), bytes);
}

function words(count: number, random: Random): string[] {
  return Array.from({ length: count }, (_, index) =>
    createHash('md5')
      .update(String(index))
      .digest('hex')
      .slice(0, 3 + random.below(8)),
  );
}

function writeCsv(path: string, bytes: number): void {
  const random = seededRandom(42);
  const vocabulary = words(5000, random);
  const two = (value: number): string => String(value).padStart(2, '0');
  const file = openSync(path, 'wx');
  let written = writeSync(file, 'id,ts,user,country,amount,note,status\n');
  for (let id = 1; written < bytes;) {
    let lines = '';
    for (const end = id + 20_000; id < end; id++) {
      const time = `2026-${two(1 + (id % 12))}-${two(1 + (id % 28))}T${two(id % 24)}:${two(id % 60)}:00`;
      const note = `${pick(vocabulary, random)} ${pick(vocabulary, random)} ${pick(vocabulary, random)}`;
      const amount = (random.next() * 10_000).toFixed(2);
      const status = random.next() < 0.9 ? 'ok' : 'failed';
      lines += `${id},${time},${pick(vocabulary, random)},${countries[id % 7]},${amount},${note},${status}\n`;
    }
    written += writeSync(file, lines);
  }
  closeSync(file);
}

function writeDatabase(path: string, bytes: number): void {
  const random = seededRandom(7);
  const vocabulary = Array.from({ length: 3000 }, (_, index) => createHash('md5').update(String(index)).digest('hex'));
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-600000');
  database.exec('CREATE TABLE events(id INTEGER PRIMARY KEY, user TEXT, kind INT, val REAL, payload TEXT)');
  // Before the rows, so that the index has the half-full pages of a database that has grown.
  database.exec('CREATE INDEX events_user ON events(user)');
  const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
  for (let id = 1; statSync(path).size < bytes;) {
    database.exec('BEGIN');
    for (const end = id + 50_000; id < end; id++) {
      const word = (length: number): string => pick(vocabulary, random).slice(0, length);
      const payload = `{"a":"${word(32)}","b":"${word(8)}","n":${id * 7},"t":"${word(20)}"}`;
      insert.run(id, word(12), id % 17, random.next(), payload);
    }
    database.exec('COMMIT');
  }
  database.close();
}

function writeRandomBytes(path: string, bytes: number): void {
  // The key stream of a cipher is as random as it gets, fast, and the same every time.
  const stream = createCipheriv('aes-256-ctr', Buffer.alloc(32, 1), Buffer.alloc(16));
  const zeros = Buffer.alloc(1_000_000);
  const file = openSync(path, 'wx');
  for (let written = 0; written < bytes;) {
    written += writeSync(file, stream.update(zeros.subarray(0, Math.min(zeros.length, bytes - written))));
  }
  closeSync(file);
}
