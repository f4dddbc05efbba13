/** What a preview says against what applying then does. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { foldersAbove } from '../../../src/instance/scopes.ts';
import { withExceptions, type Exception } from '../../../src/space/delivery/exceptions.ts';
import { planMerge } from '../../../src/space/merge/plan.ts';
import { STRATEGIES } from '../../../src/space/strategy.ts';
import { EMPTY_ID } from '../../../src/space/merge/editTree.ts';
import type { Item } from '../../../src/space/merge/staged.ts';
import type { Base } from '../../../src/space/preview/bases.ts';
import { Comparison, type Compared, type Offered } from '../../../src/space/preview/compare.ts';
import { Mirror } from '../../../src/space/preview/mirrored.ts';
import { outcomeOf, runsCode } from '../../../src/space/preview/outcomes.ts';
import { encodeTable, PublishedTable } from '../../../src/space/preview/table.ts';
import { Kind, type TreeEntry } from '../../../src/store/tree.ts';
import { trees } from '../../support/memoryTrees.ts';
import { requestOf, type Delivered } from '../merge/delivering.ts';

const seed = Number(process.env['SNAPSTAGE_SEED'] ?? Date.now() % 1e9);
const KEY = Buffer.alloc(32, 7);

/** All that there is to be said of an object. */
const EVERY = [
  'deleted-there: created',
  'deleted-there: kept',
  'deleted-there: saved-beside',
  'deleted-there: waiting',
  'edited: kept',
  'edited: replaced',
  'edited: saved-beside',
  'edited: waiting',
  'kind-clash: kept',
  'kind-clash: replaced',
  'kind-clash: saved-beside',
  'kind-clash: waiting',
  'new: created',
  'new: waiting',
  'safe: updated',
  'safe: waiting',
  'same: undefined',
];

type Content = Readonly<Record<string, string>>;

/** `rename` comes to something the least often of all. */
const strategy = fc.oneof(fc.constantFrom(...STRATEGIES), fc.constant<(typeof STRATEGIES)[number]>('rename'));
/** Other strategies for objects by their places among all that are delivered. */
const exceptional = fc.array(fc.tuple(fc.nat(7), fc.constantFrom('overwrite', 'skip', 'rename', 'ask')), { maxLength: 3 });
const path = fc.array(fc.constantFrom('a', 'b', '.git'), { minLength: 1, maxLength: 3, size: 'max' }).map((names) => names.join('/'));
/** Files, links and, by a slash at the end, empty folders: none where another one needs a folder. */
const files: fc.Arbitrary<Content> = fc
  .dictionary(
    fc.oneof(
      { weight: 6, arbitrary: path },
      path.map((at) => `${at}/`),
    ),
    fc.constantFrom('1', '2', '@1'),
    { maxKeys: 8, size: 'max', noNullPrototype: true },
  )
  .map((all) => {
    const names = Object.keys(all);
    const isAlone = (one: string): boolean => !names.some((other) => other !== one && other.startsWith(`${one.replace(/\/$/, '')}/`));
    return Object.fromEntries(names.filter(isAlone).map((one) => [one, one.endsWith('/') ? '' : all[one]!]));
  });

interface Sides {
  readonly base: Content;
  readonly incoming: Content;
  readonly mine: Content;
}

/** What was received, what comes now, and what the member has made of the first: much of each is the same or an edit. */
const threeSides: fc.Arbitrary<Sides> = files.chain((base) => {
  const own = Object.keys(base).map((each) => each.replace(/\/$/, ''));
  const places = fc.oneof(path, fc.constantFrom('a', ...own));
  const edits = fc.dictionary(places, fc.constantFrom('1', '3', undefined), { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  const change = (some: fc.Arbitrary<Readonly<Record<string, string | undefined>>>): fc.Arbitrary<Content> =>
    some.map((each) => edited(base, each));
  return fc.record({
    base: fc.constant(base),
    incoming: fc.oneof(fc.constant(base), files, change(edits), change(edits)),
    mine: fc.oneof(change(files), change(edits)),
  });
});

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

/** Both sides as a preview has them. */
function published(delivered: Delivered): { readonly table: PublishedTable; readonly base: Base; readonly sent: readonly Offered[] } {
  const { sides } = requestOf(delivered);
  const all = [...trees.walk(sides.mine.folder!)].map(({ path: at, entry }) => ({ path: at, kind: entry.kind, id: entry.id }));
  const base: Base = {
    at: (where) => (sides.base.folder === undefined ? undefined : trees.entry(sides.base.folder, where)),
    hasTables: () => false,
    leavesIn,
    leaves: () => (sides.base.folder === undefined ? [] : leavesIn(sides.base.folder)),
  };
  const sent = leavesIn(sides.incoming.folder).map((leaf) => ({ ...leaf, isTable: false }));
  return { table: new PublishedTable(encodeTable(all, KEY)), base, sent };
}

interface Foreseen extends Compared {
  readonly path: string;
  readonly outcome: string | undefined;
}

/** What the preview says of each object. */
function foreseen(delivered: Delivered): readonly Foreseen[] {
  const { staged } = requestOf(delivered);
  const { table, base, sent } = published(delivered);
  const found = new Comparison(sent).with(table, base);
  return found.map((one, i) => {
    const { path: at } = sent[i]!;
    const outcome = outcomeOf({ type: 'file', strategy: staged.strategyAt(at), runsCode: runsCode(at) }, one, (where) =>
      staged.strategyAt(where),
    );
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

describe('space: what a preview says', () => {
  it(`is what applying then does, whatever base, incoming, mine, strategies and kind (seed ${seed})`, () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        threeSides,
        strategy,
        fc.option(strategy, { nil: undefined }),
        exceptional,
        ({ base, incoming, mine }, overall, inner, some) => {
          const tops = [...new Set(Object.keys(incoming).map((each) => each.split('/')[0]!))];
          const whole: readonly Item[] =
            inner === undefined
              ? [{ type: 'snapshot', path: '' }]
              : tops.map((at, i) => ({ type: 'folder', path: at, ...(i % 2 === 0 && { strategy: inner }) }));
          const sent = Object.keys(incoming).map((each) => each.replace(/\/$/, ''));
          const exceptions = some.flatMap(([at, own]): Exception[] =>
            at < sent.length ? [{ path: sent[at]!, table: null, strategy: own }] : [],
          );
          const items = withExceptions(whole, exceptions);
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
      { seed, numRuns: Number(process.env['SNAPSTAGE_RUNS'] ?? 3000) },
    );
    assert.deepEqual([...seen].toSorted(), EVERY);
  });

  it(`of a mirror names what goes of all that was delivered before, and counts the rest (seed ${seed})`, () => {
    let named = 0;
    fc.assert(
      fc.property(threeSides, fc.boolean(), ({ base, incoming, mine }, isWhole) => {
        const tops = [...new Set(Object.keys(incoming).map((each) => each.split('/')[0]!))];
        const items: readonly Item[] = isWhole ? [{ type: 'snapshot', path: '' }] : tops.map((at) => ({ type: 'folder', path: at }));
        const delivered: Delivered = { base, incoming, mine, items, strategy: 'mirror' };
        const { table, base: received, sent } = published(delivered);
        const { paths, others } = new Mirror(sent, requestOf(delivered).staged).at(table, received);
        const { objects } = planMerge(requestOf(delivered), () => undefined);
        const extras = objects.filter(
          ({ state, within, mine: there }) => state === 'extra' && within === undefined && there!.kind !== Kind.folder,
        );
        const known = new Set(received.leaves().map(({ path: at }) => at));
        assert.deepEqual(paths.toSorted(), extras.flatMap(({ path: at }) => (known.has(at) ? [at] : [])).toSorted());
        for (const { path: at, outcome } of extras) assert.equal(outcome, runsCode(at) ? 'waiting' : 'deleted');
        named += paths.length;
        const names = new Set([...known, ...sent.map(({ path: at }) => at)].flatMap((at) => [...foldersAbove(at), at]));
        const all = [...trees.walk(requestOf(delivered).sides.mine.folder!)].map(({ path: at }) => at);
        assert.equal(others, all.filter((at) => !names.has(at)).length);
      }),
      { seed, numRuns: Number(process.env['SNAPSTAGE_RUNS'] ?? 3000) },
    );
    assert.ok(named > 100);
  });
});
