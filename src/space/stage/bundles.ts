import { SnapstageError } from '../../base/errors.ts';
import type { StoreFiles } from '../../store/files.ts';
import { idOf } from '../../store/ids.ts';
import { BUNDLE_FOLDER } from '../../store/store.ts';
import { decodeRecord, encodeRecord, parseStaged, Unreadable } from './stageBorder.ts';
import type { UnreadableRecord } from './stageFiles.ts';
import type { StagedRecord } from './stagedObject.ts';

const FILE = /^[0-9a-f]{32}$/;
const MAX_NAME = 200;

/** A Stage that was kept under a name, to be used again. */
export interface Bundle {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly saved: string;
  readonly objects: readonly StagedRecord[];
}

export interface Bundles {
  /** By name. */
  readonly bundles: readonly Bundle[];
  readonly unreadable: readonly UnreadableRecord[];
}

/** Bundles in the files of a store: a file each, named by the bundle's name. */
export class BundleFiles {
  private readonly files: StoreFiles;

  constructor(files: StoreFiles) {
    this.files = files;
  }

  list(): Bundles {
    const bundles: Bundle[] = [];
    const unreadable: UnreadableRecord[] = [];
    for (const id of this.files.list(BUNDLE_FOLDER).filter((name) => FILE.test(name))) {
      const bundle = this.read(id);
      if (bundle instanceof Unreadable) unreadable.push({ id, reason: bundle.reason });
      else if (bundle !== undefined) bundles.push(bundle);
    }
    return { bundles: bundles.toSorted((a, b) => (a.name < b.name ? -1 : 1)), unreadable };
  }

  /** @throws SnapstageError `not-found`; `damaged` for one that can't be read. */
  mustGet(name: string): Bundle {
    const bundle = this.read(bundleId(name));
    if (bundle === undefined) throw noBundle(name);
    if (bundle instanceof Unreadable) {
      throw new SnapstageError('damaged', `The bundle “${name}” can’t be read: ${bundle.reason}.`, { part: fileOf(bundleId(name)) });
    }
    return bundle;
  }

  has(name: string): boolean {
    return this.files.size(fileOf(bundleId(name))) !== undefined;
  }

  /** Replaces one of the same name. Durable. @throws SnapstageError `usage` for a name that makes none. */
  save(bundle: Bundle): void {
    const { name } = bundle;
    if (name.trim() === '' || name.length > MAX_NAME || /[\0-\x1f\x7f]/.test(name)) {
      throw new SnapstageError('usage', `“${name.slice(0, 60)}” can’t be the name of a bundle.`, { name });
    }
    this.files.write(fileOf(bundleId(name)), encodeRecord(bundle), true);
  }

  /** By name, or by id where the name is not known any more. @throws SnapstageError `not-found` when there is none: all stay then. */
  remove(names: readonly string[]): void {
    const there = new Set(this.files.list(BUNDLE_FOLDER));
    const ids = names.map((name) => [bundleId(name), name].find((id) => FILE.test(id) && there.has(id)) ?? name);
    const missing = ids.find((id) => !there.has(id));
    if (missing !== undefined) throw noBundle(missing);
    for (const id of ids) this.files.remove(fileOf(id));
    if (ids.length > 0) this.files.flushFolder(BUNDLE_FOLDER);
  }

  private read(id: string): Bundle | Unreadable | undefined {
    const bytes = this.files.read(fileOf(id));
    if (bytes === undefined) return undefined;
    const fields = decodeRecord(bytes);
    if (fields instanceof Unreadable) return fields;
    const { name, saved, objects } = fields;
    const parsed = Array.isArray(objects) ? objects.map(parseStaged) : [undefined];
    const isGood = typeof name === 'string' && bundleId(name) === id && typeof saved === 'string' && !Number.isNaN(Date.parse(saved));
    const staged = parsed.filter((one) => one !== undefined);
    return isGood && staged.length === parsed.length ? { name, saved, objects: staged } : new Unreadable();
  }
}

function bundleId(name: string): string {
  return idOf(Buffer.from(name)).toString('hex', 0, 16);
}

function fileOf(id: string): string {
  return `${BUNDLE_FOLDER}/${id}`;
}

function noBundle(name: string): SnapstageError {
  return new SnapstageError('not-found', `There is no bundle “${name}”.`, { bundle: name });
}
