/** A course folder for a person to work in, in a temporary place. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeSample } from '../sample.ts';

const cli = resolve(import.meta.dirname, '..', '..', 'dist', 'cli.js');

export class Course {
  readonly parent = mkdtempSync(join(tmpdir(), 'snapstage-ui-'));
  readonly folder: string;

  constructor(name = 'econometrics') {
    this.folder = join(this.parent, name);
    makeSample(this.folder);
  }

  path(file: string): string {
    return join(this.folder, ...file.split('/'));
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  write(file: string, content: string): void {
    writeFileSync(this.path(file), content);
  }

  /** As from a terminal: another program at work on the same snapshots. */
  snapstage(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, '-C', this.folder, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`snapstage ${args.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  }

  remove(): void {
    rmSync(this.parent, { recursive: true, force: true, maxRetries: 5 });
  }
}
