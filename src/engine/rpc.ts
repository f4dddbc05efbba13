import { NotificationType, RequestType } from 'vscode-jsonrpc/node';
import type { ErrorCode } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import type { Keys } from '../space/hub/s3/signature.ts';
import type { EngineApi, RestoreCall } from './api.ts';

/** The engine's calls between threads: one request carries a method's name and arguments; the answer is a value or an error. */
export interface EngineCall {
  readonly call: number;
  readonly method: Exclude<keyof EngineApi, 'dispose'>;
  readonly argument: unknown;
  /** Of a `CancelFlag`, as a cancellation by message waits until the call gives way. */
  readonly cancelFlag: SharedArrayBuffer;
  readonly items?: RestoreCall['items'];
}

export interface EngineAnswer {
  readonly result?: unknown;
  /** Lists of the result that follow in parts, in this order; in it they are empty. The answer itself is the list named `''`. */
  readonly long?: readonly string[];
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly details: Record<string, unknown> };
}

export const engineCall = new RequestType<EngineCall, EngineAnswer, void>('engine/call');
/** The next rows of the lists that an answer left out; none: there are no more. */
export const engineRows = new RequestType<{ readonly call: number }, EngineRows, void>('engine/rows');
/** Asked by the engine: the keys that were entered for a bucket; `null`: none. */
export const engineKeys = new RequestType<{ readonly bucket: string }, Keys | null, void>('engine/keys');
export interface EngineRows {
  readonly list: string;
  readonly rows: readonly unknown[];
}

/** Rows that travel at once: what a thread has to take in at once holds up all else it does. */
const ROWS_AT_ONCE = 500;

/** Takes the long lists out of a result. Returns the answer without them, and their rows in parts. */
export function splitResult(result: unknown): { answer: EngineAnswer; rows: EngineRows[] } {
  if (Array.isArray(result)) {
    return isLong(result) ? { answer: { result: [], long: [''] }, rows: partsOf('', result) } : { answer: { result }, rows: [] };
  }
  if (typeof result !== 'object' || result === null || result instanceof Uint8Array) return { answer: { result }, rows: [] };
  const lists = Object.entries(result).filter((entry): entry is [string, unknown[]] => isLong(entry[1]));
  if (lists.length === 0) return { answer: { result }, rows: [] };
  const emptied = { ...result, ...Object.fromEntries(lists.map(([name]) => [name, []])) };
  return { answer: { result: emptied, long: lists.map(([name]) => name) }, rows: lists.flatMap(([name, list]) => partsOf(name, list)) };
}

/** Puts the rows of the long lists back. */
export function joinResult({ result, long = [] }: EngineAnswer, parts: readonly EngineRows[]): unknown {
  const rowsOf = (name: string): unknown[] => parts.filter(({ list }) => list === name).flatMap(({ rows }) => rows);
  if (long.length === 0) return result;
  return long[0] === '' ? rowsOf('') : { ...(result as object), ...Object.fromEntries(long.map((name) => [name, rowsOf(name)])) };
}

function isLong(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > ROWS_AT_ONCE;
}

function partsOf(list: string, rows: readonly unknown[]): EngineRows[] {
  const parts: EngineRows[] = [];
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) parts.push({ list, rows: rows.slice(at, at + ROWS_AT_ONCE) });
  return parts;
}

export const engineProgress = new NotificationType<{ readonly call: number; readonly progress: Progress }>('engine/progress');

type Method = EngineCall['method'];
type WithoutArgument = { [M in Method]: 2 extends Parameters<EngineApi[M]>['length'] ? never : M }[Method];

/** Typed so that none can be forgotten: the options of one would travel as its argument, and can't. */
const withoutArgument: Readonly<Record<WithoutArgument, true>> = {
  init: true,
  list: true,
  links: true,
  detach: true,
  leaveSpace: true,
  hubRights: true,
  audit: true,
  assignments: true,
  distributions: true,
  inbox: true,
  recalls: true,
  directTargets: true,
  deliverDirectly: true,
  storage: true,
  stage: true,
  bundles: true,
  planUndo: true,
  undo: true,
  compact: true,
};

/** Methods whose only argument is the options. */
export const WITHOUT_ARGUMENT: ReadonlySet<string> = new Set(Object.keys(withoutArgument));
