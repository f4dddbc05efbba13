import assert from 'node:assert/strict';
import fc from 'fast-check';
import { noLook, sorts, standingStates } from '../../../src/editor/assignments/dashboardPage.ts';
import { countShown, orderOf, totalsOf } from '../../../src/editor/assignments/dashboardRows.ts';
import { handIn, standing } from '../../support/dashboardScenes.ts';

const ada = standing('Ada', 'late', [handIn('a1', { bytes: 10, lateness: 'late', lateBy: { least: 1, most: 2 }, grade: '2' })], {
  groups: ['Group A'],
});
const bob = standing('bob 10', 'returned', [handIn('b1', { bytes: 30, identifier: 's0123', grade: '10', visibility: 'returned' })]);
const carla = standing('Bob 9', 'nothing');
const all = [bob, carla, ada];
const names = (order: readonly number[]): readonly (string | null)[] => order.map((place) => all[place]!.member.name);
const none = new Map<string, never>();

describe('the members of a dashboard', () => {
  it('are in the order that is asked for, what is not there last', () => {
    const changes = new Map([['a1', { handIn: 'a1', added: 1, changed: 2, removed: 0 }]]);
    const sorted = Object.fromEntries(sorts.map((sort) => [sort, names(orderOf(all, changes, { ...noLook, sort }))]));
    assert.deepEqual(sorted, {
      name: ['Ada', 'Bob 9', 'bob 10'],
      state: ['Bob 9', 'Ada', 'bob 10'],
      made: ['Ada', 'bob 10', 'Bob 9'],
      late: ['Ada', 'Bob 9', 'bob 10'],
      size: ['bob 10', 'Ada', 'Bob 9'],
      changed: ['Ada', 'Bob 9', 'bob 10'],
      grade: ['Ada', 'bob 10', 'Bob 9'],
    });
  });

  it('are found by name, group and identifier', () => {
    const found = (find: string): readonly (string | null)[] => names(orderOf(all, none, { ...noLook, find }));
    assert.deepEqual([found('BOB'), found('group a'), found('0123'), found('x')], [['Bob 9', 'bob 10'], ['Ada'], ['bob 10'], []]);
  });

  it('are all shown once, or as many as are counted', () => {
    const state = fc.constantFrom(...standingStates);
    const any = fc.array(state.map((one) => standing(one, one, one === 'nothing' ? [] : [handIn(one)])));
    fc.assert(
      fc.property(
        any,
        fc.constantFrom('all' as const, 'open' as const, ...standingStates),
        fc.constantFrom(...sorts),
        (some, show, sort) => {
          const order = orderOf(some, none, { find: '', show, sort });
          assert.equal(new Set(order).size, order.length);
          assert.equal(order.length, countShown(some, show));
          if (show === 'all') assert.equal(order.length, some.length);
        },
      ),
    );
  });

  it('have feedback to be returned also where some was returned, and there is a draft since', () => {
    const again = standing('Emil', 'returned', [handIn('e1', { grade: '5', visibility: 'draft' })]);
    const some = [...all, again];
    assert.deepEqual(
      orderOf(some, none, { ...noLook, show: 'open' }).map((place) => some[place]!.member.name),
      ['Ada', 'Emil'],
    );
    assert.deepEqual([countShown(some, 'open'), countShown(some, 'returned')], [2, 2]);
  });

  it('are counted by what counts of theirs', () => {
    const refused = standing('Dora', 'refused', [handIn('d1', { counts: false, lateness: 'late' })]);
    assert.deepEqual(totalsOf({ standings: [...all, refused] }), { handedIn: 2, late: 1, unproven: 0, missing: 2 });
  });
});
