import type { StoreFiles } from '../../store/files.ts';
import { BundleFiles } from './bundles.ts';
import { StageFiles } from './stageFiles.ts';

/** Why the Stage and the bundles need snapshots: reasons in words, by the snapshot's id. */
export function neededByStage(files: StoreFiles): Map<string, string[]> {
  const needed = new Map<string, string[]>();
  const add = (ids: Iterable<string>, reason: string): void => {
    for (const id of new Set(ids)) needed.set(id, [...(needed.get(id) ?? []), reason]);
  };
  add(
    [...new StageFiles(files).read().objects.values()].map(({ state }) => state),
    'something of it is on the Stage',
  );
  for (const { name, objects } of new BundleFiles(files).list().bundles)
    add(
      objects.map(({ state }) => state),
      `the bundle “${name}” has something of it`,
    );
  return needed;
}
