/**
 * A trail as one file that says by itself whether it is whole: lines of JSON. The first says of which Space it is and who wrote it; each
 * further one has a record as it is (base64), and, to be read by people and programs, what its writer could open of it; the last has the
 * SHA-256 of all lines before it and the writer's signature over that. No secret key is in it.
 */
import { createHash } from 'node:crypto';
import type { Body } from '../records/bodies.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { identityId, type PublicKeys } from '../records/identity.ts';

export const FORMAT = 'snapstage-audit';
export const VERSION = 1;
export const LABEL = 'snapstage audit 1';

/** A record with what its reader makes of it: plain values. */
export interface ExportedRecord {
  readonly record: SignedRecord;
  readonly entry: object;
  readonly body: Body | undefined;
}

export interface Exporter {
  readonly publicKeys: PublicKeys;
  sign(label: string, ...parts: readonly Uint8Array[]): Buffer;
}

export interface ExportHead {
  readonly space: string;
  readonly name: string | null;
  /** ISO 8601, UTC. */
  readonly made: string;
}

/** The lines of the file, `records` being in causal order. */
export function* encodeExport(head: ExportHead, records: Iterable<ExportedRecord>, exporter: Exporter): Generator<Buffer> {
  const hash = createHash('sha256');
  const line = (value: object): Buffer => {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    hash.update(bytes);
    return bytes;
  };
  const { sign, box } = exporter.publicKeys;
  yield line({ format: FORMAT, version: VERSION, ...head, by: { id: identityId({ sign, box }), sign, box } });
  let count = 0;
  for (const { record, entry, body } of records) {
    count += 1;
    yield line({ record: record.bytes.toString('base64'), entry, body: body === undefined ? null : withoutSecrets(body) });
  }
  const digest = hash.digest();
  const signature = exporter.sign(LABEL, digest).toString('base64url');
  yield Buffer.from(`${JSON.stringify({ records: count, sha256: digest.toString('hex'), signature })}\n`);
}

/** What a body says but for keys. */
function withoutSecrets(body: Body): object {
  if (!('secrets' in body)) return body;
  return { ...body, secrets: body.secrets.map(({ audience, epoch }) => ({ audience, epoch })) };
}

/** The lines of a file, without what ends them. The rest of one that is longer than `limit` bytes is left out. */
export async function* linesOf(parts: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let started: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer): void => {
    const kept = part.subarray(0, Math.max(0, limit + 1 - length));
    if (kept.length > 0) started.push(Buffer.from(kept));
    length += kept.length;
  };
  for await (const part of parts) {
    let from = 0;
    for (let end = part.indexOf(0x0a); end >= 0; end = part.indexOf(0x0a, from)) {
      add(part.subarray(from, end));
      yield Buffer.concat(started);
      started = [];
      length = 0;
      from = end + 1;
    }
    add(part.subarray(from));
  }
  if (length > 0) yield Buffer.concat(started);
}
