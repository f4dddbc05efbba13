import type { EntryInfo } from '../engine/api.ts';

/** Comparing names as people count takes too long for more: the extension host would be held up. */
const mostCompared = 2000;

/** Folders first, then by name as people count: `a2` before `a10`. Very many stay in the order they come in. */
export function byFolderAndName(entries: readonly EntryInfo[], locale: string): readonly EntryInfo[] {
  const folders = entries.filter(({ kind }) => kind === 'folder');
  const others = entries.filter(({ kind }) => kind !== 'folder');
  const names = new Intl.Collator(locale, { numeric: true });
  const sorted = (some: EntryInfo[]): EntryInfo[] =>
    some.length > mostCompared ? some : some.sort((a, b) => names.compare(a.path, b.path));
  return [...sorted(folders), ...sorted(others)];
}
