/** What differs between two states, in words. */
import type { Diff, EntryKind } from '../../engine/api.ts';
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
  const lines = [
    ...diff.changed.map((entry) => ({
      path: entry.path,
      mark: paint('yellow', 'M'),
      text: entryText(entry.path, entry.kind, formats.size(entry.size)),
    })),
    ...diff.added.map((entry) => ({
      path: entry.path,
      mark: paint('green', 'A'),
      text: entryText(entry.path, entry.kind, formats.size(entry.size)),
    })),
    ...diff.removed.map((entry) => ({
      path: entry.path,
      mark: paint('red', 'D'),
      text: entryText(entry.path, entry.kind, formats.size(entry.size)),
    })),
    ...diff.moved.map((entry) => ({
      path: entry.path,
      mark: paint('blue', 'R'),
      text: `${shownPath(entry.from, entry.kind)} → ${entryText(entry.path, entry.kind, formats.size(entry.size))}`,
    })),
  ];
  lines.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return lines.map((line) => `${line.mark}  ${line.text}`);
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

function entryText(path: string, kind: EntryKind, size: string): string {
  return kind === 'file' ? `${shownPath(path, kind)}  (${size})` : shownPath(path, kind);
}
