/** The system’s calls by which files are written into folders of people, seen one by one, and kept from happening. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const CALLS = ['openSync', 'writeSync', 'futimesSync', 'mkdirSync', 'renameSync', 'symlinkSync', 'chmodSync'] as const;

export interface FolderCall {
  readonly kind: (typeof CALLS)[number];
  /** The last path that is named; of an open file that one's. */
  readonly path: string;
}

type Call = (...args: unknown[]) => unknown;

/**
 * Shows every such call for what is in a folder (absolute) while `run` lasts to `before`, which may throw. What another thread does is not
 * seen: few and small files are written by this one.
 */
export async function withFolderFaults<T>(folder: string, before: (call: FolderCall) => void, run: () => Promise<T>): Promise<T> {
  const calls = fs as unknown as Record<string, Call>;
  const originals = CALLS.map((kind) => [kind, calls[kind]!] as const);
  const open = new Map<unknown, string>();
  for (const [kind, original] of originals) {
    calls[kind] = (...args) => {
      const place = args.slice(0, 2).findLast((one) => typeof one === 'string' && one.startsWith(folder)) ?? open.get(args[0]);
      if (typeof place === 'string') before({ kind, path: place });
      const made = original(...args);
      // A number that was closed may come again.
      if (kind === 'openSync') open.delete(made);
      if (kind === 'openSync' && typeof place === 'string') open.set(made, place);
      return made;
    };
  }
  syncBuiltinESMExports();
  try {
    return await run();
  } finally {
    for (const [kind, original] of originals) calls[kind] = original;
    syncBuiltinESMExports();
  }
}
