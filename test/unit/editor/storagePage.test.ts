import { parseFromPage, parsePageState } from '../../../src/editor/storage/storagePage.ts';
import { messagesOf } from '../../support/pageMessages.ts';

messagesOf(
  'the Storage page',
  {
    parseFromPage,
    good: [
      { type: 'ready' },
      { type: 'cancel', section: 'snapshots' },
      { type: 'again', section: 'folder' },
      { type: 'go', path: 'data/raw' },
      { type: 'page', action: 'freeUp' },
      { type: 'part', section: 'folder', key: 'data', action: 'why' },
    ],
    bad: [
      { type: 'delete' },
      { type: 'cancel' },
      { type: 'cancel', section: 'elsewhere' },
      { type: 'go', path: 7 },
      { type: 'page', action: 'delete' },
      { type: 'part', section: 'folder', key: 'data', action: 'freeUp' },
      { type: 'part', section: 'folder', key: {}, action: 'why' },
      { type: 'part', key: 'data', action: 'why' },
      { type: '__proto__', section: 'toString' },
    ],
  },
  { parsePageState, state: { folder: 'file:///a', path: '' }, none: [{ folder: 'file:///a' }, { folder: 1, path: '' }] },
);
