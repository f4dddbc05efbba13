/** A state in memory, for what reads states through a port. */
import type { StateFiles } from '../../src/instance/applications/stateFiles.ts';
import { Kind } from '../../src/store/tree.ts';

/** Content by path; a path that ends with `/` is a folder, a content `{ link }` a link. */
export type MemoryFiles = Readonly<Record<string, string | Buffer | { readonly link: string }>>;

/** `leftOut`: paths that snapshots leave out. `modified`: milliseconds by path, 0 for the others. */
export function memoryFiles(
  files: MemoryFiles,
  leftOut: readonly string[] = [],
  modified: Readonly<Record<string, number>> = {},
): StateFiles {
  const folders = new Map<string, Map<string, Kind>>([['', new Map()]]);
  const add = (path: string, kind: Kind): void => {
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? '' : path.slice(0, slash);
    if (!folders.has(folder)) add(folder, Kind.folder);
    folders.get(folder)!.set(path.slice(slash + 1), kind);
    if (kind === Kind.folder && !folders.has(path)) folders.set(path, new Map());
  };
  const contents = new Map(Object.entries(files));
  for (const [path, content] of contents) {
    if (path.endsWith('/')) add(path.slice(0, -1), Kind.folder);
    else add(path, typeof content === 'object' && 'link' in content ? Kind.link : Kind.file);
  }
  const bytesOf = (path: string): Buffer => {
    const content = contents.get(path)!;
    return Buffer.from(typeof content === 'object' && 'link' in content ? content.link : content);
  };
  const kindOf = (path: string): Kind | undefined => {
    const slash = path.lastIndexOf('/');
    return folders.get(slash < 0 ? '' : path.slice(0, slash))?.get(path.slice(slash + 1));
  };
  return {
    list: (folder) => [...folders.get(folder)!].map(([name, kind]) => ({ name, kind })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    stat(path) {
      const kind = kindOf(path);
      return kind && { kind, size: kind === Kind.folder ? 0 : bytesOf(path).length, modified: modified[path] ?? 0 };
    },
    read: (path, length) => bytesOf(path).subarray(0, length),
    isLeftOut: (path) => leftOut.includes(path),
  };
}
