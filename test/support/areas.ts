/** Areas for tests: keys without a Space, stores of real folders, and what a tree in a store holds. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { Work } from '../../src/base/work.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import type { Area, AreaPack } from '../../src/space/areas/area.ts';
import { AreaIndex } from '../../src/space/areas/areaIndex.ts';
import { AreaReader, type Survey } from '../../src/space/areas/areaReader.ts';
import { sendMissing } from '../../src/space/areas/areaSending.ts';
import { sealMissing } from '../../src/space/areas/areaWriter.ts';
import type { Hub } from '../../src/space/hub/hub.ts';
import { ChunkList } from '../../src/store/chunkList.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import type { StoreFiles } from '../../src/store/files.ts';
import { isNoId } from '../../src/store/ids.ts';
import { Inventory } from '../../src/store/inventory.ts';
import { Store, STORE_FOLDER } from '../../src/store/store.ts';
import { decodeTree, Flag, Kind } from '../../src/store/tree.ts';

export const EPOCH = 'e0c4';

/** An area for all as one instance has it, its own files in `local`. */
export function areaOf(hub: Hub, local: StoreFiles): Area {
  return {
    hub,
    folder: 'areas/all',
    local,
    space: 'a0a0',
    audience: 'all',
    keyOf: (epoch) => createHash('sha256').update(`a secret of ${epoch}`).digest(),
  };
}

export function storeFilesOf(folder: string): StoreFiles {
  return new DiskFiles(path.join(folder, STORE_FOLDER));
}

/** Works in a store as an operation does. */
export async function inStore<T>(files: StoreFiles, run: (store: Store) => Promise<T>): Promise<T> {
  const store = new Store(files, nodeHost());
  using session = store.begin('write');
  void session;
  try {
    return await run(store);
  } finally {
    store.close();
  }
}

/** Takes a snapshot; the id of its root tree. */
export async function rootOf(folder: string, engine: EngineApi): Promise<Buffer> {
  const { id } = await engine.take({});
  return Buffer.from(new Store(storeFilesOf(folder), nodeHost()).snapshots.get(id)!.record.root, 'hex');
}

/** Seals what the area lacks of a tree, as the packs say that are there already. */
export async function sealTree(
  area: Area,
  files: StoreFiles,
  root: Buffer,
  known: readonly AreaPack[] = [],
  work = new Work(),
): Promise<AreaPack[]> {
  return inStore(files, async (store) => {
    const index = await AreaIndex.load(area, known, work);
    const inventory = new Inventory({ index: store.index, reader: store.reader, check: () => work.check() });
    inventory.add(root);
    return sealMissing(area, { epoch: EPOCH, store, inventory, has: (id) => index.has(id) }, work);
  });
}

/** Seals and sends it; returns all that the area has then. */
export async function publish(
  area: Area,
  files: StoreFiles,
  root: Buffer,
  known: readonly AreaPack[] = [],
  work = new Work(),
): Promise<AreaPack[]> {
  const packs = [...known, ...(await sealTree(area, files, root, known, work))];
  await sendMissing(area, packs, work);
  return packs;
}

/** Brings a tree into a store; what it took. */
export async function receive(
  area: Area,
  files: StoreFiles,
  packs: readonly AreaPack[],
  root: Buffer,
  work = new Work(),
): Promise<Survey['lack']> {
  return inStore(files, async (store) => {
    const index = await AreaIndex.load(area, packs, work);
    using reader = new AreaReader([index], store, work);
    const survey = await reader.survey(root);
    await reader.takeIn(survey);
    return survey.lack;
  });
}

/** The contents of a tree's files by path, as the store gives them back. */
export function contentsOf(files: StoreFiles, root: Buffer): Record<string, string> {
  const { reader, ...store } = readable(files);
  const found: Record<string, string> = {};
  const walk = (id: Buffer, at: string): void => {
    for (const entry of decodeTree(Buffer.from(reader.get(id)))) {
      const below = `${at}/${entry.name}`;
      if (entry.kind === Kind.folder) walk(entry.id, below);
      else if (isNoId(entry.id)) found[below] = '';
      else if ((entry.flags & Flag.chunked) === 0) found[below] = Buffer.from(reader.get(entry.id)).toString('latin1');
      else {
        const list = new ChunkList(Buffer.from(reader.get(entry.id)));
        found[below] = Array.from({ length: list.count }, (_, i) => Buffer.from(reader.get(list.id(i))).toString('latin1')).join('');
      }
    }
  };
  walk(root, '');
  store.close();
  return found;
}

function readable(files: StoreFiles): { reader: Store['reader']; close: () => void } {
  const store = new Store(files, nodeHost());
  return { reader: store.reader, close: () => store.close() };
}

/** Ids of all that a store holds, each of them once. @throws when something is stored twice. */
export function idsOf(files: StoreFiles): Set<string> {
  const { index } = new Store(files, nodeHost());
  const ids = index.all.flatMap((segment) => Array.from({ length: segment.objects }, (_, row) => segment.id(row).toString('hex')));
  assert.equal(ids.length, new Set(ids).size, 'something is stored twice');
  return new Set(ids);
}

/** Ids of all that a tree consists of. */
export function partsOf(files: StoreFiles, root: Buffer): Set<string> {
  const store = new Store(files, nodeHost());
  const inventory = new Inventory({ index: store.index, reader: store.reader, check: () => undefined });
  inventory.add(root);
  const ids = new Set<string>();
  for (const [segment, marks] of inventory.parts) marks.forEach((mark, row) => mark > 0 && ids.add(segment.id(row).toString('hex')));
  store.close();
  return ids;
}
