import { baseName, comparePaths, joinPath, parentPath } from '../../base/paths.ts';
import type { Work } from '../../base/work.ts';
import { Kind } from '../../store/tree.ts';
import type { Detector } from './detector.ts';
import type { StateFiles } from './stateFiles.ts';

/** Not searched for projects: what lies there belongs to others. */
const FOREIGN = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  'bower_components',
  'jspm_packages',
  'site-packages',
  '__pycache__',
  '.tox',
  '.nox',
  '.yarn',
  '.pnpm-store',
  '.gradle',
  '.m2',
  '.cargo',
  '.ipynb_checkpoints',
]);

/** Names that are also those of people's own folders: made by a tool where its file lies beside them. */
const MADE_BESIDE = new Map<string, readonly string[]>(
  Object.entries({
    target: ['Cargo.toml', 'pom.xml'],
    vendor: ['go.mod', 'Cargo.toml', 'composer.json'],
    build: ['build.gradle', 'build.gradle.kts'],
    renv: ['renv.lock'],
  }),
);

/** A folder in which a detector has something to read. */
export interface Place {
  readonly detector: Detector;
  readonly path: string;
  /** Names in it that say so. */
  readonly found: string[];
}

export interface Places {
  /** In the order of their paths. */
  readonly places: readonly Place[];
  /** Folders that are environments of Python or conda: their names, by the folder that they lie in. */
  readonly environments: ReadonlyMap<string, readonly string[]>;
}

/** What makes a folder an environment, and its parent a project. */
const ENVIRONMENT_MARKS = ['pyvenv.cfg', 'conda-meta'];
/** Folders with this in them can be made again (bford.info/cachedir). */
const CACHE_TAG = 'CACHEDIR.TAG';
/** So many folders are listed before others get their turn: a cancellation, say. */
const STRETCH = 200;

/** Looks at every folder once, for all kinds. @throws SnapstageError `cancelled`. */
export async function findPlaces(files: StateFiles, detectors: readonly Detector[], work: Work): Promise<Places> {
  const search = new Search(files, detectors);
  work.begin('scan');
  for (let count = 1; search.waiting.length > 0; count++) {
    if (count % STRETCH === 0) await new Promise((resume) => setImmediate(resume));
    work.check();
    work.advance(search.step(), 0);
  }
  const places = [...search.places.values()].sort((a, b) => comparePaths(a.path, b.path));
  return { places, environments: search.environments };
}

class Search {
  readonly places = new Map<string, Place>();
  readonly environments = new Map<string, string[]>();
  readonly waiting = [''];
  private readonly files: StateFiles;
  private readonly byName = new Map<string, Detector[]>();
  private readonly byPattern: readonly Detector[];

  constructor(files: StateFiles, detectors: readonly Detector[]) {
    this.files = files;
    this.byPattern = detectors.filter(({ pattern }) => pattern !== undefined);
    for (const detector of detectors) {
      for (const name of detector.names) this.byName.set(name, [...(this.byName.get(name) ?? []), detector]);
    }
  }

  /** Looks at the next folder. Returns how many entries it has. */
  step(): number {
    const folder = this.waiting.pop()!;
    const listed = this.files.list(folder);
    const names = new Set(listed.map(({ name }) => name));
    if (folder !== '') {
      const mark = ENVIRONMENT_MARKS.find((name) => names.has(name));
      if (mark !== undefined) this.addEnvironment(folder, mark);
      if (mark !== undefined || names.has(CACHE_TAG)) return listed.length;
    }
    for (const { name } of listed) this.look(folder, name);
    for (const { name, kind } of listed.toReversed()) if (kind === Kind.folder) this.searchLater(folder, name, names);
    return listed.length;
  }

  private look(folder: string, name: string): void {
    const detectors = this.byName.get(name) ?? this.byPattern.filter(({ pattern }) => pattern!.test(name));
    if (detectors.length === 0 || this.files.isLeftOut(joinPath(folder, name), false)) return;
    for (const detector of detectors) this.addPlace(detector, folder, name);
  }

  private searchLater(folder: string, name: string, beside: ReadonlySet<string>): void {
    const path = joinPath(folder, name);
    if (FOREIGN.has(name) || MADE_BESIDE.get(name)?.some((file) => beside.has(file))) return;
    if (!this.files.isLeftOut(path, true)) this.waiting.push(path);
    else {
      // Environments are often left out of snapshots, and yet they tell what is really installed.
      const mark = ENVIRONMENT_MARKS.find((file) => this.files.stat(joinPath(path, file)) !== undefined);
      if (mark !== undefined) this.addEnvironment(path, mark);
    }
  }

  private addEnvironment(path: string, mark: string): void {
    const folder = parentPath(path);
    this.environments.set(folder, [...(this.environments.get(folder) ?? []), baseName(path)].sort());
    for (const detector of this.byName.get(mark) ?? []) this.addPlace(detector, folder, mark);
  }

  private addPlace(detector: Detector, path: string, name: string): void {
    const key = `${detector.kind}:${path}`;
    const known = this.places.get(key);
    if (known === undefined) this.places.set(key, { detector, path, found: [name] });
    else known.found.push(name);
  }
}
