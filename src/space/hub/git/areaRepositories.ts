import * as path from 'node:path';
import { SnapstageError } from '../../../base/errors.ts';
import type { Work } from '../../../base/work.ts';
import type { ReadableStoreFile, WritableStoreFile } from '../../../store/files.ts';
import { checkHubName, type Hub, type HubListing, type NewFile } from '../hub.ts';
import { AREA } from './gitPlace.ts';
import type { RemoteOptions } from './gitRemote.ts';
import { RepositoryHub } from './repositoryHub.ts';

/** What each member writes for few readers lies by itself: `areas/<id>/…` and `previews/<log>/…`. */
const APART = new Set(['areas', 'previews']);
/** The repository of all else, which every member reads. */
const MAIN = 'hub';

/**
 * A hub in several git repositories, one for each area and each member's previews, and one for all else: an address with `{area}` in it. A
 * server then can say who reads an area, and not only who writes it.
 *
 * A repository that is not there is an area with nothing in it, as long as the one for all else is there. It is made by the first who writes,
 * where the server makes one that is pushed to (or it is reached by a path); elsewhere its owner makes them before. Nobody can list
 * repositories, so the folders `areas` and `previews` themselves seem to be empty.
 */
export class AreaRepositories implements Hub {
  readonly place: string;
  private readonly options: RemoteOptions;
  private readonly main: RepositoryHub;
  private readonly parts = new Map<string, RepositoryHub>();

  /** Of a place whose address has `{area}` in it. */
  constructor(options: RemoteOptions) {
    this.place = options.place.path;
    this.options = options;
    this.main = this.repository(MAIN);
  }

  /** Makes the repository for what all read a hub, unless it is one. */
  make(): Promise<void> {
    return this.main.make();
  }

  async list(folder: string): Promise<HubListing> {
    if (folder !== '') checkHubName(folder);
    return this.reading(folder, 2, (hub) => hub.list(folder), { files: [], folders: [], strangers: 0 });
  }

  async read(name: string, limit: number): Promise<Buffer | undefined> {
    checkHubName(name);
    return this.reading(name, 3, (hub) => hub.read(name, limit), undefined);
  }

  async fetch(name: string, into: Pick<WritableStoreFile, 'append'>, limit: number, work: Work): Promise<number | undefined> {
    checkHubName(name);
    return this.reading(name, 3, (hub) => hub.fetch(name, into, limit, work), undefined);
  }

  async create(name: string, content: Uint8Array | ReadableStoreFile, work?: Work): Promise<boolean> {
    checkHubName(name);
    return this.writing(name, (hub) => hub.create(name, content, work));
  }

  async createTogether(files: readonly NewFile[], work?: Work): Promise<boolean[]> {
    for (const { name } of files) checkHubName(name);
    return this.writing(files[0]!.name, (hub) => hub.createTogether(files, work));
  }

  async remove(...names: readonly string[]): Promise<void> {
    for (const name of names) checkHubName(name);
    for (const some of Map.groupBy(names, (name) => this.of(name, 3)).values())
      await this.reading(some[0]!, 3, (hub) => hub.remove(...some), undefined);
  }

  async hint(name: string, bytes: Uint8Array): Promise<void> {
    checkHubName(name);
    await this.writing(name, (hub) => hub.hint(name, bytes));
  }

  /** The repository of a name that has so many parts at least when it lies by itself. */
  private of(name: string, least: number): RepositoryHub {
    const [first = '', second = ''] = name.split('/');
    if (!APART.has(first) || name.split('/').length < least) return this.main;
    const area = `${first}-${second}`;
    const part = this.parts.get(area) ?? this.repository(area);
    this.parts.set(area, part);
    return part;
  }

  private repository(area: string): RepositoryHub {
    const { place, cache } = this.options;
    const filled = (text: string): string => text.replace(AREA, area);
    return new RepositoryHub({
      ...this.options,
      place: { ...place, address: filled(place.address), path: filled(place.path) },
      cache: path.join(cache, area),
    });
  }

  private async reading<T>(name: string, least: number, ask: (hub: RepositoryHub) => Promise<T>, nothing: T): Promise<T> {
    const hub = this.of(name, least);
    try {
      return await ask(hub);
    } catch (error) {
      if (hub === this.main || !isUnmade(error)) throw error;
      await this.main.mustBeThere();
      return nothing;
    }
  }

  private async writing<T>(name: string, write: (hub: RepositoryHub) => Promise<T>): Promise<T> {
    const hub = this.of(name, 3);
    try {
      return await write(hub);
    } catch (error) {
      if (hub === this.main || !isUnmade(error)) throw error;
      await this.main.mustBeThere();
      await hub.make();
      return write(hub);
    }
  }
}

/** The server says that there is no such repository, or nothing of a hub in it. */
function isUnmade(error: unknown): boolean {
  return error instanceof SnapstageError && ['absent', 'unmade'].includes(String(error.details['trouble']));
}
