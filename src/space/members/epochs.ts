import type { Host } from '../../base/host.ts';
import { idHex, idOf } from '../../store/ids.ts';
import { sealTo } from '../crypto/hpke.ts';
import { KEY_BYTES } from '../crypto/rawKeys.ts';
import type { LogWriter } from '../logs/logWriter.ts';
import { MAX_PREVIOUS, type Wrap } from '../records/membership.ts';
import { audienceBox } from '../records/sealedBodies.ts';
import { MASTERS, type Recipient } from './audiences.ts';
import { commitmentTo, WRAP_INFO, wrapContext, type EpochSecret } from './keychain.ts';
import { divide } from './shards.ts';

/** An epoch that was just made. */
export interface NewEpoch extends EpochSecret {
  readonly audience: string;
  readonly public: string | null;
}

/** The first epoch of a log's own vault is made by its first record, which asks for a place. */
export interface FirstEpoch {
  readonly commitment: string;
  readonly wraps: Wrap[];
}

/** Makes a new epoch of an audience, which also opens those before. Recipients that come first are in the record, whatever their number. */
export function writeEpoch(
  writer: LogWriter,
  audience: string,
  recipients: readonly Recipient[],
  previous: readonly EpochSecret[],
  host: Pick<Host, 'randomHex'>,
): NewEpoch {
  const secret = Buffer.from(host.randomHex(KEY_BYTES), 'hex');
  const box = audienceBox(writer.space, audience, secret);
  const { inside, shards } = divide(
    recipients.map((recipient) => wrapFor(writer, audience, recipient, secret, host)),
    OFFICE,
  );
  const published = audience === MASTERS ? box.publicKey.toString('hex') : null;
  const before = previous.slice(0, MAX_PREVIOUS).map(({ id, secret: old }) => {
    const { box: sealed } = wrapFor(writer, audience, { id, box: box.publicKey.toString('hex') }, old, host);
    return { epoch: id, box: sealed };
  });
  const body = {
    kind: 'keys' as const,
    audience,
    commitment: commitmentTo(writer.space, audience, secret),
    wraps: [...inside],
    public: published,
    previous: before,
    shards: shards.map((shard) => idHex(idOf(shard))),
  };
  writer.attached.push(...shards);
  const { hash } = writer.write(body, { audience: 'clear' });
  return { id: hash, audience, secret, public: published };
}

/** What the first record of a log says of its vault. */
export function firstEpoch(
  writer: LogWriter,
  audience: string,
  recipients: readonly Recipient[],
  host: Pick<Host, 'randomHex'>,
): FirstEpoch {
  const secret = Buffer.from(host.randomHex(KEY_BYTES), 'hex');
  return {
    commitment: commitmentTo(writer.space, audience, secret),
    wraps: recipients.map((recipient) => wrapFor(writer, audience, recipient, secret, host)),
  };
}

/** Root and Masters' epoch, who come first. */
const OFFICE = 2;

function wrapFor(
  { space, log, sequence }: LogWriter,
  audience: string,
  { id, box }: Recipient,
  secret: Buffer,
  host: Pick<Host, 'randomHex'>,
): Wrap {
  const context = wrapContext(space, audience, { log, sequence }, id);
  return { to: id, box: sealTo(Buffer.from(box, 'hex'), WRAP_INFO, context, secret, host).toString('base64url') };
}
