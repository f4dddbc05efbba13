/** The world as the command line sees it, handed in so that a test can be the world. */
import type { styleText } from 'node:util';
import type { Start } from './programs.ts';

export type Style = Parameters<typeof styleText>[0];

export interface Output {
  /** Resolves when the stream has taken the bytes: back-pressure for who awaits it. Rejects with `EPIPE` when the reader has gone. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** A person is looking: tables, colours and a progress line make sense. */
  readonly terminal: boolean;
  readonly columns: number;
  /** Colours the text where the stream and the user's settings (`NO_COLOR`) want it. */
  readonly paint: (style: Style, text: string) => string;
}

export interface Io {
  readonly out: Output;
  readonly err: Output;
  /** The process's current folder, absolute. */
  readonly cwd: string;
  /** Asks a person for a line; `undefined` at the end of input. Absent when nobody is there to answer. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** Runs a program of the machine to its end; gives its exit code. */
  readonly start: (start: Start) => Promise<number>;
  /** Aborts when the user cancels. */
  readonly signal: AbortSignal;
  /** Milliseconds, for the pace of the progress line. */
  readonly clock: () => number;
  /** BCP 47 tag; absent: the system's. */
  readonly locale?: string;
  /** IANA name; absent: the system's. */
  readonly timeZone?: string;
}
