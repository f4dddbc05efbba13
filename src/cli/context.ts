/** What a command's `run` works with. */
import type { CallOptions } from '../base/progress.ts';
import type { EngineApi } from '../engine/api.ts';
import type { Flags } from './args.ts';
import type { Io } from './io.ts';
import type { Report } from './report.ts';

export interface Context {
  readonly engine: EngineApi;
  /** The instance's folder, absolute. */
  readonly folder: string;
  readonly io: Io;
  readonly flags: Flags;
  readonly report: Report;
  /** The signal and the progress to hand to every call of the engine. */
  readonly call: CallOptions;
  /** From a PATH argument to an instance-relative path; throws `usage` when it leads out. */
  readonly path: (argument: string) => string;
}

/** The fields that have a value: for requests in which absent and `undefined` differ. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) kept[key] = value as Exclude<T[typeof key], undefined>;
  }
  return kept;
}
