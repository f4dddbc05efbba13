/**
 * What went wrong, as a code that a program can act on. Sentences for people are written in the faces;
 * `message` is the plain English one, for logs and for whoever has no better.
 */
export type ErrorCode =
  | 'usage' // the request makes no sense: unknown option, missing argument
  | 'not-found' // no such state, path, instance
  | 'ambiguous' // a state's name or prefix fits several
  | 'exists' // the place is taken
  | 'refused' // allowed in principle, but not now or not without a confirmation
  | 'busy' // another process holds what is needed
  | 'in-use' // something in the workspace is in use
  | 'stale-plan' // the state has changed since the plan was made
  | 'conflict' // waits for a decision
  | 'damaged' // stored bytes are not what they must be
  | 'newer-format' // written by a newer Snapstage
  | 'no-space' // the disk is full
  | 'io' // the system refused: permission, read error, …
  | 'cancelled'
  | 'bug';

/** What an error is about, in plain values that survive JSON and a worker's boundary. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The one error type that crosses a floor's boundary. */
export class SnapstageError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SnapstageError';
    this.code = code;
    this.details = details;
  }

  toJSON(): { code: ErrorCode; message: string; details: ErrorDetails } {
    return { code: this.code, message: this.message, details: this.details };
  }
}

/** True for a Node system error with one of the given codes (`ENOENT`, …), or any when none are given. */
export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return error instanceof Error && typeof code === 'string' && (codes.length === 0 ? /^E[A-Z0-9]+$/.test(code) : codes.includes(code));
}

/** Does what counts less than what was done, or went wrong, before it: what the system refuses of it is let go. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Turns anything thrown into a `SnapstageError`; one that already is passes through. */
export function toSnapstageError(error: unknown): SnapstageError {
  if (error instanceof SnapstageError) return error;
  if (error instanceof Error && error.name === 'AbortError') return new SnapstageError('cancelled', 'Cancelled.');
  if (isSystemError(error)) {
    const details = { system: error.code, path: error.path };
    if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
      return new SnapstageError('no-space', `No space left${error.path ? ` for ${error.path}` : ''}.`, details, error);
    }
    return new SnapstageError('io', error.message, details, error);
  }
  return new SnapstageError('bug', error instanceof Error ? error.message : String(error), {}, error);
}

/** Rebuilds an error from what `toJSON` gave on the other side of a boundary. */
export function fromErrorJson(json: { code: ErrorCode; message: string; details?: ErrorDetails }): SnapstageError {
  return new SnapstageError(json.code, json.message, json.details ?? {});
}
