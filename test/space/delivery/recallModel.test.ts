/** Random courses: distributions, recalls and edits in random order, received late or never, against what must hold of each. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isInside } from '../../../src/base/paths.ts';
import { distributedTree, withoutLost, type Layer } from '../../../src/space/delivery/distributed.ts';
import { planRecall } from '../../../src/space/delivery/recallPlan.ts';
import { NO_FOLDER } from '../../../src/space/delivery/takeBack.ts';
import { editTree, EMPTY_ID } from '../../../src/space/merge/editTree.ts';
import { Staged, type Item } from '../../../src/space/merge/staged.ts';
import { Kind, type TreeEntry } from '../../../src/store/tree.ts';
import { filesOf, sink, treeOf, trees } from '../../support/memoryTrees.ts';
import { deliver, LINUX } from '../merge/delivering.ts';

const seed = Number(process.env['SNAPSTAGE_SEED'] ?? Date.now() % 1e9);

type Content = Readonly<Record<string, string>>;

const strategies = ['overwrite', 'skip', 'rename', 'mirror'] as const;
const text = fc.constantFrom('1', '2', '3');

/** What is a folder now may be a file then. */
const clashing = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const plain = fc
  .tuple(fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }), fc.constantFrom('x', 'y'))
  .map(([folders, name]) => [...folders, name].join('/'));

/** Of paths of which one would be a folder of another, the longer ones. */
function withoutClashes(all: Content): Content {
  return Object.fromEntries(Object.entries(all).filter(([one]) => !Object.keys(all).some((other) => other.startsWith(`${one}/`))));
}

const stepsOn = (path: fc.Arbitrary<string>) => {
  const files = fc.dictionary(path, text, { minKeys: 1, maxKeys: 6, noNullPrototype: true }).map(withoutClashes);
  const member = fc.nat(2);
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), files, strategy: fc.constantFrom(...strategies) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('recall' as const),
        path: fc.option(path, { nil: '' }),
        evenEdited: fc.boolean(),
        previous: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), member, path, text: fc.option(text, { nil: undefined }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('receive' as const), member }) },
  );
  return fc.array(step, { maxLength: 24 });
};

interface Sent {
  readonly root: Buffer;
  readonly items: readonly Item[];
  readonly losses: { gone: string[]; earlier: string[] };
}

interface Recall {
  readonly of: readonly Sent[];
  readonly path: string;
  readonly evenEdited: boolean;
}

/** A member that heard of so much, and applied these. */
interface Member {
  mine: Buffer;
  base: Buffer | undefined;
  heard: number;
  readonly applied: Sent[];
  hasEdited: boolean;
  /** What it wrote itself. */
  readonly own: Set<string>;
  /** What its snapshots hold. */
  readonly snapshots: Content[];
}

const isRecall = (entry: Sent | Recall): entry is Recall => 'of' in entry;
const isSent = (entry: Sent | Recall): entry is Sent => !isRecall(entry);

function layerOf({ root, items, losses }: Sent): Layer {
  return { root, staged: new Staged(items, { overall: 'overwrite' }), losses };
}

function after(sent: readonly Sent[]): Buffer {
  return distributedTree(sent.map(layerOf), { trees, sink, check: () => undefined });
}

function folderIn(root: Buffer, at: string): TreeEntry | undefined {
  const entry = trees.entry(root, at);
  return entry?.kind === Kind.folder ? { ...entry, id: EMPTY_ID } : undefined;
}

function applyDistribution(member: Member, sent: Sent): void {
  const lost = [...sent.losses.gone, ...sent.losses.earlier];
  if (lost.includes('')) return;
  const incoming = withoutLost(sent.root, sent.losses, { trees, sink });
  const result = deliver({ incoming, items: sent.items, mine: member.mine, ...(member.base === undefined ? {} : { base: member.base }) });
  member.snapshots.push(filesOf(member.mine));
  member.mine = result.root;
  member.base = result.base;
  member.applied.push(sent);
}

function applyRecall(member: Member, recall: Recall): void {
  const of = recall.of.filter((one) => member.applied.includes(one));
  if (member.base === undefined || of.length === 0) return;
  const holds = after(member.applied);
  const sides = { base: { trees, folder: member.base }, mine: { trees, folder: member.mine }, after: { trees, folder: holds } };
  const request = {
    sides,
    delivered: of.map(({ root }) => ({ trees, root })),
    paths: [recall.path],
    evenEdited: recall.evenEdited,
    target: { traits: LINUX, unread: [], unsaved: [] },
    label: 'Master',
  };
  const plan = planRecall(request, () => undefined);
  const options = {
    sink,
    folderAt: (at: string) => folderIn(holds, at) ?? NO_FOLDER,
    staysEmpty: (_: string, at: string) => folderIn(holds, at) !== undefined,
  };
  const before = filesOf(member.mine);
  const mine = editTree(sides.mine, plan.edits, options);
  const base = editTree(sides.base, plan.baseEdits, options);
  onlyWhatWasDelivered(before, filesOf(mine), member, recall);
  member.snapshots.push(before);
  member.mine = mine;
  member.base = base;
  const again = planRecall(
    { ...request, sides: { ...sides, base: { trees, folder: base }, mine: { trees, folder: mine } } },
    () => undefined,
  );
  assert.deepEqual(again.edits, [], 'a second time');
}

/** Nothing but unedited copies changes, unless it was said otherwise; then nothing but what was delivered there. */
function onlyWhatWasDelivered(before: Content, now: Content, { base }: Member, { of, path: named, evenEdited }: Recall): void {
  const received = filesOf(base!);
  const delivered = of.map(({ root }) => filesOf(root));
  for (const [at, content] of Object.entries(before)) {
    if (at.endsWith('/') || now[at] === content) continue;
    const original = at.replaceAll(/ \(from Master(?: \d+)?\)/g, '');
    assert.ok(named === '' || original === named || original.startsWith(`${named}/`), `${at} was not recalled`);
    assert.ok(
      delivered.some((one) => one[original] === received[at]),
      `${at} was not received of that`,
    );
    if (!evenEdited) assert.equal(content, received[at], `${at} was edited`);
  }
  for (const at of Object.keys(now)) {
    // A folder may come in the place of a file.
    const isNew = !at.endsWith('/') && !Object.keys(before).some((one) => isInside(one, at));
    assert.ok(!isNew || evenEdited, `${at} came back unasked`);
  }
}

const courses = fc.oneof(
  fc.record({ isPlain: fc.constant(true), steps: stepsOn(plain) }),
  fc.record({ isPlain: fc.constant(false), steps: stepsOn(clashing) }),
);

describe('space: recalls in any order', () => {
  it('lose no edit that no snapshot holds, and leave everybody who edited nothing with what is distributed', () => {
    fc.assert(
      fc.property(courses, ({ isPlain, steps }) => {
        const said: (Sent | Recall)[] = [];
        const members = Array.from({ length: 3 }, (): Member => {
          return { mine: treeOf({}), base: undefined, heard: 0, applied: [], hasEdited: false, own: new Set(), snapshots: [] };
        });
        const receive = (member: Member): void => {
          for (const entry of said.slice(member.heard)) {
            if (isRecall(entry)) applyRecall(member, entry);
            else applyDistribution(member, entry);
          }
          member.heard = said.length;
        };
        for (const one of steps) {
          if (one.do === 'send') {
            const tops = [...new Set(Object.keys(one.files).map((at) => at.split('/')[0]!))];
            const items = tops.map((name): Item => ({ type: 'folder', path: name, strategy: one.strategy }));
            said.push({ root: treeOf(one.files), items, losses: { gone: [], earlier: [] } });
          } else if (one.do === 'recall') {
            const of = recalledBy(said.filter(isSent), one);
            if (of.length === 0) continue;
            for (const { losses } of of) (one.previous ? losses.earlier : losses.gone).push(one.path);
            said.push({ of, path: one.path, evenEdited: one.evenEdited });
          } else if (one.do === 'edit') edit(members[one.member]!, one.path, one.text);
          else receive(members[one.member]!);
        }
        const sent = said.filter(isSent);
        for (const member of members) {
          receive(member);
          const now = filesOf(member.mine);
          for (const written of member.own) {
            const isKept = [now, ...member.snapshots].some((held) => Object.values(held).includes(written));
            assert.ok(isKept, `${written} is lost`);
          }
          if (isPlain && !member.hasEdited) holdsDistributed(now, sent);
        }
      }),
      { seed, numRuns: 1500 },
    );
  });
});

/** As the command does: all that delivered the path, or the last that still holds. */
function recalledBy(sent: readonly Sent[], { path: at, previous }: { readonly path: string; readonly previous: boolean }): readonly Sent[] {
  const delivers = ({ root }: Sent): boolean => at === '' || trees.entry(root, at) !== undefined;
  const isLost = ({ losses }: Sent): boolean => [...losses.gone, ...losses.earlier].some((one) => isInside(one, at));
  if (!previous) return sent.filter(delivers);
  return sent.filter((one) => delivers(one) && !isLost(one)).slice(-1);
}

let written = 0;

function edit(member: Member, at: string, content: string | undefined): void {
  const now = filesOf(member.mine);
  member.hasEdited = true;
  const others = Object.fromEntries(
    Object.entries(now).filter(([one]) => one !== at && !one.startsWith(`${at}/`) && !at.startsWith(`${one}/`)),
  );
  // What is replaced by hand is its author's own loss.
  for (const [one, old] of Object.entries(now)) if (!(one in others)) member.own.delete(old);
  if (content === undefined) {
    member.mine = treeOf(others);
    return;
  }
  const own = `own ${(written += 1)}`;
  member.own.add(own);
  member.mine = treeOf({ ...others, [at]: own });
}

/** Who edited nothing has what is distributed now; less of it where a mirror took away what a recall of that mirror does not bring back. */
function holdsDistributed(now: Content, sent: readonly Sent[]): void {
  const distributed = filesOf(after(sent));
  const hasMirror = sent.some(({ items }) => items.some(({ strategy }) => strategy === 'mirror'));
  const entries = Object.entries(distributed).filter(([at]) => !hasMirror || now[at] !== undefined);
  const isCompared = ([at]: [string, string]): boolean => !hasMirror || !at.endsWith('/');
  assert.deepEqual(Object.fromEntries(Object.entries(now).filter(isCompared)), Object.fromEntries(entries.filter(isCompared)));
}
