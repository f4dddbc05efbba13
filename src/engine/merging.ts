/** Conflicts in which both sides are brought together. */
import { SnapstageError } from '../base/errors.ts';
import { readContent, readCurrent } from '../instance/states.ts';
import { isNotebook, mergeFile, mergeRun } from '../space/merge/mergeFile.ts';
import { decodeText, type Merged } from '../space/merge/mergeText.ts';
import type { Decided, MergedContent } from '../space/merge/decisions.ts';
import { putFolder } from '../space/merge/editTree.ts';
import type { Planned } from '../space/merge/plan.ts';
import { storing } from '../space/delivery/storing.ts';
import { idHex, idOf } from '../store/ids.ts';
import { readKeeps, writeKeep } from '../store/keeps.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import type { Store } from '../store/store.ts';
import { decodeTree, Kind, type TreeEntry } from '../store/tree.ts';
import type { MergeKind } from './deliveryApi.ts';
import type { Open } from './open.ts';

/** Larger ones are not brought together here. */
const MOST_BYTES = 4 << 20;

const LABELS = { mine: 'mine', base: 'as delivered before', incoming: 'from Master' };

/** What can be done with both sides of a conflict; nothing for what is no text. */
export function mergeKindOf(reader: ObjectReader, { place, incoming, mine }: Planned): MergeKind | null {
  const isSmall = (entry: TreeEntry | undefined): boolean => entry?.kind === Kind.file && entry.size <= MOST_BYTES;
  if (incoming === undefined || !isSmall(incoming) || !isSmall(mine) || decodeText(readContent(reader, incoming)) === undefined)
    return null;
  return isNotebook(place) ? 'notebook' : 'text';
}

/** Both sides brought together. @throws SnapstageError `refused` for what is no text, or has become too large. */
export function merged({ store, folder }: Open, { place, base, incoming, mine }: Planned): Merged {
  const stored = (entry: TreeEntry): Buffer => readContent(store.reader, entry);
  if (incoming?.kind === Kind.file && mine?.kind === Kind.file && mine.size <= MOST_BYTES && incoming.size <= MOST_BYTES) {
    const contents = {
      mine: readCurrent(folder, place, Kind.file, 0, undefined),
      base: base?.kind === Kind.file ? stored(base) : undefined,
      incoming: stored(incoming),
    };
    const result = mergeFile(place, contents, LABELS);
    if (result !== undefined) return result;
  }
  throw new SnapstageError('refused', `Both sides of “${place}” can’t be brought together: they are no texts.`, { path: place });
}

/**
 * Choices for notebooks that one side only ran: a change of outputs alone is no conflict. By name, for those that would not be updated.
 * `mineOf` reads what is here.
 */
export function settledRuns(
  store: Store,
  delivery: string,
  objects: readonly Planned[],
  mineOf: (place: string, entry: TreeEntry) => Buffer,
): ReadonlyMap<string, Decided> {
  const settled = new Map<string, Decided>();
  for (const { name, place, state, outcome, isNews, triple, base, incoming, mine, decision } of objects) {
    if (state !== 'edited' || !isNews || outcome === 'replaced' || decision !== undefined || !isNotebook(place)) continue;
    if (![incoming, mine].every((entry) => entry?.kind === Kind.file && entry.size <= MOST_BYTES)) continue;
    const contents = {
      mine: mineOf(place, mine!),
      base: base?.kind === Kind.file ? readContent(store.reader, base) : undefined,
      incoming: readContent(store.reader, incoming!),
    };
    const content = mergeRun(place, contents, LABELS);
    if (content !== undefined)
      settled.set(name, { triple, decision: { take: 'merge', content: keepContent(store, delivery, name, content) } });
  }
  return settled;
}

/** Keeps what was made of both sides, durably, until the delivery is applied. */
export function keepContent(store: Store, delivery: string, place: string, content: Buffer): MergedContent {
  const name = `merged-${delivery.slice(0, 32)}`;
  const known = readKeeps(store.files).known.find((keep) => keep.name === name);
  const entries = new Map(
    (known === undefined ? [] : decodeTree(Buffer.from(store.reader.get(Buffer.from(known.root, 'hex'))))).map((entry) => [
      entry.name,
      entry,
    ]),
  );
  const mtime = BigInt(store.host.now()) * 1_000_000n;
  const { id, root } = storing(store, (sink) => {
    const stored = sink.put(content, 'data');
    const entry = {
      name: idHex(idOf(Buffer.from(place))),
      kind: Kind.file,
      mode: 0o644,
      flags: 0,
      mtime,
      size: content.length,
      group: 0n,
      id: stored,
    };
    return { id: stored, root: putFolder(sink, entries.set(entry.name, entry)) };
  });
  writeKeep(store.files, { name, root: idHex(root) });
  return { id, size: content.length, flags: 0, mtime };
}
