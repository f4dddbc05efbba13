import assert from 'node:assert/strict';
import { ContentCache } from '../../../src/space/similarity/contentCache.ts';
import { HandedOut } from '../../../src/space/similarity/handedOut.ts';
import { contentOf, matchesBetween, matchesOf, sizeOfContent } from '../../../src/space/similarity/matches.ts';
import { DISGUISED, filesOf, LOOPS } from './programs.ts';

const NOTHING = new HandedOut([]);
const loops = () => contentOf(filesOf({ 'a.py': LOOPS }), NOTHING, new Set());

describe('similarity: hand-ins that were read', () => {
  it('are compared as often as one likes', () => {
    const [one, other] = [loops(), contentOf(filesOf({ 'b.py': DISGUISED }), NOTHING, new Set())];
    const expected = matchesOf(filesOf({ 'a.py': LOOPS }), filesOf({ 'b.py': DISGUISED }), NOTHING, new Set());
    assert.ok(expected.regions.length > 0);
    for (let i = 0; i < 3; i++) assert.deepEqual(matchesBetween(one, other), expected);
    assert.deepEqual(matchesBetween(one, one), matchesOf(filesOf({ 'a.py': LOOPS }), filesOf({ 'a.py': LOOPS }), NOTHING, new Set()));
  });

  it('are kept as far as there is room, those asked for last', () => {
    const read: string[] = [];
    const size = sizeOfContent(loops());
    assert.ok(size > 100);
    const cache = new ContentCache((handIn) => {
      read.push(handIn);
      return loops();
    }, size * 2);
    for (const handIn of ['a', 'b', 'a', 'c', 'a', 'c', 'b', 'a']) cache.get(handIn);
    assert.deepEqual(read, ['a', 'b', 'c', 'b', 'a']);
  });

  it('are there once even where there is no room for them, and throw what reading throws', () => {
    let reads = 0;
    const cache = new ContentCache(() => {
      reads += 1;
      return loops();
    }, 1);
    cache.get('a');
    cache.get('a');
    cache.get('b');
    cache.get('a');
    assert.equal(reads, 3);
    const failing = new ContentCache(() => assert.fail('not here'));
    assert.throws(() => failing.get('a'), /not here/);
  });
});
