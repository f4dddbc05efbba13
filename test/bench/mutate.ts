import { closeSync, lstatSync, openSync, readdirSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { csvName, databaseName } from './dataset.ts';
import { sample, seededRandom, type Random } from './random.ts';

/** Inserts a line in the middle of 1 % of the tree's files. Gives how many. */
export function editFiles(folder: string, round: number): number {
  const files = regularFiles(folder);
  const chosen = sample(files, Math.max(1, Math.floor(files.length / 100)), seededRandom(1000 + round));
  for (const path of chosen) insertLine(path, round);
  return chosen.length;
}

/** Edits 1 % of the files, and adds and deletes one in two thousand each: what a roll back has to undo. */
export function editAddDelete(folder: string, round: number): void {
  const files = regularFiles(folder);
  const few = Math.max(1, Math.floor(files.length / 2000));
  const chosen = sample(files, Math.max(1, Math.floor(files.length / 100)) + 2 * few, seededRandom(3000 + round));
  for (const path of chosen.splice(0, few)) writeFileSync(`${path}.added-${round}`, readFileSync(path));
  for (const path of chosen.splice(0, few)) unlinkSync(path);
  for (const path of chosen) insertLine(path, round);
}

/** Inserts a line in the middle of one file. */
export function insertLine(path: string, round: number): void {
  const bytes = readFileSync(path);
  const middle = bytes.indexOf('\n', bytes.length >> 1) + 1;
  writeFileSync(path, Buffer.concat([bytes.subarray(0, middle), Buffer.from(`/* edited in round ${round} */\n`), bytes.subarray(middle)]));
}

/**
 * Changes a data set as its owner would: a line inserted near the CSV's start, 1 % of its bytes rewritten with lines
 * inserted among them, and 1 % of the database's rows updated: half in one range, half in 200 clusters.
 */
export function changeDataset(folder: string, round: number): void {
  const random = seededRandom(2000 + round);
  changeCsv(join(folder, csvName), round);
  updateRows(join(folder, databaseName), round, random);
}

/** Inserts one line in a large file, moving everything after it. */
export function insertLineInLarge(path: string, round: number): void {
  const bytes = readFileSync(path);
  const place = bytes.indexOf('\n', bytes.length >> 3) + 1;
  writeParts(path, [bytes.subarray(0, place), Buffer.from(`${round},one,more,line\n`), bytes.subarray(place)]);
}

function changeCsv(path: string, round: number): void {
  const bytes = readFileSync(path);
  const early = bytes.indexOf('\n', bytes.length >> 6) + 1;
  const step = Math.floor(bytes.length / 70);
  const start = bytes.indexOf('\n', (bytes.length >> 1) + (round % 30) * step) + 1;
  const end = bytes.indexOf('\n', start + Math.floor(bytes.length / 100)) + 1;
  const region: string[] = [];
  for (const [index, line] of bytes
    .subarray(start, end - 1)
    .toString('latin1')
    .split('\n')
    .entries()) {
    region.push(line.replace(',ok', `,changed${round}`));
    if (index % 10 === 0) region.push(`${index},inserted,row,${round}`);
  }
  const inserted = Buffer.from(`${round},an,inserted,line\n`);
  const changed = Buffer.from(`${region.join('\n')}\n`, 'latin1');
  writeParts(path, [bytes.subarray(0, early), inserted, bytes.subarray(early, start), changed, bytes.subarray(end)]);
}

function updateRows(path: string, round: number, random: Random): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN');
  const rows = Number(database.prepare('SELECT max(id) AS rows FROM events').get()?.['rows']);
  const update = database.prepare('UPDATE events SET val = val + 1 WHERE id BETWEEN ? AND ?');
  const half = Math.floor(rows / 200);
  const start = Math.floor(rows / 2) + (round % 20) * half;
  update.run(start, start + half - 1);
  const cluster = Math.max(1, Math.floor(half / 200));
  for (let count = 0; count < 200; count++) {
    const first = 1 + random.below(rows - cluster);
    update.run(first, first + cluster - 1);
  }
  database.exec('COMMIT');
  database.close();
}

function writeParts(path: string, parts: readonly Buffer[]): void {
  const file = openSync(path, 'w');
  for (const part of parts) {
    for (let written = 0; written < part.length;) written += writeSync(file, part, written);
  }
  closeSync(file);
}

/** Paths of the plain files by name, so that the order does not depend on the disk; no `.git`, no store, no database. */
function regularFiles(folder: string): string[] {
  const files: string[] = [];
  const walk = (inside: string): void => {
    const entries = readdirSync(inside, { withFileTypes: true });
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const path = join(inside, entry.name);
      if (entry.isDirectory() && entry.name !== '.git' && entry.name !== '.snapstage') walk(path);
      else if (entry.isFile() && !entry.name.endsWith('.db') && lstatSync(path, { throwIfNoEntry: false })) files.push(path);
    }
  };
  walk(folder);
  return files;
}
