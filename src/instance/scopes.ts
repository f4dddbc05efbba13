import { parentPath } from '../base/paths.ts';

/** Whether a path is one of these or lies below one (`''` is everything). Takes as long as the path is deep, however many they are. */
export function within(paths: Iterable<string>): (path: string) => boolean {
  const tops = new Set(paths);
  if (tops.has('')) return () => true;
  return (path) => {
    for (let at = path; at !== ''; at = parentPath(at)) if (tops.has(at)) return true;
    return false;
  };
}

/** Whether a path is one of these, lies below one, or has one below it. As quick as `within`. */
export function touching(paths: readonly string[]): (path: string) => boolean {
  const isWithin = within(paths);
  const above = new Set(['', ...paths.flatMap(foldersAbove)]);
  return (path) => paths.length > 0 && (above.has(path) || isWithin(path));
}

/** These paths in order, without those that lie below another of them. */
export function withoutNested(paths: readonly string[]): string[] {
  const own = new Set(paths);
  if (own.has('')) return [''];
  const isBelow = within(own);
  return [...own].filter((path) => !isBelow(parentPath(path))).sort();
}

/** The folders that a path lies in, outermost first, without the folder of all. */
export function foldersAbove(path: string): string[] {
  const parent = parentPath(path);
  return parent === '' ? [] : [...foldersAbove(parent), parent];
}
