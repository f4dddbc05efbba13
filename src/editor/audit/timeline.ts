/** The audit trail as a timeline: newest first by the clocks of those who wrote it, and what is proven beside that. */
import { parseTime } from '../../base/format.ts';
import type { AuditEntry } from '../../engine/auditApi.ts';

/** Clocks that differ by less are right enough, in milliseconds. */
const tolerance = 5 * 60_000;

/** A record in time. */
export interface Moment {
  readonly entry: AuditEntry;
  /** Milliseconds since 1970: as its writer says, or else no earlier than what it cites. */
  readonly time: number;
  /** The latest record by somebody else that it cites, or that those before it in its log cite: it was written after that. */
  readonly after: AuditEntry | undefined;
  /** The first record by somebody else that cites it, or what follows it: it was written before that. */
  readonly before: AuditEntry | undefined;
  /** Its clock says an earlier time than that of the record it was written after. */
  readonly isContradicted: boolean;
}

/** The records of a day, by the local calendar. */
export interface Day {
  /** `2026-11-21`. */
  readonly key: string;
  readonly moments: readonly Moment[];
}

/** `entries` as the engine has them: what follows something comes after it. */
export function timelineOf(entries: readonly AuditEntry[]): readonly Day[] {
  const moments = momentsOf(entries).toReversed();
  // Of the same time, the later of the trail comes first.
  const newest = moments.toSorted((a, b) => b.time - a.time);
  const days = new Map<string, Moment[]>();
  for (const moment of newest) {
    const key = dayOf(moment.time);
    const day = days.get(key);
    if (day) day.push(moment);
    else days.set(key, [moment]);
  }
  return [...days].map(([key, own]) => ({ key, moments: own }));
}

function momentsOf(entries: readonly AuditEntry[]): readonly Moment[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const known = new Map<string, Moment>();
  // Of what says no time and cites nothing that does.
  const first = timeOf(entries.find(({ at }) => at !== null)?.at ?? null) ?? 0;
  for (const entry of entries) {
    const cited = entry.after.flatMap((id) => known.get(id) ?? []);
    const said = timeOf(entry.at);
    const others = cited.flatMap((one) => (one.entry.by.id === entry.by.id ? (one.after ?? []) : one.entry));
    const after = others.reduce<AuditEntry | undefined>((last, one) => (last && last.depth >= one.depth ? last : one), undefined);
    known.set(entry.id, {
      entry,
      time: said ?? cited.reduce((latest, { time }) => Math.max(latest, time), cited.length === 0 ? first : -Infinity),
      after,
      before: byId.get(entry.before ?? ''),
      isContradicted: said !== undefined && after !== undefined && known.get(after.id)!.time - said > tolerance,
    });
  }
  return [...known.values()];
}

function timeOf(at: string | null): number | undefined {
  return at === null ? undefined : parseTime(at).getTime();
}

function dayOf(time: number): string {
  const date = new Date(time);
  return [date.getFullYear(), String(date.getMonth() + 1).padStart(2, '0'), String(date.getDate()).padStart(2, '0')].join('-');
}
