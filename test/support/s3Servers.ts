/** Real servers of S3 on loopback, each in a temporary folder of its own: Ceph's radosgw, and OpenStack's Swift. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { BucketHub } from '../../src/space/hub/s3/bucketHub.ts';
import type { BucketOptions, Patience } from '../../src/space/hub/s3/bucket.ts';
import { parseBucketPlace, type BucketPlace } from '../../src/space/hub/s3/bucketPlace.ts';
import { sha256, signed, type Keys } from '../../src/space/hub/s3/signature.ts';
import { Workbench } from './folders.ts';

const run = promisify(execFile);
const HOST = '127.0.0.1';
const START_MS = 60_000;

/** Rests that no test has to wait for. */
export const QUICK: Patience = { tries: 6, restMs: 10, longestRestMs: 100, idleMs: 5000 };

/** What the machine lacks for a server, as a reason to skip its tests; `undefined` when it has all. */
function lacking(programs: readonly string[], packages: string): string | undefined {
  if (process.platform !== 'linux') return `${packages} run on Linux`;
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  const missing = programs.filter((program) => !folders.some((folder) => fs.existsSync(path.join(folder, program))));
  return missing.length === 0 ? undefined : `this machine has no ${missing.join(', ')} (Debian: apt-get install ${packages})`;
}

/** A server that was started here, with an owner of buckets. */
export abstract class S3Server {
  abstract readonly owner: Keys;
  port = 0;
  protected readonly bench = new Workbench();
  protected readonly folder = this.bench.folder();
  private readonly programs: ChildProcess[] = [];
  private count = 0;
  private shared: string | undefined;

  get endpoint(): string {
    return `http://${HOST}:${this.port}`;
  }

  abstract start(): Promise<void>;

  /** A new place, in a bucket that others have places in too. */
  async place(): Promise<BucketPlace> {
    this.shared ??= await this.bucket();
    return this.at(this.shared, `course/hub-${++this.count}`);
  }

  at(bucket: string, prefix: string, port = this.port): BucketPlace {
    return parseBucketPlace(`s3://${bucket}/${prefix}?endpoint=http://${HOST}:${port}`);
  }

  /** The name of a new bucket. */
  async bucket(): Promise<string> {
    const bucket = `bucket-${++this.count}`;
    const answer = await this.ask('PUT', `/${bucket}`);
    if (!answer.ok) throw new Error(`no bucket: ${answer.status} ${await answer.text()}`);
    return bucket;
  }

  hub(place: BucketPlace, keys: Keys = this.owner, options: Partial<BucketOptions> = {}): BucketHub {
    return new BucketHub(place, { host: nodeHost(), keys: () => Promise.resolve(keys), patience: QUICK, ...options });
  }

  /** One plain request, by the owner unless others are named. */
  ask(method: string, at: string, body = '', keys: Keys = this.owner): Promise<Response> {
    const url = new URL(this.endpoint + at);
    const headers = signed({ method, url, headers: {}, bodyHash: sha256(body) }, keys, 'us-east-1', Date.now());
    const send = (): Promise<Response> => fetch(url, { method, headers, ...(body === '' ? {} : { body }) });
    // The server may have closed a connection that was kept open.
    return send().catch(send);
  }

  async stop(): Promise<void> {
    const ended = this.programs.map((program) => once(program, 'close'));
    for (const program of this.programs) program.stdin!.end();
    await Promise.all(ended);
    await this.bench.clear();
  }

  /** Starts a program that ends when this process does, however that ends. */
  protected begin(program: string, ...args: string[]): void {
    const log = fs.openSync(path.join(this.folder, `${path.basename(program)}.out`), 'a');
    const guarded = '"$@" & read -r _; kill -9 $!; wait $! 2>/dev/null';
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
    this.programs.push(spawn('sh', ['-c', guarded, 'sh', program, ...args], { stdio: ['pipe', log, log], env }));
    fs.closeSync(log);
  }

  protected async answering(url: string): Promise<void> {
    for (const end = Date.now() + START_MS; ; await sleep(50)) {
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.ok === true) return;
      if (Date.now() > end) throw new Error(`no answer from ${url}: ${this.logs()}`);
    }
  }

  private logs(): string {
    const outputs = fs.readdirSync(this.folder).filter((name) => name.endsWith('.out'));
    return outputs.map((name) => `${name}: ${fs.readFileSync(path.join(this.folder, name), 'utf8').slice(-1000)}`).join('\n');
  }
}

/** Ports that nobody has now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, HOST));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  for (const server of servers) server.close();
  await Promise.all(servers.map((server) => once(server, 'close')));
  return ports;
}

/** One monitor, one store in memory, one gateway. */
export class Ceph extends S3Server {
  static readonly lacks = lacking(['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph'], 'radosgw ceph-mon ceph-osd');
  readonly owner: Keys = { id: 'owner', secret: 'owner-secret' };
  private readonly config = path.join(this.folder, 'ceph.conf');
  private readonly memory: number;

  /** What is stored stays in memory, up to so many bytes. */
  constructor(memory = 1 << 30) {
    super();
    this.memory = memory;
  }

  async start(): Promise<void> {
    const { folder, config } = this;
    const [v2, v1, port] = (await freePorts(3)) as [number, number, number];
    this.port = port;
    const [fsid, osd, monitor] = [randomUUID(), randomUUID(), `[v2:${HOST}:${v2},v1:${HOST}:${v1}]`];
    for (const name of ['mon', 'osd', 'run', 'rgw']) fs.mkdirSync(path.join(folder, name));
    fs.writeFileSync(config, cephConfig(folder, fsid, monitor, port, this.memory));
    // Not used, but asked for.
    fs.writeFileSync(path.join(folder, 'keyring'), '[client.rgw]\n\tkey = AQDyVrFnAAAAABAAwIIcEjXSNT+DsNlFa4KX0g==\n');
    await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', monitor, path.join(folder, 'monmap')]);
    await run('ceph-mon', ['-c', config, '-i', 'a', '--mkfs', '--monmap', path.join(folder, 'monmap')]);
    this.begin('ceph-mon', '-c', config, '-i', 'a', '-f');
    await run('ceph-osd', ['-c', config, '-i', '0', '--mkfs', '--osd-uuid', osd]);
    await run('ceph', ['-c', config, 'osd', 'new', osd, '0'], { timeout: START_MS });
    this.begin('ceph-osd', '-c', config, '-i', '0', '-f');
    this.begin('radosgw', '-c', config, '-n', 'client.rgw', '-f');
    await this.answering(`${this.endpoint}/`);
    await this.user(this.owner);
  }

  /** Makes somebody known to the server, by the name that is the id of their keys. */
  async user({ id, secret }: Keys): Promise<void> {
    await this.admin('user', 'create', `--uid=${id}`, `--display-name=${id}`, `--access-key=${id}`, `--secret-key=${secret}`);
  }

  async admin(...args: string[]): Promise<void> {
    await run('radosgw-admin', ['-c', this.config, ...args], { timeout: START_MS });
  }
}

function cephConfig(folder: string, fsid: string, monitor: string, port: number, memory: number): string {
  return `[global]
fsid = ${fsid}
mon host = ${monitor}
public network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
run dir = ${folder}/run
pid file = ${folder}/run/$name.pid
admin socket =
log file = /dev/null
mon cluster log to file = false
err to stderr = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = ${memory}
paxos propose interval = 0.02
paxos min wait = 0.01
mon data avail crit = 1
[mon.a]
mon data = ${folder}/mon
mon allow pool size one = true
[osd.0]
osd data = ${folder}/osd
[client.rgw]
keyring = ${folder}/keyring
rgw data = ${folder}/rgw
ms mon client mode = crc
rgw frontends = beast endpoint=${HOST}:${port} tcp_nodelay=1
rgw enable gc threads = false
rgw enable lc threads = false
rgw enable quota threads = false
rgw run sync thread = false
rgw bucket quota ttl = 0
`;
}

/** A server whose S3 knows no conditions for writing: account, container and object servers, and the proxy that speaks S3. */
export class Swift extends S3Server {
  static readonly lacks = lacking(
    ['swift-proxy-server', 'swift-account-server', 'swift-container-server', 'swift-object-server'],
    'swift-proxy swift-account swift-container swift-object',
  );
  readonly owner: Keys = { id: 'course:owner', secret: 'owner-secret' };

  async start(): Promise<void> {
    const { folder } = this;
    const ports = (await freePorts(4)) as [number, number, number, number];
    this.port = ports[3];
    fs.mkdirSync(path.join(folder, 'disks', 'one'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'swift.conf'), SWIFT_CONFIG);
    const kinds = ['account', 'container', 'object'];
    for (const [i, kind] of kinds.entries()) fs.writeFileSync(path.join(folder, `${kind}.conf`), swiftStorage(folder, kind, ports[i]!));
    fs.writeFileSync(path.join(folder, 'proxy.conf'), swiftProxy(folder, this.port, this.owner));
    this.begin('/usr/bin/python3', '-c', SWIFT_SERVERS, folder, ...[...kinds, 'proxy'].map((kind, i) => `${kind}:${ports[i]}`));
    await Promise.all(ports.map((port) => this.answering(`http://${HOST}:${port}/healthcheck`)));
  }
}

const SWIFT_CONFIG = `[swift-hash]
swift_hash_path_prefix = a
swift_hash_path_suffix = b
[storage-policy:0]
name = one
default = yes
`;

/** All four servers in one process, with one copy on one disk: four processes take three times as long to start. */
const SWIFT_SERVERS = `
import sys, eventlet
eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True, time=True)
import eventlet.wsgi
from swift.common import utils
from swift.common.ring import RingBuilder
from swift.common.wsgi import loadapp, SwiftHttpProtocol
folder = sys.argv[1]
servers = [one.split(':') for one in sys.argv[2:]]
for kind, port in servers[:3]:
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'device': 'one', 'weight': 1.0})
    builder.rebalance()
    builder.get_ring().save('%s/%s.ring.gz' % (folder, kind))
utils.set_swift_dir(folder)
utils.validate_hash_conf()
def serve(kind, port):
    app = loadapp('%s/%s.conf' % (folder, kind))
    listening = eventlet.listen(('127.0.0.1', int(port)), backlog=512)
    return eventlet.spawn(eventlet.wsgi.server, listening, app, log_output=False, protocol=SwiftHttpProtocol)
for server in [serve(*one) for one in servers]: server.wait()
`;

function swiftCommon(folder: string, port: number): string {
  return `[DEFAULT]
bind_ip = ${HOST}
bind_port = ${port}
workers = 0
user = ${process.getuid!() === 0 ? 'root' : process.env['USER']}
swift_dir = ${folder}
log_level = ERROR
[filter:healthcheck]
use = egg:swift#healthcheck
`;
}

function swiftStorage(folder: string, kind: string, port: number): string {
  return `${swiftCommon(folder, port).replace('[filter', `devices = ${folder}/disks\nmount_check = false\ndisable_fallocate = true\n[filter`)}
[pipeline:main]
pipeline = healthcheck ${kind}-server
[app:${kind}-server]
use = egg:swift#${kind}
`;
}

function swiftProxy(folder: string, port: number, { id, secret }: Keys): string {
  return `${swiftCommon(folder, port)}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_${id.replace(':', '_')} = ${secret} .admin
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:slo]
use = egg:swift#slo
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
allow_no_owner = true
`;
}
