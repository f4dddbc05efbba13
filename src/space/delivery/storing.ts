import * as fs from 'node:fs';
import { quietly } from '../../base/errors.ts';
import { fill } from '../../instance/diskFolder.ts';
import { ChunkList } from '../../store/chunkList.ts';
import { idOf } from '../../store/ids.ts';
import { Intake } from '../../store/intake.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import type { Store } from '../../store/store.ts';
import { Flag, type TreeEntry } from '../../store/tree.ts';

/** Lets objects be stored, all of them durably by the end. When `run` throws, none is left. Returns what it does. */
export function storing<T>(store: Store, run: (sink: ObjectSink) => T): T {
  const intake = new Intake(store);
  const put = (content: Buffer, kind: 'data' | 'meta'): Buffer => {
    intake.put({ content, kind });
    return idOf(content);
  };
  try {
    const result = run({ put });
    intake.finish();
    return result;
  } catch (error) {
    quietly(() => intake.abandon());
    throw error;
  }
}

const CHUNK = 1 << 20;

/** Stores a file's content, a larger one in parts. `check` is called between them, and may throw. */
export function storeFile(sink: ObjectSink, file: string, check: () => void): Pick<TreeEntry, 'id' | 'size' | 'flags'> {
  const fd = fs.openSync(file, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    const rows: Buffer[] = [];
    for (let at = 0; at < size; at += CHUNK) {
      check();
      const part = Buffer.alloc(Math.min(CHUNK, size - at));
      fill(fd, part, at);
      const id = sink.put(part, 'data');
      if (size <= CHUNK) return { id, size, flags: 0 };
      rows.push(ChunkList.row(id, part.length));
    }
    return { id: sink.put(Buffer.concat(rows), 'meta'), size, flags: Flag.chunked };
  } finally {
    fs.closeSync(fd);
  }
}
