/** Jupyter notebooks as files (https://nbformat.readthedocs.io/en/latest/format_description.html), version 4. */
import { isDeepStrictEqual } from 'node:util';
import { decodeText } from './mergeText.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface Cell extends Fields {
  readonly cell_type: string;
  readonly source: string | readonly string[];
}

export interface Notebook {
  /** Everything, `cells` among it, in the order of the file. */
  readonly fields: Fields;
  readonly cells: readonly Cell[];
  readonly minor: number;
  /** How it is written. */
  readonly indent: string;
  readonly isEnded: boolean;
}

/** Numbers can be kept as they are written (https://github.com/tc39/proposal-json-parse-with-source), which TypeScript does not know yet. */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}
const exact = JSON as unknown as ExactJson;

/** From 4.5 on every cell has an id; before, none may. */
export const IDS_SINCE = 5;

/** `undefined` for what is no notebook of version 4. */
export function parseNotebook(bytes: Uint8Array): Notebook | undefined {
  const text = decodeText(bytes);
  const fields = text === undefined ? undefined : parseJson(text);
  if (!isFields(fields) || fields['nbformat'] !== 4 || !Number.isInteger(fields['nbformat_minor'])) return undefined;
  const { cells } = fields;
  if (!isFields(fields['metadata']) || !Array.isArray(cells) || !cells.every(isCell)) return undefined;
  const indent = /^\{\r?\n([ \t]*)/.exec(text!)?.[1] ?? '';
  return { fields, cells, minor: fields['nbformat_minor'] as number, indent, isEnded: text!.endsWith('\n') };
}

/** The file, written as `like` is. */
export function encodeNotebook(fields: Fields, { indent, isEnded }: Pick<Notebook, 'indent' | 'isEnded'>): Buffer {
  return Buffer.from(JSON.stringify(fields, undefined, indent) + (isEnded ? '\n' : ''));
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function sourceOf({ source }: Cell): string {
  return typeof source === 'string' ? source : source.join('');
}

/** Whether one was only run since the other: their outputs, counts and what a run notes beside them may differ, all else does not. */
export function differsInOutputs(one: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [one, other].map(parseNotebook);
  return a !== undefined && b !== undefined && isDeepStrictEqual(withoutRuns(a), withoutRuns(b));
}

const NOTED_BY_RUNS = ['execution', 'ExecuteTime', 'language_info'];

function withoutRuns({ fields, cells }: Notebook): Fields {
  const plain = cells.map((cell) => ({
    ...cell,
    source: sourceOf(cell),
    metadata: unnoted(cell['metadata']),
    execution_count: null,
    outputs: [],
  }));
  return { ...fields, metadata: unnoted(fields['metadata']), cells: plain };
}

function unnoted(metadata: unknown): unknown {
  if (!isFields(metadata)) return metadata;
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !NOTED_BY_RUNS.includes(key)));
}

function isCell(value: unknown): value is Cell {
  if (!isFields(value) || typeof value['cell_type'] !== 'string') return false;
  const { source } = value;
  return typeof source === 'string' || (Array.isArray(source) && source.every((line) => typeof line === 'string'));
}

function parseJson(text: string): unknown {
  try {
    return exact.parse(text, (_, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source ? exact.rawJSON(source) : value,
    );
  } catch (error) {
    // Also too deep a nesting.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
