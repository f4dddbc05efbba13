import * as fs from 'node:fs';
import * as path from 'node:path';
import { isSystemError, SnapstageError } from '../../base/errors.ts';

/**
 * A hub and an instance lie apart, whatever links lead there and however the file system takes names: in an instance the hub would be in
 * every snapshot and a restore would turn it back; an instance in the hub is open to all who share that.
 * @throws SnapstageError `refused` with the reason `hub-inside` or `inside-hub`.
 */
export function refuseUnlessApart(hub: string, folder: string): void {
  const [instance, ...aboveInstance] = identitiesUpward(folder);
  const [own, ...above] = identitiesUpward(hub);
  const details = { hub, folder };
  if (instance === undefined) return;
  if (own === instance || above.includes(instance)) {
    const message = `The hub ${hub} lies in the folder of this instance, whose snapshots would hold it and whose restores would turn it back. Choose a place outside of ${folder}.`;
    throw new SnapstageError('refused', message, { ...details, reason: 'hub-inside' });
  }
  if (own === undefined || !aboveInstance.includes(own)) return;
  const message = `The folder of this instance, ${folder}, lies in the hub ${hub}, which others can read and write. Move one of them elsewhere.`;
  throw new SnapstageError('refused', message, { ...details, reason: 'inside-hub' });
}

/** Whether a folder is another one, or lies in it, whatever links lead there. */
export function liesIn(inner: string, outer: string): boolean {
  const [own] = identitiesUpward(outer);
  return own !== undefined && identitiesUpward(inner).includes(own);
}

/** What tells a folder from all others, for it and each one above it; `undefined` for what is not there. */
function identitiesUpward(folder: string): readonly (string | undefined)[] {
  const found: (string | undefined)[] = [];
  let at = path.resolve(folder);
  for (let known = real(at); ; known = real(at)) {
    found.push(known && identity(known));
    // What is above a link is what is above the folder that it leads to.
    if (known !== undefined) at = known;
    const next = path.dirname(at);
    if (next === at) return found;
    at = next;
  }
}

function real(folder: string): string | undefined {
  return looked(() => fs.realpathSync.native(folder));
}

/** File systems that number nothing are those that fold case. */
function identity(folder: string): string | undefined {
  return looked(() => {
    const { dev, ino } = fs.statSync(folder, { bigint: true });
    return ino === 0n ? folder.toLowerCase() : `${dev} ${ino}`;
  });
}

/** What can't be looked at has not been found; whoever opens it is told. */
function looked<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
