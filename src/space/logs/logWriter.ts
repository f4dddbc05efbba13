import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';
import type { Body } from '../records/bodies.ts';
import { MAX_SEEN, writeRecord, type SignedRecord } from '../records/envelope.ts';
import { identityId, publicKeysOf } from '../records/identity.ts';
import { storeBody, type Target } from '../records/sealedBodies.ts';
import type { Citation } from '../records/shapes.ts';

/** Makes the next records of one's own log, in memory: `OwnLog` saves them. */
export class LogWriter {
  readonly log: string;
  readonly space: string;
  readonly identity: KeyPairs;
  /** What was written and is not saved yet. */
  readonly written: SignedRecord[] = [];
  /** Files that records written here name by their hash: they have to be in the hub first. */
  readonly attached: Buffer[] = [];
  private readonly host: Pick<Host, 'randomHex'>;
  private readonly seen: readonly Citation[];
  private last: SignedRecord | undefined;

  /** `last` is the newest record of the log, if it has one; `seen` are the heads of Masters' logs that all records are to cite. */
  constructor(space: string, identity: KeyPairs, last: SignedRecord | undefined, seen: readonly Citation[], host: Pick<Host, 'randomHex'>) {
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
