import { joinPath } from '../../base/paths.ts';
import type { Side } from '../../instance/diff.ts';
import { idOf } from '../../store/ids.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import { encodeTree, Kind, type TreeEntry } from '../../store/tree.ts';

/** The id of a folder without anything in it. */
export const EMPTY_ID = idOf(encodeTree([]));

/** One change of a tree. */
export interface Edit {
  readonly place: string;
  /** As the folders above it are called by who knows more of them. */
  readonly path: string;
  /** `undefined`: it goes. A folder without content gives its permissions and time to what is there. */
  readonly entry: TreeEntry | undefined;
}

interface Node {
  readonly path: string;
  edit: Edit | undefined;
  readonly below: Map<string, Node>;
}

export interface EditOptions {
  readonly sink: ObjectSink;
  /** A folder that is to be made for what is in it, by its `path`. */
  readonly folderAt: (path: string) => TreeEntry;
  /** Whether a folder from which all went stays. */
  readonly staysEmpty: (place: string, path: string) => boolean;
}

/** Stores a folder; `before` is an older version. */
export function putFolder(sink: ObjectSink, entries: ReadonlyMap<string, TreeEntry>, before?: Buffer): Buffer {
  return sink.put(encodeTree([...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))), 'meta', before);
}

/** Applies edits to a tree; only folders on the way to them are new. Returns the new root. */
export function editTree(side: Side, edits: Iterable<Edit>, options: EditOptions): Buffer {
  const root: Node = { path: '', edit: undefined, below: new Map() };
  for (const edit of edits) addEdit(root, edit);
  return new Editor(side, options).folder(root, '', side.folder);
}

function addEdit(root: Node, edit: Edit): void {
  const paths = edit.path.split('/');
  let node = root;
  for (const [depth, name] of edit.place.split('/').entries()) {
    let next = node.below.get(name);
    if (next === undefined) node.below.set(name, (next = { path: paths.slice(0, depth + 1).join('/'), edit: undefined, below: new Map() }));
    node = next;
  }
  node.edit = edit;
}

class Editor {
  private readonly side: Side;
  private readonly options: EditOptions;

  constructor(side: Side, options: EditOptions) {
    this.side = side;
    this.options = options;
  }

  folder(node: Node, place: string, id: Buffer | undefined): Buffer {
    const entries = new Map((id === undefined ? [] : this.side.trees.get(id)).map((entry) => [entry.name, entry]));
    for (const [name, child] of node.below) {
      const entry = this.entry(child, joinPath(place, name), entries.get(name));
      if (entry === undefined) entries.delete(name);
      else entries.set(name, { ...entry, name });
    }
    return putFolder(this.options.sink, entries, id);
  }

  private entry({ edit, path, below }: Node, place: string, there: TreeEntry | undefined): TreeEntry | undefined {
    if (edit !== undefined && edit.entry?.kind !== Kind.folder) return edit.entry;
    const folder = there?.kind === Kind.folder ? there : undefined;
    const own = edit?.entry ?? folder ?? this.options.folderAt(path);
    const content = edit === undefined || edit.entry?.id.equals(EMPTY_ID) ? folder?.id : edit.entry?.id;
    if (below.size === 0) return { ...own, id: content ?? putFolder(this.options.sink, new Map()) };
    const id = this.folder({ path, edit, below }, place, content);
    return id.equals(EMPTY_ID) && !this.options.staysEmpty(place, path) ? undefined : { ...own, id };
  }
}
