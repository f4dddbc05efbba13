import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stopwatch } from './stopwatch.ts';

export const idle = 'idle';

const lookMilliseconds = 8000;

/**
 * How the extension host does with nothing to do: by itself, which every step is held against, and beside strangers that
 * keep every processor busy, which tells what of a step's delay is the machine's.
 */
export async function watchIdle(stopwatch: Stopwatch): Promise<void> {
  // What starts late in a new window is none of it.
  await pause(lookMilliseconds);
  await stopwatch.watch(idle, () => pause(lookMilliseconds));
  await stopwatch.watch('idle, processors busy', async () => {
    const strangers = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ['-e', 'for (;;);']));
    await pause(lookMilliseconds);
    for (const stranger of strangers) stranger.kill('SIGKILL');
    await Promise.all(strangers.map((stranger) => once(stranger, 'exit')));
  });
}
