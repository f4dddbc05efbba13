import { ID_BYTES } from './ids.ts';

const WORDS = 8;
const MAX_PROBES = 64;

/**
 * Which new objects some thread already writes in this run: an open-addressed table of ids in shared memory.
 * A full table only costs a second copy of an object, never an object.
 */
export class Claims {
  readonly buffer: SharedArrayBuffer;
  private readonly words: Int32Array;
  private readonly mask: number;

  /** `expected` objects are enough room for twice as many. */
  static forObjects(expected: number): Claims {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(1024, expected * 2)));
    return new Claims(new SharedArrayBuffer(slots * WORDS * 4));
  }

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
    this.mask = this.words.length / WORDS - 1;
  }

  /** True for the first caller with this id, in whatever thread. */
  claim(id: Buffer): boolean {
    const words = this.words;
    // Word 0 says taken, word 7 says written to the end: both are made never zero, at the cost of two bits.
    const first = id.readInt32LE(0) | 1;
    const last = id.readInt32LE(ID_BYTES - 4) | 1;
    let slot = id.readUInt32LE(4) & this.mask;
    for (let probe = 0; probe < MAX_PROBES; probe++, slot = (slot + 1) & this.mask) {
      const at = slot * WORDS;
      const found = Atomics.compareExchange(words, at, 0, first);
      if (found === 0) {
        for (let w = 1; w < WORDS - 1; w++) words[at + w] = id.readInt32LE(w * 4);
        Atomics.store(words, at + WORDS - 1, last);
        return true;
      }
      if (found === first && this.equals(at, id, last)) return false;
    }
    return true;
  }

  private equals(at: number, id: Buffer, last: number): boolean {
    while (Atomics.load(this.words, at + WORDS - 1) === 0); // the other thread is between two stores
    if (this.words[at + WORDS - 1] !== last) return false;
    for (let w = 1; w < WORDS - 1; w++) if (this.words[at + w] !== id.readInt32LE(w * 4)) return false;
    return true;
  }
}
