import { isSystemError, toSnapstageError } from '../../../base/errors.ts';

/** Lets one after the other do something, in the order in which they came. What the system refuses is told as all errors are. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<T>(action: () => Promise<T>): Promise<T> {
    const mine = this.last.then(action, action);
    this.last = mine.catch(() => undefined);
    return mine.catch((error: unknown) => {
      throw isSystemError(error) ? toSnapstageError(error) : error;
    });
  }
}
