/** Content on its way into a bucket: whole where it is small, else in parts of which each is sent until it is there. */
import { createHash } from 'node:crypto';
import { SnapstageError } from '../../../base/errors.ts';
import type { Work } from '../../../base/work.ts';
import type { ReadableStoreFile } from '../../../store/files.ts';
import type { Bucket, Mark } from './bucket.ts';

/** In bytes. What is not larger is sent by one request: a cut costs no more than that. */
export const LARGE = 16 << 20;
const PART = 8 << 20;
/** docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;
/** What is read between two looks at whether the work is cancelled. */
const PIECE = 1 << 20;

export interface Sending {
  readonly key: string;
  readonly file: ReadableStoreFile;
  /** Only where there is none. */
  readonly isNew: boolean;
  readonly mark: Mark;
}

/** Bytes of a file. @throws SnapstageError `damaged` when it ends before, `cancelled`. */
export function contentOf(file: ReadableStoreFile, from: number, length: number, work: Work): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    work.check();
    const got = file.read(bytes.subarray(done, Math.min(done + PIECE, length)), from + done);
    if (got === 0) throw new SnapstageError('damaged', `What was to be sent ends too early, after ${from + done} bytes.`);
    done += got;
  }
  work.check();
  return bytes;
}

/** The mark of a whole file, which is read for it. */
export function markOf(file: ReadableStoreFile, token: string, work: Work): Mark {
  const hash = createHash('sha256');
  for (let at = 0; at < file.size; at += PIECE) hash.update(contentOf(file, at, Math.min(PIECE, file.size - at), work));
  return { token, hash: hash.digest('hex') };
}

/** Sends a file in parts and resolves to whether it was made. What fails, or was made by somebody else meanwhile, leaves nothing. */
export async function sendParts(bucket: Bucket, { key, file, isNew, mark }: Sending, work: Work): Promise<boolean> {
  const size = Math.max(PART, PIECE * Math.ceil(file.size / MOST_PARTS / PIECE));
  const upload = await bucket.begin(key, mark, work);
  let isMade = false;
  try {
    const tags: string[] = [];
    for (let from = 0; from < file.size; from += size) {
      const body = contentOf(file, from, Math.min(size, file.size - from), work);
      let told = 0;
      const onSent = (done: number): void => {
        work.advance(0, Math.max(0, done - told));
        told = Math.max(told, done);
      };
      tags.push(await bucket.part(key, upload, tags.length + 1, body, work, onSent));
    }
    // Some servers take the condition of a PUT alone.
    if (isNew && (await bucket.tokenOf(key, work)) !== undefined) return false;
    isMade = await bucket.complete(key, upload, tags, mark, isNew, work);
    return isMade;
  } finally {
    if (!isMade) await bucket.abort(key, upload).catch(() => undefined);
  }
}
