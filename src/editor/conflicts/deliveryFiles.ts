import type { Uri } from 'vscode';
import type { DeliveredObject, DeliveryApi } from '../../engine/deliveryApi.ts';
import { ContentFiles, contentUri, type ContentAddress } from '../files/contentFiles.ts';
import { hasContent } from './conflicts.ts';

export const deliveryScheme = 'snapstage-delivery';

export type Side = 'base' | 'incoming' | 'mine';

interface Address extends ContentAddress {
  readonly delivery: string;
  readonly place: string;
  readonly side: Side;
}

/** The sides of delivered objects as files that can only be read. */
export class DeliveryFiles extends ContentFiles<Address> {
  readonly #apiOf: (folder: string) => Pick<DeliveryApi, 'readSide'> | undefined;

  constructor(apiOf: (folder: string) => Pick<DeliveryApi, 'readSide'> | undefined) {
    super();
    this.#apiOf = apiOf;
  }

  protected override fetch({ folder, delivery, place, side }: Address): Promise<Uint8Array> | undefined {
    return this.#apiOf(folder)?.readSide({ delivery, place, side });
  }
}

/** The address of a side; of one that is not there an empty file. */
export function sideUri(folder: string, delivery: string, object: DeliveredObject, side: Side): Uri {
  const version = object[side];
  const { id, size, modified } = hasContent(version) ? version : { id: null, size: 0, modified: new Date(0).toISOString() };
  const address: Address = { folder, delivery, place: object.place, side, id, size, modified };
  return contentUri(deliveryScheme, side, object.place, address);
}
