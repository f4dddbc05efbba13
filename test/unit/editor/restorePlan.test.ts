import assert from 'node:assert/strict';
import { countsOf } from '../../support/restoreCounts.ts';
import type { EntryKind, RestoreAction, RestoreItem, RestorePlan, SnapshotInfo } from '../../../src/engine/api.ts';
import { countActions, samePlan, touches } from '../../../src/editor/restore/restorePlan.ts';

const item = (action: RestoreAction, path: string, kind: EntryKind = 'file'): RestoreItem => ({ action, path, kind, size: 1 });
const plan = (items: readonly RestoreItem[], id = 'a'): RestorePlan =>
  ({
    items,
    snapshot: { id } as SnapshotInfo,
    from: 'x',
    request: { state: id },
    counts: countsOf(items),
  }) as Partial<RestorePlan> as RestorePlan;

describe('plan of a restore', () => {
  it('counts files and links, and folders only where nothing else is done', () => {
    const items = [
      item('replace', 'a'),
      item('replace', 'b', 'link'),
      item('add', 'c', 'folder'),
      item('add', 'c/d'),
      item('delete', 'e', 'folder'),
      item('keep', 'f'),
    ];
    assert.deepEqual(countActions(countsOf(items)), [
      { action: 'replace', count: 2, of: 'files' },
      { action: 'add', count: 1, of: 'files' },
      { action: 'delete', count: 1, of: 'folders' },
    ]);
    assert.deepEqual(countActions(countsOf([item('keep', 'f')])), []);
    const times = item('attributes', 'g', 'folder');
    assert.deepEqual(countActions(countsOf([times])), [{ action: 'attributes', count: 1, of: 'folders' }]);
    assert.deepEqual(countActions(countsOf([times, item('add', 'g/h')])), [{ action: 'add', count: 1, of: 'files' }]);
    assert.equal(countActions(countsOf([item('attributes', 'f'), item('add', 'g')])).length, 2);
  });

  it('is the same when it does the same to the same paths of the same snapshot', () => {
    const one = plan([item('replace', 'a'), item('delete', 'b')]);
    assert.ok(samePlan(one, plan([item('delete', 'b'), item('replace', 'a')])));
    assert.ok(!samePlan(one, plan([item('replace', 'a'), item('replace', 'b')])));
    assert.ok(!samePlan(one, plan([item('replace', 'a')])));
    assert.ok(!samePlan(one, plan([item('replace', 'a'), item('delete', 'c')])));
    assert.ok(!samePlan(one, plan([...one.items], 'other')));
  });

  it('touches what it writes or deletes, also within a folder', () => {
    const one = plan([item('replace', 'a.txt'), item('delete', 'old', 'folder'), item('keep', 'kept'), item('attributes', 'mode')]);
    assert.deepEqual(
      ['a.txt', 'old/x/y', 'old', 'older', 'kept', 'mode', 'b'].filter((path) => touches(one, path)),
      ['a.txt', 'old/x/y', 'old'],
    );
  });
});
