/** What comes from the Storage page is read as from a stranger. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFromPage, parsePageState } from '../../../src/editor/storage/storagePage.ts';

describe('messages of the Storage page', () => {
  it('are taken as they are meant, and nothing else of them', () => {
    const good = [
      { type: 'ready' },
      { type: 'cancel', section: 'snapshots' },
      { type: 'again', section: 'folder' },
      { type: 'go', path: 'data/raw' },
      { type: 'page', action: 'freeUp' },
      { type: 'part', section: 'folder', key: 'data', action: 'why' },
    ] as const;
    for (const message of good) assert.deepEqual(parseFromPage({ ...message, more: 1 }), message);
  });

  it('are none where something is missing or another thing', () => {
    const bad = [
      undefined,
      null,
      7,
      'ready',
      [],
      {},
      { type: 'delete' },
      { type: 'cancel' },
      { type: 'cancel', section: 'elsewhere' },
      { type: 'go', path: 7 },
      { type: 'page', action: 'delete' },
      { type: 'part', section: 'folder', key: 'data', action: 'freeUp' },
      { type: 'part', section: 'folder', key: {}, action: 'why' },
      { type: 'part', key: 'data', action: 'why' },
      { type: '__proto__', section: 'toString' },
    ];
    for (const message of bad) assert.equal(parseFromPage(message), undefined, JSON.stringify(message));
    fc.assert(
      fc.property(fc.anything(), (message) => {
        const parsed = parseFromPage(message);
        assert.ok(parsed === undefined || typeof parsed.type === 'string');
      }),
    );
  });

  it('and what was kept of one over a reload', () => {
    assert.deepEqual(parsePageState({ folder: 'file:///a', path: '', other: 1 }), { folder: 'file:///a', path: '' });
    for (const kept of [undefined, null, 'x', {}, { folder: 'file:///a' }, { folder: 1, path: '' }])
      assert.equal(parsePageState(kept), undefined);
  });
});
