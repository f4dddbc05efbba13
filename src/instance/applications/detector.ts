import type { ApplicationKind, Environment, Runtime } from './application.ts';
import type { Project } from './project.ts';

/** One kind of application: how it is found, and how its files are read. */
export interface Detector {
  readonly kind: ApplicationKind;
  /** Whether something of this name makes the folder that it is in a project of this kind. */
  readonly names: readonly string[];
  readonly pattern?: RegExp;
  /** Reads a project. What is wrong with its files is remarked on, and never thrown. */
  read(project: Project): Findings;
  /** What a version means to which no comparison is written: `1.2` in `package.json`, `Cargo.toml`, `go.mod`. Absent: `prefix`. */
  readonly bare?: BareVersion;
}

export type BareVersion = 'prefix' | 'caret' | 'minimum';

export interface Declared {
  readonly name: string;
  readonly asked: string;
  readonly optional?: boolean;
}

export interface Resolved {
  readonly name: string;
  readonly version: string;
  readonly optional?: boolean;
}

export interface Findings {
  readonly runtime: Runtime | null;
  readonly environment?: Environment | null;
  readonly declared?: readonly Declared[];
  /** Of a lock file; absent where there is none that could be read. */
  readonly locked?: readonly Resolved[] | undefined;
  /** What is really there; absent where nothing is known of it. */
  readonly installed?: readonly Resolved[] | undefined;
  readonly recreate: readonly (readonly string[])[];
  readonly replaces?: string | null;
}
