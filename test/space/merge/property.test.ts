/** Random courses: several members, deliveries in random order with edits in between, against a model in memory. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Item, Strategy } from '../../../src/space/merge/staged.ts';
import { filesOf, treeOf, trees } from '../../support/memoryTrees.ts';
import { deliver, LINUX, MAC, type Result } from './delivering.ts';

const seed = Number(process.env['SNAPSTAGE_SEED'] ?? Date.now() % 1e9);

type Content = Readonly<Record<string, string>>;

const STRATEGIES = ['overwrite', 'skip', 'rename', 'mirror', 'ask'] as const;
const strategy = fc.constantFrom(...STRATEGIES);
const content = fc.constantFrom('1', '2', '3', '@1', '@2');

/** Paths that clash in every way: `a` is a file here and a folder there. */
const path = fc.array(fc.constantFrom('a', 'b', 'A', '.git'), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));

const files: fc.Arbitrary<Content> = fc.dictionary(path, content, { maxKeys: 8, noNullPrototype: true }).map(withoutClashes);

/** Of paths of which one would be a folder of another, the shorter ones. */
function withoutClashes(all: Content): Content {
  const kept = Object.keys(all).filter((one) => !Object.keys(all).some((other) => one.startsWith(`${other}/`)));
  return Object.fromEntries(kept.map((one) => [one, all[one]!]));
}

const edit = fc.oneof(
  fc.record({ do: fc.constant('write' as const), path, content }),
  fc.record({ do: fc.constant('remove' as const), path }),
  fc.record({ do: fc.constant('rename' as const), path, to: path }),
);
type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;

function edited(now: Content, one: Edit): Content {
  const isIn = (each: string): boolean => each === one.path || each.startsWith(`${one.path}/`);
  const others = Object.fromEntries(Object.entries(now).filter(([each]) => !isIn(each)));
  if (one.do === 'remove') return others;
  if (one.do === 'write') return withoutClashes({ ...others, [one.path]: one.content });
  const moved = Object.entries(now).flatMap(([each, text]) => (isIn(each) ? [[one.to + each.slice(one.path.length), text]] : []));
  return withoutClashes({ ...others, ...Object.fromEntries(moved) });
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), member: fc.nat(2), edit }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('send' as const), files, strategy, inner: fc.option(strategy, { nil: undefined }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      member: fc.nat(2),
      take: fc.constantFrom('incoming', 'mine', 'both', undefined),
    }),
  },
);

interface Sent {
  readonly files: Content;
  readonly items: readonly Item[];
  readonly strategy: Strategy;
}

/** A folder as a member has it, and what it has received. */
interface Member {
  files: Content;
  base: Buffer | undefined;
  received: number;
}

/** All of it as one snapshot, or each name at the top by itself. */
function sent({ files: all, strategy: overall, inner }: { files: Content; strategy: Strategy; inner: Strategy | undefined }): Sent {
  if (inner === undefined) return { files: all, items: [{ type: 'snapshot', path: '' }], strategy: overall };
  const tops = [...new Set(Object.keys(all).map((each) => each.split('/')[0]!))];
  const items = tops.map((name, i) => ({ type: 'folder' as const, path: name, ...(i % 2 === 0 ? {} : { strategy: inner }) }));
  return { files: all, items, strategy: overall };
}

function receive(member: Member, delivery: Sent, take: 'incoming' | 'mine' | 'both' | undefined): void {
  const request = { incoming: delivery.files, items: delivery.items, strategy: delivery.strategy, target: { traits: LINUX } };
  const mine = treeOf(member.files);
  const delivered = { ...request, mine, ...(member.base === undefined ? {} : { base: member.base }) };
  const first = deliver(delivered);
  holds(member, delivery, first);
  // Waiting ones are decided, and the rest goes on from there.
  const waiting = first.plan.objects.filter(({ outcome, hold }) => outcome === 'waiting' && hold !== 'store' && hold !== 'unread');
  const decisions = take === undefined ? {} : Object.fromEntries(waiting.map(({ place }) => [place, take]));
  const last = take === undefined ? first : deliver({ ...delivered, decisions });
  const again = deliver({ ...delivered, base: last.base, mine: last.root });
  if (delivery.strategy !== 'ask' && !delivery.items.some(({ strategy: own }) => own !== undefined) && take !== 'mine' && take !== 'both') {
    assert.deepEqual(again.files, last.files, 'a second time');
    assert.ok(again.root.equals(last.root), 'not even a tree is new');
  }
  member.files = last.files;
  member.base = last.base;
}

/** What must hold of every delivery, said without any of the code under test. */
function holds(member: Member, { files: incoming, items }: Sent, { plan, files: after, received }: Result): void {
  const before = filesOf(treeOf(member.files));
  const base = member.base === undefined ? {} : filesOf(member.base);
  const outcomes = new Map(plan.objects.map((object) => [object.place, object.outcome]));
  for (const [at, text] of Object.entries(before)) {
    const isStill = at.endsWith('/') && Object.keys(after).some((each) => each.startsWith(at));
    if (after[at] === text || isStill) continue;
    const isDelivered = items.some((item) => item.path === '' || at === item.path || at.startsWith(`${item.path}/`));
    const isOwnCopy = at.includes(' (from Master');
    assert.ok(isDelivered || isOwnCopy, `${at} was not staged`);
    const outcome = outcomes.get(at.replace(/\/$/, ''));
    const isTold = outcome === 'updated' || outcome === 'replaced' || outcome === 'deleted';
    assert.ok(isTold || isOwnCopy, `${at} went without a word (${outcome})`);
    if (outcome === 'updated' && !at.endsWith('/')) assert.equal(base[at], text, `${at} was edited, but updated as if it were not`);
  }
  for (const [at, text] of Object.entries(incoming)) {
    const isGuarded = at.split('/').includes('.git');
    if (before[at] === text) assert.equal(outcomes.get(at), undefined, `${at} is the same`);
    else if (!isGuarded && before[at] !== undefined && before[at] === base[at]) assert.equal(after[at], text, `${at} was not edited`);
    if (isGuarded && after[at] !== before[at]) assert.fail(`${at} came without a decision`);
    const waits = [...outcomes].some(([place, outcome]) => outcome === 'waiting' && (place === at || at.startsWith(`${place}/`)));
    assert.equal(received[at], waits ? base[at] : text, `the base of ${at}`);
  }
  for (const at of Object.keys(after)) {
    const isKnown = before[at] !== undefined || incoming[at] !== undefined || at.endsWith('/') || at.includes(' (from Master');
    assert.ok(isKnown, `${at} comes from nowhere`);
  }
}

describe('space: deliveries against a model', () => {
  it(`lose no edit, bother nobody who has none, and are done once (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }), (steps) => {
        const members: Member[] = Array.from({ length: 3 }, () => ({ files: {}, base: undefined, received: 0 }));
        const log: Sent[] = [];
        for (const one of steps) {
          if (one.do === 'send') log.push(sent(one));
          else if (one.do === 'edit') members[one.member]!.files = edited(members[one.member]!.files, one.edit);
          else {
            const member = members[one.member]!;
            const delivery = log[member.received];
            if (delivery === undefined) continue;
            member.received += 1;
            receive(member, delivery, one.take);
          }
        }
      }),
      { seed, numRuns: 1500 },
    );
  });

  it(`of plain files do what a map of paths would (seed ${seed})`, () => {
    const flat = fc.dictionary(fc.constantFrom('f/a', 'f/b', 'f/c', 'g/a', 'g/b'), fc.constantFrom('1', '2', '3', '4'), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(flat, flat, flat, strategy, (base, incoming, mine, chosen) => {
        const items = ['f', 'g'].filter((name) => Object.keys(incoming).some((each) => each.startsWith(name)));
        const delivered = { base, incoming, mine, items: items.map((at) => ({ type: 'folder' as const, path: at })), strategy: chosen };
        const { files: after, received } = deliver(delivered);
        assert.deepEqual([after, received], modelled(base, incoming, mine, items, chosen));
      }),
      { seed, numRuns: 3000 },
    );
  });

  it(`on a file system that folds case never hold a name twice (seed ${seed})`, () => {
    fc.assert(
      fc.property(files, files, files, strategy, (base, incoming, mine, chosen) => {
        const names = foldable(mine);
        const { root, files: after, base: next } = deliver({ base, incoming, mine: names, strategy: chosen, target: { traits: MAC } });
        const folded = Object.keys(after).map((each) => each.toLowerCase());
        assert.equal(new Set(folded).size, folded.length, Object.keys(after).join(', '));
        for (const { entry, path: at } of trees.walk(root)) if (entry.name.toLowerCase() === '.snapstage') assert.fail(at);
        const again = deliver({ base: next, incoming, mine: root, strategy: chosen, target: { traits: MAC } });
        assert.deepEqual(again.files, after);
      }),
      { seed, numRuns: 2000 },
    );
  });
});

/** Files that such a file system can hold. */
function foldable(all: Content): Content {
  const seen = new Set<string>();
  return withoutClashes(
    Object.fromEntries(
      Object.entries(all).flatMap(([each, text]) =>
        seen.has(each.toLowerCase()) ? [] : [[(seen.add(each.toLowerCase()), each.toLowerCase()), text]],
      ),
    ),
  );
}

/** The law of PRODUCT's table for files, as maps. */
function modelled(base: Content, incoming: Content, mine: Content, folders: readonly string[], chosen: Strategy): [Content, Content] {
  const after = { ...mine };
  const received = { ...base };
  for (const [at, text] of Object.entries(incoming)) {
    const isEdited = mine[at] !== undefined ? mine[at] !== text && mine[at] !== base[at] : base[at] !== undefined;
    const insists = chosen === 'overwrite' || chosen === 'mirror';
    if (isEdited && !insists && base[at] === text) continue;
    if (isEdited && chosen === 'ask') continue;
    received[at] = text;
    if (!isEdited || insists) after[at] = text;
    else if (chosen === 'rename') {
      after[`${at} (from Master)`] = text;
      received[`${at} (from Master)`] = text;
    }
  }
  if (chosen !== 'mirror') return [after, received];
  const isGone = (at: string): boolean => folders.includes(at.split('/')[0]!) && incoming[at] === undefined;
  const left = (all: Content): Content => Object.fromEntries(Object.entries(all).filter(([at]) => !isGone(at)));
  return [left(after), left(received)];
}
