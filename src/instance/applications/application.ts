/** What is known of an application in a state: plain values that survive JSON and a worker's boundary. */

export const APPLICATION_KINDS = [
  'editor',
  'python',
  'conda',
  'node',
  'r',
  'julia',
  'rust',
  'go',
  'java',
  'dev-container',
  'docker',
] as const;
export type ApplicationKind = (typeof APPLICATION_KINDS)[number];

/** How well a version is known: really installed in the folder, resolved in a lock file, or no more than asked for. */
export type DependencySource = 'installed' | 'locked' | 'declared';

export interface Dependency {
  readonly name: string;
  /** The resolved version; `null` where it is only declared. */
  readonly version: string | null;
  readonly source: DependencySource;
  /** What the project itself asks for: a range, a branch, an address; `null` for what only others need. */
  readonly asked: string | null;
  /** Needed on some systems only, or by choice. */
  readonly optional: boolean;
}

export interface Runtime {
  /** `Python`, `Node.js`, … */
  readonly name: string;
  /** The version or range that the project asks for. */
  readonly asked: string | null;
  /** The version that an environment in the folder was made with. */
  readonly found: string | null;
}

/** Where dependencies are installed inside the folder. */
export interface Environment {
  readonly path: string;
  /** False: nothing is installed there. */
  readonly found: boolean;
}

export interface ConfigurationFile {
  readonly path: string;
  /** Of its content, hex; `null` where it could not be read, or is too large to be. */
  readonly sha256: string | null;
}

/** Something to know about a file or folder, in plain words. */
export interface Remark {
  readonly path: string;
  readonly reason: string;
}

export interface Application {
  readonly kind: ApplicationKind;
  /** What it is called among those of its state: the kind, or `kind:path` where there are several (`.` is the folder itself). */
  readonly name: string;
  /** Folder of the project in the state. */
  readonly path: string;
  readonly runtime: Runtime | null;
  /** `null` where dependencies are kept elsewhere, or it is not known where. */
  readonly environment: Environment | null;
  readonly files: readonly ConfigurationFile[];
  /** By name; one line for each version. */
  readonly dependencies: readonly Dependency[];
  /** Commands that recreate it, one after the other, in its folder: a program and its arguments, never a shell's line. */
  readonly recreate: readonly (readonly string[])[];
  /** The folder below its own that these commands empty first. */
  readonly replaces: string | null;
  readonly remarks: readonly Remark[];
}

export interface ApplicationList {
  /** By path, then kind. */
  readonly applications: readonly Application[];
  /** How many more there are that were not read: a tree of thousands of projects is a collection of them. */
  readonly more: number;
}
