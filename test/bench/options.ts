import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { operations, type Operation } from './samples.ts';
import { toolNames, type ToolName } from './tool.ts';
import { treeNames, type TreeName } from './trees.ts';

export const usage = `npm run bench -- [options]
  --work DIR         where trees and stores go (default: snapstage-bench in the system's temporary folder; about 50 GB)
  --trees LIST       of ${treeNames.join(', ')} (default: the first three)
  --tools LIST       of ${toolNames.join(', ')} (default: all)
  --operations LIST  of ${operations.join(', ')} (default: all; first always runs)
  --rounds N         rounds of each operation (default 5; at most 3 of first, restore and verify)
  --seed N           of the order of the tools (default 1)
  --json FILE        write every figure there
  --snapstage CMD    Snapstage's command (default: this Node with dist/cli.js)`;

export interface Options {
  readonly work: string;
  readonly trees: readonly TreeName[];
  readonly tools: readonly ToolName[];
  readonly operations: ReadonlySet<Operation>;
  readonly rounds: number;
  readonly seed: number;
  readonly json: string | undefined;
  readonly snapstage: string | undefined;
  readonly help: boolean;
}

/** Reads the command's words. Throws with a sentence about the first that makes no sense. */
export function parseOptions(words: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      work: text,
      trees: text,
      tools: text,
      operations: text,
      rounds: text,
      seed: text,
      json: text,
      snapstage: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  return {
    work: resolve(values.work ?? join(tmpdir(), 'snapstage-bench')),
    trees: chosen('trees', values.trees, treeNames, ['linux', 'node_modules', 'data']),
    tools: chosen('tools', values.tools, toolNames, toolNames),
    operations: new Set(chosen('operations', values.operations, operations, operations)),
    rounds: positive('rounds', values.rounds, 5),
    seed: positive('seed', values.seed, 1),
    json: values.json === undefined ? undefined : resolve(values.json),
    snapstage: values.snapstage,
    help: values.help ?? false,
  };
}

function chosen<Name extends string>(
  option: string,
  list: string | undefined,
  known: readonly Name[],
  otherwise: readonly Name[],
): readonly Name[] {
  if (list === undefined) return otherwise;
  const wanted = list.split(',').map((word) => word.trim());
  const unknown = wanted.find((word) => !known.some((name) => name === word));
  if (unknown !== undefined) throw new Error(`--${option}: ${unknown} is none of ${known.join(', ')}`);
  return known.filter((name) => wanted.includes(name));
}

function positive(option: string, value: string | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(value);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${option}: ${value} is not a positive whole number`);
  return number;
}
