import * as fs from 'node:fs';
import * as path from 'node:path';

/** The nearest folder from `start` upward that is an instance, or `undefined`. */
export function findInstance(start: string): string | undefined {
  for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.snapstage', 'format'))) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}

/** A worker's file beside the caller's: `.ts` when running from the sources, `.js` in the bundle. */
export function workerFile(name: string): string {
  const isBundle = path.extname(import.meta.filename) !== '.ts';
  return path.join(import.meta.dirname, isBundle ? `${name}.js` : `${name}.ts`);
}
