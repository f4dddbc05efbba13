/** An instance as it is after months: a thousand snapshots, and a folder of ten thousand entries in the latest ones. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { SnapshotFiles, type StoredSnapshot } from '../../src/store/snapshots.ts';

const versions = 12;
const snapshots = 1000;
const hoursBetween = 2.4;

/**
 * Takes some snapshots of a file that changes and writes their records a thousand times, ten a day and with names of their own:
 * taking them all would last half a minute, and they would all be of today.
 */
export async function makeMany(folder: string, entries = 10_000): Promise<void> {
  const engine = openEngine({ folder });
  await engine.init();
  for (let version = 1; version <= versions; version++) {
    writeNotes(folder, version);
    if (version === versions) makeEntries(join(folder, 'many'), entries);
    await engine.take({ name: `version ${version}` });
  }
  await engine.dispose();

  const files = new SnapshotFiles(new DiskFiles(join(folder, '.snapstage')));
  const taken = files.list().snapshots.toReversed();
  for (let number = 1; number <= snapshots; number++) writeAgain(files, taken, number);
  for (const { id } of taken) files.remove(id);
}

/** With a time that is long past, as what was written just now is waited for. */
function writeNotes(folder: string, version: number): void {
  const file = join(folder, 'notes.md');
  writeFileSync(file, `${'A line.\n'.repeat(version)}Version ${version}.\n`);
  utimesSync(file, version * 86_400, version * 86_400);
}

function makeEntries(folder: string, entries: number): void {
  mkdirSync(folder);
  for (let number = 1; number <= entries; number++)
    writeFileSync(join(folder, `entry-${String(number).padStart(5, '0')}.txt`), `${number}\n`);
}

function writeAgain(files: SnapshotFiles, taken: readonly StoredSnapshot[], number: number): void {
  const original = taken[Math.floor(((number - 1) * taken.length) / snapshots)];
  if (!original) throw new Error('no snapshot was taken');
  const created = new Date(Date.now() - (snapshots - number) * hoursBetween * 3_600_000).toISOString();
  const record = { ...original.record, created, sequence: original.record.sequence + taken.length + number };
  files.add(record, { name: `state ${number}`, description: null, pinned: false });
}
