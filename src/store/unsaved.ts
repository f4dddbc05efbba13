import type { Host } from '../base/host.ts';
import { isSystemError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';
import { decodeChecked, encodeChecked } from './reservations.ts';
import { Sessions, type Session } from './sessions.ts';

const UNSAVED = 'unsaved';

/**
 * What has unsaved changes in the editors that are open on an instance, as they tell: a file for each of them, there while its
 * owner lives, as sessions are. Nothing relies on it but the courtesy not to replace what somebody is writing.
 */
export class UnsavedNotes implements Disposable {
  private readonly files: StoreFiles;
  private readonly sessions: Sessions;
  private own: Session | undefined;

  constructor(files: StoreFiles, host: Host) {
    this.files = files;
    this.sessions = new Sessions(files, host, UNSAVED);
  }

  /** Tells others which paths of the instance have unsaved changes here. Nothing is told where the store can't be written. */
  note(paths: readonly string[]): void {
    const before = this.own;
    try {
      this.own = paths.length === 0 ? undefined : this.begin(paths);
      before?.[Symbol.dispose]();
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }

  /** Paths that have unsaved changes elsewhere. */
  others(): readonly string[] {
    const paths = this.sessions.others(this.own?.name ?? '').flatMap((name) => pathsOf(this.files.read(`${UNSAVED}/${name}`)));
    return [...new Set(paths)];
  }

  [Symbol.dispose](): void {
    this.note([]);
  }

  private begin(paths: readonly string[]): Session {
    this.files.makeFolder(UNSAVED);
    // The session's beats follow on a line of their own.
    return this.sessions.begin(Buffer.concat([encodeChecked(paths), Buffer.from('\n')]));
  }
}

/** None where it is not whole: it is being written, or damaged. */
function pathsOf(bytes: Buffer | undefined): readonly string[] {
  return (decodeChecked(bytes?.subarray(0, Math.max(0, bytes.lastIndexOf('\n')))) ?? []) as string[];
}
