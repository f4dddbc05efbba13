/** How fast content goes to and from a distant hub. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Work } from '../../base/work.ts';

const LOOK_MS = 100;
/** Waiting for less is less exact than going on. */
const LEAST_MS = 5;

/** A limit for all transfers together of whoever shares it, both ways. */
export class Pace {
  private readonly bytesPerSecond: number | undefined;
  /** When all that has passed is within the limit, by `performance.now()`. */
  private freeAt = 0;

  /** Absent: no limit. */
  constructor(bytesPerSecond?: number) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** How many bytes may go at once, of `most`: so few that who shares the limit is not kept waiting. */
  slice(most: number): number {
    return this.bytesPerSecond === undefined ? most : Math.max(1024, Math.min(most, Math.floor(this.bytesPerSecond / 8)));
  }

  /** Resolves when bytes that have gone, after all before them, are within the limit. @throws SnapstageError `cancelled`. */
  async pass(bytes: number, work: Work): Promise<void> {
    if (this.bytesPerSecond === undefined) return;
    const freeAt = Math.max(this.freeAt, performance.now()) + (bytes * 1000) / this.bytesPerSecond;
    this.freeAt = freeAt;
    for (let left = freeAt - performance.now(); left >= LEAST_MS; left = freeAt - performance.now()) {
      work.check();
      await sleep(Math.min(left, LOOK_MS));
    }
  }
}
