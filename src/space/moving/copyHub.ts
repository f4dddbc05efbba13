import { createHash } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { uncounted, type Work } from '../../base/work.ts';
import type { StoreFiles } from '../../store/files.ts';

import { BELL } from '../logs/bell.ts';
import type { Hub, HubFile } from '../hub/hub.ts';

export interface Copied {
  readonly files: number;
  readonly bytes: number;
}

/** The store's files, between the two hubs. */
interface Between {
  readonly files: StoreFiles;
  readonly host: Pick<Host, 'randomHex'>;
}

/**
 * Puts into `to` what it lacks of `from`, but for the bell: each file is fetched into the store, sent, and read back. `hidden` are folders that
 * listings may not have. Ended at any moment, it goes on when called again: what is there with its size was compared when it was sent.
 * @throws SnapstageError `damaged` when a file comes back otherwise; those of both hubs, `no-space`, `cancelled`.
 */
export async function copyHub(from: Hub, to: Hub, hidden: readonly string[], between: Between, work: Work): Promise<Copied> {
  work.begin('scan');
  const found = await lackingIn(from, to, '', work);
  for (const folder of hidden) found.push(...(await lackingIn(from, to, folder, work)));
  const lacking = [...new Map(found.map((file) => [file.name, file])).values()];
  const bytes = lacking.reduce((sum, { size }) => sum + size, 0);
  work.begin('write', lacking.length, bytes);
  for (const file of lacking) {
    await copy(from, to, file, between, work);
    work.advance(1, 0);
  }
  return { files: lacking.length, bytes };
}

/** By their whole names. */
async function lackingIn(from: Hub, to: Hub, folder: string, work: Work): Promise<HubFile[]> {
  work.check();
  const whole = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  const [here, there] = [await from.list(folder), await to.list(folder)];
  const sizes = new Map(there.files.map(({ name, size }) => [name, size]));
  const lacking = here.files.filter(({ name, size }) => sizes.get(name) !== size).map(({ name, size }) => ({ name: whole(name), size }));
  const deeper: HubFile[][] = [];
  for (const name of here.folders) deeper.push(await lackingIn(from, to, whole(name), work));
  return [lacking, ...deeper].flat().filter(({ name }) => name !== BELL);
}

async function copy(from: Hub, to: Hub, { name, size }: HubFile, { files, host }: Between, work: Work): Promise<void> {
  const spool = `cache/${host.randomHex(16)}.tmp`;
  try {
    const sent = createHash('sha256');
    const into = files.create(spool);
    try {
      const append = (part: Uint8Array): void => (sent.update(part), into.append(part));
      if ((await from.fetch(name, { append }, size, uncounted(work))) === undefined) return; // somebody took it away meanwhile
    } finally {
      into.close();
    }
    const content = files.openRead(spool);
    try {
      if (!(await to.create(name, content, work))) {
        await to.remove(name);
        await to.create(name, content, uncounted(work));
      }
    } finally {
      content.close();
    }
    const back = createHash('sha256');
    await to.fetch(name, { append: (part) => void back.update(part) }, size, uncounted(work));
    if (!back.digest().equals(sent.digest())) throw changed(to, name);
  } finally {
    files.remove(spool);
  }
}

function changed({ place }: Hub, name: string): SnapstageError {
  const message = `“${name}” came back otherwise from the hub ${place} than it was sent. Try again.`;
  return new SnapstageError('damaged', message, { part: name, hub: place });
}
