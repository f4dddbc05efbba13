import { createHash } from 'node:crypto';
import { isSystemError, SnapstageError } from '../../base/errors.ts';
import { uncounted, type Work } from '../../base/work.ts';
import type { ReadableStoreFile } from '../../store/files.ts';
import { createAll, type NewFile } from '../hub/hub.ts';
import { hubName, type Area, type AreaFile, type AreaPack } from './area.ts';

/** Bytes of files that go to the hub together. */
const STROKE = 16 << 20;

export interface Sent {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Sends the listed files that the hub lacks, as they lie in this instance's own folder: first what was just sealed, later what has been
 * lost. A file of another size is replaced; one that `isCompared`, and is here, is fetched, so that it is replaced as well where it was
 * changed. Ended at any moment, it goes on when called again.
 * @throws SnapstageError `not-found` for a file that is lost here too; those of the hub.
 */
export async function sendMissing(
  area: Area,
  packs: Iterable<AreaPack>,
  work: Work,
  isCompared: (file: AreaFile) => boolean = () => false,
): Promise<Sent> {
  const listed = [...packs].flatMap(({ pack, index }) => [pack, index]);
  work.begin('verify', listed.length);
  const there = new Map((await area.hub.list(area.folder)).files.map(({ name, size }) => [name, size]));
  const wrong = new Set<AreaFile>();
  for (const file of listed) {
    const size = there.get(file.name);
    const isComparable = isCompared(file) && area.local.size(file.name) === file.bytes;
    const isRight = size === file.bytes && (!isComparable || (await isSame(area, file, work)));
    if (!isRight) wrong.add(file);
    work.advance(1, 0);
  }
  const bytes = [...wrong].reduce((sum, file) => sum + file.bytes, 0);
  work.begin('write', wrong.size, bytes);
  for (const files of strokes([...wrong])) {
    await send(area, files, there, work);
    work.advance(files.length, 0);
  }
  return { files: wrong.size, bytes };
}

/** Files in the same order, as many together as may be lost with a connection. */
function strokes(files: readonly AreaFile[]): AreaFile[][] {
  const all: AreaFile[][] = [];
  let left = -1;
  for (const file of files) {
    if (file.bytes > left) {
      all.push([]);
      left = STROKE;
    }
    all.at(-1)!.push(file);
    left -= file.bytes;
  }
  return all;
}

async function isSame(area: Area, file: AreaFile, work: Work): Promise<boolean> {
  const hash = createHash('sha256');
  const into = { append: (part: Uint8Array) => void hash.update(part) };
  const got = await area.hub.fetch(hubName(area, file), into, file.bytes, uncounted(work));
  return got === file.bytes && hash.digest('hex') === file.hash;
}

/** `there` is what the hub has under such names. Those before one that is lost are sent all the same. */
async function send(area: Area, files: readonly AreaFile[], there: ReadonlyMap<string, number>, work: Work): Promise<void> {
  const opened: (NewFile & { readonly content: ReadableStoreFile })[] = [];
  try {
    const taken: string[] = [];
    let gone: AreaFile | undefined;
    for (const file of files) {
      const content = openLocal(area, file);
      if (content?.size !== file.bytes) {
        content?.close();
        gone = file;
        break;
      }
      opened.push({ name: hubName(area, file), content });
      if (there.has(file.name)) taken.push(hubName(area, file));
    }
    if (taken.length > 0) await area.hub.remove(...taken);
    await createAll(area.hub, opened, work);
    if (gone !== undefined) throw lost(area, gone);
  } finally {
    for (const { content } of opened) content.close();
  }
}

function openLocal(area: Area, file: AreaFile): ReturnType<Area['local']['openRead']> | undefined {
  try {
    return area.local.openRead(file.name);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function lost(area: Area, file: AreaFile): SnapstageError {
  const message = `“${hubName(area, file)}” is missing from the hub, and from this computer too. Distribute the same again.`;
  return new SnapstageError('not-found', message, { reason: 'lost', part: hubName(area, file) });
}
