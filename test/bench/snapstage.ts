import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { quote, type Runner } from './measure.ts';
import { bytesOnDisk, PlacedTool, type Place, type StoreSize, type Tool } from './tool.ts';

/** Snapstage by its command line, a new process each time. Its store lies in the tree. */
export class Snapstage extends PlacedTool implements Tool {
  readonly name = 'snapstage';
  readonly cannot = {};
  readonly #cli: string;
  #rounds = 0;

  /** `cli` is the command as words of a script; `home` the folder of its user settings. */
  constructor(runner: Runner, cli: string, home: string) {
    super(runner, { SNAPSTAGE_HOME: home });
    this.#cli = cli;
  }

  get #store(): string {
    return join(this.place.tree, '.snapstage');
  }

  #command(rest: string): string {
    return `${this.#cli} -C . ${rest}`;
  }

  init(place: Place): void {
    this.settle(place);
    if (existsSync(this.#store)) renameSync(this.#store, join(place.store, `before-${++this.#rounds}`));
    this.run(this.#command('init --quiet'));
  }

  take(): string {
    return this.#command('take --quiet');
  }

  newest(count: number): readonly string[] {
    const snapshots = JSON.parse(this.output(this.#command('list --json'))) as { id: string }[];
    return snapshots.map(({ id }) => id).slice(0, count);
  }

  list(): string {
    return this.#command('ls latest --recursive');
  }

  diff(from: string, to: string): string {
    return this.#command(`diff ${from} ${to}`);
  }

  restore(target: string): string {
    return this.#command(`restore latest --to ${quote(target)} --yes --quiet`);
  }

  restoreOne(path: string, target: string): string {
    return this.#command(`restore latest ${quote(path)} --to ${quote(target)} --yes --quiet`);
  }

  placeOfOne(path: string, target: string): string {
    return join(target, path);
  }

  rollback(to: string): string {
    return this.#command(`restore ${to} --yes --quiet`);
  }

  verify(): string {
    return this.#command('verify --read-data');
  }

  compact(): string {
    const [, ...older] = this.newest(Infinity);
    const compact = this.#command('compact');
    return older.length === 0 ? compact : `${this.#command(`delete ${older.join(' ')} --yes --quiet`)} && ${compact}`;
  }

  size(): StoreSize {
    const caches = bytesOnDisk(join(this.#store, 'cache')) + bytesOnDisk(join(this.#store, 'index'));
    return { store: bytesOnDisk(this.#store) - caches, caches };
  }
}
