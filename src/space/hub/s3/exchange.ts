/** One request over HTTP and its answer, with the patience and the cancellation that a transfer needs. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Work } from '../../../base/work.ts';
import type { Pace } from '../pace.ts';

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Called with the number of bytes of the body that have left. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** What follows the headers. Whoever does not take all of it calls `drop`. */
  readonly body: AsyncIterable<Buffer>;
  drop(): void;
}

/** Bytes between two looks at whether the work is cancelled. */
const SLICE = 64 << 10;
const LOOK_MS = 100;
const AT_ONCE = 32;

/** Connections to a server, kept for the next request; none keeps the process alive. */
export class Connections {
  private readonly agent: http.Agent;
  private readonly start: typeof http.request;
  private readonly idleMs: number;
  private readonly pace: Pace;

  /** After `idleMs` in which no byte went either way a request has failed. `env` names proxies, as other programs take them. */
  constructor(endpoint: string, idleMs: number, env: NodeJS.ProcessEnv, pace: Pace) {
    const isSecure = new URL(endpoint).protocol === 'https:';
    // Without TLS it is a server of this machine.
    this.agent = isSecure
      ? new https.Agent({ keepAlive: true, maxSockets: AT_ONCE, proxyEnv: env })
      : new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
    this.start = isSecure ? https.request : http.request;
    this.idleMs = idleMs;
    this.pace = pace;
  }

  /** @throws what the system says; SnapstageError `cancelled`, also while nothing comes. */
  async ask({ method, url, headers, body, onSent }: Exchange, work: Work): Promise<Answer> {
    work.check();
    const length = body.length > 0 || method === 'PUT' || method === 'POST' ? { 'content-length': String(body.length) } : {};
    const request = this.start(url, { method, agent: this.agent, headers: { ...headers, ...length } });
    request.setTimeout(this.idleMs, () => request.destroy(new Error(`it does not answer (${this.idleMs / 1000} s)`)));
    const watch = setInterval(() => {
      try {
        work.check();
      } catch (error) {
        request.destroy(error as Error);
      }
    }, LOOK_MS);
    request.once('close', () => clearInterval(watch));
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => request.on('response', resolve).on('error', reject));
    // What is refused is answered before all of it was sent, and the connection cut: the answer must have been read by then.
    void this.send(request, body, work, onSent);
    const response = await answered;
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: this.paced(response, work),
      drop: () => void response.on('error', () => undefined).destroy(),
    };
  }

  /** Sends a body, as far as it is wanted: the answer, or the error, says how that went. */
  private async send(
    request: http.ClientRequest,
    body: Uint8Array,
    work: Work,
    onSent: (bytes: number) => void = () => undefined,
  ): Promise<void> {
    const end = new AbortController();
    request.once('response', () => end.abort()).once('close', () => end.abort());
    const size = this.pace.slice(SLICE);
    for (let done = 0; done < body.length && !end.signal.aborted;) {
      const slice = body.subarray(done, done + size);
      done += slice.length;
      if (!request.write(slice)) await moreRoom(request);
      if (!end.signal.aborted) onSent(done);
      await this.pace.pass(slice.length, work).catch((error: unknown) => void request.destroy(error as Error));
    }
    if (!end.signal.aborted) request.end();
  }

  private async *paced(response: http.IncomingMessage, work: Work): AsyncGenerator<Buffer> {
    for await (const part of response as AsyncIterable<Buffer>) {
      yield part;
      await this.pace.pass(part.length, work);
    }
  }
}

/** Resolves when more can be written, or never will. */
async function moreRoom(request: http.ClientRequest): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      request.off('drain', done).off('response', done).off('close', done);
      resolve();
    };
    request.on('drain', done).on('response', done).on('close', done);
  });
}
