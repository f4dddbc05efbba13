/** Instances that are linked to one another. */
import * as path from 'node:path';
import { quietly, SnapstageError } from '../base/errors.ts';
import { detach as detachStore } from '../store/detach.ts';
import { findParent, isLive, relink as relinkStore, storesOf, tellDependants } from '../store/lending.ts';
import { currentLink, mustBeLinked, readDependant, readDependants, removeDependant, writeLink, type Link } from '../store/links.ts';
import type { Store } from '../store/store.ts';
import type * as linksApi from './linksApi.ts';
import type { Open } from './open.ts';

export function links({ store }: Pick<Open, 'store'>): linksApi.Links {
  tellDependants(store.files);
  const link = currentLink(store.files);
  const { known, unknown } = readDependants(store.files);
  return {
    parent: link === undefined ? null : linkedTo(store, link),
    dependants: [
      ...known
        .filter((dependant) => isLive(store, dependant))
        .map((dependant) => ({
          id: dependant.id,
          folder: folderOf(dependant.places),
          snapshot: dependant.snapshot,
          found: storesOf(store.files, dependant).length > 0,
        })),
      ...unknown.map((id) => ({ id, folder: null, snapshot: null, found: false })),
    ],
  };
}

function linkedTo(store: Store, link: Link): linksApi.LinkedTo {
  const { snapshot } = link;
  try {
    const parent = findParent(store.files, link, () => store.host.randomHex(16));
    return { folder: folderOf([parent.place]), snapshot, found: true };
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.details.reason !== 'no-parent') throw error;
    return { folder: folderOf(link.places), snapshot, found: false };
  }
}

/** Of the instance whose store the places lead to. */
export function folderOf(places: readonly string[]): string {
  return path.dirname(places.at(-1) ?? '');
}

export function detach({ store, session, work }: Open): linksApi.DetachReport {
  void store.index; // finds the parent, or says that it is not there
  const { link, objects, bytes } = detachStore(store, session, work);
  // The record here says that the link has ended: where the parent can't be told, it finds that by itself.
  quietly(() => {
    const parent = link.places.map((place) => store.files.elsewhere(place)).find((files) => readDependant(files, link.id) !== undefined);
    if (parent !== undefined) removeDependant(parent, link.id);
  });
  return { objects, bytes };
}

export function relink({ store }: Open, parent: Open): linksApi.Links {
  const link = mustBeLinked(store.files);
  if (store.files.place === parent.store.files.place) throw new SnapstageError('usage', 'An instance can’t be linked to itself.', {});
  if (readDependant(parent.store.files, link.id) === undefined) relinkStore(store, link, parent.store);
  else writeLink(store.files, { ...link, places: store.files.wayTo(parent.store.files) });
  return links({ store });
}

/** @throws SnapstageError `not-found`; `refused` for one that is there. */
export function forget({ store }: Open, id: string): linksApi.Links {
  const { known, unknown } = readDependants(store.files);
  const isMeant = (one: string): boolean => one.startsWith(id) && id.length >= 4;
  const dependant = known.find((one) => isMeant(one.id) && isLive(store, one));
  const damaged = unknown.find(isMeant);
  if (dependant === undefined && damaged === undefined)
    throw new SnapstageError('not-found', `No linked instance ${id} is known here.`, { id });
  if (dependant !== undefined && storesOf(store.files, dependant).length > 0) {
    const folder = folderOf(dependant.places);
    throw new SnapstageError('refused', `The linked instance in ${folder} is there. Detach it there, or delete it first.`, { folder });
  }
  removeDependant(store.files, dependant?.id ?? damaged!);
  return links({ store });
}
