/** Snapshots that leave their store, as files or for another store, and that come in. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as immediate } from 'node:timers/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { SnapstageError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import { clearUnfinished, NewFile } from '../instance/newFolder.ts';
import { stateOf } from '../instance/restore.ts';
import { checkName } from '../instance/take.ts';
import { encodeTarball } from '../instance/tarball.ts';
import { encodeBundle } from '../store/bundle.ts';
import { BundleReader } from '../store/bundleReader.ts';
import { readConfig } from '../store/config.ts';
import { Inventory } from '../store/inventory.ts';
import { wantedContents, wantedPieces, watched, type Piece } from '../store/pieces.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { FileSource, gathered, PART_BYTES, writeParts } from './fileStream.ts';
import { snapshotInfo } from './infos.ts';
import { namedSnapshot, type Open } from './open.ts';
import { isHere, takeIn } from './takeIn.ts';
import type * as transferApi from './transferApi.ts';

export async function exportSnapshot(open: Open, request: transferApi.ExportRequest): Promise<transferApi.ExportReport> {
  const { store, session } = open;
  const snapshot = namedSnapshot(store, request.state);
  clearUnfinished(store);
  if (typeof request.to === 'number')
    return { snapshot: snapshotInfo(snapshot), bytes: await writeExport(open, snapshot, request, request.to) };
  const to = path.resolve(request.to);
  refuseTaken(to, request.force === true);
  using file = new NewFile(store, session, to);
  const bytes = await writeExport(open, snapshot, request, file.descriptor);
  refuseTaken(to, request.force === true);
  file.finish();
  return { snapshot: snapshotInfo(snapshot), bytes };
}

/** Only a file is replaced, and only one that is to be. */
export function refuseTaken(to: string, isForced: boolean): void {
  const there = fs.lstatSync(to, { throwIfNoEntry: false });
  if (there === undefined || (isForced && there.isFile())) return;
  const what = there.isFile() ? 'exists already' : 'is there already, and no plain file';
  throw new SnapstageError('exists', `${to} ${what}.`, { file: to });
}

/** Returns the bytes written. */
async function writeExport(
  { store, work }: Open,
  snapshot: StoredSnapshot,
  { format }: transferApi.ExportRequest,
  descriptor: number,
): Promise<number> {
  const level = readConfig(store.files).compression;
  if (format === 'bundle') {
    const pieces = watched(allPieces(store, snapshot, work), work);
    return writeParts(descriptor, encodeBundle(bundled(snapshot), pieces, store.reader, level));
  }
  work.begin('write', snapshot.record.files, snapshot.record.bytes);
  const parts = encodeTarball(stateOf(store, snapshot), snapshot.record, store.reader, work);
  const compressed = createZstdCompress({ chunkSize: PART_BYTES, params: { [constants.ZSTD_c_compressionLevel]: level } });
  return pipeline(Readable.from(gathered(parts)), compressed, (source: AsyncIterable<Buffer>) => writeParts(descriptor, source));
}

function bundled({ record, labels: { name, description, pinned } }: StoredSnapshot): Parameters<typeof encodeBundle>[0] {
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  return { record: json(record), labels: json({ name, description, pinned }), created: record.created };
}

function allPieces(store: Store, snapshot: StoredSnapshot, work: Work): Iterable<Piece> {
  const inventory = inventoryOf(store, snapshot, work);
  const { objects, bytes } = wantedContents(inventory, () => true);
  work.begin('write', objects, bytes);
  return wantedPieces(store.reader, inventory, () => true);
}

function inventoryOf(store: Store, { record }: StoredSnapshot, work: Work): Inventory {
  work.begin('plan');
  const inventory = new Inventory({ index: store.index, reader: store.reader, check: () => work.check() });
  inventory.add(Buffer.from(record.root, 'hex'));
  return inventory;
}

export async function planImport({ store, work }: Open, request: transferApi.ImportRequest): Promise<transferApi.TransferPlan> {
  using source = new FileSource(request.from);
  const snapshot = await imported(() => new BundleReader(source).head());
  return { snapshot: snapshotInfo(snapshot), present: isHere(store, snapshot.id, work) };
}

export async function importSnapshot(open: Open, request: transferApi.ImportRequest): Promise<transferApi.TransferReport> {
  using source = new FileSource(request.from);
  return await imported(async () => {
    const reader = new BundleReader(source);
    const snapshot = await reader.head();
    if (snapshot.labels.name !== null) checkName(snapshot.labels.name);
    open.work.begin('write', undefined, source.size);
    return takeIn(open, snapshot, () => arriving(reader, open.work));
  });
}

async function* arriving(reader: BundleReader, work: Work): AsyncGenerator<Piece> {
  for await (const block of reader.blocks()) {
    work.check();
    yield { block };
    work.advance(block.objects.length, block.bytes.length);
    await immediate(); // a cancellation may be waiting
  }
}

/** Says of a bad file that nothing came of it. */
async function imported<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SnapstageError) || (error.code !== 'damaged' && error.code !== 'usage')) throw error;
    throw new SnapstageError('damaged', `${error.message} Nothing was imported.`, error.details, error);
  }
}

export function planCopy(from: Open, to: Open, request: transferApi.CopyRequest): transferApi.CopyPlan {
  const snapshot = namedSnapshot(from.store, request.state);
  const isMissing = (id: Buffer): boolean => !to.store.index.has(id);
  const inventory = inventoryOf(from.store, snapshot, from.work);
  const contents = wantedContents(inventory, isMissing);
  const presentBytes = wantedContents(inventory, () => true).bytes - contents.bytes;
  return { snapshot: snapshotInfo(snapshot), present: isHere(to.store, snapshot.id, to.work), ...contents, presentBytes };
}

export async function copySnapshot(from: Open, to: Open, request: transferApi.CopyRequest): Promise<transferApi.TransferReport> {
  const snapshot = namedSnapshot(from.store, request.state);
  return takeIn(to, snapshot, () => leaving(from, to, snapshot));
}

async function* leaving(from: Open, to: Open, snapshot: StoredSnapshot): AsyncGenerator<Piece> {
  const inventory = inventoryOf(from.store, snapshot, from.work);
  const isMissing = (id: Buffer): boolean => !to.store.index.has(id);
  const { objects, bytes } = wantedContents(inventory, isMissing);
  to.work.begin('write', objects, bytes);
  for (const piece of watched(wantedPieces(from.store.reader, inventory, isMissing), to.work)) {
    from.work.check();
    yield piece;
    await immediate(); // a cancellation may be waiting
  }
}

export function noInstance(folder: string): SnapstageError {
  return new SnapstageError('not-found', `There is no instance in ${folder}.`, { folder, reason: 'not-initialized' });
}
