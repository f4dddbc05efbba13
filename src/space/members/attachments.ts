/** The files that records name by their hash, as they are kept here: those of wraps, and those of lists. */
import type { StoreFiles } from '../../store/files.ts';
import { idHex, idOf } from '../../store/ids.ts';
import type { ListFile } from './lists.ts';

const SHARD = 'shard-';
const LIST = 'list-';

export class Attachments {
  /** Files of wraps, by their hash. */
  readonly shards: Map<string, Buffer>;
  private readonly files: Pick<StoreFiles, 'list' | 'read' | 'write' | 'remove'>;
  private readonly folder: string;

  /** `folder` is the Space's, directly in the store. */
  constructor(files: Pick<StoreFiles, 'list' | 'read' | 'write' | 'remove'>, folder: string) {
    this.files = files;
    this.folder = folder;
    this.shards = new Map(this.names(SHARD).map((hash) => [hash, files.read(`${folder}/${SHARD}${hash}`) ?? Buffer.alloc(0)]));
  }

  keepShard(bytes: Buffer): void {
    const hash = idHex(idOf(bytes));
    this.files.write(`${this.folder}/${SHARD}${hash}`, bytes, true);
    this.shards.set(hash, bytes);
  }

  dropShard(hash: string): void {
    this.shards.delete(hash);
    this.files.remove(`${this.folder}/${SHARD}${hash}`);
  }

  list({ log, hash }: ListFile): Buffer | undefined {
    return this.files.read(`${this.folder}/${LIST}${log}-${hash}`);
  }

  keepList(log: string, bytes: Buffer): void {
    this.files.write(`${this.folder}/${LIST}${log}-${idHex(idOf(bytes))}`, bytes, true);
  }

  /** Those of these lists that are not here. */
  lacking(lists: readonly ListFile[]): ListFile[] {
    const here = new Set(this.names(LIST));
    return lists.filter(({ log, hash }) => !here.has(`${log}-${hash}`));
  }

  /** Those that records of a log name, by their hash. */
  listsOf(log: string): Map<string, () => Buffer> {
    return new Map(this.names(`${LIST}${log}-`).map((hash) => [hash, () => this.list({ log, hash }) ?? Buffer.alloc(0)]));
  }

  /** What follows in the names of files that begin so. */
  private names(prefix: string): string[] {
    const names = this.files.list(this.folder).filter((name) => name.startsWith(prefix));
    return names.map((name) => name.slice(prefix.length));
  }
}
