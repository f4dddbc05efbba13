/** What a hub lists of what a ref has, purely. */
import type { HubFile, HubListing } from '../hub.ts';
import type { Contents } from './objects.ts';
import { below } from './refs.ts';

/** What lies in a folder of a ref, whose entries begin with `prefix`. */
export function listingOf({ files, strange }: Contents, prefix: string): HubListing {
  const found: HubFile[] = [];
  const folders = new Set<string>();
  for (const [entry, { size }] of files) {
    const under = below(entry, prefix);
    if (under?.isFile === true) found.push({ name: under.part, size });
    else if (under !== undefined) folders.add(under.part);
  }
  return { files: sorted(found), folders: [...folders].sort(), strangers: strange.length };
}

/** In the order of their names. */
export function sorted(files: readonly HubFile[]): HubFile[] {
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
