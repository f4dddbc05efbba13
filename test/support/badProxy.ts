/** A plain TCP proxy on loopback before a server, which does with connections what bad networks do. */
import { once } from 'node:events';
import * as net from 'node:net';

/** What is done with one connection; nothing of it lets it pass. */
export interface Mischief {
  /** Ends it with a reset after so many bytes of the server's (0: before the first). */
  readonly cutAnswerAt?: number;
  /** Ends it with a reset after so many bytes of the client's were passed on. */
  readonly cutRequestAt?: number;
  /** Milliseconds before each part of either side is passed on, also when the other side has given up meanwhile. */
  readonly delay?: number;
  /** Then nothing is delayed but what the client sends from this byte on. */
  readonly delayFrom?: number;
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
  /** How many parts were passed on of who had given up meanwhile. */
  late = 0;
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
    const server = net.createServer({ allowHalfOpen: true, noDelay: true });
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
    const server = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.keep(server);
    const cut = (): void => {
      for (const end of [client, server]) if (!end.destroyed) end.resetAndDestroy();
    };
    for (const end of [client, server]) end.on('error', cut);
    const shared = {
      cut,
      onHarm: (): void => void (this.harmed += 1),
      onLate: (): void => void (this.late += 1),
    };
    const { delay = 0, delayFrom, cutRequestAt, corruptRequestAt, cutAnswerAt, corruptAnswerAt } = mischief;
    const delayRequest = (at: number): number => (at < (delayFrom ?? 0) ? 0 : delay);
    const delayAnswer = (): number => (delayFrom === undefined ? delay : 0);
    relay(client, server, { ...shared, delayAt: delayRequest, cutAt: cutRequestAt, flipAt: corruptRequestAt });
    relay(server, client, { ...shared, delayAt: delayAnswer, cutAt: cutAnswerAt, flipAt: corruptAnswerAt });
  }

  private keep(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
  }
}

/** What is done with what goes one way. */
interface Way {
  readonly delayAt: (at: number) => number;
  readonly cutAt: number | undefined;
  readonly flipAt: number | undefined;
  readonly cut: () => void;
  readonly onHarm: () => void;
  readonly onLate: () => void;
}

/** Passes on what comes, until so many bytes have come as it is cut at. */
function relay(from: net.Socket, to: net.Socket, { delayAt, cutAt, flipAt, cut, onHarm, onLate }: Way): void {
  const cutOff = (): void => {
    onHarm();
    cut();
  };
  let at = 0;
  if (cutAt === 0) from.once('data', cutOff);
  from.on('data', (whole: Buffer) => {
    if (cutAt === 0) return;
    const part = whole.subarray(0, cutAt === undefined ? whole.length : cutAt - at);
    const flipped = (flipAt ?? -1) - at;
    const passed = Buffer.from(part);
    if (flipped >= 0 && flipped < part.length) {
      onHarm();
      passed[flipped]! ^= 0xff;
    }
    const delay = delayAt(at);
    at += passed.length;
    later(delay, () => {
      if (!to.writable) return;
      if (from.readableEnded) onLate();
      to.write(passed, () => at === cutAt && cutOff());
    });
  });
  from.on('end', () => later(delayAt(at), () => to.writable && to.end()));
}

function later(delay: number, action: () => void): void {
  if (delay === 0) action();
  else setTimeout(action, delay);
}
