import { basename, join } from 'node:path';
import { quote, type Runner } from './measure.ts';
import { bytesOnDisk, PlacedTool, type Place, type StoreSize, type Tool } from './tool.ts';

/** restic always encrypts; the other tools don't. */
export class Restic extends PlacedTool implements Tool {
  readonly name = 'restic';
  readonly cannot: Tool['cannot'];
  readonly #program: string;

  /** `inPlace` tells whether this restic can delete while it restores (0.17 and newer). */
  constructor(runner: Runner, program: string, inPlace: boolean) {
    super(runner, { RESTIC_PASSWORD: 'bench' });
    this.#program = quote(program);
    this.cannot = inPlace ? {} : { rollback: 'this version has no restore --delete' };
  }

  init(place: Place): void {
    this.settle(place);
    this.run(this.#command('init'));
  }

  #command(rest: string): string {
    const { store } = this.place;
    return `${this.#program} -q -r ${quote(join(store, 'repository'))} --cache-dir ${quote(join(store, 'cache'))} ${rest}`;
  }

  take(): string {
    return this.#command(`backup --exclude ${quote(join(this.place.tree, '.snapstage'))} .`);
  }

  newest(count: number): readonly string[] {
    const snapshots = JSON.parse(this.output(this.#command('snapshots --json'))) as { id: string }[];
    return snapshots
      .map(({ id }) => id)
      .slice(-count)
      .toReversed();
  }

  list(): string {
    return this.#command('ls latest');
  }

  diff(from: string, to: string): string {
    return this.#command(`diff ${from} ${to}`);
  }

  restore(target: string): string {
    return this.#command(`restore latest --target ${quote(target)}`);
  }

  restoreOne(path: string, target: string): string {
    return this.#command(`dump latest ${quote(`/${path}`)} > ${quote(this.placeOfOne(path, target))}`);
  }

  placeOfOne(_path: string, target: string): string {
    return join(target, 'one');
  }

  rollback(to: string): string {
    // Unchanged files are told by size and time, as the other tools do it; without it every file is read and compared.
    const inPlace = `--overwrite if-changed --delete --exclude /.snapstage --target ${quote(this.place.tree)}`;
    return `${this.take()} && ${this.#command(`restore ${to} ${inPlace}`)}`;
  }

  verify(): string {
    return this.#command('check --read-data');
  }

  compact(): string {
    return this.#command('forget --keep-last 1 --prune');
  }

  size(): StoreSize {
    const { store } = this.place;
    return { store: bytesOnDisk(join(store, 'repository')), caches: bytesOnDisk(join(store, 'cache')) };
  }
}

export class Borg extends PlacedTool implements Tool {
  readonly name = 'borg';
  readonly cannot = { rollback: 'extract overwrites, but does not delete what has been added' };
  #taken = 0;

  constructor(runner: Runner, home: string) {
    super(runner, { BORG_BASE_DIR: home, BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes', BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes' });
  }

  get #repository(): string {
    return quote(join(this.place.store, 'repository'));
  }

  init(place: Place): void {
    this.settle(place);
    this.#taken = 0;
    this.run(`borg init -e none ${this.#repository}`);
  }

  take(): string {
    return `borg create -C zstd,3 --exclude sh:.snapstage ${this.#repository}::s${++this.#taken} .`;
  }

  newest(count: number): readonly string[] {
    return Array.from({ length: Math.min(count, this.#taken) }, (_, back) => `s${this.#taken - back}`);
  }

  list(): string {
    return `borg list ${this.#repository}::s${this.#taken}`;
  }

  diff(from: string, to: string): string {
    return `borg diff ${this.#repository}::${from} ${to}`;
  }

  restore(target: string): string {
    return `cd ${quote(target)} && borg extract ${this.#repository}::s${this.#taken}`;
  }

  restoreOne(path: string, target: string): string {
    return `${this.restore(target)} ${quote(path)}`;
  }

  placeOfOne(path: string, target: string): string {
    return join(target, path);
  }

  rollback(): string {
    throw new Error(this.cannot.rollback);
  }

  verify(): string {
    return `borg check --verify-data ${this.#repository}`;
  }

  compact(): string {
    return `borg prune --keep-last 1 ${this.#repository} && borg compact ${this.#repository}`;
  }

  size(): StoreSize {
    // The base folder belongs to all of borg's stores of a run, so its caches grow from round to round; only this one's are counted.
    const id = this.output(`borg config ${this.#repository} id`).trim();
    const home = this.env['BORG_BASE_DIR'] ?? '';
    return { store: bytesOnDisk(join(this.place.store, 'repository')), caches: bytesOnDisk(join(home, '.cache', 'borg', id)) };
  }
}

/** A git directory beside the tree with `add` and `commit`, as the checkpoints of editor assistants have it. */
export class Git extends PlacedTool implements Tool {
  readonly name = 'git';
  readonly cannot = {};

  constructor(runner: Runner) {
    const who = { GIT_AUTHOR_NAME: 'bench', GIT_AUTHOR_EMAIL: 'bench@localhost' };
    const committer = { GIT_COMMITTER_NAME: 'bench', GIT_COMMITTER_EMAIL: 'bench@localhost' };
    super(runner, { ...who, ...committer, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' });
  }

  get #directory(): string {
    return join(this.place.store, 'git');
  }

  #command(rest: string): string {
    return `git --git-dir=${quote(this.#directory)} --work-tree=. ${rest}`;
  }

  init(place: Place): void {
    this.settle(place);
    this.run(`git init -q --bare ${quote(this.#directory)}`);
    const settings = ['core.bare false', 'gc.auto 0', 'core.autocrlf false', 'advice.addEmbeddedRepo false'];
    for (const setting of settings) this.run(this.#command(`config ${setting}`));
  }

  take(): string {
    // Forced adding passes over info/exclude too, so the store is left out by name.
    return `${this.#command(`add -A -f -- . ':(exclude,top).snapstage'`)} && ${this.#command('commit -q --allow-empty --no-verify -m snapshot')}`;
  }

  newest(count: number): readonly string[] {
    return this.output(this.#command(`rev-list -n ${count} HEAD`))
      .trim()
      .split('\n');
  }

  list(): string {
    return this.#command('ls-tree -r -l HEAD');
  }

  diff(from: string, to: string): string {
    return this.#command(`diff --name-status ${from} ${to}`);
  }

  restore(target: string): string {
    const index = quote(join(this.place.store, `index-of-${basename(target)}`));
    return `GIT_INDEX_FILE=${index} git --git-dir=${quote(this.#directory)} --work-tree=${quote(target)} checkout -f HEAD -- .`;
  }

  restoreOne(path: string, target: string): string {
    return this.#command(`cat-file blob ${quote(`HEAD:${path}`)} > ${quote(this.placeOfOne(path, target))}`);
  }

  placeOfOne(_path: string, target: string): string {
    return join(target, 'one');
  }

  rollback(to: string): string {
    // Takes away what was added since, because the commit before it knows of it; the reference keeps that commit.
    return `${this.take()} && ${this.#command('update-ref refs/safety HEAD')} && ${this.#command(`reset -q --hard ${to}`)}`;
  }

  verify(): string {
    return this.#command('fsck --full');
  }

  compact(): string {
    const alone = `only=$(${this.#command('commit-tree -m snapshot HEAD^{tree}')}) && ${this.#command('update-ref HEAD $only')}`;
    const forget = `(${this.#command('update-ref -d refs/safety')} || true) && ${this.#command('reflog expire --expire=now --all')}`;
    return `${alone} && ${forget} && ${this.#command('gc -q --prune=now')}`;
  }

  size(): StoreSize {
    const caches = bytesOnDisk(join(this.#directory, 'index'));
    return { store: bytesOnDisk(this.#directory) - caches, caches };
  }
}

/** tar through zstd on two threads: no store at all, the speed limit of reading, compressing and writing a tree. */
export class Tar extends PlacedTool implements Tool {
  readonly name = 'tar';
  readonly cannot = {
    'take again': 'an archive has no second snapshot',
    diff: 'an archive has no second snapshot',
    rollback: 'an archive has no second snapshot',
    compact: 'an archive has no second snapshot',
  };

  constructor(runner: Runner) {
    super(runner, {});
  }

  get #archive(): string {
    return quote(join(this.place.store, 'tree.tar.zst'));
  }

  init(place: Place): void {
    this.settle(place);
  }

  take(): string {
    return `tar cf - --exclude=./.snapstage . | zstd -q -3 -T2 -f -o ${this.#archive}`;
  }

  newest(): readonly string[] {
    return ['tree'];
  }

  list(): string {
    return `zstd -dc ${this.#archive} | tar tf -`;
  }

  diff(): string {
    throw new Error(this.cannot.diff);
  }

  restore(target: string): string {
    return `zstd -dc ${this.#archive} | tar xf - -C ${quote(target)}`;
  }

  restoreOne(path: string, target: string): string {
    return `${this.restore(target)} ${quote(`./${path}`)}`;
  }

  placeOfOne(path: string, target: string): string {
    return join(target, path);
  }

  rollback(): string {
    throw new Error(this.cannot.rollback);
  }

  verify(): string {
    return `zstd -t -q ${this.#archive}`;
  }

  compact(): string {
    throw new Error(this.cannot.compact);
  }

  size(): StoreSize {
    return { store: bytesOnDisk(this.place.store), caches: 0 };
  }
}
