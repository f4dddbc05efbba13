import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ceph } from '../../support/s3Servers.ts';

const GIT_SERVER = join(import.meta.dirname, 'gitServer.ts');

/** A git server and an S3 server on loopback, for hubs and for other tools alike. */
export interface Servers {
  /** `http://127.0.0.1:PORT` of the git server. */
  readonly git: string;
  /** Of the S3 server. */
  readonly s3: string;
  /** Who owns what is in the S3 server, as all tools take it from the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A new, empty repository: its name below the git server's address. */
  repository(): string;
  /** A new, empty bucket. */
  bucket(): Promise<string>;
  stop(): Promise<void>;
}

/** @throws Error where the machine lacks a server. */
export async function startServers(scratch: string, memory: number): Promise<Servers> {
  if (Ceph.lacks !== undefined) throw new Error(Ceph.lacks);
  const root = join(scratch, 'repositories');
  mkdirSync(root, { recursive: true });
  const git = spawn(process.execPath, [GIT_SERVER, root], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(git.stdout, 'data')) as [Buffer];
  const ceph = new Ceph(memory);
  await ceph.start();
  let count = 0;
  return {
    git: `http://127.0.0.1:${port.toString().trim()}`,
    s3: ceph.endpoint,
    env: {
      AWS_ACCESS_KEY_ID: ceph.owner.id,
      AWS_SECRET_ACCESS_KEY: ceph.owner.secret,
      AWS_ENDPOINT_URL_S3: ceph.endpoint,
    },
    repository() {
      const name = `repository-${++count}.git`;
      const { status, stderr } = spawnSync('git', ['init', '-q', '--bare', join(root, name)], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return name;
    },
    bucket: () => ceph.bucket(),
    async stop() {
      git.stdin.end();
      await ceph.stop();
    },
  };
}
