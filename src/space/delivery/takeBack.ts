/** What taking back does at a target: inert, and told object by object. */
import { EMPTY_ID, type Edit } from '../merge/editTree.ts';
import type { Hold, Place } from '../merge/classify.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';

/** An object that is taken back, or stays although it was. */
export interface TakenObject extends Place {
  /** `safe`: as it was delivered. */
  readonly state: 'safe' | 'edited' | 'deleted-there' | 'kind-clash';
  readonly outcome: 'created' | 'updated' | 'replaced' | 'kept' | 'deleted';
  readonly hold: Hold | undefined;
  readonly base: TreeEntry | undefined;
  /** What comes in its place. */
  readonly incoming: TreeEntry | undefined;
  readonly mine: TreeEntry | undefined;
}

/** Stands for a folder in which something is to go, and that is not there. */
export const NO_FOLDER: TreeEntry = { name: '', kind: Kind.folder, mode: 0o755, flags: 0, mtime: 0n, size: 0, group: 0n, id: EMPTY_ID };

export interface TakingPlan {
  /** What is not so already. */
  readonly objects: readonly TakenObject[];
  readonly counts: Readonly<Record<TakenObject['outcome'], number>>;
  readonly deletedFiles: number;
  /** Of the target's tree. */
  readonly edits: readonly Edit[];
  /** Of what it has received. */
  readonly baseEdits: readonly Edit[];
}

export function takingPlan(objects: readonly TakenObject[], baseEdits: readonly Edit[]): TakingPlan {
  const counts = { created: 0, updated: 0, replaced: 0, kept: 0, deleted: 0 };
  for (const { outcome } of objects) counts[outcome] += 1;
  return {
    objects,
    counts,
    deletedFiles: objects.filter(({ outcome, mine }) => outcome === 'deleted' && mine?.kind !== Kind.folder).length,
    edits: objects.flatMap(({ outcome, path, place, incoming }) => (outcome === 'kept' ? [] : [{ path, place, entry: incoming }])),
    baseEdits,
  };
}
