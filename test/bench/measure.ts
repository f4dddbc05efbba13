import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What one run of a command cost. */
export interface Measurement {
  /** Seconds from start to end. */
  readonly wall: number;
  /** Seconds of processor time, user and system, of all processes. */
  readonly cpu: number;
  /** Peak resident memory of the largest process, in bytes. */
  readonly memory: number;
  /** Seconds of processor time that the rest of the machine used meanwhile: large ones make the figure worthless. */
  readonly others: number;
}

/** A bash script, the folder it runs in, and what its environment has beside the bench's own. */
export interface Command {
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One word of a bash script, whatever it holds. */
export function quote(word: string): string {
  return /^[\w@%+=:,./~^-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Runs commands, keeping what they write to standard error in a log. */
export class Runner {
  readonly #log: string;
  readonly #figures: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#log = join(folder, 'commands.log');
    this.#figures = join(folder, 'time.txt');
  }

  /** Runs a command by GNU time after flushing the disk. Throws with the end of its error output when it fails. */
  measure(command: Command): Measurement {
    spawnSync('sync');
    const busy = busySeconds();
    const start = process.hrtime.bigint();
    this.#spawn(command, '/usr/bin/time', ['-f', '%U %S %M', '-o', this.#figures, 'bash']);
    const wall = Number(process.hrtime.bigint() - start) / 1e9;
    const [user = 0, system = 0, kibibytes = 0] = readFileSync(this.#figures, 'utf8').trim().split(' ').map(Number);
    const cpu = user + system;
    return { wall, cpu, memory: kibibytes * 1024, others: Math.max(0, busySeconds() - busy - cpu) };
  }

  /** Runs a command untimed. Throws with the end of its error output when it fails. */
  run(command: Command): void {
    this.#spawn(command, 'bash', []);
  }

  /** Runs a command untimed and gives its standard output. Throws when it fails. */
  output(command: Command): string {
    const outcome = spawnSync('bash', ['-c', command.script], {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (outcome.error) throw outcome.error;
    if (outcome.status !== 0) throw new Error(`${command.script}: exit ${outcome.status}: ${outcome.stderr.slice(-2000)}`);
    return outcome.stdout;
  }

  #spawn(command: Command, program: string, words: readonly string[]): void {
    const log = openSync(this.#log, 'a');
    const logged = statSync(this.#log).size;
    const outcome = spawnSync(program, [...words, '-o', 'pipefail', '-c', command.script], {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: ['ignore', 'ignore', log],
    });
    closeSync(log);
    if (outcome.error) throw outcome.error;
    if (outcome.status === 0) return;
    const said = readFileSync(this.#log).subarray(logged).toString().slice(-2000);
    throw new Error(`${command.script}: exit ${outcome.status ?? outcome.signal}: ${said}`);
  }
}

/** Processor seconds that the machine has worked since its start; 0 where the system does not tell. */
function busySeconds(): number {
  if (!existsSync('/proc/stat')) return 0;
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/) ?? [];
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, softInterrupt = 0] = ticks.map(Number);
  const ticksPerSecond = 100;
  return (user + nice + system + interrupt + softInterrupt) / ticksPerSecond;
}
