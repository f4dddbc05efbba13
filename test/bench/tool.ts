import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Runner } from './measure.ts';

export type ToolName = 'snapstage' | 'restic' | 'borg' | 'git' | 'tar';
export const toolNames: readonly ToolName[] = ['snapstage', 'restic', 'borg', 'git', 'tar'];

/** Where a tool works: the tree it saves, and a folder of its own for the store of this round. */
export interface Place {
  readonly tree: string;
  readonly store: string;
}

/** Bytes on disk. */
export interface StoreSize {
  /** What is needed to get the data back. */
  readonly store: number;
  /** What the tool keeps beside it and can rebuild: indexes, caches of what the tree looked like. */
  readonly caches: number;
}

/**
 * A tool under test. What is timed comes as a bash script that runs in the tree; an absent one is something that the
 * tool cannot do, with the reason in `cannot`.
 */
export interface Tool {
  readonly name: ToolName;
  readonly env: Readonly<Record<string, string>>;
  readonly cannot: Readonly<Partial<Record<'rollback' | 'diff' | 'take again' | 'compact', string>>>;
  /** Starts with an empty store in `place`, which the following calls work on. */
  init(place: Place): void;
  take(): string;
  /** Names of the last `count` snapshots, newest first. */
  newest(count: number): readonly string[];
  /** Lists every entry of the newest snapshot. */
  list(): string;
  diff(from: string, to: string): string;
  /** Restores the newest snapshot into an empty folder. */
  restore(target: string): string;
  /** Restores one file of the newest snapshot below an empty folder. */
  restoreOne(path: string, target: string): string;
  /** Where `restoreOne` puts it. */
  placeOfOne(path: string, target: string): string;
  /** Saves the tree, then brings it back in place to what it was at a snapshot. */
  rollback(to: string): string;
  /** Reads every byte back and checks it. */
  verify(): string;
  /** Deletes all snapshots but the newest and gives the space back. */
  compact(): string;
  size(): StoreSize;
}

/** What all tools have in common: their place, and a runner for what is not timed. */
export abstract class PlacedTool {
  readonly env: Readonly<Record<string, string>>;
  protected readonly runner: Runner;
  #place: Place | undefined;

  constructor(runner: Runner, env: Readonly<Record<string, string>>) {
    this.runner = runner;
    this.env = env;
  }

  protected get place(): Place {
    if (!this.#place) throw new Error('The tool has no store yet.');
    return this.#place;
  }

  protected settle(place: Place): void {
    mkdirSync(place.store, { recursive: true });
    this.#place = place;
  }

  protected run(script: string): void {
    this.runner.run({ script, cwd: this.place.tree, env: this.env });
  }

  protected output(script: string): string {
    return this.runner.output({ script, cwd: this.place.tree, env: this.env });
  }
}

/** Bytes that a file or folder takes on disk; 0 when it is not there. */
export function bytesOnDisk(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  let bytes = stats.blocks * 512;
  if (stats.isDirectory()) for (const name of readdirSync(path)) bytes += bytesOnDisk(join(path, name));
  return bytes;
}
