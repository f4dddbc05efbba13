import * as vscode from 'vscode';

/** VS Code gathers the changes of so many milliseconds. */
const gatheredMs = 200;

/** In so many milliseconds it has drawn the first rows of a view. */
const drawnMs = 2000;

/**
 * Tells a view that its rows, or one of them, are others. A change that meets the first request of a view for its rows is lost on VS Code:
 * it lets go of the answer it waits for, and then takes it for the new one. So the view is told once more when it has drawn them.
 */
export class RowsChanged<T> extends vscode.EventEmitter<T | undefined> {
  readonly #drawnMs: number;
  #fired = -Infinity;
  #drawn: NodeJS.Timeout | undefined;

  constructor(afterMs = drawnMs) {
    super();
    this.#drawnMs = afterMs;
  }

  override fire(row: T | undefined): void {
    this.#fired = performance.now();
    super.fire(row);
  }

  /** To be called whenever the view asks for its uppermost rows. */
  asked(): void {
    const since = performance.now() - gatheredMs;
    this.#drawn ??= setTimeout(() => {
      if (this.#fired >= since) super.fire(undefined);
    }, this.#drawnMs);
  }

  override dispose(): void {
    clearTimeout(this.#drawn);
    super.dispose();
  }
}
