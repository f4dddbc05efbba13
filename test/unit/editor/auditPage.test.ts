import { noLook, parseFromPage, parsePageState } from '../../../src/editor/audit/auditPage.ts';
import { messagesOf } from '../../support/pageMessages.ts';

messagesOf(
  'the audit trail',
  {
    parseFromPage,
    good: [
      { type: 'ready', look: noLook },
      { type: 'look', look: { find: 'a', person: 'b', kind: 'c', assignment: 'd' } },
      { type: 'again' },
      { type: 'details', key: 'a' },
      { type: 'verify' },
      { type: 'closeReport' },
      { type: 'export' },
    ],
    bad: [
      { type: 'ready' },
      { type: 'look', look: { find: 'a', person: 'b', kind: 'c' } },
      { type: 'details', key: 7 },
      { type: 'details' },
    ],
  },
  { parsePageState, state: { folder: 'file:///a' }, none: [{ folder: 7 }] },
);
