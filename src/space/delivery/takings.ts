/** What Masters said that takes back what was distributed: recalls, and distributions undone. */
import { decodeName } from '../../base/paths.ts';
import { MASTERS } from '../members/audiences.ts';
import type { ListFlaw, Lists } from '../members/lists.ts';
import type { SpaceState } from '../members/state.ts';
import type { Said } from '../members/statements.ts';
import { path } from '../records/shapes.ts';

export interface Taking {
  /** The hash of its record: 64 hex digits. */
  readonly id: string;
  readonly kind: 'recall' | 'undo';
  readonly audience: string;
  readonly said: Said<'recall'> | Said<'undo'>;
  /** Of the records whose deliveries are taken back. */
  readonly distributions: readonly string[];
  /** Instance-relative; `['']` for all that they delivered. */
  readonly paths: readonly string[];
  /** Why they are not known: then there are none. */
  readonly flaw: ListFlaw | undefined;
  /** Also where it was edited. */
  readonly evenEdited: boolean;
  /** What was delivered before comes in its place. */
  readonly previous: boolean;
}

/** Paths of a distribution that were taken back: so that nothing is there any more, or what was delivered before holds again. */
export interface Losses {
  readonly gone: readonly string[];
  readonly earlier: readonly string[];
}

/** In causal order, the oldest first. */
export function takingsIn({ statements, lists }: Pick<SpaceState, 'statements' | 'lists'>): readonly Taking[] {
  return statements.flatMap((said): Taking[] => {
    const { record, body } = said;
    const common = { id: record.hash, audience: record.header.audience };
    switch (body.kind) {
      case 'recall': {
        const { distributions, evenEdited, previous } = body;
        const recalled = pathsIn(lists, said as Said<'recall'>);
        return [{ ...common, ...recalled, kind: 'recall', said: said as Said<'recall'>, distributions, evenEdited, previous }];
      }
      case 'undo': {
        const all = { distributions: [body.distribution], paths: [''], flaw: undefined, evenEdited: false, previous: true };
        return [{ ...common, kind: 'undo', said: said as Said<'undo'>, ...all }];
      }
      default:
        return [];
    }
  });
}

/** By the distributions that they name. */
export function takingsByDistribution(state: SpaceState): ReadonlyMap<string, readonly Taking[]> {
  const pairs = takingsIn(state).flatMap((taking) => taking.distributions.map((id) => ({ id, taking })));
  const grouped = Map.groupBy(pairs, ({ id }) => id);
  return new Map([...grouped].map(([id, some]) => [id, some.map(({ taking }) => taking)]));
}

/**
 * What was taken back of a distribution, for this reader. A member is meant by all that it can open; a Master, who can open what is for
 * chosen members, by what is for all who got it.
 */
export function lossesOf(
  { id, audience }: { readonly id: string; readonly audience: string },
  takings: ReadonlyMap<string, readonly Taking[]>,
  { audiences }: SpaceState,
): Losses {
  const isMaster = audiences.get(MASTERS)?.secret !== undefined;
  const own = (takings.get(id) ?? []).filter((one) => !isMaster || one.audience === audience);
  const pathsWhere = (previous: boolean): string[] => own.filter((one) => one.previous === previous).flatMap(({ paths }) => paths);
  return { gone: pathsWhere(false), earlier: pathsWhere(true) };
}

export function hasLosses({ gone, earlier }: Losses): boolean {
  return gone.length > 0 || earlier.length > 0;
}

/** What a recall names: of one whose list is not known, nothing is known to be meant. */
export function pathsIn(lists: Lists, { record, body }: Pick<Said<'recall'>, 'record' | 'body'>): Pick<Taking, 'paths' | 'flaw'> {
  if (body.paths === null) return { paths: [''], flaw: undefined };
  const listed = lists.items(record, body.made, body.paths, path);
  if (typeof listed === 'string') return { paths: [], flaw: listed };
  return { paths: listed.map((one) => decodeName(Buffer.from(one, 'base64url'))), flaw: undefined };
}
