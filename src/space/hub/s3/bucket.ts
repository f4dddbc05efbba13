import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SnapstageError, toSnapstageError } from '../../../base/errors.ts';
import type { Host } from '../../../base/host.ts';
import { Work } from '../../../base/work.ts';
import type { WritableStoreFile } from '../../../store/files.ts';
import { Pace } from '../pace.ts';
import { mustBeCompleted, pageOf, refusalOf, textOf, unfinishedOf, uploadOf, type Found, type Page, type Unfinished } from './answers.ts';
import { addressOf, type BucketPlace } from './bucketPlace.ts';
import { Connections, type Answer } from './exchange.ts';
import { Garbled, isOldKeys, patienceFor, Refusal } from './refusal.ts';
import { queryOf, sha256, signed, type Keys } from './signature.ts';

/** Gives the keys that the user bound to the place; asked again once the server says that they have expired. */
export type KeySource = (place: BucketPlace) => Promise<Keys>;

export interface BucketOptions {
  readonly host: Pick<Host, 'now' | 'randomHex'>;
  readonly keys: KeySource;
  readonly patience?: Patience;
  /** Where `HTTPS_PROXY` and `NO_PROXY` are looked for. */
  readonly env?: NodeJS.ProcessEnv;
  readonly pace?: Pace;
}

export interface Patience {
  /** How often a request is tried that may go well the next time. */
  readonly tries: number;
  /** The longest rest after the first try; it doubles with each. */
  readonly restMs: number;
  readonly longestRestMs: number;
  /** After so long without a byte a try has failed. */
  readonly idleMs: number;
}

const PATIENCE: Patience = { tries: 7, restMs: 200, longestRestMs: 10_000, idleMs: 30_000 };
const FEW = 2;
const LOOK_MS = 100;

/** What a writer marks an object with, so that it knows it again when the answer was lost. */
export interface Mark {
  readonly token: string;
  /** SHA-256 of the whole content, in hexadecimal, for whoever reads it. */
  readonly hash: string;
}

interface Order {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly onSent?: ((bytes: number) => void) | undefined;
  readonly isMinor?: boolean;
}

const TOKEN = 'x-amz-meta-snapstage-write';
const HASH = 'x-amz-meta-snapstage-sha256';
const NOTHING = new Uint8Array(0);

/**
 * The requests of S3 that a hub needs, each tried until it is done or can't be. All throw `Refusal`, `Garbled`, what the system says, or
 * SnapstageError `cancelled`; `explained` says what these mean.
 */
export class Bucket {
  private readonly place: BucketPlace;
  private readonly options: BucketOptions;
  private readonly patience: Patience;
  private readonly connections: Connections;
  private keys: Promise<Keys> | undefined;
  /** How many requests were sent. */
  requests = 0;

  constructor(place: BucketPlace, options: BucketOptions) {
    this.place = place;
    this.options = options;
    this.patience = options.patience ?? PATIENCE;
    this.connections = new Connections(place.endpoint, this.patience.idleMs, options.env ?? {}, options.pace ?? new Pace());
  }

  /** An object's bytes, or `undefined` when there is none. @throws what `tooLarge` gives for one of more than `limit` bytes. */
  async read(key: string, limit: number, tooLarge: () => Error): Promise<Buffer | undefined> {
    return this.unlessMissing(
      key,
      this.ask({ method: 'GET', key }, new Work(), async (answer) => {
        if (lengthOf(answer) > limit) throw tooLarge();
        const parts: Buffer[] = [];
        let size = 0;
        for await (const part of answer.body) {
          size += part.length;
          if (size > limit) throw tooLarge();
          parts.push(part);
        }
        const bytes = Buffer.concat(parts);
        if (!isWhole(answer, size, sha256(bytes))) throw new Garbled('what came is not what was sent');
        return bytes;
      }),
    );
  }

  /**
   * Appends an object's bytes as they come; where a connection is cut it goes on there. Resolves to their number, or to `undefined` when
   * there is none. @throws SnapstageError `damaged` when what was appended is not what was sent; what `tooLarge` gives.
   */
  async fetch(
    key: string,
    into: Pick<WritableStoreFile, 'append'>,
    limit: number,
    tooLarge: () => Error,
    work: Work,
  ): Promise<number | undefined> {
    const hash = createHash('sha256');
    let done = 0;
    let first: Answer | undefined;
    const order = (): Order => ({ method: 'GET', key, headers: done > 0 ? { range: `bytes=${done}-` } : {} });
    const take = async (answer: Answer): Promise<number> => {
      if (first === undefined || done === 0) first = answer;
      // Compared here, before anything is appended: servers differ in what they make of If-Match.
      if (answer.headers.etag !== first.headers.etag) throw otherwise(key, 'was replaced while it was fetched');
      let known = startOf(answer, done);
      if (lengthOf(answer) + done - known > limit) throw tooLarge();
      for await (const part of answer.body) {
        work.check();
        const fresh = part.subarray(Math.min(known, part.length));
        known -= part.length - fresh.length;
        if (done + fresh.length > limit) throw tooLarge();
        append(into, fresh);
        hash.update(fresh);
        done += fresh.length;
        work.advance(0, fresh.length);
      }
      if (!isWhole(first, done, hash.copy().digest('hex'))) throw otherwise(key, 'came otherwise than it was sent');
      return done;
    };
    const fetched = await this.unlessMissing(
      key,
      this.ask(order, work, take, () => done),
    );
    if (fetched === undefined && done > 0) throw otherwise(key, 'was removed while it was fetched');
    return fetched;
  }

  /** Who made an object, as its mark says; `undefined` when there is none, `''` for one without a mark. */
  async tokenOf(key: string, work: Work): Promise<string | undefined> {
    const take = async (answer: Answer): Promise<string> => {
      await nothingMore(answer);
      return String(answer.headers[TOKEN] ?? '');
    };
    return this.unlessMissing(key, this.ask({ method: 'HEAD', key }, work, take));
  }

  async put(
    key: string,
    body: Uint8Array,
    { token }: Pick<Mark, 'token'>,
    work = new Work(),
    onSent?: (bytes: number) => void,
  ): Promise<void> {
    await this.ask({ method: 'PUT', key, headers: { [TOKEN]: token, [HASH]: sha256(body) }, body, onSent }, work, nothingMore);
  }

  /** Makes an object unless there is one: resolves to whether it was made, also when the first answer was lost. */
  async putNew(
    key: string,
    body: Uint8Array,
    { token }: Pick<Mark, 'token'>,
    work = new Work(),
    onSent?: (bytes: number) => void,
  ): Promise<boolean> {
    const headers = { [TOKEN]: token, [HASH]: sha256(body), 'if-none-match': '*' };
    return this.unlessTaken(key, token, work, () => this.ask({ method: 'PUT', key, headers, body, onSent }, work, nothingMore));
  }

  async remove(key: string, work = new Work()): Promise<void> {
    await this.ask({ method: 'DELETE', key }, work, nothingMore).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  /** A page of the objects whose keys begin with `prefix`, and of what there is below the slashes after that. */
  async list(prefix: string, next: string | undefined, work = new Work()): Promise<Page> {
    const query = {
      'list-type': '2',
      delimiter: '/',
      'encoding-type': 'url',
      prefix,
      ...(next === undefined ? {} : { 'continuation-token': next }),
    };
    return this.ask({ method: 'GET', key: '', query }, work, async (answer) => pageOf(await textOf(answer)));
  }

  async listAll(prefix: string, work = new Work()): Promise<{ readonly objects: readonly Found[]; readonly folders: readonly string[] }> {
    const [objects, folders]: [Found[], string[]] = [[], []];
    for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
      const page: Page = await this.list(prefix, next, work);
      if (page.next !== undefined && page.next === next) throw new Garbled('its list makes no sense');
      objects.push(...page.objects);
      folders.push(...page.folders);
      next = page.next;
    }
    return { objects, folders };
  }

  async begin(key: string, { token, hash }: Mark, work: Work): Promise<string> {
    const order: Order = { method: 'POST', key, query: { uploads: '' }, headers: { [TOKEN]: token, [HASH]: hash } };
    return this.ask(order, work, async (answer) => uploadOf(await textOf(answer)));
  }

  /** Sends one part, numbered from 1, and resolves to what it is named by when the upload is completed. */
  async part(key: string, upload: string, number: number, body: Uint8Array, work: Work, onSent: (bytes: number) => void): Promise<string> {
    const query = { partNumber: String(number), uploadId: upload };
    return this.ask({ method: 'PUT', key, query, body, onSent }, work, async (answer) => {
      await nothingMore(answer);
      if (answer.headers.etag === undefined) throw new Garbled('its answer makes no sense');
      return answer.headers.etag;
    });
  }

  /** Makes the object of its parts, with `isNew` only where there is none: resolves to whether it did. */
  async complete(key: string, upload: string, parts: readonly string[], { token }: Mark, isNew: boolean, work: Work): Promise<boolean> {
    const listed = parts.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`);
    const order: Order = { method: 'POST', key, query: { uploadId: upload }, headers: isNew ? { 'if-none-match': '*' } : {}, body };
    const take = async (answer: Answer): Promise<void> => mustBeCompleted(await textOf(answer));
    return this.unlessTaken(key, token, work, () => this.ask(order, work, take));
  }

  /** Not tried for long: what it leaves is aborted by a later writer. */
  async abort(key: string, upload: string): Promise<void> {
    await this.ask({ method: 'DELETE', key, query: { uploadId: upload }, isMinor: true }, new Work(), nothingMore);
  }

  /** Uploads under a prefix that nobody has completed, or the first thousand of them. */
  async unfinished(prefix: string, work: Work): Promise<{ readonly uploads: readonly Unfinished[]; readonly now: number }> {
    return this.ask({ method: 'GET', key: '', query: { uploads: '', prefix } }, work, async (answer) => ({
      uploads: unfinishedOf(await textOf(answer)),
      now: Date.parse(answer.headers.date ?? ''),
    }));
  }

  /**
   * What was asked of an object, or `undefined` when there is none. Who may list a part of a bucket alone is not told by Amazon that an
   * object is missing, but that it may not be read: then its listing says it.
   */
  private async unlessMissing<T>(key: string, asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked;
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (!(error instanceof Refusal && error.status === 403 && (error.code === 'AccessDenied' || error.code === ''))) throw error;
      const page = await this.list(key, undefined).catch(() => undefined);
      if (page === undefined || page.objects.some((one) => one.key === key)) throw error;
      return undefined;
    }
  }

  /** Of a request whose answer was lost, the next one is told that its object, or its upload, is no longer new: the mark knows better. */
  private async unlessTaken(key: string, token: string, work: Work, make: () => Promise<void>): Promise<boolean> {
    try {
      await make();
      return true;
    } catch (error) {
      const isTaken = error instanceof Refusal && error.status === 412;
      const isOver = error instanceof Refusal && error.code === 'NoSuchUpload';
      if (!isTaken && !isOver) throw error;
      if ((await this.tokenOf(key, work)) === token) return true;
      if (isOver) throw error;
      return false;
    }
  }

  /** Asks until `take` has taken an answer that is no refusal. Whenever `done` has grown, all tries are left again. */
  private async ask<T>(
    order: Order | (() => Order),
    work: Work,
    take: (answer: Answer) => Promise<T>,
    done: () => number = () => 0,
  ): Promise<T> {
    const few = Math.min(FEW, this.patience.tries);
    let isRenewed = false;
    let before = done();
    for (let tries = 1; ; tries++) {
      const now = typeof order === 'function' ? order() : order;
      const limits = { all: now.isMinor === true ? few : this.patience.tries, few, none: 0 };
      try {
        return await this.askOnce(now, work, take);
      } catch (error) {
        if (isOldKeys(error) && !isRenewed) {
          isRenewed = true;
          this.keys = undefined;
          continue;
        }
        if (done() > before) [tries, before] = [1, done()];
        if (tries >= limits[patienceFor(error)]) throw error;
        await this.rest(tries, work);
      }
    }
  }

  private async askOnce<T>(order: Order, work: Work, take: (answer: Answer) => Promise<T>): Promise<T> {
    const { method, key, query, headers = {}, body = NOTHING, onSent } = order;
    const url = addressOf(this.place, key);
    if (query !== undefined) url.search = queryOf(query);
    this.keys ??= this.options.keys(this.place);
    const keys = await this.keys.catch((error: unknown) => {
      this.keys = undefined;
      throw error;
    });
    const now = this.options.host.now();
    const all = signed({ method, url, headers, bodyHash: sha256(body) }, keys, this.place.region, now);
    this.requests += 1;
    const answer = await this.connections.ask({ method, url, headers: all, body, onSent }, work);
    try {
      if (answer.status < 200 || answer.status >= 300) throw await refusalOf(answer);
      return await take(answer);
    } catch (error) {
      answer.drop();
      throw error;
    }
  }

  /** Up to twice as long as the time before, by chance: many who were turned away do not come back together. */
  private async rest(tries: number, work: Work): Promise<void> {
    const longest = Math.min(this.patience.restMs * 2 ** (tries - 1), this.patience.longestRestMs);
    const chance = Number.parseInt(this.options.host.randomHex(4), 16) / 2 ** 32;
    for (let left = longest * (0.25 + 0.75 * chance); left > 0; left -= LOOK_MS) {
      work.check();
      await sleep(Math.min(left, LOOK_MS));
    }
    work.check();
  }
}

/** Takes what follows an answer, so that its connection can be used again. */
async function nothingMore(answer: Answer): Promise<void> {
  await textOf(answer);
}

/** Whether a refusal says that there is no such object, in a bucket that is there. */
function isMissing(error: unknown): boolean {
  // The answer to HEAD has no body that could say more.
  return error instanceof Refusal && error.status === 404 && (error.code === 'NoSuchKey' || error.code === '');
}

/** In bytes; 0 where the server does not say. */
function lengthOf({ headers }: Answer): number {
  return Number(headers['content-length'] ?? 0);
}

/** How many bytes of those that were asked for come before the first that is new: a server may send all of them again. */
function startOf({ status, headers }: Answer, done: number): number {
  if (status !== 206) return done;
  if (/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] !== String(done)) throw new Garbled('its answer makes no sense');
  return 0;
}

function isWhole({ headers }: Answer, size: number, hash: string): boolean {
  return size >= Number(headers['content-length'] ?? 0) && (headers[HASH] === undefined || headers[HASH] === hash);
}

/** What is wrong here is no fault of the connection, and not tried again. */
function append(into: Pick<WritableStoreFile, 'append'>, bytes: Uint8Array): void {
  try {
    into.append(bytes);
  } catch (error) {
    throw toSnapstageError(error);
  }
}

function otherwise(key: string, how: string): SnapstageError {
  return new SnapstageError('damaged', `“${key}” in the hub ${how}.`, { part: key });
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
