import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..', '..');

/** Sets what all tests and what they start have in their environment, unless it is set. */
export function setEnvironment(): void {
  process.env['TZ'] ??= zoneBeforeNoon();
  // Many tests start many programs, of which each would be compiled anew.
  process.env['NODE_COMPILE_CACHE'] ??= join(project, 'node_modules', '.cache', 'compiled');
}

/** A time zone in which it is between eleven and noon now: what was done two hours ago is of the same day there, and no test sees its day end. */
function zoneBeforeNoon(): string {
  const ahead = 11 - new Date().getUTCHours();
  // In these names the sign says how far UTC is from there.
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
