/**
 * A file system's clock moves in ticks (a kernel's jiffy, 1 to 10 ms), so a file that was changed a moment ago can change again
 * without a sign in its times. Only a file whose last change is older than a tick shows by its times that it was at rest.
 */
const TICK_MS = 20;
/** A change that lies further ahead comes from another clock, of which nothing can be told. */
const MAX_AHEAD_MS = 2000;

/** True when a file changed at `changedMs` could have changed since `atMs` without a sign. Both in milliseconds since 1970. */
export function mayChangeUnseen(changedMs: number, atMs: number): boolean {
  return isChangedSince(changedMs, atMs) && changedMs < atMs + MAX_AHEAD_MS;
}

/** True unless a file that changed at `changedMs` was at rest from `atMs` on. Both in milliseconds since 1970. */
export function isChangedSince(changedMs: number, atMs: number): boolean {
  return changedMs > atMs - TICK_MS;
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Waits, in this thread, until what has changed shows. */
export function waitTick(): void {
  Atomics.wait(cell, 0, 0, TICK_MS);
}
