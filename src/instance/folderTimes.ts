import { parentPath } from '../base/paths.ts';
import type { SnapshotRecord } from '../store/snapshots.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import type { Step } from './restorePlan.ts';
import { within } from './scopes.ts';
import type { State } from './states.ts';

type RootRecord = Pick<SnapshotRecord, 'root' | 'rootMode' | 'rootMtime'>;

function rootEntryOf({ root, rootMode, rootMtime }: RootRecord): TreeEntry {
  return {
    name: '',
    kind: Kind.folder,
    mode: rootMode,
    flags: 0,
    mtime: BigInt(rootMtime),
    size: 0,
    group: 0n,
    id: Buffer.from(root, 'hex'),
  };
}

/**
 * Folders whose times changed by the restore, or differ from the target's: all above what is touched, within the restored paths. One
 * that is not to be restored itself gets back what it had `before`.
 */
export function foldersToSet(
  steps: readonly Step[],
  target: State,
  options: { readonly target: { readonly record: RootRecord }; readonly paths: readonly string[]; readonly only?: ReadonlySet<string> },
  before?: { readonly state: State; readonly record: RootRecord },
): { path: string; entry: TreeEntry }[] {
  const paths = new Set<string>();
  const originals = new Map<string, string>();
  for (const step of steps) {
    if (step.action === 'keep') continue;
    if (step.to?.kind === Kind.folder) paths.add(step.path);
    for (let folder = parentPath(step.path); folder !== '' && !paths.has(folder); folder = parentPath(folder)) paths.add(folder);
    let [place, original] = [step.path, step.original ?? step.path];
    for (; place !== original; [place, original] = [parentPath(place), parentPath(original)]) originals.set(place, original);
  }
  const isRestored = (path: string): boolean => options.only === undefined || options.only.has(path);
  const rootRecord = isRestored('') ? options.target.record : before?.record;
  const root = options.paths.length === 0 && rootRecord !== undefined ? [{ path: '', entry: rootEntryOf(rootRecord) }] : [];
  const made = new Map(steps.flatMap((step) => (step.to?.kind === Kind.folder ? [[step.path, step.to] as const] : [])));
  const isWithin = within(options.paths.length === 0 ? [''] : options.paths);
  const below = [...paths].flatMap((path) => {
    const original = originals.get(path) ?? path;
    const source = isRestored(path) ? target : (before?.state ?? target);
    const entry = made.get(path) ?? (isWithin(original) ? source.trees.entry(source.root, original) : undefined);
    return entry?.kind === Kind.folder ? [{ path, entry }] : [];
  });
  return [...below, ...root];
}
