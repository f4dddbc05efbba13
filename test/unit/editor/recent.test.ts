import assert from 'node:assert/strict';
import { Recent } from '../../../src/editor/recent.ts';

describe('Recent', () => {
  it('keeps what was asked for last', () => {
    const recent = new Recent<number>(2);
    recent.set('a', 1);
    recent.set('b', 2);
    assert.equal(recent.get('a'), 1);
    recent.set('c', 3);
    assert.deepEqual([recent.get('a'), recent.get('b'), recent.get('c')], [1, undefined, 3]);
    recent.set('c', 4);
    assert.equal(recent.get('c'), 4);
    recent.delete('c');
    assert.equal(recent.get('c'), undefined);
    recent.clear();
    assert.equal(recent.get('a'), undefined);
  });
});
