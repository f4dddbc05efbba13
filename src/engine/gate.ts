/** Lets operations run side by side, and one of them alone for a moment. */
export class Gate {
  private inside = 0;
  private shut: Promise<void> | undefined;
  private leftAlone: (() => void) | undefined;

  /** Runs an operation; it may have to wait until another one was alone. */
  async enter<T>(run: () => Promise<T>): Promise<T> {
    while (this.shut !== undefined) await this.shut;
    this.inside += 1;
    try {
      return await run();
    } finally {
      this.inside -= 1;
      if (this.inside === 1) this.leftAlone?.();
    }
  }

  /** For one operation at a time, which is inside: runs when all others have left, and nobody comes in meanwhile. */
  async alone<T>(run: () => T): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.shut = promise;
    try {
      if (this.inside > 1) await new Promise<void>((left) => (this.leftAlone = left));
      return run();
    } finally {
      this.shut = undefined;
      this.leftAlone = undefined;
      resolve();
    }
  }
}
