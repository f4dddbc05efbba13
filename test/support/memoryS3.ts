/** A tiny server of S3 in this process, only for what real ones can't be made to do: it fails when it is told to. */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import type { BucketOptions } from '../../src/space/hub/s3/bucket.ts';
import { BucketHub } from '../../src/space/hub/s3/bucketHub.ts';
import { parseBucketPlace, type BucketPlace } from '../../src/space/hub/s3/bucketPlace.ts';
import { QUICK } from './s3Servers.ts';

export interface Asked {
  readonly method: string;
  /** Below the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What happens to a request instead: an answer; a cut before or after it is done, or in its answer; nothing at all. */
export type Fault = Told | 'cut' | 'cut-after' | 'silent' | { readonly cutAt: number } | { readonly changed: (told: Told) => Told };

interface Stored {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly made: string;
}

export function refusal(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Told {
  return { status, headers, body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>Refused.</Message></Error>` };
}

export class MemoryS3 implements AsyncDisposable {
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<
    string,
    { readonly key: string; readonly headers: Readonly<Record<string, string>>; readonly parts: Map<number, Buffer> }
  >();
  readonly asked: Asked[] = [];
  /** Whether it knows conditions: refuses them as Swift does, passes over them as old servers do, or keeps to them. */
  conditions: 'kept' | 'refused' | 'ignored' = 'kept';
  pageSize = 1000;
  fault: (asked: Asked) => Fault | undefined | Promise<void> = () => undefined;
  private clock = Date.UTC(2026, 0, 1);
  private readonly server: http.Server;
  private readonly scheme: string;

  /** With `tls`, a server of HTTPS at the name `localhost`. */
  private constructor(tls: https.ServerOptions | undefined) {
    const answer = (request: http.IncomingMessage, response: http.ServerResponse): void => void this.answer(request, response);
    this.server = tls === undefined ? http.createServer(answer) : https.createServer(tls, answer);
    this.scheme = tls === undefined ? 'http' : 'https';
  }

  static async start(tls?: https.ServerOptions): Promise<MemoryS3> {
    const one = new MemoryS3(tls);
    one.server.listen(0, '127.0.0.1');
    await once(one.server, 'listening');
    return one;
  }

  get place(): BucketPlace {
    return parseBucketPlace(`s3://course/hub?endpoint=${this.scheme}://localhost:${(this.server.address() as AddressInfo).port}`);
  }

  hub(options: Partial<BucketOptions> = {}): BucketHub {
    return new BucketHub(this.place, {
      host: nodeHost(),
      keys: () => Promise.resolve({ id: 'id', secret: 'secret' }),
      patience: QUICK,
      ...options,
    });
  }

  /** Puts what no hub made there. */
  put(key: string, bytes: Uint8Array | string, headers: Readonly<Record<string, string>> = {}): void {
    const content = Buffer.from(bytes as string);
    const etag = `"${createHash('md5').update(content).digest('hex')}"`;
    this.objects.set(key, { bytes: content, headers: { ...headers, etag }, made: new Date((this.clock += 1000)).toISOString() });
  }

  /** The keys below the hub, but for its marker. */
  keys(): string[] {
    return Array.from(this.objects.keys(), (key) => key.slice('hub/'.length)).filter((key) => key !== 'SNAPSTAGE-HUB.txt');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://x');
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return; // whoever asked has gone
    }
    const asked: Asked = {
      method: request.method!,
      key: decodeURIComponent(url.pathname.replace(/^\/course\//, '')),
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(parts),
    };
    this.asked.push(asked);
    const fault = (await this.fault(asked)) ?? undefined;
    if (fault === 'silent') return;
    if (fault === 'cut') return void request.socket.destroy();
    const isTold = typeof fault === 'object' && 'status' in fault;
    let told = isTold ? fault : this.done(asked);
    if (fault === 'cut-after') return void request.socket.destroy();
    if (typeof fault === 'object' && 'changed' in fault) told = fault.changed(told);
    const body = Buffer.from((told.body ?? '') as string);
    response.writeHead(told.status, { date: new Date().toUTCString(), 'content-length': String(body.length), ...told.headers });
    if (typeof fault === 'object' && 'cutAt' in fault) {
      response.write(body.subarray(0, fault.cutAt), () => request.socket.destroy());
    } else response.end(asked.method === 'HEAD' ? undefined : body);
  }

  private done(asked: Asked): Told {
    const { method, key, query } = asked;
    if (key === '') return query.has('uploads') ? this.unfinished() : this.list(query);
    if (method === 'POST' && query.has('uploads')) return this.begin(asked);
    if (query.has('uploadId')) return this.inParts(asked);
    const stored = this.objects.get(key);
    if (method === 'GET' || method === 'HEAD') return stored === undefined ? refusal(404, 'NoSuchKey') : given(stored, asked);
    if (method === 'DELETE') {
      this.objects.delete(key);
      return { status: 204 };
    }
    const refused = this.taken(asked);
    if (refused !== undefined) return refused;
    this.put(key, asked.body, marks(asked));
    return { status: 200, headers: { etag: this.objects.get(key)!.headers['etag']! } };
  }

  private taken({ key, headers }: Asked): Told | undefined {
    if (headers['if-none-match'] === undefined || this.conditions === 'ignored') return undefined;
    if (this.conditions === 'refused') return refusal(501, 'NotImplemented');
    return this.objects.has(key) ? refusal(412, 'PreconditionFailed') : undefined;
  }

  private begin(asked: Asked): Told {
    const id = randomUUID();
    this.uploads.set(id, { key: asked.key, headers: marks(asked), parts: new Map() });
    return { status: 200, body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>` };
  }

  private inParts(asked: Asked): Told {
    const { method, key, query, body } = asked;
    const id = query.get('uploadId')!;
    const upload = this.uploads.get(id);
    if (upload === undefined) return refusal(404, 'NoSuchUpload');
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: `"${createHash('md5').update(body).digest('hex')}"` } };
    }
    const refused = method === 'POST' ? this.taken(asked) : undefined;
    if (refused !== undefined) return refused;
    this.uploads.delete(id);
    if (method === 'DELETE') return { status: 204 };
    const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    this.put(key, Buffer.concat(parts), upload.headers);
    return { status: 200, body: '<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>' };
  }

  private list(query: URLSearchParams): Told {
    const prefix = query.get('prefix')!;
    const after = query.get('continuation-token') ?? '';
    const folders = new Set<string>();
    const rows = new Map<string, string>();
    for (const [key, { bytes, made }] of [...this.objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const slash = key.indexOf('/', prefix.length);
      if (!key.startsWith(prefix)) continue;
      const shown = slash < 0 ? key : key.slice(0, slash + 1);
      if (shown <= after || folders.has(shown)) continue;
      if (slash >= 0) folders.add(shown);
      const name = encodeURIComponent(shown);
      rows.set(
        shown,
        slash < 0
          ? `<Contents><Key>${name}</Key><LastModified>${made}</LastModified><Size>${bytes.length}</Size></Contents>`
          : `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`,
      );
    }
    const page = [...rows].slice(0, this.pageSize);
    const isCut = page.length < rows.size;
    const next = isCut ? `<NextContinuationToken>${page.at(-1)![0]}</NextContinuationToken>` : '';
    const body = `<EncodingType>url</EncodingType><IsTruncated>${isCut}</IsTruncated>${next}${page.map(([, row]) => row).join('')}`;
    return { status: 200, body: `<?xml version="1.0"?><ListBucketResult>${body}</ListBucketResult>` };
  }

  private unfinished(): Told {
    const rows = Array.from(this.uploads, ([id, { key, headers }]) => {
      const begun = headers['begun'] ?? new Date().toISOString();
      return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${begun}</Initiated></Upload>`;
    });
    return { status: 200, body: `<ListMultipartUploadsResult>${rows.join('')}</ListMultipartUploadsResult>` };
  }
}

function marks({ headers }: Asked): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'))) as Record<string, string>;
}

function given({ bytes, headers }: Stored, asked: Asked): Told {
  const from = Number(/^bytes=(\d+)-$/.exec(asked.headers.range ?? '')?.[1] ?? 0);
  if (from === 0) return { status: 200, headers, body: bytes };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` },
    body: bytes.subarray(from),
  };
}
