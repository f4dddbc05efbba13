import { NotificationType, RequestType } from 'vscode-jsonrpc/node';
import type { ErrorCode } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import type { EngineApi } from './api.ts';

/** The engine's calls between threads: one request carries a method's name and arguments; the answer is a value or an error. */
export interface EngineCall {
  readonly call: number;
  readonly method: Exclude<keyof EngineApi, 'dispose'>;
  readonly argument: unknown;
}

export interface EngineAnswer {
  readonly result?: unknown;
  /** Bytes travel as base64: the message channel's codec is JSON. */
  readonly bytes?: string;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly details: Record<string, unknown> };
}

export const engineCall = new RequestType<EngineCall, EngineAnswer, void>('engine/call');
export const engineProgress = new NotificationType<{ readonly call: number; readonly progress: Progress }>('engine/progress');

/** Methods whose only argument is the options. */
export const WITHOUT_ARGUMENT: ReadonlySet<string> = new Set(['init', 'list', 'planUndo', 'undo', 'compact']);
