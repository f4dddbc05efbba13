/** Records of the Stage and its bundles that are damaged, as a verification tells of them. */
import { BundleFiles } from '../space/stage/bundles.ts';
import { Unreadable } from '../space/stage/stageBorder.ts';
import { StageFiles } from '../space/stage/stageFiles.ts';
import type { StoreFiles } from '../store/files.ts';
import { BUNDLE_FOLDER, STAGE_FOLDER } from '../store/store.ts';
import type { Damage } from './api.ts';

/** Those of a newer version are none. Nothing is healed: whose they were nobody knows any more. */
export function stageDamage(files: StoreFiles): readonly Damage[] {
  const { reason: problem } = new Unreadable();
  const found = [
    ...new StageFiles(files).read().unreadable.map((one) => ({ ...one, folder: STAGE_FOLDER })),
    ...new BundleFiles(files).list().unreadable.map((one) => ({ ...one, folder: BUNDLE_FOLDER })),
  ];
  return found
    .filter(({ reason }) => reason === problem)
    .map(({ id, folder }) => ({ part: `${folder}/${id}`, problem, healed: false, affected: [] }));
}
