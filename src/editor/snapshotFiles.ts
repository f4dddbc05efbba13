import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { EntryInfo, EntryKind } from '../engine/api.ts';
import { baseName, parseTime } from './formats.ts';
import type { Instance } from './instance.ts';
import { emptyAuthority, pathIn } from './snapshotUris.ts';
import type { Workspace } from './workspace.ts';

const fileTypes: Readonly<Record<EntryKind, vscode.FileType>> = {
  file: vscode.FileType.File,
  folder: vscode.FileType.Directory,
  link: vscode.FileType.SymbolicLink,
};

interface Place {
  readonly instance: Instance;
  readonly id: string;
  readonly path: string;
}

/** What snapshots hold, as a file system that can only be read. A link reads as the text of its target. */
export class SnapshotFiles implements vscode.FileSystemProvider {
  readonly #workspace: Workspace;
  // Never fires: a snapshot can't change.
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (uri.authority === emptyAuthority) return fileStat(vscode.FileType.File, 0, 0);
    const place = await this.#placeOf(uri);
    const entry = await this.#entry(uri, place);
    if (entry) return fileStat(fileTypes[entry.kind], parseTime(entry.modified).getTime(), entry.size);
    const snapshot = (await place.instance.mustList()).find((candidate) => candidate.id === place.id);
    return fileStat(vscode.FileType.Directory, snapshot ? parseTime(snapshot.created).getTime() : 0, 0);
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const place = await this.#placeOf(uri);
    const entries = await this.#list(uri, place);
    if (isSelf(entries, place.path)) throw vscode.FileSystemError.FileNotADirectory(uri);
    return entries.map((entry) => [baseName(entry.path), fileTypes[entry.kind]]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    if (uri.authority === emptyAuthority) return new Uint8Array();
    const { instance, id, path } = await this.#placeOf(uri);
    return orFileSystemError(uri, instance.engine.read({ state: id, path }));
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  /** The entry of a file or link; nothing for a folder. */
  async #entry(uri: vscode.Uri, place: Place): Promise<EntryInfo | undefined> {
    const entries = await this.#list(uri, place);
    return isSelf(entries, place.path) ? entries[0] : undefined;
  }

  #list(uri: vscode.Uri, { instance, id, path }: Place): Promise<readonly EntryInfo[]> {
    return orFileSystemError(uri, instance.engine.ls({ state: id, path }));
  }

  /** A folder within a folder can be an instance too: then the snapshot's id decides. */
  async #placeOf(uri: vscode.Uri): Promise<Place> {
    const id = uri.authority;
    const places = this.#workspace.instances.flatMap((instance) => {
      const path = pathIn(instance.folder.uri, uri);
      return path === undefined ? [] : [{ instance, id, path }];
    });
    const [first, ...others] = places;
    if (!first) throw vscode.FileSystemError.FileNotFound(uri);
    for (const place of others.length === 0 ? [] : places) {
      const snapshots = await orFileSystemError(uri, place.instance.mustList());
      if (snapshots.some((snapshot) => snapshot.id === id)) return place;
    }
    return first;
  }
}

function isSelf(entries: readonly EntryInfo[], path: string): boolean {
  return entries.length === 1 && entries[0]?.path === path;
}

function fileStat(type: vscode.FileType, time: number, size: number): vscode.FileStat {
  return { type, ctime: time, mtime: time, size, permissions: vscode.FilePermission.Readonly };
}

async function orFileSystemError<T>(uri: vscode.Uri, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'not-found') throw vscode.FileSystemError.FileNotFound(uri);
    throw vscode.FileSystemError.Unavailable(error instanceof Error ? error.message : String(error));
  }
}
