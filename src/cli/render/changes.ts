/** What differs between two states, in words. */
import type { ChangedEntry, Diff, EntryKind } from '../../engine/api.ts';
import type { Formats } from './format.ts';
import type { Paint } from './table.ts';
import { escapeText } from './text.ts';

/** `3 changed, 1 new, 2 removed`; `''` when nothing differs. */
export function changesSummary(diff: Diff, formats: Formats): string {
  const counts: [number, string][] = [
    [diff.changed.length, 'changed'],
    [diff.added.length, 'new'],
    [diff.removed.length, 'removed'],
    [diff.moved.length, 'moved'],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formats.number(count)} ${word}`)
    .join(', ');
}

/** A line for each difference, by path: `M` changed, `A` new, `D` removed, `R` moved. */
export function changeLines(diff: Diff, formats: Formats, paint: Paint): string[] {
  const lines: { path: string; line: string }[] = [];
  const add = (mark: string, entry: ChangedEntry, from = ''): void => {
    lines.push({ path: entry.path, line: `${mark}  ${from}${entryText(entry, formats)}` });
  };
  const [changed, added, removed, moved] = [paint('yellow', 'M'), paint('green', 'A'), paint('red', 'D'), paint('blue', 'R')];
  for (const entry of diff.changed) add(changed, entry);
  for (const entry of diff.added) add(added, entry);
  for (const entry of diff.removed) add(removed, entry);
  for (const entry of diff.moved) add(moved, entry, `${shownPath(entry.from, entry.kind)} → `);
  lines.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return lines.map(({ line }) => line);
}

/** A path as shown: escaped, with a `/` after a folder's. */
export function shownPath(path: string, kind: EntryKind): string {
  const shown = path === '' ? '.' : escapeText(path);
  return kind === 'folder' ? `${shown}/` : shown;
}

/** The first lines, and how many more there are. */
export function firstLines(lines: readonly string[], most: number, formats: Formats, where: string): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `… and ${formats.number(lines.length - most)} more: ${where}`];
}

function entryText({ path, kind, size }: ChangedEntry, formats: Formats): string {
  return kind === 'file' ? `${shownPath(path, kind)}  (${formats.size(size)})` : shownPath(path, kind);
}
