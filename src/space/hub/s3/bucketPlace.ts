/** Where a hub in a bucket is: `s3://BUCKET/PREFIX?endpoint=…&region=…&style=path|virtual`. Read strictly: a stranger may have written it. */
import { isLoopback } from '../loopback.ts';
import { SnapstageError } from '../../../base/errors.ts';

export interface BucketPlace {
  readonly kind: 's3';
  /** The whole text, as people and invite codes name it, and from which anybody gets to it. */
  readonly path: string;
  readonly bucket: string;
  /** What the names of all its objects start with, without a slash at either end; `''` when the hub is the whole bucket. */
  readonly prefix: string;
  /** Scheme, host and port of the server. */
  readonly endpoint: string;
  readonly region: string;
  /** Whether the bucket's name is the start of the path, or of the host's name. */
  readonly style: 'path' | 'virtual';
}

const SCHEME = /^s3:\/\/(?<bucket>[^/?#]*)(?:\/(?<prefix>[^?#]*))?(?:\?(?<query>[^#]*))?$/i;
/** docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^(?=.{3,63}$)[a-z0-9](?:[a-z0-9-]|\.(?![.-]))*(?<![.-])$/;
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
/** Characters that look the same in every path, listing and policy. */
const PART = /^[A-Za-z0-9_=.-]+$/;
const MAX_PREFIX = 512;
const REGION = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const HOST = /^(?:\[[0-9a-f:]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)$/;
const PARAMETERS = ['endpoint', 'region', 'style'] as const;
const DEFAULT_REGION = 'us-east-1';
const AMAZON = 'amazonaws.com';

type Parameters = Partial<Record<(typeof PARAMETERS)[number], string>>;

/**
 * The place that a text names. Without an endpoint it is Amazon’s of the region, where the bucket is part of the host’s name; elsewhere it
 * is part of the path. @throws SnapstageError `usage`.
 */
export function parseBucketPlace(text: string): BucketPlace {
  const { bucket = '', prefix = '', query = '' } = SCHEME.exec(text)?.groups ?? {};
  if (!BUCKET.test(bucket) || ADDRESS.test(bucket)) throw noPlace(text, 'it does not start with “s3://” and the name of a bucket');
  const parameters = parametersOf(text, query);
  const region = parameters.region ?? DEFAULT_REGION;
  if (!REGION.test(region)) throw noPlace(text, 'its region is none');
  const endpoint = endpointOf(text, parameters.endpoint ?? `https://s3.${region}.${AMAZON}${region.startsWith('cn-') ? '.cn' : ''}`);
  // The certificate of a wildcard covers one name alone.
  const style = parameters.style ?? (parameters.endpoint === undefined && !bucket.includes('.') ? 'virtual' : 'path');
  if (style !== 'path' && style !== 'virtual') throw noPlace(text, 'its style is neither “path” nor “virtual”');
  if (style === 'virtual' && ADDRESS.test(new URL(endpoint).hostname)) throw noPlace(text, 'an address of numbers has no names below it');
  const place = { bucket, prefix: prefixOf(text, prefix), endpoint, region, style } as const;
  return { kind: 's3', path: textOf(place), ...place };
}

/** The address of an object, or of the bucket itself; keys hold slashes and what `encodeKey` knows how to write. */
export function addressOf({ bucket, endpoint, style }: BucketPlace, key: string): URL {
  const url = new URL(endpoint);
  if (style === 'virtual') url.hostname = `${bucket}.${url.hostname}`;
  url.pathname = `${style === 'path' ? `/${bucket}` : ''}/${key.split('/').map(encodeKey).join('/')}`;
  return url;
}

/** As Amazon's signatures want it (RFC 3986): everything but letters, digits and `-._~`. */
export function encodeKey(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The bucket at its server, whatever the hub’s prefix in it: `https://s3.example.org/BUCKET`. Keys are for this. */
export function bucketAddress({ endpoint, bucket }: Pick<BucketPlace, 'endpoint' | 'bucket'>): string {
  return `${endpoint}/${bucket}`;
}

function textOf({ bucket, prefix, endpoint, region, style }: Omit<BucketPlace, 'kind' | 'path'>): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}?endpoint=${encodeURIComponent(endpoint)}&region=${region}&style=${style}`;
}

function parametersOf(text: string, query: string): Parameters {
  const found: Parameters = {};
  for (const pair of query === '' ? [] : query.split('&')) {
    const [key, value] = pair.split(/=(.*)/s) as [string, string?];
    const name = PARAMETERS.find((one) => one === key);
    if (name === undefined) throw noPlace(text, `“${key}” is none of what can be said of it: ${PARAMETERS.join(', ')}`);
    if (found[name] !== undefined || value === undefined || value === '') throw noPlace(text, `its ${name} is not said once`);
    try {
      found[name] = decodeURIComponent(value);
    } catch (error) {
      throw noPlace(text, `its ${name} can’t be read`, error);
    }
  }
  return found;
}

/** What was written must be what is contacted: whatever a browser would read differently is refused. */
function endpointOf(text: string, written: string): string {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const isPlain =
    url !== undefined && [url.origin, `${url.origin}/`].includes(written) && HOST.test(url.hostname) && !url.hostname.includes('..');
  if (!isPlain) throw noPlace(text, 'its endpoint is not the plain address of a server, such as “https://s3.example.org”');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw noPlace(text, 'its endpoint does not start with “https:”, and is not on this machine');
  }
  return url.origin;
}

function prefixOf(text: string, prefix: string): string {
  const plain = prefix.replace(/\/$/, '');
  if (plain === '') return '';
  const isPlain = plain.length <= MAX_PREFIX && plain.split('/').every((part) => PART.test(part) && !/^\.+$/.test(part));
  if (!isPlain) throw noPlace(text, 'its prefix is not made of letters, digits and “_=.-” between single slashes');
  return plain;
}

function noPlace(text: string, why: string, cause?: unknown): SnapstageError {
  // Somebody may have written keys into it: these are shown to nobody.
  const place = text.replace(/\/\/[^/?#]*@/, '//…@');
  return new SnapstageError('usage', `“${place}” can’t be the place of a hub: ${why}.`, { place }, cause);
}
