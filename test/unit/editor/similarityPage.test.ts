import { parsePageState } from '../../../src/editor/assignments/pageState.ts';
import { noLook, parseFromPage } from '../../../src/editor/assignments/similarityPage.ts';
import { messagesOf } from '../../support/pageMessages.ts';

messagesOf(
  'the page on how alike hand-ins are',
  {
    parseFromPage,
    good: [
      { type: 'ready', look: noLook },
      { type: 'look', look: { find: 'a', sort: 'files', isDescending: false } },
      { type: 'again' },
      { type: 'cancel' },
      { type: 'collect' },
      { type: 'details', key: 'a b' },
      { type: 'open', key: 'a b', place: 0, passage: 3 },
      { type: 'open', key: 'a b', place: 2, passage: null },
    ],
    bad: [
      { type: 'ready' },
      { type: 'look', look: { ...noLook, sort: 'toString' } },
      { type: 'look', look: { ...noLook, isDescending: 1 } },
      { type: 'details' },
      { type: 'open', key: 'a b', place: -1, passage: null },
      { type: 'open', key: 'a b', place: 0 },
      { type: 'open', key: 7, place: 0, passage: 0 },
      { type: 'open', key: 'a b', place: 0, passage: 0.5 },
    ],
  },
  {
    parsePageState,
    state: { folder: 'file:///a', assignment: 'b' },
    none: [{ folder: 'file:///a' }, { folder: 7, assignment: 'b' }],
  },
);
