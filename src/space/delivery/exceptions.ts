/** Other strategies for single objects of a distribution at one member. */
import { decodeName } from '../../base/paths.ts';
import { within } from '../../instance/scopes.ts';
import type { ListFlaw } from '../members/lists.ts';
import type { SpaceState } from '../members/state.ts';
import { ofKind, type Said } from '../members/statements.ts';
import { vaultOf } from '../members/audiences.ts';
import type { Item } from '../merge/staged.ts';
import { exceptional } from '../records/delivery.ts';
import type { ExceptionalStrategy } from '../strategy.ts';

/** What happens to a file, a link, an empty folder, or to a table of the database at the path. */
export interface Exception {
  readonly path: string;
  readonly table: string | null;
  readonly strategy: ExceptionalStrategy;
}

/** What is known of those of a distribution. */
interface Exceptions {
  readonly exceptions: readonly Exception[];
  /** Why they are not known: then there are none. */
  readonly flaw: ListFlaw | undefined;
}

/** What the author of a distribution said before it to a member alone; of several for one object the last counts. */
export function exceptionsFor(
  state: Pick<SpaceState, 'statements' | 'lists'>,
  log: string,
  { record, body }: Said<'distribute'>,
): Exceptions {
  const { header } = record;
  const said = ofKind(state.statements, 'exception').filter(
    (one) =>
      one.record.header.log === header.log &&
      one.record.header.sequence < header.sequence &&
      one.record.header.audience === vaultOf(log) &&
      one.body.tree === body.tree &&
      one.body.made === body.made,
  );
  const lists = said.map((one) => exceptionsIn(state, one));
  const flaw = lists.find((one) => one.flaw !== undefined)?.flaw;
  return { exceptions: flaw === undefined ? lists.flatMap(({ exceptions }) => exceptions) : [], flaw };
}

/** What one record says. */
export function exceptionsIn(
  { lists }: Pick<SpaceState, 'lists'>,
  { record, body }: Pick<Said<'exception'>, 'record' | 'body'>,
): Exceptions {
  const listed = lists.items(record, body.made, body.items, exceptional);
  if (typeof listed === 'string') return { exceptions: [], flaw: listed };
  return { exceptions: listed.map((one) => ({ ...one, path: decodeName(Buffer.from(one.path, 'base64url')) })), flaw: undefined };
}

/**
 * Items with these for what they hold. What is an item itself gets another strategy; what is in a folder becomes an item of its own, and
 * changes nothing of what the folder is a mirror of. What they do not hold is left out.
 */
export function withExceptions(items: readonly Item[], exceptions: readonly Exception[]): readonly Item[] {
  const byName = new Map(exceptions.map((one) => [nameOf(one.path, one.table), one]));
  const own = new Set(items.flatMap((item) => (isFolder(item) ? [] : [nameOf(item.path, item.table)])));
  const changed = items.map((item): Item => {
    const strategy = isFolder(item) ? undefined : byName.get(nameOf(item.path, item.table))?.strategy;
    return strategy === undefined ? item : { ...item, strategy };
  });
  const isHeld = within(items.flatMap(({ type, path }) => (type === 'table' ? [] : [path])));
  const inner = [...byName].flatMap(([name, one]) => (own.has(name) || one.table !== null || !isHeld(one.path) ? [] : [one]));
  return [...changed, ...inner.map(({ path, strategy }): Item => ({ type: 'file', path, strategy }))];
}

function isFolder({ type }: Item): boolean {
  return type === 'folder' || type === 'snapshot';
}

/** Tells an object from all others. */
export function nameOf(path: string, table: string | null = null): string {
  return JSON.stringify([path, table]);
}
