/** Other people of a Space at their command lines, each with an instance and keys of their own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const cli = join(resolve(import.meta.dirname, '..', '..'), 'dist', 'cli.js');

export class People {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'snapstage-people-')));
  readonly hub = join(this.base, 'hub');

  constructor() {
    mkdirSync(this.hub);
  }

  home(name: string): string {
    return join(this.base, `home-${name}`);
  }

  folder(name: string): string {
    return join(this.base, name);
  }

  write(name: string, path: string, content: string): void {
    const file = join(this.folder(name), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** As somebody types it in a folder, that of the instance unless another is given; its JSON. */
  run(name: string, args: readonly string[], folder = this.folder(name)): unknown {
    mkdirSync(folder, { recursive: true });
    const env = { ...process.env, SNAPSTAGE_HOME: this.home(name) };
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, '-C', folder, ...args, '--json'], { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`snapstage ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  gone(): void {
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }
}
