import type { EntryInfo } from '../engine/api.ts';

/** Folders first, then by name as people count: `a2` before `a10`. */
export function byFolderAndName(entries: readonly EntryInfo[], locale: string): readonly EntryInfo[] {
  const names = new Intl.Collator(locale, { numeric: true });
  const rank = (entry: EntryInfo): number => (entry.kind === 'folder' ? 0 : 1);
  return [...entries].sort((a, b) => rank(a) - rank(b) || names.compare(a.path, b.path));
}
