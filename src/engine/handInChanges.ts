/** How much of hand-ins is other than it was handed out. */
import { sameContent } from '../instance/diff.ts';
import type { State } from '../instance/states.ts';
import { expectedFiles } from '../space/assignments/expectedFiles.ts';
import { keepName as deliveredKeep } from '../space/delivery/distributions.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import type * as api from './assignmentApi.ts';
import { AssignmentView } from './assignments.ts';
import { handInKeep } from './handInFiles.ts';
import { keptState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import { participating } from './spaces.ts';

export type Leaves = ReadonlyMap<string, TreeEntry>;

/** Files and links by path. */
export function leavesOf({ trees, root }: Pick<State, 'trees' | 'root'>): Leaves {
  const leaves = new Map<string, TreeEntry>();
  for (const { path, entry } of trees.walk(root)) if (entry.kind !== Kind.folder) leaves.set(path, entry);
  return leaves;
}

/** Of those whose content is here, as is what was handed out; of what their assignment asks for alone. */
export function handInChanges(
  open: Open,
  machine: Machine,
  { handIns }: { readonly handIns: readonly string[] },
): Promise<readonly api.HandInChanges[]> {
  return participating(open, machine, async (participant) => {
    const view = new AssignmentView(open, participant);
    const givenOut = new Map<string, Leaves | undefined>();
    const found: api.HandInChanges[] = [];
    for (const name of handIns) {
      const { assignment, handIn } = view.handIn(name);
      const { distribution } = assignment.current.body;
      if (distribution === null) continue;
      if (!givenOut.has(distribution)) givenOut.set(distribution, leavesKept(open, deliveredKeep(distribution)));
      const [before, after] = [givenOut.get(distribution), leavesKept(open, handInKeep(handIn.id))];
      if (before !== undefined && after !== undefined) {
        const asked = expectedFiles(assignment.parts, before.keys()).sent;
        found.push({ handIn: handIn.id, ...countsOf(new Map(asked.map((path) => [path, before.get(path)!])), after) });
      }
      await open.work.pause();
    }
    return found;
  });
}

function leavesKept({ store }: Open, name: string): Leaves | undefined {
  const state = keptState(store, name);
  return state && leavesOf(state);
}

function countsOf(before: Leaves, after: Leaves): Omit<api.HandInChanges, 'handIn'> {
  const both = [...after].flatMap(([path, entry]) => (before.has(path) ? [[before.get(path)!, entry] as const] : []));
  return {
    added: after.size - both.length,
    changed: both.filter(([a, b]) => !sameContent(a, b)).length,
    removed: before.size - both.length,
  };
}
