import type { Uri } from 'vscode';
import type { ObjectVersion } from '../../engine/deliveryApi.ts';
import type { PreviewApi, ReceivedRequest } from '../../engine/previewApi.ts';
import { ContentFiles, contentUri, type ContentAddress } from '../files/contentFiles.ts';

export const receivedScheme = 'snapstage-received';

interface Address extends ContentAddress, ReceivedRequest {}

/** What members last received, as files that can only be read. */
export class ReceivedFiles extends ContentFiles<Address> {
  readonly #apiOf: (folder: string) => Pick<PreviewApi, 'readReceived'> | undefined;

  constructor(apiOf: (folder: string) => Pick<PreviewApi, 'readReceived'> | undefined) {
    super();
    this.#apiOf = apiOf;
  }

  protected override fetch({ folder, target, path }: Address): Promise<Uint8Array> | undefined {
    return this.#apiOf(folder)?.readReceived({ target, path });
  }
}

export function receivedUri(folder: string, { target, path }: ReceivedRequest, { id, size, modified }: ObjectVersion): Uri {
  const address: Address = { folder, target, path, id, size, modified };
  return contentUri(receivedScheme, target, path, address);
}
