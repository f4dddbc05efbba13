/** A plain TCP proxy on loopback before a server, which does with connections what bad networks do. */
import { once } from 'node:events';
import * as net from 'node:net';

/** What is done with one connection; nothing of it lets it pass. */
export interface Mischief {
  /** Ends it with a reset after so many bytes of the server's (0: before the first). */
  readonly cutAnswerAt?: number;
  /** Ends it with a reset after so many bytes of the client's were passed on. */
  readonly cutRequestAt?: number;
  /** Milliseconds before each part of either side is passed on. */
  readonly delay?: number;
  /** Flips the bits of the server's byte at this position. */
  readonly corruptAnswerAt?: number;
  /** Flips the bits of the client's byte at this position. */
  readonly corruptRequestAt?: number;
  /** Takes the connection and never says anything. */
  readonly silent?: boolean;
}

export class BadProxy implements AsyncDisposable {
  /** Asked for each connection, which are numbered from 0. */
  mischief: (connection: number) => Mischief = () => ({});
  /** How many connections were really cut or corrupted: what was to happen further on than they went did not. */
  harmed = 0;
  private connections = 0;
  /** Of loopback. */
  port = 0;
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();

  private constructor(server: net.Server) {
    this.server = server;
  }

  /** Before the server at `port` of loopback. */
  static async before(port: number): Promise<BadProxy> {
    const server = net.createServer({ allowHalfOpen: true });
    const proxy = new BadProxy(server);
    server.on('connection', (client) => proxy.pass(client, port));
    await proxy.comeBack();
    return proxy;
  }

  /** Ends all connections, and is not there until `comeBack`. */
  async leave(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  async comeBack(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as net.AddressInfo).port;
  }

  /** How many connections there were. */
  get count(): number {
    return this.connections;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  private pass(client: net.Socket, port: number): void {
    const mischief = this.mischief(this.connections++);
    this.keep(client);
    if (mischief.silent === true) return void client.resume();
    const server = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.keep(server);
    const cut = (): void => {
      for (const end of [client, server]) if (!end.destroyed) end.resetAndDestroy();
    };
    for (const end of [client, server]) end.on('error', cut);
    const harm = (): void => void (this.harmed += 1);
    const cutOff = (): void => {
      harm();
      cut();
    };
    relay(client, server, mischief.delay ?? 0, mischief.cutRequestAt, cutOff, flipping(mischief.corruptRequestAt, harm));
    relay(server, client, mischief.delay ?? 0, mischief.cutAnswerAt, cutOff, flipping(mischief.corruptAnswerAt, harm));
  }

  private keep(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
  }
}

function flipping(flipped: number | undefined, harm: () => void): (part: Buffer, at: number) => Buffer {
  return (part, at) => {
    if (flipped === undefined || flipped < at || flipped >= at + part.length) return part;
    harm();
    const other = Buffer.from(part);
    other[flipped - at]! ^= 0xff;
    return other;
  };
}

/** Passes on what comes, until `limit` bytes have come. */
function relay(
  from: net.Socket,
  to: net.Socket,
  delay: number,
  limit: number | undefined,
  cut: () => void,
  change: (part: Buffer, at: number) => Buffer,
): void {
  let at = 0;
  if (limit === 0) from.once('data', cut);
  from.on('data', (part: Buffer) => {
    if (limit === 0) return;
    const passed = change(part.subarray(0, limit === undefined ? part.length : limit - at), at);
    at += passed.length;
    later(delay, () => {
      if (to.writable) to.write(passed, () => at === limit && cut());
    });
  });
  from.on('end', () => later(delay, () => to.writable && to.end()));
}

function later(delay: number, action: () => void): void {
  if (delay === 0) action();
  else setTimeout(action, delay);
}
