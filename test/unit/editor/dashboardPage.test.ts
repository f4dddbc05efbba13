import { noLook, parseFromPage } from '../../../src/editor/assignments/dashboardPage.ts';
import { parsePageState } from '../../../src/editor/assignments/pageState.ts';
import { messagesOf } from '../../support/pageMessages.ts';

const feedback = { type: 'feedback', handIn: 'a', grade: '', comment: 'b', visibility: 'draft' } as const;

messagesOf(
  'the dashboard',
  {
    parseFromPage,
    good: [
      { type: 'ready', look: noLook },
      { type: 'look', look: { find: 'a', show: 'open', sort: 'late' } },
      { type: 'again' },
      { type: 'details', member: 'a', handIn: null },
      { type: 'details', member: 'a', handIn: 'b' },
      { type: 'assignment', action: 'extend' },
      { type: 'bulk', action: 'return', members: ['a', 'b'] },
      { type: 'handIn', action: 'on-time', handIn: 'a' },
      { type: 'files', handIn: 'a', action: 'none' },
      feedback,
    ],
    bad: [
      { type: 'ready' },
      { type: 'look', look: { find: 'a', show: 'open', sort: 'toString' } },
      { type: 'look', look: { find: 'a', show: 'none', sort: 'late' } },
      { type: 'details', member: 'a' },
      { type: 'details', member: 7, handIn: null },
      { type: 'assignment', action: 'delete' },
      { type: 'bulk', action: 'return', members: [7] },
      { type: 'bulk', action: 'burn', members: [] },
      { type: 'handIn', action: 'open' },
      { type: 'files', handIn: 'a' },
      { ...feedback, visibility: 'all' },
      { ...feedback, grade: 5 },
    ],
  },
  {
    parsePageState,
    state: { folder: 'file:///a', assignment: 'b' },
    none: [{ folder: 'file:///a' }, { folder: 7, assignment: 'b' }],
  },
);
