/** People of a Space at their command lines, each with an instance and keys of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { command } from './command.ts';

/** How a command ended. */
export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export class People {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'snapstage-people-')));
  readonly hub = join(this.base, 'hub');

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

  read(name: string, path: string): string {
    return readFileSync(join(this.folder(name), path), 'utf8');
  }

  isThere(name: string, path: string): boolean {
    return existsSync(join(this.folder(name), path));
  }

  /** As somebody types it in a folder, that of the instance unless another is given; other paths are from where all folders lie. */
  ran(name: string, args: readonly string[], folder = this.folder(name)): Ran {
    mkdirSync(folder, { recursive: true });
    const env = { ...process.env, SNAPSTAGE_HOME: this.home(name) };
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, '-C', folder, ...args], {
      cwd: this.base,
      encoding: 'utf8',
      env,
    });
    return { status, out: stdout, err: stderr };
  }

  /** What a command that ends well gives as JSON. */
  run(name: string, args: readonly string[], folder = this.folder(name)): unknown {
    const { status, out, err } = this.ran(name, [...args, '--json'], folder);
    assert.equal(status, 0, `snapstage ${args.join(' ')}: ${out}${err}`);
    return JSON.parse(out);
  }

  gone(): void {
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }
}
