/** What a preview says against what applying then does. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { foldersAbove } from '../../../src/instance/scopes.ts';
import { planMerge } from '../../../src/space/merge/plan.ts';
import { STRATEGIES } from '../../../src/space/strategy.ts';
import { EMPTY_ID } from '../../../src/space/merge/editTree.ts';
import type { Item } from '../../../src/space/merge/staged.ts';
import type { Base } from '../../../src/space/preview/bases.ts';
import { Comparison, type Compared } from '../../../src/space/preview/compare.ts';
import { outcomeOf, runsCode } from '../../../src/space/preview/outcomes.ts';
import { encodeTable, PublishedTable } from '../../../src/space/preview/table.ts';
import { Kind, type TreeEntry } from '../../../src/store/tree.ts';
import { trees } from '../../support/memoryTrees.ts';
import { requestOf, type Delivered } from '../merge/delivering.ts';

const seed = Number(process.env['SNAPSTAGE_SEED'] ?? Date.now() % 1e9);
const KEY = Buffer.alloc(32, 7);

type Content = Readonly<Record<string, string>>;

const strategy = fc.constantFrom(...STRATEGIES);
const path = fc.array(fc.constantFrom('a', 'b', 'c', '.git'), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
/** Files, links and, by a slash at the end, empty folders: none where another one needs a folder. */
const files: fc.Arbitrary<Content> = fc
  .dictionary(
    fc.oneof(
      { weight: 6, arbitrary: path },
      path.map((at) => `${at}/`),
    ),
    fc.constantFrom('1', '2', '@1'),
    { maxKeys: 8, noNullPrototype: true },
  )
  .map((all) => {
    const names = Object.keys(all);
    const isAlone = (one: string): boolean => !names.some((other) => other !== one && other.startsWith(`${one.replace(/\/$/, '')}/`));
    return Object.fromEntries(names.filter(isAlone).map((one) => [one, one.endsWith('/') ? '' : all[one]!]));
  });

/** What a member may have made of what it received. */
const edits = fc.dictionary(path, fc.constantFrom('1', '3', undefined), { maxKeys: 3, noNullPrototype: true });

function edited(all: Content, some: Readonly<Record<string, string | undefined>>): Content {
  const now = { ...all };
  for (const [at, text] of Object.entries(some)) {
    const isInTheWay = (other: string): boolean =>
      other === at || other.startsWith(`${at}/`) || at.startsWith(`${other.replace(/\/$/, '')}/`);
    for (const other of Object.keys(now)) if (isInTheWay(other)) delete now[other];
    if (text !== undefined) now[at] = text;
  }
  return now;
}

interface Leaf {
  readonly path: string;
  readonly entry: TreeEntry;
}

function leavesIn(root: Buffer): Leaf[] {
  return [...trees.walk(root)].filter(({ entry }) => entry.kind !== Kind.folder || entry.id.equals(EMPTY_ID));
}

interface Foreseen extends Compared {
  readonly path: string;
  readonly outcome: string | undefined;
}

/** What the preview says of each object. */
function foreseen(delivered: Delivered): readonly Foreseen[] {
  const { sides, staged } = requestOf(delivered);
  const published = [...trees.walk(sides.mine.folder!)].map(({ path: at, entry }) => ({ path: at, kind: entry.kind, id: entry.id }));
  const base: Base = {
    at: (where) => (sides.base.folder === undefined ? undefined : trees.entry(sides.base.folder, where)),
    leavesIn,
  };
  const sent = leavesIn(sides.incoming.folder);
  const found = new Comparison(sent.map((leaf) => ({ ...leaf, isTable: false }))).with(
    new PublishedTable(encodeTable(published, KEY)),
    base,
  );
  return found.map((one, i) => {
    const { path: at } = sent[i]!;
    const outcome = outcomeOf({ path: at, type: 'file', strategy: staged.strategyAt(at) }, one, (where) => staged.strategyAt(where));
    return { ...one, path: at, outcome };
  });
}

/** An object that the target's own plan names. */
interface Done {
  readonly state: string;
  readonly outcome: string;
  /** It is in the place of a folder that is to be delivered. */
  readonly isInTheWay: boolean;
  /** A folder would go in which something can run programs: the target alone knows. */
  readonly isHeld: boolean;
}

/** What the target's own plan does, by path in the delivery, of what is not the same. */
function applied(delivered: Delivered): ReadonlyMap<string, Done> {
  const { objects } = planMerge(requestOf(delivered), () => undefined);
  // What is in a folder that is saved beside is that folder's matter.
  const own = objects.filter(({ state, beside, place, path: at }) => state !== 'extra' && (place === at || beside !== undefined));
  return new Map(
    own.map(({ path: at, state, outcome, hold, incoming, mine }) => {
      const isInTheWay = incoming?.kind === Kind.folder && mine !== undefined && mine.kind !== Kind.folder;
      return [at, { state, outcome, isInTheWay, isHeld: hold !== undefined && mine?.kind === Kind.folder && !runsCode(at) }];
    }),
  );
}

describe('space: what a preview says', function () {
  this.timeout(60_000);

  it(`is what applying then does, whatever base, incoming, mine, strategy and kind (seed ${seed})`, () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        files,
        fc.option(files, { nil: undefined }),
        fc.oneof(files, edits),
        strategy,
        fc.option(strategy, { nil: undefined }),
        (base, next, theirs, overall, inner) => {
          const incoming = next ?? base;
          const mine = edited(base, theirs);
          const tops = [...new Set(Object.keys(incoming).map((each) => each.split('/')[0]!))];
          const items: readonly Item[] =
            inner === undefined
              ? [{ type: 'snapshot', path: '' }]
              : tops.map((at, i) => ({ type: 'folder', path: at, ...(i % 2 === 0 && { strategy: inner }) }));
          const delivered: Delivered = { base, incoming, mine, items, strategy: overall };
          const done = applied(delivered);
          for (const { path: at, state, outcome, blocker } of foreseen(delivered)) {
            const own = done.get(at);
            if (state === 'unknown' || own?.isHeld === true) continue;
            seen.add(`${state}: ${outcome}`);
            const way = foldersAbove(at)
              .flatMap((folder) => done.get(folder) ?? [])
              .find(({ isInTheWay }) => isInTheWay);
            if (way !== undefined && way.outcome !== 'replaced' && way.outcome !== 'updated')
              assert.deepEqual([at, outcome], [at, way.outcome]);
            else if (blocker === undefined) assert.deepEqual([at, state, outcome], [at, own?.state ?? 'same', own?.outcome]);
            // Where the way is made free it is new; that it can run programs counts for itself.
            else assert.deepEqual([at, outcome], [at, own?.outcome === 'created' ? 'replaced' : own?.outcome]);
          }
        },
      ),
      { seed, numRuns: Number(process.env['SNAPSTAGE_RUNS'] ?? 1500) },
    );
    for (const one of [
      'edited: kept',
      'edited: saved-beside',
      'kind-clash: waiting',
      'deleted-there: kept',
      'safe: updated',
      'new: waiting',
    ])
      assert.ok(seen.has(one), `${one} never came up`);
  });
});
