/** What comes from the conflict view’s page is read as from a stranger. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { noLook, parseFromPage, parsePageState } from '../../../src/editor/conflicts/conflictPage.ts';

describe('messages of the conflict view', () => {
  it('are taken as they are meant, and nothing else of them', () => {
    const good = [
      { type: 'ready', look: noLook },
      { type: 'look', look: { filter: 'a', isWaitingOnly: true, sort: 'newest' } },
      { type: 'again' },
      { type: 'safe', isShown: true },
      { type: 'choose', key: 'a', take: 'both' },
      { type: 'choose', key: 'a', take: null },
      { type: 'rule', scope: 'folder:data', rule: 'larger' },
      { type: 'action', key: 'a', action: 'compare' },
      { type: 'details', key: 'a', rows: 0 },
      { type: 'chooseRow', key: 'a', row: ['1', 'x'], take: 'mine' },
      { type: 'chooseAllRows', key: 'a', take: 'incoming' },
      { type: 'rest', mayWait: false },
      { type: 'end', how: 'later' },
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
      { type: 'ready' },
      { type: 'look', look: { filter: 'a', isWaitingOnly: true, sort: 'toString' } },
      { type: 'look', look: { filter: 7, isWaitingOnly: true, sort: 'path' } },
      { type: 'choose', key: 'a' },
      { type: 'choose', key: 'a', take: 'all' },
      { type: 'choose', key: 1, take: 'mine' },
      { type: 'rule', scope: 'all', rule: 'delete' },
      { type: 'action', key: 'a', action: 'open' },
      { type: 'details', key: 'a', rows: -1 },
      { type: 'details', key: 'a', rows: 1.5 },
      { type: 'chooseRow', key: 'a', row: ['1', 2], take: 'mine' },
      { type: 'chooseRow', key: 'a', row: ['1'], take: 'both' },
      { type: 'chooseAllRows', key: 'a', take: null },
      { type: 'rest' },
      { type: 'end', how: 'never' },
      { type: '__proto__' },
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
    const state = { folder: 'file:///a', delivery: 'd' };
    assert.deepEqual(parsePageState({ ...state, look: noLook, open: [] }), state);
    for (const kept of [undefined, null, 'x', {}, { folder: 'file:///a' }, { folder: 1, delivery: '' }]) {
      assert.equal(parsePageState(kept), undefined);
    }
  });
});
