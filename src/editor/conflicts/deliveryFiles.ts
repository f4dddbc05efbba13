import * as vscode from 'vscode';
import { parseTime } from '../../base/format.ts';
import type { DeliveredObject, DeliveryApi } from '../../engine/deliveryApi.ts';
import { ReadOnlyFiles } from '../files/readOnlyFiles.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import { Recent } from '../recent.ts';
import { hasContent } from './conflicts.ts';

export const deliveryScheme = 'snapstage-delivery';

export type Side = 'base' | 'incoming' | 'mine';

/** What a document's address says, so that it is there again after the window is reloaded. */
interface Address {
  /** Address of the workspace folder. */
  readonly folder: string;
  readonly delivery: string;
  readonly place: string;
  readonly side: Side;
  /** Of the side: what is shown is never taken for another version of it. `null`: there is none, and the document is empty. */
  readonly id: string | null;
  readonly size: number;
  readonly modified: string;
}

/** Both sides of a diff are asked for twice: to tell whether they can be shown, and by the editor. */
const contentsKept = 4;

/** The sides of delivered objects as files that can only be read. */
export class DeliveryFiles extends ReadOnlyFiles implements vscode.FileSystemProvider {
  readonly #apiOf: (folder: string) => Pick<DeliveryApi, 'readSide'> | undefined;
  readonly #contents = new Recent<Promise<Uint8Array>>(contentsKept);

  constructor(apiOf: (folder: string) => Pick<DeliveryApi, 'readSide'> | undefined) {
    super();
    this.#apiOf = apiOf;
  }

  /** @throws SnapstageError when it can't be read */
  read(uri: vscode.Uri): Promise<Uint8Array> {
    const { folder, delivery, place, side, id } = parseAddress(uri);
    if (id === null) return Promise.resolve(new Uint8Array());
    const known = this.#contents.get(uri.query);
    if (known) return known;
    const api = this.#apiOf(folder);
    if (!api) throw vscode.FileSystemError.FileNotFound(uri);
    const content = api.readSide({ delivery, place, side });
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
    const { size, modified } = parseAddress(uri);
    const time = parseTime(modified).getTime();
    return { type: vscode.FileType.File, ctime: time, mtime: time, size, permissions: vscode.FilePermission.Readonly };
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.FileNotADirectory(uri);
  }
}

/** The address of a side; of one that is not there an empty file. */
export function sideUri(folder: string, delivery: string, object: DeliveredObject, side: Side): vscode.Uri {
  const version = object[side];
  const { id, size, modified } = hasContent(version) ? version : { id: null, size: 0, modified: new Date(0).toISOString() };
  const address: Address = { folder, delivery, place: object.place, side, id, size, modified };
  return vscode.Uri.from({
    scheme: deliveryScheme,
    authority: side,
    path: `/${displayText(object.place)}`,
    query: JSON.stringify(address),
  });
}

function parseAddress(uri: vscode.Uri): Address {
  return JSON.parse(uri.query) as Address;
}
