import { CancelFlag } from '../base/work.ts';
import { SnapstageError } from '../base/errors.ts';
import { checksum } from './codec.ts';
import type { StoreFiles } from './files.ts';
import { ObjectReader } from './objectReader.ts';
import { packFile, readTrailer } from './pack.ts';
import { StoreIndex, type SharedIndex } from './storeIndex.ts';

export interface VerifySetup {
  readonly index: SharedIndex;
  readonly cancel: SharedArrayBuffer;
}

export interface PackReport {
  readonly pack: string;
  readonly objects: number;
  readonly bytes: number;
  /** Offsets of blocks that are not what they must be. */
  readonly damaged: readonly { readonly offset: number; readonly problem: string }[];
}

/** Reads whole packs back; runs in every thread. */
export class VerifyWorker {
  private readonly files: StoreFiles;
  private reader: ObjectReader | undefined;
  private cancel = new CancelFlag();

  constructor(files: StoreFiles) {
    this.files = files;
  }

  begin(setup: VerifySetup): void {
    this.cancel = new CancelFlag(setup.cancel);
    this.reader = new ObjectReader(this.files, StoreIndex.from(setup.index));
  }

  /** Checks every block's checksum and every object's hash. */
  verify(pack: string): PackReport {
    const segment = readTrailer(this.files, pack);
    const objectsOf: number[][] = Array.from({ length: segment.blocks }, () => []);
    for (let row = 0; row < segment.objects; row++) objectsOf[segment.objectBlock[row]!]!.push(row);
    const damaged: { offset: number; problem: string }[] = [];
    const file = this.files.openRead(packFile(pack));
    let bytes = 0;
    try {
      for (let block = 0; block < segment.blocks; block++) {
        this.cancel.check();
        const stored = Buffer.allocUnsafe(segment.blockStored[block]!);
        const whole = file.read(stored, segment.blockOffset[block]!) === stored.length;
        const problem =
          !whole || checksum(stored) !== segment.blockCrc[block] ? 'a block is changed' : this.objectsProblem(segment, objectsOf[block]!);
        if (problem !== undefined) damaged.push({ offset: segment.blockOffset[block]!, problem });
        bytes += segment.blockPlain[block]!;
      }
    } finally {
      file.close();
    }
    return { pack, objects: segment.objects, bytes, damaged };
  }

  end(_: undefined): void {
    this.reader?.close();
    this.reader = undefined;
  }

  private objectsProblem(segment: ReturnType<typeof readTrailer>, rows: readonly number[]): string | undefined {
    for (const row of rows) {
      try {
        this.reader!.at({ segment, row });
      } catch (error) {
        if (error instanceof SnapstageError && error.code === 'damaged') return error.message;
        throw error;
      }
    }
    return undefined;
  }
}
