/** Trees in memory: written as what is at each path, and read back as that. */
import { memorySink } from '../../src/instance/findings.ts';
import { Trees } from '../../src/instance/states.ts';
import { idKey, idOf, NO_ID } from '../../src/store/ids.ts';
import { encodeTree, Kind, type TreeEntry } from '../../src/store/tree.ts';

/** A text is a file, `@target` a link; paths of empty folders end with `/`. More can be said of an entry in an object. */
export type Files = Readonly<Record<string, string | Buffer | (Partial<Omit<TreeEntry, 'name' | 'id'>> & { readonly content: string })>>;

const objects = new Map<string, Buffer>();
export const sink = memorySink(objects);
export const trees = new Trees(() => {
  throw new Error('an object that is not in memory');
}, objects);

/** The entry of one file or link. */
export function entryOf(name: string, value: Files[string]): TreeEntry {
  const { content, ...more } = typeof value === 'string' || Buffer.isBuffer(value) ? { content: value } : value;
  const isLink = typeof content === 'string' && content.startsWith('@');
  const bytes = typeof content === 'string' ? Buffer.from(isLink ? content.slice(1) : content) : content;
  const id = bytes.length === 0 ? NO_ID : idOf(bytes);
  objects.set(idKey(id), bytes);
  return { name, kind: isLink ? Kind.link : Kind.file, mode: 0o644, flags: 0, mtime: 5n, size: bytes.length, group: 0n, id, ...more };
}

/** The root of a tree that holds these. */
export function treeOf(files: Files): Buffer {
  const here = Map.groupBy(Object.keys(files), (path) => path.split('/')[0]!);
  const entries = [...here].map(([name, paths]): TreeEntry => {
    if (paths.includes(name)) return entryOf(name, files[name]!);
    const below = Object.fromEntries(
      paths.filter((path) => path !== `${name}/`).map((path) => [path.slice(name.length + 1), files[path]!]),
    );
    const own = files[`${name}/`];
    const more = typeof own === 'object' && !Buffer.isBuffer(own) ? own : {};
    const entry = entryOf(name, { mode: 0o755, ...more, content: '' });
    return { ...entry, kind: Kind.folder, id: treeOf(below) };
  });
  return sink.put(encodeTree(entries.sort((a, b) => (a.name < b.name ? -1 : 1))), 'meta');
}

/** What a tree holds: texts by path, links as `@target`, folders only where they are empty. */
export function filesOf(root: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, entry } of trees.walk(root)) {
    if (entry.kind === Kind.folder && trees.get(entry.id).length === 0) found[`${path}/`] = '';
    else if (entry.kind === Kind.link) found[path] = `@${textOf(entry)}`;
    else if (entry.kind === Kind.file) found[path] = textOf(entry);
  }
  return found;
}

function textOf(entry: TreeEntry): string {
  return bytesOf(entry).toString();
}

export function bytesOf({ id, size }: TreeEntry): Buffer {
  return size === 0 ? Buffer.alloc(0) : objects.get(idKey(id))!;
}
