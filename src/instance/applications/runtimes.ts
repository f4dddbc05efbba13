import type { Runtime } from './application.ts';

/** This machine, as far as programs on it are asked for their versions. Never one of the workspace. */
export interface Machine {
  /** What the program printed; `undefined` where there is none, or it failed or took too long. */
  output(program: string, args: readonly string[]): Promise<string | undefined>;
}

interface Question {
  readonly programs: readonly string[];
  readonly args: readonly string[];
  readonly answer: RegExp;
}

const VERSION = ['--version'];

/** How a runtime's version is asked for, by its name in `Runtime`. */
const QUESTIONS = new Map<string, Question>([
  ['Python', { programs: ['python3', 'python'], args: VERSION, answer: /^Python (\d\S*)/m }],
  ['Node.js', { programs: ['node'], args: VERSION, answer: /^v(\d\S*)/m }],
  ['R', { programs: ['Rscript', 'R'], args: VERSION, answer: /\bversion (\d+\.\d\S*)/ }],
  ['Julia', { programs: ['julia'], args: VERSION, answer: /^julia version (\d\S*)/m }],
  ['Rust', { programs: ['rustc'], args: VERSION, answer: /^rustc (\d\S*)/m }],
  ['Go', { programs: ['go'], args: ['version'], answer: /\bgo(\d\S*)/ }],
  ['Java', { programs: ['java'], args: ['-version'], answer: /\bversion "(?:1\.)?(\d[^"]*)"/ }],
]);

/** The runtime's version on this machine; `null` where there is none. */
async function machineVersion(machine: Machine, runtime: string): Promise<string | null> {
  const question = QUESTIONS.get(runtime);
  for (const program of question?.programs ?? []) {
    const version = question!.answer.exec((await machine.output(program, question!.args)) ?? '')?.[1];
    if (version !== undefined) return version;
  }
  return null;
}

/** Versions on this machine of all the runtimes that are named, each asked for once. */
export async function machineVersions(machine: Machine, runtimes: Iterable<Runtime | null>): Promise<ReadonlyMap<string, string | null>> {
  const versions = new Map<string, string | null>();
  for (const runtime of runtimes) {
    if (runtime !== null && !versions.has(runtime.name)) versions.set(runtime.name, await machineVersion(machine, runtime.name));
  }
  return versions;
}
