/**
 * Keys as other programs of S3 find them: in the environment, and in the profiles of `~/.aws`
 * (docs.aws.amazon.com/sdkref/latest/guide/file-format.html). A place may come from a stranger, so keys go only to the endpoint that their
 * user gave them: that of the environment or of their profile, or Amazon's own where none is named.
 */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isSystemError, toSnapstageError } from '../../../base/errors.ts';
import type { KeySource } from './bucket.ts';
import type { BucketPlace } from './bucketPlace.ts';
import { keysRefused } from './refusal.ts';
import type { Keys } from './signature.ts';

export type Settings = ReadonlyMap<string, string>;

/** What the two files say: profiles by name, and services by the names that profiles have for them. */
export interface Profiles {
  readonly profiles: ReadonlyMap<string, Settings>;
  readonly services: ReadonlyMap<string, Settings>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const SECTION = /^\[\s*(?:(?<kind>profile|services|sso-session)\s+)?(?<name>[^\]]+?)\s*\]$/;
const SETTING = /^(?<indent>\s*)(?<name>[^\s=]+)\s*=\s*(?<value>.*)$/;
/** Amazon's own servers of S3: other names below its domain can be had by anybody. */
const AMAZON = /^https:\/\/s3(?:[.-](?:dualstack\.|fips\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/;
/** What a profile can have in the place of keys. */
const OTHERS = ['sso_session', 'sso_start_url', 'role_arn', 'credential_process', 'web_identity_token_file', 'login_session'];
const DEFAULT = 'default';

/** Profiles of the two files; what one of them says of keys counts more than what the other says. Lines that are none are passed over. */
export function parseProfiles(credentials: string, config: string): Profiles {
  const profiles = new Map<string, Map<string, string>>();
  const services = new Map<string, Map<string, string>>();
  for (const [text, isConfig] of [
    [config, true],
    [credentials, false],
  ] as const) {
    let into: Map<string, string> | undefined;
    let group = '';
    for (const line of text.split(/\r?\n/).filter((one) => !/^\s*(?:[#;]|$)/.test(one))) {
      const section = SECTION.exec(line.trim())?.groups;
      if (section !== undefined) {
        const { kind, name = '' } = section;
        const isProfile = kind === 'profile' || (kind === undefined && (!isConfig || name === DEFAULT));
        const all = isProfile ? profiles : isConfig && kind === 'services' ? services : undefined;
        into = all?.get(name) ?? new Map<string, string>();
        all?.set(name, into);
        group = '';
        continue;
      }
      const { indent, name = '', value = '' } = SETTING.exec(line)?.groups ?? {};
      const plain = value.replace(/\s[#;].*$/, '').trim();
      if (indent === '') group = plain === '' ? `${name}.` : '';
      if (name !== '' && plain !== '') into?.set(indent === '' ? name : group + name, plain);
    }
  }
  return { profiles, services };
}

/**
 * The keys that their user bound to the place: those of the environment, of the profile that it names, of the default one, or of the only
 * one whose endpoint it is. @throws SnapstageError `io` with the reason `hub-unreachable`, and what to do.
 */
export function keysFor(place: BucketPlace, env: Environment, { profiles, services }: Profiles): Keys {
  const set = (name: string): string | undefined => env[name] || undefined;
  const ofAll = set('AWS_ENDPOINT_URL_S3') ?? set('AWS_ENDPOINT_URL');
  const [id, secret] = [set('AWS_ACCESS_KEY_ID'), set('AWS_SECRET_ACCESS_KEY')];
  const isBound = (endpoint: string | undefined): boolean =>
    endpoint === undefined ? AMAZON.test(place.endpoint) : originOf(endpoint) === place.endpoint;
  if (id !== undefined && secret !== undefined && isBound(ofAll)) return keysOf(id, secret, set('AWS_SESSION_TOKEN'));

  const named = set('AWS_PROFILE') ?? set('AWS_DEFAULT_PROFILE');
  const boundTo = (profile: Settings): string | undefined =>
    ofAll ?? services.get(profile.get('services') ?? '')?.get('s3.endpoint_url') ?? profile.get('endpoint_url');
  const bound = [...profiles].filter(([, profile]) => isBound(boundTo(profile)));
  const [name, chosen] =
    bound.find(([one]) => one === (named ?? DEFAULT)) ??
    (named === undefined && bound.length === 1 && boundTo(bound[0]![1]) !== undefined ? bound[0]! : []);
  if (name === undefined || chosen === undefined) throw keysRefused(place, missing(place, named, [...profiles.keys()]));
  const [ownId, ownSecret] = [chosen.get('aws_access_key_id'), chosen.get('aws_secret_access_key')];
  if (ownId !== undefined && ownSecret !== undefined) return keysOf(ownId, ownSecret, chosen.get('aws_session_token'));
  const other = OTHERS.find((one) => chosen.has(one));
  const why =
    other === undefined
      ? `the profile “${name}” has no keys`
      : `the profile “${name}” has no keys but ${other}; “aws configure export-credentials” gives keys for the environment`;
  throw keysRefused(place, why);
}

/** Reads the environment and the files each time it is asked. `home` is the user's folder. */
export function environmentKeys(env: Environment, home: string): KeySource {
  const at = (name: string, file: string): string => env[name] || path.join(home, '.aws', file);
  return async (place) => {
    const [credentials, config] = await Promise.all([
      textOf(at('AWS_SHARED_CREDENTIALS_FILE', 'credentials')),
      textOf(at('AWS_CONFIG_FILE', 'config')),
    ]);
    return keysFor(place, env, parseProfiles(credentials, config));
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return '';
    throw toSnapstageError(error);
  }
}

function keysOf(id: string, secret: string, token: string | undefined): Keys {
  return { id, secret, ...(token === undefined ? {} : { token }) };
}

function missing({ endpoint }: BucketPlace, named: string | undefined, known: readonly string[]): string {
  if (named !== undefined && !known.includes(named)) return `there is no profile “${named}” in ~/.aws`;
  const profile = named === undefined ? 'a profile in ~/.aws' : `the profile “${named}”`;
  return `no keys are meant for ${endpoint}; give ${profile} the line “endpoint_url = ${endpoint}”, or set AWS_ENDPOINT_URL_S3 beside keys in the environment`;
}

/** As the endpoint of a place is written; what is no address is bound to nothing. */
function originOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).origin : undefined;
}
