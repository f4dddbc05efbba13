import { createHash, type Hash } from 'node:crypto';
import * as fs from 'node:fs';
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import type { Work } from '../../base/work.ts';
import { open, seal, type Parts, type SealContext } from './sealing.ts';

/** What a record says of a sealed file: nothing else may be opened in its place. */
export interface SealedFile {
  readonly bytes: number;
  /** SHA-256 of all its bytes, as hex. */
  readonly hash: string;
}

const PART_BYTES = 1 << 20;

/**
 * Seals a file into a new one and flushes that. A file that could not be finished is gone.
 * @throws SnapstageError `cancelled`; the system's errors, `EEXIST` where there is one already.
 */
export async function sealFile(
  from: string,
  to: string,
  context: SealContext,
  host: Pick<Host, 'randomHex'>,
  work: Work,
): Promise<SealedFile> {
  const hash = createHash('sha256');
  const bytes = await writeNew(to, hashed(seal(partsOf(from), context, host, work), hash));
  return { bytes, hash: hash.digest('hex') };
}

/**
 * Opens a sealed file into a new one, which is there only if all of it is genuine; returns the bytes it has.
 * @throws SnapstageError `damaged` when it is not the file of the record, or not what was sealed in this context; `cancelled`; the system's
 * errors, `EEXIST` where there is one already.
 */
export async function openFile(from: string, to: string, context: SealContext, expected: SealedFile, work: Work): Promise<number> {
  if (fs.statSync(from).size !== expected.bytes) throw another(context);
  const hash = createHash('sha256');
  return writeNew(to, open(hashed(partsOf(from), hash), context, work), () => {
    if (hash.digest('hex') !== expected.hash) throw another(context);
  });
}

function another({ name }: SealContext): SnapstageError {
  return new SnapstageError('damaged', `“${name}” is not the file that the record names.`, { name });
}

async function writeNew(to: string, parts: Parts, check: () => void = () => undefined): Promise<number> {
  const descriptor = fs.openSync(to, 'wx', 0o600);
  let bytes = 0;
  let isWhole = false;
  try {
    for await (const part of parts) {
      for (let done = 0; done < part.length;) done += fs.writeSync(descriptor, part, done);
      bytes += part.length;
    }
    check();
    fs.fsyncSync(descriptor);
    isWhole = true;
  } finally {
    fs.closeSync(descriptor);
    if (!isWhole) fs.rmSync(to, { force: true });
  }
  return bytes;
}

function* partsOf(file: string): Generator<Buffer> {
  const memory = Buffer.allocUnsafe(PART_BYTES);
  const descriptor = fs.openSync(file, 'r');
  try {
    for (;;) {
      const got = fs.readSync(descriptor, memory);
      if (got === 0) return;
      yield memory.subarray(0, got);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

async function* hashed(parts: Parts, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    hash.update(part);
    yield part;
  }
}
