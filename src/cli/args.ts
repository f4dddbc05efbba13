/** The command table's types, and the command line taken apart by it: parsing, usage errors and help come from one place. */
import { parseArgs } from 'node:util';
import { SnapstageError } from '../base/errors.ts';
import type { Context } from './context.ts';

export interface OptionSpec {
  readonly summary: string;
  /** What the value is called in the usage line; absent: a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: true;
  readonly short?: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ArgumentValue<S extends string> = S extends `[${string}…]`
  ? readonly string[]
  : S extends `${string}…`
    ? readonly [string, ...string[]]
    : S extends `[${string}]`
      ? string | undefined
      : string;
type ArgumentValues<A extends readonly string[]> = { readonly [K in keyof A]: ArgumentValue<A[K]> };
type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]: O[K] extends { readonly many: true }
    ? readonly string[]
    : O[K] extends { readonly value: string }
      ? string | undefined
      : boolean;
};

/** What a command's `run` gets: its arguments in order, its options by name. */
export interface Invocation<A extends readonly string[], O extends OptionSpecs> {
  readonly arguments: ArgumentValues<A>;
  readonly options: OptionValues<O>;
}

/** Any command's invocation, its names and types forgotten. */
interface AnyInvocation {
  readonly arguments: readonly (string | undefined | readonly string[])[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

interface CommandFacts {
  /** One word, or two: `table show`. */
  readonly name: string;
  readonly group: 'instance' | 'snapshots' | 'finding' | 'store' | 'tables, applications' | 'stage, space' | 'assignments';
  readonly summary: string;
  /** `folder`: works where there is no instance yet. `nothing`: where there is none anywhere. */
  readonly needs?: 'folder' | 'nothing';
  /** What state things are in after a cancellation. */
  readonly cancelled?: (context: Context) => Promise<string>;
}

interface CommandSpec<A extends readonly string[], O extends OptionSpecs> extends CommandFacts {
  /** `STATE`, `[PATH]` optional, `STATE…` one or more, `[PATH…]` any number. Optional ones follow required ones, many come last. */
  readonly arguments: A;
  readonly options: O;
  /** Returns the exit code. */
  run(invocation: Invocation<A, O>, context: Context): Promise<number>;
}

export interface Command extends CommandFacts {
  readonly arguments: readonly string[];
  readonly options: OptionSpecs;
  run(invocation: AnyInvocation, context: Context): Promise<number>;
}

/** A row of the command table: `run` gets exactly the types that `arguments` and `options` spell. */
export function command<const A extends readonly string[], const O extends OptionSpecs>(spec: CommandSpec<A, O>): Command {
  return spec;
}

export const globalOptions = {
  folder: { short: 'C', value: 'DIR', summary: "The instance's folder (default: the nearest one upward with a store)" },
  json: { summary: 'Print one JSON document on standard output' },
  'dry-run': { summary: 'Print what would be done, and do nothing' },
  yes: { short: 'y', summary: 'Do it without asking' },
  quiet: { short: 'q', summary: 'Print no progress, and results only' },
  help: { short: 'h', summary: 'Show help' },
  version: { summary: 'Show the version' },
} as const satisfies OptionSpecs;

export interface Flags {
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly quiet: boolean;
}

export type CommandLine =
  | { readonly kind: 'help'; readonly command?: Command; readonly flags: Flags }
  | { readonly kind: 'version'; readonly flags: Flags }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly invocation: AnyInvocation;
      readonly flags: Flags;
      readonly folder?: string;
    };

/** The usage line of a command, or of all of them. */
export function usageLine(of?: Command): string {
  if (of === undefined) return 'snapstage [-C DIR] COMMAND … [--json] [--dry-run] [--yes] [--quiet]';
  const options = Object.entries(of.options).map(([name, { value, many }]) => {
    return `[--${name}${value === undefined ? '' : ` ${value}`}]${many === true ? '…' : ''}`;
  });
  return ['snapstage', of.name, ...of.arguments, ...options].join(' ');
}

/** A `usage` error that carries the usage line to show. */
export function usageError(message: string, of?: Command): SnapstageError {
  return new SnapstageError('usage', message, { usage: usageLine(of) });
}

/** Takes a command line apart. Throws `usage` when it does not fit the table. */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): CommandLine {
  const words = positionsOf(argv);
  const name = nameOf(
    words.map((index) => argv[index]!),
    commands,
  );
  const found = commands.find((each) => each.name === name);
  if (name !== undefined && name !== 'help' && found === undefined) throw unknownCommand(name, commands);

  const taken = new Set(words.slice(0, name?.split(' ').length ?? 0));
  const { values, positionals } = parse(
    argv.filter((_, index) => !taken.has(index)),
    found,
  );
  const flags: Flags = {
    json: values['json'] === true,
    dryRun: values['dry-run'] === true,
    yes: values['yes'] === true,
    quiet: values['quiet'] === true,
  };
  if (values['version'] === true) return { kind: 'version', flags };
  if (name === 'help') return { kind: 'help', flags, ...helpTopic(positionals, commands) };
  if (values['help'] === true) return { kind: 'help', flags, ...(found && { command: found }) };
  if (found === undefined) throw usageError('Which command? `snapstage help` lists them.');

  const invocation = { arguments: bindArguments(found, positionals), options: optionsOf(found, values) };
  const folder = values['folder'];
  return { kind: 'run', command: found, invocation, flags, ...(typeof folder === 'string' && { folder }) };
}

/** True when the command line asks for JSON, however wrong the rest of it is. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
}

/** The command that the words begin with; where the first one begins several commands, the second one chooses. */
function nameOf([first, second]: readonly string[], commands: readonly Command[]): string | undefined {
  const isFirstOfTwo = commands.some((each) => each.name.startsWith(`${first} `));
  return isFirstOfTwo && second !== undefined ? `${first} ${second}` : first;
}

function positionsOf(argv: readonly string[]): number[] {
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(globalOptions),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens.flatMap((token) => (token.kind === 'positional' ? [token.index] : []));
}

function parse(args: string[], of: Command | undefined): { values: Record<string, unknown>; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: parserOptions({ ...globalOptions, ...of?.options }),
      strict: true,
      allowPositionals: true,
    });
    return { values, positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's message goes on with advice about `--`, which the usage line gives better.
    const [sentence = error.message] = error.message.split(/\. |\.?\n/);
    throw usageError(`${sentence}.`, of);
  }
}

function parserOptions(specs: OptionSpecs): Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> {
  const entries = Object.entries(specs).map(([name, { value, short, many }]) => {
    const type: 'string' | 'boolean' = value === undefined ? 'boolean' : 'string';
    return [name, { type, ...(short !== undefined && { short }), ...(many === true && { multiple: true }) }] as const;
  });
  return Object.fromEntries(entries);
}

function optionsOf(of: Command, values: Record<string, unknown>): AnyInvocation['options'] {
  const entries = Object.entries(of.options).map(([name, spec]) => {
    const value = values[name];
    if (spec.many === true) return [name, Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []] as const;
    return [name, spec.value === undefined ? value === true : typeof value === 'string' ? value : undefined] as const;
  });
  return Object.fromEntries(entries);
}

function bindArguments(of: Command, given: readonly string[]): AnyInvocation['arguments'] {
  let next = 0;
  const bound = of.arguments.map((spec) => {
    const rest = spec.includes('…') ? given.slice(next) : undefined;
    const value = rest ?? given[next];
    next += rest?.length ?? 1;
    const missing = rest === undefined ? value === undefined : rest.length === 0;
    if (missing && !spec.startsWith('[')) throw usageError(`${spec.replace('…', '')} is missing.`, of);
    return value;
  });
  const surplus = given[next];
  if (surplus !== undefined) throw usageError(`Unexpected argument '${surplus}'.`, of);
  return bound;
}

function helpTopic(positionals: readonly string[], commands: readonly Command[]): { command?: Command } {
  const topic = nameOf(positionals, commands);
  if (topic === undefined) return {};
  const surplus = positionals[topic.split(' ').length];
  if (surplus !== undefined) throw usageError(`Unexpected argument '${surplus}'.`);
  const found = commands.find((each) => each.name === topic);
  if (found === undefined) throw unknownCommand(topic, commands);
  return { command: found };
}

function unknownCommand(name: string, commands: readonly Command[]): SnapstageError {
  const near = commands.map((each) => each.name).find((each) => each.startsWith(name) || name.startsWith(each));
  return usageError(`There is no command '${name}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`);
}
