import assert from 'node:assert/strict';
import { changesSomething, takesAway, touchesPath, writtenItems } from '../../../src/editor/space/receivePlan.ts';
import type { DeliveredObject, DeliveryOutcome, ObjectVersion } from '../../../src/engine/deliveryApi.ts';

const file: ObjectVersion = { kind: 'file', size: 1, modified: '2026-01-01T00:00:00Z', id: 'aa' };
const folder: ObjectVersion = { ...file, kind: 'folder', size: 0 };

function object(place: string, outcome: DeliveryOutcome, rest: Partial<DeliveredObject> = {}): DeliveredObject {
  return {
    path: place,
    place,
    type: 'file',
    part: null,
    state: 'edited',
    strategy: 'overwrite',
    outcome,
    as: null,
    hold: null,
    base: null,
    incoming: file,
    mine: file,
    triple: '',
    choices: [],
    chosen: null,
    offered: null,
    mergeable: null,
    ...rest,
  };
}

function counts(some: Partial<Record<DeliveryOutcome, number>>): { readonly counts: Readonly<Record<DeliveryOutcome, number>> } {
  return { counts: { created: 0, updated: 0, replaced: 0, kept: 0, 'saved-beside': 0, deleted: 0, merged: 0, waiting: 0, ...some } };
}

describe('what receiving does', () => {
  it('changes something, and takes something away, by its outcomes', () => {
    const outcomes: DeliveryOutcome[] = ['created', 'updated', 'replaced', 'kept', 'saved-beside', 'deleted', 'merged', 'waiting'];
    assert.deepEqual(
      outcomes.filter((outcome) => changesSomething(counts({ [outcome]: 1 }))),
      ['created', 'updated', 'replaced', 'saved-beside', 'deleted', 'merged'],
    );
    assert.deepEqual(
      outcomes.filter((outcome) => takesAway(counts({ [outcome]: 1 }))),
      ['replaced', 'deleted'],
    );
  });

  it('touches what it writes, what lies in it, and where it saves beside', () => {
    const plan = {
      objects: [
        object('a', 'deleted', { mine: folder }),
        object('b', 'kept'),
        object('c', 'waiting'),
        object('d', 'saved-beside', { as: 'd (from Master)' }),
      ],
    };
    assert.deepEqual(
      ['a', 'a/x', 'ab', 'b', 'c', 'd', 'd (from Master)'].filter((path) => touchesPath(plan, path)),
      ['a', 'a/x', 'd (from Master)'],
    );
  });

  it('tells editors what was added, replaced and deleted', () => {
    const done = [
      object('new', 'created', { mine: null }),
      object('old', 'replaced'),
      object('gone', 'deleted', { incoming: null }),
      object('same', 'kept'),
      object('both', 'saved-beside', { as: 'both (from Master)' }),
    ];
    assert.deepEqual(writtenItems(done), [
      { path: 'new', kind: 'file', action: 'add' },
      { path: 'old', kind: 'file', action: 'replace' },
      { path: 'gone', kind: 'file', action: 'delete' },
      { path: 'both (from Master)', kind: 'file', action: 'add' },
    ]);
  });
});
