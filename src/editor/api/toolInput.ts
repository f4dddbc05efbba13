/** Input of the tools as models write it, checked here: VS Code doesn't hold it to the schema. */
import { SnapstageError } from '../../base/errors.ts';

type Kind = 'string' | 'boolean' | 'strings';

interface Values {
  readonly string: string;
  readonly boolean: boolean;
  readonly strings: readonly string[];
}

type Input<Shape extends Readonly<Record<string, Kind>>> = { readonly [Key in keyof Shape]?: Values[Shape[Key]] };

/** What each tool takes. All of it is optional, except where its parser says so. */
export const toolShapes = {
  snapstage_take_snapshot: { folder: 'string', name: 'string', description: 'string', force: 'boolean' },
  snapstage_list_snapshots: { folder: 'string' },
  snapstage_compare_snapshots: { folder: 'string', from: 'string', to: 'string', path: 'string' },
  snapstage_restore_snapshot: { folder: 'string', state: 'string', paths: 'strings' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Kind>>>>;

export type ToolName = keyof typeof toolShapes;
export type ToolInput<Name extends ToolName> = Input<(typeof toolShapes)[Name]>;

/** The longest text that makes sense anywhere. */
const mostCharacters = 4000;
const mostPaths = 1000;

/**
 * The input of one tool. Empty texts and null count as absent, as models write them for what they leave out.
 * @throws SnapstageError `usage`, naming what is wrong.
 */
export function parseToolInput<Name extends ToolName>(tool: Name, input: unknown): ToolInput<Name> {
  const shape: Readonly<Record<string, Kind>> = toolShapes[tool];
  if (input === undefined || input === null) return {};
  if (typeof input !== 'object' || Array.isArray(input)) throw wrong('The input must be an object.');
  const unknown = Object.keys(input).filter((key) => !Object.hasOwn(shape, key));
  if (unknown.length > 0) throw wrong(`Unknown: ${unknown.slice(0, 5).join(', ')}. Known are: ${Object.keys(shape).join(', ')}.`);
  const entries = Object.entries(input).flatMap(([key, value]) => {
    const parsed = parseValue(key, shape[key] ?? 'string', value);
    return parsed === undefined ? [] : [[key, parsed] as const];
  });
  return Object.fromEntries(entries) as ToolInput<Name>;
}

function parseValue(key: string, kind: Kind, value: unknown): string | boolean | readonly string[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (kind === 'boolean') {
    if (typeof value === 'boolean') return value;
    throw wrong(`“${key}” must be true or false.`);
  }
  if (kind === 'string') return parseText(key, value);
  if (!Array.isArray(value)) throw wrong(`“${key}” must be an array of strings.`);
  if (value.length > mostPaths) throw wrong(`“${key}” has more than ${mostPaths} entries.`);
  return value.map((one) => parseText(key, one));
}

function parseText(key: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(`“${key}” must be a string.`);
  if (value.length > mostCharacters) throw wrong(`“${key}” is longer than ${mostCharacters} characters.`);
  if (value.includes('\0')) throw wrong(`“${key}” has a zero byte in it.`);
  return value;
}

function wrong(message: string): SnapstageError {
  return new SnapstageError('usage', message);
}
