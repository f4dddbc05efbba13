/** The command line wired to the real process and engine: the program's entry. */
import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { openEngine } from '../engine/engine.ts';
import { findInstance } from '../engine/locate.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { exitCodes } from './exit.ts';
import type { Io, Output } from './io.ts';
import { startProgram } from './programs.ts';
import { run } from './run.ts';

const signal = cancellation();
const interactive = isatty(0) && isatty(2);
const io: Io = {
  out: outputTo(1, () => process.stdout),
  err: outputTo(2, () => process.stderr),
  cwd: process.cwd(),
  ...(interactive && { ask }),
  start: startProgram,
  signal,
  clock: () => performance.now(),
};
void run(process.argv.slice(2), io, { version: packageJson.version, openEngine, findInstance }).then((code) => process.exit(code));

/** The first signal to stop cancels, the second ends the process at once. */
function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes.cancelled);
      controller.abort();
    });
  }
  return controller.signal;
}

/** Opens the stream when it is first written to: many a command never needs the second one. */
function outputTo(descriptor: number, open: () => NodeJS.WriteStream): Output {
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => {
    if (opened !== undefined) return opened;
    // Errors reach whoever awaits the write; without a listener they would also end the process.
    return (opened = open().on('error', () => undefined));
  };
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream().write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
    terminal: isatty(descriptor),
    get columns() {
      // A terminal without a known size says 0.
      return stream().columns > 0 ? stream().columns : 80;
    },
    paint: (style, text) => styleText(style, text, { stream: stream() }),
  };
}

/** One line of standard input. Not readline's own terminal mode: that would take Ctrl-C away from the process. */
async function ask(question: string): Promise<string | undefined> {
  process.stderr.write(question);
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, terminal: false });
  const close = (): void => lines.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const line of lines) return line;
    if (process.stdin.isTTY) process.stderr.write('\n');
    signal.throwIfAborted();
    return undefined;
  } finally {
    signal.removeEventListener('abort', close);
    lines.close();
  }
}
