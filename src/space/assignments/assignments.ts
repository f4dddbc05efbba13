/** The assignments of a Space, as far as a reader can open what is said of them. */
import { decodeName } from '../../base/paths.ts';
import type { IsAfter } from '../logs/causality.ts';
import type { SpaceState } from '../members/state.ts';
import { latest, ofKind, type Said } from '../members/statements.ts';
import type { Part } from './expectedFiles.ts';

export interface Assignment {
  /** The hash of its first record: 64 hex digits. */
  readonly id: string;
  readonly audience: string;
  readonly first: Said<'assign'>;
  /** What holds. */
  readonly current: Said<'assign'>;
  /** All that was ever said of it, the first included, by the hash of the record. */
  readonly versions: ReadonlyMap<string, Said<'assign'>>;
  readonly parts: readonly Part[];
}

type Known = Pick<SpaceState, 'statements' | 'isAfter'>;

/** In causal order of their first records. A change counts that is for the same audience. */
export function assignmentsIn(state: Known): readonly Assignment[] {
  const said = ofKind(state.statements, 'assign');
  const changes = Map.groupBy(said, ({ body }) => body.of);
  return (changes.get(null) ?? []).map((first) => {
    const id = first.record.hash;
    const { audience } = first.record.header;
    const later = (changes.get(id) ?? []).filter(({ record }) => record.header.audience === audience);
    const versions = [first, ...later];
    const current = latest(versions, state.isAfter)!;
    return { id, audience, first, current, versions: new Map(versions.map((one) => [one.record.hash, one])), parts: partsOf(current) };
  });
}

function partsOf({ body }: Said<'assign'>): readonly Part[] {
  return body.parts.map(({ path, patterns }) => ({ path: decodeName(Buffer.from(path, 'base64url')), patterns }));
}

/** The deadline that holds for a member: its extension's, or the assignment's. */
export interface Due {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly zone: string;
  readonly extension: Said<'extend'> | undefined;
}

export function dueFor({ id, current }: Assignment, extensions: readonly Said<'extend'>[], isAfter: IsAfter): Due {
  const last = latest(
    extensions.filter(({ body }) => body.assignment === id),
    isAfter,
  );
  if (last === undefined || last.body.deadline === null)
    return { at: current.body.deadline, zone: current.body.zone, extension: undefined };
  return { at: last.body.deadline, zone: last.body.zone, extension: last };
}
