/** Which conflicts are shown, in which order, and what rules choose for them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DeliveredObject, Resolution } from '../../../src/engine/deliveryApi.ts';
import type { Look, Rule } from '../../../src/editor/conflicts/conflictPage.ts';
import { compareTimes, conflictsOf, isWaiting, shownOf, takenOf, typeOf } from '../../../src/editor/conflicts/conflicts.ts';
import { markersIn } from '../../../src/editor/conflicts/markers.ts';
import { choicesByRule, isInScope, parseScope, scopesOf, scopeText } from '../../../src/editor/conflicts/rules.ts';
import { smallScene } from '../../support/conflictScenes.ts';
import { delivery, MemoryDeliveries, type Given } from '../../support/memoryDeliveries.ts';

const request = { delivery: delivery.id };

async function conflicts(given: readonly Given[] = smallScene): Promise<readonly DeliveredObject[]> {
  return conflictsOf(await new MemoryDeliveries(given).planReceive(request));
}

const look = (change: Partial<Look> = {}): Look => ({ filter: '', isWaitingOnly: false, sort: 'path', ...change });

const names = (objects: readonly DeliveredObject[], order: readonly number[]): readonly string[] =>
  order.map((place) => objects[place]!.place);

const edited = (place: string, change: Partial<Given> = {}): Given => ({
  place,
  state: 'edited',
  base: 'b',
  incoming: 'in',
  mine: 'mine',
  ...change,
});

const places = fc
  .array(fc.constantFrom('a', 'b', 'data', 'Data', 'x.csv', 'y.csv', 'n.md'), { minLength: 1, maxLength: 4 })
  .map((all) => all.join('/'));
const times = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000001Z', '2026-01-02T00:00:00.5Z');
const someGiven = fc.uniqueArray(
  fc.record({
    place: places,
    state: fc.constantFrom('new', 'safe', 'edited', 'deleted-there', 'kind-clash', 'case-clash', 'extra'),
    strategy: fc.constantFrom('overwrite', 'skip', 'rename', 'mirror', 'ask'),
    hold: fc.constantFrom(null, 'code', 'store'),
    mine: fc.option(fc.string({ maxLength: 3 })),
    incoming: fc.option(fc.string({ maxLength: 3 })),
    base: fc.option(fc.string({ maxLength: 3 })),
    modified: fc.record({ mine: times, incoming: times }),
    mergeable: fc.constantFrom(null, 'text', 'notebook'),
    offered: fc.option(fc.constantFrom<Resolution>('incoming', 'mine', 'both', 'merge')),
  }),
  { selector: ({ place }) => place },
);
const rule = fc.constantFrom<Rule>('incoming', 'mine', 'both', 'merge', 'newer', 'larger', 'offered', 'undo');

describe('conflicts that are shown', () => {
  it('are those with something to choose, in the order of places', async () => {
    const found = await conflicts();
    assert.deepEqual(
      found.map(({ place }) => place),
      smallScene
        .filter(({ state, hold }) => hold === 'code' || !(state === 'safe' || state === 'new' || hold === 'store'))
        .map(({ place }) => place),
    );
  });

  it('are filtered by a part of the path or of the table’s name, in any case', async () => {
    const found = await conflicts();
    assert.deepEqual(names(found, shownOf(found, look({ filter: ' HW2/ ' }))), ['hw2/report.ipynb', 'hw2/notes.md', 'hw2/plan.txt']);
    assert.deepEqual(names(found, shownOf(found, look({ filter: 'ORDERS' }))), ['data/prices.db']);
    assert.deepEqual(shownOf(found, look({ filter: 'nowhere' })), []);
    assert.deepEqual(
      shownOf(found, look({ isWaitingOnly: true })).map((place) => isWaiting(found[place]!)),
      found.filter(isWaiting).map(() => true),
    );
  });

  it('are sorted by type, by the newest and by the largest, and equal ones by place', async () => {
    const found = await conflicts([
      edited('b.csv', { mine: 'long enough', modified: { mine: '2026-01-01T00:00:00Z', incoming: '2026-01-02T00:00:00.5Z' } }),
      edited('a.py', { modified: { mine: '2026-01-03T00:00:00Z', incoming: '2026-01-01T00:00:00Z' } }),
      edited('c.csv', { modified: { mine: '2026-01-02T00:00:00.50001Z', incoming: '2026-01-02T00:00:00.4Z' } }),
    ]);
    assert.deepEqual(names(found, shownOf(found, look({ sort: 'type' }))), ['b.csv', 'c.csv', 'a.py']);
    assert.deepEqual(names(found, shownOf(found, look({ sort: 'newest' }))), ['a.py', 'c.csv', 'b.csv']);
    assert.deepEqual(names(found, shownOf(found, look({ sort: 'largest' }))), ['b.csv', 'a.py', 'c.csv']);
  });

  it('are all there once, whatever the order', () =>
    fc.assert(
      fc.asyncProperty(someGiven, fc.constantFrom<Look['sort']>('path', 'type', 'newest', 'largest'), async (given, sort) => {
        const found = await conflicts(given);
        const order = shownOf(found, look({ sort }));
        assert.deepEqual(
          order.toSorted((a, b) => a - b),
          [...found.keys()],
        );
      }),
    ));

  it('have as their decision what a person chose, or what the strategy does', async () => {
    const found = await conflicts([
      edited('a', { strategy: 'overwrite' }),
      edited('b', { strategy: 'skip' }),
      edited('c.txt', { strategy: 'rename' }),
      edited('d'),
      { place: 'e', state: 'deleted-there', incoming: 'x', strategy: 'overwrite' },
    ]);
    assert.deepEqual(found.map(takenOf), ['incoming', 'mine', 'both', null, 'incoming']);
    assert.equal(takenOf({ chosen: 'merge', outcome: 'waiting' }), 'merge');
  });

  it('have the type of their name’s ending', () => {
    const type = (place: string): string => typeOf({ type: 'file', place });
    assert.deepEqual(['a/b.CSV', 'a.b/c', '.envrc', 'x.tar.gz'].map(type), ['.csv', '', '', '.gz']);
    assert.equal(typeOf({ type: 'table', place: 'a.db' }), 'table');
  });
});

describe('moments', () => {
  it('are ordered whatever the number of their decimals', () => {
    const ordered = ['', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000001Z', '2026-01-01T00:00:00.5Z', '2026-01-01T00:00:01Z'];
    assert.deepEqual(ordered.toReversed().sort(compareTimes), ordered);
    assert.equal(compareTimes('2026-01-01T00:00:00.50Z', '2026-01-01T00:00:00.5Z'), 0);
  });
});

describe('scopes of rules', () => {
  it('are all, folders and types with their numbers', async () => {
    const found = await conflicts([edited('data/raw/a.csv'), edited('data/b.csv'), edited('notes.md')]);
    assert.deepEqual(
      scopesOf(found).map(({ scope, count }) => [scopeText(scope), count]),
      [
        ['all', 3],
        ['folder:data', 2],
        ['folder:data/raw', 1],
        ['type:.csv', 2],
        ['type:.md', 1],
      ],
    );
  });

  it('say how many are in them, are few, and are found again by their text', () =>
    fc.assert(
      fc.asyncProperty(someGiven, async (given) => {
        const found = await conflicts(given);
        const scopes = scopesOf(found);
        assert.ok(scopes.length <= 61);
        for (const { scope, count } of scopes) {
          assert.equal(found.filter((object) => isInScope(scope, object)).length, count);
          assert.deepEqual(parseScope(scopeText(scope)), scope);
        }
      }),
    ));

  it('that are none are none', () => {
    for (const text of ['', 'al', 'folders:a', '__proto__']) assert.equal(parseScope(text), undefined);
  });

  it('of many folders are those with the most conflicts', async () => {
    const many = Array.from({ length: 100 }, (_, at) => edited(`folder-${String(at).padStart(3, '0')}/a.csv`));
    const found = await conflicts([...many, edited('folder-099/b.csv')]);
    const scopes = scopesOf(found).map(({ scope }) => scopeText(scope));
    assert.equal(scopes.length, 61);
    assert.ok(scopes.includes('folder:folder-099'));
  });
});

describe('rules', () => {
  it('choose the newer and the larger side, and leave out what has none', async () => {
    const found = await conflicts([
      edited('newer', { modified: { mine: '2026-01-02T00:00:00Z', incoming: '2026-01-01T00:00:00Z' }, mine: '1', incoming: '22' }),
      edited('same', { modified: { mine: '2026-01-01T00:00:00Z', incoming: '2026-01-01T00:00:00.0Z' }, mine: '12', incoming: '34' }),
      { place: 'gone', state: 'deleted-there', incoming: 'x' },
      { place: 'clash', state: 'kind-clash', incoming: 'x', mine: '', kinds: { mine: 'folder' } },
    ]);
    const taken = (by: Rule): unknown => {
      const { choices, leftOut } = choicesByRule(found, by);
      return [choices.map(({ place, take }) => `${place} ${take}`), leftOut];
    };
    assert.deepEqual(taken('newer'), [['newer mine'], 3]);
    assert.deepEqual(taken('larger'), [['newer incoming'], 3]);
    assert.deepEqual(taken('both'), [['newer both', 'same both', 'clash both'], 1]);
    assert.deepEqual(taken('merge'), [[], 4]);
  });

  it('choose only what is to be had, for each at most once, and change nothing when they are repeated', () =>
    fc.assert(
      fc.asyncProperty(someGiven, fc.array(rule, { minLength: 1, maxLength: 4 }), async (given, rules) => {
        const deliveries = new MemoryDeliveries(given);
        for (const by of rules) {
          const before = conflictsOf(await deliveries.planReceive(request));
          const { choices, leftOut } = choicesByRule(before, by);
          assert.ok(choices.length + leftOut <= before.length);
          for (const { place, take } of choices) {
            const object = before.find((one) => one.place === place)!;
            assert.ok(take === null ? by === 'undo' && object.chosen !== null : object.choices.includes(take));
          }
          await deliveries.resolve({ ...request, choices });
          const after = conflictsOf(await deliveries.planReceive(request));
          assert.equal(choicesByRule(after, by).choices.length, 0);
          const untouched = after.filter(({ place }) => !choices.some((choice) => choice.place === place));
          for (const object of untouched)
            assert.deepEqual(
              object,
              before.find((one) => one.place === object.place),
            );
        }
      }),
    ));
});

describe('conflict markers', () => {
  it('are counted by where they begin and end', () => {
    const conflict = '<<<<<<< mine\na\n||||||| base\nb\n=======\nc\n>>>>>>> incoming\n';
    assert.equal(markersIn(`x\n${conflict}y\n${conflict.replaceAll('\n', '\r\n')}`), 2);
    assert.equal(markersIn('one\n<<<<<<<\ntwo'), 1);
    assert.equal(markersIn('two\n>>>>>>> incoming'), 1);
  });

  it('are no titles, shifts or longer lines', () => {
    assert.equal(markersIn('Title\n=======\n cout <<<<<<< x\n<<<<<<<<\n>>>>>>>>>\n<<<<<<<a\n'), 0);
  });
});
