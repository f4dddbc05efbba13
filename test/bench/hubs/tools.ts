/** What brings a tree to a server and gets it from there. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { quote, type Command, type Runner } from '../measure.ts';
import { Course, hear, withEngine } from '../space/course.ts';
import type { Servers } from './servers.ts';

export const toolNames = ['snapstage-git', 'git', 'snapstage-s3', 'rclone', 'restic'] as const;
export type ToolName = (typeof toolNames)[number];

/** One upload and one download of a round. */
export interface Transfer {
  readonly upload: Command;
  /** The folder that has the tree then. */
  readonly got: string;
  readonly download: Command;
}

/** Made ready so that only the transfer is left: `prepare` is not timed. */
export interface Tool {
  readonly name: ToolName;
  /** Once for a tree: what has to be there before anything is sent. */
  adopt(tree: string): Promise<void>;
  prepare(place: string): Promise<Transfer>;
}

/** `cli`: a command that starts Snapstage. */
export function allTools(servers: Servers, runner: Runner, cli: string, scratch: string): readonly Tool[] {
  return [
    new Snapstage('snapstage-git', async () => `git+${servers.git}/${servers.repository()}`, { servers, cli, scratch }),
    new Git(servers, runner, scratch),
    new Snapstage('snapstage-s3', async () => s3Place(servers, await servers.bucket()), { servers, cli, scratch }),
    new Rclone(servers),
    new Restic(servers, runner),
  ];
}

export function s3Place({ s3 }: Servers, bucket: string, endpoint = s3): string {
  return `s3://${bucket}/hub?endpoint=${encodeURIComponent(endpoint)}&region=us-east-1&style=path`;
}

interface SnapstageOptions {
  readonly servers: Servers;
  readonly cli: string;
  readonly scratch: string;
}

/** Hands out a snapshot, which is sealed for it, and receives it. */
class Snapstage implements Tool {
  readonly name: ToolName;
  private readonly hub: () => Promise<string>;
  private readonly options: SnapstageOptions;
  private readonly template: string;

  constructor(name: ToolName, hub: () => Promise<string>, options: SnapstageOptions) {
    this.name = name;
    this.hub = hub;
    this.options = options;
    this.template = join(options.scratch, `${name}-template`);
  }

  async adopt(tree: string): Promise<void> {
    cpSync(tree, this.template, { recursive: true });
    await withEngine({ name: '', folder: this.template, home: join(this.options.scratch, 'home') }, async (engine) => {
      await engine.init();
      await engine.take({});
    });
  }

  async prepare(place: string): Promise<Transfer> {
    const { servers, cli } = this.options;
    Object.assign(process.env, servers.env);
    const course = new Course(place, 1, await this.hub());
    cpSync(this.template, course.master.folder, { recursive: true, preserveTimestamps: true });
    await withEngine(course.master, (engine) => engine.createSpace({ name: 'Econometrics', hub: course.hub }));
    await course.join(await course.invite());
    const [member] = course.members;
    await withEngine(course.master, async (engine) => {
      await hear(engine);
      const [snapshot] = await engine.list();
      await engine.addToStage({ objects: [{ type: 'snapshot', state: snapshot!.id }] });
    });
    await withEngine(member!, hear);
    const call = (words: string, { folder, home }: { readonly folder: string; readonly home: string }): Command => ({
      script: `${cli} ${words}`,
      cwd: folder,
      env: { ...servers.env, SNAPSTAGE_HOME: home },
    });
    return {
      upload: call('distribute --no-direct --quiet', course.master),
      download: call('receive --quiet --yes', member!),
      got: member!.folder,
    };
  }
}

class Git implements Tool {
  readonly name = 'git';
  private readonly servers: Servers;
  private readonly runner: Runner;
  private readonly template: string;

  constructor(servers: Servers, runner: Runner, scratch: string) {
    this.servers = servers;
    this.runner = runner;
    this.template = join(scratch, 'git-template');
  }

  async adopt(tree: string): Promise<void> {
    cpSync(tree, this.template, { recursive: true });
    const script = 'git init -q -b main && git add -A && git -c user.name=bench -c user.email=bench commit -q -m tree';
    this.runner.run({ script, cwd: this.template, env: {} });
  }

  async prepare(place: string): Promise<Transfer> {
    mkdirSync(place, { recursive: true });
    const address = `${this.servers.git}/${this.servers.repository()}`;
    return {
      upload: { script: `git push -q ${address} main`, cwd: this.template, env: {} },
      download: { script: `git clone -q -b main ${address} got`, cwd: place, env: {} },
      got: join(place, 'got'),
    };
  }
}

class Rclone implements Tool {
  readonly name = 'rclone';
  private readonly servers: Servers;
  private tree = '';

  constructor(servers: Servers) {
    this.servers = servers;
  }

  async adopt(tree: string): Promise<void> {
    this.tree = tree;
  }

  async prepare(place: string): Promise<Transfer> {
    mkdirSync(place, { recursive: true });
    const bucket = await this.servers.bucket();
    const env = {
      ...this.servers.env,
      RCLONE_S3_PROVIDER: 'Ceph',
      RCLONE_S3_ENV_AUTH: 'true',
      RCLONE_S3_ENDPOINT: this.servers.s3,
      AWS_CA_BUNDLE: '',
    };
    const copy = (from: string, to: string): Command => ({
      // At its best with many small files: by default it has 4 under way.
      script: `rclone copy --config /dev/null --transfers 32 --checkers 32 --fast-list --s3-no-check-bucket ${quote(from)} ${quote(to)}`,
      cwd: place,
      env,
    });
    const got = join(place, 'got');
    return { upload: copy(this.tree, `:s3:${bucket}/tree`), download: copy(`:s3:${bucket}/tree`, got), got };
  }
}

class Restic implements Tool {
  readonly name = 'restic';
  private readonly servers: Servers;
  private readonly runner: Runner;
  private tree = '';

  constructor(servers: Servers, runner: Runner) {
    this.servers = servers;
    this.runner = runner;
  }

  async adopt(tree: string): Promise<void> {
    this.tree = tree;
  }

  async prepare(place: string): Promise<Transfer> {
    mkdirSync(place, { recursive: true });
    const env = {
      ...this.servers.env,
      RESTIC_PASSWORD: 'bench',
      RESTIC_REPOSITORY: `s3:${this.servers.s3}/${await this.servers.bucket()}/restic`,
      RESTIC_CACHE_DIR: join(place, 'cache'),
    };
    this.runner.run({ script: 'restic init', cwd: place, env });
    const got = join(place, 'got');
    return {
      upload: { script: 'restic backup -q .', cwd: this.tree, env },
      download: { script: `restic restore -q latest --target ${quote(got)}`, cwd: place, env },
      got,
    };
  }
}
