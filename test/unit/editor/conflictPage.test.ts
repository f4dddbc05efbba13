import { noLook, parseFromPage, parsePageState } from '../../../src/editor/conflicts/conflictPage.ts';
import { messagesOf } from '../../support/pageMessages.ts';

messagesOf(
  'the conflict view',
  {
    parseFromPage,
    good: [
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
    ],
    bad: [
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
    ],
  },
  {
    parsePageState,
    state: { folder: 'file:///a', delivery: 'd' },
    none: [{ folder: 'file:///a' }, { folder: 1, delivery: '' }],
  },
);
