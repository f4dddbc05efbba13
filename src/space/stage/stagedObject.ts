/** What lies on the Stage: plain values, and what follows from them alone. */
import { parentPath } from '../../base/paths.ts';
import type { ApplicationKind } from '../../instance/applications/application.ts';
import { idOf } from '../../store/ids.ts';
import type { Strategy } from '../strategy.ts';

/** A link is staged as a file is. */
export const OBJECT_TYPES = ['file', 'folder', 'table', 'application', 'snapshot'] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** Where an object goes, whatever state it comes from: there is room for one on the Stage. */
export interface Place {
  /** Of the file or folder, of a table's database, of an application's folder; `''` for all of it. */
  readonly path: string;
  readonly table?: string;
  readonly application?: ApplicationKind;
}

export interface StagedRecord extends Place {
  readonly type: ObjectType;
  /** A snapshot's id, or `current`. */
  readonly state: string;
  /** `null`: as the distribution has it. */
  readonly strategy: Strategy | null;
  /** ISO 8601, UTC. */
  readonly added: string;
}

/** Names a place: 32 hex digits. */
export function placeId({ path, table, application }: Place): string {
  return idOf(Buffer.from(JSON.stringify([path, table ?? null, application ?? null]))).toString('hex', 0, 16);
}

/**
 * Tells of a place which of the staged ones is the innermost that holds it: what is said of a path itself counts for it more than what
 * is said of a folder above. A file holds the tables in it, a folder all that is below it.
 */
export function holderAmong<T extends Place>(staged: Iterable<T>): (place: Place) => T | undefined {
  const paths = new Map<string, T>();
  for (const one of staged) if (isPath(one)) paths.set(one.path, one);
  return (place) => {
    let at = place.path;
    if (isPath(place)) {
      if (at === '') return undefined;
      at = parentPath(at);
    }
    for (; ; at = parentPath(at)) {
      const holder = paths.get(at);
      if (holder !== undefined || at === '') return holder;
    }
  };
}

function isPath({ table, application }: Place): boolean {
  return table === undefined && application === undefined;
}
