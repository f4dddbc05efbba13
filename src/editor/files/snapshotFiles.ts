import * as vscode from 'vscode';
import { toSnapstageError } from '../../base/errors.ts';
import type { EntryInfo, EntryKind } from '../../engine/api.ts';
import { formatSize, parseTime } from '../../base/format.ts';
import { baseName, parentPath } from '../../base/paths.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import type { OpenedSnapshots } from './openedSnapshots.ts';
import { ReadOnlyFiles } from './readOnlyFiles.ts';
import { Recent } from '../recent.ts';
import { distributedAuthority, emptyAuthority, pathIn, snapshotScheme } from './snapshotUris.ts';
import type { Workspace } from '../workspace.ts';

const fileTypes: Readonly<Record<EntryKind, vscode.FileType>> = {
  file: vscode.FileType.File,
  folder: vscode.FileType.Directory,
  link: vscode.FileType.SymbolicLink,
};

/** What comes from the engine at once: decoding more would hold up the extension host. */
const pieceBytes = 8 * 2 ** 20;

/** The editor takes a file whole or not at all, and holds it several times over on the way. */
const mostBytes = 256 * 2 ** 20;

/** Listings kept: the explorer asks for each entry of a folder right after the folder. */
const mostListings = 64;

/** Entries by path. */
type Listing = ReadonlyMap<string, EntryInfo>;

interface Place {
  readonly instance: Instance;
  readonly id: string;
  readonly path: string;
}

/**
 * What snapshots hold, and all that was distributed, as a file system that can only be read. A link reads as the text of its target. A name that is not
 * valid UTF-8 stands there with U+FFFD for what no URI can hold, and is found by that.
 */
export class SnapshotFiles extends ReadOnlyFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #opened: OpenedSnapshots;
  readonly #listings = new Recent<Promise<Listing>>(mostListings);
  readonly #subscription: vscode.Disposable;

  constructor(workspace: Workspace, opened: OpenedSnapshots) {
    super();
    this.#workspace = workspace;
    this.#opened = opened;
    // A snapshot can be deleted, and a damaged one healed.
    this.#subscription = vscode.Disposable.from(
      workspace.onDidChange(({ what }) => {
        if (what === 'all') this.#listings.clear();
      }),
      opened.onDidChange(() => this.#listings.clear()),
    );
  }

  /** To be called when something else is distributed: all that is open of that is read again. */
  distributedChanged({ folder }: Instance): void {
    this.#listings.clear();
    const isConcerned = ({ scheme, authority, path }: vscode.Uri): boolean =>
      scheme === snapshotScheme && authority === distributedAuthority && pathIn(folder.uri, folder.uri.with({ path })) !== undefined;
    const open = vscode.workspace.textDocuments.filter(({ uri }) => isConcerned(uri));
    this.changed.fire(open.map(({ uri }) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#listings.clear();
    this.changed.dispose();
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (uri.authority === emptyAuthority) return fileStat(vscode.FileType.File, 0, 0);
    const place = await this.#placeOf(uri);
    const entry = await this.#entry(uri, place);
    if (entry) return fileStat(fileTypes[entry.kind], parseTime(entry.modified).getTime(), entry.kind === 'folder' ? 0 : entry.size);
    const snapshots = await orFileSystemError(uri, place.instance.mustList());
    const created = snapshots.find(({ id }) => id === place.id)?.created;
    return fileStat(vscode.FileType.Directory, created === undefined ? 0 : parseTime(created).getTime(), 0);
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const place = await this.#placeOf(uri);
    const entries = await this.#list(uri, place);
    if (isSelf(entries, place.path)) throw vscode.FileSystemError.FileNotADirectory(uri);
    return [...entries.values()].map((entry) => [baseName(entry.path).toWellFormed(), fileTypes[entry.kind]]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    if (uri.authority === emptyAuthority) return new Uint8Array();
    const place = await this.#placeOf(uri);
    const entry = await this.#entry(uri, place);
    if (!entry || entry.kind === 'folder') throw vscode.FileSystemError.FileIsADirectory(uri);
    if (entry.size > mostBytes) throw tooLarge(entry);
    return orFileSystemError(uri, readWhole(place, entry.size));
  }

  /** The entry at the place; nothing for a folder whose parent has not been listed, and for the top. Reads no content. */
  async #entry(uri: vscode.Uri, place: Place): Promise<EntryInfo | undefined> {
    const { path } = place;
    const beside = path === '' ? undefined : this.#listings.get(listingKey({ ...place, path: parentPath(path) }));
    const known = await beside?.then(
      (entries) => entries.get(path),
      () => undefined,
    );
    if (known) return known;
    const entries = await this.#list(uri, place);
    return isSelf(entries, path) ? entries.get(path) : undefined;
  }

  #list(uri: vscode.Uri, place: Place): Promise<Listing> {
    const key = listingKey(place);
    const known = this.#listings.get(key);
    if (known) return orFileSystemError(uri, known);
    const listing = place.instance.engine
      .ls({ state: place.id, path: place.path })
      .then((entries) => new Map(entries.map((entry) => [entry.path, entry])));
    this.#listings.set(key, listing);
    listing.catch(() => this.#listings.delete(key));
    return orFileSystemError(uri, listing);
  }

  async #placeOf(uri: vscode.Uri): Promise<Place> {
    const place = await this.#instanceOf(uri);
    return place.path.includes('\ufffd') ? { ...place, path: await this.#rawPath(uri, place) } : place;
  }

  /** A folder within a folder can be an instance too: then the snapshot's id decides. */
  async #instanceOf(uri: vscode.Uri): Promise<Place> {
    const id = uri.authority;
    const placeIn = (instance: Instance): Place[] => {
      const path = pathIn(instance.folder.uri, uri);
      return path === undefined ? [] : [{ instance, id, path }];
    };
    // Of two that have it, the inner one.
    const own = this.#workspace.instances.flatMap(placeIn).toSorted((a, b) => a.path.length - b.path.length);
    if (id === distributedAuthority && own[0]) return own[0];
    for (const place of own) {
      const snapshots = await place.instance.mustList().catch(() => []);
      if (snapshots.some((snapshot) => snapshot.id === id)) return place;
    }
    const opened = this.#opened.instanceOf(id);
    // One that is not in the list can be damaged, which its engine says.
    const place = (opened && placeIn(opened)[0]) ?? own[0];
    if (!place) throw vscode.FileSystemError.FileNotFound(uri);
    return place;
  }

  /** The path as stored of one that was shown with U+FFFD in it. */
  async #rawPath(uri: vscode.Uri, place: Place): Promise<string> {
    let path = '';
    for (const name of place.path.split('/')) {
      const entries = await this.#list(uri, { ...place, path });
      const entry = [...entries.values()].find((candidate) => baseName(candidate.path).toWellFormed() === name);
      if (!entry) throw vscode.FileSystemError.FileNotFound(uri);
      path = entry.path;
    }
    return path;
  }
}

async function readWhole({ instance, id, path }: Place, size: number): Promise<Uint8Array> {
  if (size <= pieceBytes) return instance.engine.read({ state: id, path });
  const bytes = new Uint8Array(size);
  for (let offset = 0; offset < size; offset += pieceBytes) {
    bytes.set(await instance.engine.read({ state: id, path, offset, length: Math.min(pieceBytes, size - offset) }), offset);
  }
  return bytes;
}

function listingKey({ instance, id, path }: Place): string {
  return `${instance.folder.uri.toString()} ${id} ${path}`;
}

function isSelf(entries: Listing, path: string): boolean {
  return entries.size === 1 && entries.has(path);
}

function fileStat(type: vscode.FileType, time: number, size: number): vscode.FileStat {
  return { type, ctime: time, mtime: time, size, permissions: vscode.FilePermission.Readonly };
}

function tooLarge({ path, size }: EntryInfo): vscode.FileSystemError {
  const name = displayText(baseName(path));
  return vscode.FileSystemError.Unavailable(
    vscode.l10n.t('{0} has {1}: too large to be shown in an editor. It can be restored.', name, formatSize(size, vscode.env.language)),
  );
}

async function orFileSystemError<T>(uri: vscode.Uri, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (thrown) {
    const error = toSnapstageError(thrown);
    if (error.code === 'not-found') throw vscode.FileSystemError.FileNotFound(uri);
    throw vscode.FileSystemError.Unavailable(errorSentence(error));
  }
}
