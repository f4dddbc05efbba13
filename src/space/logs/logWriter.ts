import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { idHex, idOf } from '../../store/ids.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';
import type { Body } from '../records/bodies.ts';
import { MAX_SEEN, writeRecord, type SignedRecord } from '../records/envelope.ts';
import { identityId, publicKeysOf } from '../records/identity.ts';
import { MAX_ITEMS } from '../records/delivery.ts';
import { sealList } from '../records/listFile.ts';
import { storeBody, type SealedTarget, type Target } from '../records/sealedBodies.ts';
import type { Citation } from '../records/shapes.ts';
import type { Link } from './link.ts';

/** Of a list in a body, as JSON: what else a record has needs room too. */
const MAX_LIST_BYTES = 32 << 10;

/** Makes the next records of one's own log, in memory: `OwnLog` saves them. */
export class LogWriter {
  readonly log: string;
  readonly space: string;
  readonly identity: KeyPairs;
  /** What was written and is not saved yet. */
  readonly written: SignedRecord[] = [];
  /** Files that records written here name by their hash: they have to be in the hub first. */
  readonly attached: Buffer[] = [];
  /** Files of lists that they have no room for, as the others. */
  readonly lists: Buffer[] = [];
  private readonly host: Pick<Host, 'randomHex'>;
  private readonly seen: readonly Citation[];
  private last: Link | undefined;

  /** `last` is the newest record of the log, if it has one; `seen` are the heads of Masters' logs that all records are to cite. */
  constructor(space: string, identity: KeyPairs, last: Link | undefined, seen: readonly Citation[], host: Pick<Host, 'randomHex'>) {
    this.space = space;
    this.identity = identity;
    this.log = identityId(publicKeysOf(identity));
    this.last = last;
    this.seen = foreignHeads(seen, this.log);
    this.host = host;
  }

  /** The sequence number of the next record. */
  get sequence(): number {
    return (this.last?.header.sequence ?? 0) + 1;
  }

  /**
   * A list as the body has it that `write` is given next, for the same target: itself, or the hash of a file that goes along.
   * @throws SnapstageError `refused` for one that is too long.
   */
  list<Item>(items: readonly Item[], target: SealedTarget, made: number): Item[] | string {
    if (items.length <= MAX_ITEMS && JSON.stringify(items).length <= MAX_LIST_BYTES) return [...items];
    const file = sealList(items, target, { space: this.space, log: this.log, made }, this.host);
    this.lists.push(file);
    return idHex(idOf(file));
  }

  /** @throws SnapstageError `usage` for a body that is too large. */
  write(body: Body, target: Target): SignedRecord {
    const { sequence } = this;
    const depth = 1 + Math.max(this.last?.header.depth ?? 0, ...this.seen.map((cited) => cited.depth));
    const header = {
      space: this.space,
      sequence,
      depth,
      previous: this.last?.hash ?? null,
      seen: [...this.seen],
      audience: target.audience,
      epoch: 'epoch' in target ? target.epoch : null,
      critical: false,
    };
    const stored = storeBody(body, target, { space: this.space, log: this.log, sequence }, this.host);
    const record = writeRecord(header, stored, this.identity);
    this.last = record;
    this.written.push(record);
    return record;
  }
}

/** By log, as headers have them; of very many the deepest, which by what they cite themselves stand for the most. */
function foreignHeads(heads: readonly Citation[], own: string): Citation[] {
  const foreign = heads.filter(({ log }) => log !== own);
  if (new Set(foreign.map(({ log }) => log)).size < foreign.length) throw new SnapstageError('bug', 'A log has two heads.');
  const deepest = foreign.sort((a, b) => b.depth - a.depth).slice(0, MAX_SEEN);
  return deepest.sort((a, b) => (a.log < b.log ? -1 : 1));
}
