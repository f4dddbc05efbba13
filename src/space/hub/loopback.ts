/** This machine, by the name that addresses have for it: what goes there leaves it in no network. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Of the host of an address, without a port. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
