import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isSystemError } from '../base/errors.ts';
import type { ByteSource } from '../store/bundleReader.ts';

const readAsync = promisify(fs.read);
const writeAsync = promisify(fs.write);
const RETRY_MS = 10;

/** Each part that passes a stream costs as much as many bytes. */
export const PART_BYTES = 1 << 20;

/** The same bytes in fewer parts, each of its own memory. */
export function* gathered(parts: Iterable<Buffer>): Generator<Buffer> {
  let gathering = Buffer.allocUnsafeSlow(PART_BYTES);
  let used = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length;) {
      const copied = part.copy(gathering, used, from);
      from += copied;
      used += copied;
      if (used < PART_BYTES) continue;
      yield gathering;
      gathering = Buffer.allocUnsafeSlow(PART_BYTES);
      used = 0;
    }
  }
  if (used > 0) yield gathering.subarray(0, used);
}

/** Writes the parts one after the other to an open descriptor; resolves to their bytes. */
export async function writeParts(descriptor: number, parts: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const part of parts) {
    for (let done = 0; done < part.length;) {
      const from = done;
      done += await patiently(async () => (await writeAsync(descriptor, part, from, part.length - from, null)).bytesWritten);
    }
    bytes += part.length;
  }
  return bytes;
}

/** A pipe that does not wait may have nothing yet, or no room. */
async function patiently(action: () => Promise<number>): Promise<number> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!isSystemError(error, 'EAGAIN')) throw error;
      await sleep(RETRY_MS);
    }
  }
}

/** A file, or what a descriptor that is open gives, from its beginning to its end. */
export class FileSource implements ByteSource, Disposable {
  /** Bytes, where that is known. */
  readonly size: number | undefined;
  private readonly descriptor: number;
  private readonly isOurs: boolean;

  constructor(from: string | number) {
    this.isOurs = typeof from === 'string';
    this.descriptor = typeof from === 'string' ? fs.openSync(from, 'r') : from;
    const stat = fs.fstatSync(this.descriptor);
    this.size = stat.isFile() ? stat.size : undefined;
  }

  async read(target: Buffer): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const got = await this.some(target, done);
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  [Symbol.dispose](): void {
    if (this.isOurs) fs.closeSync(this.descriptor);
  }

  private async some(target: Buffer, from: number): Promise<number> {
    try {
      return await patiently(async () => (await readAsync(this.descriptor, target, from, target.length - from, null)).bytesRead);
    } catch (error) {
      if (isSystemError(error, 'EOF')) return 0; // a pipe's end on Windows
      throw error;
    }
  }
}
