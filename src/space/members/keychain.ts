import { timingSafeEqual } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import { idHex, idOf } from '../../store/ids.ts';
import { preAuthEncoding } from '../crypto/encoding.ts';
import { openFrom, type BoxKey } from '../crypto/hpke.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';
import type { Body, UnknownBody } from '../records/bodies.ts';
import type { Header, SignedRecord } from '../records/envelope.ts';
import { identityId, publicKeysOf } from '../records/identity.ts';
import type { KnownSecret, Wrap } from '../records/membership.ts';
import { audienceBox, audienceKey, readBoxed, readClear, readSealed } from '../records/sealedBodies.ts';

/** One key of an audience: its secret was made by this record, and is named by the record's hash. */
export interface Epoch {
  readonly id: string;
  readonly audience: string;
  readonly record: SignedRecord;
  readonly commitment: string;
  /** Those in the record; of very many recipients the others are in the shards. */
  readonly wraps: readonly Wrap[];
  readonly shards: readonly string[];
  readonly previous: readonly Before[];
  /** Of `masters` alone: what members seal to. */
  readonly public: string | null;
}

/** An epoch's secret where its id is known. */
export interface EpochSecret {
  readonly id: string;
  readonly secret: Buffer;
}

/** An epoch before another, its secret sealed to that one's. */
export interface Before {
  readonly epoch: string;
  readonly box: string;
}

/** What a record says, as far as this reader can tell. */
export type ReadBody =
  | { readonly kind: 'body'; readonly body: Body }
  | { readonly kind: 'unknown'; readonly name: string }
  /** Not for this reader. */
  | { readonly kind: 'sealed' }
  /** It could be opened, and nobody can make sense of it. */
  | { readonly kind: 'bad' };

/** The keys that a reader has, and what they open. */
export class Keychain {
  private readonly space: string;
  private readonly boxes: Map<string, BoxKey>;
  private readonly secrets = new Map<string, KnownSecret>();
  private readonly failed = new Set<string>();
  private readonly bodies = new Map<string, ReadBody>();

  /** `identities` are all that the reader has keys of: its own, an invite's, the root's. */
  constructor(space: string, identities: readonly KeyPairs[]) {
    this.space = space;
    this.boxes = new Map(identities.map((identity) => [identityId(publicKeysOf(identity)), identity.box]));
  }

  /** The secret of an epoch, 32 bytes, when this reader has it. */
  secretOf(epoch: string): Buffer | undefined {
    const known = this.secrets.get(epoch);
    return known && Buffer.from(known.secret, 'base64url');
  }

  /** The key that files and bodies of an epoch are sealed with. @throws SnapstageError `refused` when this reader has none. */
  keyOf(epoch: string): Buffer {
    const known = this.secrets.get(epoch);
    if (known === undefined) throw new SnapstageError('refused', 'This instance has no key for what it wants to read.', { epoch });
    return audienceKey(this.space, known.audience, Buffer.from(known.secret, 'base64url'));
  }

  /** Takes a secret in, unless it is another than the one the epoch was made with. Returns whether it is new. */
  learn(epoch: Epoch, secret: Buffer): boolean {
    if (this.secrets.has(epoch.id) || !isCommitted(this.space, epoch, secret)) return false;
    this.secrets.set(epoch.id, { audience: epoch.audience, epoch: epoch.id, secret: secret.toString('base64url') });
    if (epoch.public !== null) {
      const box = audienceBox(this.space, epoch.audience, secret);
      if (box.publicKey.toString('hex') === epoch.public) this.boxes.set(mastersRecipient(epoch.id), box);
    }
    return true;
  }

  /** The secret of an epoch by one of its wraps, `wraps` being those in the record and of shards that are here. */
  unwrap(epoch: Epoch, wraps: readonly Wrap[]): Buffer | undefined {
    for (const { to, box } of wraps) {
      const key = this.boxes.get(to);
      // A key is tried once: strangers may write many wraps that it can't open.
      const attempt = `${epoch.id} ${to}`;
      if (key === undefined || this.failed.has(attempt)) continue;
      const secret = tryOpen(key, wrapContext(this.space, epoch.audience, epoch.record.header, to), box);
      if (secret !== undefined) return secret;
      this.failed.add(attempt);
    }
    return undefined;
  }

  /** The secret of an epoch before, by that of this one. */
  unwrapBefore({ id, audience, record }: Epoch, { epoch, box }: Before): Buffer | undefined {
    const secret = this.secretOf(id);
    if (secret === undefined) return undefined;
    return tryOpen(audienceBox(this.space, audience, secret), wrapContext(this.space, audience, record.header, epoch), box);
  }

  /** What a record says. What is sealed for others is asked for again each time: keys may come. */
  read(record: SignedRecord): ReadBody {
    const known = this.bodies.get(record.hash);
    if (known !== undefined) return known;
    const found = this.open(record);
    if (found.kind !== 'sealed') this.bodies.set(record.hash, found);
    return found;
  }

  /** The identities and Masters' epochs that this reader can open wraps for. */
  get recipients(): ReadonlySet<string> {
    return new Set(this.boxes.keys());
  }

  private open(record: SignedRecord): ReadBody {
    const { audience, epoch } = record.header;
    try {
      if (audience === 'clear') return asRead(readClear(record));
      if (audience.startsWith('box-')) {
        const key = this.boxes.get(audience.slice(4));
        return key === undefined ? { kind: 'sealed' } : asRead(readBoxed(record, key));
      }
      const known = this.secrets.get(epoch ?? '');
      if (known === undefined) return { kind: 'sealed' };
      if (known.audience !== audience) return { kind: 'bad' };
      return asRead(readSealed(record, Buffer.from(known.secret, 'base64url')));
    } catch (error) {
      if (error instanceof SnapstageError && error.code === 'damaged') return { kind: 'bad' };
      throw error;
    }
  }
}

/** What a wrap for the Masters of this epoch is addressed to. */
export function mastersRecipient(epoch: string): string {
  return epoch.slice(0, 32);
}

/** What all recipients of an epoch can compare: two of them given different secrets would see it. */
export function commitmentTo(space: string, audience: string, secret: Buffer): string {
  return idHex(idOf(preAuthEncoding('snapstage epoch 1', space, audience, secret)));
}

/** Binds a wrap to its place: in another record, or for somebody else, it can't be opened. */
export function wrapContext(space: string, audience: string, at: Pick<Header, 'log' | 'sequence'>, to: string): Buffer {
  return preAuthEncoding('snapstage wrap 1', space, audience, at.log, String(at.sequence), to);
}

export const WRAP_INFO = Buffer.from('snapstage wrap 1');

function isCommitted(space: string, { audience, commitment }: Epoch, secret: Buffer): boolean {
  return timingSafeEqual(Buffer.from(commitmentTo(space, audience, secret)), Buffer.from(commitment));
}

function tryOpen(key: BoxKey, context: Buffer, box: string): Buffer | undefined {
  try {
    return openFrom(key, WRAP_INFO, context, Buffer.from(box, 'base64url'));
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return undefined;
    throw error;
  }
}

function asRead(body: Body | UnknownBody): ReadBody {
  return 'unknown' in body ? { kind: 'unknown', name: body.unknown } : { kind: 'body', body };
}
