import { parseTime, plainFileName } from '../../base/format.ts';
import type { SnapshotInfo } from '../../engine/api.ts';

/** What a file of the snapshot can be called on every system, without an ending: `thesis before the refactor`, `thesis 2026-11-21 14.02`. */
export function fileNameFor(folder: string, { name, created }: Pick<SnapshotInfo, 'name' | 'created'>): string {
  return plainFileName(`${folder} ${name ?? localTime(parseTime(created))}`);
}

function localTime(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}.${two(date.getMinutes())}`;
}
