/** `chunker.wat`, assembled; a test assembles it again and compares. */
export const CHUNKER_WASM =
  'AGFzbQEAAAABEwJgA39/fwF/YAd/f39/f39/AX8DAwIAAQUEAQCCAQYGAX8BQQALBxACBm1lbW9yeQIAA2N1dAABCuYBAngBAX8jACEDAkADQCAAIAFPDQEgA0EBdCAALQAAQQJ0KAIAaiEDIABBAWohACADIAJxRQRAIAMkACAADwsgACABTw0BIANBAXQgAC0AAEECdCgCAGohAyAAQQFqIQAgAyACcUUEQCADJAAgAA8LDAALCyADJABBfwtrAQN/IAEgAGsgAk0EQCABDwsgACADaiEIIAggAUsEQCABIQgLIAAgBGohCSAJIAFLBEAgASEJC0EAJAAgACACaiAIIAUQACEHIAdBf0cEQCAHDwsgCCAJIAYQACEHIAdBf0cEQCAHDwsgCQs=';

/** Sizes in bytes; the masks decide how likely a cut is before and after the average size. */
export interface ChunkSizes {
  readonly min: number;
  readonly avg: number;
  readonly max: number;
}

/** Content-defined chunks; files below `WHOLE_FILE` are one object. Part of the format: changing it changes every cut. */
export const CHUNKS: ChunkSizes = { min: 32 << 10, avg: 128 << 10, max: 512 << 10 };
export const WHOLE_FILE = 512 << 10;

const DATA_AT = 65536;
const WINDOW_BYTES = 8 << 20;

interface ChunkerExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  cut(off: number, end: number, min: number, avg: number, max: number, strict: number, loose: number): number;
}

/** 256 fixed pseudo-random words (a mix of multiply and xor-shift); part of the format. */
export function gearTable(): Uint32Array {
  const table = new Uint32Array(256);
  let state = 0x9e3779b9;
  for (let i = 0; i < 256; i++) {
    state = (Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x9e3779b9) >>> 0;
    let word = Math.imul(state ^ (state >>> 16), 0x7feb352d);
    word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
    table[i] = (word ^ (word >>> 16)) >>> 0;
  }
  return table;
}

/** The highest `bits` bits: in a gear hash they have seen the most bytes. */
function highBits(bits: number): number {
  return (~0 << (32 - bits)) | 0;
}

/** The part of the platform's WebAssembly used here; the types of Node leave it out. */
interface WasmPlatform {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}
const wasm = (globalThis as unknown as { WebAssembly: WasmPlatform }).WebAssembly;

let compiled: object | undefined;

/** Finds cuts by FastCDC's gear hash, in a window of its own memory: read into `window`, then ask for `cut`. */
export class Chunker {
  /** 8 MiB to read file content into. */
  readonly window: Buffer;
  private readonly wasm: ChunkerExports;
  private readonly sizes: ChunkSizes;
  private readonly strict: number;
  private readonly loose: number;

  constructor(sizes: ChunkSizes = CHUNKS) {
    compiled ??= new wasm.Module(Buffer.from(CHUNKER_WASM, 'base64'));
    this.wasm = new wasm.Instance(compiled).exports as ChunkerExports;
    new Uint32Array(this.wasm.memory.buffer, 0, 256).set(gearTable());
    this.window = Buffer.from(this.wasm.memory.buffer, DATA_AT, WINDOW_BYTES);
    this.sizes = sizes;
    const bits = Math.log2(sizes.avg);
    this.strict = highBits(bits + 1);
    this.loose = highBits(bits - 1);
  }

  /** Where the chunk from `from` ends, looking at window bytes up to `end`. */
  cut(from: number, end: number): number {
    const { min, avg, max } = this.sizes;
    return this.wasm.cut(DATA_AT + from, DATA_AT + end, min, avg, max, this.strict, this.loose) - DATA_AT;
  }

  /** Bytes from the window's start to the first natural cut, at most one maximal chunk: where a segment of a large file begins. */
  firstCut(end: number): number {
    const { max } = this.sizes;
    return this.wasm.cut(DATA_AT, DATA_AT + end, 0, 0, max, this.loose, this.loose) - DATA_AT;
  }
}
