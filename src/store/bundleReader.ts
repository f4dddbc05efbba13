import { createHash } from 'node:crypto';
import { SnapstageError } from '../base/errors.ts';
import { BUNDLE_FOLDER, BUNDLE_VERSION, bundledPack, bundledPackFile } from './bundle.ts';
import { fileOf } from './files.ts';
import { readTrailer, type StoredBlock } from './pack.ts';
import { rowsByBlock, storedBlock } from './pieces.ts';
import { parseJson, parseLabels, parseRecord } from './recordBorder.ts';
import type { Labels, SnapshotRecord } from './snapshots.ts';
import { MAX_SMALL_PACK } from './smallPacks.ts';
import { decodeTarFile, TAR_BLOCK, TAR_END, tarPadding } from './tar.ts';

/** Bytes that come one after the other, once. */
export interface ByteSource {
  /** Fills `target`; resolves to the bytes read, fewer only at the end. */
  read(target: Buffer): Promise<number>;
}

/** No such member of an honest bundle is larger: nobody is made to hold more than this. */
const MAX_SMALL = 1 << 16;
const MAX_RECORD = 64 << 20;

/** Reads a bundle, which may be anybody's, from its beginning to its end. All methods throw SnapstageError `damaged`, `newer-format`. */
export class BundleReader {
  private readonly source: ByteSource;
  private readonly hash = createHash('sha256');
  private read = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** The snapshot that is in it. Called first. */
  async head(): Promise<{ readonly id: string; readonly record: SnapshotRecord; readonly labels: Labels }> {
    await this.format();
    await this.file('README.txt', MAX_SMALL);
    const { id, record } = parseRecord(await this.file('snapshot', MAX_RECORD));
    return { id, record, labels: parseLabels(await this.file('labels', MAX_RECORD)) };
  }

  /** The blocks of its packs, as they are stored and as far as the packs' own index says what is in them; what that is, is unproved. */
  async *blocks(): AsyncGenerator<StoredBlock> {
    for (let number = 1; ; number++) {
      const before = this.hash.copy();
      const header = await this.header();
      if (header.name === `${BUNDLE_FOLDER}end`) return this.end(before.digest('hex'), number - 1, await this.content(header, MAX_SMALL));
      if (header.name !== BUNDLE_FOLDER + bundledPackFile(number)) throw damaged(`“${header.name}” does not belong there`);
      yield* packBlocks(bundledPack(number), await this.content(header, MAX_SMALL_PACK));
    }
  }

  private async format(): Promise<void> {
    const bytes = await this.file('format', MAX_SMALL, 'it is no export of Snapstage, or its beginning is damaged');
    const { format, version, minReader } = parseJson(bytes, 'The format of this export');
    if (format !== 'snapstage-export' || typeof version !== 'number' || typeof minReader !== 'number') throw damaged('it has no format');
    if (minReader > BUNDLE_VERSION)
      throw new SnapstageError('newer-format', 'This was exported by a newer Snapstage.', { format: version });
  }

  private async end(sha256: string, packs: number, bytes: Buffer): Promise<void> {
    const said = parseJson(bytes, 'The end of this export');
    if (said['packs'] !== packs) throw damaged('packs are missing');
    if (said['sha256'] !== sha256) throw damaged('it is changed: its checksum is another');
    const rest = Buffer.alloc(TAR_END.length + 1);
    const length = await this.source.read(rest);
    if (length < TAR_END.length) throw tooShort(this.read + length);
    if (length > TAR_END.length || !rest.subarray(0, length).equals(TAR_END)) throw damaged('something follows its end');
  }

  private async file(name: string, most: number, otherwise = `“${name}” is missing`): Promise<Buffer> {
    const header = await this.header(otherwise);
    if (header.name !== BUNDLE_FOLDER + name) throw damaged(otherwise);
    return this.content(header, most);
  }

  private async header(otherwise = 'a header is changed'): Promise<{ readonly name: string; readonly size: number }> {
    const found = decodeTarFile(await this.bytes(TAR_BLOCK));
    if (found === undefined) throw damaged(otherwise);
    return found;
  }

  private async content({ name, size }: { readonly name: string; readonly size: number }, most: number): Promise<Buffer> {
    if (size > most) throw damaged(`“${name}” is too large`);
    const content = await this.bytes(size);
    const padding = tarPadding(size);
    if (!(await this.bytes(padding.length)).equals(padding)) throw damaged(`something follows “${name}”`);
    return content;
  }

  private async bytes(length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    const got = await this.source.read(bytes);
    this.read += got;
    if (got < length) throw tooShort(this.read);
    this.hash.update(bytes);
    return bytes;
  }
}

function* packBlocks(pack: string, bytes: Buffer): Generator<StoredBlock> {
  const segment = readTrailer({ openRead: () => fileOf(bytes) }, pack);
  for (const [block, rows] of rowsByBlock(segment, () => true)) {
    const start = segment.blockOffset[block]!;
    yield storedBlock(segment, block, rows, bytes.subarray(start, start + segment.blockStored[block]!));
  }
}

function tooShort(length: number): SnapstageError {
  return damaged(`it ends too early, after ${length} bytes`);
}

/** What a face says to do next is not what it would say of a damaged store. */
function damaged(why: string): SnapstageError {
  return new SnapstageError('damaged', `The export is damaged: ${why}.`);
}
