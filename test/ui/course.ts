/** A course folder for a person to work in, in a temporary place. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeSample } from '../sample.ts';

const project = resolve(import.meta.dirname, '..', '..');
const cli = join(project, 'dist', 'cli.js');

export class Course {
  readonly parent: string;
  readonly folder: string;

  /** In a folder of its own in `place`. */
  constructor(name = 'econometrics', place = tmpdir()) {
    this.parent = mkdtempSync(join(place, 'snapstage-ui-'));
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

  /** Makes it a real project of thousands of files: some packages of this one in its folder `lib`. */
  addLibraries(): void {
    for (const name of ['@azure', 'knip', 'typescript']) {
      cpSync(join(project, 'node_modules', name), this.path(`lib/${name}`), { recursive: true });
    }
  }

  /** What a build does to the libraries, all at once: 20 files of each of the two are changed, 5 deleted, and 5 are new. */
  build(): void {
    for (const name of ['knip', 'typescript']) {
      const files = readdirSync(this.path(`lib/${name}`), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
      for (const file of files.slice(0, 20)) appendFileSync(file, '\n// built\n');
      for (const file of files.slice(-5)) rmSync(file);
    }
    for (let part = 1; part <= 5; part++) this.write(`lib/part${part}.js`, `// ${part}\n`);
  }

  /** As from a terminal: another program at work on the same snapshots. */
  snapstage(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, '-C', this.folder, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`snapstage ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`);
    return stdout;
  }

  remove(): void {
    rmSync(this.parent, { recursive: true, force: true, maxRetries: 5 });
  }
}
