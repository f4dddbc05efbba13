/** What git's words mean for a hub, purely. They are English ones, as git is started so; servers add their own. */
import { replaceUnseen } from '../../../base/format.ts';
import { SnapstageError } from '../../../base/errors.ts';
import { hubReadOnly, hubUnreachable } from '../hub.ts';

export type Trouble =
  | 'race' // somebody else was quicker
  | 'full'
  | 'forbidden' // not allowed to write
  | 'owner' // git reads no repository of another user unless told to
  | 'stranger' // the server is not known, or is another one than it was
  | 'refused' // who asks is not known, or may not come in
  | 'moved'
  | 'absent' // there is no such repository
  | 'format' // a repository of a kind that is not known here
  | 'away'
  | 'odd'; // nothing that is known: it may be the cache, too

const WORDS: readonly (readonly [Trouble, RegExp])[] = [
  ['full', /no space left on device|disk quota exceeded|disk (?:is )?full|quota[^\n]* exceeded|exceed[^\n]* (?:quota|storage)/i],
  ['owner', /dubious ownership/i],
  ['race', /\(stale info\)|\(fetch first\)|cannot lock ref|failed to update ref|incorrect old value|reference already exists/i],
  ['stranger', /host key verification failed|remote host identification has changed/i],
  [
    'forbidden',
    /\[remote rejected\][^\n]*(?:declined|prohibited|denied|denying|hidden ref|protected|permission|read[- ]only|not allowed)|insufficient permission for adding|unable to create temporary object directory|permission to [^\n]* denied|not allowed to (?:push|upload|write)|write access[^\n]* not granted|deploy key|is archived|service not enabled[^\n]*receive-pack|W any [^\n]* DENIED/i,
  ],
  [
    'refused',
    /authentication failed|could not read (?:username|password)|prompts disabled|permission denied \(|returned error: 40[13]|access denied|invalid (?:username|credentials)|DENIED by|too many authentication failures/i,
  ],
  ['moved', /returned error: 30[1-8]|redirection/i],
  ['format', /mismatched algorithms|object format|hash algorithm/i],
  [
    'absent',
    /does not appear to be a git repository|repository[^\n]* not found|returned error: 404|not found: did you run|does not exist/i,
  ],
  [
    'away',
    /could not resolve|connection (?:refused|reset|timed out|closed)|failed to connect|couldn't connect|timed out|early eof|unexpected disconnect|hung up|rpc failed|unreachable|no route to host|empty reply|recv failure|send failure|(?:ssl|tls)[ _-]|returned error: (?:408|429|5\d\d)|kex_exchange|could not read from remote|transport '[a-z]+' not allowed/i,
  ],
];

/** What git's complaint means. */
export function troubleIn(err: string): Trouble {
  return WORDS.find(([, words]) => words.test(err))?.[0] ?? 'odd';
}

const MAX_WORDS = 200;

/** What git says, for people: the line that tells most, with nothing in it that signs somebody in. */
function wordsOf(err: string): string {
  const lines = err.split('\n').filter((line) => line !== '');
  const told =
    lines.find((line) => /^remote: .*(?:fatal|error|denied|FATAL)/i.test(line)) ??
    lines.find((line) => /^(?:fatal|ssh|error|FATAL|ERROR): |: Permission denied|^Host key verification/.test(line)) ??
    lines.at(-1) ??
    'nothing';
  // A user may have settings by which git puts a token into addresses.
  const plain = replaceUnseen(told, () => '\ufffd').replaceAll(/:\/\/[^/@\s]*@/g, '://');
  return plain.length > MAX_WORDS ? `${plain.slice(0, MAX_WORDS)}…` : plain;
}

/** The error for what git said of a hub. */
export function errorFor(place: string, err: string, isWriting: boolean): SnapstageError {
  const trouble = troubleIn(err);
  const words = wordsOf(err);
  const cause = new Error(words);
  const shut = (why: string): SnapstageError =>
    new SnapstageError('io', `The hub ${place} can’t be reached: ${why}`, { reason: 'hub-unreachable', hub: place, trouble }, cause);
  switch (trouble) {
    case 'full':
      return new SnapstageError('no-space', `No space left for what the hub ${place} is to hold (${words}).`, { hub: place }, cause);
    case 'forbidden':
      return hubReadOnly(place, cause);
    case 'refused':
      if (isWriting && /returned error: 403/.test(err)) return hubReadOnly(place, cause);
      return shut(`it does not let you in with what git has to sign in with (${words}). Sign in with git in a terminal, and try again.`);
    case 'stranger':
      return shut(`its server is not the one that ssh knows (${words}). Connect to it by ssh in a terminal, and try again.`);
    case 'owner':
      return shut(
        `the repository belongs to another user, and git reads such only where its setting safe.directory names them (${words}).`,
      );
    case 'moved':
      return shut('its server says that it is at another address. Use the one that the server shows for cloning.');
    case 'absent':
      return shut(`there is no such repository, or not for you (${words}). Sign in with git in a terminal, or look at the address.`);
    case 'format':
      return shut(`its repository has object names of another kind than SHA-1 (${words}). Use another repository.`);
    case 'race':
      return shut('others write to it without a pause. Try again.');
    case 'away':
    case 'odd':
      return hubUnreachable(place, words, cause);
  }
}

const UNITS: Readonly<Record<string, number>> = { bytes: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** How many bytes git says that it has received, in what it tells of its progress. */
export function receivedIn(words: string): number {
  const [, number = '0', unit = 'bytes'] = [...words.matchAll(/Receiving objects: [^\r\n]*?, ([\d.]+) (bytes|[KMG]iB) /g)].at(-1) ?? [];
  return Number(number) * UNITS[unit]!;
}
