import assert from 'node:assert/strict';
import { columns, noLook } from '../../../src/editor/assignments/similarityPage.ts';
import { comparedText, keyOf, orderOf, turned } from '../../../src/editor/assignments/similarityRows.ts';
import { assignment, scenes } from '../../support/similarityScenes.ts';

const pairs = scenes['small']!.pairs.map(turned);
const names = (places: readonly number[]): readonly string[] =>
  places.map((at) => `${pairs[at]!.one.member.name}/${pairs[at]!.other.member.name}`);

describe('pairs of alike hand-ins', () => {
  it('have that one first of which more is in the other one, with all that is said of each', () => {
    const [adaAndBob] = scenes['small']!.pairs;
    const bobFirst = turned(adaAndBob!);
    assert.deepEqual([bobFirst.one, bobFirst.other], [adaAndBob!.other, adaAndBob!.one]);
    assert.deepEqual(bobFirst.mainFiles, { one: 'hw1/solution.py', other: 'hw1/loesung.py' });
    assert.deepEqual(bobFirst.sameFiles, [{ one: 'hw1/plot.png', other: 'hw1/figure.png' }]);
    assert.deepEqual(turned(bobFirst), bobFirst);
    assert.equal(keyOf(bobFirst), keyOf(adaAndBob!));
    const equal = { ...bobFirst, one: { ...bobFirst.one, part: 0.5 }, other: { ...bobFirst.other, part: 0.5 } };
    assert.equal(turned(equal).one.member.name, 'Ada Lovelace');
    assert.equal(turned({ ...equal, mainFiles: null }).mainFiles, null);
  });

  it('are shown by either member, whatever the case', () => {
    assert.deepEqual(names(orderOf(pairs, noLook)), ['Bob/Ada Lovelace', 'Carla/Dora', 'Carla/Bob']);
    assert.deepEqual(names(orderOf(pairs, { ...noLook, find: ' BOB ' })), ['Bob/Ada Lovelace', 'Carla/Bob']);
    assert.deepEqual(orderOf(pairs, { ...noLook, find: 'nobody' }), []);
  });

  it('are in order by each column, either way, equal ones as they came', () => {
    const first = (sort: (typeof columns)[number], isDescending: boolean): string =>
      names(orderOf(pairs, { find: '', sort, isDescending }))[0]!;
    assert.deepEqual(
      columns.map((column) => [column, first(column, false), first(column, true)]),
      [
        ['one', 'Bob/Ada Lovelace', 'Carla/Dora'],
        ['other', 'Bob/Ada Lovelace', 'Carla/Dora'],
        ['ofOne', 'Carla/Bob', 'Bob/Ada Lovelace'],
        ['ofOther', 'Carla/Bob', 'Bob/Ada Lovelace'],
        ['passages', 'Carla/Bob', 'Bob/Ada Lovelace'],
        ['largest', 'Carla/Bob', 'Bob/Ada Lovelace'],
        ['files', 'Carla/Dora', 'Bob/Ada Lovelace'],
      ],
    );
  });

  it('are worked out anew where another hand-in counts or is here, or has another name', () => {
    const { standings } = assignment;
    const text = comparedText(assignment);
    assert.equal(comparedText({ ...assignment, description: 'other', isClosed: true }), text);
    const [first, ...others] = standings;
    const [handIn] = first!.handIns;
    const earlier = { ...handIn!, id: 'earlier', counts: false };
    assert.equal(comparedText({ ...assignment, standings: [{ ...first!, handIns: [earlier, handIn!] }, ...others] }), text);
    for (const other of [
      { ...first!, handIns: [] },
      { ...first!, handIns: [{ ...handIn!, id: 'newer' }] },
      { ...first!, handIns: [{ ...handIn!, isHere: false }] },
      { ...first!, member: { ...first!.member, name: 'Grey Heron' } },
    ])
      assert.notEqual(comparedText({ ...assignment, standings: [other, ...others] }), text);
  });
});
