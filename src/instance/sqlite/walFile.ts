import * as fs from 'node:fs';
import { pageSize } from './header.ts';
import type { Sidecar } from './sidecar.ts';

const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 0x377f0682;
const VERSION = 3007000;
const READ_BYTES = 4 << 20;

/**
 * What a write-ahead log holds up to its last commit: of each page the newest version. Frames after that commit, and what is left of
 * an earlier round of the log, do not count. Returns `undefined` when nothing is committed in it.
 * Format: https://www.sqlite.org/fileformat.html#the_write_ahead_log
 */
export function readWal(fd: number): Sidecar | undefined {
  const header = Buffer.alloc(HEADER);
  if (fs.readSync(fd, header, 0, HEADER, 0) < HEADER) return undefined;
  const magic = header.readUInt32BE(0);
  const page = pageSize(header.readUInt32BE(8));
  if ((magic & ~1) !== MAGIC || header.readUInt32BE(4) !== VERSION || page === undefined) return undefined;
  const sum = new Checksum((magic & 1) === 1);
  sum.add(header, 0, 24);
  if (!sum.equals(header, 24)) return undefined;
  return readFrames(fd, header.subarray(16, 24), page, sum);
}

function readFrames(fd: number, salt: Buffer, page: number, sum: Checksum): Sidecar | undefined {
  const frame = FRAME_HEADER + page;
  const window = Buffer.allocUnsafe(Math.max(1, Math.floor(READ_BYTES / frame)) * frame);
  const offsets = new Map<number, number>();
  const uncommitted = new Map<number, number>();
  let committed: { frames: number; pages: number } | undefined;
  for (let at = HEADER, frames = 0; ;) {
    const have = fs.readSync(fd, window, 0, window.length, at);
    for (let o = 0; o + frame <= have; o += frame, at += frame) {
      if (!window.subarray(o + 8, o + 16).equals(salt)) return ended();
      sum.add(window, o, o + 8);
      sum.add(window, o + FRAME_HEADER, o + frame);
      if (!sum.equals(window, o + 16)) return ended();
      frames += 1;
      uncommitted.set(window.readUInt32BE(o), at + FRAME_HEADER);
      const pages = window.readUInt32BE(o + 4);
      if (pages === 0) continue;
      committed = { frames, pages };
      for (const [number, offset] of uncommitted) offsets.set(number, offset);
      uncommitted.clear();
    }
    if (have < window.length) return ended();
  }
  function ended(): Sidecar | undefined {
    if (committed === undefined) return undefined;
    return { kind: 'wal', round: salt.toString('hex'), length: committed.frames, pageSize: page, pages: committed.pages, offsets };
  }
}

/** The running checksum of a log, over pairs of 32-bit words in the byte order that its writer chose. */
class Checksum {
  private readonly bigEndian: boolean;
  private a = 0;
  private b = 0;

  constructor(bigEndian: boolean) {
    this.bigEndian = bigEndian;
  }

  add(bytes: Buffer, from: number, to: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    let { a, b } = this;
    for (let at = from; at < to; at += 8) {
      a = (a + view.getUint32(at, !this.bigEndian) + b) | 0;
      b = (b + view.getUint32(at + 4, !this.bigEndian) + a) | 0;
    }
    this.a = a;
    this.b = b;
  }

  /** Whether it is the one written there: always big-endian. */
  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.a >>> 0 && bytes.readUInt32BE(at + 4) === this.b >>> 0;
  }
}
