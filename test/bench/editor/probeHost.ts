/**
 * The bench's own extension, bundled into a folder of its own: looks on inside the extension host that Snapstage runs in. It waits at a
 * socket beside it and does nothing until asked, so that it disturbs nothing.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';

/** How late the event loop ran, in milliseconds; the loop looks each millisecond. */
export interface Delay {
  readonly percentile99: number;
  readonly maximum: number;
  /** The most that the thread itself computed between two looks; the rest of a delay is the machine's, whose processors others had. */
  readonly computed: number;
}

/** `end` with a file's name writes a CPU profile there, if `begin` asked for one. */
export type Question =
  | { readonly ask: 'who' }
  | { readonly ask: 'begin'; readonly profile: boolean }
  | { readonly ask: 'end'; readonly profile?: string };

export interface Answer {
  readonly pid: number;
  /** Since `begin`. */
  readonly delay: Delay;
}

const histogram = monitorEventLoopDelay({ resolution: 1 });
const profiler = new Session();
let computed = 0;
let looks: NodeJS.Timeout | undefined;

function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Looks each millisecond how much the thread has computed since the last look. */
function beginLooks(): void {
  computed = 0;
  let last = threadMilliseconds();
  looks = setInterval(() => {
    const now = threadMilliseconds();
    computed = Math.max(computed, now - last);
    last = now;
  }, 1);
}

async function answer(question: Question): Promise<Answer> {
  if (question.ask === 'begin') {
    if (question.profile) await profiler.post('Profiler.start');
    histogram.enable();
    histogram.reset();
    beginLooks();
  }
  if (question.ask === 'end') {
    histogram.disable();
    clearInterval(looks);
    if (question.profile !== undefined) writeFileSync(question.profile, JSON.stringify((await profiler.post('Profiler.stop')).profile));
  }
  return { pid: process.pid, delay: { percentile99: histogram.percentile(99) / 1e6, maximum: histogram.max / 1e6, computed } };
}

/**
 * Called by VS Code.
 * @public
 */
export async function activate(): Promise<void> {
  profiler.connect();
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.setSamplingInterval', { interval: 500 });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    void text(socket)
      .then((asked) => answer(JSON.parse(asked) as Question))
      .then((answered) => socket.end(JSON.stringify(answered)));
  });
  server.listen(join(import.meta.dirname, 'socket'));
}
