import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { threadTimes, type ThreadTimes } from './processes.ts';
import type { Answer, Delay, Question } from './probeHost.ts';

/** What an extension host went through for a while. */
export interface HostFigures {
  readonly delay: Delay;
  /** Seconds that its main thread computed, and that it was ready to but other threads had the processors. */
  readonly main: ThreadTimes;
}

const patience = 60_000;

/** The bench's own extension in an extension host, seen from outside. */
export class Probe {
  /** Of the extension. */
  readonly folder: string;
  readonly #profiles: string | undefined;
  #pid = 0;
  #before: ThreadTimes = { busy: 0, waited: 0 };

  private constructor(folder: string, profiles: string | undefined) {
    this.folder = folder;
    this.#profiles = profiles;
  }

  /** Makes the extension's folder. With a folder for profiles, each measurement leaves a CPU profile there (and is disturbed by that). */
  static async make(folder: string, profiles: string | undefined): Promise<Probe> {
    mkdirSync(folder, { recursive: true });
    const manifest = {
      name: 'probe',
      publisher: 'bench',
      version: '1.0.0',
      engines: { vscode: '^1.100.0' },
      main: './main.js',
      activationEvents: ['*'],
    };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    await build({
      entryPoints: [join(import.meta.dirname, 'probeHost.ts')],
      outfile: join(folder, 'main.js'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      define: { 'import.meta.dirname': '__dirname' },
      logLevel: 'warning',
    });
    return new Probe(folder, profiles);
  }

  /** The extension host's process. */
  get pid(): number {
    return this.#pid;
  }

  /** Waits until the extension host answers. Throws when it doesn't in a minute. */
  async wait(): Promise<void> {
    for (const start = performance.now(); ;) {
      try {
        ({ pid: this.#pid } = await this.#ask({ ask: 'who' }));
        return;
      } catch (error) {
        if (performance.now() - start > patience) throw error;
        await pause(200);
      }
    }
  }

  async begin(): Promise<void> {
    await this.#ask({ ask: 'begin', profile: this.#profiles !== undefined });
    this.#before = threadTimes(this.#pid);
  }

  /** The figures since `begin`. */
  async end(step: string): Promise<HostFigures> {
    const after = threadTimes(this.#pid);
    const profile = this.#profiles && join(this.#profiles, `${step.replaceAll(/[^\w.-]+/g, '-')}.cpuprofile`);
    const { delay } = await this.#ask({ ask: 'end', ...(profile !== undefined && { profile }) });
    return { delay, main: { busy: after.busy - this.#before.busy, waited: after.waited - this.#before.waited } };
  }

  async #ask(question: Question): Promise<Answer> {
    const socket = connect(join(this.folder, 'socket'));
    socket.end(JSON.stringify(question));
    return JSON.parse(await text(socket)) as Answer;
  }
}
