/** A file of a hand-in, or of what was handed out. What it holds is asked for only where it is needed, and not kept. */
export interface ComparedFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The object that its content is stored as. */
  readonly id: Buffer;
  /** The objects that its content consists of: its one object, or the chunks of a large file. */
  pieces(): readonly Buffer[];
  read(): Uint8Array;
}
