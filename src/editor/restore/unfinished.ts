import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../base/errors.ts';
import type { InterruptedRestore, SnapshotInfo } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';

/** What a window began and did not end, and how far it came. */
export type Interrupted =
  | { readonly what: 'restore'; readonly restore: InterruptedRestore }
  | { readonly what: 'take'; readonly job: TakeJob }
  | { readonly what: 'delete'; readonly job: DeleteJob; readonly left: readonly string[] };

/** Taking a snapshot: nothing of it is there before it is there whole. */
export interface TakeJob {
  readonly name?: string;
  readonly description?: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Deleting several snapshots: each is there or not. */
export interface DeleteJob {
  readonly ids: readonly string[];
  readonly at: string;
}

type Job = { readonly what: 'take'; readonly job: TakeJob } | { readonly what: 'delete'; readonly job: DeleteJob };

type Note = Job & {
  /** Address of the instance's folder. */
  readonly folder: string;
  readonly pid: number;
};

/**
 * Notes what is under way in files that outlive the extension host, so that the next one can say what was cut off.
 * Restores are noted by the engine itself, as they change the user's files; these here leave nothing half done.
 */
export class Unfinished {
  readonly #place: string | undefined;
  readonly #isAlive: (pid: number) => boolean;
  readonly #cutOff = new Map<string, Note>();
  #next = 1;
  #closing = false;

  /** `place` is a folder of the workspace for it; without one nothing is noted. */
  constructor(place: string | undefined, isAlive: (pid: number) => boolean = isProcessAlive) {
    this.#place = place;
    this.#isAlive = isAlive;
    this.#read();
  }

  /** Runs the job with a note of it, which goes when the job ends in whatever way. */
  taking<T>(instance: Instance, job: TakeJob, run: () => Promise<T>): Promise<T> {
    return this.#during(instance, { what: 'take', job }, run);
  }

  /** As `taking`. */
  deleting<T>(instance: Instance, job: DeleteJob, run: () => Promise<T>): Promise<T> {
    return this.#during(instance, { what: 'delete', job }, run);
  }

  /** What was cut off in this folder, restores first. */
  list(instance: Instance): readonly Interrupted[] {
    const { state } = instance;
    if (state.kind !== 'ready') return [];
    const restore = state.status.interrupted;
    const notes = [...this.#cutOff.values()].filter(({ folder }) => folder === addressOf(instance));
    return [...(restore ? [{ what: 'restore', restore } as const] : []), ...notes.flatMap((note) => stillOpen(note, state.snapshots))];
  }

  /** Leaves it as it is. */
  forget(instance: Instance, what: Job['what']): void {
    for (const [file, note] of this.#cutOff) {
      if (note.what !== what || note.folder !== addressOf(instance)) continue;
      this.#cutOff.delete(file);
      rmSync(file, { force: true });
    }
  }

  /** The window closes: notes of what is still under way stay, as it is cut off. */
  close(): void {
    this.#closing = true;
  }

  async #during<T>(instance: Instance, job: Job, run: () => Promise<T>): Promise<T> {
    if (this.#place === undefined) return run();
    const file = join(this.#place, `unfinished-${process.pid}-${this.#next++}.json`);
    const note: Note = { ...job, folder: addressOf(instance), pid: process.pid };
    mkdirSync(this.#place, { recursive: true });
    writeFileSync(file, JSON.stringify(note));
    try {
      return await run();
    } finally {
      if (!this.#closing) rmSync(file, { force: true });
    }
  }

  #read(): void {
    if (this.#place === undefined || !existsSync(this.#place)) return;
    for (const name of readdirSync(this.#place)) {
      const [, pid] = /^unfinished-(\d+)-\d+\.json$/.exec(name) ?? [];
      // In another window that is open on the same folder it may still be going on.
      if (pid === undefined || this.#isAlive(Number(pid))) continue;
      const note = parseNote(join(this.#place, name));
      if (note) this.#cutOff.set(join(this.#place, name), note);
    }
  }
}

/** Nothing where it was done in the moment before the end. */
function stillOpen(note: Note, snapshots: readonly SnapshotInfo[]): Interrupted[] {
  if (note.what === 'take') {
    const { job } = note;
    return snapshots.some(({ kind, created }) => kind !== 'automatic' && created >= job.at) ? [] : [{ what: 'take', job }];
  }
  const left = note.job.ids.filter((id) => snapshots.some((snapshot) => snapshot.id === id));
  return left.length === 0 ? [] : [{ what: 'delete', job: note.job, left }];
}

/** A note that was cut off itself is none. */
function parseNote(file: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function addressOf({ folder }: Instance): string {
  return folder.uri.toString();
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}
