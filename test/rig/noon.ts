/**
 * Sets a time zone in which it is between eleven and noon now, unless one is set: what was done two hours ago is of the same day
 * then, and no test sees its day end.
 */
export function startBeforeNoon(now = new Date()): void {
  const ahead = 11 - now.getUTCHours();
  // In these names the sign says how far UTC is from there.
  process.env['TZ'] ??= `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
