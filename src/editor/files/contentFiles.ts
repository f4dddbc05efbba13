import * as vscode from 'vscode';
import { parseTime } from '../../base/format.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import { Recent } from '../recent.ts';
import { ReadOnlyFiles } from './readOnlyFiles.ts';

/** What a document's address says, so that it is there again after the window is reloaded. */
export interface ContentAddress {
  /** Address of the workspace folder. */
  readonly folder: string;
  /** Of the content: what is shown is never taken for another version of it. `null`: there is none, and the document is empty. */
  readonly id: string | null;
  readonly size: number;
  /** ISO 8601, UTC. */
  readonly modified: string;
}

/** Both sides of a diff are asked for twice: to tell whether they can be shown, and by the editor. */
const contentsKept = 4;

/** Contents that the engine has without a state of their own, as files that can only be read. */
export abstract class ContentFiles<Address extends ContentAddress> extends ReadOnlyFiles implements vscode.FileSystemProvider {
  readonly #contents = new Recent<Promise<Uint8Array>>(contentsKept);

  /** Nothing for a folder that is not open. */
  protected abstract fetch(address: Address): Promise<Uint8Array> | undefined;

  /** @throws SnapstageError when it can't be read */
  read(uri: vscode.Uri): Promise<Uint8Array> {
    const address = this.#addressOf(uri);
    if (address.id === null) return Promise.resolve(new Uint8Array());
    const known = this.#contents.get(uri.query);
    if (known) return known;
    const content = this.fetch(address);
    if (!content) throw vscode.FileSystemError.FileNotFound(uri);
    this.#contents.set(uri.query, content);
    content.catch(() => this.#contents.delete(uri.query));
    return content;
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    try {
      return await this.read(uri);
    } catch (thrown) {
      throw thrown instanceof vscode.FileSystemError ? thrown : vscode.FileSystemError.Unavailable(errorSentence(thrown));
    }
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { size, modified } = this.#addressOf(uri);
    const time = parseTime(modified).getTime();
    return { type: vscode.FileType.File, ctime: time, mtime: time, size, permissions: vscode.FilePermission.Readonly };
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.FileNotADirectory(uri);
  }

  #addressOf(uri: vscode.Uri): Address {
    return JSON.parse(uri.query) as Address;
  }
}

/** The address of a content, shown under a path. */
export function contentUri(scheme: string, authority: string, path: string, address: ContentAddress): vscode.Uri {
  return vscode.Uri.from({ scheme, authority, path: `/${displayText(path)}`, query: JSON.stringify(address) });
}
