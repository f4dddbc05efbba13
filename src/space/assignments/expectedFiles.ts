import { isInside } from '../../base/paths.ts';
import { IgnoreRules } from '../../instance/ignoreRules.ts';
import { STORE_FOLDER } from '../../store/store.ts';

/** A part of what an assignment asks for: a file, or a folder with what is wanted of it. */
export interface Part {
  /** Of a file or folder; `''` is the folder of all. */
  readonly path: string;
  /** In gitignore syntax, from the folder on: what they name is sent. Without any all of it is. Of no meaning for a file. */
  readonly patterns: readonly string[];
}

/** Paths in JavaScript's own order. */
export interface ExpectedFiles {
  readonly sent: readonly string[];
  /** Of parts by which nothing is sent: a file or folder that is not there, or a folder with nothing that is wanted. */
  readonly missing: readonly string[];
  /** What is in the folders of parts but is not sent, as the patterns leave it out. */
  readonly extra: readonly string[];
}

/** What a hand-in sends of these files and links of a state, by what an assignment asks for. Stores of Snapstage count for nothing. */
export function expectedFiles(parts: readonly Part[], paths: Iterable<string>): ExpectedFiles {
  const rules = parts.map(({ path, patterns }) => ({ path, wants: wanted(path, patterns), isMissing: true }));
  const sent: string[] = [];
  const extra: string[] = [];
  for (const path of paths) {
    const around = isOfStore(path) ? [] : rules.filter((part) => isInside(part.path, path));
    const wanting = around.filter((part) => part.wants(path));
    for (const part of wanting) part.isMissing = false;
    if (wanting.length > 0) sent.push(path);
    else if (around.length > 0) extra.push(path);
  }
  const missing = new Set(rules.flatMap(({ path, isMissing }) => (isMissing ? [path] : [])));
  return { sent: sent.sort(), missing: [...missing].sort(), extra: extra.sort() };
}

function wanted(folder: string, patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => true;
  const rules = new IgnoreRules(patterns.join('\n'));
  const start = folder === '' ? 0 : folder.length + 1;
  return (path) => path === folder || rules.excludes(path.slice(start), false);
}

function isOfStore(path: string): boolean {
  return path.split('/').includes(STORE_FOLDER);
}
