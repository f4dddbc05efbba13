/** A git server over http on loopback: git's own `http-backend` behind node:http, with a password where that is asked for. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitServerOptions {
  /** A folder with bare repositories. */
  readonly root: string;
  /** Who may come in; without it, everybody. */
  readonly user?: { readonly name: string; readonly password: string };
  readonly readOnly?: boolean;
  /** Speaks the first version of git's protocol alone. */
  readonly isOld?: boolean;
  /** Settings of git on the server: `uploadpack.allowFilter=true`. */
  readonly settings?: readonly string[];
}

export class GitServer implements AsyncDisposable {
  /** Every request, as `POST /hub.git/git-receive-pack`. */
  readonly requests: string[] = [];
  private readonly server: http.Server;

  private constructor(server: http.Server) {
    this.server = server;
  }

  static async over(options: GitServerOptions): Promise<GitServer> {
    const server = http.createServer();
    const one = new GitServer(server);
    server.on('request', (request, response) => {
      one.requests.push(`${request.method} ${request.url}`);
      answer(request, response, options);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return one;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

let backend: string | undefined;

function answer(request: http.IncomingMessage, response: http.ServerResponse, options: GitServerOptions): void {
  const { user, readOnly = false, isOld = false, root, settings = [] } = options;
  if (user !== undefined) {
    const expected = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
    if (request.headers.authorization !== expected) {
      request.resume();
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
      return;
    }
  }
  backend ??= `${spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim()}/git-http-backend`;
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const all = [`http.receivepack=${!readOnly}`, 'safe.directory=*', ...settings];
  const child = spawn(backend, {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: String(all.length),
      ...Object.fromEntries(
        all.flatMap((setting, i) => {
          const [key, value] = setting.split('=') as [string, string];
          return [
            [`GIT_CONFIG_KEY_${i}`, key],
            [`GIT_CONFIG_VALUE_${i}`, value],
          ];
        }),
      ),
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_USER: user?.name ?? 'somebody',
      REMOTE_ADDR: '127.0.0.1',
      ...(request.headers['content-length'] !== undefined && { CONTENT_LENGTH: request.headers['content-length'] }),
      ...(request.headers['content-encoding'] !== undefined && { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
      ...(!isOld && typeof request.headers['git-protocol'] === 'string' && { GIT_PROTOCOL: request.headers['git-protocol'] }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => request.resume()); // it has read what it wanted
  request.pipe(child.stdin);
  // It would wait for the rest of a request without end, and at full speed.
  response.on('close', () => void (response.writableFinished || child.kill('SIGKILL')));
  let head = Buffer.alloc(0);
  child.stdout.on('data', (part: Buffer) => {
    if (response.headersSent) return void response.write(part);
    head = Buffer.concat([head, part]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const fields = head
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': ') as [string, string]);
    const status = Number.parseInt(fields.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
    response.writeHead(status, Object.fromEntries(fields.filter(([name]) => name !== 'Status')));
    response.write(head.subarray(end + 4));
  });
  child.on('close', () => response.end());
}
