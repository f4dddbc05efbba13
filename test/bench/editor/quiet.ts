import { setTimeout as pause } from 'node:timers/promises';
import { processorSeconds } from './processes.ts';
import type { EditorWindow } from './window.ts';

/** Processor seconds by process: `extensionHost`, `fileWatcher`, …, `server`. */
export type QuietCost = Readonly<Record<string, number>>;

export const quietSeconds = 30;

/** What an editor's processes use while nothing happens for half a minute. */
export async function quietCost({ probe }: EditorWindow): Promise<QuietCost> {
  const before = processorSeconds(probe.pid);
  await pause(quietSeconds * 1000);
  const after = processorSeconds(probe.pid);
  return Object.fromEntries([...after].map(([type, seconds]) => [type, seconds - (before.get(type) ?? 0)]));
}
