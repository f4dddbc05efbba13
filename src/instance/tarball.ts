import { encodeName, joinPath } from '../base/paths.ts';
import type { Work } from '../base/work.ts';
import { ChunkList } from '../store/chunkList.ts';
import { idKey, isNoId } from '../store/ids.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import type { SnapshotRecord } from '../store/snapshots.ts';
import { TAR_END, tarHeader, tarPadding, TarType } from '../store/tar.ts';
import { Flag, Kind, type TreeEntry } from '../store/tree.ts';
import type { State } from './states.ts';

/**
 * The bytes of a tar of a snapshot, in parts: what any tar program makes a folder of, with permissions, times to the nanosecond, links,
 * and hard links. Holes are zeros in it; owners are not in snapshots, and root in it. A part stays as it is until the next one is asked for.
 * @throws SnapstageError `damaged`, `cancelled`.
 */
export function* encodeTarball({ root, trees }: State, record: SnapshotRecord, reader: ObjectReader, work: Work): Generator<Buffer> {
  /** Where the first name of a file with several is. */
  const firsts = new Map<string, Buffer>();
  yield tarHeader({ name: Buffer.from('./'), type: TarType.folder, mode: record.rootMode, mtime: BigInt(record.rootMtime), size: 0 });
  for (const { path, entry } of trees.walk(root)) {
    work.check();
    const name = encodeName(joinPath('.', path));
    const { mode, mtime } = entry;
    if (entry.kind === Kind.folder) {
      yield tarHeader({ name: Buffer.concat([name, Buffer.from('/')]), type: TarType.folder, mode, mtime, size: 0 });
    } else if (entry.kind === Kind.link) {
      yield tarHeader({ name, type: TarType.link, mode: 0o777, mtime, size: 0, target: Buffer.from(reader.get(entry.id)) });
    } else {
      const group = entry.group === 0n ? undefined : `${entry.group} ${idKey(entry.id)}`;
      const target = group === undefined ? undefined : firsts.get(group);
      if (group !== undefined && target === undefined) firsts.set(group, name);
      if (target !== undefined) yield tarHeader({ name, type: TarType.hardLink, mode, mtime, size: 0, target });
      else {
        yield tarHeader({ name, type: TarType.file, mode, mtime, size: entry.size });
        for (const part of contentParts(reader, entry)) {
          work.check();
          yield part;
          work.advance(0, part.length);
        }
        yield tarPadding(entry.size);
      }
    }
    work.advance(entry.kind === Kind.file ? 1 : 0, 0);
  }
  yield TAR_END;
}

function* contentParts(reader: ObjectReader, entry: TreeEntry): Generator<Buffer> {
  if (isNoId(entry.id)) return;
  if ((entry.flags & Flag.chunked) === 0) return yield reader.get(entry.id);
  const list = new ChunkList(Buffer.from(reader.get(entry.id)));
  for (let i = 0; i < list.count; i++) yield reader.get(list.id(i));
}
