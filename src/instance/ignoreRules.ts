import ignore, { type Ignore } from 'ignore';

/** Names, in gitignore syntax, what is left out of snapshots; at the top of the instance. */
export const IGNORE_FILE = '.snapstageignore';

/** Why something that the rules name is left out. */
export const IGNORED = 'named by .snapstageignore';

/** Decides what is left out. The store itself always is. */
export class IgnoreRules {
  private readonly rules: Ignore | undefined;
  private readonly never: ReadonlySet<string>;

  /** `never` names paths that are taken in whatever the rules say. */
  constructor(text: string | undefined, never: readonly string[] = []) {
    this.rules = text === undefined || text.trim() === '' ? undefined : ignore({ allowRelativePaths: true }).add(text);
    this.never = new Set(never);
  }

  excludes(path: string, isFolder: boolean): boolean {
    if (this.rules === undefined || this.never.has(path)) return false;
    return this.rules.ignores(isFolder ? `${path}/` : path);
  }
}
