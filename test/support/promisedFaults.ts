/** The system’s calls that a hub in a folder makes, seen one by one, and kept from happening. */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const CALLS = ['open', 'link', 'rename', 'unlink', 'mkdir', 'readdir', 'lstat', 'stat'] as const;
const HANDLE_CALLS = ['read', 'write', 'chmod', 'sync', 'stat'] as const;

export interface SystemCall {
  readonly kind: (typeof CALLS)[number] | `file.${(typeof HANDLE_CALLS)[number]}`;
  /** The first path; of an open file none. */
  readonly path: string;
}

type Call = (...args: unknown[]) => Promise<unknown>;
type Calls = Record<string, Call>;

/** Shows every call of these while `run` lasts to `before`, which may throw, or do something first. */
export async function withFaults<T>(before: (call: SystemCall) => void, run: () => Promise<T>): Promise<T> {
  const handle = await fs.open(import.meta.filename);
  const files = Object.getPrototypeOf(handle) as Calls;
  await handle.close();
  const originals = [...patch(fs as unknown as Calls, CALLS, '', before), ...patch(files, HANDLE_CALLS, 'file.', before)];
  syncBuiltinESMExports();
  try {
    return await run();
  } finally {
    for (const restore of originals) restore();
    syncBuiltinESMExports();
  }
}

function patch(on: Calls, names: readonly string[], prefix: string, before: (call: SystemCall) => void): (() => void)[] {
  return names.map((name) => {
    const original = on[name]!;
    on[name] = async function (this: unknown, ...args: unknown[]) {
      before({ kind: `${prefix}${name}` as SystemCall['kind'], path: prefix === '' ? String(args[0]) : '' });
      return original.apply(this, args);
    };
    return () => void (on[name] = original);
  });
}

const CHANGES = new Set<SystemCall['kind']>(['link', 'rename', 'unlink', 'mkdir', 'file.chmod', 'file.write', 'file.sync']);

/** True for what changes something; opening counts, because it makes files. */
export function isChange({ kind }: SystemCall): boolean {
  return CHANGES.has(kind) || kind === 'open';
}
