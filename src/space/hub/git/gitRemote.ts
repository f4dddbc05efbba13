/** A hub's repository as this instance knows it: what its refs have, looked at, fetched and pushed through a cache. One call at a time. */
import { isSystemError, SnapstageError, toSnapstageError } from '../../../base/errors.ts';
import type { Host } from '../../../base/host.ts';
import { parentPath } from '../../../base/paths.ts';
import type { Work } from '../../../base/work.ts';
import { hubUnreachable } from '../hub.ts';
import type { Pace } from '../pace.ts';
import { errorFor, receivedIn, troubleIn } from './answers.ts';
import { GitCache } from './gitCache.ts';
import type { GitPlace } from './gitPlace.ts';
import { gitEnvironment, REMOTE, settingsFor, type Answer, type GitProgram, type RunOptions } from './gitProgram.ts';
import { commitOf, contentsOf, NOTHING, SMALL, treeOf, type Contents } from './objects.ts';
import { MARKERS, versionIn } from './refs.ts';

const VERSION = 1;
const PATIENCE_MS = 60_000;

export interface RemoteOptions {
  readonly place: Pick<GitPlace, 'address' | 'path' | 'protocol'>;
  /** A folder of this user's own, absolute: it need not be there, and may be removed at any time. */
  readonly cache: string;
  readonly program: GitProgram;
  readonly host: Pick<Host, 'now' | 'randomHex'>;
  /** Milliseconds after which a server that says nothing is given up. */
  readonly patience?: number;
  /** Nobody can slow git down: after what went too fast it rests. */
  readonly pace?: Pace;
}

/** What a ref was when it was last looked at. */
export interface Known {
  /** `undefined` for a ref that is not there. */
  readonly commit: string | undefined;
  /** False for something else that somebody put there: git must not be told of it as of a commit. */
  readonly isCommit: boolean;
  readonly contents: Contents;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What became of a push: nobody can say of an `unclear` one whether it happened. */
export type Pushed = { readonly kind: 'done' | 'race' } | { readonly kind: 'unclear'; readonly error: SnapstageError };

/** Nothing that is known to be wrong with a hub: the cache may be. */
class Puzzle extends Error {
  readonly error: SnapstageError;

  constructor(error: SnapstageError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}

export class GitRemote {
  readonly cache: GitCache;
  /** The hub's version, where it was seen to be one. */
  version: number | undefined;
  /** The server leaves blobs out, and then does not give them by their ids, as old ones do: all has to come at once. */
  private isPlain = false;
  private readonly options: RemoteOptions;
  private readonly known = new Map<string, Known>();
  /** Beginnings of refs of which was asked what they once were. */
  private readonly recalled = new Set<string>();

  constructor(options: RemoteOptions) {
    const { place, cache, program, host } = options;
    const settings = settingsFor(place.address, place.protocol, program.file);
    this.options = options;
    this.cache = new GitCache(cache, host, { file: program.file, env: gitEnvironment(program.env, place.protocol) }, settings);
  }

  /** What a ref was when it was last looked at, here or elsewhere. */
  last(ref: string): Known | undefined {
    return this.known.get(ref);
  }

  /** Refs that begin so and were there when they were last looked at. */
  refs(prefix: string): Map<string, Known> {
    return new Map([...this.known].filter(([ref, { commit }]) => ref.startsWith(prefix) && commit !== undefined));
  }

  /**
   * Looks what the refs that begin with one of these are, and fetches what they have, small blobs with it. @throws SnapstageError; also
   * when this is no hub.
   */
  async look(prefixes: readonly string[], work: Work, isMaking = false): Promise<void> {
    await this.trying(() => this.lookOnce(prefixes, work));
    if (isMaking && this.version === undefined) return;
    if (this.version === undefined) {
      const { code, message, details } = hubUnreachable(
        this.options.place.path,
        'there is a repository, but it is no hub, or not any longer',
      );
      throw new SnapstageError(code, message, { ...details, trouble: 'unmade' });
    }
    if (this.version > VERSION) {
      const message = `The hub ${this.options.place.path} was made by a newer Snapstage.`;
      throw new SnapstageError('newer-format', message, { format: this.version });
    }
  }

  /** All refs that the repository has below `refs/snapstage`. */
  async names(work: Work): Promise<string[]> {
    return this.trying(async () => {
      const { out } = this.checked(await this.git(['ls-remote', REMOTE, 'refs/snapstage/*'], { work }));
      return out
        .toString('utf8')
        .split('\n')
        .flatMap((line) => line.split('\t')[1] ?? []);
    });
  }

  /**
   * Lets a ref have this, if it is still what it was when it was `known`; of `any`, whatever it is. @throws SnapstageError when it can't be,
   * or nobody is let in.
   */
  async push(ref: string, from: Known | 'any', contents: Contents, work: Work): Promise<Pushed> {
    const tree = await this.cache.writeObject('tree', treeOf(contents));
    const commit = await this.cache.writeObject('commit', commitOf(tree));
    const old = from === 'any' ? undefined : from.commit;
    await this.cache.setShallow(from !== 'any' && from.commit !== undefined && from.isCommit ? [from.commit] : []);
    const lease = from === 'any' ? '--force' : `--force-with-lease=${ref}:${old ?? ''}`;
    const options = ['--porcelain', '--progress', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no', lease];
    const answer = await this.git(['push', ...options, REMOTE, `${commit}:${ref}`], { work });
    if (answer.code === 0) {
      this.known.set(ref, { commit, isCommit: true, contents, at: this.options.host.now() });
      await this.cache.setRef(ref, commit);
      return { kind: 'done' };
    }
    const said = saidIn(answer);
    const error = this.errorOf({ ...answer, err: said }, true);
    switch (answer.isLate ? 'away' : troubleIn(said)) {
      case 'race':
        return { kind: 'race' };
      case 'away':
      case 'odd':
        return { kind: 'unclear', error };
      case 'full':
      case 'forbidden':
      case 'owner':
      case 'stranger':
      case 'refused':
      case 'moved':
      case 'format':
      case 'absent':
        throw error;
    }
  }

  /**
   * Fetches blobs by their ids, of which about so many bytes are expected; what the server has not is not there afterwards. Resolves to
   * false where it gives none by its id.
   */
  async fetchBlobs(ids: readonly string[], bytes: number, work: Work): Promise<boolean> {
    const most = 2 * bytes + (1 << 20);
    const onWords = (words: string): void => {
      if (receivedIn(words) > most)
        throw new SnapstageError('damaged', `The hub ${this.options.place.path} sends more than it says that it has.`);
    };
    const options = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance', '--progress'];
    const settings = [...PROMISED, '-c', 'fetch.negotiationAlgorithm=noop'];
    return this.trying(async () => {
      await this.cache.setShallow([]);
      const input = ids.map((id) => `${id}\n`).join('');
      const answer = await this.git([...settings, 'fetch', ...options, '--filter=blob:none', '--stdin', REMOTE], { input, work, onWords });
      if (/unadvertised object/.test(answer.err)) return false;
      if (!/not our ref/.test(answer.err)) this.checked(answer);
      return true;
    });
  }

  /** Looks at a ref and fetches all that it has, from now on always. */
  async lookPlainly(ref: string, work: Work): Promise<void> {
    this.isPlain = true;
    this.known.clear();
    await this.cache.renew(false);
    await this.look([ref], work);
  }

  /** Forgets a blob that was sent. */
  async drop(id: string): Promise<void> {
    if (!this.isPlain) await this.cache.dropObject(id);
  }

  /** Forgets what was fetched, as it may be what is wrong. */
  async renew(): Promise<void> {
    await this.cache.renew(true);
    this.known.clear();
  }

  private async lookOnce(prefixes: readonly string[], work: Work): Promise<void> {
    if (!this.isPlain) for (const prefix of prefixes) await this.recall(prefix);
    const tips = new Map(prefixes.flatMap((prefix) => this.tips(prefix).map((tip) => [tip, prefix])));
    await this.cache.setShallow([...tips.keys()]);
    const settings = [...(this.isPlain ? [] : PROMISED), ...(tips.size === 0 ? ['-c', 'fetch.negotiationAlgorithm=noop'] : [])];
    const options = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance', '--prune', '--progress'];
    for (const prefix of new Set(tips.values())) options.push(`--negotiation-tip=${prefix}*`);
    if (!this.isPlain) options.push(`--filter=blob:limit=${SMALL}`);
    const specs = [...prefixes.map((prefix) => `${prefix}*`), MARKERS].map((one) => `+${one}:${one}`);
    this.checked(await this.git([...settings, 'fetch', ...options, REMOTE, ...specs], { work }));
    const versions = [...(await this.cache.refsIn(parentPath(MARKERS))).keys()].flatMap((ref) => versionIn(ref) ?? []);
    this.version = versions.length === 0 ? undefined : Math.max(...versions);
    for (const prefix of prefixes) await this.adopt(prefix);
  }

  /** Commits that refs that begin so were when they were last looked at. */
  private tips(prefix: string): string[] {
    return [...this.refs(prefix).values()].flatMap(({ commit, isCommit }) => (isCommit ? (commit ?? []) : []));
  }

  /** Takes over what was fetched. */
  private async adopt(prefix: string): Promise<void> {
    const at = this.options.host.now();
    const found = [...(await this.cache.refsIn(parentPath(`${prefix}*`)))].filter(([ref]) => ref.startsWith(prefix));
    const changed = new Map(found.filter(([ref, commit]) => this.known.get(ref)?.commit !== commit));
    const fetched = await this.contentsOf([...changed.values()]);
    const there = found.map(([ref, commit]) => {
      const contents = changed.has(ref) ? fetched.get(commit) : this.known.get(ref)?.contents;
      const isCommit = changed.has(ref) ? contents !== undefined : this.known.get(ref)!.isCommit;
      return [ref, { commit, isCommit, contents: contents ?? NOTHING, at }] as const;
    });
    for (const ref of this.refs(prefix).keys()) this.known.set(ref, absent(at));
    if (!prefix.endsWith('/')) this.known.set(prefix, absent(at));
    for (const [ref, known] of there) this.known.set(ref, known);
    for (const [ref, commit] of changed) await this.cache.remember(ref, commit);
  }

  /** What refs that begin so were when anybody who shares the cache last saw them, as far as that is still there. */
  private async recall(prefix: string): Promise<void> {
    if (this.recalled.has(prefix)) return;
    this.recalled.add(prefix);
    const once = [...(await this.cache.remembered(prefix))].filter(([ref]) => !this.known.has(ref));
    if (once.length === 0) return;
    const contents = await this.contentsOf(once.map(([, commit]) => commit));
    for (const [ref, commit] of once) {
      const had = contents.get(commit);
      if (had === undefined) continue;
      this.known.set(ref, { commit, isCommit: true, contents: had, at: -Infinity });
      await this.cache.setRef(ref, commit);
    }
  }

  private async contentsOf(commits: readonly string[]): Promise<Map<string, Contents>> {
    const name = (commit: string): string => `${commit}^{tree}`;
    const trees = commits.length === 0 ? new Map<string, never>() : await this.cache.read(commits.map(name));
    const found = new Map<string, Contents>();
    for (const commit of commits) {
      const tree = trees.get(name(commit));
      const contents = tree === undefined ? undefined : contentsOf(tree.content);
      if (contents !== undefined) found.set(commit, contents);
    }
    return found;
  }

  private git(args: readonly string[], options: Pick<RunOptions, 'work' | 'input' | 'onWords'>): Promise<Answer> {
    return this.cache.git(args, { ...options, patience: this.options.patience ?? PATIENCE_MS });
  }

  /** @throws what git complains of. */
  private checked(answer: Answer): Answer {
    if (answer.code === 0) return answer;
    const error = this.errorOf(answer, false);
    throw !answer.isLate && troubleIn(answer.err) === 'odd' ? new Puzzle(error) : error;
  }

  private errorOf({ err, isLate }: Answer, isWriting: boolean): SnapstageError {
    const { path } = this.options.place;
    return isLate ? hubUnreachable(path, 'it does not answer') : errorFor(path, err, isWriting);
  }

  /** Does it once more with a new cache when something is odd. */
  private async trying<T>(action: () => Promise<T>): Promise<T> {
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await action();
      } catch (error) {
        const isOdd = error instanceof Puzzle || isSystemError(error, 'ENOENT', 'ENOTDIR');
        if (!isOdd) throw isSystemError(error) ? toSnapstageError(error) : error;
        if (!isFirst) throw error instanceof Puzzle ? error.error : toSnapstageError(error);
        await this.renew();
      }
    }
  }
}

/** Blobs may be missing in what was fetched. It is said for fetching alone, so that nothing else fetches what it misses. */
const PROMISED = ['-c', `remote.${REMOTE}.promisor=true`];

/** Of a ref that is not there. */
export function absent(at: number): Known {
  return { commit: undefined, isCommit: false, contents: NOTHING, at };
}

/** What a push was answered: its own lines, and what was said besides. */
function saidIn({ out, err }: Answer): string {
  const refused = out
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => `error: ${line.split('\t').slice(2).join(' ')}`);
  return [...refused, err].join('\n');
}
