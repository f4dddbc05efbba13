/** Signature Version 4, as S3 takes it (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). */
import { createHash, createHmac } from 'node:crypto';
import { encodeKey } from './bucketPlace.ts';

/** What a server knows its user by. */
export interface Keys {
  readonly id: string;
  readonly secret: string;
  /** Of keys that last for a while only. */
  readonly token?: string;
}

export interface Unsigned {
  readonly method: string;
  /** Path and query as they are sent. */
  readonly url: URL;
  /** Lower-case names; all of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, in hexadecimal. The server computes it too: so no byte of a body changes on the way unnoticed. */
  readonly bodyHash: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The query of an address, written and ordered as it is signed. */
export function queryOf(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => [encodeKey(name), encodeKey(value)] as const);
  return pairs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
}

/** All headers to send with a request: those that it has, and the signature’s. `now` in milliseconds since 1970. */
export function signed({ method, url, headers, bodyHash }: Unsigned, keys: Keys, region: string, now: number): Record<string, string> {
  const time = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const all: Record<string, string> = { ...headers, host: url.host, 'x-amz-content-sha256': bodyHash, 'x-amz-date': time };
  if (keys.token !== undefined) all['x-amz-security-token'] = keys.token;
  const names = Object.keys(all).sort();
  const canonical = [
    method,
    url.pathname,
    url.search.slice(1),
    ...names.map((name) => `${name}:${all[name]!.trim()}`),
    '',
    names.join(';'),
    bodyHash,
  ].join('\n');
  const toSign = [ALGORITHM, time, scope, sha256(canonical)].join('\n');
  const key = [time.slice(0, 8), region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${keys.secret}`) as Buffer;
  const signature = hmac(key, toSign).toString('hex');
  all['authorization'] = `${ALGORITHM} Credential=${keys.id}/${scope},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return all;
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
