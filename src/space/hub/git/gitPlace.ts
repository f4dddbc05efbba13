/**
 * The place of a hub in a git repository: `git+ssh://…`, `git+https://…`, `git+file://…`, and `git+http://…` of this machine alone.
 * What git itself takes besides (`host:path`, `ext::…`, addresses with options) is none: an invite is written by a stranger.
 */
import { isLoopback } from '../loopback.ts';

/** How git reaches the repository. */
export type GitProtocol = 'ssh' | 'https' | 'http' | 'file';

export interface GitPlace {
  readonly kind: 'git';
  /** The whole text, as people and invite codes name it. */
  readonly path: string;
  /** As git takes it: an address with nothing secret in it, which begins with the protocol. */
  readonly address: string;
  readonly protocol: GitProtocol;
}

/** Stands in an address for the name of a repository where each area has one of its own. */
export const AREA = '{area}';

const ADDRESS = /^git\+(?<protocol>ssh|https|http|file):\/\/(?<authority>[^/]*)(?<path>\/.*)$/i;
const AUTHORITY = /^(?:(?<user>[^@]*)@)?(?<host>[^@:[\]]+|\[[0-9A-Fa-f:.]+\])(?::(?<port>\d{1,5}))?$/;
const USER = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[.+\])$/;
/** What no shell, no program and no address takes for anything but itself. */
const SEGMENT = /^[\p{L}\p{M}\p{N}._~+@=,%-]*$/u;
/** The home of a user, as git servers know it. */
const HOME = /^~[A-Za-z0-9._-]*$/;

/** The place that an address names, or why it names none: the end of a sentence. `text` has nothing in it that can't be seen. */
export function readGitPlace(text: string): GitPlace | { readonly why: string } {
  const { protocol: written = '', authority = '', path = '' } = ADDRESS.exec(text)?.groups ?? {};
  const protocol = written.toLowerCase() as GitProtocol | '';
  if (protocol === '') return { why: 'it is no address of a git repository' };
  const why = (protocol === 'file' ? oddFolder(authority) : oddAuthority(protocol, authority)) ?? oddPath(protocol, path);
  return why === undefined ? { kind: 'git', path: text, address: `${protocol}://${authority}${path}`, protocol } : { why };
}

function oddFolder(authority: string): string | undefined {
  return authority === '' ? undefined : 'a repository that is reached by a path is on this machine';
}

function oddAuthority(protocol: GitProtocol, authority: string): string | undefined {
  const { user, host = '', port } = AUTHORITY.exec(authority)?.groups ?? {};
  // A password has a colon in it; where people sign in by http, the name of a user may be a token.
  if (authority.slice(0, authority.lastIndexOf('@') + 1).includes(':') || (user !== undefined && protocol !== 'ssh'))
    return 'what signs you in does not belong in it: git’s credential helpers keep that';
  if (!HOST.test(host) || host.includes('..')) return 'it names no server';
  if (user !== undefined && !USER.test(user)) return 'it names no user of a server';
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return 'it names no port of a server';
  if (protocol === 'http' && !isLoopback(host)) return 'without encryption only this machine is asked: use git+https';
  return undefined;
}

function oddPath(protocol: GitProtocol, path: string): string | undefined {
  const bare = path.replace(AREA, 'area');
  let plain: string;
  try {
    plain = decodeURIComponent(bare);
  } catch {
    return 'it has a % that stands for nothing';
  }
  const segments = plain.split('/').slice(1);
  if (segments.every((segment) => segment === '')) return 'it names no repository';
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'it has “.” or “..” in it';
  if (segments.some((segment) => segment.startsWith('-'))) return 'a part of it starts with a dash, as an option of a program does';
  if (protocol === 'ssh' && segments[0]!.startsWith('~') && !HOME.test(segments[0]!)) return 'it leads to nobody’s home';
  const drive = protocol === 'file' ? bare.replace(/^\/[A-Za-z]:\//, '/') : bare;
  const parts = drive.split('/').slice(1);
  if (!parts.every((part) => SEGMENT.test(part)) || !isPlain(decodeURIComponent(drive)))
    return 'it has characters that addresses of repositories don’t have';
  return undefined;
}

/** Spaces may be written as %20; nothing else that is written so may be more than a letter. */
function isPlain(decoded: string): boolean {
  return decoded.split('/').every((segment) => SEGMENT.test(segment.replaceAll(' ', '')) && segment.trim() === segment);
}
