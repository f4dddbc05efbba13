/** What is wrong with a trail: gaps, forks, contradictions, and what does not count. */
import { byDepth } from '../logs/founded.ts';
import { encodeExtract } from '../logs/extract.ts';
import { recordsAmong, type Link } from '../logs/link.ts';
import type { SeenHeads } from '../logs/logReader.ts';
import { extractsIn } from '../logs/start.ts';
import type { SpaceState } from '../members/state.ts';
import { ofKind } from '../members/statements.ts';
import { readRecord, type Flaw, type SignedRecord } from '../records/envelope.ts';
import { SnapstageError } from '../../base/errors.ts';
import { idHex, idOf } from '../../store/ids.ts';
import { namedIn, type Named } from './trail.ts';

export type TrailFinding =
  /** The bytes of a record that is kept here are not what was signed. */
  | { readonly kind: 'changed'; readonly log: string; readonly sequence: number; readonly record: string; readonly flaw: Flaw }
  /** Records of this log that others follow or name are not there; `by` is the first that does, or nothing for what was seen here before. */
  | { readonly kind: 'missing'; readonly log: string; readonly from: number; readonly to: number; readonly by: string | null }
  /** Somebody names another record at this place of the log than the one that is there. */
  | { readonly kind: 'contradicted'; readonly log: string; readonly sequence: number; readonly by: string | null }
  /** From here on the log has two continuations, both signed. */
  | { readonly kind: 'forked'; readonly log: string; readonly sequence: number; readonly records: number }
  /** A record says of what it follows what is not so. */
  | { readonly kind: 'wrong'; readonly log: string; readonly sequence: number; readonly record: string }
  /** A checkpoint that is not what its author's records make: whoever started there was told something else. */
  | { readonly kind: 'false-checkpoint'; readonly log: string; readonly sequence: number; readonly record: string }
  /** Genuine, and not counted. */
  | { readonly kind: Uncounted; readonly log: string; readonly sequence: number; readonly record: string };

const UNCOUNTED = ['late', 'not-allowed', 'unreadable', 'outranked', 'overruled'] as const;
type Uncounted = (typeof UNCOUNTED)[number];

/** True for what breaks the trail; what was refused by its rules does not. */
export function isDamage({ kind }: TrailFinding): boolean {
  return !(UNCOUNTED as readonly string[]).includes(kind);
}

export interface Scope {
  /** The reader's own log: what it had read was there, whoever may speak. */
  readonly own: string;
  /** The reader has, or should have, the logs of all members, as Masters do; others have Masters' and their own. */
  readonly isWhole: boolean;
  /** The newest records that the reader ever saw. */
  readonly heads?: Pick<SeenHeads, 'get'>;
}

/** What is wrong with records of which the state was made, in the order of logs. Signatures are another matter: `changedIn`. */
export function findingsIn(state: SpaceState, records: readonly SignedRecord[], scope: Scope): TrailFinding[] {
  return [...absences(state, records, scope), ...forks(state), ...falseCheckpoints(state), ...uncounted(state)];
}

/** Those of the records whose bytes are not what was signed. @throws what `check` throws. */
export function changedIn(space: string, records: Iterable<SignedRecord>, check: () => void): TrailFinding[] {
  const found: TrailFinding[] = [];
  for (const { header, bytes, hash } of records) {
    check();
    try {
      readRecord(bytes, { space, log: header.log });
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.details['flaw'] === undefined) throw error;
      found.push({ kind: 'changed', log: header.log, sequence: header.sequence, record: hash, flaw: error.details['flaw'] as Flaw });
    }
  }
  return found;
}

/** Something that must be there, as `by` says. */
interface Wanted extends Named {
  readonly by: string | null;
}

function absences(state: SpaceState, records: readonly SignedRecord[], scope: Scope): TrailFinding[] {
  const links: readonly Link[] = [...records, ...state.stubs];
  const byHash = new Set(links.map(({ hash }) => hash));
  const held = Map.groupBy(links, ({ header }) => header.log);
  const mayHave = (log: string): boolean => scope.isWhole || state.masters.has(log) || held.has(log);
  const logs = new Set([...held.keys(), ...state.masters.keys(), ...state.members.keys()]);
  const lacking = [...wantedIn(state, records, scope), ...seenBefore(logs, scope)].filter(
    ({ log, hash }) => !byHash.has(hash) && mayHave(log),
  );
  return [...Map.groupBy(lacking, ({ log }) => log)].flatMap(([log, wanted]) => absencesOf(log, wanted, held.get(log) ?? []));
}

/** What records follow, and what they name: of authors whose word counts for it, as a stranger can name what never was. */
function wantedIn(state: SpaceState, records: readonly SignedRecord[], { own }: Scope): Wanted[] {
  const { masters, members, keychain, refused } = state;
  const late = new Set(refused.filter(({ why }) => why === 'late').map(({ record }) => record));
  const counts = (log: string): boolean => log === own || masters.has(log) || (members.get(log)?.state ?? 'waiting') !== 'waiting';
  return records
    .filter((record) => !late.has(record))
    .toSorted(byDepth)
    .flatMap((record) => {
      const { previous, log, sequence, seen } = record.header;
      const before = previous === null ? [] : [{ log, sequence: sequence - 1, hash: previous }];
      const named = masters.has(log) ? namedIn(keychain.read(record)) : [];
      const wanted = [...before, ...(counts(log) ? seen : []), ...named];
      return wanted.map((one) => ({ log: one.log, sequence: one.sequence, hash: one.hash, by: record.hash }));
    });
}

function seenBefore(logs: Iterable<string>, { heads }: Scope): Wanted[] {
  return [...logs].flatMap((log) => {
    const head = heads?.get(log);
    return head === undefined ? [] : [{ log, ...head, by: null }];
  });
}

/** Each gap once, from the last record before it to the last that is named; and places where another record is. */
function absencesOf(log: string, wanted: readonly Wanted[], held: readonly Link[]): TrailFinding[] {
  const there = new Set(held.map(({ header }) => header.sequence));
  const found = new Map<string, TrailFinding>();
  for (const { sequence, by } of wanted.toSorted((a, b) => b.sequence - a.sequence)) {
    if (there.has(sequence)) {
      const key = `at ${sequence}`;
      if (!found.has(key)) found.set(key, { kind: 'contradicted', log, sequence, by });
      continue;
    }
    let from = sequence;
    while (from > 1 && !there.has(from - 1)) from -= 1;
    const key = `from ${from}`;
    if (!found.has(key)) found.set(key, { kind: 'missing', log, from, to: sequence, by });
  }
  return [...found.values()].toReversed();
}

function forks({ masters, members }: SpaceState): TrailFinding[] {
  const chains = new Map([...masters.values(), ...members.values()].map(({ log, chain }) => [log, chain]));
  return [...chains].flatMap(([log, { forked }]): TrailFinding[] => {
    if (forked.length === 0) return [];
    const sequence = Math.min(...forked.map(({ header }) => header.sequence));
    return [{ kind: 'forked', log, sequence, records: forked.length }];
  });
}

/** Of logs alone that are here whole: whoever has not read all can't tell. Each extract is made once, whichever checkpoints name it. */
function falseCheckpoints({ masters, statements }: SpaceState): TrailFinding[] {
  const made = new Map<string, string>();
  return ofKind(statements, 'checkpoint').flatMap(({ record }): TrailFinding[] => {
    const { log, sequence } = record.header;
    const { standing } = masters.get(log)!.chain;
    const isFalse = extractsIn(record).some(({ from, to, hash }) => {
      const records = recordsAmong(standing.slice(from, to));
      if (records.length < to - from || to >= sequence) return false;
      const place = `${log} ${from} ${to}`;
      made.set(place, made.get(place) ?? idHex(idOf(encodeExtract(records))));
      return made.get(place) !== hash;
    });
    return isFalse ? [{ kind: 'false-checkpoint', log, sequence, record: record.hash }] : [];
  });
}

function uncounted({ refused }: SpaceState): TrailFinding[] {
  return refused.flatMap(({ record: { header, hash }, why }): TrailFinding[] => {
    if (why === 'missing' || why === 'forked') return []; // told by what is not there, and by log
    return [{ kind: why, log: header.log, sequence: header.sequence, record: hash }];
  });
}
