import { networkInterfaces } from 'node:os';

/** Whether this computer has an address that others could reach it by: without one it reaches nobody either. */
export function isOnline(interfaces = networkInterfaces()): boolean {
  return Object.values(interfaces).some((addresses) => addresses?.some(({ internal }) => !internal));
}
