/** Help, written from the command table. */
import { globalOptions, usageLine } from '../args.ts';
import type { Command, OptionSpecs } from '../args.ts';

const stateHelp = "STATE is `current`, a snapshot's id (4 digits or more of it), its name, `latest` or `latest~2`.";
const pathHelp = "PATH starts at the current folder inside the instance, otherwise at the instance's folder.";

/** All commands by group, and the options that go with each. */
export function helpLines(commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map((each) => headOf(each).length));
  const groups = [...new Set(commands.map((each) => each.group))];
  return [
    `Usage: ${usageLine()}`,
    ...groups.flatMap((group) => [
      '',
      `${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      ...commands.filter((each) => each.group === group).map((each) => `  ${headOf(each).padEnd(width)}  ${each.summary}`),
    ]),
    '',
    'Options',
    ...optionLines(globalOptions),
    '',
    stateHelp,
    pathHelp,
    '`snapstage help COMMAND` tells more.',
  ];
}

/** One command: usage, what it does, its options. */
export function commandHelpLines(of: Command): string[] {
  const own = Object.keys(of.options).length > 0 ? ['', 'Options', ...optionLines(of.options)] : [];
  const words = of.arguments.join(' ');
  const explained = [/STATE|\bA\b/.test(words) ? stateHelp : '', /PATH/.test(words) ? pathHelp : ''].filter((line) => line !== '');
  return [
    `Usage: ${usageLine(of)}`,
    '',
    `${of.summary}.`,
    ...own,
    '',
    'With every command',
    ...optionLines(globalOptions),
    ...(explained.length > 0 ? ['', ...explained] : []),
  ];
}

/** The table as a document. */
export function helpDocument(commands: readonly Command[]): object {
  return {
    usage: usageLine(),
    commands: commands.map((each) => ({
      name: each.name,
      group: each.group,
      summary: each.summary,
      usage: usageLine(each),
      arguments: each.arguments,
      options: each.options,
    })),
    options: globalOptions,
  };
}

function headOf(of: Command): string {
  return [of.name, ...of.arguments].join(' ');
}

function optionLines(options: OptionSpecs): string[] {
  const heads = Object.entries(options).map(([name, { short, value }]) => {
    const head = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].join(', ');
    return value === undefined ? head : `${head} ${value}`;
  });
  const width = Math.max(...heads.map((head) => head.length));
  return Object.values(options).map((spec, index) => `  ${(heads[index] ?? '').padEnd(width)}  ${spec.summary}`);
}
