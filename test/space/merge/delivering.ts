/** One delivery to one target, all in memory, with what must hold whatever it is. */
import assert from 'node:assert/strict';
import type { NameTraits } from '../../../src/instance/names.ts';
import type { Target } from '../../../src/space/merge/classify.ts';
import type { Decided, Decision } from '../../../src/space/merge/decisions.ts';
import { mergedTree } from '../../../src/space/merge/mergedTree.ts';
import { nextBase } from '../../../src/space/merge/nextBase.ts';
import { planMerge, type MergePlan, type MergeRequest } from '../../../src/space/merge/plan.ts';
import { Staged, type Item, type Strategies, type Strategy } from '../../../src/space/merge/staged.ts';
import { filesOf, sink, treeOf, trees, type Files } from '../../support/memoryTrees.ts';

export const LINUX: NameTraits = { foldsCase: false, foldsUnicode: false, windows: false };
export const MAC: NameTraits = { foldsCase: true, foldsUnicode: true, windows: false };
export const WINDOWS: NameTraits = { foldsCase: true, foldsUnicode: false, windows: true };

export interface Delivered {
  readonly base?: Files | Buffer;
  readonly incoming: Files | Buffer;
  readonly mine: Files | Buffer;
  /** Absent: all of it, as a snapshot. */
  readonly items?: readonly Item[];
  readonly strategy?: Strategy;
  readonly byType?: Strategies['byType'];
  readonly target?: Partial<Target>;
  readonly decisions?: Readonly<Record<string, Decision['take'] | Decided>>;
  readonly remembered?: ReadonlyMap<string, Decision>;
}

export interface Result {
  readonly plan: MergePlan;
  /** State and outcome by place. */
  readonly told: Readonly<Record<string, string>>;
  /** The target afterwards, and its base. */
  readonly files: Record<string, string>;
  readonly received: Record<string, string>;
  readonly root: Buffer;
  readonly base: Buffer;
}

const WHOLE: readonly Item[] = [{ type: 'snapshot', path: '' }];

export function requestOf({ base, incoming, mine, items = WHOLE, strategy = 'overwrite', byType, ...more }: Delivered): MergeRequest {
  const side = (files: Files | Buffer) => ({ trees, folder: Buffer.isBuffer(files) ? files : treeOf(files) });
  const sides = { base: base === undefined ? { trees, folder: undefined } : side(base), incoming: side(incoming), mine: side(mine) };
  return {
    sides,
    staged: new Staged(items, { overall: strategy, ...(byType === undefined ? {} : { byType }) }),
    target: { traits: LINUX, unread: [], unsaved: [], ...more.target },
    label: 'Master',
    decisions: new Map(),
    remembered: more.remembered ?? new Map(),
    files: Object.keys(filesOf(sides.mine.folder)).filter((path) => !path.endsWith('/')).length,
  };
}

/** Plans and merges. A decision that is only a word is made for whatever is at the place now. */
export function deliver(delivered: Delivered): Result {
  const undecided = requestOf(delivered);
  const request = { ...undecided, decisions: decidedFor(undecided, delivered.decisions ?? {}) };
  const plan = planMerge(request, () => undefined);
  const root = mergedTree(request, plan, sink);
  const base = nextBase(request, plan, sink);
  const told = Object.fromEntries(plan.objects.map(({ place, state, outcome }) => [place, `${state}: ${outcome}`]));
  const result = { plan, told, files: filesOf(root), received: filesOf(base), root, base };
  onlyAsPlanned(filesOf(request.sides.mine.folder!), result);
  return result;
}

function decidedFor(request: MergeRequest, decisions: NonNullable<Delivered['decisions']>): Map<string, Decided> {
  const made = new Map<string, Decided>();
  for (let count = -1; count < made.size;) {
    count = made.size;
    // What depends on a decision is there once that is made.
    for (const { place, triple } of planMerge({ ...request, decisions: made }, () => undefined).objects) {
      const decision = decisions[place];
      if (decision !== undefined)
        made.set(place, typeof decision === 'object' ? decision : { triple, decision: { take: decision as 'mine' } });
    }
  }
  return made;
}

/** Nothing differs in the target but at the places that the plan names. */
function onlyAsPlanned(before: Record<string, string>, { plan, files }: Result): void {
  const changed = new Set(
    plan.objects.filter(({ outcome }) => outcome !== 'kept' && outcome !== 'waiting').map(({ place, beside }) => beside?.place ?? place),
  );
  for (const path of new Set([...Object.keys(before), ...Object.keys(files)])) {
    if (before[path] === files[path] || path.endsWith('/')) continue;
    assert.ok(changed.has(path), `${path} changed, but no object says so`);
  }
}
