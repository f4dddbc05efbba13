import type { Disposable } from 'vscode';
import { toSnapstageError, type SnapstageError } from '../base/errors.ts';

export interface PageReadingOptions<Value> {
  /** Reads it, and hands it on: more than once where more of it comes to be known. What a reading hands on that has ended counts for nothing. */
  readonly read: (signal: AbortSignal, found: (value: Value) => void) => Promise<void>;
  /** Shows what was found, in the place of what was there `before`. */
  readonly show: (value: Value, before: Value | undefined) => void;
  /** Says why there is nothing to be shown: it is being read for the first time, or it could not be. */
  readonly showNothing: () => void;
  /** Whether the page is seen now. */
  readonly isSeen: () => boolean;
  readonly logError: (error: SnapstageError) => void;
}

/** What a page shows: read anew when there may be news, one reading at a time. What is shown stays until then. */
export class PageReading<Value> implements Disposable {
  readonly #options: PageReadingOptions<Value>;
  #value: Value | undefined;
  #error: SnapstageError | undefined;
  #reading: AbortController | undefined;
  #last: Promise<boolean> = Promise.resolve(true);
  #isStale = true;
  #isGone = false;

  constructor(options: PageReadingOptions<Value>) {
    this.#options = options;
  }

  /** What was last found; `undefined` before that, and after a failure. */
  get value(): Value | undefined {
    return this.#value;
  }

  /** Why there is nothing to be shown; `undefined` while it is being read. */
  get error(): SnapstageError | undefined {
    return this.#error;
  }

  get isUnderway(): boolean {
    return this.#reading !== undefined;
  }

  /** There may be news that were not read yet. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** There may be news: they are read when the page is seen. */
  async changed(read: () => Promise<unknown> = () => this.refresh()): Promise<void> {
    this.#isStale = true;
    if (this.#options.isSeen()) await read();
  }

  /** Reads the news that were not read yet. */
  async refreshIfStale(): Promise<void> {
    if (this.#isStale) await this.refresh();
  }

  /**
   * Reads anew, and ends the reading before. Never rejects: a failure takes the place of what was shown, unless it is a cancellation or
   * `mayStay` is true of it. Resolves when the last reading has ended: true where that is this one.
   */
  async refresh(mayStay: (error: SnapstageError) => boolean = () => false): Promise<boolean> {
    if (this.#isGone) return false;
    const own = this.#read(mayStay);
    this.#last = own;
    const isShown = await own;
    for (let last = own; last !== this.#last; await last) last = this.#last;
    return isShown;
  }

  /** Ends a reading that somebody does not want to wait for. */
  cancel(): void {
    this.#reading?.abort();
  }

  dispose(): void {
    this.#isGone = true;
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.abort();
  }

  /** True unless another one, or the end of the page, came in between. */
  async #read(mayStay: (error: SnapstageError) => boolean): Promise<boolean> {
    const { read, show, showNothing, logError } = this.#options;
    this.#reading?.abort();
    const reading = new AbortController();
    const isOver = (): boolean => this.#reading !== reading;
    this.#reading = reading;
    this.#isStale = false;
    this.#error = undefined;
    if (this.#value === undefined) showNothing();
    try {
      await read(reading.signal, (value) => {
        if (isOver()) return;
        const before = this.#value;
        this.#value = value;
        show(value, before);
      });
      if (isOver()) return false;
      this.#reading = undefined;
    } catch (thrown) {
      if (isOver()) return false;
      this.#reading = undefined;
      const error = toSnapstageError(thrown);
      const isCancelled = error.code === 'cancelled';
      if (!isCancelled) logError(error);
      if (this.#value !== undefined && (isCancelled || mayStay(error))) return true;
      this.#value = undefined;
      this.#error = error;
      showNothing();
    }
    return true;
  }
}
